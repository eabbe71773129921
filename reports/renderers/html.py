"""A document as HTML: a fragment for the site's preview page and a complete page for print and download.

Both come from the same templates and the same stylesheet, so the preview shows what will be printed. Values
become text here; templates only arrange it.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import cached_property

from reports.documents.base import (
    Amounts,
    Block,
    Cell,
    Column,
    Document,
    Fields,
    Kind,
    Paragraph,
    Role,
    Row,
    Section,
    Source,
    Table,
)
from reports.renderers import wording
from reports.renderers.figures import shown
from reports.renderers.groups import group_column, group_spans
from reports.renderers.headings import HeaderCell, header_rows, heading_number
from reports.renderers.sentences import sentence
from reports.renderers.typesetting import Layout, field_parts, layout

SourceUrl = Callable[[Source], str | None]

_TEMPLATES = "reports/document"
_STYLESHEET = "reports/document.css"
_RUNNING_TITLE = 100  # characters that fit in the footer
_PAGE_LEVEL, _FRAGMENT_LEVEL = (
    1,
    2,
)  # of the title's heading: the preview page has an <h1> of its own
_LONGEST_KEPT_WORD = 6
_NARROWEST_STEP, _NARROWEST_LAST = (
    10,
    300,
)  # em; static/reports/document.css has a class for each step


def render(document: Document) -> bytes:
    return render_page(document).encode()


def render_page(document: Document, *, more_style: str = "", **more: object) -> str:
    """A complete page with the print stylesheet inside: nothing has to be fetched to show or print it.

    ``more_style`` stands after the stylesheet and so overrides it; ``more`` is for the template: an issued copy's imprint.
    """
    context = _context(document, None, _PAGE_LEVEL) | style(more_style) | more
    return render_to_string(f"{_TEMPLATES}/page.html", context)


def style(more_style: str = "") -> dict[str, str]:
    """What ``page.html`` and its kin put into the head of a page."""
    return {"stylesheet": stylesheet_path().read_text(encoding="utf-8") + more_style}


def render_fragment(document: Document, *, source_url: SourceUrl | None = None) -> str:
    """The body alone, for a page that links ``reports/document.css``.

    A figure whose source has an address, by ``source_url``, becomes a link to it.
    """
    return render_to_string(
        f"{_TEMPLATES}/document.html", _context(document, source_url, _FRAGMENT_LEVEL)
    )


def stylesheet_path() -> Path:
    """Where the stylesheet lies in the source tree; collected copies are renamed by their hash."""
    return Path(settings.BASE_DIR) / "static" / _STYLESHEET


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """What the template needs of one cell. ``header`` makes it a row's heading."""

    text: str
    classes: str = ""
    colspan: int = 1
    header: bool = False
    title: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class PrintedRow:
    role: Role
    cells: tuple[PrintedCell, ...]


@dataclass(frozen=True, slots=True)
class PrintedCaption:
    """``words``: each with whether it must not be broken at its slash («з/п»)."""

    cell: HeaderCell

    @property
    def words(self) -> list[tuple[str, bool]]:
        return [
            (word, "/" in word and len(word) <= _LONGEST_KEPT_WORD)
            for word in self.cell.caption.split(" ")
        ]


@dataclass(frozen=True)
class PrintedTable:
    """A table whose values are text already. ``label`` is the id of the heading that names it."""

    table: Table
    layout: Layout
    source_url: SourceUrl | None
    label: str

    @cached_property
    def header(self) -> list[list[PrintedCaption]]:
        return [[PrintedCaption(cell) for cell in row] for row in header_rows(self.table.columns)]

    @property
    def numbers(self) -> range:
        return range(1, len(self.table.columns) + 1 if self.table.column_numbers else 1)

    @property
    def widths(self) -> list[str]:
        """Percents for the attribute of a column: a policy without inline styles leaves attributes alone."""
        return [f"{percent:.3f}%" for percent in self.layout.percents]

    @property
    def size_class(self) -> str:
        """The type size, in half points: «8.5pt» is ``document__table--size-17``."""
        return f"document__table--size-{round(self.layout.size * 2)}"

    @property
    def narrowest_class(self) -> str:
        """The least width on a screen, up to the next ten em; the stylesheet knows the steps."""
        step = math.ceil(self.layout.narrowest / _NARROWEST_STEP) * _NARROWEST_STEP
        return f"document__table--from-{min(max(step, _NARROWEST_STEP), _NARROWEST_LAST)}"

    @property
    def bodies(self) -> Iterator[list[PrintedRow]]:
        """Rows by group; a group's heading opens its body."""
        body: list[PrintedRow] = []
        for row in self.table.rows:
            if row.role is Role.GROUP and body:
                yield body
                body = []
            body.append(self._row(row))
        if body:
            yield body

    def _row_heading(self, row: Row) -> Column | None:
        """The first column in which the row has words names it, where the row has figures to name."""
        columns = self.table.columns
        if not any(column.kind.is_figure for column in columns):
            return None
        return next((c for c in columns if c.kind is Kind.TEXT and row.value(c.key)), None)

    def _row(self, row: Row) -> PrintedRow:
        if row.role is Role.GROUP:
            return PrintedRow(row.role, tuple(self._group_cells(row)))
        heading = self._row_heading(row)
        cells = (self._cell(row, column, column is heading) for column in self.table.columns)
        return PrintedRow(row.role, tuple(cells))

    def _group_cells(self, row: Row) -> Iterator[PrintedCell]:
        for start, span in group_spans(row, self.table.columns):
            column = group_column(row, self.table.columns[start : start + span])
            header = column.kind is Kind.TEXT
            yield PrintedCell(shown(row, column), column.kind.value, span, header=header)

    def _cell(self, row: Row, column: Column, is_heading: bool) -> PrintedCell:
        cell = row.cells.get(column.key) or Cell(None)
        return PrintedCell(
            shown(row, column),
            column.kind.value,
            header=is_heading,
            title=cell.source.text if cell.source else "",
            href=self._address(cell),
        )

    def _address(self, cell: Cell) -> str:
        if self.source_url is None or cell.source is None or cell.value is None:
            return ""
        return self.source_url(cell.source) or ""


@dataclass(frozen=True, slots=True)
class PrintedField:
    value: str
    caption: str
    parts: int


@dataclass(frozen=True, slots=True)
class PrintedBlock:
    """A block and the template that prints it; ``number`` runs in where the section has no title."""

    template: str
    content: object
    number: str = ""


@dataclass(frozen=True, slots=True)
class PrintedSection:
    number: str
    title: str
    level: int
    label: str
    blocks: list[PrintedBlock] = field(default_factory=list)


def _context(document: Document, source_url: SourceUrl | None, level: int) -> dict[str, object]:
    return {
        "document": document,
        "running_title": _shortened(document.title),
        "level": level,
        "sections": list(_sections(document, source_url, level)),
        "wording": {"signature": wording.SIGNATURE_CAPTION, "name": wording.NAME_CAPTION},
    }


def _sections(
    document: Document, source_url: SourceUrl | None, level: int
) -> Iterator[PrintedSection]:
    titled = {section.number for section in document.sections if section.title}
    for place, section in enumerate(document.sections, start=1):
        is_part = section.number.rpartition(".")[0] in titled
        label = f"section-{place}" if section.title else ""
        yield PrintedSection(
            heading_number(section.number),
            section.title,
            level + 2 if is_part else level + 1,
            label,
            list(_blocks(document, section, source_url, label)),
        )


def _blocks(
    document: Document, section: Section, source_url: SourceUrl | None, label: str
) -> Iterator[PrintedBlock]:
    number = "" if section.title else heading_number(section.number)
    for block in section.blocks:
        yield _block(document, block, source_url, label, number)
        number = ""


def _block(
    document: Document, block: Block, source_url: SourceUrl | None, label: str, number: str
) -> PrintedBlock:
    match block:
        case Fields():
            return PrintedBlock(f"{_TEMPLATES}/fields.html", _fields(block), number)
        case Paragraph():
            return PrintedBlock(f"{_TEMPLATES}/paragraph.html", block.text.split("\n"), number)
        case Amounts():
            return PrintedBlock(f"{_TEMPLATES}/amounts.html", list(sentence(block)), number)
        case Table():
            print_layout = layout(block, landscape=document.landscape)
            return PrintedBlock(
                f"{_TEMPLATES}/table.html",
                PrintedTable(block, print_layout, source_url, label),
                number,
            )


def _fields(block: Fields) -> Iterable[PrintedField]:
    return [PrintedField(item.value, item.caption, field_parts(item.value)) for item in block.items]


def _shortened(title: str) -> str:
    words = " ".join(title.split())
    return (
        words if len(words) <= _RUNNING_TITLE else f"{words[:_RUNNING_TITLE].rsplit(' ', 1)[0]} …"
    )
