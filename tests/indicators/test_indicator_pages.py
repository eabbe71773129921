"""Section 11 as it is typed, and conflicts of actual values: formulas by №, pages that stay small."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.services import passports
from indicators.models import ActualValue
from indicators.selectors import indicator_figures
from indicators.services import passports as services


@pytest.fixture
def draft(sample, officer):
    return passports.create(programme=sample.programme, year=2024, by=officer)


@pytest.fixture
def send(draft, officer_client):
    """Send rows as section 11 of the draft; answers the page."""

    def sent(*rows):
        data = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0}
        for index, row in enumerate(rows):
            data |= {f"rows-{index}-{name}": value for name, value in row.items()}
        draft.refresh_from_db()
        return officer_client.post(address(draft), {**data, "version": draft.version})

    return sent


def address(draft):
    return reverse("edit_indicators", args=[draft.passport_id, draft.number])


def row(number, title, kind="output", **more):
    return {"position": number, "title": title, "kind": kind, "unit_of_measure": "од.", **more}


def share(number, title, top, bottom, **more):
    return row(number, title, "efficiency", numerator=top, denominator=bottom, **more)


def page_of(answer):
    return answer.content.decode().replace("\u00a0", " ")


def test_a_formula_names_rows_that_are_not_saved_yet(draft, send):
    answer = send(
        share(3, "Середні", 1, 2),
        row(1, "Видатки", "input", general="100"),
        row(2, "Штук", general="4"),
    )
    assert answer.status_code == 302, page_of(answer)
    stored = draft.indicators.get(title="Середні")
    assert (stored.numerator.title, stored.denominator.title) == ("Видатки", "Штук")


def test_a_formula_follows_the_number_that_is_typed_and_a_part_may_leave_with_its_mention(
    draft, send
):
    send(row(1, "А", "input"), row(2, "Б"), row(3, "В"), share(4, "Частка", 1, 2))
    ids = dict(draft.indicators.values_list("title", "pk"))
    answer = send(
        row(1, "А", "input", id=ids["А"]),
        row(2, "Б", id=ids["Б"], DELETE="on"),
        row(3, "В", id=ids["В"]),
        share(4, "Частка", 1, 3, id=ids["Частка"]),
    )
    assert answer.status_code == 302, page_of(answer)
    stored = draft.indicators.get(title="Частка")
    assert (stored.pk, stored.denominator.title) == (ids["Частка"], "В")
    assert not draft.indicators.filter(title="Б").exists()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([share(3, "Ч", 1, 9)], "Показника № 9 у таблиці немає"),
        ([share(3, "Ч", 1, "")], "Частка потребує і чисельника, і знаменника"),
        ([row(2, "Ще Б"), share(3, "Ч", 1, 2)], "№ 2 мають кілька показників"),
        ([share(3, "Ч", 1, 2), share(4, "Г", 3, 2)], "Показник № 3 сам є часткою"),
        ([share(3, "Ч", 1, 1)], "мають бути різними"),
        ([row(3, "Обсяг", line=4)], "Напряму № 4 у розділі 9 немає"),
        ([row(3, "Обсяг", line="²")], "ціле число"),
    ],
)
def test_a_number_that_names_nothing_is_told_at_its_cell(draft, send, rows, message):
    answer = send(row(1, "А", "input"), row(2, "Б"), *rows)
    assert answer.status_code == 422
    assert message in page_of(answer)
    assert not draft.indicators.exists()


def test_an_indicator_takes_the_amounts_of_the_line_it_names(draft, send, officer):
    rows = [
        {"title": title, "local_programme": None, "allocations": []}
        for title in ("Перший", "Другий")
    ]
    passports.save_lines(revision=draft, rows=rows, version=1, by=officer)
    assert send(row(1, "Обсяг", "input", line=2)).status_code == 302
    assert draft.indicators.get().line.title == "Другий"


def test_the_page_of_indicators_takes_a_fixed_number_of_queries_and_grows_with_its_rows_only(
    draft, officer, officer_client
):
    sizes, queries = [], set()
    for count in (10, 20, 30):
        draft.refresh_from_db()
        rows = [
            {"kind": "output", "title": f"Показник {number}", "unit_of_measure": "од.", "source": "",
             "general": Decimal(1), "special": Decimal(0)}
            for number in range(count)
        ]  # fmt: skip
        services.save_indicators(revision=draft, rows=rows, version=draft.version, by=officer)
        with CaptureQueriesContext(connection) as made:
            sizes.append(len(officer_client.get(address(draft)).content))
        queries.add(len(made))
    assert len(queries) == 1
    assert sizes[2] - sizes[1] < 1.1 * (sizes[1] - sizes[0])


# Actual values that two people change


@pytest.fixture
def changed_by_another(revision, programme_head):
    """Indicator 20 as one person still sees it after another one changed it."""
    figures = {item.indicator.number: item for item in indicator_figures(revision)}
    seen = figures[20]
    edit = services.ActualEdit(
        seen.indicator.root_id, Decimal(249), Decimal(0), "повернуто", seen.version
    )
    services.save_actuals(passport=revision.passport, edits=[edit], by=programme_head)
    return seen


def stored(item):
    return ActualValue.objects.get(indicator_id=item.indicator.root_id)


def test_a_refused_row_brings_the_version_that_replaces_what_is_stored(
    sample, officer_client, changed_by_another
):
    item = changed_by_another
    prefix = f"i{item.indicator.root_id}"
    url = reverse("indicator_save", args=[sample.pk, item.indicator.root_id])
    typed = {f"{prefix}-general": "248", f"{prefix}-special": "0", f"{prefix}-explanation": "моє"}
    page = page_of(officer_client.post(url, {**typed, f"{prefix}-version": item.version}))
    assert "Зараз: 249,00 / 0,00; повернуто" in page
    assert "Ви ввели: 248,00 / 0,00; моє" in page
    assert "Замінити моїм" in page
    now = stored(item).version
    assert f'name="{prefix}-version" value="{now}"' in page
    assert stored(item).general == 249
    page = page_of(officer_client.post(url, {**typed, f"{prefix}-version": now}))
    assert "збережено" in page
    assert "Замінити моїм" not in page
    assert (stored(item).general, stored(item).explanation) == (248, "моє")


def test_what_cannot_be_read_brings_no_version_because_nobody_saw_both_values(
    sample, officer_client, changed_by_another
):
    item = changed_by_another
    prefix = f"i{item.indicator.root_id}"
    url = reverse("indicator_save", args=[sample.pk, item.indicator.root_id])
    typed = {f"{prefix}-general": "сто", f"{prefix}-version": item.version}
    page = page_of(officer_client.post(url, typed))
    assert "не є числом" in page
    assert f"{prefix}-version" not in page


def test_all_values_refused_once_are_saved_knowingly_the_second_time(
    sample, revision, officer_client, changed_by_another
):
    item = changed_by_another
    url = reverse("indicator_actuals", args=[sample.pk])
    data = {}
    for each in indicator_figures(revision):
        prefix = f"i{each.indicator.root_id}"
        data |= {f"{prefix}-version": each.version, f"{prefix}-explanation": each.explanation}
        if each.indicator.is_typed and each.actual:
            data |= {f"{prefix}-general": each.actual.general, f"{prefix}-special": 0}
    prefix = f"i{item.indicator.root_id}"
    data |= {
        f"{prefix}-general": "248",
        f"{prefix}-explanation": "моє",
        f"{prefix}-version": item.version,
    }
    answer = officer_client.post(url, data)
    page = page_of(answer)
    assert answer.status_code == 409
    assert page.count("Зараз: 249,00 / 0,00; повернуто") == 2  # above the table and in the row
    now = stored(item).version
    assert f'name="{prefix}-version" value="{now}"' in page
    assert 'value="248"' in page
    assert officer_client.post(url, {**data, f"{prefix}-version": now}).status_code == 302
    assert (stored(item).general, stored(item).explanation) == (248, "моє")
