"""Months of a unit's cash: what is closed and by whom; close, open again with a reason, let one person in until a day.

Whoever comes from a passport's month (``?passport=``) goes back to it, others to the unit's year.
"""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import permissions
from budgets.forms.periods import CloseForm, ExceptionForm, ReopenForm
from budgets.models import PeriodLock, SpendingUnit
from budgets.periods import MONTHS, Month
from budgets.permissions import Action
from budgets.selectors import periods as selectors
from budgets.services import periods
from budgets.views.loading import SignedIn, load_unit
from budgets.views.saving import sent, step

YEARS = range(2000, 2100)


@require_safe
def year(request: SignedIn, unit_pk: int, year: int) -> HttpResponse:
    """The months of the unit's year, each with what this person may do about it."""
    unit = load_unit(request, unit_pk)
    if year not in YEARS:
        raise Http404
    rows = [
        {
            "month": month,
            "now": now,
            "told": periods.told(now.lock) if now.lock else "",
            "may": {step.name for step in permissions.steps(request.user, unit, now.status)},
        }
        for month, now in selectors.states(unit.pk, year, request.user)
    ]
    context = {"unit": unit, "year": year, "years": (year - 1, year + 1), "rows": rows}
    return render(request, "budgets/periods/year.html", context)


@require_http_methods(["GET", "POST"])
def close(request: SignedIn, unit_pk: int, year: int, month: int) -> HttpResponse:
    unit, when = _load(request, unit_pk, year, month)
    form = CloseForm(sent(request))

    def write() -> str:
        note = form.cleaned_data["note"]
        if form.cleaned_data["whole_year"]:
            made = periods.close_year(unit=unit, year=when.year, by=request.user, note=note)
            return _("Закрито місяців: %(count)s.") % {"count": len(made)}
        return periods.told(periods.close_month(unit=unit, month=when, by=request.user, note=note))

    return _step(request, unit, when, form, write, title=_("Закрити місяць"))


@require_http_methods(["GET", "POST"])
def reopen(request: SignedIn, unit_pk: int, year: int, month: int) -> HttpResponse:
    unit, when = _load(request, unit_pk, year, month)
    lock = _lock(unit, when)
    form = ReopenForm(sent(request))

    def write() -> str:
        periods.reopen(lock=lock, reason=form.cleaned_data["reason"], by=request.user)
        return _("%(month)s %(year)s відкрито.") % {"month": when.name, "year": when.year}

    return _step(request, unit, when, form, write, title=_("Відкрити місяць знову"))


@require_http_methods(["GET", "POST"])
def allow(request: SignedIn, unit_pk: int, year: int, month: int) -> HttpResponse:
    unit, when = _load(request, unit_pk, year, month)
    lock = _lock(unit, when)
    form = ExceptionForm(sent(request), lock=lock)

    def write() -> str:
        made = periods.allow(lock=lock, **form.cleaned_data, by=request.user)
        return _("%(person)s може вводити до %(day)s.") % {
            "person": made.person,
            "day": f"{made.until:%d.%m.%Y}",
        }

    return _step(request, unit, when, form, write, title=_("Виняток для закритого місяця"))


def _load(request: SignedIn, unit_pk: int, year: int, month: int) -> tuple[SpendingUnit, Month]:
    unit = load_unit(request, unit_pk, Action.CLOSE_PERIOD)
    if month not in MONTHS or year not in YEARS:
        raise Http404
    return unit, Month(year, month)


def _lock(unit: SpendingUnit, month: Month) -> PeriodLock:
    lock = selectors.lock_of(unit.pk, month.first_day)
    if lock is None:
        raise Http404
    return lock


def _step(
    request: SignedIn,
    unit: SpendingUnit,
    month: Month,
    form: Form,
    write: Callable[[], str],
    *,
    title: str,
) -> HttpResponse:
    back = _back(request, unit, month)

    def done() -> HttpResponse:
        messages.success(request, write())
        return redirect(back)

    context = {"unit": unit, "month": month, "title": title, "back": back}
    return step(request, form, done, "budgets/periods/step.html", context)


def _back(request: SignedIn, unit: SpendingUnit, month: Month) -> str:
    asked = request.GET.get("passport", "")
    if asked.isascii() and asked.isdigit():
        passports = permissions.visible_passports(request.user)
        own = passports.filter(programme__responsible_unit=unit, year=month.year, pk=asked)
        if passport := own.first():
            return reverse("cash_month", args=[passport.pk, month.number])
    return reverse("unit_months", args=[unit.pk, month.year])
