"""Indicators: their plan in a draft passport, their actual values and explanations through the year."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import permissions
from budgets.exceptions import CellErrors
from budgets.forms.fields import refusals
from budgets.forms.rows import open_rows
from budgets.models import Passport
from budgets.permissions import Action
from budgets.selectors import passports as passport_selectors
from budgets.views.loading import SignedIn, load_passport, load_revision
from budgets.views.passports import edit_section
from budgets.views.saving import sent
from indicators import selectors
from indicators.forms import passports as forms
from indicators.selectors import IndicatorFigures
from indicators.services import passports as services


@require_http_methods(["GET", "HEAD", "POST"])
def edit_indicators(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    lines = {line.number: line for line in revision.spendinglines.all()}
    formset = open_rows(
        forms.IndicatorForm,
        sent(request),
        initial=forms.indicator_rows(revision, lines),
        formset=forms.IndicatorFormSet,
        form_kwargs={"lines": lines},
    )
    context = {
        "formset": formset,
        "hint": _(
            "Показник має щось одне: значення за фондами, обсяг напряму або частку двох інших показників. Напрям називають його номером із розділу 9, показники — номерами з цієї таблиці. «Що краще» потрібне оцінці ефективності: «менше» — для середніх витрат, часу, кількості скарг."
        ),
        "spending_lines": lines,
        "stored": [str(row) for row in revision.indicators.all()],
    }
    title = _("11. Результативні показники")
    return edit_section(
        request,
        "budgets/passports/edit_rows.html",
        revision,
        formset,
        lambda version: services.save_indicators(
            revision=revision, rows=formset.rows(), version=version, by=request.user
        ),
        title=title,
        context=context,
    )


@require_safe
def index(request: SignedIn) -> HttpResponse:
    passports = passport_selectors.approved(permissions.visible_passports(request.user))
    return render(
        request,
        "indicators/index.html",
        {
            "passports": passports,
            "programmes": permissions.visible_programmes(request.user)
            .filter(programmeindicators__isnull=False)
            .distinct(),
        },
    )


@dataclass(frozen=True, slots=True)
class ActualRow:
    """A row of the page: what is typed, what is stored, why it was refused, the version it would replace."""

    form: forms.ActualForm
    item: IndicatorFigures
    error: str
    version: Any


@require_http_methods(["GET", "HEAD", "POST"])
def actuals(request: SignedIn, pk: int) -> HttpResponse:
    """All indicators of the year; saved as a whole here, row by row through save_one while typing."""
    passport = load_passport(request, pk, Action.WRITE_REPORT if request.method == "POST" else None)
    figures = _figures(passport)
    may_write = permissions.allows(request.user, Action.WRITE_REPORT, passport)
    rows = [forms.ActualForm(sent(request), figures=item) for item in figures]
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        if not [row for row in rows if not row.is_valid()]:  # every row, so that all errors show
            errors = _save(passport, rows, request.user)
            if not errors:
                messages.success(request, _("Показники збережено."))
                return redirect("indicator_actuals", pk)
            status = 409
            fresh = {item.indicator.root_id: item for item in _figures(passport)}
            figures = [fresh.get(item.indicator.root_id, item) for item in figures]
        else:
            status = 422
    shown = [
        # Both values are told beside a refused row, so saving again replaces what is stored, knowingly.
        ActualRow(
            form=row,
            item=item,
            error=errors.get(str(item.indicator.number), ""),
            version=row["version"].value() if status == 422 else item.version,
        )
        for row, item in zip(rows, figures, strict=True)
    ]
    by_kind = [
        (kind, [row for row in shown if row.item.indicator.kind == kind])
        for kind, _items in selectors.by_kind(figures)
    ]
    context = {"passport": passport, "by_kind": by_kind, "errors": errors, "may_write": may_write}
    return render(request, "indicators/actuals.html", context, status=status)


@require_POST
def save_one(request: SignedIn, pk: int, root_id: int) -> HttpResponse:
    """Save one row while its author goes on; answers the figures that follow from it."""
    passport = load_passport(request, pk, Action.WRITE_REPORT)
    typed = next((item for item in _figures(passport) if item.indicator.root_id == root_id), None)
    if typed is None:
        raise Http404
    form = forms.ActualForm(request.POST, figures=typed)
    error = ""
    if is_read := form.is_valid():
        error = next(iter(_save(passport, [form], request.user).values()), "")
    else:
        error = refusals(form)
    figures = _figures(passport)
    item = next(item for item in figures if item.indicator.root_id == root_id)
    context = {
        "passport": passport,
        "item": item,
        "followers": _followers(figures, item),
        "error": error,
        # A refused row that could be read was told both values: it takes the version of what is stored.
        "is_read": is_read,
        "may_replace": is_read and error and item.version != form.cleaned_data["version"],
    }
    # htmx swaps 2xx answers only, so a refusal is told inside the answer.
    return render(request, "indicators/saved.html", context)


def _save(passport: Passport, rows: Iterable[forms.ActualForm], by: User) -> dict[str, str]:
    """Store the rows; refusals by the printed number of the indicator."""
    edits = [
        services.ActualEdit(
            root_id=row.figures.indicator.root_id,
            general=row.cleaned_data.get("general"),
            special=row.cleaned_data.get("special"),
            explanation=row.cleaned_data["explanation"].strip(),
            version=row.cleaned_data["version"],
        )
        for row in rows
    ]
    try:
        services.save_actuals(passport=passport, edits=edits, by=by)
    except CellErrors as refusal:
        return dict(refusal.errors)
    return {}


def _figures(passport: Passport) -> list[IndicatorFigures]:
    revision = passport_selectors.revision_in_force(passport)
    return [] if revision is None else selectors.indicator_figures(revision)


def _followers(figures: list[IndicatorFigures], item: IndicatorFigures) -> list[IndicatorFigures]:
    """Averages whose formula uses this indicator."""
    pk = item.indicator.pk
    return [
        other
        for other in figures
        if pk in (other.indicator.numerator_id, other.indicator.denominator_id)
    ]
