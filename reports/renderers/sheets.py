"""The sheets of a workbook: the form itself, and one sheet for each wide table."""

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from reports.documents.base import (
    Amounts,
    Block,
    Document,
    Fields,
    Kind,
    Paragraph,
    Section,
    Signature,
    Table,
)
from reports.renderers import cell_styles, wording
from reports.renderers.headings import heading_number
from reports.renderers.sentences import plain
from reports.renderers.spreadsheet import POINTS_PER_CHARACTER, Columns, Sheet
from reports.renderers.typesetting import field_parts, needed_em

# Widths are in characters of the standard face.
_LANDSCAPE_CHARACTERS, _PORTRAIT_CHARACTERS = 144, 96
_TABLE_STRETCH = 1.08  # wide tables are printed a little smaller and gain room for words
_GRID = 24  # columns of the first sheet
_FROZEN_CHARACTERS = 60  # of columns that stay in view; more would leave no room to scroll
_LISTED_COLUMNS = 2  # «№ · текст» stays on the first sheet
_LONGEST_SHEET_NAME = 31


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """Which table stands on which sheet."""

    name: str
    section: Section
    table: Table


def sheet_plans(document: Document) -> dict[str, SheetPlan]:
    """The tables with sheets of their own by table key, in the order of the document."""
    plans: dict[str, SheetPlan] = {}
    taken = {first_sheet_name(document).casefold()}
    for section in document.sections:
        for table in (block for block in section.blocks if isinstance(block, Table)):
            if is_list(table):
                continue
            name = _free_name(_sheet_name(section.number or table.caption or table.key), taken)
            taken.add(name.casefold())
            plans[table.key] = SheetPlan(name, section, table)
    return plans


def is_list(table: Table) -> bool:
    figures = any(column.kind.is_figure for column in table.columns)
    return len(table.columns) <= _LISTED_COLUMNS and not figures


def first_sheet_name(document: Document) -> str:
    """«ЗВІТ про виконання …» → «Звіт»."""
    words = re.findall(r"\w+", document.title)
    return _sheet_name(words[0].capitalize()) if words else "Документ"


def _sheet_name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", text).strip()[:_LONGEST_SHEET_NAME] or "Таблиця"


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        suffix = f" ({number})"
        free = name[: _LONGEST_SHEET_NAME - len(suffix)] + suffix
    return free


class TableSheet(Sheet):
    """A sheet for one table: section title, unit, header that repeats in print and stays in view."""

    def __init__(
        self, sheet: Worksheet, document: Document, plan: SheetPlan, *, formulas: bool
    ) -> None:
        super().__init__(sheet, document, _table_widths(plan.table, landscape=document.landscape))
        self.plan = plan
        self.formulas = formulas

    def write(self) -> None:
        table, section = self.plan.table, self.plan.section
        self.line(self.document.title, cell_styles.NOTE, size=cell_styles.SMALL_SIZE)
        if section.title:
            self.line(
                f"{heading_number(section.number)} {section.title}".strip(), cell_styles.HEADING
            )
        if table.caption:
            self.line(table.caption, cell_styles.HEADING)
        if table.unit:
            self.line(table.unit, cell_styles.UNIT)
        columns = Columns(len(table.columns), len(table.columns))
        first, last = self.table(table, columns, formulas=self.formulas)
        if last >= first:
            self.sheet.print_title_rows = f"{first}:{last}"
        self.sheet.freeze_panes = f"{self._first_scrolled()}{last + 1}"

    def _first_scrolled(self) -> str:
        """The column after the one that names the rows, when the columns up to it leave room."""
        kinds = [column.kind for column in self.plan.table.columns]
        named = kinds.index(Kind.TEXT) + 1 if Kind.TEXT in kinds else 0
        fits = named < len(kinds) and sum(self.widths[:named]) <= _FROZEN_CHARACTERS
        return get_column_letter(named + 1 if fits else 1)


def _table_widths(table: Table, *, landscape: bool) -> list[float]:
    room = _LANDSCAPE_CHARACTERS if landscape else _PORTRAIT_CHARACTERS
    total = sum(column.width for column in table.columns)
    points = cell_styles.SIZE / POINTS_PER_CHARACTER
    return [
        round(
            max(
                column.width * room * _TABLE_STRETCH / total, needed_em(table, column) * points + 2
            ),
            1,
        )
        for column in table.columns
    ]


class FirstSheet(Sheet):
    """The form from top to bottom on a grid of equal columns; wide tables are named and linked."""

    def __init__(
        self,
        sheet: Worksheet,
        document: Document,
        plans: dict[str, SheetPlan],
        *,
        working_copy: bool,
    ) -> None:
        room = _LANDSCAPE_CHARACTERS if document.landscape else _PORTRAIT_CHARACTERS
        number = 7.0
        rest = round((room - number) / (_GRID - 1), 1)
        super().__init__(sheet, document, [number] + [rest] * (_GRID - 1))
        sheet.title = first_sheet_name(document)
        self.plans = plans
        self.working_copy = working_copy

    def write(self) -> None:
        document = self.document
        if self.working_copy:
            self.line(wording.WORKING_COPY, cell_styles.NOTE, size=cell_styles.SMALL_SIZE)
        if document.draft_mark:
            self.line(document.draft_mark, cell_styles.RIGHT)
        for text in document.approval.lines if document.approval else ():
            self.line(text, cell_styles.TEXT, first=_GRID // 2 + 2)
        self.line(document.title, cell_styles.TITLE, size=16)
        self.gap()
        for section in document.sections:
            self._section(section)
        for footnote in document.footnotes:
            self.line(footnote, cell_styles.NOTE, size=cell_styles.SMALL_SIZE)
        for signature in document.signatures:
            self._signature(signature)

    def _section(self, section: Section) -> None:
        number = heading_number(section.number)
        if section.title:
            self.line(f"{number} {section.title}".strip(), cell_styles.HEADING)
            number = ""
        for block in section.blocks:
            self._block(block, number)
            number = ""
        self.gap()

    def _block(self, block: Block, number: str) -> None:
        match block:
            case Fields():
                self._fields(block, number)
            case Paragraph():
                for text in block.text.split("\n"):
                    self.line(f"{number} {text}".strip(), cell_styles.TEXT)
                    number = ""
            case Amounts():
                self.line(f"{number} {plain(block)}".strip(), cell_styles.TEXT)
            case Table() if block.key in self.plans:
                self._reference(self.plans[block.key])
            case Table():
                for text, style in (
                    (block.caption, cell_styles.HEADING),
                    (block.unit, cell_styles.UNIT),
                ):
                    if text:
                        self.line(text, style)
                self.table(block, Columns(len(block.columns), _GRID))

    def _fields(self, block: Fields, number: str) -> None:
        spans = _field_spans([field_parts(item.value) for item in block.items])
        self.put(1, number, cell_styles.TEXT)
        for item, (first, last) in zip(block.items, spans, strict=True):
            self.span(first, last, item.value, cell_styles.FIELD)
        self.end_row((item.value, *span) for item, span in zip(block.items, spans, strict=True))
        for item, (first, last) in zip(block.items, spans, strict=True):
            self.span(first, last, item.caption, cell_styles.CAPTION)
        self.end_row(
            ((item.caption, *span) for item, span in zip(block.items, spans, strict=True)),
            size=cell_styles.SMALL_SIZE,
        )

    def _reference(self, plan: SheetPlan) -> None:
        cell = self.line(wording.SHEET_REFERENCE.format(sheet=plan.name), cell_styles.LINK)
        cell.hyperlink = Hyperlink(
            ref=cell.coordinate,
            location=f"{quote_sheetname(plan.name)}!A1",
            display=str(cell.value),
        )
        cell.style = cell_styles.LINK

    def _signature(self, signature: Signature) -> None:
        self.gap()
        if signature.heading:
            self.line(signature.heading, cell_styles.HEADING)
        position, place, name = (1, 10), (12, 15), (18, _GRID)
        self.span(*position, signature.position, cell_styles.TEXT)
        self.span(*place, None, cell_styles.FIELD)
        self.span(*name, signature.name, cell_styles.FIELD)
        self.end_row([(signature.position, *position), (signature.name, *name)])
        self.span(*place, wording.SIGNATURE_CAPTION, cell_styles.CAPTION)
        self.span(*name, wording.NAME_CAPTION, cell_styles.CAPTION)
        self.end_row(size=cell_styles.SMALL_SIZE)


def _field_spans(parts: list[int]) -> list[tuple[int, int]]:
    """Grid columns B… of the values of a form line by their parts; what is left goes to the widest."""
    room = _GRID - 1
    widths = [max(1, round(room * part / sum(parts))) for part in parts]
    widths[parts.index(max(parts))] += room - sum(widths)
    ends = list(accumulate(widths, initial=1))
    return [(start + 1, end) for start, end in pairwise(ends)]
