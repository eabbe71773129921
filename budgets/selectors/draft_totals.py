"""What a draft makes of every branch, spending unit, fund and source of a programme, year by year."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.db.models import Min, Q, Sum

from budgets.choices import LineKind
from budgets.models import Act, BudgetLine, MeasurePosition
from budgets.money import ZERO
from budgets.selectors import programmes as selectors
from budgets.selectors.tree import Tree

Figure = Literal["amount", "quantity"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a draft does with a figure: what is in force, and what it becomes. None where nothing is planned."""

    was: Decimal | None = None
    becomes: Decimal | None = None

    def __add__(self, other: "Change") -> "Change":
        return Change(_sum(self.was, other.was), _sum(self.becomes, other.becomes))

    @property
    def delta(self) -> Decimal:
        return (self.becomes or ZERO) - (self.was or ZERO)


Cells = Mapping[int, Change]  # by year
Totals = Mapping[
    str, Cells
]  # by what is totalled: «task-7», «unit-3», «fund-general», «programme» …


def totals(act: Act, of: Tree, figure: Figure) -> Totals:
    """What the draft makes of every branch, unit, fund and source.

    The database sums measures that were created in the same place, represented by one of them; measures that acts
    moved are summed one by one.
    """
    counted = selectors.acts(act.programme, draft=act)
    lines = BudgetLine.objects.filter(act__in=counted, kind=LineKind.DELTA).order_by()
    moved = set(
        MeasurePosition.objects.filter(act__in=counted).values_list("measure_id", flat=True)
    )
    together = ("measure__direction", "measure__task", "measure__parent", "measure__executor")
    columns = ("executor_id", "year", "fund", "source_id")
    found: dict[str, dict[int, Change]] = defaultdict(dict)
    found["programme"] = {}
    for names, part in (
        (together, lines.exclude(measure__in=moved)),
        (("measure_id",), lines.filter(measure__in=moved)),
    ):
        rows = part.values(*names, *columns).annotate(
            one=Min("measure_id"),
            was=Sum(figure, filter=~Q(act=act)),
            becomes=Sum(figure),
        )
        for row in rows:
            change = Change(row["was"], row["becomes"])
            if change != Change():
                unit = row["executor_id"] or of.own_unit_id(row["one"])
                for name in (
                    *branch_of(of, row["one"]),
                    f"unit-{unit}",
                    f"fund-{row['fund'] or 'unsplit'}",
                    f"source-{row['source_id'] or 0}",
                    "programme",
                ):
                    found[name][row["year"]] = found[name].get(row["year"], Change()) + change
    return found


def branch_of(of: Tree, measure_id: int) -> Iterable[str]:
    """The heads a measure stands under, from the top."""
    if direction := of.direction(measure_id):
        yield f"direction-{direction.pk}"
    if task := of.task(measure_id):
        yield f"task-{task.pk}"
    for parent in reversed(of.ancestors(measure_id)):
        yield f"measure-{parent}"


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
