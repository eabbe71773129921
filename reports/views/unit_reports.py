"""One unit's report: rows written one by one, its head, handing in, returning with remarks, accepting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import permissions
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.forms.fields import refusals
from budgets.permissions import Action, Step
from budgets.reach import Whole
from budgets.views.loading import SignedIn, read_version, require
from budgets.views.saving import sent, step
from reports import checks
from reports.checks import Finding, Severity
from reports.checks.programme_execution import CHANGED_CODE
from reports.documents import programme_execution
from reports.documents.base import Document, Row
from reports.downloads import attachment
from reports.forms.campaigns import HeadForm, PostponeForm, ReturnForm, RowWordsForm, SubmitForm
from reports.models import MeasureReport, UnitReport
from reports.renderers import FORMATS
from reports.selectors import campaigns as selectors
from reports.services import campaigns as services
from reports.services.campaigns import Head, RowWords
from reports.views.loading import load_report


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A measure on the page: its figures, what is written, what was written last time, what is amiss."""

    figures: Row
    measure_id: int
    words: MeasureReport | None
    form: RowWordsForm
    last_text: str
    findings: list[Finding]
    refused: "Refused | None" = None
    is_saved: bool = False

    @property
    def error(self) -> str:
        return self.refused.error if self.refused else ""

    @property
    def is_stale(self) -> bool:
        return self.refused is not None and self.refused.is_stale

    @property
    def version(self) -> int:
        """What is stored, and shown here: after a mistake in typing still what the author had seen."""
        if self.refused and not self.refused.is_stale:
            return self.refused.version
        return self.words.version if self.words else 0

    @property
    def seen(self) -> str:
        """What handing in says was read here."""
        return f"{self.measure_id}:{self.version}" if self.version else ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not saved: what was typed, why, and whether because another person wrote it meanwhile."""

    measure_id: int
    form: RowWordsForm
    error: str
    is_stale: bool

    @property
    def version(self) -> int:
        return int(self.form.cleaned_data.get("version") or 0)


@require_safe
def detail(request: SignedIn, slug: str, period: str, pk: int) -> HttpResponse:
    return _page(request, load_report(request, slug, period, pk))


@require_POST
def save_row(request: SignedIn, slug: str, period: str, pk: int, measure_pk: int) -> HttpResponse:
    """Save one row: htmx takes the state of the row and of the report, a plain form comes back to the row."""
    report = load_report(request, slug, period, pk)
    require(request, selectors.writer(report), Action.WRITE_REPORT)
    form = RowWordsForm(request.POST, prefix=f"m{measure_pk}")
    error, is_stale = "", False
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in RowWords.__dataclass_fields__}
        try:
            services.write_row(
                report=report,
                measure_id=measure_pk,
                words=RowWords(**words),
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except RuleViolation as refusal:
            error, is_stale = str(refusal), isinstance(refusal, StaleVersion)
    else:
        error = refusals(form)
    if not request.htmx:  # type: ignore[attr-defined]
        if not error:
            return redirect(f"{_url(report)}?saved={measure_pk}#measure-{measure_pk}")
        status = 409 if is_stale else 422
        refused = Refused(measure_pk, form, error, is_stale)
        return _page(request, report, refused=refused, status=status)
    context = _context(request, report)
    row = next((each for each in context["rows"] if each.measure_id == measure_pk), None)
    if row is None:
        raise Http404
    # htmx swaps 2xx answers only, so a refusal is told inside the answer. A stale row was told both texts: it
    # takes the version of what is stored, and saving again replaces that knowingly.
    context |= {
        "row": row,
        "error": error,
        "is_stale": is_stale,
        "takes_version": not error or is_stale,
    }
    return render(request, "reports/campaigns/row_saved.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def head(request: SignedIn, slug: str, period: str, pk: int) -> HttpResponse:
    report = load_report(request, slug, period, pk)
    require(request, selectors.writer(report), Action.WRITE_REPORT)
    initial = {name: getattr(report, name) for name in HeadForm.base_fields}
    form = HeadForm(sent(request), initial=initial)

    def write() -> str:
        given = {name: form.cleaned_data[name] for name in Head.__dataclass_fields__}
        services.describe(
            report=report, head=Head(**given), version=form.cleaned_data["version"], by=request.user
        )
        return _("Назву, рішення і підписанта збережено.")

    return _step(request, report, form, write, title=_("Шапка і підпис звіту"))


@require_POST
def submit(request: SignedIn, slug: str, period: str, pk: int) -> HttpResponse:
    report = load_report(request, slug, period, pk)
    require(request, selectors.writer(report), Action.WRITE_REPORT)
    form = SubmitForm(request.POST)
    error, status = "", 422
    if form.is_valid():
        try:
            services.submit(
                report=report,
                version=form.cleaned_data["version"],
                seen=",".join(request.POST.getlist("seen")),
                warnings_reason=form.cleaned_data["warnings_reason"],
                by=request.user,
            )
        except RuleViolation as refusal:
            error = str(refusal)
            status = 409 if isinstance(refusal, StaleVersion) else 422
        else:
            messages.success(
                request, _("Звіт подано. Відповідальний виконавець прийме або поверне його.")
            )
            return redirect(_url(report))
    else:
        error = refusals(form)
    return _page(
        request,
        load_report(request, slug, period, pk),
        submit_form=form,
        error=error,
        status=status,
    )


@require_POST
def accept(request: SignedIn, slug: str, period: str, pk: int) -> HttpResponse:
    report = load_report(request, slug, period, pk)
    require(request, Whole(report.campaign.programme), Action.RUN_CAMPAIGN)
    try:
        services.accept(report=report, version=read_version(request), by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect(_url(report))
    messages.success(request, _("Звіт прийнято: %(unit)s.") % {"unit": report.unit_name})
    return redirect("campaign", slug, period)


@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: SignedIn, slug: str, period: str, pk: int) -> HttpResponse:
    """Write remarks on rows beside the rows, then return the report."""
    report = load_report(request, slug, period, pk)
    require(request, Whole(report.campaign.programme), Action.RUN_CAMPAIGN)
    document = _document(report)
    rows = [(_measure_id(row), row) for row in document.table("measures").lines]
    form = ReturnForm(
        sent(request),
        measures=[measure for measure, _row in rows],
        initial={"version": report.version},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.return_report(
                    report=report,
                    remarks=form.remarks,
                    remark=form.cleaned_data["remark"],
                    version=form.cleaned_data["version"],
                    by=request.user,
                )
            except RuleViolation as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request, _("Звіт повернуто: %(unit)s.") % {"unit": report.unit_name}
                )
                return redirect("campaign", slug, period)
    context = _base(report) | {
        "form": form,
        "rows": [(row, form[f"measure-{measure}"]) for measure, row in rows],
        "findings": checks.run(document),
    }
    return render(request, "reports/campaigns/return.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def postpone(request: SignedIn, slug: str, period: str, pk: int) -> HttpResponse:
    report = load_report(request, slug, period, pk)
    require(request, Whole(report.campaign.programme), Action.RUN_CAMPAIGN)
    form = PostponeForm(sent(request), initial={"due_on": report.due_on, "version": report.version})

    def write() -> str:
        services.postpone(
            report=report,
            due_on=form.cleaned_data["due_on"],
            version=form.cleaned_data["version"],
            by=request.user,
        )
        return _("Новий строк: %(day)s.") % {"day": f"{form.cleaned_data['due_on']:%d.%m.%Y}"}

    return _step(request, report, form, write, title=_("Інший строк для виконавця"))


@require_safe
def download(request: SignedIn, slug: str, period: str, pk: int, format_name: str) -> HttpResponse:
    if format_name not in FORMATS:
        raise Http404
    report = load_report(request, slug, period, pk)
    is_copy = request.GET.get("formulas") == "1"
    return attachment(_document(report), format_name, working_copy=is_copy)


# What the pages show


def _page(
    request: SignedIn,
    report: UnitReport,
    *,
    refused: Refused | None = None,
    submit_form: SubmitForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _context(request, report, refused)
    context |= {
        "submit_form": submit_form or SubmitForm(initial={"version": report.version}),
        "error": error,
    }
    return render(request, "reports/campaigns/unit_report.html", context, status=status)


def _context(
    request: SignedIn,
    report: UnitReport,
    refused: Refused | None = None,
) -> dict[str, Any]:
    document = _document(report)
    findings = checks.run(document)
    programme = report.campaign.programme
    status = report.met_status
    writes = permissions.steps(request.user, selectors.writer(report), status)
    runs = permissions.steps(request.user, Whole(programme), status)
    return _base(report) | {
        "rows": _rows(report, document, findings, refused, request.GET.get("saved", "")),
        "total": document.table("measures").row("total"),
        "findings": findings,
        "changed": [each for each in findings if each.code == CHANGED_CODE],
        "has_errors": any(each.severity is Severity.ERROR for each in findings),
        "phrases": programme.community.report_phrases.all(),
        "is_written": Step.WRITE_UNIT_REPORT in writes,
        "is_reviewed": Step.ACCEPT_UNIT_REPORT in runs,
        "may_take_back": Step.RETURN_UNIT_REPORT in runs and Step.ACCEPT_UNIT_REPORT not in runs,
        "formats": ("pdf", "xlsx", "docx", "json"),
    }


def _base(report: UnitReport) -> dict[str, Any]:
    campaign = report.campaign
    return {
        "report": report,
        "campaign": campaign,
        "programme": campaign.programme,
        "words": campaign.period.words(campaign.programme.year_from),
        "today": timezone.localdate(),
    }


def _rows(
    report: UnitReport,
    document: Document,
    findings: list[Finding],
    refused: Refused | None,
    saved: str,
) -> list[ShownRow]:
    written = selectors.rows_of(report)
    last = selectors.last_texts(report.campaign)
    amiss: dict[str, list[Finding]] = {}
    for finding in findings:
        amiss.setdefault(finding.row, []).append(finding)
    shown = []
    for row in document.table("measures").lines:
        pk = _measure_id(row)
        words, own = written.get(pk), amiss.get(row.key, [])
        mine = refused if refused is not None and refused.measure_id == pk else None
        form = mine.form if mine else _form(pk, words)
        text = last.get(pk, "")
        shown.append(ShownRow(row, pk, words, form, text, own, mine, is_saved=saved == str(pk)))
    return shown


def _form(measure_id: int, words: MeasureReport | None) -> RowWordsForm:
    initial: dict[str, Any] = {"version": 0}
    if words is not None:
        initial = {name: getattr(words, name) for name in RowWordsForm.base_fields}
    return RowWordsForm(initial=initial, prefix=f"m{measure_id}")


def _step(
    request: SignedIn,
    report: UnitReport,
    form: Form,
    write: Callable[[], str],
    *,
    title: str,
) -> HttpResponse:
    def done() -> HttpResponse:
        messages.success(request, write())
        return redirect(_url(report))

    def stored() -> Mapping[str, object]:
        """What another person wrote meanwhile."""
        current = UnitReport.objects.get(pk=report.pk)
        return {name: getattr(current, name) for name in form.fields}

    context = _base(report) | {"title": title}
    return step(request, form, done, "reports/campaigns/step.html", context, stored=stored)


def _document(report: UnitReport) -> Document:
    campaign = report.campaign
    return programme_execution.build(campaign.programme, campaign.period, report=report)


def _measure_id(row: Row) -> int:
    return int(row.key.rpartition("-")[2])


def _url(report: UnitReport) -> str:
    campaign = report.campaign
    return reverse("unit_report", args=[campaign.programme.slug, campaign.period.key, report.pk])
