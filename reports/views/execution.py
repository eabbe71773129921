"""The execution report: what is still missing, its words, its preview and its files."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import permissions
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.forms.rows import numbered, open_rows
from budgets.models import Passport, PassportRevision
from budgets.permissions import Action
from budgets.selectors import passports as passport_selectors
from budgets.views.loading import SignedIn, load_passport, load_revision, read_version
from reports import checks
from reports.catalogue import KINDS
from reports.documents import passport as passport_document
from reports.documents.base import Document, Source
from reports.downloads import attachment
from reports.forms.execution import ReportSignatoryForm, WordsForm
from reports.models import ExecutionReport
from reports.renderers import FORMATS, html
from reports.services import execution as services


@require_safe
def index(request: SignedIn) -> HttpResponse:
    passports = passport_selectors.approved(permissions.visible_passports(request.user))
    return render(
        request,
        "reports/execution/index.html",
        {"passports": passports},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: SignedIn, pk: int) -> HttpResponse:
    passport = load_passport(request, pk, Action.WRITE_REPORT if request.method == "POST" else None)
    try:
        document = KINDS["passport-execution"].build(passport)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("passport", pk)
    report = ExecutionReport.objects.filter(passport=passport).first()
    form = _words_form(request, passport, document, report)
    error, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            _write_words(request, passport, form)
        except StaleVersion as refusal:
            report = ExecutionReport.objects.get(passport=passport)
            error, status = str(refusal), 409
        except RuleViolation as refusal:
            error, status = str(refusal), 422
        else:
            messages.success(request, _("Тексти звіту збережено."))
            return redirect("report", pk)
    lines = document.table("lines")
    findings = checks.run(document)
    stored = {
        row.key: row.value("explanation") for row in document.table("line_explanations").lines
    }
    context = {
        "passport": passport,
        "report": report,
        "version": report.version if report else 1,
        "findings": findings,
        "requirements": _requirements(document, findings),
        "percent": document.meta["percent_executed"],
        "total": lines.row("total"),
        "form": form,
        "rows": [
            {
                "row": row,
                "field": form[row.key],
                "stored": stored.get(row.key) if status == 409 else None,
            }
            for row in lines.lines
        ],
        "error": error,
        "kinds": KINDS.values(),
        "may_write": permissions.allows(request.user, Action.WRITE_REPORT, passport),
        "may_issue": permissions.allows(request.user, Action.ISSUE_REPORT, passport),
    }
    return render(request, "reports/execution/detail.html", context, status=status)


def _words_form(
    request: SignedIn, passport: Passport, document: Document, report: ExecutionReport | None
) -> WordsForm:
    lines = [
        (int(row.key.removeprefix("line-")), f"{row.value('number')}. {row.value('line')}")
        for row in document.table("lines").lines
    ]
    initial: dict[str, Any] = {}
    if report is not None:
        initial = {f"line-{row.line_id}": row.text for row in report.line_explanations.all()}
        initial |= {"analysis": report.analysis, "conclusion": report.conclusion}
    return WordsForm(request.POST or None, lines=lines, initial=initial)


def _write_words(request: SignedIn, passport: Passport, form: WordsForm) -> None:
    user = request.user
    report = services.open_report(passport=passport, by=user)
    services.write(
        report=report,
        explanations=form.explanations,
        analysis=form.cleaned_data["analysis"],
        conclusion=form.cleaned_data["conclusion"],
        version=read_version(request),
        by=user,
    )


def _requirements(document: Document, findings: list[checks.Finding]) -> list[dict[str, Any]]:
    """How much of each thing the report needs is there: (what, done, of)."""

    def open_(code: str, table: str) -> int:
        return sum(1 for finding in findings if finding.code == code and finding.table == table)

    lines, indicators = document.table("lines").lines, document.table("indicators").lines
    deviating = {
        table: sum(
            1
            for row in rows
            if any(row.value(f"deviation_{part}") for part in ("general", "special", "total"))
        )
        for table, rows in (("lines", lines), ("indicators", indicators))
    }
    counts = [
        (
            _("пояснення відхилень касових видатків (7.2)"),
            deviating["lines"],
            open_("explanation-missing", "lines"),
        ),
        (
            _("фактичні значення показників (9.1)"),
            len(indicators),
            open_("actual-missing", "indicators"),
        ),
        (
            _("пояснення розбіжностей показників (9.2)"),
            deviating["indicators"],
            open_("explanation-missing", "indicators"),
        ),
        (
            _("тексти розділів 9.3 і 10"),
            2,
            sum(1 for finding in findings if finding.code == "text-missing"),
        ),
    ]
    return [{"what": what, "done": total - missing, "of": total} for what, total, missing in counts]


@require_http_methods(["GET", "HEAD", "POST"])
def signatories(request: SignedIn, pk: int) -> HttpResponse:
    passport = load_passport(request, pk, Action.WRITE_REPORT)
    report = ExecutionReport.objects.filter(passport=passport).first()
    signers = report.signatories.all() if report else services.usual_signatories(passport)
    initial = numbered({"position_title": row.position, "name": row.name} for row in signers)
    data = request.POST if request.method == "POST" else None
    formset = open_rows(ReportSignatoryForm, data, initial=initial)
    error, status, version = "", 200, report.version if report else 1
    if data is not None:
        status, version = 422, read_version(request)
    if formset.is_valid():
        try:
            services.set_signatories(
                report=services.open_report(passport=passport, by=request.user),
                signatories=[(row["position_title"], row["name"]) for row in formset.rows()],
                version=version,
                by=request.user,
            )
        except StaleVersion as refusal:
            report = ExecutionReport.objects.get(passport=passport)
            error, status, version = str(refusal), 409, report.version
        except RuleViolation as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Підписантів збережено."))
            return redirect("report", pk)
    context = {
        "passport": passport,
        "formset": formset,
        "error": error,
        "stored": report.signatories.all() if report and status == 409 else None,
        "version": version,
        "title": _("Підписанти звіту"),
    }
    return render(request, "reports/execution/signatories.html", context, status=status)


@require_safe
def preview(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    passport = load_passport(request, pk)
    document = _document(kind, passport, None)
    if isinstance(document, str):
        messages.error(request, document)
        return redirect("passport", pk)
    context = {
        "passport": passport,
        "kind": KINDS[kind],
        "document": document,
        "may_issue": permissions.allows(request.user, Action.ISSUE_REPORT, passport),
        "preview": html.render_fragment(
            document, source_url=lambda source: _source_url(passport, source)
        ),
    }
    return render(request, "reports/preview.html", context)


@require_safe
def download(
    request: SignedIn, pk: int, kind: str, format_name: str, number: int | None = None
) -> HttpResponse:
    """A file of the document; ``?formulas=1`` makes the working copy of the workbook."""
    if format_name not in FORMATS:
        raise Http404
    revision = None if number is None else load_revision(request, pk, number)
    passport = load_passport(request, pk)
    document = _document(kind, passport, revision)
    if isinstance(document, str):
        messages.error(request, document)
        return redirect("passport", pk)
    return attachment(document, format_name, working_copy=request.GET.get("formulas") == "1")


def _document(kind: str, passport: Passport, revision: PassportRevision | None) -> Document | str:
    """The document, or why there is none."""
    if kind not in KINDS:
        raise Http404
    if revision is not None:
        if kind != "passport":
            raise Http404
        return passport_document.build(revision)
    try:
        return KINDS[kind].build(passport)
    except RuleViolation as refusal:
        return str(refusal)


def _source_url(passport: Passport, source: Source) -> str | None:
    """Where a person can see what a figure is made of."""
    match source.kind, source.refs:
        case "passport", (int(), int(number)):
            return reverse("revision", args=[passport.pk, number])
        case "cash", (int(), int(root_id)):
            return f"{reverse('cash_year', args=[passport.pk])}?line={root_id}"
        case "typed" | "indicator", (int(pk), int(root_id)):
            return f"{reverse('indicator_actuals', args=[pk])}#indicator-{root_id}"
        case _:
            return None
