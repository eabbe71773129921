"""Reading the figures of a rendered file back, to prove that the file says what its document says.

A workbook, a Word file and data are read cell by cell where their tables are marked by name; of a PDF the figures are
found in its text in the order of the document, and no other decimal figure may stand in it.
"""

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import docx
import openpyxl
import pypdf
from docx.oxml.ns import qn

from budgets.numbers import MINUS, NO_BREAK_SPACE
from reports.documents.base import Amounts, Column, Document, Paragraph, Role, Row, Table
from reports.renderers.figures import counted, exact, shown
from reports.renderers.sentences import sentence
from reports.renderers.word_parts import bookmark_name

_DECIMAL = re.compile(rf"[+{MINUS}]?\d{{1,3}}(?:{NO_BREAK_SPACE}\d{{3}})*,\d+")
_PUNCTUATION = ",.;:()«»„“"
_SPACES = re.compile(r"[ \t\r\n]+")  # a no-break space belongs to the figure


class FiguresDiffer(Exception):
    """A file says something else than its document; the message names the first places."""


def prove(document: Document, format_name: str, content: bytes) -> int:
    """How many figures of the document were found unchanged in the file. Raises FiguresDiffer."""
    found = list(_READERS[format_name](document, content))
    wrong = [
        f"{where}: {read!r} замість {wanted!r}" for where, wanted, read in found if wanted != read
    ]
    if wrong:
        raise FiguresDiffer(f"{document.title} ({format_name}): {'; '.join(wrong[:5])}")
    return sum(1 for _where, wanted, _read in found if wanted is not None)


def figures_of(document: Document) -> int:
    """How many figures the document prints: every cell of a figure that is not empty, and sums inside sentences."""
    cells = sum(
        1
        for table in _tables(document)
        for row in table.rows
        for _place, column in _figure_columns(table, row)
        if shown(row, column)
    )
    return cells + sum(1 for _figure in _in_sentences(document))


Proof = Iterator[tuple[str, object, object]]  # where, what the document says, what the file says


def _of_workbook(document: Document, content: bytes) -> Proof:
    book = openpyxl.load_workbook(io.BytesIO(content))
    words = _words_of_workbook(book)
    for figure in _in_sentences(document):
        yield "речення", figure, figure if figure in words else None
    for table in _tables(document):
        ((sheet, area),) = book.defined_names["table_" + re.sub(r"\W", "_", table.key)].destinations
        rows = list(book[sheet][area.replace("$", "")])
        if len(rows) != len(table.rows):
            yield table.key, len(table.rows), len(rows)
        for row, cells in zip(table.rows, rows, strict=False):
            for place, column in _figure_columns(table, row):
                wanted = counted(row, column)
                yield _where(table, row, column), wanted, _number(cells[place].value, wanted)


def _words_of_workbook(book: openpyxl.Workbook) -> set[str]:
    texts = (
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    )
    return {word.strip(_PUNCTUATION) for text in texts for word in _SPACES.split(text)}


def _of_data(document: Document, content: bytes) -> Proof:
    """Data as they are written by themselves or, in an issued report, under its head."""
    read = json.loads(content)
    read = read.get("document", read)
    blocks = [block for section in read["sections"] for block in section["blocks"]]
    told = {block["key"]: block for block in blocks if block["type"] == "amounts"}
    for block in _sentences(document):
        parts = [part["amount"] for part in told[block.key]["parts"] if isinstance(part, dict)]
        wanted = [exact(part) for part in block.parts if isinstance(part, Decimal)]
        if len(parts) != len(wanted):
            yield block.key, len(wanted), len(parts)
        yield from ((block.key, *pair) for pair in zip(wanted, parts, strict=False))
    found = {block["key"]: block["rows"] for block in blocks if block["type"] == "table"}
    for table in _tables(document):
        rows = found[table.key]
        if [row["key"] for row in rows] != [row.key for row in table.rows]:
            yield table.key, len(table.rows), len(rows)
        for row, cells in zip(table.rows, rows, strict=False):
            for _place, column in _figure_columns(table, row):
                value = row.value(column.key)
                wanted_value = exact(value) if isinstance(value, Decimal) else value
                yield _where(table, row, column), wanted_value, cells["cells"].get(column.key)


def _of_word(document: Document, content: bytes) -> Proof:
    body = docx.Document(io.BytesIO(content)).element.body
    found = {
        mark.get(qn("w:name")): grid
        for grid in body.iterchildren(qn("w:tbl"))
        for mark in grid.iter(qn("w:bookmarkStart"))
    }
    words = [word for text in body.iter(qn("w:t")) for word in _SPACES.split(text.text or "")]
    for figure in _in_sentences(document):
        yield "речення", figure, figure if figure in words else None
    for table in _tables(document):
        rows = [
            row for row in found[bookmark_name(table)].iterchildren(qn("w:tr")) if not _heads(row)
        ]
        if len(rows) != len(table.rows):
            yield table.key, len(table.rows), len(rows)
        for row, read in zip(table.rows, rows, strict=False):
            texts = list(_word_cells(read))
            for place, column in _figure_columns(table, row):
                wanted = shown(row, column)
                yield _where(table, row, column), wanted or None, texts[place] or None


def _of_pdf(document: Document, content: bytes) -> Proof:
    reader = pypdf.PdfReader(io.BytesIO(content))
    words = _SPACES.split("\n".join(page.extract_text() for page in reader.pages))
    at = 0
    for table in _tables(document):
        for row in table.rows:
            for _place, column in _figure_columns(table, row):
                if not (wanted := shown(row, column)):
                    continue
                place = next((i for i in range(at, len(words)) if words[i] == wanted), None)
                yield _where(table, row, column), wanted, None if place is None else wanted
                at = at if place is None else place + 1
    yield from _decimals_of_pdf(document, words)


def _decimals_of_pdf(document: Document, words: list[str]) -> Proof:
    """Each decimal figure as often as the document has it, and none that it has not; words may add some of theirs."""
    told_words = (word.strip(_PUNCTUATION) for word in words)
    read = Counter(word for word in told_words if _DECIMAL.fullmatch(word))
    cells = Counter(
        text
        for table in _tables(document)
        for row in table.rows
        for _place, column in _figure_columns(table, row)
        if _DECIMAL.fullmatch(text := shown(row, column))
    )
    cells.update(figure for figure in _in_sentences(document) if _DECIMAL.fullmatch(figure))
    in_words = Counter(_DECIMAL.findall(_prose(document)))
    for text in sorted({*read, *cells}):
        told, wanted = read[text], cells[text]
        if in_words[text]:  # a heading may repeat on every page
            wanted = max(told, wanted)
        yield f"PDF, «{text}»", wanted, told


def _in_sentences(document: Document) -> Iterator[str]:
    """Figures inside running text, in the order of the document."""
    for block in _sentences(document):
        yield from (part.text for part in sentence(block) if part.is_figure)


def _sentences(document: Document) -> Iterator[Amounts]:
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Amounts):
                yield block


def _prose(document: Document) -> str:
    """Every word of the document that is neither in a column of figures nor a sentence with sums."""
    texts = [document.title, *document.footnotes]
    for section in document.sections:
        texts.append(section.title)
        for block in section.blocks:
            match block:
                case Paragraph():
                    texts.append(block.text)
                case Table():
                    texts += [caption for column in block.columns for caption in column.heading]
                    texts += [
                        str(row.value(column.key))
                        for row in block.rows
                        for column in block.columns
                        if not column.kind.is_figure
                    ]
    return " ".join(texts)


def _tables(document: Document) -> Iterator[Table]:
    """Tables with figures; an empty one has no place in a workbook."""
    for table in document.tables:
        if table.rows and any(column.kind.is_figure for column in table.columns):
            yield table


def _figure_columns(table: Table, row: Row) -> Iterator[tuple[int, Column]]:
    """Columns of figures by their place; a heading inside the table has none."""
    if row.role is not Role.GROUP:
        for place, column in enumerate(table.columns):
            if column.kind.is_figure:
                yield place, column


def _number(value: object, wanted: object) -> object:
    """What a reader of a workbook gets: numbers to their printed digits."""
    if isinstance(wanted, Decimal) and isinstance(value, int | float):
        try:
            return Decimal(repr(value))
        except InvalidOperation:
            return value
    return value


def _heads(row: Any) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def _word_cells(row: Any) -> Iterator[str]:
    """Texts by column: a wide cell gives its text once and then empty places."""
    for cell in row.iterchildren(qn("w:tc")):
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        yield "".join(text.text or "" for text in cell.iter(qn("w:t")))
        for _place in range(1, int(span.get(qn("w:val"))) if span is not None else 1):
            yield ""


def _where(table: Table, row: Row, column: Column) -> str:
    return f"{table.key}, {row.key}, {column.key}"


_READERS: dict[str, Callable[[Document, bytes], Proof]] = {
    "xlsx": _of_workbook,
    "docx": _of_word,
    "pdf": _of_pdf,
    "json": _of_data,
}
