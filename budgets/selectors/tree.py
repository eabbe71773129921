"""The tree of a programme as acts leave it: directions, tasks and measures, any level of which may be absent."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from budgets.models import Act, Direction, Executor, Measure, MeasurePosition, Programme, Task
from budgets.selectors import programmes as selectors
from budgets.selectors.programmes import Place

_LAST = 2**63  # stands after everything that has a place of its own


@dataclass(frozen=True, slots=True)
class Tree:
    """Measures where the acts put them. Five queries whatever the size of the programme."""

    measures: Mapping[int, Measure]
    directions: Mapping[int, Direction]
    tasks: Mapping[int, Task]
    executors: Mapping[int, Executor]
    loops: frozenset[int] = frozenset()  # measures that acts together would put into themselves

    def task(self, measure_id: int) -> Task | None:
        measure = self.measures[measure_id]
        if measure.task_id is not None:
            return self.tasks[measure.task_id]
        return self.task(measure.parent_id) if measure.parent_id else None

    def direction(self, measure_id: int) -> Direction | None:
        measure = self.measures[measure_id]
        task = self.task(measure_id)
        found = measure.direction_id or (task.direction_id if task else None)
        if found is not None:
            return self.directions[found]
        return self.direction(measure.parent_id) if measure.parent_id else None

    def ancestors(self, measure_id: int) -> tuple[int, ...]:
        """The measures that it is a part of, nearest first."""
        parent = self.measures[measure_id].parent_id
        return (parent, *self.ancestors(parent)) if parent else ()

    def own_unit_id(self, measure_id: int) -> int:
        """The spending unit that the measure or its task stands under; 0 for none."""
        measure = self.measures[measure_id]
        if measure.executor_id:
            return measure.executor_id
        task = self.task(measure_id)
        return (task.executor_id or 0) if task else 0

    def unit_id(self, place: Place) -> int:
        """The spending unit of a line: its own, or the one its measure or task stands under."""
        return place.executor_id or self.own_unit_id(place.measure_id)

    def order(self, measure_id: int) -> tuple[int, ...]:
        """Sorts measures as the tree reads: directions, tasks, then measures with their parts below them."""
        task, direction = self.task(measure_id), self.direction(measure_id)
        line = [*reversed(self.ancestors(measure_id)), measure_id]
        return (
            direction.order if direction else _LAST,
            task.order if task else _LAST,
            *(number for pk in line for number in (self.measures[pk].order, pk)),
        )


def load(programme: Programme, counted: Iterable[Act]) -> Tree:
    """The tree after the acts that count, first to last."""
    measures = Measure.objects.filter(programme=programme).in_bulk()
    settle(measures, list(counted))
    return Tree(
        measures=measures,
        directions=Direction.objects.filter(programme=programme).in_bulk(),
        tasks=Task.objects.filter(programme=programme).in_bulk(),
        executors=Executor.objects.filter(programme=programme).in_bulk(),
        loops=frozenset(_cut_loops(measures)),
    )


def _cut_loops(measures: Mapping[int, Measure]) -> Iterator[int]:
    """Two drafts together may put measures into each other: such a one stands on top here, and adoption refuses it."""
    sound: set[int] = set()
    for pk in measures:
        way: list[int] = []
        step: int | None = pk
        while step is not None and step in measures and step not in sound:
            if step in way:
                measures[step].parent_id = None
                yield step
                break
            way.append(step)
            step = measures[step].parent_id
        sound.update(way)


def settle(measures: Mapping[int, Measure], counted: Sequence[Act]) -> None:
    """Put measures where the acts say they stand; the last act that moves one wins. Such measures are read, not saved."""
    order = {act.pk: place for place, act in enumerate(counted)}
    moves = MeasurePosition.objects.filter(act__in=order)
    for move in sorted(moves, key=lambda row: order[row.act_id]):
        if measure := measures.get(move.measure_id):
            measure.number, measure.order = move.number, move.order
            measure.direction_id, measure.task_id = move.direction_id, move.task_id
            measure.parent_id = move.parent_id


def parents(act: Act, measures: Collection[int]) -> set[int]:
    """Those of the measures that have sub-measures in the draft: their figures are sums."""
    counted = list(selectors.acts(act.programme, draft=act))
    below = Q(parent__in=measures) | Q(
        positions__in=MeasurePosition.objects.filter(parent__in=measures, act__in=counted)
    )
    children = Measure.objects.filter(below, texts__act__in=counted).in_bulk()
    if not children:
        return set()
    settle(children, counted)
    return {child.parent_id for child in children.values() if child.parent_id} & set(measures)
