"""Drafting acts: a draft gathers signed deltas against what is in force, and the words that change.

Every write names the version of the draft its author saw and is refused with StaleVersion when another person wrote
meanwhile. Two drafts may touch the same place; whoever is adopted second rebases on what was adopted meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from budgets.choices import ActStatus
from budgets.exceptions import CellErrors, RuleViolation
from budgets.models import Act, BudgetLine, Measure, MeasureText
from budgets.money import ZERO, print_amount
from budgets.selectors import drafts
from budgets.selectors import programmes as selectors
from budgets.selectors.drafts import line_place
from budgets.selectors.programmes import Place, Planned
from budgets.services.acts import expect, locked, touch

NOTHING = Planned(None, None)


@dataclass(frozen=True, slots=True)
class PlaceEdit:
    """What a draft makes of one place: its *new* figures, and why. None leaves a figure as it is.

    ``seen`` is the amount in force its author was looking at.
    """

    place: Place
    amount: Decimal | None
    quantity: Decimal | None = None
    reason: str = ""


@transaction.atomic
def plan(*, act: Act, edits: Sequence[PlaceEdit], version: int, by: User) -> None:
    """Give places of a draft new figures, all or none; the lines kept are the differences to what is in force.

    Raises CellErrors with every refused place: a measure of another programme, a year outside the programme or
    the measure's term, a cancelled measure, a figure below zero.
    """
    act = _draft(act, version)
    now = selectors.planned(act.programme)
    words = selectors.texts(act.programme, draft=act)
    lines = _lines(act)
    errors = []
    for edit in edits:
        if message := _refusal(act, edit, words.get(edit.place.measure_id)):
            errors.append((_name(edit.place, words), message))
        else:
            _write(act, lines, edit, now.get(edit.place, NOTHING))
    if errors:
        raise CellErrors(errors)
    touch(act, by)


@transaction.atomic
def transfer(
    *, act: Act, source: Place, target: Place, amount: Decimal, reason: str, version: int, by: User
) -> None:
    """Move money between two places of a draft: a zero-sum change in one step. Units: hryvnias, above zero."""
    if amount <= 0:
        raise RuleViolation(_("Сума переміщення має бути більшою за нуль."))
    if source == target:
        raise RuleViolation(_("Оберіть два різні рядки для переміщення."))
    preview = selectors.planned(act.programme, draft=act)
    available = preview.get(source, NOTHING).amount or ZERO
    if available < amount:
        raise RuleViolation(
            _("У рядку лише %(available)s грн, перемістити %(amount)s не можна.")
            % {"available": print_amount(available), "amount": print_amount(amount)}
        )
    edits = [
        PlaceEdit(source, available - amount, reason=reason),
        PlaceEdit(target, (preview.get(target, NOTHING).amount or ZERO) + amount, reason=reason),
    ]
    plan(act=act, edits=edits, version=version, by=by)


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


def _refusal(act: Act, edit: PlaceEdit, text: MeasureText | None) -> str:
    """Why a place cannot have these figures, or nothing."""
    programme, year = act.programme, edit.place.year
    if text is None:
        return _("Захід не належить до цієї програми.")
    if year not in programme.years:
        return _("%(year)s рік не належить до програми (%(first)s–%(last)s).") % {
            "year": year,
            "first": programme.year_from,
            "last": programme.year_to,
        }
    asks = bool(edit.amount) or bool(edit.quantity)
    if asks and text.is_cancelled:
        return _("Захід скасовано, кошти на нього не планують.")
    if asks and (
        (text.term_from and year < text.term_from) or (text.term_to and year > text.term_to)
    ):
        return _("%(year)s рік не входить у термін заходу (%(term)s). Змініть термін або рік.") % {
            "year": year,
            "term": text.term or f"{text.term_from}–{text.term_to}",
        }
    if (edit.amount is not None and edit.amount < 0) or (
        edit.quantity is not None and edit.quantity < 0
    ):
        return _("Планова сума не може бути від’ємною.")
    return ""


def _draft(act: Act, version: int) -> Act:
    current = locked(act, version)
    expect(current, ActStatus.DRAFT)
    return current


def _lines(act: Act) -> dict[Place, BudgetLine]:
    return {line_place(line): line for line in act.budgetlines.all()}


def _write(act: Act, lines: Mapping[Place, BudgetLine], edit: PlaceEdit, now: Planned) -> None:
    """Keep the difference to what is in force; a place that ends as it is in force needs no line."""
    place = edit.place
    line = lines.get(place) or BudgetLine(
        act=act,
        measure_id=place.measure_id,
        executor_id=place.executor_id or None,
        year=place.year,
        fund=place.fund,
        source_id=place.source_id or None,
    )
    if edit.amount is not None:
        line.amount = edit.amount - (now.amount or ZERO)
    if edit.quantity is not None:
        line.quantity = edit.quantity - (now.quantity or 0)
    line.reason = edit.reason or line.reason
    if not line.amount and not line.quantity and now != NOTHING:
        if line.pk:
            line.delete()
        return
    line.save()


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


def _name(place: Place, words: dict[int, MeasureText]) -> str:
    text = words.get(place.measure_id)
    return f"{text.title if text else place.measure_id} · {place.year}"
