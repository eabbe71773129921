"""The reports on nine months of 2022 against seed 003 (tests/golden), and what must hold for every programme."""

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.models import CashEntry, Programme
from budgets.money import ZERO, percent_of
from budgets.numbers import print_number
from reports import checks
from reports.checks import Severity
from reports.choices import PeriodKind
from reports.documents import programme_execution
from reports.documents.base import Paragraph
from reports.models import UnitReport
from reports.periods import ReportingPeriod
from reports.renderers import FORMATS, WORKING_COPY
from reports.selectors import execution
from tests.reports.programme_samples import approved_town

pytestmark = pytest.mark.django_db

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "programme_execution_2022_9m.json").read_text("utf-8")
)
PERIOD = ReportingPeriod.read("2022-9m")
FIGURES = ("programme", "annual", "paid")


@pytest.fixture
def programme(sample) -> Programme:
    return Programme.objects.get(slug="zhytomyr-efektyvna-vlada")


def report_of(programme: Programme, executor: str) -> UnitReport:
    return UnitReport.objects.get(campaign__programme=programme, executor__name=executor)


def texts(document, section: str) -> list[str]:
    return [
        block.text
        for part in document.sections
        if part.number == section
        for block in part.blocks
        if isinstance(block, Paragraph)
    ]


def found(document, code: str):
    return [each for each in checks.run(document) if each.code == code]


@pytest.fixture
def consolidated(programme):
    return programme_execution.build(programme, PERIOD)


# Seed 003


@pytest.mark.parametrize("published", GOLDEN["reports"], ids=[0, 1, 2])
def test_each_published_report_is_reproduced_row_by_row(programme, published):
    report = report_of(programme, published["executor"])
    assert report.unit == published["unit"]
    table = programme_execution.build(programme, PERIOD, report=report).table("measures")
    assert len(table.lines) == len(published["rows"])
    for row, printed in zip(table.lines, published["rows"], strict=True):
        for name in FIGURES:
            if printed[name] is not None:
                assert row.figure(name) == Decimal(printed[name]), (row.key, name)
        # The one percent a form prints is what the unit says or, where it says nothing, that of the money.
        said = row.figure("percent")
        shown = row.figure("percent_of_money") if said is None else said
        assert shown == Decimal(printed["percent"]), row.key


def test_the_second_report_adds_up_to_what_it_prints(programme):
    published = GOLDEN["reports"][1]
    table = programme_execution.build(
        programme, PERIOD, report=report_of(programme, published["executor"])
    ).table("measures")
    total = table.row("total")
    printed = published["total"]
    assert [f"{total.figure(name):.2f}" for name in ("annual", "paid", "percent_of_money")] == [
        printed["annual"], printed["paid"], printed["percent"],
    ] == ["2080000.00", "513537.84", "24.69"]  # fmt: skip


def test_where_a_published_percent_contradicts_the_money_both_are_shown_and_explained(programme):
    report = report_of(programme, GOLDEN["reports"][0]["executor"])
    document = programme_execution.build(programme, PERIOD, report=report)
    second = document.table("measures").lines[1]
    assert (second.figure("percent"), second.figure("percent_of_money")) == (100, 80)
    told = texts(document, "2")
    assert len(told) == 5
    assert told[1] == (
        "№ 2, Придбання послуг та товарів: роботи зазначено 100,00 %, коштів 80,00 %: 92,8 з 116,0 тис. грн."
    )
    contradictions = found(document, "percent-contradicts")
    assert [each.row for each in contradictions] == [
        row.key for row in document.table("measures").lines
    ]
    assert {each.severity for each in contradictions} == {Severity.WARNING}


def test_a_unit_prints_its_own_words_around_its_table(programme):
    document = programme_execution.build(
        programme, PERIOD, report=report_of(programme, GOLDEN["reports"][0]["executor"])
    )
    head = " ".join(texts(document, ""))
    assert "№ 31 від 24.12.2020 та зміни № 558 від 02.09.2022" in head
    assert [(each.position, each.name) for each in document.signatures] == [
        ("Заступник начальника відділу", "Лілія СТЕПАНЮК")
    ]
    assert document.title.endswith("за 9 місяців 2022 року")
    third = programme_execution.build(
        programme, PERIOD, report=report_of(programme, GOLDEN["reports"][2]["executor"])
    ).table("measures")
    assert (third.lines[0].figure("fact"), third.lines[0].value("fact_unit")) == (64, "осіб")


# Consolidated


def test_the_consolidated_report_is_the_sum_of_the_units(programme, consolidated):
    table = consolidated.table("measures")
    units = [
        programme_execution.build(programme, PERIOD, report=report).table("measures")
        for report in UnitReport.objects.filter(campaign__programme=programme)
    ]
    assert len(units) == 3
    for name in FIGURES:
        assert table.row("total").figure(name) == sum(
            unit.row("total").figure(name) for unit in units
        )
    assert [row.key for row in table.lines] == [row.key for unit in units for row in unit.lines]
    assert f"{table.row('total').figure('paid'):.2f}" == "868627.84"
    assert f"{table.row('total').figure('percent_of_money'):.2f}" == "29.12"


def test_a_consolidated_report_waits_for_every_unit(consolidated):
    waiting = found(consolidated, "report-not-accepted")
    assert len(waiting) == 3
    assert {each.severity for each in waiting} == {Severity.ERROR}
    assert "звіт ще не прийнято (чернетка)" in waiting[0].message


def test_units_are_found_by_what_they_say_and_nothing_is_counted_twice(programme):
    load = execution.load(programme, PERIOD)
    assert len({row.key for row in load.rows}) == len(load.rows) == 16
    everything = CashEntry.objects.filter(
        programme=programme, paid_on__range=(dt.date(2022, 1, 1), PERIOD.last_day)
    )
    assert sum((row.paid for row in load.rows), ZERO) == sum(
        (entry.amount for entry in everything), ZERO
    )


def test_the_number_of_queries_does_not_grow_with_the_rows(
    programme, sample, django_assert_max_num_queries
):
    small = approved_town(community=sample.programme.community)
    with django_assert_max_num_queries(60) as few:
        programme_execution.build(small.programme, ReportingPeriod.read("2024-year"))
    with django_assert_max_num_queries(60) as many:
        programme_execution.build(programme, PERIOD)
    assert len(many) <= len(few) + 3  # a campaign, its reports and their rows


# Rules, on generated payments

MEASURES = ("1.1", "1.2.1", "1.2.2", "2.1", "3.1")
payment = st.tuples(
    st.sampled_from(MEASURES),
    st.integers(min_value=1, max_value=9_000_000),
    st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)),
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(payments=st.lists(payment, max_size=8), kind=st.sampled_from(list(PeriodKind)))
def test_every_kopeck_stands_in_one_row_and_percents_keep_their_rules(
    sample, officer, payments, kind
):
    town = approved_town(community=sample.programme.community)
    for name, kopecks, day in payments:
        entry = CashEntry.objects.create(
            programme=town.programme, fund="general", paid_on=day, amount=Decimal(kopecks) / 100, created_by=officer
        )  # fmt: skip
        entry.shares.create(measure=town.measures[name], amount=entry.amount)
    period = ReportingPeriod(2026 if kind is PeriodKind.FINAL else 2024, kind)
    first = period.first_day(2024)
    expected = sum((Decimal(k) / 100 for _m, k, day in payments if first <= day <= period.last_day), ZERO)  # fmt: skip
    table = programme_execution.build(town.programme, period).table("measures")
    assert table.row("total").figure("paid") == expected
    subtotals = [row for row in table.rows if row.key.startswith("subtotal-")]
    for name in {column.key for column in table.columns}.intersection(FIGURES):
        of_lines = sum((row.figure(name) or ZERO for row in table.lines), ZERO)
        assert table.row("total").figure(name) == of_lines
        assert sum((row.figure(name) or ZERO for row in subtotals), ZERO) == of_lines
    whole = "programme" if period.is_final else "annual"
    for row in [*table.lines, *subtotals, table.row("total")]:
        planned, paid = row.figure(whole) or ZERO, row.figure("paid")
        percent = row.figure("percent_of_money")
        assert percent == percent_of(paid, planned)
        assert (percent is None) == (planned == 0), "nothing planned: no percent, whatever was paid"


def test_a_final_report_counts_the_whole_life_of_the_programme(sample):
    town = approved_town(community=sample.programme.community)
    table = programme_execution.build(
        town.programme, ReportingPeriod(2026, PeriodKind.FINAL)
    ).table("measures")
    assert "annual" not in {column.key for column in table.columns}
    assert table.row("total").figure("programme") == Decimal("207250.50")


# Files


@pytest.mark.parametrize("format_name", ["html", "json", "xlsx", "docx", "pdf"])
def test_every_format_prints_the_same_figures(programme, format_name):
    report = report_of(programme, GOLDEN["reports"][1]["executor"])
    document = programme_execution.build(programme, PERIOD, report=report)
    content = FORMATS[format_name].render(document)
    match format_name:
        case "json":
            shown = json.dumps(json.loads(content), ensure_ascii=False)
            assert '"513537.84"' in shown
            assert '"24.69"' in shown
        case "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content))
            cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
            assert {513537.84, 24.69} <= set(cells)
        case "docx":
            words = [c.text for t in docx.Document(io.BytesIO(content)).tables for r in t.rows for c in r.cells]  # fmt: skip
            assert "513\u00a0537,84" in words
        case "pdf":
            text = "".join(
                page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages
            )
            assert "513537,84" in "".join(text.split())
        case "html":
            assert print_number(Decimal("513537.84"), places=2) in content.decode()


@pytest.mark.office
def test_formulas_of_the_working_copy_come_to_the_same_figures(consolidated, recalculated):
    working = WORKING_COPY.render(consolidated)
    written = openpyxl.load_workbook(io.BytesIO(working))
    counted = openpyxl.load_workbook(recalculated(working), data_only=True)
    table = consolidated.table("measures")
    ((sheet, area),) = written.defined_names["table_measures"].destinations
    places = area.replace("$", "")
    scale = {"programme": 1000, "annual": 1000, "paid": 1000, "percent_of_money": 1}
    formulas = 0
    for row, cells, live in zip(table.rows, counted[sheet][places], written[sheet][places], strict=True):  # fmt: skip
        for column, cell, formula in zip(table.columns, cells, live, strict=True):
            if not str(formula.value).startswith("="):
                continue
            formulas += 1
            shown = (row.figure(column.key) or ZERO) / scale[column.key]
            assert abs(Decimal(repr(cell.value or 0)) - shown) <= Decimal("0.005"), (row.key, column.key)  # fmt: skip
    assert formulas > 16, "a percent a row, sums of four rows"


def test_before_a_campaign_is_opened_the_report_has_figures_and_no_words(sample):
    town = approved_town(community=sample.programme.community)
    table = programme_execution.build(town.programme, ReportingPeriod.read("2024-9m")).table(
        "measures"
    )
    assert table.lines
    assert {row.value("information") for row in table.lines} == {""}


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Міська цільова програма «Безпечне місто»", "Міської цільової програми «Безпечне місто»"),
        ("Програма інформатизації", "Програми інформатизації"),
        ("Комплексна\nпрограма розвитку", "Комплексної\nпрограми розвитку"),
        ("Цифрове місто", "Цифрове місто"),
        ("Нова стратегія і програма", "Нова стратегія і програма"),
    ],
)
def test_the_title_says_of_which_programme(sample, title, shown):
    town = approved_town(community=sample.programme.community)
    town.programme.title = title
    document = programme_execution.build(town.programme, ReportingPeriod.read("2024-year"))
    assert document.title.startswith(f"Звіт\nпро результат виконання\n{shown}\nза 2024 рік")
