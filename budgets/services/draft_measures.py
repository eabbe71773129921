"""Measures of a draft: added, worded, moved, split, cancelled and taken back. What is in force never changes.

Every function names the version of the draft its author saw and is refused with StaleVersion when another person
wrote meanwhile; all refuse an act that is no draft any more.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Act, Measure, MeasureText
from budgets.money import ZERO, print_amount
from budgets.permissions import Step
from budgets.selectors import placement
from budgets.selectors import programmes as selectors
from budgets.selectors.placement import Point, Rows
from budgets.selectors.programmes import Place
from budgets.services import drafting, standing
from budgets.services.acts import locked, touch
from budgets.services.drafting import NOTHING, PlaceEdit
from budgets.services.record import recorded

Words = Mapping[str, str | int | bool | None]
"""Fields of a MeasureText by name; those not named stay as they are."""

WORDS = (
    "title", "term", "term_from", "term_to", "executors_text", "sources_text", "expected_result",
    "is_conditional", "needs_funding",
)  # fmt: skip


@recorded
def add_measure(
    *,
    act: Act,
    point: Point,
    words: Words,
    version: int,
    by: User,
    number: str = "",
    quantity_unit: str = "",
) -> Measure:
    """Add a measure to the programme by this draft, where ``point`` says.

    Refused: a place inside a measure that carries amounts of its own; words that write_words refuses.
    """
    act = locked(act, version, Step.WRITE_ACT)
    measure = _new(act, placement.rows(act), point, number, quantity_unit)
    _save_words(MeasureText(act=act, measure=measure), words)
    touch(act, by)
    return measure


@recorded
def write_words(*, act: Act, measure: Measure, words: Words, version: int, by: User) -> None:
    """Change the words of a measure by this draft, beginning from those in force; words as in force leave no trace.

    Refused: no title; a term beyond the programme, back to front, or without a year that has money in the draft.
    """
    act = locked(act, version, Step.WRITE_ACT)
    text = _own_text(act, measure)
    _save_words(text, words)
    _expect_money_within(text)
    forget_as_in_force(text)
    touch(act, by)


@recorded
def move_measure(
    *, act: Act, measure: Measure, number: str, point: Point, version: int, by: User
) -> None:
    """Give a measure another number and place in the tree from this act on; its parts go with it.

    Refused: under itself or a part of its own; inside a measure that carries amounts.
    """
    act = locked(act, version, Step.WRITE_ACT)
    rows = placement.rows(act)
    standing.move(act, rows, _row(rows, measure), number, point)
    touch(act, by)


@recorded
def write_measure(
    *, act: Act, measure: Measure, words: Words, number: str, point: Point, version: int, by: User
) -> None:
    """Words and place in one step, both or neither."""
    write_words(act=act, measure=measure, words=words, version=version, by=by)
    move_measure(act=act, measure=measure, number=number, point=point, version=version + 1, by=by)


@recorded
def split_measure(
    *,
    act: Act,
    measure: Measure,
    title: str,
    number: str,
    amounts: Mapping[Place, Decimal],
    reason: str,
    version: int,
    by: User,
    is_confirmed: bool = False,
) -> Measure:
    """Part of a measure's money becomes a new measure right after it; the sum never changes.

    ``amounts`` says how much leaves each place of the measure; it arrives at the same unit, year, fund and source.
    Units: hryvnias. Refused: more than the draft plans there, nothing at all, no reason; BelowPaid as in plan.
    """
    act = locked(act, version, Step.WRITE_ACT)
    rows = placement.rows(act)
    old = _row(rows, measure)
    preview = selectors.planned(act.programme, draft=act, measures=[old.pk])
    taken = {place: amount for place, amount in amounts.items() if amount}
    if not taken:
        raise RuleViolation(_("Вкажіть, скільки коштів переходить до нового заходу."))
    _expect_reason(reason)
    for place, amount in taken.items():
        available = preview.get(place, NOTHING).amount or ZERO
        if place.measure_id != old.pk or amount < 0 or amount > available:
            raise RuleViolation(
                _("У %(year)s році можна відокремити від 0 до %(available)s грн, не %(amount)s.")
                % {
                    "year": place.year,
                    "available": print_amount(available),
                    "amount": print_amount(amount),
                }
            )
    new = _new(act, rows, rows.after(old.pk), number, old.quantity_unit)
    new.executors.set(old.executors.all())
    new.sources.set(old.sources.all())
    text = rows.words[old.pk]
    _save_words(
        MeasureText(act=act, measure=new),
        {**{name: getattr(text, name) for name in WORDS}, "title": title},
    )
    edits = []
    for place, amount in taken.items():
        here = preview[place]
        there = Place(new.pk, place.executor_id, place.year, place.fund, place.source_id)
        left = (here.amount or ZERO) - amount
        edits += [
            PlaceEdit(place, left, reason=reason, seen=here, is_confirmed=is_confirmed),
            PlaceEdit(there, amount, reason=reason),
        ]
    drafting.plan(act=act, edits=edits, by=by)
    return new


@recorded
def cancel_measure(
    *,
    act: Act,
    measure: Measure,
    reason: str,
    version: int,
    by: User,
    is_confirmed: bool = False,
) -> None:
    """Cancel a measure with its parts by this draft: figures go down to zero and the words say so.

    Refused: no reason; a measure that this draft itself added; BelowPaid where money was already paid.
    """
    act = locked(act, version, Step.WRITE_ACT)
    _expect_reason(reason)
    rows = placement.rows(act)
    whole = [_row(rows, measure), *rows.below(measure.pk)]
    in_force = selectors.texts(act.programme)
    for each in whole:
        if each.pk not in in_force:
            raise RuleViolation(
                _("«%(title)s» додано цією чернеткою: скасовувати нічого. Вилучіть захід.")
                % {"title": rows.name(each.pk)}
            )
        text = _own_text(act, each)
        text.is_cancelled = True
        text.save()
    preview = selectors.planned(act.programme, draft=act, measures=[each.pk for each in whole])
    edits = [
        PlaceEdit(
            place,
            ZERO if figure.amount else None,
            ZERO if figure.quantity else None,
            reason=reason,
            seen=figure,
            is_confirmed=is_confirmed,
        )
        for place, figure in preview.items()
        if figure.amount or figure.quantity
    ]
    drafting.plan(act=act, edits=edits, by=by)


@recorded
def restore_measure(*, act: Act, measure: Measure, version: int, by: User) -> None:
    """Undo a cancellation of this draft: the figures in force return, and what the draft did to them is dropped.

    Refused: a measure that the draft did not cancel.
    """
    act = locked(act, version, Step.WRITE_ACT)
    rows = placement.rows(act)
    in_force = selectors.texts(act.programme)
    whole = [_row(rows, measure).pk, *(row.pk for row in rows.below(measure.pk))]
    own = act.measuretexts.filter(measure__in=whole, is_cancelled=True)
    undone = [
        text
        for text in own
        if text.measure_id in in_force and not in_force[text.measure_id].is_cancelled
    ]
    if measure.pk not in {text.measure_id for text in undone}:
        raise RuleViolation(_("Ця чернетка не скасовувала захід, тому повертати нічого."))
    for text in undone:
        text.is_cancelled = False
        text.save()
        forget_as_in_force(text)
    act.budgetlines.filter(measure__in=[text.measure_id for text in undone]).delete()
    touch(act, by)


@recorded
def remove_measure(*, act: Act, measure: Measure, version: int, by: User) -> None:
    """Take back a measure that this draft added: its lines, words and place are gone as if it never was.

    Refused: a measure that another act knows; one with sub-measures or payments.
    """
    act = locked(act, version, Step.WRITE_ACT)
    rows = placement.rows(act)
    measure = _row(rows, measure)
    if not standing.is_new(act, measure):
        raise RuleViolation(
            _("«%(title)s» є в чинних актах: вилучити захід не можна. Скасуйте його.")
            % {"title": rows.name(measure.pk)}
        )
    if rows.parts(measure.pk):
        raise RuleViolation(_("Захід має підзаходи. Спочатку вилучіть або перемістіть їх."))
    act.budgetlines.filter(measure=measure).delete()
    act.measuretexts.filter(measure=measure).delete()
    act.measurepositions.filter(measure=measure).delete()
    try:
        Measure.objects.get(pk=measure.pk).delete()
    except ProtectedError as error:
        raise RuleViolation(
            _("На захід уже посилаються показники або платежі. Спочатку приберіть посилання.")
        ) from error
    touch(act, by)


def _row(rows: Rows, measure: Measure) -> Measure:
    """The measure as the draft knows it."""
    if measure.pk not in rows.words or measure.pk not in rows.tree.measures:
        raise RuleViolation(_("Захід не належить до цієї програми."))
    return rows.tree.measures[measure.pk]


def _new(act: Act, rows: Rows, point: Point, number: str, quantity_unit: str) -> Measure:
    standing.expect_room(rows, point)
    neighbour = rows.tree.measures.get(point.after_id or point.parent_id or 0)
    return Measure.objects.create(
        programme=act.programme,
        number=number.strip(),
        direction_id=point.direction_id,
        task_id=point.task_id,
        parent_id=point.parent_id,
        executor_id=neighbour.executor_id if neighbour else None,
        order=standing.order_at(act, rows, point),
        quantity_unit=quantity_unit.strip(),
    )


def _own_text(act: Act, measure: Measure) -> MeasureText:
    """The draft's own words of a measure, begun from those in force."""
    own = act.measuretexts.filter(measure=measure).first()
    if own is not None:
        return own
    current = selectors.texts(act.programme, measures=[measure.pk]).get(measure.pk)
    if current is None:
        raise RuleViolation(_("Захід не належить до цієї програми."))
    current.pk, current.act = None, act
    current._state.adding = True
    return current


def _save_words(text: MeasureText, words: Words) -> None:
    for name in WORDS:
        if name in words:
            setattr(text, name, words[name])
    text.title = text.title.strip()
    if not text.title:
        raise RuleViolation(_("Вкажіть назву заходу."))
    years = text.act.programme.years
    first, last = text.term_from, text.term_to
    for year in (first, last):
        if year is not None and year not in years:
            raise RuleViolation(
                _("Термін виходить за роки програми: %(first)s–%(last)s. Змініть %(year)s рік.")
                % {"year": year, "first": years[0], "last": years[-1]}
            )
    if first is not None and last is not None and last < first:
        raise RuleViolation(
            _("Останній рік терміну (%(last)s) раніше за перший (%(first)s). Поміняйте їх.")
            % {"first": first, "last": last}
        )
    text.full_clean(exclude=["act", "measure"])
    text.save()


def _expect_money_within(text: MeasureText) -> None:
    """No year outside the term may still have money or quantities in the draft."""
    first, last = text.term_from, text.term_to
    figures = selectors.planned(text.act.programme, draft=text.act, measures=[text.measure_id])
    outside = sorted(
        {
            place.year
            for place, figure in figures.items()
            if (figure.amount or figure.quantity)
            and ((first and place.year < first) or (last and place.year > last))
        }
    )
    if outside:
        raise RuleViolation(
            _(
                "За межами терміну лишилися б кошти або кількість: %(years)s. Спочатку обнуліть або перемістіть їх чи залиште ці роки в терміні."
            )
            % {"years": ", ".join(map(str, outside))}
        )


def forget_as_in_force(text: MeasureText) -> None:
    """Words that say what is in force anyway are no change and leave no trace in the act."""
    now = selectors.texts(text.act.programme, measures=[text.measure_id]).get(text.measure_id)
    if now is not None and all(
        getattr(now, name) == getattr(text, name) for name in (*WORDS, "is_cancelled")
    ):
        text.delete()


def _expect_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleViolation(_("Вкажіть причину: вона стане в порівняльній таблиці."))
