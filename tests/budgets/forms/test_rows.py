"""Tables of rows that pages send: what cannot be read is refused as a whole and nothing is lost."""

import pytest

from budgets.forms.passports import GoalForm, SignatoryForm
from budgets.forms.rows import MAX_ROWS, open_rows
from budgets.models import Goal, Signatory
from budgets.services import passports

STORED = [{"id": 7, "position": 1, "text": "збережена"}]


def table(*rows, initial=0, total=None):
    data = {
        "rows-TOTAL_FORMS": len(rows) if total is None else total,
        "rows-INITIAL_FORMS": initial,
    }
    for index, row in enumerate(rows):
        data |= {f"rows-{index}-{name}": value for name, value in row.items()}
    return data


@pytest.fixture
def draft(sample, officer):
    return passports.create(programme=sample.programme, year=2024, by=officer)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"rows-TOTAL_FORMS": "1"},
        {"rows-TOTAL_FORMS": "один", "rows-INITIAL_FORMS": "0"},
        table(total=-1),
        table(initial=-1),
        table({"text": "одна"}, initial=2),
        table(total=MAX_ROWS + 1),
        table(total=100_000),
    ],
)
def test_a_count_that_no_page_sends_is_refused_and_the_stored_rows_are_shown(data):
    formset = open_rows(GoalForm, data, initial=STORED)
    assert not formset.is_valid()
    assert "Нічого не збережено" in formset.refusal
    assert "ManagementForm" not in formset.refusal
    assert formset.forms[0]["text"].value() == "збережена"
    assert len(formset.forms) < 5


def test_as_many_rows_as_allowed_are_taken():
    rows = [{"text": f"ціль {number}"} for number in range(MAX_ROWS)]
    formset = open_rows(GoalForm, table(*rows), initial=[])
    assert formset.is_valid()
    assert len(formset.rows()) == MAX_ROWS


def test_a_row_sent_twice_is_refused():
    formset = open_rows(
        GoalForm, table({"id": 7, "text": "а"}, {"id": 7, "text": "б"}), initial=STORED
    )
    assert not formset.is_valid()
    assert "надіслано двічі" in formset.non_form_errors()[0]


def test_an_unchanged_row_is_kept_whatever_the_counts_say():
    """Rows beyond INITIAL_FORMS that equal what is stored are rows all the same."""
    formset = open_rows(GoalForm, table(STORED[0], initial=0), initial=STORED)
    assert formset.is_valid()
    assert formset.rows() == [{"id": 7, "text": "збережена"}]


@pytest.mark.parametrize("total", [-1, 100_000])
def test_a_crafted_count_removes_nothing(draft, officer, officer_client, total):
    passports.save_rows(revision=draft, model=Goal, rows=[{"text": "Ціль"}], version=1, by=officer)
    url = f"/passports/{draft.passport_id}/revisions/{draft.number}/edit/rows-of-goals/"
    answer = officer_client.post(url, {**table(total=total), "version": 2})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Надіслану таблицю не вдалося прочитати" in page
    assert "ManagementForm" not in page
    assert "Ціль" in page
    assert draft.goals.count() == 1


def signatory(role, title, **more):
    return {"role": role, "position": title, "name": "", **more}


def test_two_signatories_swap_their_roles_and_keep_their_ids(draft, officer):
    def save(*rows):
        draft.refresh_from_db()
        passports.save_rows(
            revision=draft, model=Signatory, rows=rows, version=draft.version, by=officer
        )
        return {row.role: row.pk for row in draft.signatorys.all()}

    before = save(signatory("head", "Перший"), signatory("accountant", "Другий"))
    after = save(
        signatory("accountant", "Перший", id=before["head"]),
        signatory("head", "Другий", id=before["accountant"]),
    )
    assert after == {"accountant": before["head"], "head": before["accountant"]}


def test_a_removed_signatory_leaves_the_role_to_a_new_one(draft, officer):
    for version, title in ((1, "Перший"), (2, "Другий")):
        passports.save_rows(
            revision=draft,
            model=Signatory,
            rows=[signatory("head", title)],
            version=version,
            by=officer,
        )
    assert [row.position for row in draft.signatorys.all()] == ["Другий"]


def test_a_hidden_id_that_is_no_number_is_told():
    formset = open_rows(SignatoryForm, table({"id": "²", "role": "head"}), initial=[])
    assert not formset.is_valid()
    assert formset.errors[0]["id"]
