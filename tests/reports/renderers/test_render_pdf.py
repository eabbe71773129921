import io
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from weasyprint import HTML
from weasyprint.formatting_structure.boxes import TableCellBox, TextBox

from reports.documents.base import Cell, Document, Paragraph, Role, Row, Section
from reports.renderers import pdf
from reports.renderers.figures import printed
from reports.renderers.html import render_page
from tests.reports.renderers.samples import LONG_WORD, indicator_table


@pytest.fixture(scope="module")
def printed_document(document: Document) -> bytes:
    return pdf.render(document)


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in read(content).pages]


def figures_in(document: Document) -> list[str]:
    return [
        printed(row.value(column.key), column.kind)
        for table in document.tables
        for row in table.rows
        for column in table.columns
        if column.kind.is_figure and row.value(column.key) is not None
    ]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_figure_is_printed_in_order(document: Document, printed_document: bytes):
    text = squeezed("".join(pages(printed_document)))
    place = 0
    for figure in figures_in(document):
        found = text.find(squeezed(figure), place)
        assert found >= 0, figure
        place = found + len(squeezed(figure))


def test_file_says_what_it_is(document: Document, printed_document: bytes):
    reader = read(printed_document)
    catalog: Any = reader.root_object
    assert reader.metadata is not None
    assert reader.metadata.title == document.title
    assert catalog["/Lang"] == "uk"
    assert catalog["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()
    assert "7.1. Аналіз розділу «Видатки»" in titles(reader.outline)
    assert reader.metadata.creation_date is None


def titles(outline: list) -> list[str]:
    return [
        title
        for item in outline
        for title in (titles(item) if isinstance(item, list) else [item["/Title"]])
    ]


def test_same_document_gives_same_bytes(document: Document, printed_document: bytes):
    assert pdf.render(document) == printed_document


def test_pages_are_numbered_and_carry_the_draft_mark(printed_document: bytes):
    texts = pages(printed_document)
    for number, text in enumerate(texts, start=1):
        assert f"сторінка {number} з {len(texts)}" in text
        assert "ПРОЄКТ" in text


@pytest.mark.parametrize(("landscape", "wide"), [(True, True), (False, False)])
def test_orientation_follows_the_document(document: Document, landscape: bool, wide: bool):
    box = read(pdf.render(replace(document, landscape=landscape))).pages[0].mediabox
    assert (box.width > box.height) is wide


def test_header_cells_head_columns_or_rows(printed_document: bytes):
    cells = structure(read(printed_document))
    scopes = {cell["/A"]["/Scope"] for cell in cells if cell["/S"] == "/TH"}
    assert scopes == {"/Column", "/Row"}
    assert not any("/Headers" in cell["/A"] for cell in cells if cell["/S"] == "/TD")


def structure(reader: pypdf.PdfReader) -> list[Any]:
    """The table cells of the structure tree."""
    found = []
    waiting: list[Any] = [reader.root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        waiting.extend(kid for kid in element.get("/K", []) if not isinstance(kid, int))
        if element.get("/S") in {"/TH", "/TD"}:
            found.append(element)
    return found


def long_document(document: Document, rows: int) -> Document:
    """A table over several pages whose rows are several lines high."""
    table = indicator_table()
    lines = [
        Row(
            f"row-{number}",
            Role.LINE,
            {
                "number": Cell(number),
                "title": Cell(f"початок{number} {'слово ' * 30} {LONG_WORD} кінець{number}"),
            },
        )
        for number in range(1, rows + 1)
    ]
    section = Section("9.1", "Аналіз", (replace(table, rows=(table.rows[0], *lines)),))
    return replace(document, sections=(section,), footnotes=(), draft_mark="", approval=None)


def test_rows_stay_whole_and_the_header_repeats(document: Document):
    texts = pages(pdf.render(long_document(document, 40)))
    assert len(texts) > 2
    for number in range(1, 41):
        holding = [text for text in texts if f"початок{number} " in text.replace("\n", " ")]
        assert len(holding) == 1
        assert f"кінець{number}" in holding[0]
    for text in texts[:-1]:
        assert "Джерело" in text
        assert "12345678910111213" in squeezed(text)


def ending(document: Document, count: int) -> Document:
    lines = "\n".join(f"Рядок {number}." for number in range(count))
    section = Section("10", "Висновок", (Paragraph("conclusion", lines),))
    return replace(document, sections=(section,), footnotes=(), draft_mark="", approval=None)


def ending_in_table(document: Document, count: int) -> Document:
    table = indicator_table()
    lines = [
        Row(f"row-{number}", Role.LINE, {"title": Cell(f"Рядок {number}.")})
        for number in range(count)
    ]
    section = Section("9.1", "Аналіз", (replace(table, rows=tuple(lines)),))
    return replace(document, sections=(section,), footnotes=(), draft_mark="", approval=None)


@pytest.mark.parametrize("build", [ending, ending_in_table])
@pytest.mark.parametrize("count", range(24, 32))
def test_signatures_never_stand_alone_or_apart(
    document: Document, build: Callable[[Document, int], Document], count: int
):
    texts = pages(pdf.render(build(document, count)))
    signed = [text for text in texts if "(підпис)" in text]
    assert len(signed) == 1
    assert signed[0].count("(підпис)") == 2
    assert "Рядок" in signed[0]


@pytest.mark.parametrize("count", range(26, 30))
def test_a_group_heading_is_never_last_on_a_page(document: Document, count: int):
    table = indicator_table()
    row, group = table.rows[2], table.rows[0]
    rows = [replace(row, key=str(number)) for number in range(count)]
    filled = replace(table, rows=(*rows, group, *rows))
    section = Section("9.1", "Аналіз", (filled,))
    texts = pages(pdf.render(replace(document, sections=(section,), approval=None)))
    holding = next(text for text in texts if "Затрат" in text)
    assert "Кількість" in holding.split("Затрат")[1]


def worst_case(document: Document, figure: Decimal) -> Document:
    """Nine columns of figures, all as long as ``figure``."""
    table = indicator_table()
    row = table.rows[1]
    cells = {
        key: replace(cell, value=figure) if isinstance(cell.value, Decimal) else cell
        for key, cell in row.cells.items()
    }
    total = Row("total", Role.TOTAL, cells)
    section = Section("9.1", "Аналіз", (replace(table, rows=(replace(row, cells=cells), total)),))
    return replace(document, sections=(section,))


@pytest.mark.parametrize("landscape", [True, False])
@pytest.mark.parametrize("figure", ["-999999999.99", "-999999999999.99", "-99999999.1255"])
def test_no_figure_leaves_its_cell(document: Document, figure: str, landscape: bool):
    shown = replace(worst_case(document, Decimal(figure)), landscape=landscape)
    cells = [
        cell
        for page in HTML(string=render_page(shown)).render(presentational_hints=True).pages
        for cell in page._page_box.descendants()
        if isinstance(cell, TableCellBox)
    ]
    assert len(cells) > 30
    for cell in cells:
        for text in cell.descendants():
            if isinstance(text, TextBox):
                assert text.width <= cell.width + 0.01, text.text


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.png", "file:///etc/hostname", "data:,x"])
def test_nothing_is_fetched(document: Document, address: str, monkeypatch: pytest.MonkeyPatch):
    page = f'<html lang="uk"><title>х</title><body>текст<img src="{address}" alt="знак">'
    monkeypatch.setattr(pdf, "render_page", lambda _document: page)
    with pytest.raises(pdf.FetchRefused):
        pdf.render(document)
