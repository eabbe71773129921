import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell

from reports.documents.base import (
    Cell,
    Column,
    Document,
    Kind,
    Role,
    Row,
    Section,
    Table,
    Value,
)
from reports.renderers import xlsx


def read(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def body(book: Workbook, table: Table) -> list[tuple[SheetCell | MergedCell, ...]]:
    """The rows of a table, found by its defined name."""
    name = book.defined_names["table_" + table.key]
    ((sheet, area),) = name.destinations
    return list(book[sheet][area.replace("$", "")])


def value_of(cell: SheetCell | MergedCell, expected: Value) -> Value:
    """What a reader gets: numbers to their printed digits, dates without a time."""
    value = cell.value
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(expected, Decimal):
        assert isinstance(value, int | float), f"{cell.coordinate} is not a number: {value!r}"
        return Decimal(repr(value))
    assert value is None or isinstance(value, str | int)
    return value


def test_every_cell_holds_the_value_of_the_document(document: Document):
    book = read(xlsx.render(document))
    for table in document.tables:
        for row, cells in zip(table.rows, body(book, table), strict=True):
            if row.role is Role.GROUP:
                assert [c.value for c in cells if c.value] == [row.value("title")]
                continue
            for column, cell in zip(table.columns, cells, strict=False):
                expected = row.value(column.key)
                assert value_of(cell, expected) == expected, (table.key, cell.coordinate)


def test_text_is_never_taken_for_a_formula(document: Document):
    book = read(xlsx.render(document))
    suspicious = [
        cell
        for sheet in book.worksheets
        for cells in sheet.iter_rows()
        for cell in cells
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))
    ]
    assert {cell.value for cell in suspicious} == {"=2+2", "@ціль, що починається зі знака"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in suspicious)


def test_tables_have_sheets_that_print_their_own_header(document: Document):
    book = read(xlsx.render(document))
    assert book.sheetnames == ["Звіт", "7.1", "9", "9.5"]
    sheet = book["9"]
    assert sheet.print_title_rows == "$3:$5"
    assert sheet.freeze_panes == "C6"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
    assert "E3:G3" in {str(area) for area in sheet.merged_cells.ranges}
    assert "A3:A4" in {str(area) for area in sheet.merged_cells.ranges}
    assert [cell.value for cell in sheet[5]] == list(range(1, 14))
    assert book["7.1"]["A3"].value == "гривень"


def test_first_sheet_is_the_form(document: Document):
    sheet = read(xlsx.render(document))["Звіт"]
    texts = [cell.value for cells in sheet.iter_rows() for cell in cells if cell.value is not None]
    assert texts[:2] == ["ПРОЄКТ", "ЗАТВЕРДЖЕНО"]
    for text in (
        document.title,
        "0217530",
        "(код бюджетної програми)",
        "4. Цілі державної політики",
        "Таблиця на аркуші «7.1»",
        "Другий рядок.",
        "* Зазначаються всі напрями.",
        "Ольга ПАШКО",
        "(Власне ім’я, ПРІЗВИЩЕ)",
    ):
        assert text in texts


def test_figures_have_formats_and_dates_are_dates(document: Document):
    book = read(xlsx.render(document))
    money = body(book, document.table("lines"))[0][2]
    value = body(book, document.table("indicators"))[4][4]
    date = body(book, document.table("execution"))[1][1]
    assert money.number_format == "#,##0.00"
    assert (value.number_format, value.value) == ("#,##0.00##", 0.1255)
    assert (date.number_format, date.value) == ("dd.mm.yyyy", dt.datetime(2023, 12, 31))  # noqa: DTZ001


def test_same_document_gives_same_bytes(document: Document):
    content = xlsx.render(document)
    assert content == xlsx.render(document)
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(content)).infolist()}
    assert dates == {(2000, 1, 1, 0, 0, 0)}
    assert read(content).properties.title == document.title


def formulas(document: Document, key: str) -> list[list[object]]:
    book = read(xlsx.render(document, formulas=True))
    return [[cell.value for cell in cells] for cells in body(book, document.table(key))]


def test_deviations_and_totals_are_formulas(document: Document):
    first, *_lines, total = formulas(document, "lines")
    # Two header rows under the title, the section and the unit: the body begins in row 6.
    assert first[2:] == [999999999.99, 0.01, "=C6+D6", 0, 0, "=F6+G6", "=F6-C6", "=G6-D6", "=H6-E6"]
    assert total[2:] == [f"=SUM({letter}6:{letter}8)" for letter in "CDEFGHIJK"]


def test_quotients_refer_to_their_rows(document: Document):
    average = formulas(document, "indicators")[3]
    assert average[4] == "=IF(E8=0,0,ROUND(E7/E8,2))"
    assert average[9] == "=IF(J8=0,0,ROUND(J7/J8,2))"
    assert average[10] == "=H9-E9"


def test_subtotals_sum_their_part_and_percents_keep_their_rule(document: Document):
    rows = formulas(document, "execution")
    assert rows[1][4] == '=IF(C5=0,"",ROUND(D5*100/C5,2))'
    assert rows[3][2:] == ["=SUM(C5:C6)", "=SUM(D5:D6)", '=IF(C7=0,"",ROUND(D7*100/C7,2))']
    assert rows[6][2:] == ["=SUM(C5:C6,C9)", "=SUM(D5:D6,D9)", '=IF(C10=0,"",ROUND(D10*100/C10,2))']


def test_unknown_figures_stay_empty_in_a_working_copy(document: Document):
    assert formulas(document, "indicators")[5][4:] == [None] * 9


def test_two_tables_of_one_section_get_two_sheets(document: Document):
    table = document.table("execution")
    section = Section("9.5", "Виконання", (table, replace(table, key="other")))
    book = read(xlsx.render(replace(document, sections=(section,))))
    assert book.sheetnames == ["Звіт", "9.5", "9.5 (2)"]


def amounts_document(document: Document, amounts: list[Decimal]) -> Document:
    columns = (Column("amount", ("Сума",), Kind.MONEY),)
    rows = tuple(
        Row(str(index), Role.LINE, {"amount": Cell(amount)}) for index, amount in enumerate(amounts)
    )
    return replace(document, sections=(Section("1", "Суми", (Table("amounts", columns, rows),)),))


def test_ten_thousand_amounts_come_back_from_a_real_file(document: Document):
    chosen = random.Random(836).sample(range(1_000_001), 9_990)  # noqa: S311
    limits = [0, 1, 7, 29, 1_000_000, -1, -36145000, 99999999999999, -99999999999999, 10]
    amounts = [Decimal(kopecks).scaleb(-2) for kopecks in (*limits, *chosen)]
    sheet = read(xlsx.render(amounts_document(document, amounts)))
    table = amounts_document(document, amounts).table("amounts")
    read_back = [Decimal(repr(cells[0].value)) for cells in body(sheet, table)]
    assert read_back == amounts


@pytest.mark.office
def test_working_copy_recalculates_to_the_values(
    document: Document, recalculated: Callable[[bytes], Path]
):
    book = load_workbook(recalculated(xlsx.render(document, formulas=True)), data_only=True)
    for table in document.tables:
        for row, cells in zip(table.rows, body(book, table), strict=True):
            for column, cell in zip(table.columns, cells, strict=False):
                expected = row.value(column.key)
                if isinstance(expected, Decimal):
                    assert isinstance(cell.value, int | float), (table.key, cell.coordinate)
                    assert Decimal(repr(round(cell.value, 4))) == expected
                elif column.kind.is_figure:
                    assert cell.value in {None, ""}
