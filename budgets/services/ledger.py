"""The ledger of cash itself: entries with their shares are added and reversed, never changed.

Who may write where and within which limits is said by ``cash`` (lines of passports) and ``measure_cash`` (programmes
without one); both hold their lock and run as one recorded event before they call this.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import CashOrigin, Fund
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import (
    CashEntry,
    CashShare,
    EconomicCode,
    Executor,
    Programme,
    SpendingLine,
)
from budgets.money import print_amount
from budgets.periods import year_span
from budgets.selectors.cash import Key
from budgets.selectors.cash_shares import Share

CORRECTION = "виправлення"


@dataclass(frozen=True, slots=True)
class Payment:
    """What a person says about one payment. Units: hryvnias, signed.

    Of a passport it names the line and the economic code; of a programme without one both may be left out and the
    executor that paid may be named. ``shares`` name the measures; without them the line's links say.
    """

    line_id: int | None
    fund: str
    economic_code: str
    paid_on: dt.date
    amount: Decimal
    document_number: str = ""
    counterparty: str = ""
    note: str = ""
    shares: tuple[Share, ...] = ()
    executor_id: int | None = None

    @property
    def key(self) -> Key:
        if self.line_id is None:
            raise ValueError("a payment without a passport stands on no line")
        return self.line_id, self.fund, self.economic_code


def expect_possible(payment: Payment, year: int) -> None:
    """Refuse an unknown fund, zero, and a day outside the year or still to come."""
    if payment.fund not in Fund.values:
        raise RuleViolation(_("Невідомий фонд. Оберіть загальний або спеціальний."))
    first, last = year_span(year)
    if not first <= payment.paid_on <= last:
        raise RuleViolation(
            _(
                "Дата %(date)s не належить до %(year)s року. Вкажіть дату з 01.01.%(year)s до 31.12.%(year)s."
            )
            % {"date": f"{payment.paid_on:%d.%m.%Y}", "year": year}
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


def economic_code(payment: Payment) -> EconomicCode:
    """The code that the payment names; refused when it is unknown on the day or names a group."""
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


def add(
    place: SpendingLine | Programme,
    payment: Payment,
    shares: Mapping[int, Decimal],
    *,
    by: User,
    origin: str,
    executor: Executor | None = None,
    replaces: CashEntry | None = None,
) -> CashEntry:
    entry = CashEntry.objects.create(
        line=place if isinstance(place, SpendingLine) else None,
        programme=place if isinstance(place, Programme) else None,
        executor=executor,
        fund=payment.fund,
        economic_code=economic_code(payment)
        if payment.economic_code or isinstance(place, SpendingLine)
        else None,
        paid_on=payment.paid_on,
        amount=payment.amount,
        document_number=payment.document_number,
        counterparty=payment.counterparty,
        note=payment.note,
        origin=origin,
        replaces=replaces,
        created_by=by,
    )
    _share(entry, shares)
    return entry


def reverse(entry: CashEntry, *, by: User, note: str) -> CashEntry:
    """An equal entry of the opposite sign on the same date, its shares included."""
    reversing = CashEntry.objects.create(
        line_id=entry.line_id,
        programme_id=entry.programme_id,
        executor_id=entry.executor_id,
        fund=entry.fund,
        economic_code_id=entry.economic_code_id,
        paid_on=entry.paid_on,
        amount=-entry.amount,
        document_number=entry.document_number,
        counterparty=entry.counterparty,
        note=note,
        origin=CashOrigin.REVERSAL,
        reverses=entry,
        created_by=by,
    )
    _share(reversing, {share.measure_id: -share.amount for share in entry.shares.order_by("pk")})
    return reversing


def _share(entry: CashEntry, shares: Mapping[int, Decimal]) -> None:
    if shares and sum(shares.values()) != entry.amount:
        raise ValueError(
            "shares must sum to the entry"
        )  # the last guard: rules refuse it with words before
    CashShare.objects.bulk_create(
        CashShare(entry=entry, measure_id=measure, amount=part) for measure, part in shares.items()
    )


def describe(entry: CashEntry, payment: Payment) -> None:
    """Change the words around the figure in place."""
    entry.document_number = payment.document_number
    entry.counterparty = payment.counterparty
    entry.note = payment.note
    entry.version += 1
    entry.save(update_fields=["document_number", "counterparty", "note", "version"])


def current(entry: CashEntry, version: int, typed: Decimal | None = None) -> CashEntry:
    """The entry as it stands now; refuses when it is reversed already or was edited since it was shown."""
    entry = CashEntry.objects.select_related(
        "economic_code",
        "line__revision__passport__programme",
        "programme",
        "executor",
        "reversed_by__created_by",
    ).get(pk=entry.pk)
    if entry.origin == CashOrigin.REVERSAL:
        raise RuleViolation(_("Сторнувальний запис не виправляють. Внесіть правильний платіж."))
    reversal = getattr(entry, "reversed_by", None)
    if reversal is not None:
        standing = _replacement(entry)
        now = print_amount(standing.amount) if standing else _("сторновано")
        raise StaleVersion(
            _(
                "Цей платіж уже виправив користувач %(who)s %(when)s. Зараз: %(current)s. Ви ввели: %(typed)s."
            )
            % {
                "who": reversal.created_by,
                "when": timezone.localtime(reversal.created_at).strftime("%d.%m.%Y %H:%M"),
                "current": now,
                "typed": "—" if typed is None else print_amount(typed),
            },
            current=now,
        )
    if entry.version != version:
        words = (
            print_amount(entry.amount),
            entry.document_number,
            entry.counterparty,
            entry.note,
        )
        now = ", ".join(filter(None, words))
        raise StaleVersion(
            _(
                "Поки ви редагували, цей платіж змінили. Зараз: %(current)s. Ваші дані залишилися у формі."
            )
            % {"current": now},
            current=now,
        )
    return entry


def _replacement(entry: CashEntry) -> CashEntry | None:
    """What stands instead of a corrected payment: the end of its chain of corrections, if not reversed."""
    chain = CashEntry.objects.select_related("reversed_by")
    following = chain.filter(replaces=entry).first()
    while following is not None and hasattr(following, "reversed_by"):
        following = chain.filter(replaces=following).first()
    return following
