"""План і касові видатки за кодами економічної класифікації (document 7): by code and fund, by month and cumulative."""

from collections.abc import Callable
from decimal import Decimal

from budgets.choices import Fund
from budgets.exceptions import RuleViolation
from budgets.models import EconomicCode, Passport, PassportRevision
from budgets.money import ZERO, percent_of
from budgets.periods import MONTH_NAMES, MONTHS
from budgets.selectors import cash as cash_selectors
from budgets.selectors import passports as passport_selectors
from reports.documents.base import (
    Cell,
    Column,
    Document,
    Kind,
    Minus,
    PercentOf,
    Plus,
    Role,
    Row,
    Section,
    Source,
    Table,
)
from reports.documents.form import from_passport, head_sections, text_column

CodeAndFund = tuple[str, str]
RowCells = Callable[[list[CodeAndFund]], dict[str, Cell]]


def build(passport: Passport) -> Document:
    """Plan with changes beside cash. Raises RuleViolation before the passport is approved. Units: hryvnias."""
    revision = passport_selectors.revision_in_force(passport)
    first = passport_selectors.first_approved(passport)
    if revision is None or first is None:
        raise RuleViolation(
            f"Паспорт {passport.programme.code} на {passport.year} рік ще не затверджено, звіту немає."
        )
    initial, plan = _plan(first), _plan(revision)
    paid = cash_selectors.cash_by_code_and_month(passport)
    keys = sorted(initial.keys() | plan.keys() | paid.keys())
    titles = dict(
        EconomicCode.objects.filter(code__in=[code for code, _fund in keys]).values_list(
            "code", "title"
        )
    )
    return Document(
        kind="cash-by-economic-code",
        edition="еПрограма, форма 1",
        title=f"План і касові видатки за кодами економічної класифікації за {passport.year} рік",
        file_stem=f"{passport.year}-{passport.programme.code}-kekv",
        meta={
            "programme": passport.programme.code,
            "year": passport.year,
            "revision": revision.number,
        },
        sections=(
            *head_sections(revision),
            Section(
                "4",
                "Виконання плану",
                (
                    _execution(
                        keys,
                        titles,
                        revision=revision,
                        first=first,
                        initial=initial,
                        plan=plan,
                        paid=paid,
                    ),
                ),
            ),
            Section("5", "Касові видатки за місяцями", (_months(keys, titles, paid),)),
            Section(
                "6", "Касові видатки наростаючим підсумком", (_cumulative(keys, titles, paid),)
            ),
        ),
    )


def _plan(revision: PassportRevision) -> dict[CodeAndFund, Decimal]:
    plan: dict[CodeAndFund, Decimal] = {}
    for allocation in passport_selectors.allocations(revision):
        for fund in Fund.values:
            if amount := allocation.approved.fund(fund):
                key = (allocation.economic_code, fund)
                plan[key] = plan.get(key, ZERO) + amount
    return plan


def _execution(
    keys: list[CodeAndFund],
    titles: dict[str, str],
    *,
    revision: PassportRevision,
    first: PassportRevision,
    initial: dict[CodeAndFund, Decimal],
    plan: dict[CodeAndFund, Decimal],
    paid: dict[CodeAndFund, dict[int, Decimal]],
) -> Table:
    def cells(of: list[CodeAndFund]) -> dict[str, Cell]:
        approved = sum((initial.get(key, ZERO) for key in of), ZERO)
        planned = sum((plan.get(key, ZERO) for key in of), ZERO)
        cash = sum((sum(paid.get(key, {}).values(), ZERO) for key in of), ZERO)
        return {
            "initial": Cell(approved, from_passport(first)),
            "change": Cell(planned - approved),
            "plan": Cell(planned, from_passport(revision)),
            "cash": Cell(cash, Source("cash", "касові видатки року", (revision.passport_id,))),
            "deviation": Cell(cash - planned),
            "percent": Cell(percent_of(cash, planned)),
        }

    columns = (
        text_column("code", "КЕКВ", 7),
        text_column("title", "Найменування", 35),
        Column("initial", ("План", "затверджений"), Kind.MONEY),
        Column("change", ("План", "зміни"), Kind.MONEY, rule=Minus("plan", "initial")),
        Column("plan", ("План", "зі змінами"), Kind.MONEY),
        Column("cash", ("Касові видатки",), Kind.MONEY),
        Column("deviation", ("Відхилення",), Kind.MONEY, rule=Minus("cash", "plan")),
        Column("percent", ("Виконано, %",), Kind.PERCENT, rule=PercentOf("cash", "plan"), width=8),
    )
    return Table(
        "execution", columns, _rows(keys, titles, cells), unit="гривень", column_numbers=True
    )


def _months(
    keys: list[CodeAndFund], titles: dict[str, str], paid: dict[CodeAndFund, dict[int, Decimal]]
) -> Table:
    def cells(of: list[CodeAndFund]) -> dict[str, Cell]:
        by_month = {month: _in_month(of, paid, month) for month in MONTHS}
        return {
            **{f"m{month}": Cell(amount) for month, amount in by_month.items()},
            "year": Cell(sum(by_month.values(), ZERO)),
        }

    columns = (
        text_column("code", "КЕКВ", 6),
        *(_month_column(month) for month in MONTHS),
        Column("year", ("Разом",), Kind.MONEY, rule=Plus(tuple(f"m{month}" for month in MONTHS))),
    )
    return Table("months", columns, _rows(keys, titles, cells), unit="гривень")


def _cumulative(
    keys: list[CodeAndFund], titles: dict[str, str], paid: dict[CodeAndFund, dict[int, Decimal]]
) -> Table:
    def cells(of: list[CodeAndFund]) -> dict[str, Cell]:
        running, found = ZERO, {}
        for month in MONTHS:
            running += _in_month(of, paid, month)
            found[f"m{month}"] = Cell(running)
        return found

    columns = (text_column("code", "КЕКВ", 6), *(_month_column(month) for month in MONTHS))
    return Table("cumulative", columns, _rows(keys, titles, cells), unit="гривень")


def _month_column(month: int) -> Column:
    return Column(f"m{month}", (MONTH_NAMES[month - 1].lower(),), Kind.MONEY)


def _in_month(
    of: list[CodeAndFund], paid: dict[CodeAndFund, dict[int, Decimal]], month: int
) -> Decimal:
    return sum((paid.get(key, {}).get(month, ZERO) for key in of), ZERO)


def _rows(keys: list[CodeAndFund], titles: dict[str, str], cells: RowCells) -> tuple[Row, ...]:
    """Lines under a heading for each fund, a subtotal for each and the total of both."""
    rows: list[Row] = []
    for fund in Fund:
        own = [key for key in keys if key[1] == fund]
        if not own:
            continue
        rows.append(Row(f"group-{fund}", Role.GROUP, {"code": Cell(str(fund.label).capitalize())}))
        for key in own:
            code = key[0]
            rows.append(
                Row(
                    f"{fund}-{code}",
                    Role.LINE,
                    {"code": Cell(code), "title": Cell(titles.get(code, "")), **cells([key])},
                )
            )
        rows.append(Row(f"subtotal-{fund}", Role.SUBTOTAL, {"code": Cell("Разом"), **cells(own)}))
    rows.append(Row("total", Role.TOTAL, {"code": Cell("Усього"), **cells(keys)}))
    return tuple(rows)
