"""Reading target programmes: figures are sums of acts, as of any date."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from budgets.choices import ActStatus, LineKind
from budgets.models import Act, BudgetLine, MeasureText, Programme


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a planned figure stands: measure × unit × year × fund × source. 0 where a document names none."""

    measure_id: int
    executor_id: int
    year: int
    fund: str
    source_id: int


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned at a place. None where no act gives money (or a quantity) there. Units: hryvnias."""

    amount: Decimal | None
    quantity: Decimal | None


def in_force(as_of: dt.date | None, draft: Act | None = None) -> Q:
    """Acts that count: adopted and in force on the day (any day when None), and the draft being previewed."""
    counted = Q(status=ActStatus.ADOPTED)
    if as_of is not None:
        counted &= Q(in_force_from__lte=as_of)
    return counted | Q(pk=draft.pk) if draft is not None else counted


def acts(
    programme: Programme, as_of: dt.date | None = None, draft: Act | None = None
) -> QuerySet[Act]:
    """The acts that made the programme what it is on the day, first to last."""
    return programme.acts.filter(in_force(as_of, draft)).order_by(
        F("in_force_from").asc(nulls_last=True), "id"
    )


def planned(
    programme: Programme,
    as_of: dt.date | None = None,
    draft: Act | None = None,
    *,
    measures: Collection[int] | None = None,
) -> dict[Place, Planned]:
    """planned(line, as of D) = Σ delta of every act in force on or before D; one query on either database.

    Of some ``measures`` only, where they are named.
    """
    lines = BudgetLine.objects.filter(act__in=acts(programme, as_of, draft), kind=LineKind.DELTA)
    if measures is not None:
        lines = lines.filter(measure__in=measures)
    rows = (
        lines.order_by()
        .values("measure_id", "executor_id", "year", "fund", "source_id")
        .annotate(planned_amount=Sum("amount"), planned_quantity=Sum("quantity"))
    )
    return {place_of(row): Planned(row["planned_amount"], row["planned_quantity"]) for row in rows}


def place_of(row: Mapping[str, Any]) -> Place:
    """The place of a row of values; absent units and sources become 0."""
    return Place(
        row["measure_id"], row["executor_id"] or 0, row["year"], row["fund"], row["source_id"] or 0
    )


def texts(
    programme: Programme,
    as_of: dt.date | None = None,
    draft: Act | None = None,
    *,
    measures: Collection[int] | None = None,
) -> dict[int, MeasureText]:
    """The words of each measure (or of some) in force on the day, by measure."""
    return words_after(list(acts(programme, as_of, draft)), measures=measures)


def words_after(
    counted: Sequence[Act], *, measures: Collection[int] | None = None
) -> dict[int, MeasureText]:
    """The words of each measure (or of some) after the acts, first to last; the last that says something wins."""
    order = {act.pk: place for place, act in enumerate(counted)}
    rows = MeasureText.objects.filter(act__in=order)
    if measures is not None:
        rows = rows.filter(measure__in=measures)
    return {row.measure_id: row for row in sorted(rows, key=lambda row: order[row.act_id])}


def unknown_acts(programme: Programme, as_of: dt.date | None = None) -> list[Act]:
    """Acts in force that are known only by number and date: figures from then on are incomplete."""
    return list(acts(programme, as_of).filter(lines_known=False))


@dataclass(frozen=True, slots=True)
class Step:
    """One link of «звідки ця цифра?»: what an act did to the figure, and what it came to."""

    act: Act
    line: BudgetLine | None
    amount_after: Decimal | None


def history(programme: Programme, place: Place, as_of: dt.date | None = None) -> list[Step]:
    """The chain of a planned figure: each act that touched it, and each act whose lines are unknown."""
    lines: dict[int, BudgetLine] = {
        line.act_id: line
        for line in BudgetLine.objects.filter(
            act__programme=programme,
            measure=place.measure_id,
            year=place.year,
            fund=place.fund,
        ).filter(
            Q(executor=place.executor_id) if place.executor_id else Q(executor__isnull=True),
            Q(source=place.source_id) if place.source_id else Q(source__isnull=True),
        )
    }
    steps: list[Step] = []
    amount: Decimal | None = None
    for act in acts(programme, as_of):
        line = lines.get(act.pk)
        if line is not None and line.kind == LineKind.DELTA and line.amount is not None:
            amount = line.amount if amount is None else amount + line.amount
        if line is not None or not act.lines_known:
            steps.append(Step(act, line, amount))
    return steps


def by_measure(figures: dict[Place, Planned]) -> dict[int, dict[Place, Planned]]:
    """The same figures, grouped by measure."""
    grouped: dict[int, dict[Place, Planned]] = defaultdict(dict)
    for place, figure in figures.items():
        grouped[place.measure_id][place] = figure
    return dict(grouped)


def total(figures: Iterable[Planned]) -> Planned:
    """Sums of what is there; None where nothing is."""
    amounts, quantities = [], []
    for figure in figures:
        if figure.amount is not None:
            amounts.append(figure.amount)
        if figure.quantity is not None:
            quantities.append(figure.quantity)
    return Planned(
        sum(amounts, Decimal(0)) if amounts else None,
        sum(quantities, Decimal(0)) if quantities else None,
    )
