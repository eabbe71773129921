"""The analysis of 0217530 for 2023 against figures worked out apart from the program (tests/golden)."""

import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest

from budgets.numbers import print_number
from indicators.choices import Direction, IndicatorKind
from reports import checks
from reports.checks import Severity
from reports.documents import effectiveness
from reports.documents.base import Cell, Paragraph
from reports.models import EffectivenessReport
from reports.renderers import FORMATS, WORKING_COPY
from tests.indicators.effectiveness_samples import programme, year_of

pytestmark = pytest.mark.django_db

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "effectiveness_0217530_2023.json").read_text("utf-8")
)
MORE, LESS = Direction.MORE, Direction.LESS
EFFICIENCY, QUALITY = IndicatorKind.EFFICIENCY, IndicatorKind.QUALITY


@pytest.fixture
def document(sample):
    return effectiveness.build(sample)


def found(document, code):
    return [each for each in checks.run(document) if each.code == code]


@pytest.mark.parametrize("kind", ["efficiency", "quality"])
def test_every_index_is_the_one_worked_out_apart(document, kind):
    table = document.table(kind)
    rows = [
        {
            "number": row.value("number"),
            **{name: f"{row.figure(name):.2f}" for name in ("numerator", "denominator")},
            "index": str(row.figure("index")),
        }
        for row in table.lines
    ]
    assert rows == GOLDEN[kind]
    assert str(table.row("mean").figure("index")) == GOLDEN["means"][kind]


def test_the_result_is_low_and_the_scale_is_told(document):
    result = document.table("result")
    for key in ("programme", "total"):
        assert str(result.row(key).value(GOLDEN["grade"])) == GOLDEN["total"]
        assert result.row(key).value("high") is result.row(key).value("medium") is None
    assert str(document.table("score").row("total").value("value")) == GOLDEN["total"]
    (scale,) = document.section("7").blocks
    assert scale.text.startswith(
        "Застосовано шкалу без порівняння з минулим роком, бо паспорта за 2022 рік немає: висока від 190,00, середня від 165,00"
    )
    assert "Шкала з порівнянням: висока від 215,00, середня від 190,00" in scale.text
    assert "31-05110-14-5/27486" in scale.text


def test_each_figure_leads_to_its_indicator(sample, document):
    roots = {row.number: row.root_id for row in sample.revisions.get(number=1).indicators.all()}
    for kind in ("efficiency", "quality"):
        for row in document.table(kind).lines:
            for name in ("numerator", "denominator"):
                source = row.cells[name].source
                assert (source.kind, source.refs) == (
                    "indicator",
                    (sample.pk, roots[row.value("number")]),
                )


def test_the_sample_lacks_nothing_and_is_warned_of_zeros(document):
    findings = checks.run(document)
    assert {each.severity for each in findings} == {Severity.WARNING}
    (zeros,) = found(document, "index-warning")
    assert zeros.message.endswith("Показники: 21, 23, 24, 25, 26, 28, 29.")


def test_a_low_score_needs_its_causes(sample):
    EffectivenessReport.objects.update(causes="")
    (missing,) = found(effectiveness.build(sample), "causes-missing")
    assert missing.severity is Severity.ERROR


def test_a_good_score_needs_none(sample, officer):
    document = effectiveness.build(year_of(programme(sample.programme, "0217531"), 2023, officer))
    assert found(document, "causes-missing") == []
    assert "не потрібен" in document.section("6").blocks[0].text


def test_missing_values_and_a_missing_score_are_errors(sample, officer):
    figures = [(EFFICIENCY, MORE, "5", None)]
    document = effectiveness.build(
        year_of(programme(sample.programme, "0217531"), 2023, officer, figures)
    )
    assert [each.row for each in found(document, "actual-missing")] == [
        document.table("efficiency").lines[0].key
    ]
    assert found(document, "score-missing")
    assert document.table("score").row("total").value("value") is None
    assert all(FORMATS[name].render(document) for name in FORMATS)


def test_average_costs_marked_more_is_better_are_pointed_out(sample):
    document = effectiveness.build(sample)
    assert found(document, "direction") == []
    table = document.table("efficiency")
    row = table.lines[0]
    slip = replace(row, cells={**row.cells, "direction": Cell("більше")})
    (warning,) = found(with_row(document, table, slip), "direction")
    assert (warning.severity, warning.row) == (Severity.WARNING, row.key)


def with_row(document, table, changed):
    """The document with one row in place of the one of the same key."""
    rows = tuple(changed if row.key == changed.key else row for row in table.rows)
    sections = tuple(
        replace(
            section,
            blocks=tuple(
                replace(table, rows=rows) if block is table else block for block in section.blocks
            ),
        )
        for section in document.sections
    )
    return replace(document, sections=sections)


@pytest.mark.parametrize(
    ("name", "row", "column"),
    [
        ("efficiency", -2, "index"),
        ("efficiency", -1, "index"),
        ("score", -1, "value"),
        ("result", -1, "low"),
    ],
)
def test_a_figure_that_does_not_follow_is_found(document, name, row, column):
    table = document.table(name)
    right = table.rows[row]
    wrong = replace(
        right,
        cells={
            **right.cells,
            column: replace(right.cells[column], value=right.figure(column) + Decimal("0.01")),
        },
    )
    assert found(document, "arithmetic") == []
    assert found(with_row(document, table, wrong), "arithmetic")


@pytest.fixture
def compared(sample, officer):
    """A year with another one before it."""
    other = programme(sample.programme, "0217531")
    year_of(other, 2022, officer, [(EFFICIENCY, LESS, "3", "9"), (QUALITY, MORE, "1", "1")])
    figures = [
        (EFFICIENCY, MORE, "3", "1"), (EFFICIENCY, LESS, "7", "22"), (EFFICIENCY, MORE, "0", "5"),
        (EFFICIENCY, LESS, "8", "0"), (QUALITY, MORE, "3", "2"), (QUALITY, MORE, "9", "9"),
    ]  # fmt: skip
    return effectiveness.build(year_of(other, 2023, officer, figures))


def test_the_year_before_is_worked_out_too(compared):
    last = compared.table("last_year").row("mean").figure("index")
    growth = compared.table("score").row("growth")
    # (1/3 + 7/22 + 0) / 3 and 3/9
    assert (compared.table("efficiency").row("mean").figure("index"), last) == (Decimal("21.72"), Decimal("33.33"))  # fmt: skip
    assert (growth.figure("denominator"), growth.figure("value")) == (last, Decimal("0.6517"))
    assert compared.table("score").row("total").figure("value") == Decimal("105.05")
    assert "Застосовано шкалу з порівнянням" in compared.section("7").blocks[0].text
    assert found(compared, "arithmetic") == []


def test_every_format_carries_the_same_figures(document):
    wanted = {"30,22", "30,00", "60,22", "1,022", "1\u00a0174,20"}
    pdf = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].render(document)))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    page = FORMATS["html"].render(document).decode()
    for figure in wanted:
        assert figure in text.replace("\n", " ")
        assert figure in page
    word = docx.Document(io.BytesIO(FORMATS["docx"].render(document)))
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert wanted <= cells
    data = json.loads(FORMATS["json"].render(document))
    tables = {
        block["key"]: block
        for section in data["sections"]
        for block in section["blocks"]
        if block["type"] == "table"
    }
    assert tables["score"]["rows"][-1]["cells"]["value"] == "60.22"
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(document)))
    held = {
        print_number(Decimal(repr(cell.value)), max_places=4)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }
    assert wanted <= held


def test_the_purpose_and_causes_are_words_of_people(sample, document):
    texts = {
        block.key: block.text
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Paragraph)
    }
    assert texts["purpose"]
    assert texts["causes"] == EffectivenessReport.objects.get().causes


@pytest.mark.office
@pytest.mark.parametrize("which", ["document", "compared"])
def test_a_working_copy_recalculates_to_the_same_figures(request, recalculated, which):
    document = request.getfixturevalue(which)
    working = WORKING_COPY.render(document)
    written = openpyxl.load_workbook(io.BytesIO(working))
    counted = openpyxl.load_workbook(recalculated(working), data_only=True)
    formulas = 0
    for table in document.tables:
        ((sheet, area),) = written.defined_names[f"table_{table.key}"].destinations
        places = re.sub(r"\$", "", area)
        for row, cells, live in zip(
            table.rows, counted[sheet][places], written[sheet][places], strict=True
        ):
            for column, cell, formula in zip(table.columns, cells, live, strict=True):
                value = row.value(column.key)
                if isinstance(value, Decimal):
                    assert Decimal(repr(cell.value)) == value, cell.coordinate
                    formulas += str(formula.value).startswith("=")
    assert formulas >= len(document.table("efficiency").lines)
