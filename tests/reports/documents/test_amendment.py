import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.choices import LineKind
from budgets.exceptions import RuleViolation
from budgets.models import BudgetLine, Programme
from reports import checks, session_package
from reports.documents import amendment, amendment_texts, programme_plan
from reports.documents.base import Amounts, Paragraph, Role
from reports.renderers.figures import shown

SEED = "kropyvnytskyi-e-governance"


def text(table, row, column):
    return shown(table.row(row), table.column(column)).replace("\u00a0", " ")


def key(town, name):
    return f"measure-{town.measures[name].pk}"


def total(table, column):
    return text(table, "total", column)


# The ± annex


def test_only_changed_rows_are_printed_and_every_change_has_its_sign(town, draft):
    table = amendment.deltas(draft).table("measures")
    assert [row.key for row in table.lines] == [
        key(town, name) for name in ("1.1", "1.2", "1.2.2", "2.1", "3.1")
    ]
    assert text(table, key(town, "1.1"), "2024.special") == "−10,0"
    assert text(table, key(town, "1.1"), "2024.quantity") == "−1"
    assert text(table, key(town, "2.1"), "2024.general") == "+10,0"
    assert text(table, key(town, "3.1"), "2025.total") == "+0,50075"


def test_only_the_years_that_the_act_touches_have_columns(draft):
    columns = {column.key for column in amendment.deltas(draft).table("measures").columns}
    assert {"2024.total", "2025.total", "2026.total"} <= columns  # 2026 is repeated, not changed
    BudgetLine.objects.filter(act=draft, kind=LineKind.RESTATED).delete()
    columns = {column.key for column in amendment.deltas(draft).table("measures").columns}
    assert "2026.total" not in columns


def test_totals_are_recomputed_an_untouched_part_is_empty_and_a_cancelled_change_is_zero(
    town, draft
):
    table = amendment.deltas(draft).table("measures")
    council = f"unit-{town.units['council'].pk}"
    assert text(table, council, "2024.total") == "0,0"
    assert text(table, council, "2024.special") == "−10,0"
    assert text(table, council, "2025.total") == ""
    assert text(table, f"source-{town.sources['local'].pk}", "total") == "+0,50075"


def test_an_amount_that_is_repeated_has_no_sign_and_enters_no_total(town, draft):
    document = amendment.deltas(draft)
    table = document.table("measures")
    repeated = key(town, "1.2.2")
    assert text(table, repeated, "2026.general") == "24,0"
    assert text(table, repeated, "2026.total") == "24,0"
    assert table.row(repeated).cells["2026.total"].restated
    assert text(table, key(town, "1.2"), "2026.total") == ""
    assert document.footnotes[0].startswith("Суми без знака повторюють чинні")


@pytest.mark.parametrize("layout", ["units", "years", "funds", "stages"])
def test_each_layout_of_the_annex_adds_up(draft, layout):
    document = amendment.deltas(draft, layout=layout)
    assert [finding.code for finding in checks.run(document)] == []


def test_an_act_that_only_changes_words_says_so(town):
    act = town.act(texts={"2.1": {"title": "Зв’язок", "term": "2025"}})
    document = amendment.deltas(act)
    assert document.sections[0].blocks == (
        Paragraph("unchanged", "Сум і кількостей цей акт не змінює."),
    )
    assert [row.value("field") for row in document.table("words").rows][:2] == [
        "зміст заходу",
        "термін виконання",
    ]


def test_an_act_whose_lines_are_unknown_has_no_annex(town):
    act = town.act(on=dt.date(2024, 3, 1), number="15", lines_known=False)
    with pytest.raises(RuleViolation, match="невідомі"):
        amendment.deltas(act)


# The comparative table


def test_was_and_change_make_what_it_becomes_with_the_reason(town, draft):
    document = amendment.comparison(draft)
    table = document.table("comparison")
    line = table.lines[0]
    values = [shown(line, table.column(f"amount_{part}")) for part in ("was", "change", "becomes")]
    assert values == ["46,0", "−10,0", "36,0"]
    quantities = [
        shown(line, table.column(f"quantity_{part}")) for part in ("was", "change", "becomes")
    ]
    assert quantities == ["2", "−1", "1"]
    assert (line.value("unit"), line.value("measure")) == (
        "Виконавчий комітет",
        "1.1. Комп’ютери і монітори",
    )
    assert (line.value("year"), line.value("fund"), line.value("reason")) == (
        "2024",
        "спеціальний",
        "за розрахунком",
    )
    assert [total(table, f"amount_{part}") for part in ("was", "change", "becomes")] == [
        "138,4",
        "+0,50075",
        "138,90075",
    ]
    assert [finding.code for finding in checks.run(document)] == []


def test_a_new_place_was_nothing(town):
    act = town.act(("2.1", 2026, "general", "5000.00"), reason="")
    document = amendment.comparison(act)
    table = document.table("comparison")
    assert [shown(table.lines[0], table.column(f"amount_{part}")) for part in ("was", "change", "becomes")] == [
        "", "+5,0", "5,0",
    ]  # fmt: skip
    assert [finding.code for finding in checks.run(document)] == ["reason-missing"]


def test_the_programme_is_compared_by_year(draft):
    table = amendment.comparison(draft).table("years")
    rows = {
        row.key: [shown(row, column).replace("\u00a0", " ") for column in table.columns[1:]]
        for row in table.rows
    }
    assert rows == {
        "year-2024": ["144,75", "0,0", "144,75"],
        "year-2025": ["38,5005", "+0,50075", "39,00125"],
        "year-2026": ["24,0", "", "24,0"],
        "total": ["207,2505", "+0,50075", "207,75125"],
    }


def test_changed_words_stand_beside_the_old_ones(town, draft):
    rows = amendment.comparison(draft).table("words").rows
    assert [(row.value("field"), row.value("was"), row.value("becomes")) for row in rows][:2] == [
        ("зміст заходу", "Персональні комп’ютери", "Комп’ютери і монітори"),
        ("термін виконання", "2024-2026", "2024-2025"),
    ]


def test_a_new_measure_and_a_cancelled_one_are_named(town):
    town.measures["4.1"] = town.measures["2.1"]
    town.measures["4.1"].pk = None
    town.measures["4.1"].number = "4.1"
    town.measures["4.1"].save()
    act = town.act(
        ("4.1", 2026, "general", "1000.00"),
        texts={
            "4.1": {"title": "Сайт"},
            "3.1": {"title": "Ноутбуки для шкіл", "is_cancelled": True},
        },
    )
    rows = [
        (row.value("measure"), row.value("field"), row.value("was"), row.value("becomes"))
        for row in amendment.comparison(act).table("words").rows
    ]
    assert ("4.1. Сайт", "новий захід", "", "Сайт") in rows
    assert ("3.1. Ноутбуки для шкіл", "чинність", "чинний", "скасовано") in rows


def test_an_adopted_act_is_compared_with_what_was_before_it(amended):
    amended.act(("1.2.1", 2024, "general", "1000.00"), on=dt.date(2024, 9, 1), number="30")
    second = amended.programme.acts.get(number="20")
    table = amendment.comparison(second).table("comparison")
    line = table.lines[0]
    assert [shown(line, table.column(f"amount_{part}")) for part in ("was", "change", "becomes")] == [
        "1,85", "+0,15", "2,0",
    ]  # fmt: skip


# Words


def words_of(document):
    parts = []
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                parts.append(block.text)
            elif isinstance(block, Amounts):
                parts += [str(part) for part in block.parts]
    return "\n".join(parts)


def test_the_draft_decision_leaves_number_and_date_to_be_filled(town, draft):
    document = amendment_texts.decision(draft)
    assert document.title == "Міська рада\nРІШЕННЯ\nПро внесення змін до програми"
    said = words_of(document)
    assert "від «___» ________ 20__ року № ________" in said
    assert "затвердженої рішенням від 31.01.2024 № 10:" in said
    assert "ВИРІШИЛА:" in said
    assert "207751.25" in said
    assert "207250.50" in said
    assert (document.draft_mark, document.landscape) == ("ПРОЄКТ", False)


def test_an_adopted_decision_says_its_number_and_the_changes_before_it(amended):
    amended.act(("2.1", 2024, "general", "1.00"), on=dt.date(2024, 9, 1), number="30")
    act = amended.programme.acts.get(number="30")
    said = words_of(amendment_texts.decision(act))
    assert "від 01.09.2024 № 30" in said
    assert "(зі змінами, внесеними рішеннями від 01.06.2024 № 20)" in said


def test_the_title_in_quotation_marks_keeps_its_own_marks_apart(town, draft):
    Programme.objects.filter(pk=town.programme.pk).update(title="Програма «е-місто»")
    draft.refresh_from_db()
    draft.title = ""
    assert amendment_texts.subject(draft) == "Про внесення змін до програми «Програма „е-місто“»"


def test_the_note_gives_totals_by_year_fund_and_unit(town, draft):
    document = amendment_texts.note(draft)
    funds = document.table("by-fund")
    assert [column.key for column in funds.columns] == [
        "year", "fund-general", "fund-special", "fund-all", "total",
    ]  # fmt: skip
    assert [total(funds, column.key) for column in funds.columns[1:]] == [
        "+10,0", "−10,0", "+0,50075", "+0,50075",
    ]  # fmt: skip
    units = document.table("by-unit")
    assert [row.value("unit") for row in units.lines] == [
        "Виконавчий комітет",
        "2 Управління освіти",
    ]
    assert [text(units, row.key, "total") for row in units.rows] == ["0,0", "+0,50075", "+0,50075"]
    volume = document.table("volume")
    assert [shown(volume.rows[0], column).replace("\u00a0", " ") for column in volume.columns[1:]] == [
        "207,2505", "+10,50075", "−10,0", "207,75125", "5,07",
    ]  # fmt: skip
    assert [finding.code for finding in checks.run(document)] == []


def test_an_amendment_beyond_the_marked_share_is_said_to_be_one(town, draft):
    assert "перевищують" not in words_of(amendment_texts.note(draft))
    town.programme.marked_share = 5
    town.programme.save()
    draft.refresh_from_db()
    assert "Увага: зміни перевищують 5 % обсягу програми." in words_of(amendment_texts.note(draft))


def test_what_the_programme_lacks_is_said_in_every_paper_that_depends_on_it(town, draft):
    town.act(on=dt.date(2024, 3, 1), number="15", lines_known=False)
    for document in (amendment.comparison(draft), amendment_texts.note(draft)):
        assert "НЕПОВНІ ДАНІ" in words_of(document)
    assert "НЕПОВНІ ДАНІ" in amendment_texts.decision(draft).footnotes[0]
    cell = amendment.deltas(draft).table("measures").lines[0].cells["2024.special"]
    assert "неповно" not in cell.source.text  # the change itself is known


# Seed 001: the amendment as published


@pytest.fixture
def published(db):
    programme = Programme.objects.get(slug=SEED)
    return programme_plan.acts_in_order(programme)[-1]


def test_the_published_amendment_comes_to_its_printed_programme_totals(published):
    """forms.md: 2019 +19,1, −439,060, −419,960; 2020 +2043,0, −23,0, +2020,0; both +1600,040."""
    table = amendment.deltas(published).table("measures")
    row = next(row for row in table.rows if row.value("measure") == "Міський бюджет:")
    columns = (
        "2019.general",
        "2019.special",
        "2019.total",
        "2020.general",
        "2020.special",
        "2020.total",
        "total",
    )
    assert [str(row.value(column)) for column in columns] == [
        "19100.00", "-439060.00", "-419960.00", "2043000.00", "-23000.00", "2020000.00", "1600040.00",
    ]  # fmt: skip
    assert not any(column.key.startswith("2021") for column in table.columns)


def test_repeated_amounts_of_the_published_amendment_explain_its_own_differences(published):
    document = amendment.deltas(published)
    table = document.table("measures")
    repeated = [row for row in table.lines if any(cell.restated for cell in row.cells.values())]
    assert [str(row.value("measure"))[:5] for row in repeated] == ["17.4.", "20.1."]
    line = repeated[0]
    assert shown(line, table.column("2019.general")) == "4,0"
    assert shown(line, table.column("total")) == "+5,1"
    differing = [
        row for row in document.table("printed-amounts").rows
        if row.value("label") == "Управління освіти" and row.value("year") == "усі роки"
    ]  # fmt: skip
    assert [
        (row.value("printed"), row.value("computed"), row.value("rows")) for row in differing
    ] == [
        (Decimal("42000.00"), None, "додано повторені суми, які не є змінами: 20.1"),
    ]


def test_papers_of_the_published_amendment_agree(published):
    made = session_package.papers(published)
    assert list(session_package.disagreeing(made)) == []
    assert "incomplete" in made.new_edition.meta
    for _name, document, _formats in made.files:
        arithmetic = [each.message for each in checks.run(document) if each.code == "arithmetic"]
        assert arithmetic == []


def test_the_number_of_queries_does_not_grow_with_the_act(town, draft, published):
    def queries(build, act):
        act = type(act).objects.select_related("programme").get(pk=act.pk)
        with CaptureQueriesContext(connection) as counted:
            build(act)
        return len(counted)

    for build in (
        amendment.deltas,
        amendment.comparison,
        amendment_texts.decision,
        amendment_texts.note,
    ):
        assert queries(build, draft) == queries(build, published) <= 12


def test_rows_that_sum_others_are_subtotals(draft):
    table = amendment.deltas(draft, layout="funds").table("measures")
    assert [row.role for row in table.rows[:2]] == [Role.TOTAL, Role.SUBTOTAL]
