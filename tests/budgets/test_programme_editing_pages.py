"""Creating target programmes and editing their parts in the browser, by role; what is refused stays in the form."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.choices import ActStatus, Layout
from budgets.models import Act, BudgetLine, Direction, Programme
from budgets.money import print_amount
from budgets.services import programme_parts, programmes
from budgets.views.programmes import PARTS

pytestmark = pytest.mark.django_db
APPROVED = "zhytomyr-e-misto"


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


def table(*rows):
    data = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0}
    for index, row in enumerate(rows):
        data |= {f"rows-{index}-{name}": value for name, value in row.items()}
    return data


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


def new_form(sample, **changed):
    return {
        "community": sample.programme.community_id, "title": "Програма «Безпечне місто»",
        "short_title": "Безпечне місто", "year_from": "2027", "year_to": "2029", **changed,
    }  # fmt: skip


# A new programme


@pytest.mark.parametrize("username", ["finansy", "it"])
def test_a_programme_is_created_and_its_parts_are_next(sample, sign_in, username):
    client = sign_in(User.objects.get(username=username))
    assert reverse("target_new") in text(client.get(reverse("programmes")))
    assert client.get(reverse("target_new")).status_code == 200
    answer = client.post(reverse("target_new"), new_form(sample))
    made = Programme.objects.get(slug="bezpechne-misto")
    assert answer.url == reverse("target_parts", args=[made.slug])
    assert (made.unit, made.layout, made.marked_share) == ("thousand", Layout.YEARS, 25)
    page = text(client.get(answer.url))
    assert "Програму створено" in page
    assert "порожньо" in page
    act = made.acts.get()
    assert f"Чернетка програми № {act.pk}" in page
    assert (act.status, act.changed_by.username) == (ActStatus.DRAFT, username)


def test_a_programme_is_created_on_the_base_of_another(sample, officer_client):
    base = Programme.objects.get(slug=APPROVED)
    data = new_form(sample, based_on=base.pk, with_amounts="on", year_to="2032", slug="bezpeka")
    answer = officer_client.post(reverse("target_new"), data, follow=True)
    made = Programme.objects.get(slug="bezpeka")
    assert (made.unit, made.layout) == (base.unit, base.layout)
    assert made.tasks.count() == base.tasks.count()
    assert made.acts.get().budgetlines.exists()
    assert "на основі «е-місто»" in text(answer)


def test_years_of_money_that_a_shorter_programme_leaves_out_are_told(sample, officer_client):
    base = Programme.objects.get(slug=APPROVED)
    data = new_form(sample, based_on=base.pk, with_amounts="on", year_from="2027", year_to="2028")
    page = text(officer_client.post(reverse("target_new"), data, follow=True))
    left = BudgetLine.objects.filter(act__programme=base, year__gte=2023, kind="delta")
    total = print_amount(sum(line.amount or 0 for line in left)).replace("\u00a0", " ")
    assert f"2023, 2024, 2025, 2026 (разом {total} грн)" in page
    without = {**data, "with_amounts": "", "slug": "inshe"}
    assert "Не все перейшло" not in text(
        officer_client.post(reverse("target_new"), without, follow=True)
    )


DJANGOS = ("коректний вибір", "Введіть ціле число", "обов&#x27;язкове", "Переконайтеся", "-----")


def test_forms_speak_in_the_words_of_this_site(sample, programme, officer_client):
    """None of Django's own refusals and empty labels is shown."""
    act = programme.acts.get()
    wrong = "9" * 600
    pages = {
        reverse("target_new"): dict.fromkeys(
            ["community", "year_from", "unit", "layout", "based_on", "responsible_unit", "slug"], wrong
        ),
        reverse("target_about", args=[programme.slug]): about_form(
            programme, year_from="x", unit="x", layout="x", marked_share="-1", short_title=wrong,
            responsible_unit="x",
        ),
        reverse("act_measure_new", args=[programme.slug, act.pk]): {
            "term_from": "x", "number": wrong, "term": wrong,
        },
        reverse("target_part", args=[programme.slug, "stages"]): table(
            {"label": wrong, "year_from": "1", "year_to": wrong, "position": "x"}
        ),
        reverse("target_part", args=[programme.slug, "ceilings"]): table({"year": "x", "fund": "x"}),
        reverse("target_indicators", args=[programme.slug]): table({"kind": "x", "title": "1"}),
    }  # fmt: skip
    for url, data in pages.items():
        answer = officer_client.post(url, {"version": 1, **data})
        assert answer.status_code == 422, url
        for page in (text(answer), text(officer_client.get(url))):
            assert [words for words in DJANGOS if words in page] == [], url


@pytest.mark.parametrize("status", [ActStatus.SUBMITTED, ActStatus.AGREED])
def test_parts_say_that_they_wait_for_an_act_on_its_way(programme, officer_client, status):
    Act.objects.filter(programme=programme).update(status=status)
    for part in PARTS:
        shown = "не змінюється" in text(officer_client.get(at(programme, part)))
        assert shown == (part != "ceilings"), part
    assert "лише граничні обсяги" in text(
        officer_client.get(reverse("target_parts", args=[programme.slug]))
    )
    answer = officer_client.post(
        at(programme, "sources"), {**table({"title": "Мій"}), "version": 1}
    )
    assert answer.status_code == 422
    assert "Поверніть акт на доопрацювання" in text(answer)
    assert "Мій" in text(answer)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": ""}, "Заповніть це поле"),
        ({"year_from": "колись"}, "рік чотирма цифрами"),
        ({"year_to": "2026"}, "не може бути раніше за перший"),
        ({"slug": "цифрове"}, "малі латинські літери"),
        ({"slug": "new"}, "не слово new"),
        ({"slug": APPROVED}, "уже є. Вкажіть іншу"),
        ({"with_amounts": "on"}, "Оберіть її вище"),
        ({"year_to": "2077"}, "Перевірте роки"),
    ],
)
def test_what_does_not_fit_is_told_and_stays_in_the_form(sample, officer_client, changed, message):
    before = Programme.objects.count()
    answer = officer_client.post(reverse("target_new"), new_form(sample, **changed))
    page = text(answer).replace("&#x27;", "’").replace("'", "’")
    assert answer.status_code == 422
    assert message in page
    assert "Безпечне місто" in page
    assert all(value in page for value in changed.values() if value != "on")
    assert "Програму створено" not in page
    assert Programme.objects.count() == before


@pytest.mark.parametrize("username", ["pidpys", "rada", "audyt", "admin"])
def test_readers_create_no_programme(sample, sign_in, username):
    client = sign_in(User.objects.get(username=username))
    for answer in (
        client.get(reverse("target_new")),
        client.post(reverse("target_new"), new_form(sample)),
    ):
        assert answer.status_code == 403
    assert reverse("target_new") not in text(client.get(reverse("programmes")))
    detail = text(client.get(reverse("programme", args=[APPROVED])))
    assert reverse("target_parts", args=[APPROVED]) not in detail


def test_a_stranger_takes_neither_the_community_nor_a_base(sample, stranger_client, elsewhere):
    base = Programme.objects.get(slug=APPROVED)
    unit = sample.programme.key_unit_id
    for changed in (
        {},
        {"community": elsewhere.community.pk, "based_on": base.pk},
        {"community": elsewhere.community.pk, "responsible_unit": unit},
    ):
        answer = stranger_client.post(reverse("target_new"), new_form(sample, **changed))
        assert answer.status_code == 422
    assert not Programme.objects.filter(slug="bezpechne-misto").exists()
    assert base.title not in text(stranger_client.get(reverse("target_new")))
    assert f">{base} ·" not in text(stranger_client.get(reverse("target_new")))


def test_the_empty_list_of_programmes_says_where_to_begin(stranger_client):
    page = text(stranger_client.get(reverse("programmes")))
    assert "Програм ще немає" in page
    assert reverse("target_new") in page


# Parts


GOOD = {
    "passport": ({"number": "1", "label": "Ініціатор", "value": "Виконком"}, "Ініціатор"),
    "stages": ({"label": "І етап", "year_from": "2027", "year_to": "2028"}, "І етап"),
    "sources": ({"title": "Міський бюджет"}, "Міський бюджет"),
    "executors": ({"number": "1", "name": "Відділ ІТ"}, "Відділ ІТ"),
    "directions": ({"number": "1", "title": "Доступність"}, "Доступність"),
    "tasks": ({"number": "1", "title": "Мережі"}, "Мережі"),
    "strategy": ({"item": "1.1", "priority": "Інновації"}, "Інновації"),
    "ceilings": ({"year": "2027", "fund": "general", "amount": "27 395,4"}, "27 395,40"),
}
BAD = [
    ("passport", {"value": "Без назви"}, "Заповніть це поле", "Без назви"),
    ("stages", {"label": "І", "year_from": "2026", "year_to": "2027"}, "2026 рік не належить", "2026"),
    ("stages", {"label": "Перший", "year_from": "торік"}, "рік чотирма цифрами", "торік"),
    ("stages", {"label": "Перший"}, "Вкажіть рік", "Перший"),
    ("sources", {"title": "Я" * 201}, "200", "Я" * 201),
    ("executors", {"number": "7", "total_label": "Разом"}, "Заповніть це поле", "Разом"),
    ("tasks", {"title": "Мережі", "direction": "999999"}, "Такого варіанта немає", "Мережі"),
    ("strategy", {"priority": "Інновації"}, "Заповніть це поле", "Інновації"),
    ("ceilings", {"year": "2027", "amount": "сто"}, "«сто» не є числом", "сто"),
    ("ceilings", {"year": "2027"}, "Вкажіть суму", "2027"),
    ("ceilings", {"year": "2027", "amount": "-5"}, "не може бути від’ємним", "-5"),
    ("directions", {"title": "Доступність", "position": "перший"}, "ціле число", "перший"),
]  # fmt: skip


def at(programme, part):
    return reverse("target_part", args=[programme.slug, part])


def test_every_part_is_tried_here():
    assert GOOD.keys() == PARTS.keys()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_opened_saved_and_counted(programme, officer_client, part):
    row, stored = GOOD[part]
    page = text(officer_client.get(at(programme, part)))
    assert f'name="version" value="{fresh(programme).version}"' in page
    answer = officer_client.post(
        at(programme, part), {**table(row), "version": fresh(programme).version}
    )
    assert answer.status_code == 302, text(answer)
    assert answer.url == reverse("target_parts", args=[programme.slug])
    assert "Збережено" in text(officer_client.get(answer.url))
    assert stored in text(officer_client.get(at(programme, part)))


@pytest.mark.parametrize("case", BAD)
def test_a_part_that_is_refused_says_why_and_keeps_what_was_typed(programme, officer_client, case):
    part, row, message, typed = case
    answer = officer_client.post(at(programme, part), {**table(row), "version": 1})
    assert answer.status_code == 422
    assert message in text(answer)
    assert typed in text(answer)
    assert 'name="version" value="1"' in text(answer)
    assert fresh(programme).version == 1


@pytest.mark.parametrize("part", PARTS)
def test_a_stale_part_shows_what_is_stored_beside_what_was_typed(
    programme, sign_in, programme_head, officer_client, part
):
    row, stored = GOOD[part]
    first = sign_in(programme_head).post(at(programme, part), {**table(row), "version": 1})
    assert first.status_code == 302
    typed = {
        key: f"{value} інакше" if key in {"label", "title", "name", "item"} else value
        for key, value in row.items()
    }
    answer = officer_client.post(at(programme, part), {**table(typed), "version": 1})
    page = text(answer)
    assert answer.status_code == 409
    assert "змінив користувач it" in page
    assert "Збережено зараз" in page
    assert stored in page
    assert 'name="version" value="2"' in page
    again = officer_client.post(at(programme, part), {**table(typed), "version": 2})
    assert again.status_code == 302


@pytest.mark.parametrize("name", ["target_parts", "target_about", *PARTS])
def test_parts_are_closed_to_readers_and_do_not_exist_for_strangers(
    programme, sign_in, stranger_client, name
):
    url = at(programme, name) if name in PARTS else reverse(name, args=[programme.slug])
    clients = [
        (sign_in(User.objects.get(username=who)), 403) for who in ("audyt", "rada", "pidpys")
    ]
    for client, status in [*clients, (stranger_client, 404)]:
        assert client.get(url).status_code == status
        if name != "target_parts":
            assert client.post(url, {"version": 1}).status_code == status
    assert fresh(programme).version == 1


def test_an_unknown_part_does_not_exist(programme, officer_client):
    assert officer_client.get(at(programme, "unknown")).status_code == 404


def test_a_count_of_rows_that_no_page_sends_saves_nothing(programme, officer_client):
    data = {"rows-TOTAL_FORMS": "999", "rows-INITIAL_FORMS": "0", "version": 1}
    answer = officer_client.post(at(programme, "sources"), data)
    assert answer.status_code == 422
    assert "Нічого не збережено" in text(answer)


def test_a_task_stands_under_a_direction(programme, officer, officer_client):
    programme_parts.write_rows(
        programme=programme, model=Direction, rows=[{"number": "1", "title": "Доступність"}],
        version=1, by=officer,
    )  # fmt: skip
    direction = programme.directions.get()
    row = {"title": "Мережі", "direction": direction.pk}
    officer_client.post(at(programme, "tasks"), {**table(row), "version": 2})
    assert programme.tasks.get().direction == direction
    removed = officer_client.post(
        at(programme, "directions"),
        {**table({"id": direction.pk, "title": "Доступність", "DELETE": "on"}), "version": 3},
    )
    assert removed.status_code == 422
    assert "його називає завдання «Мережі»" in text(removed)


# After the approval


def test_what_the_council_approved_is_shown_and_closed(officer_client):
    programme = Programme.objects.get(slug=APPROVED)
    for part in ("passport", "stages", "strategy"):
        page = text(officer_client.get(at(programme, part)))
        assert "частина не змінюється" in page
        assert 'name="rows-TOTAL_FORMS"' not in page
        answer = officer_client.post(
            at(programme, part), {**table(GOOD[part][0]), "version": programme.version}
        )
        assert answer.status_code == 422
        assert "Цю частину затверджено" in text(answer)
    assert "Ініціатор розроблення Програми" in text(officer_client.get(at(programme, "passport")))


def sent_rows(programme, *new):
    old = [
        {"id": row.pk, "number": row.number, "title": row.title, "position": place}
        for place, row in enumerate(programme.directions.all(), start=1)
    ]
    return [*old, *new]


def test_new_rows_join_the_approved_ones(officer_client):
    programme = Programme.objects.get(slug=APPROVED)
    url = at(programme, "directions")
    page = text(officer_client.get(url))
    assert "readonly" in page
    assert "Нові рядки можна додати" in page
    rows = sent_rows(programme, {"title": "Новий напрям"})
    answer = officer_client.post(url, {**table(*rows), "version": programme.version})
    assert answer.status_code == 302, text(answer)
    assert programme.directions.filter(title="Новий напрям").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "Інша назва напряму"}, "затверджено радою, його слова не змінюються"),
        ({"DELETE": "on"}, "рядок не вилучають"),
        ({"position": "99"}, "Порядок затверджених рядків"),
    ],
)
def test_a_page_that_sends_other_words_of_the_council_is_refused(officer_client, change, message):
    programme = Programme.objects.get(slug=APPROVED)
    rows = sent_rows(programme)
    rows[0] |= change
    url = at(programme, "directions")
    answer = officer_client.post(url, {**table(*rows), "version": programme.version})
    assert answer.status_code == 422
    assert message in text(answer)
    assert all(value in text(answer) for value in change.values())
    assert fresh(programme).version == programme.version


# About


def about_form(programme, **changed):
    return {
        "title": programme.title, "short_title": "", "year_from": programme.year_from,
        "year_to": programme.year_to, "unit": "hryvnia", "layout": "funds", "marked_share": "10",
        "version": programme.version, **changed,
    }  # fmt: skip


def test_a_programme_is_described_anew(programme, officer_client):
    url = reverse("target_about", args=[programme.slug])
    assert "Цифрове місто" in text(officer_client.get(url))
    answer = officer_client.post(url, about_form(programme, title="Нова назва", year_to="2030"))
    assert answer.url == reverse("target_parts", args=[programme.slug])
    now = fresh(programme)
    assert (now.title, now.year_to, now.unit, now.layout) == (
        "Нова назва",
        2030,
        "hryvnia",
        "funds",
    )


def test_a_stale_description_stays_in_the_form(programme, officer_client, sign_in, programme_head):
    url = reverse("target_about", args=[programme.slug])
    sign_in(programme_head).post(url, about_form(programme, short_title="Їхнє"))
    answer = officer_client.post(url, about_form(programme, short_title="Наше"))
    page = text(answer)
    assert answer.status_code == 409
    assert "<li>Їхнє</li>" in page
    assert 'value="Наше"' in page
    assert (
        officer_client.post(url, about_form(fresh(programme), short_title="Наше")).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": ""}, "Заповніть це поле"), ({"year_to": "2020"}, "не може бути раніше"),
        ({"marked_share": "чверть"}, "ціле число"), ({"layout": "коло"}, "Такого варіанта немає"),
    ],
)  # fmt: skip
def test_a_description_that_does_not_fit_is_told(programme, officer_client, changed, message):
    url = reverse("target_about", args=[programme.slug])
    answer = officer_client.post(url, about_form(programme, **changed))
    assert answer.status_code == 422
    assert message in text(answer)
    assert fresh(programme).version == 1


def test_the_title_and_the_years_stay_as_approved(programme, officer_client):
    Act.objects.filter(programme=programme).update(
        status=ActStatus.ADOPTED, number="7", in_force_from=dt.date(2027, 1, 1)
    )
    url = reverse("target_about", args=[programme.slug])
    assert "Затверджено радою, не змінюється" in text(officer_client.get(url))
    officer_client.post(url, about_form(programme, title="Інша", year_to="2040"))
    now = fresh(programme)
    assert (now.title, now.year_to, now.unit) == (programme.title, 2029, "hryvnia")


# Speed


@pytest.mark.parametrize("part", ["tasks", "executors", "passport"])
def test_opening_a_part_takes_the_same_queries_for_any_number_of_rows(
    programme, officer, officer_client, part
):
    model, word = PARTS[part].model, PARTS[part].form.needs

    def queries(count):
        rows = [{word: f"Рядок {n}"} for n in range(count)]
        version = fresh(programme).version
        programme_parts.write_rows(
            programme=programme, model=model, rows=rows, version=version, by=officer
        )
        with CaptureQueriesContext(connection) as captured:
            assert officer_client.get(at(programme, part)).status_code == 200
        return len(captured)

    assert queries(1) == queries(12)
