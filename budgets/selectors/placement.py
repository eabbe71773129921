"""Where a measure can stand in a draft: the points between the rows of its tree, and the row numbers they give."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from budgets.models import Act, Measure, MeasureText
from budgets.selectors import programmes as selectors
from budgets.selectors import tree as trees
from budgets.selectors.tree import Tree

Group = tuple[str, int]
"""What a row stands in: ("measure" | "task" | "direction", its number), or ("programme", 0)."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the tree: what the row belongs to, and the row it follows (None: it comes first there)."""

    direction_id: int | None = None
    task_id: int | None = None
    parent_id: int | None = None
    after_id: int | None = None

    @property
    def group(self) -> Group:
        return _group(self.parent_id, self.task_id, self.direction_id)


@dataclass(frozen=True)
class Rows:
    """The rows of a programme as a draft leaves them; what only other drafts know of is not among them."""

    tree: Tree
    words: dict[int, MeasureText]
    with_figures: frozenset[int]

    @cached_property
    def groups(self) -> dict[Group, list[Measure]]:
        """Neighbours in their order, by what they stand in."""
        found: dict[Group, list[Measure]] = {}
        known = [self.tree.measures[pk] for pk in self.words if pk in self.tree.measures]
        for row in sorted(known, key=lambda row: (row.order, row.pk)):
            found.setdefault(_group(row.parent_id, row.task_id, row.direction_id), []).append(row)
        return found

    def parts(self, measure_id: int) -> list[Measure]:
        """Sub-measures, one level down."""
        return self.groups.get(("measure", measure_id), [])

    def below(self, measure_id: int) -> Iterator[Measure]:
        """Sub-measures on every level, from the top down."""
        for part in self.parts(measure_id):
            yield part
            yield from self.below(part.pk)

    def name(self, measure_id: int) -> str:
        """«1.4. Антивірусний захист»."""
        number = self.tree.measures[measure_id].number.rstrip(".")
        title = self.words[measure_id].title
        return f"{number}. {title}" if number else title

    def point(self, measure_id: int) -> Point:
        """Where a row stands now."""
        row = self.tree.measures[measure_id]
        here = Point(row.direction_id, row.task_id, row.parent_id)
        order = [each.pk for each in self.groups[here.group]]
        place = order.index(measure_id)
        return Point(*_belongs(row), order[place - 1] if place else None)

    def after(self, measure_id: int) -> Point:
        """Right below a row, beside it."""
        return Point(*_belongs(self.tree.measures[measure_id]), measure_id)

    def first_in(self, group: Group) -> Point | None:
        """Before every row of a group; None where the programme has no such group."""
        kind, pk = group
        if kind == "measure" and pk in self.words:
            row = self.tree.measures[pk]
            return Point(row.direction_id, row.task_id, pk)
        if kind == "task" and pk in self.tree.tasks:
            return Point(self.tree.tasks[pk].direction_id, pk)
        if kind == "direction" and pk in self.tree.directions:
            return Point(pk)
        return Point() if group == ("programme", 0) else None

    def last_in(self, group: Group) -> Point | None:
        """After every row of a group; None where the programme has no such group."""
        rows = self.groups.get(group)
        return self.after(rows[-1].pk) if rows else self.first_in(group)


def rows(act: Act) -> Rows:
    """The rows that the draft shows."""
    counted = list(selectors.acts(act.programme, draft=act))
    return Rows(
        trees.load(act.programme, counted),
        selectors.texts(act.programme, draft=act),
        frozenset(
            place.measure_id
            for place, figure in selectors.planned(act.programme, draft=act).items()
            if figure.amount or figure.quantity
        ),
    )


Choice = tuple[str, str]


def points(rows: Rows, moving: int | None = None) -> list[tuple[str, list[Choice]]]:
    """Every point where a row may stand, by name, under headings; a row that moves stays out of itself."""
    kept_out = {moving, *(row.pk for row in rows.below(moving))} if moving else frozenset[int]()
    found = []
    for group, heading in _headings(rows):
        choices = [(f"in-{group[0]}-{group[1]}", "")]
        choices += _points_below(rows, rows.groups.get(group, []), kept_out, depth=0)
        found.append((heading, choices))
    return found


def _points_below(
    rows: Rows, siblings: Sequence[Measure], kept_out: Collection[int], *, depth: int
) -> list[Choice]:
    indent = "\u2003" * depth
    found = []
    for row in siblings:
        if row.pk in kept_out:
            continue
        found.append((f"after-{row.pk}", indent + rows.name(row.pk)))
        parts = rows.parts(row.pk)
        if parts or row.pk not in rows.with_figures:
            found.append((f"in-measure-{row.pk}", indent + rows.name(row.pk)))
        found += _points_below(rows, parts, kept_out, depth=depth + 1)
    return found


def _headings(rows: Rows) -> list[tuple[Group, str]]:
    """Groups of top rows as the tree reads: directions and their tasks, then what belongs to none."""
    tree = rows.tree
    found: list[tuple[Group, str]] = []
    tasks = sorted(tree.tasks.values(), key=lambda task: (task.order, task.pk))
    for direction in sorted(tree.directions.values(), key=lambda row: (row.order, row.pk)):
        own = [task for task in tasks if task.direction_id == direction.pk]
        if not own or ("direction", direction.pk) in rows.groups:
            found.append((("direction", direction.pk), str(direction)))
        found += [(("task", task.pk), str(task)) for task in own]
    found += [(("task", task.pk), str(task)) for task in tasks if task.direction_id is None]
    if not found or ("programme", 0) in rows.groups:
        found.append((("programme", 0), ""))
    return found


def _group(parent_id: int | None, task_id: int | None, direction_id: int | None) -> Group:
    for kind, pk in (("measure", parent_id), ("task", task_id), ("direction", direction_id)):
        if pk is not None:
            return kind, pk
    return "programme", 0


def _belongs(row: Measure) -> tuple[int | None, int | None, int | None]:
    return row.direction_id, row.task_id, row.parent_id
