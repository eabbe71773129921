"""Arithmetic: every declared rule of a document holds, to the kopeck. Works on any document."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.money import ZERO, average, percent_of
from budgets.numbers import print_number
from reports.checks.base import Finding, Severity
from reports.documents.base import (
    Cell,
    Column,
    Document,
    Kind,
    Minus,
    PercentOf,
    Plus,
    Quotient,
    Role,
    Row,
    Table,
)


def check_arithmetic(document: Document) -> Iterator[Finding]:
    for table in document.tables:
        for row in table.rows:
            for column in table.columns:
                if column.kind.is_figure and column.key in row.cells:
                    yield from _check_cell(table, row, column)
        yield from _check_totals(table)


def expected_value(table: Table, row: Row, column: Column) -> tuple[bool, Decimal | None]:
    """(has a rule, what the rule gives). None where a part is missing."""
    rule = row.cells[column.key].rule or column.rule
    match rule:
        case Plus(terms):
            parts = [_figure(row, term) for term in terms]
            return True, None if None in parts else sum(
                (part for part in parts if part is not None), ZERO
            )
        case Minus(left, right):
            minuend, subtrahend = _figure(row, left), _figure(row, right)
            return True, None if minuend is None or subtrahend is None else minuend - subtrahend
        case PercentOf(part, whole):
            paid, planned = _figure(row, part), _figure(row, whole)
            return True, None if paid is None or planned is None else percent_of(paid, planned)
        case Quotient(numerator, denominator):
            top, bottom = _of_row(table, numerator, column), _of_row(table, denominator, column)
            return True, None if top is None or bottom is None else average(top, bottom)
        case _:
            return False, None


def _check_cell(table: Table, row: Row, column: Column) -> Iterator[Finding]:
    has_rule, expected = expected_value(table, row, column)
    actual = _figure(row, column.key)
    if has_rule and actual != expected:
        yield _mismatch(table, row, column, actual, expected)


def _check_totals(table: Table) -> Iterator[Finding]:
    summed = [column for column in table.columns if column.kind is Kind.MONEY]
    group: list[Row] = []
    for row in table.rows:
        if row.role in {Role.SUBTOTAL, Role.TOTAL}:
            parts = group if row.role is Role.SUBTOTAL else list(table.lines)
            for column in summed:
                if column.key in row.cells:
                    expected = sum((_figure(part, column.key) or ZERO for part in parts), ZERO)
                    if (actual := _figure(row, column.key)) != expected:
                        yield _mismatch(table, row, column, actual, expected)
        group = [*group, row] if row.role is Role.LINE else []


def _figure(row: Row, key: str) -> Decimal | None:
    cell: Cell | None = row.cells.get(key)
    return cell.value if cell is not None and isinstance(cell.value, Decimal) else None


def _of_row(table: Table, key: str, column: Column) -> Decimal | None:
    row = table.row(key)
    return None if row is None else _figure(row, column.key)


def _mismatch(
    table: Table, row: Row, column: Column, actual: Decimal | None, expected: Decimal | None
) -> Finding:
    return Finding(
        "arithmetic",
        Severity.ERROR,
        _(
            "Таблиця %(table)s, рядок %(row)s, «%(column)s»: стоїть %(actual)s, за розрахунком %(expected)s."
        )
        % {
            "table": table.key,
            "row": row.value("number") or row.key,
            "column": ", ".join(column.heading),
            "actual": "—" if actual is None else print_number(actual, max_places=4),
            "expected": "—" if expected is None else print_number(expected, max_places=4),
        },
        table.key,
        row.key,
    )
