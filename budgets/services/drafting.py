"""Drafting acts: a draft gathers signed deltas against what is in force, and the words that change.

Nobody overwrites another person's work unseen: a figure is written beside the one its author saw, other writes name the
version of the draft. Two drafts may touch the same place; whoever is adopted second rebases on what was adopted meanwhile.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from budgets.choices import ActStatus
from budgets.exceptions import BelowPaid, CellErrors, RuleViolation
from budgets.models import Act, BudgetLine, Measure, MeasureText
from budgets.money import ZERO, print_amount
from budgets.numbers import print_number
from budgets.selectors import drafts, tree
from budgets.selectors import programmes as selectors
from budgets.selectors.drafts import line_place
from budgets.selectors.programmes import Place, Planned
from budgets.services.acts import expect, locked, touch

NOTHING = Planned(None, None)


@dataclass(frozen=True, slots=True)
class PlaceEdit:
    """What a draft makes of one place: its *new* figures, and why. None leaves a figure or a reason as it is.

    ``seen`` is what the draft made of the place when its author looked at it. ``is_confirmed`` says that a sum
    below what is already paid is meant so.
    """

    place: Place
    amount: Decimal | None = None
    quantity: Decimal | None = None
    reason: str | None = None
    seen: Planned = NOTHING
    is_confirmed: bool = False


@transaction.atomic
def plan(*, act: Act, edits: Sequence[PlaceEdit], by: User) -> None:
    """Give places of a draft new figures, all or none; the lines kept are the differences to what is in force.

    Raises CellErrors with every refused place: a measure of another programme, a year outside the programme or
    the measure's term, a cancelled measure, a figure below zero, a figure another person changed meanwhile. Raises
    BelowPaid where a measure would be left with less than its paid cash of the year and nobody confirmed that.
    """
    act = locked(act)
    expect(act, ActStatus.DRAFT)
    measures = {edit.place.measure_id for edit in edits}
    base = _Base(
        now=selectors.planned(act.programme, measures=measures),
        preview=selectors.planned(act.programme, draft=act, measures=measures),
        words=selectors.texts(act.programme, draft=act, measures=measures),
        parents=tree.parents(act, measures),
        units=set(act.programme.executors.values_list("pk", flat=True)),
        sources=set(act.programme.fundingsources.values_list("pk", flat=True)),
    )
    lines = {line_place(line): line for line in act.budgetlines.filter(measure__in=measures)}
    errors = [(edit.place, message) for edit in edits if (message := _refusal(act, edit, base))]
    if errors:
        raise CellErrors([(place_name(place, base.words), message) for place, message in errors])
    for edit in edits:
        _write(act, lines, edit, base.now.get(edit.place, NOTHING))
    _confirm(act, edits, lines, base)
    touch(act, by)


@dataclass(frozen=True, slots=True)
class _Base:
    """What edits are judged against: figures in force, figures of the draft, words, and what belongs to the programme."""

    now: Mapping[Place, Planned]
    preview: Mapping[Place, Planned]
    words: Mapping[int, MeasureText]
    parents: Collection[int]
    units: Collection[int]
    sources: Collection[int]


@transaction.atomic
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
    act = _draft(act, version)
    if amount <= 0:
        raise RuleViolation(_("Сума переміщення має бути більшою за нуль."))
    if source == target:
        raise RuleViolation(_("Оберіть два різні рядки для переміщення."))
    preview = selectors.planned(
        act.programme, draft=act, measures={source.measure_id, target.measure_id}
    )
    giver, taker = preview.get(source, NOTHING), preview.get(target, NOTHING)
    available = giver.amount or ZERO
    if available < amount:
        raise RuleViolation(
            _("У рядку лише %(available)s грн, перемістити %(amount)s не можна.")
            % {"available": print_amount(available), "amount": print_amount(amount)}
        )
    edits = [
        PlaceEdit(source, available - amount, reason=reason, seen=giver, is_confirmed=is_confirmed),
        PlaceEdit(target, (taker.amount or ZERO) + amount, reason=reason, seen=taker),
    ]
    plan(act=act, edits=edits, by=by)


@transaction.atomic
def write_words(
    *, act: Act, measure: Measure, words: dict[str, object], version: int, by: User
) -> MeasureText:
    """Change the words of a measure by this draft; ``words`` holds the fields that change."""
    act = _draft(act, version)
    text = _own_text(act, measure)
    for name, value in words.items():
        setattr(text, name, value)
    text.full_clean(exclude=["act", "measure"])
    text.save()
    touch(act, by)
    return text


@transaction.atomic
def add_measure(*, act: Act, measure: Measure, title: str, version: int, by: User) -> Measure:
    """Add a measure to the programme by this draft; ``measure`` says where it stands in the tree."""
    act = _draft(act, version)
    measure.programme = act.programme
    last = Measure.objects.filter(programme=act.programme).order_by("order").last()
    measure.order = measure.order or (last.order + 1 if last else 1)
    measure.save()
    MeasureText.objects.create(act=act, measure=measure, title=title)
    touch(act, by)
    return measure


@transaction.atomic
def cancel_measure(*, act: Act, measure: Measure, reason: str, version: int, by: User) -> None:
    """Cancel a measure by this draft: its remaining figures go down to zero and its words say so."""
    act = _draft(act, version)
    lines = _lines(act)
    for place, figure in selectors.planned(act.programme).items():
        if place.measure_id == measure.pk:
            _write(act, lines, PlaceEdit(place, ZERO, figure.quantity and ZERO, reason), figure)
    text = _own_text(act, measure)
    text.is_cancelled = True
    text.save()
    touch(act, by)


@transaction.atomic
def rebase(*, act: Act, keep_figures: bool, version: int, by: User) -> None:
    """Put a draft on what was adopted meanwhile: keep its deltas, or keep the new figures its author meant."""
    act = _draft(act, version)
    if keep_figures:
        lines = _lines(act)
        for place in drafts.overtaken(act):
            line = lines[place.place]
            line.amount = place.was + place.delta - place.now
            line.save(update_fields=["amount"])
    act.amends = selectors.acts(act.programme).last()
    touch(act, by)


def _refusal(act: Act, edit: PlaceEdit, base: _Base) -> str:
    """Why a place cannot have these figures, or nothing."""
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
    return _refused_term(edit, text) or _refused_figure(edit, base.preview.get(place, NOTHING))


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


def _refused_figure(edit: PlaceEdit, current: Planned) -> str:
    for asked, seen, stored in (
        (edit.amount, edit.seen.amount, current.amount),
        (edit.quantity, edit.seen.quantity, current.quantity),
    ):
        if asked is None:
            continue
        if asked < 0:
            return _("Планова сума не може бути від’ємною.")
        if (seen or 0) != (stored or 0):
            return _(
                "Поки ви редагували, тут стало %(stored)s. Ваше значення %(asked)s не збережено: збережіть ще раз, щоб замінити."
            ) % {"stored": print_number(stored or ZERO), "asked": print_number(asked)}
    return ""


def _confirm(
    act: Act, edits: Sequence[PlaceEdit], lines: Mapping[Place, BudgetLine], base: _Base
) -> None:
    """Mark lines that leave a measure with less than was paid; refuse where that was not confirmed with a reason."""
    short = drafts.below_paid(act, measures={edit.place.measure_id for edit in edits})
    errors = []
    for edit in edits:
        line = lines.get(edit.place)
        cut = short.get((edit.place.measure_id, edit.place.year))
        if edit.amount is None or line is None:
            continue
        is_lowered = edit.amount < (edit.seen.amount or ZERO)
        if cut and is_lowered and not (edit.is_confirmed and line.reason):
            errors.append((place_name(edit.place, base.words), _short_message(edit, cut)))
        elif line.is_below_paid != bool(cut and (is_lowered or line.is_below_paid)):
            line.is_below_paid = not line.is_below_paid
            line.save(update_fields=["is_below_paid"])
    if errors:
        raise BelowPaid(errors)


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


def _draft(act: Act, version: int) -> Act:
    current = locked(act, version)
    expect(current, ActStatus.DRAFT)
    return current


def _lines(act: Act) -> dict[Place, BudgetLine]:
    return {line_place(line): line for line in act.budgetlines.all()}


def _write(act: Act, lines: dict[Place, BudgetLine], edit: PlaceEdit, now: Planned) -> None:
    """Keep the difference to what is in force; a place that ends as it is in force needs no line."""
    place = edit.place
    line = lines.get(place) or BudgetLine(act=act, **_named(place))
    if edit.amount is not None:
        line.amount = edit.amount - (now.amount or ZERO)
    if edit.quantity is not None:
        line.quantity = edit.quantity - (now.quantity or 0)
    if edit.reason is not None:
        line.reason = edit.reason
    if not line.amount and not line.quantity and now != NOTHING:
        if line.pk:
            line.delete()
        lines.pop(place, None)
        return
    line.save()
    lines[place] = line


def _own_text(act: Act, measure: Measure) -> MeasureText:
    """The draft's own words of a measure, begun from those in force."""
    own = act.measuretexts.filter(measure=measure).first()
    if own is not None:
        return own
    current = selectors.texts(act.programme).get(measure.pk)
    if current is None:
        raise RuleViolation(_("Захід не належить до цієї програми."))
    current.pk, current.act = None, act
    current._state.adding = True
    return current


def place_name(place: Place, words: Mapping[int, MeasureText]) -> str:
    """How messages name a place."""
    text = words.get(place.measure_id)
    return f"{text.title if text else place.measure_id} · {place.year}"
