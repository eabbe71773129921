"""Actual values of a target programme's indicators: over the years, and one year in which they are typed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets.exceptions import CellErrors, RuleViolation
from budgets.forms.fields import refusals
from budgets.models import Programme
from budgets.permissions import Action
from budgets.views.loading import SignedIn, load_programme, may
from budgets.views.saving import sent
from indicators import charts
from indicators.charts import Chart
from indicators.choices import IndicatorKind
from indicators.forms.programme_actuals import ProgrammeActualForm
from indicators.models import WHOLE
from indicators.programme_figures import IndicatorYears, Year, YearFigures, programme_figures
from indicators.services import programme_actuals as services
from indicators.services.programme_actuals import ActualEdit
from indicators.views.loading import read_period
from indicators.yearly import Impossible, PlannedValue


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of an indicator with what the years came to by its end."""

    figures: YearFigures
    plan_so_far: str
    actual_so_far: str


@require_safe
def years(request: SignedIn, slug: str) -> HttpResponse:
    """Every indicator over the years, with its chart."""
    programme = load_programme(request, slug)
    items = programme_figures(programme)
    doubts = [
        (item, figures, doubt)
        for item in items
        for figures in item.years
        for doubt in figures.doubts
    ]
    missing = Counter(
        figures.year for _item, figures, doubt in doubts if doubt is Impossible.ACTUAL_MISSING
    )
    context = {
        "programme": programme,
        "by_kind": _by_kind([(item, _chart(item), _year_rows(item)) for item in items], items),
        "doubts": [each for each in doubts if each[2] is not Impossible.ACTUAL_MISSING],
        "missing": sorted(missing.items()),
        "has_actuals": any(item.has_actual for item in items),
        "current": _current(programme),
        "periods": _periods(programme, items),
        "why_not": services.why_not_yet(programme, programme.year_from),
        "may_write": may(request, programme, Action.WRITE_REPORT),
        "may_draft": may(request, programme, Action.DRAFT_ACT),
    }
    return render(request, "indicators/programme/years.html", context)


@dataclass(frozen=True, slots=True)
class ActualRow:
    """A row of a year: what is typed, what is stored, why it was refused, the version it would replace."""

    form: ProgrammeActualForm
    item: IndicatorYears
    figures: YearFigures
    error: str
    version: Any


@require_http_methods(["GET", "HEAD", "POST"])
def year(request: SignedIn, slug: str, period: str) -> HttpResponse:
    """All indicators of a year; saved as a whole here, row by row through save_one while typing."""
    is_sent = request.method == "POST"
    programme = load_programme(request, slug, Action.WRITE_REPORT if is_sent else None)
    when = read_period(programme, period)
    all_items = programme_figures(programme)
    items = [item for item in all_items if item.of(when) is not None]
    why_not = services.why_not_yet(programme, when)
    may_write = may(request, programme, Action.WRITE_REPORT) and not why_not
    forms = [_form(sent(request), item, when) for item in items]
    refusal, errors, status = "", dict[str, str](), 200
    if is_sent:
        if [form for form in forms if not form.is_valid()]:  # every form, so that all errors show
            status = 422
        else:
            refusal, errors = _save(programme, when, forms, request.user)
            if not refusal and not errors:
                messages.success(request, _("Показники збережено."))
                return redirect("target_actuals_year", slug, period)
            status = 422 if refusal else 409
            all_items = programme_figures(programme)
    fresh = {item.indicator.pk: item for item in all_items}
    rows = []
    for form, old in zip(forms, items, strict=True):
        item = fresh.get(old.indicator.pk, old)
        figures = item.of(when) or form.figures
        # Both values are told beside a refused row, so saving again replaces what is stored, knowingly.
        version = form["version"].value() if status == 422 else figures.version
        rows.append(ActualRow(form, item, figures, errors.get(str(item.indicator.pk), ""), version))
    context = {
        "programme": programme,
        "period": period,
        "year": when,
        "by_kind": _by_kind(rows, [row.item for row in rows]),
        "errors": [(row.item, row.error) for row in rows if row.error],
        "refusal": refusal,
        "why_not": why_not,
        "may_write": may_write,
        "periods": _periods(programme, all_items),
    }
    return render(request, "indicators/programme/year.html", context, status=status)


@require_POST
def save_one(request: SignedIn, slug: str, period: str, indicator_pk: int) -> HttpResponse:
    """Save one row while its author goes on; answers the rows whose figures or doubts follow from it."""
    programme = load_programme(request, slug, Action.WRITE_REPORT)
    when = read_period(programme, period)
    before = {item.indicator.pk: item for item in programme_figures(programme)}
    typed = before.get(indicator_pk)
    if typed is None or typed.of(when) is None:
        raise Http404
    form = _form(request.POST, typed, when)
    error = ""
    if is_read := form.is_valid():
        refusal, errors = _save(programme, when, [form], request.user)
        error = refusal or errors.get(str(indicator_pk), "")
    else:
        error = refusals(form)
    after = programme_figures(programme)
    item = next(item for item in after if item.indicator.pk == indicator_pk)
    figures = item.of(when)
    if figures is None:
        raise Http404
    context = {
        "programme": programme,
        "period": period,
        "item": item,
        "figures": figures,
        "followers": [
            (other, now)
            for other in after
            if other.indicator.pk != indicator_pk
            and (now := other.of(when)) != before[other.indicator.pk].of(when)
        ],
        "error": error,
        # A refused row that could be read was told both values: it takes the version of what is stored.
        "is_read": is_read,
        "may_replace": is_read and error and figures.version != form.cleaned_data["version"],
    }
    # htmx swaps 2xx answers only, so a refusal is told inside the answer.
    return render(request, "indicators/programme/saved.html", context)


def _form(data: Any, item: IndicatorYears, when: Year) -> ProgrammeActualForm:
    figures = item.of(when)
    if figures is None:
        raise Http404
    return ProgrammeActualForm(data, figures=figures, number=item.number)


def _save(
    programme: Programme, when: Year, forms: Iterable[ProgrammeActualForm], by: User
) -> tuple[str, dict[str, str]]:
    """Store the rows; what refuses all of them, and refusals by indicator."""
    edits = []
    for form in forms:
        value = form.cleaned_data.get("value") or PlannedValue()
        edits.append(
            ActualEdit(
                indicator_id=form.figures.indicator.pk,
                number=value.number,
                text=value.text,
                explanation=form.cleaned_data["explanation"].strip(),
                version=form.cleaned_data["version"],
            )
        )
    try:
        services.save_actuals(programme=programme, year=when, edits=edits, by=by)
    except CellErrors as refusal:
        return "", dict(refusal.errors)
    except RuleViolation as refusal:
        return str(refusal), {}
    return "", {}


def _by_kind(rows: Sequence[Any], items: Sequence[IndicatorYears]) -> list[tuple[str, list[Any]]]:
    """Rows under the four kinds in statutory order, those without a kind first."""
    groups = []
    for kind in ("", *IndicatorKind.values):
        own = [row for row, item in zip(rows, items, strict=True) if item.indicator.kind == kind]
        if own:
            groups.append((str(IndicatorKind(kind).label) if kind else "", own))
    return groups


def _periods(programme: Programme, items: Iterable[IndicatorYears]) -> list[tuple[str, str]]:
    """Addresses and names of the years, and of the whole programme where something is planned for it."""
    found = [(str(year), str(year)) for year in programme.years]
    if any(item.whole is not None for item in items):
        found.append((WHOLE, _("увесь строк")))
    return found


def _current(programme: Programme) -> str:
    """The year people most likely write of: the last one that is over, within the programme."""
    over = timezone.localdate().year - 1
    return str(min(max(over, programme.year_from), programme.year_to))


def _chart(item: IndicatorYears) -> Chart | None:
    return charts.chart(item.pairs)


def _year_rows(item: IndicatorYears) -> list[YearRow]:
    plan, actual = item.plan_so_far, item.actual_so_far
    return [
        YearRow(
            figures,
            PlannedValue(plan.get(figures.year or 0)).shown,
            PlannedValue(actual.get(figures.year or 0)).shown,
        )
        for figures in item.periods
    ]
