"""Putting a row of a draft at a point of the tree; order numbers leave room between neighbours, so most rows stay."""

from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Act, Measure, MeasurePosition, MeasureText
from budgets.models.programmes import ORDER_STEP
from budgets.selectors import programmes as selectors
from budgets.selectors import tree as trees
from budgets.selectors.placement import Point, Rows


def expect_room(rows: Rows, point: Point) -> None:
    """Refuse a place inside a measure that carries amounts: those of a parent are sums of its parts."""
    if point.parent_id in rows.with_figures:
        raise RuleViolation(
            _(
                "«%(title)s» має власні суми, тому не може мати підзаходів. Спочатку перемістіть або обнуліть їх."
            )
            % {"title": rows.name(point.parent_id or 0)}
        )


def order_at(act: Act, rows: Rows, point: Point, moving: int | None = None) -> int:
    """The order number between the neighbours of a point; they are spaced anew where no number is left."""
    siblings = [row for row in rows.groups.get(point.group, []) if row.pk != moving]
    numbers = [row.pk for row in siblings]
    if point.after_id is not None and point.after_id not in numbers:
        raise RuleViolation(_("Сусідній захід уже стоїть в іншому місці. Оберіть місце ще раз."))
    place = numbers.index(point.after_id) + 1 if point.after_id is not None else 0
    low = siblings[place - 1].order if place else 0
    if place == len(siblings):
        return low + ORDER_STEP if siblings else _last_order(rows) + ORDER_STEP
    if siblings[place].order - low > 1:
        return (low + siblings[place].order) // 2
    for position, row in enumerate(siblings):
        row.order = (position + 1 + (position >= place)) * ORDER_STEP
        stand(act, row)
    return (place + 1) * ORDER_STEP


def move(act: Act, rows: Rows, row: Measure, number: str, point: Point) -> None:
    """Put a row of the draft at a point, with its parts."""
    below = list(rows.below(row.pk))
    if point.parent_id in {row.pk, *(part.pk for part in below)} or point.after_id == row.pk:
        raise RuleViolation(_("Захід не може стояти в самому собі чи у своєму підзаході."))
    expect_room(rows, point)
    if point.after_id != rows.point(row.pk).after_id or point.group != rows.point(row.pk).group:
        row.order = order_at(act, rows, point, moving=row.pk)
        row.parent_id = point.parent_id
        for each in (row, *below):  # parts name the task they stand under, too
            each.direction_id, each.task_id = point.direction_id, point.task_id
            if each is not row:
                stand(act, each)
    row.number = number.strip()
    stand(act, row)


def stand(act: Act, row: Measure) -> None:
    """Keep where a row stands from this act on; a row that only this draft knows simply stands there."""
    place = {
        "number": row.number,
        "order": row.order,
        "direction_id": row.direction_id,
        "task_id": row.task_id,
        "parent_id": row.parent_id,
    }
    if is_new(act, row):
        Measure.objects.filter(pk=row.pk).update(**place)
        return
    in_force = Measure.objects.in_bulk([row.pk])
    trees.settle(in_force, list(selectors.acts(act.programme)))
    if all(getattr(in_force[row.pk], name) == value for name, value in place.items()):
        act.measurepositions.filter(measure=row.pk).delete()
    else:
        MeasurePosition.objects.update_or_create(act=act, measure_id=row.pk, defaults=place)


def is_new(act: Act, row: Measure) -> bool:
    """Whether this draft added the measure: no other act says a word of it."""
    words = set(MeasureText.objects.filter(measure=row.pk).values_list("act_id", flat=True))
    return words == {act.pk} and not row.lines.exclude(act=act).exists()


def _last_order(rows: Rows) -> int:
    return max((row.order for row in rows.tree.measures.values()), default=0)
