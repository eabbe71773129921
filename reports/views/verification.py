"""For everybody, without an account: is this copy genuine; what is published, as a page and as open data."""

import csv
import io
import json

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reports.downloads import content_type_of, file, stored_file
from reports.forms.issued import VerifyForm, content
from reports.issuing import opening, stored, summarising, verifying
from reports.issuing.verifying import Answer, Examined
from reports.selectors import issued as selectors
from reports.signing.trust import TrustRefused
from reports.signing.verification import LARGEST_UPLOAD


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """A form for a code or a file. Nothing that is dropped here is stored."""
    posted = request.method == "POST"
    form = VerifyForm(request.POST if posted else None, request.FILES if posted else None)
    if not posted or not form.is_valid():
        status = 422 if posted else 200
        return render(request, "reports/verify/form.html", {"form": form}, status=status)
    copy = form.cleaned_data["copy"]
    if copy is None:
        code = verifying.read_code(form.cleaned_data["code"])
        if code:
            return redirect("verify_code", code)
        return _answer(request, form, Examined(Answer.UNKNOWN))
    if copy.size > LARGEST_UPLOAD:
        form.add_error("copy", _("Файл більший за 20 МБ."))
        return render(request, "reports/verify/form.html", {"form": form}, status=422)
    try:
        found = verifying.by_file(content(copy), copy.name)
    except (TrustRefused, FileNotFoundError):
        found = Examined(Answer.NOT_CHECKED)
    return _answer(request, form, found, name=copy.name)


@login_not_required
@require_safe
def code(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of the report with this code."""
    try:
        found = verifying.by_code(code)
    except (TrustRefused, FileNotFoundError):
        found = Examined(Answer.NOT_CHECKED)
    return _answer(request, VerifyForm(), found, status=404 if found.report is None else 200)


def _answer(
    request: HttpRequest, form: VerifyForm, found: Examined, *, name: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "found": found, "answer": found.answer.name, "name": name}
    return render(request, "reports/verify/answer.html", context, status=status)


@login_not_required
@require_safe
def published(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/published/index.html", {"reports": selectors.published()[:200]})


@login_not_required
@require_safe
def published_report(request: HttpRequest, code: str) -> HttpResponse:
    report = get_object_or_404(selectors.published(), code=code)
    context = {
        "report": report,
        "current": selectors.signed_after(report),
        "told": summarising.summary(report),
        "signers": selectors.signers(report),
        "last": stored.current(report),
        "files": opening.names(report),
    }
    return render(request, "reports/published/detail.html", context)


@login_not_required
@require_safe
def published_file(request: HttpRequest, code: str, file_name: str) -> HttpResponseBase:
    """The signed PDF, workbook and data as they were issued; CSV and a description made of the same data."""
    report = get_object_or_404(selectors.published(), code=code)
    if file_name == opening.csv_name(report):
        written = io.StringIO()
        csv.writer(written).writerows(summarising.csv_rows(report))
        return file(written.getvalue().encode(), content_type_of(file_name), file_name)
    if file_name == opening.DESCRIPTOR:
        text = json.dumps(opening.descriptor(report), ensure_ascii=False, indent=2)
        return file(f"{text}\n".encode(), "application/json", file_name)
    found = next((each for each in selectors.all_files(report) if each.name == file_name), None)
    if found is None:
        raise Http404
    return stored_file(request, found.file, name=found.name, size=found.size, digest=found.digest)
