"""Writing cash: payments, corrections and reversals, each within the approved plan.

Every write takes the passport's row as its lock, so that two people at once can never exceed a plan.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import CashOrigin
from budgets.exceptions import CellErrors, RuleViolation, StaleCells, StaleVersion
from budgets.models import CashEntry, Passport, SpendingLine
from budgets.money import ZERO, print_amount
from budgets.periods import Month
from budgets.selectors import cash as cash_selectors
from budgets.selectors import cash_shares, measure_cash
from budgets.selectors.cash import IS_LIVE, Key
from budgets.selectors.cash_measures import target_measures
from budgets.services import ledger
from budgets.services.cash_limits import cell_name, limit_errors
from budgets.services.ledger import Payment
from budgets.services.periods import expect_open
from budgets.services.record import recorded

__all__ = ["CellEdit", "Payment", "correct", "record", "reverse", "set_cells"]


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A new amount for one cell of the month grid, and the amount its author was looking at."""

    line_id: int
    fund: str
    economic_code: str
    amount: Decimal
    seen: Decimal

    @property
    def key(self) -> Key:
        return self.line_id, self.fund, self.economic_code


@recorded
def record(
    *, passport: Passport, payment: Payment, by: User, origin: str = CashOrigin.TYPED
) -> CashEntry:
    """Enter one payment (or, negative, a recovery).

    Refused with RuleViolation: no approved passport, a line of another passport, an unknown or group code,
    a date outside the year or in the future, zero, cash beyond the approved amount or below zero.
    """
    _lock(passport)
    expect_open(passport, payment.paid_on, by)
    entry = _add(passport, payment, by, origin)
    _check_limits(passport, [payment.key])
    return entry


@recorded
def correct(*, entry: CashEntry, payment: Payment, version: int, by: User) -> CashEntry:
    """Replace a payment: a reversing entry that names it, and the payment as it should be.

    When only the words changed, they are edited in place. Refused with StaleVersion when somebody
    corrected or edited the entry meanwhile.
    """
    passport = entry.passport
    _lock(passport)
    entry = ledger.current(entry, version, typed=payment.amount)
    for day in {entry.paid_on, payment.paid_on}:
        expect_open(passport, day, by)
    if _says_the_same(entry, payment):
        ledger.describe(entry, payment)
        return entry
    ledger.reverse(entry, by=by, note=_("виправлення"))
    replacement = _add(passport, payment, by, CashOrigin.TYPED, replaces=entry)
    _check_limits(passport, [entry.key, payment.key])
    return replacement


@recorded
def reverse(*, entry: CashEntry, version: int, by: User, note: str = "") -> CashEntry:
    """Cancel a payment by an equal entry of the opposite sign on the same date; returns the reversing entry."""
    passport = entry.passport
    _lock(passport)
    entry = ledger.current(entry, version)
    expect_open(passport, entry.paid_on, by)
    reversing = ledger.reverse(entry, by=by, note=note)
    _check_limits(passport, [entry.key])
    return reversing


@recorded
def set_cells(
    *,
    passport: Passport,
    month: Month,
    edits: Sequence[CellEdit],
    by: User,
    origin: str = CashOrigin.TYPED,
    unreadable: Sequence[tuple[Key, str]] = (),
) -> None:
    """Give cells of the month grid new amounts, all or none.

    An empty cell becomes one payment, a cell of one payment is corrected, zero reverses it. A cell of
    several payments is refused: its payments are corrected one by one. Raises CellErrors with every
    refused cell, named «line number · fund · code»: StaleCells when all have another amount than their author saw,
    StaleVersion of a single one. ``unreadable`` cells hold no amount, each with its reason: they are
    listed with what the rules refuse, so that a person sees everything at once.
    """
    _lock(passport)
    grid = cash_selectors.month_grid(passport, month)
    standing: dict[Key, list[CashEntry]] = defaultdict(list)
    for entry in cash_selectors.payments(passport, month=month).filter(IS_LIVE):
        standing[entry.key].append(entry)
    errors = [(cell_name(grid.row(key), key), message) for key, message in unreadable]
    written, stale = set[Key](), 0
    repeated = {key for key, times in Counter(edit.key for edit in edits).items() if times > 1}
    errors += [
        (cell_name(grid.row(key), key), _("Комірку надіслано двічі. Оновіть сторінку і повторіть."))
        for key in repeated
    ]
    for edit in edits:
        if edit.key in repeated:
            continue
        row = grid.row(edit.key)
        name = cell_name(row, edit.key)
        current = row.in_month if row else ZERO
        try:
            if current != edit.seen:
                raise StaleVersion(
                    _(
                        "Поки ви вводили, суму змінили: було %(seen)s, тепер %(current)s, ви ввели %(typed)s."
                    )
                    % {
                        "seen": print_amount(edit.seen),
                        "current": print_amount(current),
                        "typed": print_amount(edit.amount),
                    },
                    current=print_amount(current),
                )
            _set_cell(
                edit,
                passport=passport,
                month=month,
                current=current,
                standing=standing[edit.key],
                by=by,
                origin=origin,
            )
            written.add(edit.key)
        except RuleViolation as refusal:
            if isinstance(refusal, StaleVersion):
                if len(edits) == 1 and not errors:
                    raise
                stale += 1
            errors.append((name, str(refusal)))
    for key, message in limit_errors(passport, written):
        errors.append((cell_name(grid.row(key), key), message))
    if errors:
        raise (StaleCells if stale == len(errors) else CellErrors)(errors)


def _set_cell(
    edit: CellEdit,
    *,
    passport: Passport,
    month: Month,
    current: Decimal,
    standing: list[CashEntry],
    by: User,
    origin: str,
) -> None:
    if edit.amount == current:
        return
    expect_open(passport, month.first_day, by)
    if len(standing) > 1:
        raise RuleViolation(
            _("У цій комірці кілька платежів (%(count)s). Відкрийте їх і виправте потрібний.")
            % {"count": len(standing)}
        )
    old = standing[0] if standing else None
    if old is not None:
        ledger.reverse(old, by=by, note=_("виправлення"))
    if edit.amount:
        paid_on = old.paid_on if old else month.day_for_entry(timezone.localdate())
        payment = Payment(edit.line_id, edit.fund, edit.economic_code, paid_on, edit.amount)
        if old is not None:
            payment = replace(
                payment,
                document_number=old.document_number,
                counterparty=old.counterparty,
                note=old.note,
                shares=tuple(cash_shares.scaled(measure_cash.shares_of(old), edit.amount)),
            )
        _add(passport, payment, by, origin, replaces=old)


def _lock(passport: Passport) -> None:
    Passport.objects.select_for_update().get(pk=passport.pk)


def _add(
    passport: Passport,
    payment: Payment,
    by: User,
    origin: str,
    *,
    replaces: CashEntry | None = None,
) -> CashEntry:
    line = SpendingLine.objects.filter(
        pk=payment.key[0], origin__isnull=True, revision__passport=passport
    ).first()
    if line is None:
        raise RuleViolation(
            _("Цей напрям не належить до паспорта %(passport)s. Оберіть напрям зі списку.")
            % {"passport": passport}
        )
    ledger.expect_possible(payment, passport.year)
    shares = _shares(passport, payment)
    return ledger.add(line, payment, shares, by=by, origin=origin, replaces=replaces)


def _shares(passport: Passport, payment: Payment) -> dict[int, Decimal]:
    named = {share.measure_id for share in payment.shares}
    if named and target_measures(passport).filter(pk__in=named).count() < len(named):
        raise RuleViolation(
            _("Цей захід не належить до цільових програм громади на %(year)s рік. Оберіть інший.")
            % {"year": passport.year}
        )
    return cash_shares.of_line(payment.key[0], payment.shares, payment.amount, payment.paid_on)


def _says_the_same(entry: CashEntry, payment: Payment) -> bool:
    """Nothing but words differs; who names no measures leaves a payment that has none as it is."""
    if (payment.key, payment.paid_on, payment.amount) != (entry.key, entry.paid_on, entry.amount):
        return False
    stored = measure_cash.shares_of(entry)
    if not stored and not payment.shares:
        return True
    return _shares(entry.passport, payment) == stored


def _check_limits(passport: Passport, keys: Iterable[Key]) -> None:
    for _cell, message in limit_errors(passport, set(keys)):
        raise RuleViolation(message)
