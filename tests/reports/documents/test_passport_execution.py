"""The report of 0217530 for 2023 against the published figures (tests/golden)."""

import dataclasses
import datetime as dt
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.choices import Fund
from budgets.models import Passport
from budgets.money import print_amount
from budgets.numbers import print_number
from budgets.services import cash
from reports import checks
from reports.catalogue import KINDS
from reports.documents import passport_execution
from reports.documents.base import Amounts, Cell, Kind, Role, Table
from reports.models import ExecutionReport
from reports.renderers import FORMATS

pytestmark = pytest.mark.django_db

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "passport_execution_0217530_2023.json").read_text(
        encoding="utf-8"
    )
)
PARTS = ("general", "special", "total")
_PRINTED = re.compile(r"\u2212?\d{1,3}(?:\u00a0\d{3})*,\d{2}(?!\d)")


def triple(row, prefix):
    return [f"{row.value(f'{prefix}_{part}'):.2f}" for part in PARTS]


def figures_of(table: Table) -> list[str]:
    """Every figure of a table in reading order, as printed."""
    return [
        print_number(value, max_places=4)
        for row in table.rows
        for column in table.columns
        if column.kind.is_figure and isinstance(value := row.value(column.key), Decimal)
    ]


@pytest.fixture
def document(sample):
    return passport_execution.build(sample)


def test_lines_are_as_published(document):
    table = document.table("lines")
    assert [row.value("line") for row in table.lines] == [line["title"] for line in GOLDEN["lines"]]
    for row, line in zip(table.lines, GOLDEN["lines"], strict=True):
        assert row.value("number") == line["number"]
        assert [triple(row, name) for name in ("approved", "cash", "deviation")] == [
            line["approved"],
            line["cash"],
            line["deviation"],
        ]


@pytest.mark.parametrize("name", ["lines", "local_programmes"])
def test_control_totals_of_7_1_and_8(document, name):
    table = document.table(name)
    total = table.row("total") or table.lines[0]
    assert triple(total, "approved") == ["1000000.00", "0.00", "1000000.00"]
    assert triple(total, "cash") == ["638550.00", "0.00", "638550.00"]
    assert triple(total, "deviation") == ["-361450.00", "0.00", "-361450.00"]


def test_forty_indicators_are_as_published(document):
    table = document.table("indicators")
    assert [row.role for row in table.rows].count(Role.GROUP) == 4
    for row, indicator in zip(table.lines, GOLDEN["indicators"], strict=True):
        assert row.value("number") == indicator["number"]
        for name in ("approved", "actual", "deviation"):
            assert triple(row, name) == indicator[name], (indicator["number"], name)


def test_percent_executed(document):
    assert document.meta["percent_executed"] == GOLDEN["percent_executed"] == "63.86"


def test_the_sample_report_passes_every_check(document):
    assert checks.run(document) == []


def test_every_figure_says_where_it_comes_from(document):
    for name in ("lines", "local_programmes", "indicators"):
        table = document.table(name)
        for row in table.rows:
            for column in table.columns:
                if column.kind.is_figure and column.key in row.cells:
                    assert row.cells[column.key].source is not None, (name, row.key, column.key)


def test_a_wrong_deviation_is_found(document):
    table = document.table("lines")
    row = table.rows[3]
    spoiled = dataclasses.replace(
        row, cells={**row.cells, "deviation_total": Cell(Decimal("-50000.01"))}
    )
    section = document.section("7.1")
    changed = dataclasses.replace(
        section,
        blocks=(dataclasses.replace(table, rows=(*table.rows[:3], spoiled, *table.rows[4:])),),
    )
    sections = tuple(changed if each is section else each for each in document.sections)
    findings = checks.run(dataclasses.replace(document, sections=sections))
    assert {(finding.code, finding.row) for finding in findings} == {
        ("arithmetic", row.key),
        ("arithmetic", "total"),
    }
    assert any("−50\u00a0000,01" in finding.message for finding in findings)


def test_missing_words_and_contradictions_are_found(sample):
    report = ExecutionReport.objects.get(passport=sample)
    report.analysis = ""
    report.save()
    first, second, *_others = report.line_explanations.all()
    first.delete()
    second.text = "Кошти освоєно повністю."
    second.save()
    findings = checks.run(passport_execution.build(sample))
    assert [finding.code for finding in findings] == [
        "explanation-missing",
        "text-missing",
        "explanation-contradicts",
    ]
    assert "−45\u00a0000,00" in findings[0].message


def test_an_explanation_of_no_cash_is_held_against_the_cash(sample):
    report = ExecutionReport.objects.get(passport=sample)
    report.line_explanations.update(text="Видатків не було.")
    document = passport_execution.build(sample)
    paid = {
        row.key
        for row in document.table("lines").lines
        if row.value("cash_total") and row.value("deviation_total")
    }
    found = [each for each in checks.run(document) if each.code == "explanation-contradicts"]
    assert paid == {each.row for each in found} != set()
    assert "сказано «Видатків не було», а сплачено" in found[0].message


def test_pdf_xlsx_and_json_hold_the_same_figures(document):
    """Every number of the PDF's text equals the workbook's and the JSON's, table by table, in order."""
    expected = [figure for table in document.tables for figure in figures_of(table)]
    assert len(expected) > 400

    pages = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].render(document))).pages
    text = "\n".join(page.extract_text() for page in pages)
    text = re.sub(" ?\u00a0 ?", "\u00a0", text)  # justified prose stretches its no-break spaces
    words = " ".join(
        block.text
        for section in document.sections
        for block in section.blocks
        if hasattr(block, "text")
    ) + " ".join(
        str(cell.value)
        for table in document.tables
        for row in table.rows
        for cell in row.cells.values()
        if isinstance(cell.value, str)
    )
    printed = _PRINTED.findall(text)
    assert sorted(printed) == sorted([*expected, *_PRINTED.findall(words)])

    workbook = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(document)))
    written = [
        print_number(Decimal(str(cell.value)), max_places=4)
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "n" and cell.value is not None and ".00" in cell.number_format
    ]
    assert written == expected

    data = json.loads(FORMATS["json"].render(document))
    told = [
        print_number(Decimal(value), max_places=4)
        for section in data["sections"]
        for block in section["blocks"]
        for row in block.get("rows", [])
        for column in block["columns"]
        if Kind(column["kind"]).is_figure and (value := row["cells"].get(column["key"])) is not None
    ]
    assert told == expected


def test_queries_do_not_grow_with_payments(sample, officer):
    with CaptureQueriesContext(connection) as before:
        passport_execution.build(Passport.objects.get(pk=sample.pk))
    line = sample.revisions.get().spendinglines.get(number=1)
    for number in range(30):
        payment = cash.Payment(
            line.pk, Fund.GENERAL, "2282", dt.date(2023, 5, 1), Decimal("10.01"), str(number)
        )
        cash.record(passport=sample, payment=payment, by=officer)
    with CaptureQueriesContext(connection) as after:
        document = passport_execution.build(Passport.objects.get(pk=sample.pk))
    assert len(after) == len(before)
    assert document.table("lines").lines[0].value("cash_total") == Decimal("300.30")


def test_amounts_in_sentences_are_printed_too(sample):
    passport = KINDS["passport"].build(sample)
    sentence = next(
        block
        for section in passport.sections
        for block in section.blocks
        if isinstance(block, Amounts)
    )
    assert [part for part in sentence.parts if isinstance(part, Decimal)] == [
        Decimal("1000000.00"),
        Decimal("1000000.00"),
        Decimal("0.00"),
    ]
    pages = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].render(passport))).pages
    assert print_amount(Decimal(1000000)) in "".join(page.extract_text() for page in pages)
