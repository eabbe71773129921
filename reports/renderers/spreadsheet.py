"""Writing one sheet of a workbook from the top down: texts, merged headers, rows and their heights."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from reports.documents.base import Column, Document, Kind, Role, Row, Table, Value
from reports.renderers import cell_styles, wording
from reports.renderers.figures import counted, is_signed, shown
from reports.renderers.formulas import TableFormulas
from reports.renderers.groups import group_column, group_spans
from reports.renderers.headings import header_rows
from reports.renderers.typesetting import line_count

# Widths are in characters of the standard face, heights in points.
POINTS_PER_CHARACTER = 5.25
_LINE_HEIGHT = 1.25  # of the type size
_ROW_PADDING = 3.0
_CELL_PADDING = 3.0
_HIGHEST_ROW = 409.0
_GAP = 9.0
_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Columns:
    """Which sheet columns a table's columns take: one each, or the last reaching to the sheet's edge."""

    count: int
    edge: int

    def at(self, index: int) -> tuple[int, int]:
        return index + 1, self.edge if index == self.count - 1 else index + 1


class Sheet:
    """Writes one sheet from the top down. ``widths`` are the columns' widths in characters."""

    def __init__(self, sheet: Worksheet, document: Document, widths: list[float]) -> None:
        self.sheet = sheet
        self.document = document
        self.widths = widths
        self.row = 1
        for index, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        self._set_up_page()

    def _set_up_page(self) -> None:
        sheet = self.sheet
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation = "landscape" if self.document.landscape else "portrait"
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        if sheet.sheet_properties.pageSetUpPr is not None:
            sheet.sheet_properties.pageSetUpPr.fitToPage = True
        margins = sheet.page_margins
        margins.left, margins.right, margins.top, margins.bottom = (
            millimetres / _INCH for millimetres in (20, 10, 10, 15)
        )
        margins.header = margins.footer = 6 / _INCH
        if sheet.oddFooter is not None:
            footer = sheet.oddFooter.center
            footer.text, footer.font, footer.size = wording.PAGE_FOOTER, cell_styles.FACE, 8

    def put(self, column: int, value: Value, style: str) -> Cell:
        """One cell of the current row; words that look like a formula stay words."""
        return self.span(column, column, value, style)

    def span(self, first: int, last: int, value: Value, style: str, *, rows: int = 1) -> Cell:
        """One value over several columns (and rows), every cell of them styled for the borders."""
        for row in range(self.row, self.row + rows):
            for column in range(first, last + 1):
                self.sheet.cell(row, column).style = style
        cell = cast(Cell, self.sheet.cell(self.row, first))
        set_value(cell, value)
        if first != last or rows > 1:
            self.sheet.merge_cells(
                start_row=self.row, end_row=self.row + rows - 1, start_column=first, end_column=last
            )
        return cell

    def line(
        self, text: str, style: str, *, first: int = 1, size: float = cell_styles.SIZE
    ) -> Cell:
        """A row of running text over the whole width."""
        cell = self.span(first, len(self.widths), text, style)
        self.end_row([(text, first, len(self.widths))], size=size)
        return cell

    def end_row(
        self, texts: Iterable[tuple[str, int, int]] = (), *, size: float = cell_styles.SIZE
    ) -> None:
        """Make the row as high as its wrapped texts need and go to the next one.

        Spreadsheets do not fit the height of merged cells themselves. ``texts``: text, first and last column.
        """
        lines = max((self.lines(*text, size=size) for text in texts), default=1)
        height = min(_HIGHEST_ROW, lines * size * _LINE_HEIGHT + _ROW_PADDING)
        self.sheet.row_dimensions[self.row].height = round(height, 1)
        self.row += 1

    def gap(self) -> None:
        self.sheet.row_dimensions[self.row].height = _GAP
        self.row += 1

    def lines(self, text: str, first: int, last: int, *, size: float = cell_styles.SIZE) -> int:
        points = sum(self.widths[first - 1 : last]) * POINTS_PER_CHARACTER - _CELL_PADDING
        return line_count(text, max(points, size) / size)

    def table(self, table: Table, columns: Columns, *, formulas: bool = False) -> tuple[int, int]:
        """Header, column numbers and rows; gives the rows of the header's first and last line."""
        first_header = self.row
        self._header(table, columns)
        if table.column_numbers:
            for index in range(len(table.columns)):
                self.span(*columns.at(index), index + 1, cell_styles.NUMBERS)
            self.end_row(size=cell_styles.SMALL_SIZE)
        last_header = self.row - 1
        live = TableFormulas(table, self.row) if formulas else None
        for index, row in enumerate(table.rows):
            self._row(table, row, columns, live, index)
        self._name_body(table, last_header + 1)
        return first_header, last_header

    def _header(self, table: Table, columns: Columns) -> None:
        for cells in header_rows(table.columns):
            texts = []
            for cell in cells:
                first, last = (
                    columns.at(cell.column)[0],
                    columns.at(cell.column + cell.colspan - 1)[1],
                )
                self.span(first, last, cell.caption, cell_styles.HEADER, rows=cell.rowspan)
                lines = self.lines(cell.caption, first, last)
                share = "\n".join([""] * math.ceil(lines / cell.rowspan))
                texts.append((share, first, last))
            self.end_row(texts)

    def _row(
        self, table: Table, row: Row, columns: Columns, live: TableFormulas | None, index: int
    ) -> None:
        if row.role is Role.GROUP:
            self._group(table, row, columns)
            return
        bold = row.role in {Role.TOTAL, Role.SUBTOTAL}
        texts = []
        for place, column in enumerate(table.columns):
            first, last = columns.at(place)
            cell = self.span(first, last, counted(row, column), _style(row, column, bold=bold))
            formula = live.formula(index, column) if live else None
            if formula is not None:
                cell.value = formula
            if column.kind is Kind.TEXT:
                texts.append((shown(row, column), first, last))
        self.end_row(texts)

    def _group(self, table: Table, row: Row, columns: Columns) -> None:
        texts = []
        for start, span in group_spans(row, table.columns):
            column = group_column(row, table.columns[start : start + span])
            first, last = columns.at(start)[0], columns.at(start + span - 1)[1]
            is_figure = column.kind.is_figure
            style = _style(row, column, bold=True) if is_figure else cell_styles.GROUP
            self.span(first, last, counted(row, column), style)
            texts.append((shown(row, column), first, last))
        self.end_row(texts)

    def _name_body(self, table: Table, first_row: int) -> None:
        book = self.sheet.parent
        if book is None or not table.rows:
            return
        name = "table_" + re.sub(r"\W", "_", table.key)
        last = get_column_letter(len(self.widths))
        area = f"{quote_sheetname(self.sheet.title)}!$A${first_row}:${last}${self.row - 1}"
        book.defined_names[name] = DefinedName(name, attr_text=area)


def _style(row: Row, column: Column, *, bold: bool) -> str:
    return cell_styles.body_style(
        column.kind, bold=bold, unit=column.unit, signed=is_signed(row, column)
    )


def set_value(cell: Cell, value: Value) -> None:
    """Give the cell its value in its own type.

    Text stays text even where it begins like a formula: typed as a string, and quoted for whoever edits it.
    """
    if not isinstance(value, str):
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.value = text
    if text:
        cell.data_type = "s"
    if text.startswith(("=", "+", "-", "@")):
        cell.quotePrefix = True
