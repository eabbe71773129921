"""Writing cash of target programmes that have no passport: the same ledger, limited by the plan of each measure.

Every write takes the programme's row as its lock.
"""

import datetime as dt
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets.choices import CashOrigin
from budgets.exceptions import RuleViolation
from budgets.models import CashEntry, Executor, Programme
from budgets.money import print_amount
from budgets.selectors import cash_shares, periods
from budgets.selectors import measure_cash as selectors
from budgets.services import ledger
from budgets.services.ledger import Payment
from budgets.services.periods import expect_open_for
from budgets.services.record import recorded


@recorded
def record(
    *, programme: Programme, payment: Payment, by: User, origin: str = CashOrigin.TYPED
) -> CashEntry:
    """Enter one payment (or, negative, a recovery) on measures of the programme.

    Refused with RuleViolation: no measures or measures of another programme, shares that do not sum to the
    payment, a day outside the programme's years, in the future or in a closed month, cash of a measure beyond
    its plan of the year or below zero.
    """
    _lock(programme)
    entry = _add(programme, payment, by, origin)
    _check_limits(programme, payment.paid_on.year, set(selectors.shares_of(entry)))
    return entry


@recorded
def correct(*, entry: CashEntry, payment: Payment, version: int, by: User) -> CashEntry:
    """Replace a payment by its reversal and the payment as it should be; only words change in place."""
    programme = _programme(entry)
    _lock(programme)
    entry = ledger.current(entry, version, typed=payment.amount)
    _expect_open(programme, entry.executor, entry.paid_on, by)
    shares = selectors.shares_of(entry)
    if _figures(payment) == _stored(entry) and _shares(programme, payment) == shares:
        ledger.describe(entry, payment)
        return entry
    ledger.reverse(entry, by=by, note=_("виправлення"))
    replacement = _add(programme, payment, by, CashOrigin.TYPED, replaces=entry)
    for year in {entry.paid_on.year, payment.paid_on.year}:
        _check_limits(programme, year, {*shares, *selectors.shares_of(replacement)})
    return replacement


@recorded
def reverse(*, entry: CashEntry, version: int, by: User, note: str = "") -> CashEntry:
    """Cancel a payment by an equal entry of the opposite sign on the same date; returns the reversing entry."""
    programme = _programme(entry)
    _lock(programme)
    entry = ledger.current(entry, version)
    _expect_open(programme, entry.executor, entry.paid_on, by)
    reversing = ledger.reverse(entry, by=by, note=note)
    _check_limits(programme, entry.paid_on.year, set(selectors.shares_of(entry)))
    return reversing


def _lock(programme: Programme) -> None:
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)


def _programme(entry: CashEntry) -> Programme:
    if entry.programme is None:
        raise RuleViolation(_("Це платіж паспорта. Виправте його в касових видатках паспорта."))
    return entry.programme


def _add(
    programme: Programme,
    payment: Payment,
    by: User,
    origin: str,
    *,
    replaces: CashEntry | None = None,
) -> CashEntry:
    year = payment.paid_on.year
    if year not in programme.years:
        raise RuleViolation(
            _("%(year)s рік не входить у роки програми (%(first)s–%(last)s). Перевірте дату.")
            % {"year": year, "first": programme.year_from, "last": programme.year_to}
        )
    ledger.expect_possible(payment, year)
    executor = None
    if payment.executor_id is not None:
        executor = Executor.objects.filter(pk=payment.executor_id, programme=programme).first()
        if executor is None:
            raise RuleViolation(_("Такого виконавця програма не має. Оберіть зі списку."))
    _expect_open(programme, executor, payment.paid_on, by)
    return ledger.add(
        programme,
        payment,
        _shares(programme, payment),
        by=by,
        origin=origin,
        executor=executor,
        replaces=replaces,
    )


def _expect_open(programme: Programme, executor: Executor | None, day: dt.date, by: User) -> None:
    """The month of who paid and of the units above; an unknown payer may be any unit that has closed it."""
    payer = (executor.unit_id if executor else None) or programme.responsible_unit_id
    units = periods.with_those_above(payer) if payer else periods.closers(programme, day)
    try:
        for unit_id in units:
            expect_open_for(unit_id, day, by)
    except RuleViolation as refusal:
        if payer:
            raise
        raise RuleViolation(
            _("%(refusal)s Або вкажіть виконавця, який сплатив, якщо його місяць відкрито.")
            % {"refusal": refusal}
        ) from None


def _shares(programme: Programme, payment: Payment) -> dict[int, Decimal]:
    if not payment.shares:
        raise RuleViolation(no_measures())
    named = {share.measure_id for share in payment.shares}
    if programme.measures.filter(pk__in=named).count() < len(named):
        raise RuleViolation(_("Цей захід не належить до програми. Оберіть інший."))
    return cash_shares.fill(payment.shares, payment.amount, payment.paid_on)


def no_measures() -> str:
    return _("Назвіть захід, за який сплачено: без паспорта каса стоїть на заходах програми.")


def _figures(payment: Payment) -> tuple[object, ...]:
    return (
        payment.fund,
        payment.economic_code,
        payment.paid_on,
        payment.amount,
        payment.executor_id,
    )


def _stored(entry: CashEntry) -> tuple[object, ...]:
    code = entry.economic_code.code if entry.economic_code else ""
    return entry.fund, code, entry.paid_on, entry.amount, entry.executor_id


def _check_limits(programme: Programme, year: int, measures: set[int]) -> None:
    """The year's cash of a measure, with and without a passport, stays between nothing and its plan in force."""
    for name, plan, cash in selectors.off_plan(measures, year):
        values = {
            "measure": name,
            "year": year,
            "plan": print_amount(plan),
            "paid": print_amount(cash),
            "excess": print_amount(cash - plan if cash > plan else -cash),
        }
        if cash > plan and cash > 0:
            message = _(
                "План заходу «%(measure)s» на %(year)s рік перевищено на %(excess)s грн: план %(plan)s, разом було б"
                " %(paid)s. Зменшіть суму або внесіть зміни до програми."
            )
            if selectors.has_unknown_acts(programme):
                message += " " + _(
                    "План неповний: один з актів програми відомий лише за номером і датою."
                )
            raise RuleViolation(message % values)
        if cash < 0:
            raise RuleViolation(
                _(
                    "Повернення перевищує сплачене за захід «%(measure)s» у %(year)s році на %(excess)s грн."
                    " Перевірте знак і суму."
                )
                % values
            )
