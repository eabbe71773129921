"""Parts of a Word file that python-docx has no words for: tables with merged headers, fields, borders, bookmarks."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from reports.documents.base import Column, Kind, Role, Row, Table
from reports.renderers.figures import shown
from reports.renderers.groups import group_column, group_spans
from reports.renderers.headings import HeaderCell, header_rows
from reports.renderers.typesetting import layout

_TWIPS = 20  # in a point
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CENTERED = {Kind.ORDINAL, Kind.DATE}
_BORDER = {"w:val": "single", "w:sz": "4", "w:space": "0", "w:color": "000000"}
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_HEADER_SHADE = "F2F2F2"


def element(tag: str, children: Iterable[Any] = (), **attributes: str) -> Any:
    """An element of the main namespace; attributes as ``val`` for ``w:val``."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    for child in children:
        made.append(child)
    return made


def clean(text: str) -> str:
    return _NOT_XML.sub("", text)


def run(text: str, *, bold: bool = False, size: float | None = None) -> Any:
    """Words in one style; a line break where the text has one."""
    properties = element("rPr")
    if bold:
        properties.append(element("b"))
    if size is not None:
        half_points = str(round(size * 2))
        properties.append(element("sz", val=half_points))
        properties.append(element("szCs", val=half_points))
    made = element("r", [properties] if len(properties) else [])
    for place, line in enumerate(clean(text).split("\n")):
        if place:
            made.append(element("br"))
        words = element("t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(words)
    return made


def field(code: str, *, size: float | None = None) -> Any:
    """A value that the reader's program fills in: PAGE, NUMPAGES."""
    return element("fldSimple", [run("1", size=size)], instr=code)


def paragraph(runs: Iterable[Any], *, align: str = "left", keep_next: bool = False) -> Any:
    properties = element("pPr")
    if keep_next:
        properties.append(element("keepNext"))
    properties.append(element("spacing", before="0", after="0"))
    properties.append(element("jc", val=align))
    return element("p", [properties, *runs])


def bottom_line() -> Any:
    """A paragraph border: a line to be filled by hand."""
    return element("pBdr", [element("bottom", **_without_prefix(_BORDER))])


def cell(
    text: str,
    width: int,
    *,
    span: int = 1,
    merge: str = "",
    align: str = "left",
    vertical: str = "top",
    bold: bool = False,
    size: float | None = None,
    shade: str = "",
    keep_next: bool = False,
    no_wrap: bool = False,
    borders: Any = None,
) -> Any:
    properties = element("tcPr", [element("tcW", w=str(width), type="dxa")])
    if span > 1:
        properties.append(element("gridSpan", val=str(span)))
    if merge:
        properties.append(element("vMerge", val=merge))
    if borders is not None:
        properties.append(borders)
    if shade:
        properties.append(element("shd", val="clear", color="auto", fill=shade))
    if no_wrap:
        properties.append(element("noWrap"))
    properties.append(element("vAlign", val=vertical))
    words = [run(text, bold=bold, size=size)] if text else []
    return element("tc", [properties, paragraph(words, align=align, keep_next=keep_next)])


def grid(rows: Iterable[Any], widths: Sequence[int], *, borders: bool = True) -> Any:
    """A table of fixed column widths, in twips."""
    properties = element("tblPr", [element("tblW", w=str(sum(widths)), type="dxa")])
    if borders:
        lines = [element(side, **_without_prefix(_BORDER)) for side in _SIDES]
        properties.append(element("tblBorders", lines))
    properties.append(element("tblLayout", type="fixed"))
    margins = [element(side, w="60", type="dxa") for side in ("left", "right")]
    properties.append(element("tblCellMar", margins))
    columns = element("tblGrid", [element("gridCol", w=str(width)) for width in widths])
    return element("tbl", [properties, columns, *rows])


def row(cells: Iterable[Any], *, header: bool = False) -> Any:
    """A row that stays on one page; a header repeats on every page."""
    properties = element("trPr", [element("cantSplit")])
    if header:
        properties.append(element("tblHeader"))
    return element("tr", [properties, *cells])


def bookmark_name(table: Table) -> str:
    """What a program finds the table by, as the defined name of a workbook does."""
    return "table_" + re.sub(r"\W", "_", table.key)


class TableGrid:
    """A table of the document as a Word table: merged header that repeats, figures to the right, totals bold."""

    def __init__(self, table: Table, *, landscape: bool, text_width: int, number: int) -> None:
        self.table = table
        self.number = number
        chosen = layout(table, landscape=landscape)
        self.size = chosen.size
        self.widths = [max(1, int(text_width * percent / 100)) for percent in chosen.percents]

    def element(self) -> Any:
        made = grid([*self._header(), *map(self._row, self.table.rows)], self.widths)
        first = next(made.iter(qn("w:p")), None)
        if first is not None:
            key = str(self.number)
            first.insert(1, element("bookmarkStart", id=key, name=bookmark_name(self.table)))
            first.insert(2, element("bookmarkEnd", id=key))
        return made

    def _width(self, first: int, span: int) -> int:
        return sum(self.widths[first : first + span])

    def _header(self) -> list[Any]:
        levels = header_rows(self.table.columns)
        standing: dict[tuple[int, int], HeaderCell] = {}
        for level, captions in enumerate(levels):
            for caption in captions:
                for below in range(level, level + caption.rowspan):
                    standing[below, caption.column] = caption
        rows = []
        for level, captions in enumerate(levels):
            begun = {caption.column for caption in captions}
            made = [
                self._caption(standing[level, column], begins=column in begun)
                for column in range(len(self.widths))
                if (level, column) in standing
            ]
            rows.append(row(made, header=True))
        if self.table.column_numbers:
            numbers = [
                cell(str(place), width, align="center", size=self.size - 1, shade=_HEADER_SHADE)
                for place, width in enumerate(self.widths, start=1)
            ]
            rows.append(row(numbers, header=True))
        return rows

    def _caption(self, header: HeaderCell, *, begins: bool) -> Any:
        merge = "" if header.rowspan == 1 else "restart" if begins else "continue"
        return cell(
            header.caption if begins else "",
            self._width(header.column, header.colspan),
            span=header.colspan,
            merge=merge,
            align="center",
            vertical="center",
            size=self.size,
            shade=_HEADER_SHADE,
            keep_next=True,
        )

    def _row(self, item: Row) -> Any:
        columns = self.table.columns
        is_group = item.role is Role.GROUP
        spans = (
            group_spans(item, columns)
            if is_group
            else [(place, 1) for place in range(len(columns))]
        )
        made = []
        for start, span in spans:
            column = group_column(item, columns[start : start + span])
            made.append(
                cell(
                    shown(item, column),
                    self._width(start, span),
                    span=span,
                    align=_align(column),
                    bold=item.role is not Role.LINE,
                    size=self.size,
                    keep_next=is_group,
                    no_wrap=column.kind.is_figure,
                )
            )
        return row(made)


def text_width(millimetres: float) -> int:
    """Twips."""
    return round(millimetres * 72 / 25.4 * _TWIPS)


def _align(column: Column) -> str:
    if column.kind.is_figure:
        return "right"
    return "center" if column.kind in _CENTERED else "left"


def _without_prefix(attributes: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("w:"): value for name, value in attributes.items()}
