"""Closing months: close, open again with a reason, let one person in until a day."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from budgets.forms.periods import CloseForm, ExceptionForm, ReopenForm
from budgets.models import Passport, PeriodLock
from budgets.periods import MONTHS, Month
from budgets.permissions import Action
from budgets.selectors import periods as selectors
from budgets.services import periods
from budgets.views.loading import SignedIn, load_passport
from budgets.views.saving import sent, step


@require_http_methods(["GET", "POST"])
def close(request: SignedIn, passport_pk: int, month: int) -> HttpResponse:
    passport, when = _load(request, passport_pk, month)
    form = CloseForm(sent(request))

    def write() -> str:
        unit, note = passport.programme.responsible_unit, form.cleaned_data["note"]
        if form.cleaned_data["whole_year"]:
            made = periods.close_year(unit=unit, year=when.year, by=request.user, note=note)
            return _("Закрито місяців: %(count)s.") % {"count": len(made)}
        return periods.told(periods.close_month(unit=unit, month=when, by=request.user, note=note))

    return _step(request, passport, when, form, write, title=_("Закрити місяць"))


@require_http_methods(["GET", "POST"])
def reopen(request: SignedIn, passport_pk: int, month: int) -> HttpResponse:
    passport, when = _load(request, passport_pk, month)
    lock = _lock(passport, when)
    form = ReopenForm(sent(request))

    def write() -> str:
        periods.reopen(lock=lock, reason=form.cleaned_data["reason"], by=request.user)
        return _("%(month)s %(year)s відкрито.") % {"month": when.name, "year": when.year}

    return _step(request, passport, when, form, write, title=_("Відкрити місяць знову"))


@require_http_methods(["GET", "POST"])
def allow(request: SignedIn, passport_pk: int, month: int) -> HttpResponse:
    passport, when = _load(request, passport_pk, month)
    lock = _lock(passport, when)
    form = ExceptionForm(sent(request), lock=lock)

    def write() -> str:
        made = periods.allow(lock=lock, **form.cleaned_data, by=request.user)
        return _("%(person)s може вводити до %(day)s.") % {
            "person": made.person,
            "day": f"{made.until:%d.%m.%Y}",
        }

    return _step(request, passport, when, form, write, title=_("Виняток для закритого місяця"))


def _load(request: SignedIn, passport_pk: int, month: int) -> tuple[Passport, Month]:
    passport = load_passport(request, passport_pk, Action.CLOSE_PERIOD)
    if month not in MONTHS:
        raise Http404
    return passport, Month(passport.year, month)


def _lock(passport: Passport, month: Month) -> PeriodLock:
    lock = selectors.lock_of(passport.programme.responsible_unit_id, month.first_day)
    if lock is None:
        raise Http404
    return lock


def _step(
    request: SignedIn,
    passport: Passport,
    month: Month,
    form: Form,
    write: Callable[[], str],
    *,
    title: str,
) -> HttpResponse:
    def done() -> HttpResponse:
        messages.success(request, write())
        return redirect("cash_month", passport.pk, month.number)

    context = {"passport": passport, "month": month, "title": title}
    return step(request, form, done, "budgets/cash/period.html", context)
