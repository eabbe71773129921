"""Reading cash by measures: shares of payments, what lines pay for, and what measures were planned."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from budgets.choices import LineKind
from budgets.models import (
    Act,
    BudgetLine,
    CashEntry,
    CashShare,
    LineMeasure,
    MeasurePosition,
    MeasureText,
    Passport,
    Programme,
)
from budgets.money import ZERO
from budgets.periods import year_span
from budgets.selectors.programmes import acts, in_force


def paid_between(
    programme: Programme, first_day: dt.date, last_day: dt.date
) -> dict[tuple[int, int], Decimal]:
    """Paid on the programme's measures from day to day, by measure and spending unit. One query. Units: hryvnias.

    The unit is the responsible one of the passport, or the executor's where the programme has no passport; 0 when unknown.
    """
    rows = (
        CashShare.objects.filter(
            measure__programme=programme, entry__paid_on__range=(first_day, last_day)
        )
        .order_by()
        .values(
            "measure_id",
            unit=Coalesce(
                "entry__line__revision__passport__programme__responsible_unit_id",
                "entry__executor__unit_id",
                Value(0),
            ),
        )
        .annotate(paid=Sum("amount"))
    )
    return {(row["measure_id"], row["unit"]): row["paid"] for row in rows}


def paid_by_year(measures: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """Paid on the measures, by measure and year, with and without a passport. Units: hryvnias."""
    rows = (
        CashShare.objects.filter(measure__in=measures)
        .order_by()
        .values_list("measure_id", "entry__paid_on__year")
        .annotate(total=Sum("amount"))
    )
    return {(measure, year): total for measure, year, total in rows}


def planned_in_year(
    measures: Collection[int], year: int, as_of: dt.date | None = None
) -> dict[int, Decimal]:
    """Planned on each of the measures for the year by acts in force on the day (any day when None). One query."""
    rows = (
        BudgetLine.objects.filter(measure__in=measures, year=year, kind=LineKind.DELTA)
        .filter(_of_acts_in_force(as_of))
        .order_by()
        .values_list("measure_id")
        .annotate(total=Sum("amount"))
    )
    found = {measure: total or ZERO for measure, total in rows}
    return {measure: found.get(measure, ZERO) for measure in measures}


def off_plan(measures: Collection[int], year: int) -> list[tuple[str, Decimal, Decimal]]:
    """Of the measures those whose cash of the year is beyond the plan or below nothing: name, plan and cash. Hryvnias."""
    planned, paid = planned_in_year(measures, year), paid_by_year(measures)
    cash = {pk: paid.get((pk, year), ZERO) for pk in measures}
    found = [pk for pk in sorted(measures) if cash[pk] > planned[pk] or cash[pk] < 0]
    names = measure_names(found) if found else {}
    return [(names[pk], planned[pk], cash[pk]) for pk in found]


def _of_acts_in_force(as_of: dt.date | None = None) -> Q:
    return Q(act__in=Act.objects.filter(in_force(as_of)))


def measure_names(measures: Collection[int]) -> dict[int, str]:
    """Printed number and title of each measure as acts in force have them now. Two queries."""
    latest = (F("act__in_force_from").asc(nulls_first=True), "act_id")
    words = MeasureText.objects.filter(_of_acts_in_force(), measure__in=measures)
    titles = dict(words.order_by(*latest).values_list("measure_id", "title"))
    numbers = dict(words.values_list("measure_id", "measure__number"))
    moved = MeasurePosition.objects.filter(_of_acts_in_force(), measure__in=measures)
    numbers |= dict(moved.order_by(*latest).values_list("measure_id", "number"))
    return {
        pk: f"{numbers.get(pk, '')} {titles.get(pk, '')}".strip() or f"№ {pk}" for pk in measures
    }


@dataclass(frozen=True, slots=True)
class NamedShare:
    """A share of a payment with the name of its measure. Units: hryvnias."""

    measure_id: int
    name: str
    amount: Decimal


def named_shares(entries: Iterable[CashEntry]) -> dict[int, list[NamedShare]]:
    """The shares of each entry, as lists show them. Three queries."""
    shares = list(CashShare.objects.filter(entry__in=[entry.pk for entry in entries]))
    names = measure_names({share.measure_id for share in shares}) if shares else {}
    found: dict[int, list[NamedShare]] = defaultdict(list)
    for share in shares:
        found[share.entry_id].append(
            NamedShare(share.measure_id, names[share.measure_id], share.amount)
        )
    return dict(found)


def shares_of(entry: CashEntry) -> dict[int, Decimal]:
    """The entry's share of each measure, in the order they were written."""
    return dict(entry.shares.order_by("pk").values_list("measure_id", "amount"))


def linked(passport: Passport) -> dict[int, list[int]]:
    """Measures that each root line of the passport pays for, in the order they were linked."""
    found: dict[int, list[int]] = defaultdict(list)
    links = LineMeasure.objects.filter(line__revision__passport=passport)
    for line, measure in links.order_by("pk").values_list("line_id", "measure_id"):
        found[line].append(measure)
    return dict(found)


def measures_of_line(line_id: int) -> list[int]:
    links = LineMeasure.objects.filter(line=line_id).order_by("pk")
    return list(links.values_list("measure_id", flat=True))


def unbalanced() -> list[tuple[CashEntry, Decimal]]:
    """Entries whose shares do not sum to their amount, with the sum: none, unless somebody went around the services."""
    shared = CashEntry.objects.filter(shares__isnull=False).annotate(shared=Sum("shares__amount"))
    return [(entry, entry.shared) for entry in shared.exclude(shared=F("amount")).order_by("pk")]


@dataclass(frozen=True, slots=True)
class MeasureTotal:
    """A measure in a year. Units: hryvnias."""

    measure_id: int
    name: str
    planned: Decimal
    paid: Decimal

    @property
    def left(self) -> Decimal:
        return self.planned - self.paid


def totals(programme: Programme, year: int) -> list[MeasureTotal]:
    """Every measure with a plan or cash in the year, in the programme's order. Five queries."""
    measures = dict(programme.measures.order_by("order", "pk").values_list("pk", "order"))
    planned = planned_in_year(measures, year)
    cash = paid_by_year(measures)
    paid = {pk: cash.get((pk, year), ZERO) for pk in measures}
    shown = [pk for pk in measures if planned[pk] or paid[pk]]
    names = measure_names(shown)
    return [MeasureTotal(pk, names[pk], planned[pk], paid[pk]) for pk in shown]


def payments(programme: Programme, year: int) -> QuerySet[CashEntry]:
    """Entries of the programme itself, newest first, with all that a list shows."""
    first, last = year_span(year)
    entries = CashEntry.objects.filter(programme=programme, paid_on__range=(first, last))
    return entries.select_related(
        "economic_code", "executor", "created_by", "reversed_by"
    ).order_by("-paid_on", "-pk")


def has_unknown_acts(programme: Programme) -> bool:
    """An act in force is known only by number and date: plans are incomplete."""
    return acts(programme).filter(lines_known=False).exists()
