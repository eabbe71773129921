"""Reading drafts of acts: what they touch, what overtook them, and who else drafts on the same places."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from budgets.choices import ActStatus, LineKind
from budgets.models import Act, BudgetLine, CashEntry
from budgets.money import ZERO
from budgets.selectors import programmes as selectors
from budgets.selectors.programmes import Place


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A place of a draft that acts changed after the draft was opened or last rebased. Units: hryvnias."""

    place: Place
    act: Act
    was: Decimal
    now: Decimal
    delta: Decimal


def overtaken(act: Act) -> list[Overtaken]:
    """Places of the draft changed by acts adopted since it was opened or last rebased."""
    later: dict[Place, list[BudgetLine]] = defaultdict(list)
    adopted = BudgetLine.objects.filter(
        act__programme=act.programme,
        act__status=ActStatus.ADOPTED,
        act__adopted_at__gt=_based_at(act),
        kind=LineKind.DELTA,
    )
    for line in adopted.select_related("act").order_by("act__adopted_at"):
        later[line_place(line)].append(line)
    if not later:
        return []
    now = selectors.planned(act.programme)
    found = []
    for line in act.budgetlines.filter(kind=LineKind.DELTA):
        place = line_place(line)
        if changes := later.get(place):
            planned = now.get(place)
            current = (planned.amount if planned else None) or ZERO
            change = sum((each.amount or ZERO for each in changes), ZERO)
            found.append(
                Overtaken(place, changes[-1].act, current - change, current, line.amount or ZERO)
            )
    return found


def rivals(act: Act) -> dict[Place, list[Act]]:
    """Other open acts of the programme that touch the same places."""
    own = {line_place(line) for line in act.budgetlines.all()}
    found: dict[Place, list[Act]] = defaultdict(list)
    others = BudgetLine.objects.filter(act__programme=act.programme).exclude(act=act)
    for line in others.exclude(
        act__status__in=[ActStatus.ADOPTED, ActStatus.WITHDRAWN]
    ).select_related("act"):
        if (place := line_place(line)) in own:
            found[place].append(line.act)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A measure that a draft leaves with less than was already paid in the year. Units: hryvnias."""

    planned: Decimal
    paid: Decimal


def below_paid(
    act: Act, *, measures: Collection[int] | None = None
) -> dict[tuple[int, int], Shortfall]:
    """Measures and years that the draft leaves below their paid cash; of the whole draft unless measures are named."""
    if measures is None:
        measures = set(act.budgetlines.values_list("measure_id", flat=True))
    cash = paid(measures)
    if not cash:
        return {}
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for place, figure in selectors.planned(act.programme, draft=act, measures=measures).items():
        sums[place.measure_id, place.year] += figure.amount or ZERO
    return {key: Shortfall(sums[key], amount) for key, amount in cash.items() if sums[key] < amount}


def paid(measures: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """Cash that names the measures, by measure and year. Units: hryvnias."""
    rows = (
        CashEntry.objects.filter(measure__in=measures)
        .order_by()
        .values_list("measure_id", "paid_on__year")
        .annotate(total=Sum("amount"))
    )
    return {(measure, year): total for measure, year, total in rows}


RowKey = tuple[
    int, int, str, int
]  # measure, spending unit, fund, source; 0 where a document names none


def row_of(place: Place) -> RowKey:
    """The row that the place stands in: the same measure, unit, fund and source, whatever the year."""
    return place.measure_id, place.executor_id, place.fund, place.source_id


def joined_reasons(reasons: Iterable[str]) -> str:
    """The reasons of several lines as one text, each once."""
    return "; ".join(dict.fromkeys(filter(None, reasons)))


def line_place(line: BudgetLine) -> Place:
    return Place(line.measure_id, line.executor_id or 0, line.year, line.fund, line.source_id or 0)


def _based_at(act: Act) -> dt.datetime:
    """When what the draft stands on was adopted."""
    if act.amends is not None and act.amends.adopted_at is not None:
        return act.amends.adopted_at
    return dt.datetime.min.replace(tzinfo=dt.UTC)
