"""A document as a Word file, for what people edit further.

The same text and the same figures as the PDF: title, form head, sections, tables with their merged headers repeated on
every page, footnotes, signature lines. The body of each table is bookmarked (``table_measures``), so that a program
finds it. The same document gives the same bytes.
"""

import datetime as dt
import io
import re
from copy import deepcopy
from itertools import count
from typing import Any

import docx
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reports.documents.base import (
    Amounts,
    Block,
    Document,
    Fields,
    Paragraph,
    Section,
    Signature,
    Table,
)
from reports.renderers import word_parts, wording
from reports.renderers.archives import repacked
from reports.renderers.cell_styles import FACE
from reports.renderers.headings import heading_number
from reports.renderers.sentences import sentence
from reports.renderers.typesetting import field_parts
from reports.renderers.word_parts import cell, element, paragraph, run, text_width

_EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 (python-docx takes no time zone)
_SIZE, _TITLE_SIZE, _SMALL_SIZE, _UNIT_SIZE, _NOTE_SIZE = 11, 14, 7.5, 9, 9
# Page and margins in millimetres: width, height, top, right, bottom, left.
_LANDSCAPE = (297, 210, 10, 10, 15, 20)
_PORTRAIT = (210, 297, 20, 10, 20, 30)  # decisions leave room for binding
_HEADINGS = {"Heading 1": _TITLE_SIZE, "Heading 2": _SIZE, "Heading 3": _SIZE}
_APPROVAL_INDENT = 0.58  # of the text width


def render(document: Document) -> bytes:
    written = io.BytesIO()
    _Writer(document).file.save(written)
    return repacked(written)


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.file: WordFile = docx.Document()
        self.bookmarks = count(1)
        page = _LANDSCAPE if document.landscape else _PORTRAIT
        self.width = text_width(page[0] - page[3] - page[5])
        self._describe()
        self._set_styles()
        self._set_page(page)
        self._write()

    def _describe(self) -> None:
        properties = self.file.core_properties
        properties.title = " ".join(self.document.title.split())
        properties.language = self.document.language
        properties.author = properties.last_modified_by = properties.comments = ""
        properties.created = properties.modified = _EPOCH
        properties.revision = 1

    def _set_styles(self) -> None:
        styles = self.file.styles
        for name, size in {"Normal": _SIZE, **_HEADINGS}.items():
            style: Any = styles[name]
            style.font.name, style.font.size = FACE, Pt(size)
            style.font.color.rgb = RGBColor(0, 0, 0)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{kind}"), None)
            for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.set(qn(f"w:{kind}"), FACE)
        normal: Any = styles["Normal"]
        normal.paragraph_format.space_after = Pt(0)
        normal.element.rPr.append(element("lang", val=f"{self.document.language}-UA"))
        for name in _HEADINGS:
            heading: Any = styles[name]
            heading.font.bold = True
            heading.paragraph_format.space_before = Pt(8)
            heading.paragraph_format.space_after = Pt(4)

    def _set_page(self, page: tuple[int, ...]) -> None:
        section = self.file.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE if self.document.landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(page[0]), Mm(page[1])
        section.top_margin, section.right_margin = Mm(page[2]), Mm(page[3])
        section.bottom_margin, section.left_margin = Mm(page[4]), Mm(page[5])
        section.header_distance = section.footer_distance = Mm(6)
        footer = section.footer.paragraphs[0]._p
        footer.get_or_add_pPr().append(element("jc", val="center"))
        for part in re.split("(&P|&N)", wording.PAGE_FOOTER):
            code = {"&P": "PAGE", "&N": "NUMPAGES"}.get(part)
            small = _SMALL_SIZE
            footer.append(word_parts.field(code, size=small) if code else run(part, size=small))

    def _write(self) -> None:
        document = self.document
        if document.draft_mark:
            self._text(document.draft_mark, align="right", bold=True)
        for text in document.approval.lines if document.approval else ():
            self._text(text, indent=int(self.width * _APPROVAL_INDENT))
        self._heading(document.title, 1, align="center")
        for section in document.sections:
            self._section(section)
        for footnote in document.footnotes:
            self._text(footnote, size=_NOTE_SIZE)
        for signature in document.signatures:
            self._signature(signature)

    # Text

    def _add(self, made: Any) -> Any:
        self.file.element.body.insert_element_before(made, "w:sectPr")
        return made

    def _text(
        self,
        text: str,
        *,
        align: str = "left",
        bold: bool = False,
        size: float | None = None,
        indent: int = 0,
        keep_next: bool = False,
    ) -> Any:
        made = paragraph([run(text, bold=bold, size=size)], align=align, keep_next=keep_next)
        if indent:
            made.pPr.insert_element_before(element("ind", left=str(indent)), "w:jc")
        return self._add(made)

    def _heading(self, text: str, level: int, *, align: str = "left") -> None:
        made = self.file.add_heading(level=level)._p
        made.append(run(text))
        made.get_or_add_pPr().append(element("jc", val=align))

    def _section(self, section: Section) -> None:
        number = heading_number(section.number)
        if section.title:
            is_part = "." in section.number
            self._heading(f"{number} {section.title}".strip(), 3 if is_part else 2)
            number = ""
        for block in section.blocks:
            self._block(block, number)
            number = ""

    def _block(self, block: Block, number: str) -> None:
        match block:
            case Fields():
                self._fields(block, number)
            case Paragraph():
                self._paragraph(block.text, number)
            case Amounts():
                runs = [run(part.text, bold=part.is_figure) for part in sentence(block)]
                lead = [run(f"{number} ")] if number else []
                self._add(paragraph([*lead, *runs], align="both"))
            case Table():
                self._table(block, number)
        self._text("", size=4)

    def _paragraph(self, text: str, number: str) -> None:
        for line in text.split("\n"):
            made = self._text(f"{number} {line}".strip(), align="both" if line else "left")
            if not line:
                made.pPr.insert_element_before(word_parts.bottom_line(), "w:spacing", "w:jc")
            number = ""

    # Tables

    def _table(self, table: Table, number: str) -> None:
        if number:
            self._text(number, keep_next=True)
        if table.caption:
            self._text(table.caption, bold=True, keep_next=True)
        if table.unit:
            self._text(table.unit, align="right", size=_UNIT_SIZE, keep_next=True)
        made = word_parts.TableGrid(
            table,
            landscape=self.document.landscape,
            text_width=self.width,
            number=next(self.bookmarks),
        )
        self._add(made.element())

    def _fields(self, block: Fields, number: str) -> None:
        """Values on a line, their captions in small print below it."""
        parts = [field_parts(item.value) for item in block.items]
        lead = text_width(8) if number else 0
        room = self.width - lead
        widths = [room * part // sum(parts) for part in parts]
        line = element("tcBorders", [element("bottom", val="single", sz="4", color="000000")])
        values = [
            cell(
                item.value, width, align="center", bold=True, borders=deepcopy(line), keep_next=True
            )
            for item, width in zip(block.items, widths, strict=True)
        ]
        captions = [
            cell(item.caption, width, align="center", size=_SMALL_SIZE)
            for item, width in zip(block.items, widths, strict=True)
        ]
        if number:
            values.insert(0, cell(number, lead))
            captions.insert(0, cell("", lead))
            widths.insert(0, lead)
        rows = [word_parts.row(values), word_parts.row(captions)]
        self._add(word_parts.grid(rows, widths, borders=False))

    def _signature(self, signature: Signature) -> None:
        self._text("", keep_next=True)
        if signature.heading:
            self._text(signature.heading, bold=True, keep_next=True)
        widths = [self.width * share // 20 for share in (9, 1, 4, 1, 5)]
        line = element("tcBorders", [element("bottom", val="single", sz="4", color="000000")])
        first = [
            cell(signature.position, widths[0], keep_next=True),
            cell("", widths[1]),
            cell("", widths[2], borders=deepcopy(line)),
            cell("", widths[3]),
            cell(signature.name, widths[4], align="center", vertical="bottom", borders=line),
        ]
        captions = ("", "", wording.SIGNATURE_CAPTION, "", wording.NAME_CAPTION)
        second = [
            cell(text, width, align="center", size=_SMALL_SIZE)
            for text, width in zip(captions, widths, strict=True)
        ]
        rows = [word_parts.row(first), word_parts.row(second)]
        self._add(word_parts.grid(rows, widths, borders=False))
