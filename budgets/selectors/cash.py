"""Reading cash: sums are made by the database, in a fixed number of queries whatever the number of entries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractMonth

from budgets.choices import CashOrigin, Fund
from budgets.funds import ByFund
from budgets.models import CashEntry, Passport
from budgets.money import ZERO, percent_of
from budgets.periods import Month
from budgets.selectors import passports

IS_LIVE = Q(reversed_by__isnull=True) & ~Q(origin=CashOrigin.REVERSAL)
"""Neither reversed nor a reversal: a payment that still stands."""

Key = tuple[int, str, str]
"""Root line, fund, economic code: where cash is booked and where its limit stands."""


def entries(passport: Passport) -> QuerySet[CashEntry]:
    return CashEntry.objects.filter(line__revision__passport=passport)


def cash_by_line(*of: Passport) -> dict[int, ByFund]:
    """Paid in the year of each passport, by root line; one query."""
    sums: dict[int, dict[str, Decimal]] = defaultdict(dict)
    paid_for = CashEntry.objects.filter(line__revision__passport__in=of)
    for row in paid_for.order_by().values("line_id", "fund").annotate(paid=Sum("amount")):
        sums[row["line_id"]][row["fund"]] = row["paid"]
    return {
        line: ByFund.of(paid.get(Fund.GENERAL, ZERO), paid.get(Fund.SPECIAL, ZERO))
        for line, paid in sums.items()
    }


def cash_by_code_and_month(passport: Passport) -> dict[tuple[str, str], dict[int, Decimal]]:
    """Paid by (economic code, fund) and month of the year."""
    sums: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(dict)
    rows = (
        entries(passport)
        .order_by()
        .values("economic_code__code", "fund", month=ExtractMonth("paid_on"))
        .annotate(paid=Sum("amount"))
    )
    for row in rows:
        sums[row["economic_code__code"], row["fund"]][row["month"]] = row["paid"]
    return dict(sums)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One line × fund × economic code of the month grid, with running totals."""

    root_id: int
    line_number: int
    line_title: str
    fund: str
    economic_code: str
    plan: Decimal
    before: Decimal
    in_month: Decimal
    payments: int

    @property
    def key(self) -> Key:
        return self.root_id, self.fund, self.economic_code

    @property
    def fund_label(self) -> str:
        return str(Fund(self.fund).label)

    @property
    def paid(self) -> Decimal:
        return self.before + self.in_month

    @property
    def left(self) -> Decimal:
        return self.plan - self.paid

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.paid, self.plan)


@dataclass(frozen=True, slots=True)
class GridTotal:
    """A total row of the grid: its figures are the sums of its rows."""

    label: str
    rows: tuple[GridRow, ...]

    @property
    def plan(self) -> Decimal:
        return sum((row.plan for row in self.rows), ZERO)

    @property
    def before(self) -> Decimal:
        return sum((row.before for row in self.rows), ZERO)

    @property
    def in_month(self) -> Decimal:
        return sum((row.in_month for row in self.rows), ZERO)

    @property
    def paid(self) -> Decimal:
        return self.before + self.in_month

    @property
    def left(self) -> Decimal:
        return self.plan - self.paid

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.paid, self.plan)


@dataclass(frozen=True, slots=True)
class MonthGrid:
    month: Month
    rows: tuple[GridRow, ...]

    def of_fund(self, fund: str) -> GridTotal:
        return GridTotal(str(Fund(fund).label), tuple(row for row in self.rows if row.fund == fund))

    @property
    def funds(self) -> list[GridTotal]:
        """Totals of the funds, where the programme has both."""
        totals = [self.of_fund(fund) for fund in Fund.values]
        return totals if all(total.rows for total in totals) else []

    @property
    def total(self) -> GridTotal:
        return GridTotal("", self.rows)

    def line_total(self, root_id: int) -> GridTotal:
        return GridTotal("", tuple(row for row in self.rows if row.root_id == root_id))

    def row(self, key: Key) -> GridRow | None:
        return next((row for row in self.rows if row.key == key), None)


def month_grid(passport: Passport, month: Month) -> MonthGrid:
    """Plan, paid before the month, in it, and what is left of the year's plan. Two queries."""
    revision = passports.revision_in_force(passport)
    if revision is None:
        return MonthGrid(month, ())
    in_month = Q(paid_on__gte=month.first_day, paid_on__lte=month.last_day)
    paid = {
        (row["line_id"], row["fund"], row["economic_code__code"]): row
        for row in entries(passport)
        .order_by()
        .values("line_id", "fund", "economic_code__code", "line__number", "line__title")
        .annotate(
            before=Sum("amount", filter=Q(paid_on__lt=month.first_day)),
            current=Sum("amount", filter=in_month),
            payments=Count("id", filter=in_month & IS_LIVE),
        )
    }
    planned = {
        (allocation.root_id, fund, allocation.economic_code): (
            allocation.line_number,
            allocation.line_title,
            amount,
        )
        for allocation in passports.allocations(revision)
        for fund in Fund.values
        # A fund without money has no row, unless cash stands on it.
        if (amount := allocation.approved.fund(fund))
        or (allocation.root_id, fund, allocation.economic_code) in paid
        or (fund == Fund.GENERAL and allocation.approved.is_zero)
    }
    rows = []
    for key in planned.keys() | paid.keys():
        cash: Mapping[str, Any] = paid.get(key, {})
        number, title, plan = planned.get(key) or (cash["line__number"], cash["line__title"], ZERO)
        rows.append(
            GridRow(
                *key[:1],
                number,
                title,
                *key[1:],
                plan,
                cash.get("before") or ZERO,
                cash.get("current") or ZERO,
                cash.get("payments") or 0,
            )
        )
    order = list(Fund.values)
    return MonthGrid(
        month,
        tuple(
            sorted(
                rows,
                key=lambda row: (
                    row.line_number,
                    row.root_id,
                    order.index(row.fund),
                    row.economic_code,
                ),
            )
        ),
    )


def payments(
    passport: Passport, *, key: Key | None = None, month: Month | None = None
) -> QuerySet[CashEntry]:
    """Entries with all that a list shows; newest correction beside what it corrects."""
    found = entries(passport).select_related(
        "economic_code", "created_by", "reversed_by", "reverses", "line"
    )
    if key is not None:
        root_id, fund, code = key
        found = found.filter(line_id=root_id, fund=fund, economic_code__code=code)
    if month is not None:
        found = found.filter(paid_on__gte=month.first_day, paid_on__lte=month.last_day)
    return found


def paid_by_key(passport: Passport, keys: Iterable[Key]) -> dict[Key, Decimal]:
    """Paid in the year on each of the keys; absent keys have paid nothing."""
    wanted = set(keys)
    rows = (
        entries(passport)
        .filter(line_id__in={key[0] for key in wanted})
        .order_by()
        .values("line_id", "fund", "economic_code__code")
        .annotate(paid=Sum("amount"))
    )
    found = {(row["line_id"], row["fund"], row["economic_code__code"]): row["paid"] for row in rows}
    return {key: found.get(key, ZERO) for key in wanted}
