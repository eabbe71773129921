import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from reports.documents.base import Document, Paragraph, Role, Section
from reports.renderers.docx import render
from reports.renderers.figures import shown
from reports.renderers.read_back import prove


@pytest.fixture(scope="session")
def word(document: Document):
    return docx.Document(io.BytesIO(render(document)))


def grid(word, key):
    """The table that carries the bookmark of a table of the document."""
    for table in word.tables:
        if any(
            mark.get(qn("w:name")) == f"table_{key}"
            for mark in table._tbl.iter(qn("w:bookmarkStart"))
        ):
            return table
    raise AssertionError(key)


def test_every_figure_and_word_of_the_tables_is_there(document: Document, word):
    for table in document.tables:
        rows = grid(word, table.key).rows
        heads = [
            row for row in rows if row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        ]
        body = rows[len(heads) :]
        assert len(body) == len(table.rows)
        for row, read in zip(table.rows, body, strict=True):
            if row.role is not Role.GROUP:
                assert [cell.text for cell in read.cells] == [shown(row, c) for c in table.columns]


def test_figures_are_proved_by_reading_the_file_back(document: Document):
    assert prove(document, "docx", render(document)) > 50


def test_headers_are_merged_and_repeat_on_every_page(word):
    table = grid(word, "indicators")
    first, second, numbers = (row._tr for row in list(table.rows)[:3])
    spans = [tc.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}") for tc in first.iterchildren(qn("w:tc"))]
    assert [span.get(qn("w:val")) for span in spans if span is not None] == ["3", "3", "3"]
    merges = [tc.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}") for tc in first.iterchildren(qn("w:tc"))]
    assert [merge.get(qn("w:val")) for merge in merges if merge is not None] == ["restart"] * 4
    below = [tc.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}") for tc in second.iterchildren(qn("w:tc"))]
    assert [merge.get(qn("w:val")) for merge in below if merge is not None] == ["continue"] * 4
    assert all(
        tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        for tr in (first, second, numbers)
    )
    assert [cell.text for cell in table.rows[2].cells] == [str(place) for place in range(1, 14)]
    assert [len(row.cells) for row in table.rows] == [13] * len(table.rows)


def test_figures_stand_to_the_right_and_totals_are_bold(document: Document, word):
    table = grid(word, "lines")
    cell = table.rows[-1].cells[2]
    assert cell.text == shown(document.table("lines").rows[-1], document.table("lines").columns[2])
    assert cell.paragraphs[0].alignment == 2
    assert cell.paragraphs[0].runs[0].bold
    assert not table.rows[-2].cells[2].paragraphs[0].runs[0].bold


def test_the_page_is_landscape_or_leaves_room_for_binding(document: Document, word):
    section = word.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    portrait = docx.Document(io.BytesIO(render(replace(document, landscape=False)))).sections[0]
    margins = [round((each or 0) / Mm(1)) for each in (portrait.left_margin, portrait.right_margin)]
    assert (portrait.orientation, margins) == (WD_ORIENT.PORTRAIT, [30, 10])
    assert word.styles["Normal"].font.name == "Times New Roman"


def test_the_form_reads_from_top_to_bottom(document: Document, word):
    texts = [paragraph.text for paragraph in word.paragraphs if paragraph.text]
    assert texts[:4] == ["ПРОЄКТ", "ЗАТВЕРДЖЕНО", "Наказ від 31.12.2022 № 5", document.title]
    for text in (
        "4. Цілі державної політики",
        "7.1. Аналіз розділу «Видатки»",
        "Другий рядок.",
        "гривень",
        "* Зазначаються всі напрями.",
    ):
        assert text in texts
    assert any("1\u00a0000\u00a0195\u00a0010,17" in text for text in texts)
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert {"Ольга ПАШКО", "(підпис)", "0217530", "(код бюджетної програми)"} <= cells
    assert word.paragraphs[3].style.name == "Heading 1"


def test_the_same_document_gives_the_same_bytes_and_no_clock(document: Document):
    content = render(document)
    assert content == render(document)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert (properties.author, properties.created.year, properties.title) == (
        "",
        2000,
        document.title,
    )


def test_characters_that_no_word_file_can_hold_are_left_out(document: Document):
    strange = replace(
        document, sections=(Section("1", "Розділ\x0b", (Paragraph("p", "а\x00б\x1fв\ufffe"),)),)
    )
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(render(strange))).paragraphs]
    assert "абв" in texts


def test_a_line_to_be_filled_is_a_line(word):
    empty = [p for p in word.paragraphs if p._p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}") is not None]
    assert len(empty) == 1


def test_a_sum_inside_a_table_reads_as_its_value(document: Document, word):
    text = grid(word, "lines").rows[-1].cells[4].text
    total = document.table("lines").rows[-1].figure("approved_total")
    assert Decimal(text.replace("\u00a0", "").replace(",", ".")) == total
