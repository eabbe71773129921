import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.choices import ActStatus, Layout
from budgets.exceptions import RuleViolation
from budgets.selectors import programmes as selectors
from budgets.selectors.programmes import Place
from reports import checks
from reports.documents import programme_measures
from reports.documents.base import Paragraph, Role, Standalone
from reports.renderers.figures import shown
from tests.reports.programme_samples import INITIAL, TITLES, adopt, approved_town, printed
from tests.reports.programme_samples import town as bare_town

LAYOUTS = [layout.value for layout in Layout]
TOTAL = Decimal("207250.50")


def table_of(town, **options):
    return programme_measures.build(town.programme, **options).table("measures")


def text(table, row, column):
    return shown(table.row(row), table.column(column)).replace("\u00a0", " ")


def key(town, name):
    return f"measure-{town.measures[name].pk}"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_adds_up_to_the_same_programme(town, layout):
    document = programme_measures.build(town.programme, layout=layout)
    table = document.table("measures")
    tops = [row for row in table.lines if row.key not in {key(town, "1.2.1"), key(town, "1.2.2")}]
    assert sum(row.value("total") or 0 for row in tops) == TOTAL
    assert [finding.code for finding in checks.run(document)] == []
    assert table.unit == "тис. грн"


def test_units_stand_with_their_tasks_and_totals_above_them(town):
    table = table_of(town)
    school, council = (f"unit-{town.units[name].pk}" for name in ("school", "council"))
    task = f"task-{town.tasks['1'].pk}"
    sources = [f"source-{town.sources[name].pk}" for name in ("local", "state")]
    assert [row.key for row in table.rows] == [
        "programme", *sources, council, task,
        key(town, "1.1"), key(town, "1.2"), key(town, "1.2.1"), key(town, "1.2.2"),
        key(town, "2.1"), school, key(town, "3.1"),
    ]  # fmt: skip
    assert table.row("programme").role is Role.GROUP
    assert table.row(task).value("measure") == "Разом по завданню:"
    assert table.row(council).value("measure") == "Всього:"
    assert (table.row(school).value("number"), table.row(school).value("unit")) == (
        "2",
        "Управління освіти",
    )
    alone = table.row(key(town, "2.1"))  # a task of one measure is one row with it
    assert (alone.value("number"), alone.value("unit")) == ("2", "Зв’язок")
    assert alone.value("measure") == "2.1. Оплата послуг Інтернет"


def test_figures_of_units_print_in_thousands_and_every_kopeck_shows(town):
    table = table_of(town)
    council = f"unit-{town.units['council'].pk}"
    assert text(table, key(town, "1.2.1"), "2024.general") == "1,85"
    assert text(table, key(town, "1.1"), "2025.special") == "23,0005"
    assert text(table, council, "2024.general") == "78,75"
    assert text(table, council, "2024.special") == "66,0"
    assert text(table, council, "2024.total") == "144,75"
    assert text(table, council, "2024.quantity") == "9"
    assert text(table, f"source-{town.sources['local'].pk}", "total") == "207,2505"
    assert text(table, f"source-{town.sources['state'].pk}", "total") == ""


def test_zero_is_printed_and_nothing_is_left_blank(town):
    table = table_of(town)
    row = key(town, "2.1")
    assert text(table, row, "2025.general") == "0,0"
    assert text(table, row, "2025.special") == ""
    assert table.row(row).value("2026.total") is None


def test_a_measure_is_the_sum_of_its_parts_and_is_counted_once(town):
    table = table_of(town)
    parent = table.row(key(town, "1.2"))
    assert parent.parts == (key(town, "1.2.1"), key(town, "1.2.2"))
    assert parent.value("total") == Decimal("45850.00")
    task = table.row(f"task-{town.tasks['1'].pk}")
    assert task.parts == (key(town, "1.1"), key(town, "1.2"))
    assert task.value("total") == Decimal("114850.50")


def test_a_year_that_is_not_split_by_fund_has_a_total_of_its_own(town):
    row = table_of(town).row(key(town, "3.1"))
    assert (row.value("2025.general"), row.value("2025.special")) == (None, None)
    assert row.value("2025.total") == Decimal("15500.00")
    assert isinstance(row.cells["2025.total"].rule, Standalone)


def test_quantities_of_unlike_things_are_not_added(town):
    measure = town.measures["2.1"]
    measure.quantity_unit = "послуга"
    measure.save()
    table = table_of(town)
    assert text(table, f"unit-{town.units['council'].pk}", "2024.quantity") == ""
    assert text(table, f"task-{town.tasks['1'].pk}", "2024.quantity") == "8"
    assert table.column("2024.quantity").heading[-1] == "кількість"


def test_years_have_a_heading_and_a_total_for_each_direction(town):
    table = table_of(town, layout="years")
    roles = [row.role for row in table.rows]
    assert (roles[0], roles[-2], roles[-1]) == (Role.GROUP, Role.SUBTOTAL, Role.TOTAL)
    assert table.rows[-2].value("task") == "Разом по 1 напрямку"
    assert table.rows[-1].value("task") == "Всього"
    assert [text(table, "programme", str(year)) for year in (2024, 2025, 2026)] == [
        "144,75",
        "38,5005",
        "24,0",
    ]
    first, second = table.row(key(town, "1.1")), table.row(key(town, "1.2"))
    assert (first.value("task"), second.value("task")) == ("Техніка", None)
    assert first.value("executors") == "- Відділ ІТ\n- Бухгалтерія"
    assert table.row(key(town, "3.1")).value("measure") == "3.1. Ноутбуки для шкіл*"


def test_a_condition_is_explained_under_the_table(town):
    assert programme_measures.build(town.programme, layout="years").footnotes == (
        "* – за умови впровадження",
    )


def test_funds_stand_under_the_stage_of_their_year(town):
    table = table_of(town, layout="funds")
    assert table.column("2024.general").heading == (
        "I етап",
        "2024 рік",
        "у тому числі",
        "загальний фонд",
    )
    assert table.column("2026.total").heading == ("II етап", "2026 рік", "обсяг витрат")
    assert table.rows[0].value("measure") == "Всього на виконання програми"
    assert table.rows[0].value("source") == "Міський бюджет"
    assert text(table, f"task-{town.tasks['2'].pk}", "total") == "76,9"


def test_stages_take_their_years_together(town):
    table = table_of(town, layout="stages")
    assert table.column("stage-1").heading[-1] == "I етап (2024–2025)"
    assert table.column("stage-2").heading[-1] == "II етап (2026)"
    assert [text(table, "programme", f"stage-{number}") for number in (1, 2)] == [
        "183,2505",
        "24,0",
    ]


def test_two_sources_are_shown_apart_and_the_programme_gets_a_sum(town):
    town.act(
        ("2.1", 2026, "general", "1000.00"), on=dt.date(2024, 2, 1), number="11", source="state"
    )
    table = table_of(town)
    assert table.row("programme").role is Role.TOTAL
    assert text(table, "programme", "total") == "208,2505"
    assert text(table, f"source-{town.sources['state'].pk}", "2026.total") == "1,0"


def test_money_without_a_source_is_named_so(town):
    town.act(("2.1", 2026, "general", "1000.00"), on=dt.date(2024, 2, 1), number="11", source="")
    assert text(table_of(town), "source-0", "total") == "1,0"


def test_a_part_of_a_measure_stands_under_the_unit_that_spends_it(town):
    town.act(
        ("2.1", 2024, "general", "3000.00"), on=dt.date(2024, 2, 1), number="11", unit="school"
    )
    table = table_of(town)
    shared = f"{key(town, '2.1')}-unit-{town.units['school'].pk}"
    assert text(table, shared, "2024.general") == "3,0"
    assert text(table, key(town, "2.1"), "2024.general") == "76,9"
    assert text(table, f"unit-{town.units['school'].pk}", "total") == "18,5"


def test_the_table_is_that_of_the_day(amended):
    def amount(day):
        return text(table_of(amended, as_of=day), key(amended, "1.2.1"), "2024.general")

    assert amount(dt.date(2024, 5, 31)) == "1,85"
    assert amount(dt.date(2024, 6, 1)) == "2,0"
    assert table_of(amended, as_of=dt.date(2023, 12, 31)).lines == ()


def test_an_earlier_act_is_shown_as_it_left_the_programme(amended):
    first = amended.programme.acts.order_by("id").first()
    assert text(table_of(amended, act=first), key(amended, "1.2.1"), "2024.general") == "1,85"


def test_a_draft_is_seen_in_its_own_preview_only(town, draft):
    preview = programme_measures.build(town.programme, act=draft)
    assert preview.draft_mark == "ПРОЄКТ"
    assert text(preview.table("measures"), key(town, "1.1"), "2024.special") == "36,0"
    assert (
        preview.table("measures").row(key(town, "1.1")).value("measure")
        == "1.1. Комп’ютери і монітори"
    )
    in_force = programme_measures.build(town.programme)
    assert (in_force.draft_mark, in_force.table("measures").row(key(town, "1.1")).value("measure")) == (
        "", "1.1. Персональні комп’ютери",
    )  # fmt: skip


def test_a_withdrawn_act_has_no_papers(town, draft):
    draft.status = ActStatus.WITHDRAWN
    draft.save()
    with pytest.raises(RuleViolation, match="відкликано"):
        programme_measures.build(town.programme, act=draft)


def test_a_cancelled_measure_leaves_the_table(town):
    town.act(
        ("2.1", 2024, "general", "-76900.00", "-1"), ("2.1", 2025, "general", "0.00", "-1"),
        on=dt.date(2024, 7, 1), number="12", texts={"2.1": {"title": "Інтернет", "is_cancelled": True}},
    )  # fmt: skip
    table = table_of(town)
    assert table.row(key(town, "2.1")) is None
    assert table_of(town, as_of=dt.date(2024, 6, 30)).row(key(town, "2.1")) is not None


def test_a_measure_without_money_is_still_a_measure(db):
    town = bare_town()
    town.act(
        on=dt.date(2024, 1, 31),
        number="1",
        kind="approval",
        texts={"2.1": {"title": "Порядок", "needs_funding": False}},
    )
    table = table_of(town, layout="years")
    assert [row.value("measure") for row in table.lines] == ["2.1. Порядок"]
    assert table.row("programme").value("total") is None


def test_figures_say_which_acts_made_them_and_where_to_look(amended):
    cell = table_of(amended).row(key(amended, "1.2.1")).cells["2024.general"]
    assert cell.source.kind == "plan"
    assert cell.source.text == "затвердження № 10 від 31.01.2024; зміни № 20 від 01.06.2024"
    programme_pk, *place = cell.source.refs
    assert programme_pk == amended.programme.pk
    steps = selectors.history(amended.programme, Place(*place))
    assert [step.amount_after for step in steps] == [Decimal("1850.00"), Decimal("2000.00")]
    total = table_of(amended).row(key(amended, "1.2")).cells["total"]
    assert total.source.kind == "computed"


def test_lines_that_are_not_known_mark_what_depends_on_them(town):
    before = dt.date(2024, 2, 28)
    town.act(on=dt.date(2024, 3, 1), number="15", lines_known=False)
    document = programme_measures.build(town.programme)
    note = document.sections[0].blocks[-1]
    assert isinstance(note, Paragraph)
    assert note.text.startswith(
        "НЕПОВНІ ДАНІ. Рядки цього акта невідомі: зміни № 15 від 01.03.2024."
    )
    source = document.table("measures").row(key(town, "1.1")).cells["2024.special"].source
    assert source.text.endswith("неповно, бо рядки невідомі: зміни № 15 від 01.03.2024")
    assert [finding.code for finding in checks.run(document)] == ["incomplete"]
    earlier = programme_measures.build(town.programme, as_of=before)
    assert "incomplete" not in earlier.meta
    assert len(earlier.sections[0].blocks) == 1


def test_printed_totals_that_differ_stand_beside_the_computed_ones(db):
    town = approved_town_in_draft()
    act = town.programme.acts.get()
    printed(act, "task", "100000.00", task=town.tasks["1"], label="Разом по завданню:")
    printed(act, "executor", "191750.50", executor=town.units["council"], label="Всього:")  # agrees
    printed(
        act, "source", "207000.00", source=town.sources["local"], year=None, label="Міський бюджет:"
    )
    printed(act, "row", "78850.00", measure=town.measures["2.1"], year=2024)
    adopt(act, dt.date(2024, 1, 31))
    document = programme_measures.build(town.programme)
    assert document.sections[-1].title == "Розбіжності надрукованих підсумків"
    table = document.table("printed-amounts")
    found = [
        tuple(
            shown(row, table.column(name)).replace("\u00a0", " ")
            for name in ("label", "printed", "computed", "difference")
        )
        for row in table.rows
    ]
    assert found == [
        ("Завдання 1 Техніка", "100,0", "114,8505", "−14,8505"),
        ("Міський бюджет:", "207,0", "207,2505", "−0,2505"),
        ("2.1. Оплата послуг Інтернет", "78,85", "76,9", "+1,95"),
    ]
    assert [finding.code for finding in checks.run(document)] == ["printed-total"] * 3


def test_programmes_whose_printed_totals_agree_have_no_such_section(town):
    assert [table.key for table in programme_measures.build(town.programme).tables] == ["measures"]


def approved_town_in_draft():
    town = bare_town()
    town.act(
        *INITIAL,
        kind="approval",
        number="10",
        texts={name: {"title": title} for name, title in TITLES.items()},
    )
    return town


def test_a_negative_sum_stops_the_papers(town):
    act = town.act(("2.1", 2024, "general", "-80000.00"))
    findings = checks.run(programme_measures.build(town.programme, act=act))
    assert {(finding.code, finding.severity) for finding in findings} == {("negative", "error")}


def test_the_number_of_queries_does_not_grow_with_the_programme(amended, draft):
    def queries(town, **options):
        with CaptureQueriesContext(connection) as counted:
            programme_measures.build(town.programme, **options)
        return len(counted)

    small = approved_town()
    assert queries(small) == queries(amended) == queries(amended, act=draft) == 12
