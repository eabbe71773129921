"""Passport, resources and indicators of a target programme."""

import datetime as dt
from decimal import Decimal

import pytest

from budgets.models import FundingSource, PassportItem, Programme, Stage, StrategyLink
from indicators.models import ProgrammeIndicator, ProgrammeIndicatorValue
from reports import checks
from reports.documents import programme_indicators, programme_passport, programme_resources
from reports.documents.base import Amounts, Role
from reports.renderers.figures import shown
from tests.reports.programme_samples import adopt, printed
from tests.reports.programme_samples import town as bare_town


def shown_rows(table):
    return [
        [shown(row, column).replace("\u00a0", " ") for column in table.columns]
        for row in table.rows
    ]


# Passport


def test_the_passport_keeps_the_citys_rows_and_order(town):
    for order, (number, label) in enumerate(
        (("1", "Ініціатор"), ("", "Мета"), ("8.1", "Етапи")), 1
    ):
        PassportItem.objects.create(
            programme=town.programme,
            order=order,
            number=number,
            label=label,
            value=f"зміст {order}",
        )
    document = programme_passport.build(town.programme)
    assert shown_rows(document.table("passport")) == [
        ["1", "Ініціатор", "зміст 1"],
        ["", "Мета", "зміст 2"],
        ["8.1", "Етапи", "зміст 3"],
    ]
    assert not document.landscape
    assert [table.key for table in document.tables] == ["passport"]


def test_the_volume_is_that_of_the_lines_on_the_day(amended):
    def volume(day):
        blocks = programme_passport.build(amended.programme, as_of=day).section("2").blocks
        return next(block for block in blocks if isinstance(block, Amounts)).parts[1]

    assert volume(dt.date(2024, 5, 31)) == Decimal("207250.50")
    assert volume(dt.date(2024, 6, 1)) == Decimal("207400.50")


def test_links_to_the_strategy_stand_in_a_section_of_their_own(town):
    StrategyLink.objects.create(
        programme=town.programme, order=1, item="6.4", priority="Інновації", goal="53", task="Дані"
    )
    document = programme_passport.build(town.programme)
    assert document.section("3").title == "Зв’язок зі стратегією розвитку"
    assert shown_rows(document.table("strategy")) == [["6.4", "Інновації", "53", "Дані"]]


# Resources


def test_resources_stand_by_year_under_their_stages(town):
    table = programme_resources.build(town.programme).table("resources")
    assert table.column("2025").heading == ("Етапи виконання програми", "I", "2025 рік")
    assert shown_rows(table) == [
        ["Обсяг ресурсів, усього, у тому числі:", "144,75", "38,5005", "24,0", "207,2505"],
        ["Міський бюджет", "144,75", "38,5005", "24,0", "207,2505"],
        ["Державний бюджет", "", "", "", ""],
    ]


def test_resources_of_the_layout_by_stage_stand_by_stage(town):
    document = programme_resources.build(town.programme, layout="stages")
    table = document.table("resources")
    assert table.column("stage-1").heading == ("Етапи виконання програми", "I", "2024 – 2025")
    assert shown_rows(table)[0][1:] == ["183,2505", "24,0", "207,2505"]
    assert checks.run(document) == []


def test_a_year_outside_the_stages_is_not_lost(town):
    Stage.objects.filter(programme=town.programme, label="II").delete()
    table = programme_resources.build(town.programme, layout="stages").table("resources")
    assert shown_rows(table)[0][1:] == ["183,2505", "24,0", "207,2505"]
    assert table.column("2026").heading[1:] == ("поза етапами", "2026 рік")


def test_money_that_names_no_source_goes_to_the_only_source_of_its_measure_or_to_none(town):
    on = dt.date(2024, 2, 1)
    town.measures["2.1"].sources.set([town.sources["state"]])
    town.act(("2.1", 2026, "general", "1000.00"), on=on, number="11", source="")
    town.measures["3.1"].sources.set(FundingSource.objects.filter(programme=town.programme))
    town.act(("3.1", 2026, "general", "50.00"), on=on, number="12", source="")
    rows = shown_rows(programme_resources.build(town.programme).table("resources"))
    assert [row[0] for row in rows[2:]] == ["Державний бюджет", "джерело не вказано"]
    assert [row[-1] for row in rows[2:]] == ["1,0", "0,05"]


def test_printed_resources_that_differ_stand_beside_the_computed_ones(db):
    town = bare_town(layout="years")
    act = town.act(
        ("2.1", 2024, "general", "5000.00"), kind="approval", texts={"2.1": {"title": "Зв’язок"}}
    )
    first, second = town.programme.stages.order_by("order")
    printed(act, "resource", "5100.00", stage=first, fund="", label="Обсяг ресурсів")
    printed(act, "resource", "5000.00", stage=first, fund="", source=town.sources["local"])
    printed(act, "resource", "10.00", stage=second, fund="", source=town.sources["local"])
    adopt(act, dt.date(2024, 1, 31))
    document = programme_resources.build(town.programme)
    rows = document.table("printed-amounts").rows
    assert [(row.value("year"), row.value("printed"), row.value("computed")) for row in rows] == [
        ("I етап", Decimal("5100.00"), Decimal("5000.00")),
        ("II етап", Decimal("10.00"), None),
    ]
    assert {each.code for each in checks.run(document)} == {"printed-total"}


# Indicators


def indicator(town, title, kind="output", values=None, **words):
    order = ProgrammeIndicator.objects.filter(programme=town.programme).count() + 1
    made = ProgrammeIndicator.objects.create(
        programme=town.programme, order=order, number=str(order), kind=kind, title=title,
        unit_of_measure="од.", **words,
    )  # fmt: skip
    for year, value in (values or {}).items():
        is_number = value.replace(".", "").isdecimal()
        ProgrammeIndicatorValue.objects.create(
            indicator=made, year=year, number=Decimal(value) if is_number else None,
            text="" if is_number else value,
        )  # fmt: skip
    return made


def test_indicators_stand_by_kind_with_baseline_and_each_year(town):
    indicator(town, "Реєстри", values={2024: "3", 2025: "0.25"}, baseline="9.0")
    indicator(town, "Витрати", "input", {2026: "45.0"})
    indicator(town, "Посада", "quality", {2024: "Штатний розпис"}, baseline="немає")
    document = programme_indicators.build(town.programme, layout="years")
    table = document.table("indicators")
    assert [row.value("title") for row in table.rows] == [
        "Показники затрат", "Витрати", "Показники продукту", "Реєстри", "Показники якості", "Посада",
    ]  # fmt: skip
    assert [column.key for column in table.columns] == [
        "number", "title", "unit", "baseline", "2024", "2025", "2026",
    ]  # fmt: skip
    assert table.column("2024").heading == ("I етап", "2024")
    rows = {row.value("title"): row for row in table.lines}
    assert shown(rows["Реєстри"], table.column("2025")) == "0,25"
    assert shown(rows["Реєстри"], table.column("baseline")) == "9"
    assert rows["Посада"].value("2024") == "Штатний розпис"
    assert rows["Посада"].value("baseline") == "немає"
    assert checks.run(document) == []


def test_one_value_for_the_whole_programme_has_one_column(town):
    indicator(town, "Ліцензії", "", {None: "544"}, quality="Дотримання вимог")
    table = programme_indicators.build(town.programme).table("indicators")
    assert [column.key for column in table.columns] == [
        "number",
        "title",
        "unit",
        "whole",
        "quality",
    ]
    assert table.rows[0].role is Role.LINE


def test_an_indicator_without_values_is_pointed_out(town):
    indicator(town, "Динаміка")
    findings = checks.run(programme_indicators.build(town.programme))
    assert [each.code for each in findings] == ["value-missing"]


@pytest.mark.parametrize(
    "slug", ["kropyvnytskyi-e-governance", "zhytomyr-e-misto", "slavutych-electronic-city"]
)
def test_papers_of_published_programmes_are_made(db, slug):
    programme = Programme.objects.get(slug=slug)
    for build in (programme_passport.build, programme_resources.build, programme_indicators.build):
        document = build(programme)
        assert [each.message for each in checks.run(document) if each.code == "arithmetic"] == []
        assert any(table.rows for table in document.tables)
