"""Writing cash: payments, corrections and reversals, each within the approved plan.

Every write takes the passport's row as its lock, so that two people at once can never exceed a plan.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import CashOrigin, Fund
from budgets.exceptions import CellErrors, RuleViolation, StaleVersion
from budgets.models import CashEntry, EconomicCode, Measure, Passport, SpendingLine
from budgets.money import ZERO, print_amount
from budgets.periods import Month, year_span
from budgets.selectors import cash as cash_selectors
from budgets.selectors.cash import IS_LIVE, Key
from budgets.selectors.cash_measures import target_measures
from budgets.services.cash_limits import cell_name, limit_errors
from budgets.services.periods import expect_open
from budgets.services.record import recorded


@dataclass(frozen=True, slots=True)
class Payment:
    """What a person says about one payment; ``measure_id`` names the measure it pays for. Units: hryvnias, signed."""

    line_id: int
    fund: str
    economic_code: str
    paid_on: dt.date
    amount: Decimal
    document_number: str = ""
    counterparty: str = ""
    note: str = ""
    measure_id: int | None = None

    @property
    def key(self) -> Key:
        return self.line_id, self.fund, self.economic_code


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
    passport = entry.line.revision.passport
    _lock(passport)
    entry = _current(entry, version, typed=payment.amount)
    for day in {entry.paid_on, payment.paid_on}:
        expect_open(passport, day, by)
    if (
        payment.key == _key(entry)
        and payment.paid_on == entry.paid_on
        and payment.amount == entry.amount
        and payment.measure_id == entry.measure_id
    ):
        _describe(entry, payment)
        return entry
    _reverse(entry, by, note=_("виправлення"))
    replacement = _add(passport, payment, by, CashOrigin.TYPED, replaces=entry)
    _check_limits(passport, [_key(entry), payment.key])
    return replacement


@recorded
def reverse(*, entry: CashEntry, version: int, by: User, note: str = "") -> CashEntry:
    """Cancel a payment by an equal entry of the opposite sign on the same date; returns the reversing entry."""
    passport = entry.line.revision.passport
    _lock(passport)
    entry = _current(entry, version)
    expect_open(passport, entry.paid_on, by)
    reversing = _reverse(entry, by, note=note)
    _check_limits(passport, [_key(entry)])
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
    refused cell, named «line number · fund · code», or StaleVersion when a single cell has another
    amount than its author saw. ``unreadable`` cells hold no amount, each with its reason: they are
    listed with what the rules refuse, so that a person sees everything at once.
    """
    _lock(passport)
    grid = cash_selectors.month_grid(passport, month)
    standing: dict[Key, list[CashEntry]] = defaultdict(list)
    for entry in cash_selectors.payments(passport, month=month).filter(IS_LIVE):
        standing[_key(entry)].append(entry)
    errors = [(cell_name(grid.row(key), key), message) for key, message in unreadable]
    written: set[Key] = set()
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
            if isinstance(refusal, StaleVersion) and len(edits) == 1 and not errors:
                raise
            errors.append((name, str(refusal)))
    for key, message in limit_errors(passport, written):
        errors.append((cell_name(grid.row(key), key), message))
    if errors:
        raise CellErrors(errors)


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
        _reverse(old, by, note=_("виправлення"))
    if edit.amount:
        paid_on = old.paid_on if old else month.day_for_entry(timezone.localdate())
        payment = Payment(edit.line_id, edit.fund, edit.economic_code, paid_on, edit.amount)
        if old is not None:
            payment = replace(
                payment,
                document_number=old.document_number,
                counterparty=old.counterparty,
                note=old.note,
                measure_id=old.measure_id,
            )
        _add(passport, payment, by, origin, replaces=old)


def _lock(passport: Passport) -> None:
    Passport.objects.select_for_update().get(pk=passport.pk)


def _key(entry: CashEntry) -> Key:
    return entry.line_id, entry.fund, entry.economic_code.code


def _add(
    passport: Passport,
    payment: Payment,
    by: User,
    origin: str,
    *,
    replaces: CashEntry | None = None,
) -> CashEntry:
    line = SpendingLine.objects.filter(
        pk=payment.line_id, origin__isnull=True, revision__passport=passport
    ).first()
    if line is None:
        raise RuleViolation(
            _("Цей напрям не належить до паспорта %(passport)s. Оберіть напрям зі списку.")
            % {"passport": passport}
        )
    if payment.fund not in Fund.values:
        raise RuleViolation(_("Невідомий фонд. Оберіть загальний або спеціальний."))
    first, last = year_span(passport.year)
    if not first <= payment.paid_on <= last:
        raise RuleViolation(
            _(
                "Дата %(date)s не належить до %(year)s року. Вкажіть дату з 01.01.%(year)s до 31.12.%(year)s."
            )
            % {"date": f"{payment.paid_on:%d.%m.%Y}", "year": passport.year}
        )
    if payment.paid_on > timezone.localdate():
        raise RuleViolation(
            _("Дата %(date)s ще не настала. Касовий видаток вводять після проведення.")
            % {"date": f"{payment.paid_on:%d.%m.%Y}"}
        )
    if not payment.amount:
        raise RuleViolation(
            _("Сума платежу не може бути нульовою. Щоб скасувати платіж, сторнуйте його.")
        )
    return CashEntry.objects.create(
        line=line,
        fund=payment.fund,
        economic_code=_economic_code(payment),
        paid_on=payment.paid_on,
        amount=payment.amount,
        document_number=payment.document_number,
        counterparty=payment.counterparty,
        note=payment.note,
        measure=_measure(passport, payment),
        origin=origin,
        replaces=replaces,
        created_by=by,
    )


def _measure(passport: Passport, payment: Payment) -> Measure | None:
    if payment.measure_id is None:
        return None
    measure = target_measures(passport).filter(pk=payment.measure_id).first()
    if measure is None:
        raise RuleViolation(
            _("Цей захід не належить до цільових програм громади на %(year)s рік. Оберіть інший.")
            % {"year": passport.year}
        )
    return measure


def _economic_code(payment: Payment) -> EconomicCode:
    known = EconomicCode.objects.filter(code=payment.economic_code)
    code = (
        known.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=payment.paid_on))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=payment.paid_on))
        .first()
    )
    if code is None:
        raise RuleViolation(
            _("КЕКВ %(code)s невідомий на %(date)s. Перевірте код у довіднику.")
            % {"code": payment.economic_code, "date": f"{payment.paid_on:%d.%m.%Y}"}
        )
    if EconomicCode.objects.filter(parent=code).exists():
        # A group's code with its zeros cut off begins every code of the group.
        leaves = EconomicCode.objects.filter(
            code__startswith=code.code.rstrip("0"), children__isnull=True
        )
        raise RuleViolation(
            _("КЕКВ %(code)s — груповий. Оберіть один із кодів групи: %(leaves)s.")
            % {"code": code.code, "leaves": ", ".join(leaves.values_list("code", flat=True))}
        )
    return code


def _current(entry: CashEntry, version: int, typed: Decimal | None = None) -> CashEntry:
    """The entry as it stands now; refuses when it is reversed already or was edited since it was shown."""
    entry = CashEntry.objects.select_related(
        "economic_code", "line__revision__passport", "reversed_by__created_by"
    ).get(pk=entry.pk)
    if entry.origin == CashOrigin.REVERSAL:
        raise RuleViolation(_("Сторнувальний запис не виправляють. Внесіть правильний платіж."))
    reversal = getattr(entry, "reversed_by", None)
    if reversal is not None:
        standing = _replacement(entry)
        current = print_amount(standing.amount) if standing else _("сторновано")
        raise StaleVersion(
            _(
                "Цей платіж уже виправив користувач %(who)s %(when)s. Зараз: %(current)s. Ви ввели: %(typed)s."
            )
            % {
                "who": reversal.created_by,
                "when": timezone.localtime(reversal.created_at).strftime("%d.%m.%Y %H:%M"),
                "current": current,
                "typed": "—" if typed is None else print_amount(typed),
            },
            current=current,
        )
    if entry.version != version:
        current = ", ".join(
            part
            for part in (
                print_amount(entry.amount),
                entry.document_number,
                entry.counterparty,
                entry.note,
            )
            if part
        )
        raise StaleVersion(
            _(
                "Поки ви редагували, цей платіж змінили. Зараз: %(current)s. Ваші дані залишилися у формі."
            )
            % {"current": current},
            current=current,
        )
    return entry


def _replacement(entry: CashEntry) -> CashEntry | None:
    """What stands instead of a corrected payment: the end of its chain of corrections, if not reversed."""
    chain = CashEntry.objects.select_related("reversed_by")
    following = chain.filter(replaces=entry).first()
    while following is not None and hasattr(following, "reversed_by"):
        following = chain.filter(replaces=following).first()
    return following


def _reverse(entry: CashEntry, by: User, *, note: str) -> CashEntry:
    return CashEntry.objects.create(
        line_id=entry.line_id,
        fund=entry.fund,
        economic_code_id=entry.economic_code_id,
        measure_id=entry.measure_id,
        paid_on=entry.paid_on,
        amount=-entry.amount,
        document_number=entry.document_number,
        counterparty=entry.counterparty,
        note=note,
        origin=CashOrigin.REVERSAL,
        reverses=entry,
        created_by=by,
    )


def _describe(entry: CashEntry, payment: Payment) -> None:
    entry.document_number = payment.document_number
    entry.counterparty = payment.counterparty
    entry.note = payment.note
    entry.version += 1
    entry.save(update_fields=["document_number", "counterparty", "note", "version"])


def _check_limits(passport: Passport, keys: Iterable[Key]) -> None:
    for _cell, message in limit_errors(passport, set(keys)):
        raise RuleViolation(message)
