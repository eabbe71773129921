"""Reference data and the record through the API."""

import pytest

from budgets.models import BudgetProgramme, Event, SpendingUnit
from tests.api.conftest import refusal

pytestmark = pytest.mark.django_db


def test_a_unit_is_made_and_changed_as_on_the_page(sample, finance, officer):
    unit = {"community": sample.programme.community_id, "code": "0300000", "name": "Відділ освіти", "edrpou": "04053625", "level": "lower"}  # fmt: skip
    made = finance.post("units/", unit)
    assert made.status_code == 201, made.content
    at = f"units/{made.json()['id']}/"
    assert finance.put(at, {**unit, "name": "Управління освіти"}).json()["name"] == "Управління освіти"  # fmt: skip
    event = Event.objects.latest("number")
    assert (event.action, event.person) == ("reference.save", officer)
    itself = {**unit, "parent": made.json()["id"]}
    told = refusal(finance.put(at, itself), 422, "invalid")
    assert [error["pointer"] for error in told["errors"]] == ["#/parent"]
    refusal(finance.post("units/", {**unit, "edrpou": "123", "name": "х"}), 422, "invalid")


def test_a_budget_programme_of_unseen_units_is_answered_all_the_same(sample, finance):
    community = sample.programme.community
    unit = SpendingUnit.objects.create(community=community, name="Культура", level="key")
    said = {"community": community.pk, "code": "1014082", "type_code": "4082", "functional_code": "0829", "title": "Культура", "key_unit": unit.pk, "responsible_unit": unit.pk}  # fmt: skip
    assert finance.post("budget-programmes/", said).status_code == 201
    assert BudgetProgramme.objects.filter(code="1014082").exists()


def test_a_code_of_a_programme_with_approved_passports_stays(sample, finance):
    at = f"budget-programmes/{sample.programme_id}/"
    said = finance.get(at).json()
    assert finance.put(at, {**said, "title": "Інша назва"}).json()["title"] == "Інша назва"
    refusal(finance.put(at, {**said, "code": "0227530"}), 422, "invalid")


def test_a_budget_code_begins_on_a_day_and_the_old_one_stays(sample, finance):
    community = sample.programme.community_id
    said = {"community": community, "code": "0655200001", "valid_from": "2025-01-01"}
    assert finance.post("budget-codes/", said).status_code == 201
    codes = finance.get(f"budget-codes/?community={community}").json()["results"]
    assert {(row["code"], row["valid_to"]) for row in codes} >= {("0655200001", None), ("0655200000", "2024-12-31")}  # fmt: skip


def test_only_a_superuser_founds_a_community(finance, program, officer):
    said = {"name": "Третя", "budget_code": "0100000000", "valid_from": "2023-01-01"}
    refusal(finance.post("communities/", said), 403, "forbidden")
    officer.is_superuser = True
    officer.save()
    assert finance.post("communities/", said).status_code == 201


def test_foreign_units_are_no_choice(sample, finance, elsewhere):
    unit = {"community": elsewhere.community.pk, "name": "Чужий", "level": "lower"}
    refusal(finance.post("units/", unit), 422, "invalid")
    own = {**unit, "community": sample.programme.community_id, "parent": elsewhere.unit.pk}
    refusal(finance.post("units/", own), 422, "invalid")


def test_economic_codes_say_which_are_groups(finance):
    rows = finance.get("economic-codes/?page_size=200").json()["results"]
    assert {row["code"]: row["is_group"] for row in rows} | {"2200": True, "2240": False} == {row["code"]: row["is_group"] for row in rows}  # fmt: skip


def test_the_record_is_read_by_who_may(sample, finance, audit, program, programme_head):
    finance.post(f"passports/{sample.pk}/months/6/close/", {"note": "звірено"})
    found = audit.get("events/?page_size=1").json()["results"][0]
    assert (found["action"], found["reason"]) == ("periods.close_month", "звірено")
    one = audit.get(f"events/{found['number']}/").json()
    assert one["changes_count"] == len(one["changes"]) == 1
    assert audit.get("events/?day=1999-01-01").json()["results"] == []
    refusal(program(programme_head).get("events/"), 403, "forbidden")
    refusal(audit.get("events/?subject_type=Not"), 400, "bad-request")


def test_the_record_is_taken_away_as_a_file_and_that_is_recorded(sample, finance, audit, auditor):
    finance.post(f"passports/{sample.pk}/months/6/close/", {"note": "звірено"})
    answer = audit.post("events/export/?subject_type=budgets.spendingunit", **{"Idempotency-Key": "x"})  # fmt: skip
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.getvalue().decode().splitlines()
    assert len(lines) == 2
    assert "звірено" in lines[1]
    event = Event.objects.latest("number")
    assert (event.action, event.person) == ("record.exported", auditor)
    assert event.reason == "subject_type=budgets.spendingunit"
    again = audit.post(
        "events/export/?subject_type=budgets.spendingunit", **{"Idempotency-Key": "x"}
    )
    assert again.getvalue().decode().splitlines() == lines
