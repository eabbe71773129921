"""Issuing a report, and what it is afterwards: its versions, signers, files and who took them."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import permissions
from budgets.choices import IssuedStatus
from budgets.exceptions import RuleViolation
from budgets.permissions import Action, Step
from budgets.views.loading import SignedIn, load_passport, load_programme, may, require
from reports.catalogue import KINDS, PERIOD_KINDS, PROGRAMME_KINDS
from reports.checks import Severity
from reports.downloads import file, stored_file
from reports.forms.issued import IssueForm
from reports.issuing import package, stored, summarising, wanted
from reports.issuing.wanted import Wanted
from reports.models import IssuedReport
from reports.renderers.archives import packed
from reports.renderers.read_back import FiguresDiffer
from reports.selectors import issued as selectors
from reports.services import delivery, issuing
from reports.services.issuing import Signer
from reports.views.loading import load_campaign, load_issued, read_paper

_MOST_IN_A_PACKAGE = 50


# Issuing


@require_http_methods(["GET", "HEAD", "POST"])
def issue_of_passport(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    passport = load_passport(request, pk, Action.ISSUE_REPORT)
    if kind not in KINDS:
        raise Http404
    back = reverse("report_preview", args=[pk, kind])
    return _issue(request, wanted.of_passport(kind, passport), back)


@require_http_methods(["GET", "HEAD", "POST"])
def issue_of_programme(request: SignedIn, slug: str, kind: str) -> HttpResponse:
    programme = load_programme(request, slug, Action.ISSUE_REPORT)
    if kind not in PROGRAMME_KINDS:
        raise Http404
    paper = read_paper(request, programme, kind)
    return _issue(request, wanted.of_programme(kind, paper), reverse("programme", args=[slug]))


@require_http_methods(["GET", "HEAD", "POST"])
def issue_of_period(request: SignedIn, slug: str, period: str) -> HttpResponse:
    campaign = load_campaign(request, slug, period)
    require(request, campaign.programme, Action.ISSUE_REPORT)
    (kind,) = PERIOD_KINDS
    back = reverse("campaign", args=[slug, period])
    return _issue(request, wanted.of_period(kind, campaign.programme, campaign.period), back)


def _issue(request: SignedIn, asked: Wanted, back: str) -> HttpResponse:
    """What the checks say, and the form; on POST the next version."""
    try:
        document = asked.build()
        nobody_signs = not document.signatures
        shown = [Signer("—", "")] if nobody_signs else []
        document, findings = issuing.judged(document, shown)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    form = IssueForm(
        request.POST if request.method == "POST" else None,
        names_signers=nobody_signs,
        has_warnings=bool(findings) and not errors,
    )
    status = 422 if request.method == "POST" else 200
    # A form whose every field is left out is still sent by its button.
    if request.method == "POST" and form.is_valid():
        try:
            report = issuing.issue(
                wanted=asked,
                by=request.user,
                reason=form.cleaned_data.get("reason", ""),
                signers=form.cleaned_data.get("signers", ()),
            )
        except (RuleViolation, FiguresDiffer) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("Видано %(name)s. Звірено цифр: %(count)s із %(count)s.")
                % {"name": report.name, "count": report.figures},
            )
            return redirect("issued_report", report.pk)
    context = {
        "form": form,
        "document": document,
        "errors": errors,
        "findings": [each for each in findings if each not in errors],
        "signers": [] if nobody_signs else document.signatures,
        "before": selectors.versions(asked).first(),
        "back": back,
    }
    return render(request, "reports/issued/issue.html", context, status=status)


# The room


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """The last version of each document; what waits for signatures stands first."""
    reports = selectors.latest(selectors.visible(request.user))
    context = {
        "waiting": [each for each in reports if each.is_open],
        "signed": selectors.latest_signed(selectors.visible(request.user)),
        "returned": [each for each in reports if each.status == IssuedStatus.RETURNED],
        "may_sign": permissions.allows(request.user, Action.SIGN_REPORT),
    }
    return render(request, "reports/issued/index.html", context)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    report = load_issued(request, pk)
    current, last = selectors.signed_after(report), stored.current(report)
    steps = permissions.steps(request.user, report.subject, IssuedStatus(report.status))
    newer = selectors.of_same_document(report).filter(version__gt=report.version).first()
    sees_receipts = may(request, report.subject, Action.ISSUE_REPORT) or may(
        request, report.subject, Action.PUBLISH_REPORT
    )
    context = {
        "report": report,
        "signers": selectors.signers(report),
        "unchecked": [each for each in report.signatures.all() if not each.counts],
        "files": sorted(selectors.all_files(report), key=lambda each: each.name != last.name),
        "last": last,
        "versions": selectors.of_same_document(report),
        "current": current,
        "newer": newer,
        "may": {
            step.name
            for step in steps
            if newer is None or (current is None and step is Step.PUBLISH_ISSUED)
        },
        "receipts": report.receipts.select_related("person")[:100] if sees_receipts else None,
    }
    return render(request, "reports/issued/detail.html", context)


@require_safe
def summary(request: SignedIn, pk: int) -> HttpResponse:
    """One page for deputies: what the report says in its totals, who signed, where it is verified."""
    report = load_issued(request, pk)
    context = {
        "report": report,
        "told": summarising.summary(report),
        "signers": selectors.signers(report),
        "current": selectors.signed_after(report),
    }
    return render(request, "reports/issued/summary.html", context)


@require_POST
def take(request: SignedIn, pk: int) -> HttpResponse:
    """A receipt, then the file."""
    report = load_issued(request, pk)
    name = request.POST.get("file", "")
    if name not in {each.name for each in selectors.all_files(report)}:
        raise Http404
    delivery.take(report=report, what=name, by=request.user)
    return redirect("issued_file", pk, name)


@require_safe
def download(request: SignedIn, pk: int, file_name: str) -> HttpResponseBase:
    """A file, for who issues and signs, and for who took a receipt."""
    report = load_issued(request, pk)
    found = next((each for each in selectors.all_files(report) if each.name == file_name), None)
    if found is None:
        raise Http404
    works = may(request, report.subject, Action.ISSUE_REPORT) or may(
        request, report.subject, Action.SIGN_REPORT
    )
    if not works and not report.receipts.filter(person=request.user).exists():
        messages.info(request, _("Натисніть «Отримати» біля файла: звіт видають під розписку."))
        return redirect("issued_report", pk)
    return stored_file(request, found.file, name=found.name, size=found.size, digest=found.digest)


@require_POST
def packages(request: SignedIn) -> HttpResponse:
    """One archive of the chosen reports with their signatures, for a commission; a receipt for each."""
    numbers = [text for text in request.POST.getlist("report") if text.isdecimal()]
    chosen = list(
        selectors.visible(request.user)
        .filter(pk__in=[int(text) for text in numbers if len(text) < 10])
        .prefetch_related("files", "signatures")[: _MOST_IN_A_PACKAGE + 1]
    )
    if not chosen or len(chosen) > _MOST_IN_A_PACKAGE:
        messages.error(
            request, _("Оберіть від одного до %(most)s звітів.") % {"most": _MOST_IN_A_PACKAGE}
        )
        return redirect("issued")
    entries = _entries(chosen)
    for report in chosen:
        delivery.take(report=report, what=_("пакет для комісії"), by=request.user)
    return file(packed(entries), "application/zip", "vydani-zvity.zip")


def _entries(reports: Sequence[IssuedReport]) -> list[tuple[str, bytes]]:
    try:
        return [
            (f"{report.name}/{name}", content)
            for report in reports
            for name, content in package.contents(report)
        ]
    except FileNotFoundError as error:
        raise Http404 from error


@require_POST
def publish(request: SignedIn, pk: int) -> HttpResponse:
    report = load_issued(request, pk, Action.PUBLISH_REPORT)
    try:
        delivery.publish(report=report, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Оприлюднено: сторінка і відкриті дані доступні всім."))
    return redirect("issued_report", pk)
