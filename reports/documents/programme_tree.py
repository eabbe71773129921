"""The measures of a programme as a table shows them: in the order of its tree, sub-measures under their measure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from budgets.models import Measure, MeasureText
from budgets.selectors.programmes import Place
from reports.documents.programme_plan import Figure, Figures, Plan

Items = tuple[tuple[Place, Figure], ...]
Key = tuple[int, int]  # spending unit (0 where a table does not group by units) and measure
_LAST = 2**63  # stands after everything that has a place of its own


@dataclass(frozen=True, slots=True)
class Entry:
    """One measure (of one spending unit, where the table groups by units) with the figures of its row.

    ``items`` are its figures with those of its sub-measures: a parent is the sum of its parts.
    """

    key: str
    measure: Measure
    unit_id: int
    text: MeasureText | None
    items: Items
    restated: Items
    children: tuple["Entry", ...]

    @property
    def name(self) -> str:
        """«1.4. Антивірусний захист*»: the printed number, the title, the mark of a condition."""
        title = self.text.title if self.text else ""
        number = self.measure.number.rstrip(".")
        mark = "*" if self.text and self.text.is_conditional else ""
        return f"{number}. {title}{mark}" if number else f"{title}{mark}"

    @property
    def rows(self) -> Iterator["Entry"]:
        """The entry and its sub-measures from the top down."""
        yield self
        for child in self.children:
            yield from child.rows


@dataclass(frozen=True, slots=True)
class Shown:
    """What a table is made of: figures by place, amounts repeated without change, and words in force."""

    plan: Plan
    figures: Figures
    restated: Figures
    words: dict[int, MeasureText]
    changed_only: bool = False

    @property
    def years(self) -> list[int]:
        """The years of the programme, and any other that has figures; of changes only the years they touch."""
        touched = {place.year for place in (*self.figures, *self.restated)}
        return sorted(touched if self.changed_only else touched | set(self.plan.programme.years))


def entries(shown: Shown, *, by_unit: bool) -> list[Entry]:
    """Top-level entries in the order of units, directions, tasks and measures."""
    plan = shown.plan
    figures = _by_row(plan, shown.figures, by_unit=by_unit)
    restated = _by_row(plan, shown.restated, by_unit=by_unit)
    wanted = {*figures, *restated}
    if not shown.changed_only:
        wanted |= _without_figures(shown, wanted, by_unit=by_unit)
        wanted -= {row for row in wanted if _is_gone(shown, row[1], figures.get(row, ()))}
    wanted |= {(unit_id, above) for unit_id, pk in wanted for above in plan.tree.ancestors(pk)}
    children: dict[Key, list[int]] = defaultdict(list)
    for unit_id, measure_id in wanted:
        if parent := plan.tree.measures[measure_id].parent_id:
            children[unit_id, parent].append(measure_id)

    def entry(unit_id: int, measure_id: int) -> Entry:
        row = (unit_id, measure_id)
        parts = sorted(children[row], key=plan.tree.order)
        below = tuple(entry(unit_id, part) for part in parts)
        is_own = not by_unit or unit_id == plan.tree.own_unit_id(measure_id)
        return Entry(
            key=f"measure-{measure_id}" if is_own else f"measure-{measure_id}-unit-{unit_id}",
            measure=plan.tree.measures[measure_id],
            unit_id=unit_id,
            text=shown.words.get(measure_id),
            items=(*figures.get(row, ()), *(item for part in below for item in part.items)),
            restated=restated.get(row, ()),
            children=below,
        )

    tops = [entry(*row) for row in wanted if plan.tree.measures[row[1]].parent_id is None]
    return sorted(tops, key=lambda top: _tree_order(plan, top))


def grouped(
    rows: Sequence[Entry], group_of: Callable[[Entry], int]
) -> list[tuple[int, list[Entry]]]:
    """Entries by the key of their group (0: none), groups in the order in which they first appear."""
    found: dict[int, list[Entry]] = {}
    for row in rows:
        found.setdefault(group_of(row), []).append(row)
    return list(found.items())


def _without_figures(shown: Shown, known: set[Key], *, by_unit: bool) -> set[Key]:
    """Measures that are planned without money or quantity; a parent of rows that have some is not one of them."""
    with_figures = {pk for _unit, pk in known}
    with_figures |= {above for pk in with_figures for above in shown.plan.tree.ancestors(pk)}
    return {
        (shown.plan.tree.own_unit_id(pk) if by_unit else 0, pk)
        for pk, text in shown.words.items()
        if pk not in with_figures and not text.is_cancelled
    }


def _by_row(plan: Plan, figures: Figures, *, by_unit: bool) -> dict[Key, Items]:
    found: dict[Key, Items] = {}
    for place in sorted(figures):
        row = (plan.tree.unit_id(place) if by_unit else 0, place.measure_id)
        found[row] = (*found.get(row, ()), (place, figures[place]))
    return found


def _is_gone(shown: Shown, measure_id: int, items: Items) -> bool:
    """A cancelled measure leaves the table once nothing is planned on it."""
    text = shown.words.get(measure_id)
    return (
        text is not None
        and text.is_cancelled
        and not any(figure.amount for _place, figure in items)
    )


def _tree_order(plan: Plan, entry: Entry) -> tuple[int, ...]:
    unit = plan.tree.executors.get(entry.unit_id)
    return (unit.order if unit else _LAST, *plan.tree.order(entry.measure.pk))
