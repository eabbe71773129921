"""Signing an issued report in the browser: what is signed, and three ways to do it; or returning it with a reason."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from budgets.exceptions import RuleViolation
from budgets.permissions import Action
from budgets.services import record
from budgets.views.loading import SignedIn
from reports.forms.issued import KeyForm, ReturnForm, UploadForm, content
from reports.issuing import sealing, stored
from reports.models import IssuedReport, IssuedSignature
from reports.selectors import issued as selectors
from reports.services import signatures
from reports.services.signatures import Upload
from reports.signing.keys import KeyRefused, read_key
from reports.views.loading import load_issued

Signed = list[IssuedSignature]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: SignedIn, pk: int) -> HttpResponse:
    report = load_issued(request, pk, Action.SIGN_REPORT)
    way = request.POST.get("way", "") if request.method == "POST" else ""
    files, data = (request.FILES, request.POST) if way else (None, None)
    upload = UploadForm(data if way == "upload" else None, files if way == "upload" else None)
    key = KeyForm(data if way == "key" else None, files if way == "key" else None)
    try:
        signatures.expect_turn(report)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("issued_report", pk)
    form: Form
    act: Callable[[], Signed]
    if way == "key":
        form, act = key, lambda: _with_key(request, report, key)
    elif way == "test":
        form, act = Form(data), lambda: signatures.sign_as_sample(report=report, by=request.user)
    elif way == "seal":
        form, act = Form(data), lambda: signatures.sign_with_seal(report=report, by=request.user)
    else:
        form, act = upload, lambda: _uploaded(request, report, upload)
    if way and form.is_valid():
        try:
            kept = act()
        except (RuleViolation, KeyRefused) as refusal:
            text = str(getattr(refusal, "text", refusal))
            record.note("signatures.refused", by=request.user, about=report, reason=text)
            form.add_error(None, text)
        else:
            return _accepted(request, report, kept)
    context = {
        "report": report,
        "signers": selectors.signers(report),
        "turn": report.turn,
        "last": stored.current(report),
        "upload_form": upload,
        "key_form": key,
        "refused": form.non_field_errors() if way in {"test", "seal"} else (),
        "is_seal": sealing.is_seal(report.turn),
        "is_sample": settings.SAMPLE,
    }
    return render(request, "reports/issued/sign.html", context, status=422 if way else 200)


def _uploaded(request: SignedIn, report: IssuedReport, form: UploadForm) -> Signed:
    file = form.cleaned_data["signed"]
    given = Upload(content(file), file.name)
    return signatures.sign(report=report, upload=given, by=request.user)


def _with_key(request: SignedIn, report: IssuedReport, form: KeyForm) -> Signed:
    told = form.cleaned_data
    key = read_key(content(told["key"]), told["password"], at=timezone.now())
    return signatures.sign_with_key(report=report, key=key, by=request.user)


def _accepted(request: SignedIn, report: IssuedReport, kept: Signed) -> HttpResponse:
    people = ", ".join(str(each.signer) for each in kept if each.counts)
    if people:
        messages.success(request, _("Підпис прийнято: %(people)s.") % {"people": people})
    if not all(each.counts for each in kept):
        messages.warning(
            request,
            _(
                "Підпис збережено як не перевірений: він не зараховується, черга не рухається. Чому — на цій сторінці."
            ),
        )
    return redirect("issued_report", report.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: SignedIn, pk: int) -> HttpResponse:
    report = load_issued(request, pk, Action.SIGN_REPORT)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            signatures.return_report(
                report=report, reason=form.cleaned_data["reason"], by=request.user
            )
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Звіт повернуто тому, хто його видав."))
            return redirect("issued_report", pk)
    status = 422 if request.method == "POST" else 200
    context = {"report": report, "form": form}
    return render(request, "reports/issued/return.html", context, status=status)
