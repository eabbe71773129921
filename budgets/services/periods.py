"""Closing months: after that the unit's cash of the month stays as it is, but for named exceptions with an end."""

import datetime as dt

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Passport, PeriodException, PeriodLock, Programme, SpendingUnit
from budgets.periods import MONTHS, Month
from budgets.permissions import Step
from budgets.selectors import periods
from budgets.services.record import recorded


@recorded
def close_month(*, unit: SpendingUnit, month: Month, by: User, note: str = "") -> PeriodLock:
    """Close the month for the unit. Refused: the month is not over; it is closed already."""
    _lock_cash(unit, month.year)
    now = periods.state(unit.pk, month, by)
    if not Step.CLOSE_MONTH.is_possible(now.status):
        if now.lock:
            raise RuleViolation(_("Уже закрито: %(lock)s.") % {"lock": told(now.lock)})
        raise RuleViolation(
            _("%(month)s %(year)s: %(status)s. Закрити можна після %(last)s.")
            % {
                "month": month.name,
                "year": month.year,
                "status": now.status.label,
                "last": f"{month.last_day:%d.%m.%Y}",
            }
        )
    return PeriodLock.objects.create(
        unit=unit,
        first_day=month.first_day,
        last_day=month.last_day,
        closed_by=by,
        note=note.strip(),
    )


@recorded
def close_year(*, unit: SpendingUnit, year: int, by: User, note: str = "") -> list[PeriodLock]:
    """Close every month of the year that is still open."""
    shut = periods.closed(unit.pk, year)
    return [
        close_month(unit=unit, month=Month(year, number), by=by, note=note)
        for number in MONTHS
        if number not in shut
    ]


@recorded
def reopen(*, lock: PeriodLock, reason: str, by: User) -> None:
    """Open a closed month again; the reason stays on record with the lock."""
    _lock_cash(lock.unit, lock.first_day.year)
    lock = PeriodLock.objects.select_for_update(of=("self",)).get(pk=lock.pk)
    if not Step.REOPEN_MONTH.is_possible(lock.status):
        raise RuleViolation(_("Місяць уже відкрито знову. Оновіть сторінку."))
    if not reason.strip():
        raise RuleViolation(_("Вкажіть причину: вона залишиться в журналі."))
    lock.reopened_at, lock.reopened_by, lock.reopen_reason = timezone.now(), by, reason.strip()
    lock.save()


@recorded
def allow(
    *, lock: PeriodLock, person: User, until: dt.date, reason: str, by: User
) -> PeriodException:
    """Let one person enter cash into the closed month until a day."""
    if not Step.EXCEPT_MONTH.is_possible(lock.status):
        raise RuleViolation(_("Місяць відкрито: виняток не потрібен."))
    if until < timezone.localdate():
        raise RuleViolation(_("День %(day)s уже минув.") % {"day": f"{until:%d.%m.%Y}"})
    if not reason.strip():
        raise RuleViolation(_("Вкажіть причину винятку."))
    return PeriodException.objects.create(
        lock=lock, person=person, until=until, reason=reason.strip(), granted_by=by
    )


def expect_open(passport: Passport, day: dt.date, by: User) -> None:
    """Refuse cash of a month that has not come, or is closed without an exception for this person."""
    expect_open_for(passport.programme.responsible_unit_id, day, by)


def expect_open_for(unit_id: int, day: dt.date, by: User) -> None:
    """The same of any unit."""
    now = periods.state(unit_id, Month.of(day), by)
    if Step.ENTER_CASH.is_possible(now.status):
        return
    if now.lock is None:
        raise RuleViolation(
            _("Дата %(date)s ще не настала. Касовий видаток вводять після проведення.")
            % {"date": f"{day:%d.%m.%Y}"}
        )
    raise RuleViolation(
        _(
            "%(lock)s. Попросіть фінансиста відкрити місяць або надати вам виняток із зазначенням причини."
        )
        % {"lock": told(now.lock)}
    )


def told(lock: PeriodLock) -> str:
    """«Червень 2023 закрито 05.07.2023, фінансист: звірено з Казначейством»."""
    month = Month.of(lock.first_day)
    who = lock.closed_by.get_full_name() or lock.closed_by.get_username()
    text = _("%(month)s %(year)s закрито %(day)s, %(who)s") % {
        "month": month.name,
        "year": month.year,
        "day": f"{timezone.localtime(lock.closed_at):%d.%m.%Y}",
        "who": who,
    }
    return f"{text}: {lock.note}" if lock.note else text


def _lock_cash(unit: SpendingUnit, year: int) -> None:
    """Wait for everybody who enters cash of the unit's year: each holds the row of the passport or of the programme."""
    passports = Passport.objects.filter(programme__responsible_unit=unit, year=year)
    list(passports.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    paying = Q(responsible_unit=unit) | Q(pk__in=unit.executor_of.values("programme"))
    programmes = Programme.objects.filter(paying, year_from__lte=year, year_to__gte=year)
    list(programmes.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
