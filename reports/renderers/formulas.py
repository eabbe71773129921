"""Live formulas for the working copy of a workbook, from the rules that columns, cells and rows declare."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from openpyxl.utils import get_column_letter

from indicators.effectiveness import INDEX_PLACES, PLACES
from reports.documents.base import (
    Cell,
    CellRule,
    Column,
    Kind,
    MeanRatio,
    Minus,
    PercentOf,
    Plus,
    Quotient,
    Ratio,
    Role,
    Row,
    Standalone,
    SumOf,
    Table,
)
from reports.documents.sums import summed_rows

_ARGUMENTS = 200  # of one SUM; spreadsheets stop at 255


class TableFormulas:
    """The formulas of one table that stands on a sheet with its first row in ``first_row``, from column A."""

    def __init__(self, table: Table, first_row: int) -> None:
        self._table = table
        self._first_row = first_row
        self._letters = {
            column.key: get_column_letter(index)
            for index, column in enumerate(table.columns, start=1)
        }
        self._places = {row.key: index for index, row in enumerate(table.rows)}
        self._parts = summed_rows(table)

    def formula(self, index: int, column: Column) -> str | None:
        """The formula of row ``index`` in the column; None where the value itself has to stand.

        An empty cell stays empty: no figure is known there and a formula would show a zero. The exception
        is a percent of nothing, which its formula leaves empty too.
        """
        row = self._table.rows[index]
        cell = row.cells.get(column.key)
        if cell is None or not column.kind.is_figure or not self._is_known(row, column, cell):
            return None
        if cell.rule is not None:
            return self._own_rule(cell.rule, index, column)
        if isinstance(column.rule, PercentOf):
            return self._percent(column.rule, index)
        if index in self._parts:
            return None if column.kind is Kind.PERCENT else self._sum(index, column)
        if row.role in {Role.TOTAL, Role.SUBTOTAL}:
            return None
        return self._own_row(column, index)

    def _is_known(self, row: Row, column: Column, cell: Cell) -> bool:
        if cell.value is None and isinstance(column.rule, PercentOf):
            return row.value(column.rule.whole) == 0 and row.value(column.rule.part) is not None
        return isinstance(cell.value, Decimal)

    def _own_row(self, column: Column, index: int) -> str | None:
        match column.rule:
            case Plus(terms):
                return "=" + "+".join(self._at(term, index) for term in terms)
            case SumOf(terms):
                return self._of_filled(column, terms, index)
            case Minus(left, right):
                return f"={self._at(left, index)}-{self._at(right, index)}"
            case _:
                return None

    def _of_filled(self, column: Column, terms: Iterable[str], index: int) -> str | None:
        """SUM passes over words and empty cells; a restated amount counts only among restated ones."""
        row = self._table.rows[index]
        restated = row.cells[column.key].restated
        added = [
            self._at(term, index)
            for term in terms
            if row.figure(term) is not None and row.cells[term].restated == restated
        ]
        return f"=SUM({','.join(added)})" if added else None

    def _percent(self, rule: PercentOf, index: int) -> str:
        part, whole = self._at(rule.part, index), self._at(rule.whole, index)
        return f'=IF({whole}=0,"",ROUND({part}*100/{whole},2))'

    def _own_rule(self, rule: CellRule, index: int, column: Column) -> str | None:
        match rule:
            case Quotient():
                return self._quotient(rule, column)
            case Ratio(numerator, denominator):
                return f"=ROUND({self._ratio(numerator, denominator, index)},{INDEX_PLACES})"
            case MeanRatio(numerator, denominator, keys, factor):
                places = [self._places[key] for key in keys if key in self._places]
                terms = "+".join(self._ratio(numerator, denominator, place) for place in places)
                return f"=ROUND(({terms})/{len(places)}*{factor},{PLACES})" if places else None
            case Standalone():
                return None

    def _ratio(self, numerator: str, denominator: str, index: int) -> str:
        top, bottom = self._at(numerator, index), self._at(denominator, index)
        return f"IF({bottom}=0,0,{top}/{bottom})"

    def _quotient(self, rule: Quotient, column: Column) -> str | None:
        if rule.numerator not in self._places or rule.denominator not in self._places:
            return None
        numerator = self._at(column.key, self._places[rule.numerator])
        denominator = self._at(column.key, self._places[rule.denominator])
        return f"=IF({denominator}=0,0,ROUND({numerator}/{denominator},2))"

    def _sum(self, index: int, column: Column) -> str | None:
        letter = self._letters[column.key]
        places = [
            place
            for place in self._parts[index]
            if not self._table.rows[place].cells.get(column.key, Cell(None)).restated
        ]
        ranges = [
            f"{letter}{first}:{letter}{last}" if first != last else f"{letter}{first}"
            for first, last in self._runs(places)
        ]
        chunks = [ranges[at : at + _ARGUMENTS] for at in range(0, len(ranges), _ARGUMENTS)]
        return "=" + "+".join(f"SUM({','.join(chunk)})" for chunk in chunks) if chunks else None

    def _runs(self, places: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Sheet rows of the places, neighbours together."""
        first = last = None
        for place in places:
            if last is not None and first is not None and place != last + 1:
                yield self._first_row + first, self._first_row + last
                first = None
            first, last = place if first is None else first, place
        if first is not None and last is not None:
            yield self._first_row + first, self._first_row + last

    def _at(self, column: str, index: int) -> str:
        return f"{self._letters[column]}{self._first_row + index}"
