"""Reading drafts of acts: what they touch, what overtook them, and who else drafts on the same places."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.db.models import QuerySet

from budgets.choices import ActStatus, LineKind
from budgets.models import Act, BudgetLine, MeasurePosition, MeasureText
from budgets.money import ZERO
from budgets.selectors import programmes as selectors
from budgets.selectors.measure_cash import paid_by_year
from budgets.selectors.programmes import Place

Figure = Literal["amount", "quantity"]
FIGURES: tuple[Figure, ...] = ("amount", "quantity")


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A figure of a draft that acts changed after the draft was opened or last rebased. Units: hryvnias, or pieces."""

    place: Place
    figure: Figure
    act: Act
    was: Decimal
    now: Decimal
    delta: Decimal


def overtaken(act: Act) -> list[Overtaken]:
    """Figures of the draft changed by acts adopted since it was opened or last rebased."""
    if not act.is_open:
        return []
    later: dict[Place, list[BudgetLine]] = defaultdict(list)
    own = {line_place(line): line for line in act.budgetlines.filter(kind=LineKind.DELTA)}
    changes = BudgetLine.objects.filter(act__in=adopted_since(act), kind=LineKind.DELTA)
    for line in changes.select_related("act").order_by("act__adopted_at", "pk"):
        if (place := line_place(line)) in own:
            later[place].append(line)
    if not later:
        return []
    now = selectors.planned(act.programme, measures={place.measure_id for place in later})
    found = []
    for place, lines in later.items():
        for figure in FIGURES:
            changed = [value for line in lines if (value := getattr(line, figure)) is not None]
            delta = getattr(own[place], figure)
            if changed and delta is not None:
                current = getattr(now[place], figure) or ZERO
                was = current - sum(changed, ZERO)
                found.append(Overtaken(place, figure, lines[-1].act, was, current, delta))
    return found


def overtaken_words(act: Act) -> dict[int, Act]:
    """Measures whose words or place both the draft and an act adopted meanwhile change, with that act."""
    if not act.is_open:
        return {}
    own = {
        *act.measuretexts.values_list("measure_id", flat=True),
        *act.measurepositions.values_list("measure_id", flat=True),
    }
    since = {each.pk: each for each in adopted_since(act)}
    found: dict[int, Act] = {}
    for model in (MeasureText, MeasurePosition):
        rows = model._default_manager.filter(act__in=since, measure__in=own)
        for measure_id, act_id in rows.values_list("measure_id", "act_id"):
            found[measure_id] = since[act_id]
    return found


def adopted_since(act: Act) -> QuerySet[Act]:
    """Acts of the programme adopted after the draft was opened or last rebased."""
    adopted = Act.objects.filter(programme=act.programme_id, status=ActStatus.ADOPTED)
    return adopted.filter(adopted_at__gt=act.based_at) if act.based_at else adopted


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
    cash = paid_by_year(measures)
    if not cash:
        return {}
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for place, figure in selectors.planned(act.programme, draft=act, measures=measures).items():
        sums[place.measure_id, place.year] += figure.amount or ZERO
    return {key: Shortfall(sums[key], amount) for key, amount in cash.items() if sums[key] < amount}


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
