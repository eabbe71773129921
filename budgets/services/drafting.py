"""Drafting acts: a draft gathers signed deltas against what is in force, and the words that change.

Nobody overwrites another person's work unseen: a figure is written beside the one its author saw, other writes name the
version of the draft. Two drafts may touch the same place; whoever is adopted second rebases on what was adopted meanwhile.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets.exceptions import BelowPaid, CellErrors, RuleViolation, StaleCells
from budgets.models import Act, BudgetLine, MeasureText
from budgets.money import ZERO, print_amount, print_in_unit
from budgets.numbers import print_number
from budgets.permissions import Step
from budgets.selectors import drafts, tree
from budgets.selectors import programmes as selectors
from budgets.selectors.drafts import joined_reasons, line_place, row_of
from budgets.selectors.programmes import Place, Planned
from budgets.services.acts import locked, touch
from budgets.services.record import recorded

NOTHING = Planned(None, None)


class _Refusal(NamedTuple):
    """Why a place is refused; stale when another person wrote there meanwhile."""

    place: Place
    message: str
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class PlaceEdit:
    """What a draft makes of one place: its *new* figures, and why. None leaves a figure or a reason as it is.

    ``seen`` is what the draft made of the place when its author looked at it. ``is_confirmed`` says that a sum
    below what is already paid is meant so, ``is_emptied`` that a zero stands for an emptied cell: where nothing is
    in force, nothing is planned again, not 0.
    """

    place: Place
    amount: Decimal | None = None
    quantity: Decimal | None = None
    reason: str | None = None
    seen: Planned = NOTHING
    is_confirmed: bool = False
    is_emptied: bool = False


@dataclass(frozen=True, slots=True)
class RowReason:
    """Why the lines of one row change: all years of a measure × unit × fund × source. ``seen`` is the reason before."""

    place: Place  # any year of the row
    text: str
    seen: str


@recorded
def plan(
    *,
    act: Act,
    edits: Sequence[PlaceEdit],
    by: User,
    reasons: Sequence[RowReason] = (),
    unreadable: Sequence[tuple[Place, str]] = (),
) -> None:
    """Give places of a draft new figures, all or none; the lines kept are the differences to what is in force.

    ``unreadable`` are cells whose text was no figure, with the messages: they refuse the whole.
    Raises CellErrors with every refused place: a measure of another programme, a year outside the programme or
    the measure's term, a cancelled measure, a figure below zero, a figure another person changed meanwhile;
    StaleCells when all are of the last sort. Raises BelowPaid where a measure would be left with less than its paid cash of the year and nobody confirmed that.
    """
    act = locked(act, step=Step.WRITE_ACT)
    places = [
        *(edit.place for edit in edits),
        *(row.place for row in reasons),
        *(place for place, _message in unreadable),
    ]
    measures = {place.measure_id for place in places}
    base = _Base(
        now=selectors.planned(act.programme, measures=measures),
        preview=selectors.planned(act.programme, draft=act, measures=measures),
        words=selectors.texts(act.programme, draft=act, measures=measures),
        parents=tree.parents(act, measures),
        units=set(act.programme.executors.values_list("pk", flat=True)),
        sources=set(act.programme.fundingsources.values_list("pk", flat=True)),
    )
    lines = {line_place(line): line for line in act.budgetlines.filter(measure__in=measures)}
    refused = [_Refusal(place, message) for place, message in unreadable]
    refused += [refusal for edit in edits if (refusal := _refusal(act, edit, base)) is not None]
    _raise(refused, base)
    for edit in edits:
        _write(act, lines, edit, base.now.get(edit.place, NOTHING))
    _raise([refusal for row in reasons for refusal in _explain(lines, row)], base)
    _raise(_cuts(act, edits, lines), base, BelowPaid)
    touch(act, by)


def _raise(
    refused: Sequence[_Refusal], base: "_Base", error: type[CellErrors] = CellErrors
) -> None:
    if not refused:
        return
    if all(refusal.is_stale for refusal in refused):
        error = StaleCells
    raise error(
        [(place_name(refusal.place, base.words), refusal.message) for refusal in refused],
        keys=[refusal.place for refusal in refused],
    )


def _explain(lines: Mapping[Place, BudgetLine], row: RowReason) -> Iterator[_Refusal]:
    """Write the reason on every changed line of the row, or say why not."""
    own = [line for place, line in lines.items() if row_of(place) == row_of(row.place)]
    stored = joined_reasons(line.reason for line in own)
    if not own and row.text:
        yield _Refusal(
            row.place,
            _("У цьому рядку ще нічого не змінено. Спершу введіть суму, тоді причину."),
        )
    elif stored not in {row.seen, row.text}:
        yield _Refusal(
            row.place,
            _(
                "Поки ви редагували, причину змінили на «%(stored)s». Збережіть ще раз, щоб замінити."
            )
            % {"stored": stored},
            is_stale=True,
        )
    else:
        for line in own:
            line.reason = row.text
            line.save(update_fields=["reason"])


@dataclass(frozen=True, slots=True)
class _Base:
    """What edits are judged against: figures in force, figures of the draft, words, and what belongs to the programme."""

    now: Mapping[Place, Planned]
    preview: Mapping[Place, Planned]
    words: Mapping[int, MeasureText]
    parents: Collection[int]
    units: Collection[int]
    sources: Collection[int]


@recorded
def transfer(
    *,
    act: Act,
    source: Place,
    target: Place,
    amount: Decimal,
    reason: str,
    version: int,
    by: User,
    is_confirmed: bool = False,
) -> None:
    """Move money between two places of a draft: a zero-sum change in one step. Units: hryvnias, above zero."""
    act = locked(act, version, Step.WRITE_ACT)
    if amount <= 0:
        raise RuleViolation(_("Сума переміщення має бути більшою за нуль."))
    if source == target:
        raise RuleViolation(_("Оберіть два різні рядки для переміщення."))
    preview = selectors.planned(
        act.programme, draft=act, measures={source.measure_id, target.measure_id}
    )
    giver, taker = preview.get(source, NOTHING), preview.get(target, NOTHING)
    available, unit = giver.amount or ZERO, act.programme.unit
    if available < amount:
        raise RuleViolation(
            _("У рядку лише %(available)s %(unit)s, перемістити %(amount)s не можна.")
            % {
                "available": print_in_unit(available, unit),
                "unit": act.programme.get_unit_display(),
                "amount": print_in_unit(amount, unit),
            }
        )
    edits = [
        PlaceEdit(source, available - amount, reason=reason, seen=giver, is_confirmed=is_confirmed),
        PlaceEdit(target, (taker.amount or ZERO) + amount, reason=reason, seen=taker),
    ]
    plan(act=act, edits=edits, by=by)


def _refusal(act: Act, edit: PlaceEdit, base: _Base) -> _Refusal | None:
    """Why a place cannot have these figures, or nothing."""
    if message := _forbidden(act, edit, base):
        return _Refusal(edit.place, message)
    if message := _overtaken(edit, base.preview.get(edit.place, NOTHING)):
        return _Refusal(edit.place, message, is_stale=True)
    return None


def _forbidden(act: Act, edit: PlaceEdit, base: _Base) -> str:
    place = edit.place
    text = base.words.get(place.measure_id)
    if text is None:
        return _("Захід не належить до цієї програми.")
    if (place.executor_id and place.executor_id not in base.units) or (
        place.source_id and place.source_id not in base.sources
    ):
        return _("Розпорядник або джерело не належить до цієї програми. Оновіть сторінку.")
    if place.year not in act.programme.years:
        return _("%(year)s рік не належить до програми (%(first)s–%(last)s).") % {
            "year": place.year,
            "first": act.programme.year_from,
            "last": act.programme.year_to,
        }
    if place.measure_id in base.parents:
        return _("Захід складається з підзаходів: його сума рахується з них. Змініть підзахід.")
    if any(figure is not None and figure < 0 for figure in (edit.amount, edit.quantity)):
        return _refused_term(edit, text) or _("Планова сума не може бути від’ємною.")
    return _refused_term(edit, text)


def _refused_term(edit: PlaceEdit, text: MeasureText) -> str:
    year = edit.place.year
    if not (edit.amount or edit.quantity):
        return ""
    if text.is_cancelled:
        return _("Захід скасовано, кошти на нього не планують.")
    if (text.term_from and year < text.term_from) or (text.term_to and year > text.term_to):
        return _("%(year)s рік не входить у термін заходу (%(term)s). Змініть термін або рік.") % {
            "year": year,
            "term": text.term or f"{text.term_from}–{text.term_to}",
        }
    return ""


def _overtaken(edit: PlaceEdit, current: Planned) -> str:
    for asked, seen, stored, unit in (
        (edit.amount, edit.seen.amount, current.amount, _("грн")),
        (edit.quantity, edit.seen.quantity, current.quantity, ""),
    ):
        if asked is not None and (seen or 0) != (stored or 0):
            return _(
                "Поки ви редагували, тут стало %(stored)s. Ваше значення (%(asked)s) не збережено: збережіть ще раз, щоб замінити."
            ) % {
                "stored": f"{print_number(stored or ZERO)} {unit}".strip(),
                "asked": f"{print_number(asked)} {unit}".strip(),
            }
    return ""


def _cuts(
    act: Act, edits: Sequence[PlaceEdit], lines: Mapping[Place, BudgetLine]
) -> list[_Refusal]:
    """Mark lines that leave a measure with less than was paid; what is not confirmed with a reason is refused."""
    short = drafts.below_paid(act, measures={edit.place.measure_id for edit in edits})
    refused = []
    for edit in edits:
        line = lines.get(edit.place)
        cut = short.get((edit.place.measure_id, edit.place.year))
        if edit.amount is None or line is None:
            continue
        is_lowered = edit.amount < (edit.seen.amount or ZERO)
        if cut and is_lowered and not (edit.is_confirmed and line.reason):
            refused.append(_Refusal(edit.place, _short_message(edit, cut)))
        elif line.is_below_paid != bool(cut and (is_lowered or line.is_below_paid)):
            line.is_below_paid = not line.is_below_paid
            line.save(update_fields=["is_below_paid"])
    return refused


def _short_message(edit: PlaceEdit, cut: drafts.Shortfall) -> str:
    return _(
        "У %(year)s році на захід уже сплачено %(paid)s грн, а після змін лишилося б %(planned)s грн. Якщо так і треба, вкажіть причину і підтвердьте."
    ) % {
        "year": edit.place.year,
        "paid": print_amount(cut.paid),
        "planned": print_amount(cut.planned),
    }


def _named(place: Place) -> dict[str, object]:
    """The place as values of a line."""
    return {
        "measure_id": place.measure_id,
        "executor_id": place.executor_id or None,
        "year": place.year,
        "fund": place.fund,
        "source_id": place.source_id or None,
    }


def _write(act: Act, lines: dict[Place, BudgetLine], edit: PlaceEdit, now: Planned) -> None:
    """Keep the difference to what is in force; a place that ends as it is in force needs no line."""
    place = edit.place
    line = lines.get(place) or BudgetLine(
        act=act, **_named(place), reason=_reason_beside(lines, place)
    )
    if edit.amount is not None:
        line.amount = _difference(edit, edit.amount, now.amount)
    if edit.quantity is not None:
        line.quantity = _difference(edit, edit.quantity, now.quantity)
    if edit.reason is not None:
        line.reason = edit.reason
    says_nothing = line.amount is None and line.quantity is None
    if says_nothing or (not line.amount and not line.quantity and now != NOTHING):
        if line.pk:
            line.delete()
        lines.pop(place, None)
        return
    line.save()
    lines[place] = line


def _difference(edit: PlaceEdit, asked: Decimal, now: Decimal | None) -> Decimal | None:
    """What the line holds; nothing where an emptied cell goes back to nothing."""
    return None if edit.is_emptied and now is None else asked - (now or ZERO)


def _reason_beside(lines: Mapping[Place, BudgetLine], place: Place) -> str:
    """The reason that the other years of the row already have."""
    return joined_reasons(
        line.reason for other, line in lines.items() if row_of(other) == row_of(place)
    )


def place_name(place: Place, words: Mapping[int, MeasureText]) -> str:
    """How messages name a place."""
    text = words.get(place.measure_id)
    return f"{text.title if text else place.measure_id} · {place.year}"
