"""Actual values of a target programme: who may write them, what follows from them, what the pages say."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from budgets.exceptions import CellErrors, RuleViolation
from budgets.models import Event, Measure, Programme
from budgets.services import programme_copy
from indicators.models import ProgrammeIndicator, ProgrammeIndicatorActual
from indicators.programme_figures import programme_figures
from indicators.services import programme_actuals as services
from indicators.services.programme_actuals import ActualEdit
from indicators.yearly import Impossible, Pair, PlannedValue
from tests.indicators import target_programmes as target
from tests.indicators.target_programmes import number

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(sample, officer) -> Programme:
    return target.found(sample.programme.responsible_unit, officer)


@pytest.fixture
def measure(programme) -> Measure:
    return programme.measures.get()


@pytest.fixture
def pay(sample, measure, officer):
    """Pay for the measure (or another) in May of a year."""

    def paid(amount, year=2022, of=None):
        target.paid(sample, of or measure, dt.date(year, 5, 1), amount, officer)

    return paid


@pytest.fixture
def indicators(programme, measure, officer) -> dict[str, ProgrammeIndicator]:
    """Money, cameras, cost of a camera, share of the city covered; adopted."""
    own = {"measure": measure}
    rows = target.write(
        programme, officer,
        {**own, "kind": "input", "title": "Кошти", "unit_of_measure": "грн", "is_money": True},
        {**own, "kind": "output", "title": "Камери", "unit_of_measure": "шт.", "nature": "increment",
         "values": {2021: number(4), 2022: number(5), 2023: number(6)}},
        {**own, "kind": "efficiency", "title": "Вартість камери", "unit_of_measure": "грн", "direction": "less", "formula": (0, 1)},
        {**own, "kind": "quality", "title": "Охоплення", "unit_of_measure": "%", "values": {2022: number(20), 2023: PlannedValue(text="зростання")}},
    )  # fmt: skip
    target.adopt(programme)
    return dict(zip(("money", "cameras", "cost", "share"), rows, strict=True))


def edit(indicator, value=None, explanation="", version=0, text=""):
    exact = None if value is None else Decimal(value)
    return ActualEdit(indicator.pk, exact, text, explanation, version)


def save(programme, by, *edits, year=2022):
    services.save_actuals(programme=programme, year=year, edits=edits, by=by)


def figures(programme, title, year=2022):
    item = next(one for one in programme_figures(programme) if one.indicator.title == title)
    return item.of(year)


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


# Writing


def test_what_changed_is_stored_once_and_recorded(programme, indicators, officer):
    save(
        programme,
        officer,
        edit(indicators["cameras"], "4", "затримка поставки"),
        edit(indicators["share"]),
    )
    row = ProgrammeIndicatorActual.objects.get()
    assert (row.number, row.explanation, row.version, row.changed_by) == (
        Decimal(4),
        "затримка поставки",
        1,
        officer,
    )
    event = Event.objects.latest("number")
    assert (event.action, event.subject, event.person) == (
        "programme_actuals.save_actuals",
        str(programme),
        officer,
    )
    before = Event.objects.count()
    save(programme, officer, edit(indicators["cameras"], "4", "затримка поставки", version=1))
    assert Event.objects.count() == before
    row.refresh_from_db()
    assert row.version == 1


def test_a_stale_value_is_refused_with_both_and_nothing_is_written(
    programme, indicators, officer, programme_head
):
    save(programme, programme_head, edit(indicators["cameras"], "4"))
    with pytest.raises(CellErrors) as refusal:
        save(programme, officer, edit(indicators["cameras"], "5"), edit(indicators["share"], "19"))
    ((cell, message),) = refusal.value.errors
    assert cell == str(indicators["cameras"].pk)
    assert "змінив користувач it" in message
    assert "Зараз: 4,00. Ви ввели: 5,00." in message
    assert ProgrammeIndicatorActual.objects.get().number == 4


def test_what_is_computed_or_foreign_is_not_typed(programme, indicators, officer):
    foreign = ProgrammeIndicator.objects.exclude(programme=programme).first()
    for one, message in (
        (indicators["money"], "обчислюється"),
        (indicators["cost"], "обчислюється"),
        (foreign, "не належить"),
    ):
        with pytest.raises(CellErrors, match=message):
            save(programme, officer, edit(one, "5"))
    save(programme, officer, edit(indicators["cost"], explanation="подорожчало"))
    assert figures(programme, "Вартість камери").explanation == "подорожчало"


def test_there_is_nothing_to_report_before_the_decision_the_year_or_outside(
    programme, measure, officer
):
    (one,) = target.write(programme, officer, {"title": "Камери", "values": {2022: number(5)}})
    with pytest.raises(RuleViolation, match="ще не затверджено"):
        save(programme, officer, edit(one, "5"))
    target.adopt(programme)
    with pytest.raises(RuleViolation, match="не належить до програми"):
        save(programme, officer, edit(one, "5"), year=2020)
    Programme.objects.filter(pk=programme.pk).update(year_to=timezone.localdate().year + 1)
    with pytest.raises(RuleViolation, match="ще не почався"):
        save(programme, officer, edit(one, "5"), year=timezone.localdate().year + 1)
    save(programme, officer, edit(one, "5"), year=timezone.localdate().year)
    assert ProgrammeIndicatorActual.objects.count() == 1


def test_an_indicator_with_actual_values_is_not_removed(programme, officer):
    (one,) = target.write(programme, officer, {"title": "Камери"})
    ProgrammeIndicatorActual.objects.create(indicator=one, year=2022, number=1, changed_by=officer)
    with pytest.raises(RuleViolation, match="не можна вилучити"):
        target.write(programme, officer)


# Reading


def test_money_and_formulas_are_computed(programme, indicators, officer, pay):
    pay("700.00")
    pay("100.00")
    save(programme, officer, edit(indicators["cameras"], "3"))
    assert figures(programme, "Кошти").pair == Pair(Decimal(1000), Decimal(800))
    cost = figures(programme, "Вартість камери")
    assert cost.pair == Pair(Decimal("200.00"), Decimal("266.67"))
    assert (cost.deviation, cost.is_better, cost.needs_explanation) == (
        Decimal("66.67"),
        False,
        True,
    )
    assert figures(programme, "Вартість камери", 2023).actual.is_empty


def test_values_to_date_count_years_with_an_actual_value(programme, indicators, officer, pay):
    for year, made, amount in ((2021, "4", "1000.00"), (2022, "3", "800.00")):
        pay(amount, year)
        save(programme, officer, edit(indicators["cameras"], made), year=year)
    found = {one.indicator.title: one for one in programme_figures(programme)}
    assert found["Камери"].to_date == Pair(Decimal(9), Decimal(7))
    assert found["Камери"].actual_so_far == {2021: 4, 2022: 7, 2023: None, 2024: None}
    assert found["Вартість камери"].to_date == Pair(Decimal("222.22"), Decimal("257.14"))
    assert found["Вартість камери"].formula == "№ 1 затрат ÷ № 2 продукту"


def test_money_is_told_in_the_unit_of_the_indicator(programme, officer, pay):
    target.write(
        programme,
        officer,
        {"kind": "input", "title": "Кошти", "unit_of_measure": "тис. грн", "is_money": True},
    )
    target.adopt(programme)
    pay("0.01")
    found = figures(programme, "Кошти")
    assert (found.planned.shown, found.actual.shown) == ("1", "0,00001")


@pytest.mark.parametrize(
    ("entered", "doubts"),
    [
        (("0", None, "100.00"), {"Камери": Impossible.NOTHING_FOR_CASH}),
        (("6", None, ""), {}),  # nothing is known of cash that names no measure
        (("0", "5", "100.00"), {"Камери": Impossible.NOTHING_FOR_CASH, "Охоплення": Impossible.RESULT_WITHOUT_PRODUCT}),
        ((None, "5", "100.00"), {"Камери": Impossible.ACTUAL_MISSING, "Охоплення": Impossible.RESULT_WITHOUT_PRODUCT}),
        (("5", "20", "100.00"), {}),
    ],
)  # fmt: skip
def test_impossible_pairs_are_pointed_out(indicators, officer, pay, entered, doubts):
    programme = indicators["cameras"].programme
    made, share, cash = entered
    if cash:
        pay(cash)
    edits = [
        edit(indicators[name], value)
        for name, value in (("cameras", made), ("share", share))
        if value
    ]
    save(programme, officer, *edits)
    found = {one.indicator.title: one.of(2022).doubts for one in programme_figures(programme)}
    told = {
        title: each[0] for title, each in found.items() if each and title in {"Камери", "Охоплення"}
    }
    expected = dict(doubts)
    if share is None:
        expected["Охоплення"] = Impossible.ACTUAL_MISSING
    assert told == expected


def test_a_product_above_plan_without_cash_of_its_measure_is_doubted(
    programme, indicators, officer, pay
):
    other = Measure.objects.create(programme=programme, order=2000, number="2")
    pay("100.00", of=other)
    save(programme, officer, edit(indicators["cameras"], "6"))
    assert figures(programme, "Камери").doubts == (Impossible.PRODUCT_WITHOUT_CASH,)


def test_missing_values_are_of_past_years_only(programme, indicators):
    found = {
        year: [one.of(year).doubts for one in programme_figures(programme, dt.date(2022, 12, 31))]
        for year in (2021, 2022)
    }
    assert (Impossible.ACTUAL_MISSING,) in found[2021]
    assert set(found[2022]) == {()}


def test_figures_take_the_same_queries_for_any_number_of_rows(programme, measure, officer):
    def queries(count):
        rows = [
            {"title": f"№ {n}", "kind": "output", "values": {2022: number(n)}} for n in range(count)
        ]
        target.write(programme, officer, *rows)
        with CaptureQueriesContext(connection) as captured:
            assert len(programme_figures(programme)) == count
        return len(captured)

    assert queries(1) == queries(15) <= 12


# Formulas of the plan


def test_formulas_follow_their_rows_and_refuse_nonsense(programme, measure, officer):
    base = {"kind": "output", "title": "А", "unit_of_measure": "шт."}
    one, two, part = target.write(
        programme,
        officer,
        base,
        {**base, "title": "Б"},
        {**base, "title": "Частка", "formula": (0, 1)},
    )
    known = [{"id": row.pk, "title": row.title} for row in (one, two, part)]
    assert (part.numerator, part.denominator) == (one, two)
    moved = target.write(programme, officer, {**known[2], "formula": (1, 2)}, known[0], known[1])
    assert (moved[0].numerator, moved[0].denominator) == (one, two)
    for rows, message in (
        ([known[0], known[1], {**known[2], "formula": (0, 0)}], "різними показниками"),
        ([known[0], known[1], {**known[2], "formula": (0, 2)}], "сам є часткою"),
        ([known[0], known[1], {**known[2], "formula": (0, 1), "is_money": True}], "щось одне"),
        ([{**known[0], "is_money": True}, *known[1:]], "показник затрат"),
        ([{**known[0], "kind": "input", "is_money": True}, *known[1:]], "у гривнях"),
    ):
        with pytest.raises(RuleViolation, match=message):
            target.write(programme, officer, *rows)
    # A part leaves together with what names it, and alone once nothing does.
    assert target.write(programme, officer, known[0], {**known[2], "formula": None}) == [one, part]
    assert target.write(programme, officer) == []


def test_the_editor_takes_nature_direction_and_formula_after_the_decision(
    programme, indicators, officer, officer_client
):
    url = reverse("target_indicators", args=[programme.slug])
    formset = officer_client.get(url).context["formset"]
    data = {"version": Programme.objects.get(pk=programme.pk).version}
    for form in [formset.management_form, *formset.forms]:
        for field in form:
            value = field.field.prepare_value(field.value()) if field.value() is not None else ""
            if value is not False and not field.html_name.endswith("DELETE"):
                data[field.html_name] = "" if value is None else value
    data |= {"rows-3-nature": "increment", "rows-3-direction": "less", "rows-2-numerator": "4"}
    answer = officer_client.post(url, data)
    assert answer.status_code == 302, text(answer)
    changed = ProgrammeIndicator.objects.get(pk=indicators["share"].pk)
    assert (changed.nature, changed.direction) == ("increment", "less")
    assert ProgrammeIndicator.objects.get(pk=indicators["cost"].pk).numerator == changed
    refused = officer_client.post(
        url, {**data, "rows-2-numerator": "9", "version": int(data["version"]) + 1}
    )
    assert refused.status_code == 422
    assert "Показника № 9 у таблиці немає" in text(refused)


def test_a_copied_programme_keeps_its_formulas_and_no_actual_values(programme, indicators, officer):
    save(programme, officer, edit(indicators["cameras"], "4"))
    act = programme_copy.clone(
        source=programme, as_of=dt.date(2024, 1, 1), with_amounts=False, community=programme.community, title="Нова",
        short_title="", slug="nova", year_from=2026, year_to=2029, responsible_unit=None, unit="hryvnia", layout="years",
        marked_share=25, by=officer,
    )  # fmt: skip
    made = {row.title: row for row in ProgrammeIndicator.objects.filter(programme=act.programme)}
    cost = made["Вартість камери"]
    assert (cost.numerator, cost.denominator) == (made["Кошти"], made["Камери"])
    assert made["Камери"].nature == "increment"
    assert not ProgrammeIndicatorActual.objects.filter(indicator__programme=act.programme).exists()


# Pages


def at(programme, name="target_actuals_year", *args):
    return reverse(name, args=[programme.slug, *(args or ("2022",))])


def form(indicator, value="", explanation="", version=0):
    prefix = f"i{indicator.pk}"
    return {
        f"{prefix}-value": value,
        f"{prefix}-explanation": explanation,
        f"{prefix}-version": version,
    }


def whole(indicators, **changed):
    data = {}
    for name, indicator in indicators.items():
        data |= form(indicator, **changed.get(name, {}))
    return data


def test_a_year_is_typed_as_a_whole(programme, indicators, officer_client):
    page = text(officer_client.get(at(programme)))
    assert "Показники за 2022 рік" in page
    assert "частка № 1 затрат ÷ № 2 продукту" in page
    data = whole(
        indicators, cameras={"value": "1 250,5"}, share={"value": "зростає", "explanation": "добре"}
    )
    answer = officer_client.post(at(programme), data)
    assert answer.url == at(programme)
    assert figures(programme, "Камери").actual == number("1250.5")
    assert figures(programme, "Охоплення").actual == PlannedValue(text="зростає")
    shown = text(officer_client.get(at(programme)))
    assert 'value="1 250,5"' in shown
    assert "потрібне пояснення" in shown


@pytest.mark.parametrize(
    ("typed", "answered"),
    [({"value": "1,2,3"}, (422, "можна прочитати по-різному")), ({"value": "5", "version": 7}, (409, "значення змінив"))],
)  # fmt: skip
def test_a_refused_year_keeps_what_was_typed(
    programme, indicators, officer_client, typed, answered
):
    status, message = answered
    answer = officer_client.post(
        at(programme), whole(indicators, cameras=typed, share={"value": "77"})
    )
    assert answer.status_code == status
    assert message in text(answer)
    assert 'value="77"' in text(answer)
    assert not ProgrammeIndicatorActual.objects.exists()


def test_a_row_saves_itself_and_answers_what_follows(programme, indicators, officer_client, pay):
    pay("800.00")
    url = at(programme, "target_actual_save", "2022", indicators["cameras"].pk)
    answer = text(officer_client.post(url, form(indicators["cameras"], "3")))
    assert "збережено" in answer
    assert f'id="f-{indicators["cost"].pk}-actual" hx-swap-oob="true">266,67<' in answer
    assert f'id="state-{indicators["share"].pk}"' not in answer
    refused = text(officer_client.post(url, form(indicators["cameras"], "4")))
    assert "Замінити моїм" in refused
    assert 'version" value="1"' in refused
    zero = text(officer_client.post(url, form(indicators["cameras"], "0", version=1)))
    assert "Продукту 0, а кошти витрачено" in zero
    assert (
        officer_client.post(at(programme, "target_actual_save", "2022", 999_999)).status_code == 404
    )


@pytest.mark.parametrize("period", ["2020", "20222", "abcd", "whole"])
def test_a_period_without_indicators_is_not_written(programme, indicators, officer_client, period):
    answer = officer_client.get(at(programme, "target_actuals_year", period))
    assert answer.status_code == (200 if period == "whole" else 404)
    url = at(programme, "target_actual_save", period, indicators["cameras"].pk)
    assert officer_client.post(url, form(indicators["cameras"], "3")).status_code == 404


def test_the_whole_programme_has_values_of_its_own(programme, officer, officer_client):
    (one,) = target.write(programme, officer, {"title": "Камери", "values": {None: number(15)}})
    target.adopt(programme)
    assert "увесь строк" in text(officer_client.get(at(programme)))
    answer = officer_client.post(at(programme, "target_actuals_year", "whole"), form(one, "14"))
    assert answer.status_code == 302
    assert figures(programme, "Камери", None).deviation == -1


def test_all_years_are_shown_with_charts_that_say_their_numbers(
    programme, indicators, officer, auditor_client
):
    url = reverse("target_actuals", args=[programme.slug])
    empty = text(auditor_client.get(url))
    assert "Фактичних значень ще немає" in empty
    save(programme, officer, edit(indicators["cameras"], "4", "затримка"), year=2021)
    save(programme, officer, edit(indicators["cameras"], "6"), year=2022)
    page = text(auditor_client.get(url))
    assert "<desc" in page
    assert "2021: план 4, факт 4; 2022: план 5, факт 6; 2023: план 6</desc>" in page
    assert "Факт наростаючим" in page
    assert "затримка" in page
    assert "Внести факт" not in page
    assert "Рік минув, план є, а факту немає" in page
    for attribute in ("x1", "y", "height"):
        assert f'{attribute}="' in page
    assert not [part for part in page.split("<rect")[1:] if "," in part.split("<title>")[0]]


def test_what_cannot_be_true_is_listed_above_the_charts(
    programme, indicators, officer, auditor_client, pay
):
    pay("100.00")
    save(programme, officer, edit(indicators["cameras"], "0"), edit(indicators["share"], "20"))
    page = text(auditor_client.get(reverse("target_actuals", args=[programme.slug])))
    listed = page.partition("Такого не буває")[2].partition("</section>")[0]
    assert listed.count("<li>") == 2
    assert "Камери, 2022</a>. Продукту 0, а кошти витрачено" in listed
    assert "Охоплення, 2022</a>. Результат є, а продукту немає" in listed
    missing = page.partition("План є, а факту немає, показників:")[2].partition("</p>")[0]
    assert [re.sub("<[^>]*>", "", part).strip() for part in missing.split(",")] == [
        "2021 — 1",
        "2023 — 2.",
    ]


def test_a_programme_without_indicators_says_what_to_do(programme, officer_client, auditor_client):
    url = reverse("target_actuals", args=[programme.slug])
    assert "Додати показники" in text(officer_client.get(url))
    assert "Програма не має показників" in text(auditor_client.get(url))


def test_readers_read_and_strangers_see_nothing(programme, indicators, sign_in, stranger_client):
    for who in ("audyt", "rada", "admin", "pidpys"):
        client = sign_in(User.objects.get(username=who))
        assert client.get(at(programme)).status_code == 200
        assert "Лише для перегляду" in text(client.get(at(programme)))
        assert client.post(at(programme), whole(indicators)).status_code == 403
    assert stranger_client.get(at(programme)).status_code == 404
    assert stranger_client.post(at(programme), whole(indicators)).status_code == 404


def test_the_programme_and_the_list_of_indicators_lead_here(programme, indicators, officer_client):
    url = reverse("target_actuals", args=[programme.slug])
    assert url in text(officer_client.get(reverse("programme", args=[programme.slug])))
    assert url in text(officer_client.get(reverse("indicators")))


def test_the_sample_has_no_invented_actual_values(sample):
    assert not ProgrammeIndicatorActual.objects.exists()


def test_pages_take_the_same_queries_for_any_number_of_rows(programme, officer, officer_client):
    def queries(count):
        rows = [{"title": f"№ {n}", "values": {2022: number(n)}} for n in range(count)]
        target.write(programme, officer, *rows)
        with CaptureQueriesContext(connection) as captured:
            for url in (at(programme), reverse("target_actuals", args=[programme.slug])):
                assert officer_client.get(url).status_code == 200
        return len(captured)

    assert queries(1) == queries(12)


def test_no_year_has_minus_five_cameras(programme, officer, indicators):
    with pytest.raises(CellErrors) as refusal:
        save(programme, officer, edit(indicators["cameras"], -5))
    assert "−5 шт. не буває" in str(refusal.value)
    save(programme, officer, edit(indicators["share"], -5))
