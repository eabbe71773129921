import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal

import docx
import openpyxl
import pypdf
import pytest

from reports import session_package
from reports.documents.base import Cell, Row
from reports.renderers import FORMATS
from reports.renderers.read_back import FiguresDiffer, prove

FILES = [
    "1-rishennia.docx", "1-rishennia.pdf",
    "2-dodatok-1-zminy.pdf", "2-dodatok-1-zminy.xlsx", "2-dodatok-1-zminy.docx",
    "3-dodatok-2-nova-redaktsiia.pdf", "3-dodatok-2-nova-redaktsiia.xlsx", "3-dodatok-2-nova-redaktsiia.docx",
    "4-porivnialna-tablytsia.pdf", "4-porivnialna-tablytsia.xlsx", "4-porivnialna-tablytsia.docx",
    "5-poiasniuvalna-zapyska.pdf", "5-poiasniuvalna-zapyska.xlsx", "5-poiasniuvalna-zapyska.docx",
]  # fmt: skip


@pytest.fixture
def archive(draft):
    package = session_package.build(draft)
    assert package.proved > 500
    return zipfile.ZipFile(io.BytesIO(package.content))


def changed(document, table_key, row_key, column, value):
    """The same document with one figure altered."""

    def altered(row: Row) -> Row:
        if row.key != row_key:
            return row
        return replace(row, cells={**row.cells, column: Cell(value)})

    sections = []
    for section in document.sections:
        blocks = tuple(
            replace(block, rows=tuple(map(altered, block.rows)))
            if getattr(block, "rows", None) and block.key == table_key
            else block
            for block in section.blocks
        )
        sections.append(replace(section, blocks=blocks))
    return replace(document, sections=tuple(sections))


def test_the_package_holds_every_paper_and_each_opens(archive):
    assert archive.namelist() == FILES
    for name in FILES:
        content = io.BytesIO(archive.read(name))
        match name.rpartition(".")[2]:
            case "pdf":
                text = "".join(page.extract_text() for page in pypdf.PdfReader(content).pages)
                assert "ПРОЄКТ" in text
            case "xlsx":
                assert openpyxl.load_workbook(content).sheetnames
            case "docx":
                assert docx.Document(content).paragraphs[0].text == "ПРОЄКТ"


def test_the_annexes_say_to_which_decision_they_belong(archive):
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(archive.read(FILES[4]))).paragraphs)
    assert "Додаток 1\nдо рішення від «___» ________ 20__ року № ________" in text
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(archive.read(FILES[7]))).paragraphs)
    assert "Додаток 2" in text


def test_a_figure_is_the_same_in_each_file_of_a_paper(archive, town):
    pdf = pypdf.PdfReader(io.BytesIO(archive.read("4-porivnialna-tablytsia.pdf")))
    assert re.search(r"46,0\s+−10,0\s+36,0", "".join(page.extract_text() for page in pdf.pages))
    book = openpyxl.load_workbook(io.BytesIO(archive.read("4-porivnialna-tablytsia.xlsx")))
    sheet = book[book.sheetnames[1]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any(row[7:10] == [46, -10, 36] for row in rows)
    word = docx.Document(io.BytesIO(archive.read("4-porivnialna-tablytsia.docx")))
    texts = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert any(row[7:10] == ["46,0", "−10,0", "36,0"] for row in texts)


def test_the_same_act_gives_the_same_bytes(draft):
    first, second = (session_package.build(draft).content for _time in range(2))
    assert first == second


def test_papers_that_disagree_are_not_handed_out(draft, monkeypatch):
    made = session_package.papers(draft)
    table = made.new_edition.table("measures")
    row = next(row for row in table.lines if row.figure("2024.total"))
    wrong = changed(made.new_edition, "measures", row.key, "2024.total", Decimal("1.00"))
    broken = replace(made, new_edition=wrong)
    assert list(session_package.disagreeing(broken))
    monkeypatch.setattr(session_package, "papers", lambda *_a, **_k: broken)
    with pytest.raises(FiguresDiffer, match="не сходяться"):
        session_package.build(draft)


def test_a_comparative_table_that_adds_up_to_something_else_is_found(draft):
    made = session_package.papers(draft)
    wrong = changed(made.comparison, "comparison", "total", "amount_change", Decimal("9.99"))
    found = list(session_package.disagreeing(replace(made, comparison=wrong)))
    assert found == ["порівняльна таблиця: зміна 9.99, за редакціями 500.75"]


@pytest.mark.parametrize("format_name", ["pdf", "xlsx", "docx"])
def test_a_file_that_says_another_figure_than_its_document_is_found(draft, format_name):
    made = session_package.papers(draft)
    content = FORMATS[format_name].render(made.deltas)
    assert prove(made.deltas, format_name, content) > 20
    table = made.deltas.table("measures")
    row = next(row for row in table.lines if row.figure("2024.special"))
    other = changed(made.deltas, "measures", row.key, "2024.special", Decimal("-10000.01"))
    with pytest.raises(FiguresDiffer, match=r"2024\.special"):
        prove(other, format_name, content)


@pytest.mark.parametrize("format_name", ["pdf", "docx"])
def test_a_sum_in_the_decision_is_proved_too(draft, format_name):
    decision = session_package.papers(draft).decision
    content = FORMATS[format_name].render(decision)
    prove(decision, format_name, content)
    section = next(each for each in decision.sections if each.number == "2")
    amounts = replace(section.blocks[0], parts=(Decimal("5.00"),))
    sections = [
        replace(each, blocks=(amounts,)) if each is section else each for each in decision.sections
    ]
    with pytest.raises(FiguresDiffer):
        prove(replace(decision, sections=tuple(sections)), format_name, content)
