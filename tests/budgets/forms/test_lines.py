"""Spending lines as they are typed: which line a further economic code belongs to."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.forms.passports import LineForm, LineFormSet, line_rows
from budgets.forms.rows import open_rows
from budgets.models import LocalProgramme
from budgets.services import passports


@pytest.fixture
def lines(db):
    """The lines of a sent table as {title: codes}, or its errors as [(row, field, message)]."""

    def read(*rows):
        data = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0}
        for index, row in enumerate(rows):
            data |= {f"rows-{index}-{name}": value for name, value in row.items()}
        formset = open_rows(
            LineForm, data, initial=[], formset=LineFormSet, form_kwargs={"programmes": {}}
        )
        if formset.is_valid():
            return [
                (row["title"], [code for code, *_ in row["allocations"]]) for row in formset.rows()
            ]
        return [
            (index, name, messages[0])
            for index, form in enumerate(formset.forms)
            for name, messages in form.errors.items()
        ]

    return read


def line(number, title, code="2240", **more):
    return {"position": number, "title": title, "economic_code": code, "general": "5", **more}


def code(number, code, **more):
    return {"position": number, "economic_code": code, "general": "1", **more}


def test_a_further_code_belongs_to_the_line_whose_number_it_carries(lines):
    assert lines(line(1, "А"), line(2, "Б"), code(1, "2210")) == [
        ("А", ["2240", "2210"]),
        ("Б", ["2240"]),
    ]


def test_a_further_code_may_stand_above_its_line(lines):
    assert lines(line(1, "А"), code(2, "2210"), line(2, "Б")) == [
        ("А", ["2240"]),
        ("Б", ["2210", "2240"]),
    ]


def test_of_two_lines_with_one_number_a_code_belongs_to_the_one_above_it(lines):
    sent = [line(2, "А"), code(2, "2210"), line(2, "Б"), code(2, "3110")]
    assert lines(*sent) == [("А", ["2240", "2210"]), ("Б", ["2240", "3110"])]


def test_a_removed_line_takes_its_codes_with_it(lines):
    removed = line(2, "Б", id=5, DELETE="on")
    assert lines(line(1, "А"), removed, code(2, "2210")) == [("А", ["2240"])]


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([line(1, "А"), code("", "2210")], (1, "position", "Вкажіть назву напряму або № напряму")),
        ([line(1, "А"), code(7, "2210")], (1, "position", "Напряму № 7 у таблиці немає")),
        ([code(2, "2210"), line(2, "А"), line(2, "Б")], (0, "position", "№ 2 мають кілька")),
        (
            [line(1, "А"), line(2, "", id=5)],
            (1, "title", "Вкажіть назву напряму або позначте рядок ✕."),
        ),
        (
            [line(1, "А"), {"position": 2, "id": 5}],
            (1, "title", "Вкажіть назву напряму або позначте рядок ✕."),
        ),
    ],
)
def test_a_row_that_belongs_nowhere_is_told_at_its_cell(lines, rows, error):
    (told,) = lines(*rows)
    assert told[:2] == error[:2]
    assert told[2].startswith(error[2])


@pytest.fixture
def draft(sample, officer):
    return passports.create(programme=sample.programme, year=2024, by=officer)


def fill(draft, officer, count):
    draft.refresh_from_db()
    rows = [
        {
            "title": f"Напрям {number}",
            "local_programme": None,
            "allocations": [("2240", Decimal(1), Decimal(0)), ("2210", Decimal(2), Decimal(0))],
        }
        for number in range(count)
    ]
    passports.save_lines(revision=draft, rows=rows, version=draft.version, by=officer)


def test_stored_codes_carry_the_number_of_their_line(draft, officer):
    fill(draft, officer, 2)
    shown = [(row.get("id") is not None, row["position"]) for row in line_rows(draft)]
    assert shown == [(True, 1), (False, 1), (True, 2), (False, 2)]


def test_the_page_of_lines_takes_a_fixed_number_of_queries_and_grows_with_its_rows_only(
    draft, officer, officer_client
):
    url = reverse("edit_lines", args=[draft.passport_id, draft.number])
    LocalProgramme.objects.create(revision=draft, number=1, title="Місцева програма")
    sizes, queries = [], set()
    for count in (10, 20, 30):
        fill(draft, officer, count)
        with CaptureQueriesContext(connection) as made:
            sizes.append(len(officer_client.get(url).content))
        queries.add(len(made))
    assert len(queries) == 1
    assert sizes[2] - sizes[1] < 1.1 * (sizes[1] - sizes[0])


def test_a_line_names_a_local_programme_of_its_own_passport_only(draft, officer_client):
    url = reverse("edit_lines", args=[draft.passport_id, draft.number])
    own = LocalProgramme.objects.create(revision=draft, number=1, title="Місцева програма")
    data = {"rows-TOTAL_FORMS": 1, "rows-INITIAL_FORMS": 0, "rows-0-title": "А", "version": 1}
    answer = officer_client.post(url, {**data, "rows-0-local_programme": 10**9})
    assert answer.status_code == 422
    answer = officer_client.post(url, {**data, "rows-0-local_programme": own.pk})
    assert answer.status_code == 302
    assert draft.spendinglines.get().local_programme == own
