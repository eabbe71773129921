"""Arithmetic: every declared rule of a document holds, to the kopeck. Works on any document."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from budgets.money import ZERO, average, percent_of
from budgets.numbers import print_number
from indicators.effectiveness import INDEX_PLACES, PLACES, ratio, rounded
from reports.checks.base import Finding, Severity
from reports.documents.base import (
    CellRule,
    Column,
    Document,
    Kind,
    MeanRatio,
    Minus,
    PercentOf,
    Plus,
    Quotient,
    Ratio,
    Row,
    Standalone,
    SumOf,
    Table,
)
from reports.documents.sums import summed_rows


def check_arithmetic(document: Document) -> Iterator[Finding]:
    for table in document.tables:
        for row in table.rows:
            for column in table.columns:
                if column.kind.is_figure and column.key in row.cells:
                    yield from _check_cell(table, row, column)
        yield from _check_totals(table)


def expected_value(table: Table, row: Row, column: Column) -> tuple[bool, Decimal | None]:
    """(has a rule, what the rule gives). None where a part is missing."""
    rule = row.cells[column.key].rule
    if rule is None:
        return column.rule is not None, _by_column(row, column)
    return not isinstance(rule, Standalone), _by_cell(table, row, column, rule)


def _by_column(row: Row, column: Column) -> Decimal | None:
    match column.rule:
        case Plus(terms):
            parts = [row.figure(term) for term in terms]
            return None if None in parts else _sum_of(parts)
        case SumOf(terms):
            restated = row.cells[column.key].restated
            return _sum_of(_figures([row], terms, restated=restated))
        case Minus(left, right):
            minuend, subtrahend = row.figure(left), row.figure(right)
            return None if minuend is None or subtrahend is None else minuend - subtrahend
        case PercentOf(part, whole):
            paid, planned = row.figure(part), row.figure(whole)
            return None if paid is None or planned is None else percent_of(paid, planned)
        case None:
            return None


def _by_cell(table: Table, row: Row, column: Column, rule: CellRule) -> Decimal | None:
    match rule:
        case Quotient(numerator, denominator):
            top, bottom = _of_row(table, numerator, column), _of_row(table, denominator, column)
            return None if top is None or bottom is None else average(top, bottom)
        case Ratio(numerator, denominator):
            return _rounded(_ratio(row, numerator, denominator), INDEX_PLACES)
        case MeanRatio(numerator, denominator, keys, factor):
            rows = [found for key in keys if (found := table.row(key)) is not None]
            ratios = [_ratio(each, numerator, denominator) for each in rows]
            return _rounded(_mean(ratios, factor), PLACES)
        case Standalone():
            return None


def _ratio(row: Row, numerator: str, denominator: str) -> Fraction | None:
    top, bottom = row.figure(numerator), row.figure(denominator)
    return None if top is None or bottom is None else ratio(top, bottom)


def _mean(ratios: list[Fraction | None], factor: Decimal) -> Fraction | None:
    known = [each for each in ratios if each is not None]
    return sum(known, Fraction(0)) / len(known) * Fraction(factor) if known else None


def _rounded(value: Fraction | None, places: int) -> Decimal | None:
    return None if value is None else rounded(value, places)


def _check_cell(table: Table, row: Row, column: Column) -> Iterator[Finding]:
    has_rule, expected = expected_value(table, row, column)
    actual = row.figure(column.key)
    if has_rule and actual != expected:
        yield _mismatch(table, row, column, actual, expected)


def _check_totals(table: Table) -> Iterator[Finding]:
    """Totals of money everywhere; of quantities and values where a total is given, because unlike things have none.

    A row that names its parts is empty where they are; the totals of statutory forms print a zero there.
    """
    for place, parts in summed_rows(table).items():
        row = table.rows[place]
        rows = [table.rows[part] for part in parts]
        for column in table.columns:
            actual = row.figure(column.key)
            if column.key not in row.cells or not _is_summed(column, row, actual):
                continue
            expected = _sum_of(_figures(rows, [column.key], restated=False))
            if expected is None and row.parts is None:
                expected = ZERO
            if actual != expected:
                yield _mismatch(table, row, column, actual, expected)


def _is_summed(column: Column, row: Row, actual: Decimal | None) -> bool:
    if column.kind in {Kind.QUANTITY, Kind.VALUE}:
        return actual is not None and row.parts is not None
    return column.kind is Kind.MONEY


def _figures(rows: Iterable[Row], keys: Iterable[str], *, restated: bool) -> list[Decimal | None]:
    keys = tuple(keys)
    return [
        row.figure(key)
        for row in rows
        for key in keys
        if key in row.cells and row.cells[key].restated == restated
    ]


def _sum_of(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if known else None


def _of_row(table: Table, key: str, column: Column) -> Decimal | None:
    row = table.row(key)
    return None if row is None else row.figure(column.key)


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
