"""Reading closed months: which are closed for a unit, and who may still enter cash into them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from budgets.choices import MonthStatus
from budgets.models import (
    Community,
    Passport,
    PeriodException,
    PeriodLock,
    Programme,
    SpendingUnit,
)
from budgets.periods import MONTHS, Month, year_span


def people_of(community: Community) -> QuerySet[User]:
    """Whom an exception may name: people of the community whose accounts are on."""
    people = User.objects.filter(memberships__unit__community=community, is_active=True)
    return people.distinct()


def closed(unit_id: int, year: int) -> dict[int, PeriodLock]:
    """Locks in force of the unit's year, by number of the month."""
    first, last = year_span(year)
    locks = PeriodLock.objects.filter(
        unit=unit_id, reopened_at=None, first_day__gte=first, last_day__lte=last
    ).select_related("closed_by")
    return {lock.first_day.month: lock for lock in locks}


def closed_by_passport(passports: QuerySet[Passport]) -> dict[tuple[int, int], set[int]]:
    """Numbers of the closed months, by unit and year, of all units that pay under the passports. One query."""
    locks = PeriodLock.objects.filter(
        reopened_at=None, unit__in=passports.order_by().values("programme__responsible_unit")
    )
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for unit_id, day in locks.order_by().values_list("unit", "first_day"):
        found[unit_id, day.year].add(day.month)
    return found


def months_of(passport: Passport) -> list[tuple[Month, bool]]:
    """The months of the passport's year, each with whether the unit that pays under it closed it. One query."""
    unit_id = passport.programme.responsible_unit_id
    return marks(passport.year, closed(unit_id, passport.year))


def marks(year: int, closed: Container[int]) -> list[tuple[Month, bool]]:
    """The months of a year, each with whether it is closed."""
    return [(Month(year, number), number in closed) for number in MONTHS]


def lock_of(unit_id: int, day: dt.date) -> PeriodLock | None:
    """The lock in force over the day."""
    locks = PeriodLock.objects.filter(
        unit=unit_id, reopened_at=None, first_day__lte=day, last_day__gte=day
    )
    return locks.select_related("closed_by").first()


def with_those_above(unit_id: int) -> list[int]:
    """The unit and the units it is under, whose closed months are its own, too: at most three (``UnitLevel``)."""
    unit = SpendingUnit.objects.select_related("parent__parent").get(pk=unit_id)
    above = unit.parent
    found = [unit, above, above.parent if above else None]
    return [each.pk for each in found if each is not None]


def payers(programme: Programme) -> QuerySet[SpendingUnit]:
    """Units that pay for the programme where it has no passport: its responsible one and those of its executors."""
    paying = Q(pk=programme.responsible_unit_id) | Q(executor_of__programme=programme)
    return SpendingUnit.objects.filter(paying).distinct()


def closers(programme: Programme, day: dt.date) -> list[int]:
    """Units of the programme's community that have closed the month of the day."""
    locks = PeriodLock.objects.filter(
        unit__community=programme.community_id,
        reopened_at=None,
        first_day__lte=day,
        last_day__gte=day,
    )
    return list(locks.order_by("unit").values_list("unit", flat=True))


@dataclass(frozen=True, slots=True)
class MonthState:
    """A month of a unit's cash, as one person meets it: the lock over it, and what lets the person in."""

    status: MonthStatus
    lock: PeriodLock | None = None
    exception: PeriodException | None = None


def state(unit_id: int, month: Month, person: User) -> MonthState:
    locks = PeriodLock.objects.filter(unit=unit_id, first_day=month.first_day)
    last = locks.select_related("closed_by").order_by(_NEWEST).first()
    exception = (
        exception_for(last, person) if last is not None and last.reopened_at is None else None
    )
    return _state(month, last, exception)


def states(unit_id: int, year: int, person: User) -> list[tuple[Month, MonthState]]:
    """The months of the unit's year as the person meets them. Two queries."""
    locks = PeriodLock.objects.filter(unit=unit_id, first_day__range=year_span(year))
    last = {
        lock.first_day.month: lock
        for lock in reversed(locks.select_related("closed_by").order_by(_NEWEST))
    }
    standing = PeriodException.objects.filter(
        lock__in=last.values(), person=person, until__gte=timezone.localdate()
    )
    exceptions = {each.lock_id: each for each in standing.order_by("until")}
    found = []
    for number in MONTHS:
        month, lock = Month(year, number), last.get(number)
        found.append((month, _state(month, lock, exceptions.get(lock.pk) if lock else None)))
    return found


_NEWEST = F("reopened_at").desc(nulls_first=True)


def _state(month: Month, last: PeriodLock | None, exception: PeriodException | None) -> MonthState:
    if last is not None and last.reopened_at is None:
        if exception:
            return MonthState(MonthStatus.EXCEPTED, last, exception)
        return MonthState(MonthStatus.CLOSED, last)
    if month.first_day > timezone.localdate():
        return MonthState(MonthStatus.COMING)
    if not is_over(month):
        return MonthState(MonthStatus.RUNNING)
    return MonthState(MonthStatus.OPEN if last is None else MonthStatus.REOPENED)


def exception_for(lock: PeriodLock, person: User) -> PeriodException | None:
    """What lets the person enter cash there today."""
    today = timezone.localdate()
    return lock.exceptions.filter(person=person, until__gte=today).order_by("-until").first()


def is_over(month: Month) -> bool:
    return month.last_day < timezone.localdate()
