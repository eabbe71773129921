"""Indicators of target programmes: values by year as numbers or words, and what the council has closed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.choices import ActStatus
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Act, Measure, Programme, Task
from budgets.services import programmes
from indicators.models import ProgrammeIndicator, ProgrammeIndicatorValue
from indicators.services import programmes as services
from indicators.yearly import PlannedValue

pytestmark = pytest.mark.django_db
ROW = {"number": "1", "kind": "output", "title": "Камери", "unit_of_measure": "шт."}


@pytest.fixture
def programme(sample, officer) -> Programme:
    act = programmes.create(
        community=sample.programme.community, title="Програма «Цифрове місто»", short_title="",
        slug="tsyfrove", year_from=2027, year_to=2029, responsible_unit=None, unit="thousand",
        layout="years", marked_share=25, by=officer,
    )  # fmt: skip
    return act.programme


def fresh(programme):
    return Programme.objects.get(pk=programme.pk)


def adopt(programme):
    Act.objects.filter(programme=programme).update(
        status=ActStatus.ADOPTED, number="7", in_force_from=dt.date(2027, 1, 1)
    )


def write(programme, by, *rows, version=None):
    services.write_indicators(
        programme=programme, rows=rows, version=version or fresh(programme).version, by=by
    )
    return list(ProgrammeIndicator.objects.filter(programme=programme))


def values(programme):
    found = ProgrammeIndicatorValue.objects.filter(indicator__programme=programme)
    return sorted(found.values_list("year", "number", "text"), key=str)


def number(value):
    return PlannedValue(number=Decimal(value))


def test_indicators_keep_their_identity_order_and_values(programme, officer):
    one, two = write(
        programme, officer,
        {**ROW, "values": {2027: number(5), None: number(15)}},
        {**ROW, "title": "Точки доступу", "values": {2028: PlannedValue(text="за потреби")}},
    )  # fmt: skip
    now = write(
        programme, officer,
        {**ROW, "title": "Точки доступу", "id": two.pk},
        {**ROW, "id": one.pk, "values": {2029: number("7.5")}},
    )  # fmt: skip
    assert [row.pk for row in now] == [two.pk, one.pk]
    assert values(programme) == [(2029, Decimal("7.5"), "")]
    assert fresh(programme).version == 3


def test_what_does_not_belong_to_the_programme_is_refused(programme, officer):
    task = Task.objects.exclude(programme=programme).first()
    measure = Measure.objects.exclude(programme=programme).first()
    for row, message in (
        ({**ROW, "values": {2030: number(1)}}, "2030 рік не належить"),
        ({**ROW, "task": task}, "іншої програми"),
        ({**ROW, "measure": measure}, "іншої програми"),
        ({**ROW, "title": ""}, "Показник: "),
    ):
        with pytest.raises(RuleViolation, match=message):
            write(programme, officer, row)
    assert fresh(programme).version == 1


def test_a_stale_table_writes_nothing(programme, officer, programme_head):
    write(programme, programme_head, ROW)
    with pytest.raises(StaleVersion, match="змінив користувач it"):
        write(programme, officer, version=1)
    assert ProgrammeIndicator.objects.filter(programme=programme).exists()


def test_approved_indicators_stay_and_new_ones_join(programme, officer):
    (one,) = write(programme, officer, {**ROW, "values": {2027: number(5)}})
    adopt(programme)
    old = {**ROW, "id": one.pk, "values": {2027: number(5)}}
    for rows, message in (
        ([{**old, "title": "Інше"}], "затверджено радою"),
        ([{**old, "values": {2027: number(6)}}], "його значення не змінюються"),
        ([{**old, "values": None}], "його значення не змінюються"),
        ([], "рядок не вилучають"),
    ):
        with pytest.raises(RuleViolation, match=message):
            write(programme, officer, *rows)
    write(programme, officer, old, {**ROW, "title": "Нове", "values": {2029: number(1)}})
    assert values(programme) == [(2027, Decimal(5), ""), (2029, Decimal(1), "")]


def test_indicators_wait_while_an_act_is_on_its_way(programme, officer):
    Act.objects.filter(programme=programme).update(status=ActStatus.SUBMITTED)
    with pytest.raises(RuleViolation, match="Поверніть акт на доопрацювання"):
        write(programme, officer, ROW)
    assert not ProgrammeIndicator.objects.filter(programme=programme).exists()


# The page


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


def table(*rows):
    data = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0}
    for index, row in enumerate(rows):
        data |= {f"rows-{index}-{name}": value for name, value in row.items()}
    return data


def at(programme):
    return reverse("target_indicators", args=[programme.slug])


def test_numbers_and_words_are_read_apart(programme, officer_client):
    page = text(officer_client.get(at(programme)))
    assert "2028 рік" in page
    row = {**ROW, "y2027": "1 250,5", "y2028": "Штатний розпис", "y2029": "-", "whole": "12 шт."}
    answer = officer_client.post(at(programme), {**table(row), "version": 1})
    assert answer.url == reverse("target_parts", args=[programme.slug])
    assert values(programme) == [
        (2027, Decimal("1250.5"), ""), (2028, None, "Штатний розпис"), (2029, None, "-"),
        (None, None, "12 шт."),
    ]  # fmt: skip
    shown = text(officer_client.get(at(programme)))
    assert 'value="1 250,5"' in shown
    assert 'value="Штатний розпис"' in shown
    assert "заповнено" in text(officer_client.get(answer.url))


@pytest.mark.parametrize(
    ("changed", "message", "typed"),
    [
        ({"y2027": "1,2,3"}, "можна прочитати по-різному", "1,2,3"),
        ({"y2027": "1,23456"}, "забагато знаків", "1,23456"),
        ({"title": "", "y2028": "Штатний розпис"}, "Заповніть це поле", "Штатний розпис"),
        ({"kind": "магія"}, "Такого варіанта немає", "Камери"),
        ({"task": "999999"}, "Такого варіанта немає", "Камери"),
        ({"y2027": "слово " * 50}, "200", "слово слово"),
    ],
)
def test_what_cannot_be_read_is_told_and_stays(programme, officer_client, changed, message, typed):
    answer = officer_client.post(at(programme), {**table({**ROW, **changed}), "version": 1})
    assert answer.status_code == 422
    assert message in text(answer)
    assert typed in text(answer)
    assert not ProgrammeIndicator.objects.filter(programme=programme).exists()


def test_a_stale_page_shows_what_is_stored(programme, officer, officer_client, programme_head):
    write(programme, programme_head, {**ROW, "values": {2027: number(5), None: number(15)}})
    answer = officer_client.post(
        at(programme), {**table({**ROW, "title": "Моє", "y2027": "6"}), "version": 1}
    )
    page = text(answer)
    assert answer.status_code == 409
    assert "<li>1 Камери шт.: 2027: 5, усього: 15</li>" in page
    assert "Моє" in page
    assert 'value="6"' in page


def test_approved_indicators_are_shown_and_cannot_be_typed_over(programme, officer, officer_client):
    (one,) = write(programme, officer, {**ROW, "values": {2027: number(5)}})
    adopt(programme)
    assert "readonly" in text(officer_client.get(at(programme)))
    old = {**ROW, "id": one.pk, "y2027": "5"}
    new = {**ROW, "title": "Нове"}
    version = fresh(programme).version
    refused = officer_client.post(
        at(programme), {**table({**old, "y2027": "6"}, new), "version": version}
    )
    assert refused.status_code == 422
    assert "його значення не змінюються" in text(refused)
    assert "Нове" in text(refused)
    saved = officer_client.post(at(programme), {**table(old, new), "version": version})
    assert saved.status_code == 302


@pytest.mark.parametrize("slug", ["kropyvnytskyi-e-governance", "zhytomyr-e-misto"])
def test_indicators_of_the_sample_are_saved_back_as_they_are(sample, officer_client, slug):
    """What the page shows is what it reads: an approved table that is sent back unchanged is taken."""
    programme = Programme.objects.get(slug=slug)
    programme.acts.exclude(status=ActStatus.ADOPTED).update(status=ActStatus.DRAFT)
    formset = officer_client.get(at(programme)).context["formset"]
    data = {"version": programme.version}
    for form in [formset.management_form, *formset.forms]:
        for field in form:
            value = field.value()
            shown = field.field.prepare_value(value) if value is not None else ""
            data[field.html_name] = "" if shown is None or shown is False else shown
    data = {name: value for name, value in data.items() if not name.endswith("DELETE")}
    before = values(programme)
    answer = officer_client.post(at(programme), data)
    assert answer.status_code == 302, text(answer)
    assert values(programme) == before


def test_the_page_is_closed_to_readers_and_does_not_exist_for_strangers(
    programme, sign_in, stranger_client
):
    clients = [(sign_in(User.objects.get(username=who)), 403) for who in ("audyt", "rada", "admin")]
    for client, status in [*clients, (stranger_client, 404)]:
        assert client.get(at(programme)).status_code == status
        assert client.post(at(programme), table(ROW)).status_code == status


def test_opening_and_saving_take_the_same_queries_for_any_number_of_rows(
    programme, officer, officer_client
):
    def queries(count):
        rows = [{**ROW, "values": {2027: number(n), None: number(n)}} for n in range(count)]
        write(programme, officer, *rows)
        with CaptureQueriesContext(connection) as captured:
            assert officer_client.get(at(programme)).status_code == 200
            sent = [{**ROW, "y2027": str(n)} for n in range(count)]
            data = {**table(*sent), "version": fresh(programme).version}
            assert officer_client.post(at(programme), data).status_code == 302
        return len(captured)

    assert queries(1) == queries(12)
