"""Money printed in thousands, changes with a sign, quantities, and rows that name what they sum."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from reports.checks import arithmetic
from reports.documents.base import (
    Cell,
    Column,
    Document,
    Kind,
    Role,
    Row,
    Section,
    Standalone,
    SumOf,
    Table,
    Unit,
)
from reports.documents.sums import summed_rows
from reports.renderers import data, html, xlsx
from reports.renderers.figures import in_unit, printed, shown
from reports.renderers.read_back import prove


def money(key: str, *, sums: tuple[str, ...] = (), signed: bool = False) -> Column:
    rule = SumOf(sums) if sums else None
    return Column(key, (key,), Kind.MONEY, rule, unit=Unit.THOUSAND, signed=signed)


def line(
    key: str,
    general: str | None,
    special: str | None,
    *,
    parts=None,
    role=Role.LINE,
    restated=False,
) -> Row:
    values = [None if each is None else Decimal(each) for each in (general, special)]
    known = [value for value in values if value is not None]
    total = sum(known, Decimal(0)) if known else None
    cells = {
        name: Cell(value, restated=restated)
        for name, value in zip(("general", "special", "total"), (*values, total), strict=True)
    }
    return Row(key, role, {"name": Cell(key), **cells}, parts)


@pytest.fixture
def table() -> Table:
    """A total above its lines, a parent above its parts, an amount that is only repeated."""
    rows = (
        line(
            "all", "1850.00", "-439060.00", parts=("parent", "single", "repeated"), role=Role.TOTAL
        ),
        line("parent", "1849.99", "-439060.00", parts=("first", "second")),
        line("first", "1849.99", None),
        line("second", None, "-439060.00"),
        line("single", "0.01", None),
        line("repeated", "4000.00", None, restated=True),
        line("nothing", None, None, parts=(), role=Role.SUBTOTAL),
    )
    columns = (
        Column("name", ("Назва",), Kind.TEXT, width=30),
        money("general", signed=True),
        money("special", signed=True),
        money("total", sums=("general", "special"), signed=True),
    )
    return Table("changes", columns, rows, unit="тис. грн")


@pytest.fixture
def paper(table: Table) -> Document:
    return Document("programme-measures", "", "Зміни", "zminy", (Section("1", "Зміни", (table,)),))


@pytest.mark.parametrize(
    ("hryvnias", "text"),
    [
        ("1850.00", "1,85"),
        ("1000", "1,0"),
        ("0.00", "0,0"),
        ("0.01", "0,00001"),
        ("-439060.00", "−439,06"),
        ("27395400.00", "27\u00a0395,4"),
        ("999999999999.99", "999\u00a0999\u00a0999,99999"),
    ],
)
def test_hryvnias_print_in_thousands_to_the_kopeck(hryvnias: str, text: str):
    assert printed(Decimal(hryvnias), Kind.MONEY, Unit.THOUSAND) == text


def test_no_amount_is_ever_rounded_in_thousands():
    for kopecks in range(0, 100_000_000, 997):
        amount = Decimal(kopecks).scaleb(-2)
        text = printed(amount, Kind.MONEY, Unit.THOUSAND).replace("\u00a0", "").replace(",", ".")
        assert Decimal(text) * 1000 == amount == in_unit(amount, Unit.THOUSAND) * 1000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("365", "365"),
        ("1574.100", "1\u00a0574,1"),
        ("0", "0"),
        ("-3.000", "−3"),
        ("0.1255", "0,1255"),
    ],
)
def test_quantities_show_the_decimals_they_have(value: str, text: str):
    assert printed(Decimal(value), Kind.QUANTITY) == text


def test_a_change_has_its_sign_and_what_is_repeated_has_none(table: Table):
    texts = {row.key: [shown(row, column) for column in table.columns[1:]] for row in table.rows}
    assert texts["all"] == ["+1,85", "−439,06", "−437,21"]
    assert texts["single"] == ["+0,00001", "", "+0,00001"]
    assert texts["repeated"] == ["4,0", "", "4,0"]
    assert texts["nothing"] == ["", "", ""]


def test_zero_among_changes_has_no_sign(table: Table):
    row = line("zero", "0.00", None)
    assert shown(row, table.columns[1]) == "0,0"


def test_rows_sum_the_rows_they_name(table: Table, paper: Document):
    assert summed_rows(table) == {0: (1, 4, 5), 1: (2, 3)}
    assert list(arithmetic.check_arithmetic(paper)) == []


@pytest.mark.parametrize(
    ("row", "column"), [("all", "general"), ("parent", "special"), ("single", "total")]
)
def test_a_wrong_sum_is_found(table: Table, row: str, column: str):
    wrong = [
        replace(each, cells={**each.cells, column: Cell(Decimal("5.00"))})
        if each.key == row
        else each
        for each in table.rows
    ]
    broken = Section("1", "", (replace(table, rows=tuple(wrong)),))
    findings = list(arithmetic.check_arithmetic(Document("k", "", "", "", (broken,))))
    assert row in {finding.row for finding in findings}


def test_a_sum_that_is_not_split_stands_alone(table: Table):
    cells = {**line("unsplit", None, None).cells, "total": Cell(Decimal("9.00"), rule=Standalone())}
    alone = replace(table, rows=(Row("unsplit", Role.LINE, cells),))
    document = Document("k", "", "", "", (Section("1", "", (alone,)),))
    assert list(arithmetic.check_arithmetic(document)) == []


def test_a_workbook_holds_thousands_and_shows_signs(paper: Document):
    book = load_workbook(io.BytesIO(xlsx.render(paper)))
    cells = {row[0].value: row[1:] for row in book["1"].iter_rows()}
    assert (cells["all"][0].value, cells["single"][0].value) == (1.85, 0.00001)
    assert cells["all"][0].number_format == '"+"#,##0.0####;"−"#,##0.0####;#,##0.0####'
    assert cells["repeated"][0].number_format == "#,##0.0####"
    assert cells["nothing"][0].value is None
    assert prove(paper, "xlsx", xlsx.render(paper)) == 14


def test_a_working_copy_sums_the_same_rows_and_leaves_repeated_amounts_out(paper: Document):
    book = load_workbook(io.BytesIO(xlsx.render_working_copy(paper)))
    rows = {row[0].value: row for row in book["1"].iter_rows()}
    at = {key: row[0].row for key, row in rows.items()}
    assert rows["all"][1].value == f"=SUM(B{at['parent']},B{at['single']})"
    assert rows["parent"][1].value == f"=SUM(B{at['first']}:B{at['second']})"
    assert rows["first"][3].value == f"=SUM(B{at['first']})"
    assert rows["repeated"][1].value == 4
    assert rows["nothing"][3].value is None


def test_data_stay_in_hryvnias_and_say_how_they_are_printed(paper: Document):
    text = data.render(paper).decode()
    assert '"general": "-439060.00"' not in text
    assert '"special": "-439060.00"' in text
    assert text.count('"unit": "thousand"') == 3
    assert '"restated": [' in text


def test_a_page_prints_the_same(paper: Document):
    page = html.render_page(paper)
    assert "+1,85" in page
    assert "−439,06" in page
