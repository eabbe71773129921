"""Passports, their indicators and reports through the API, from nothing to an approved year."""

import pytest

from budgets.models import Event, Passport, PassportRevision
from indicators.models import ActualValue
from tests.api.conftest import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(sample, finance):
    """A new passport of 2024 and the address of its first revision."""
    said = {"budget_programme": sample.programme_id, "year": 2024}
    made = finance.post("passports/", said)
    assert made.status_code == 201, made.content
    return f"passports/{made.json()['passport']}/revisions/1/"


LINE = {
    "title": "Супровід системи",
    "allocations": [{"economic_code": "2240", "general": "27395.40", "special": "0.00"}],
}


def test_a_passport_goes_from_nothing_to_approval(draft, finance, sample, officer):
    texts = {"legal_grounds": "Бюджетний кодекс", "purpose": "Інформатизація", "version": 1}
    assert finance.put(draft + "texts/", texts).json()["purpose"] == "Інформатизація"
    for part in ("goals", "tasks"):
        version = finance.get(draft).json()["version"]
        finance.put(f"{draft}{part}/", {"rows": [{"text": "Перше"}], "version": version})
    local = finance.put(draft + "local-programmes/", {"rows": [{"title": "е-Місто"}], "version": 4})
    line = {**LINE, "local_programme": local.json()["local_programmes"][0]["id"]}
    lines = finance.put(draft + "lines/", {"rows": [line], "version": 5}).json()
    assert lines["lines"][0]["allocations"] == LINE["allocations"]
    indicators = [
        {"kind": "input", "title": "Обсяг", "unit_of_measure": "грн", "line": lines["lines"][0]["id"]},
        {"kind": "output", "title": "Кількість", "unit_of_measure": "од.", "general": "2"},
        {"kind": "efficiency", "title": "Середні витрати", "unit_of_measure": "грн", "numerator": 1, "denominator": 2},
    ]  # fmt: skip
    rows = finance.put(draft + "indicators/", {"rows": indicators, "version": 6}).json()["rows"]
    assert [row["approved"]["general"] for row in rows] == ["27395.4", "2", "13697.7"]
    signers = [
        {"role": role, "position": "Посада", "name": "Ім’я ПРІЗВИЩЕ"}
        for role in ("approver", "head", "accountant", "finance")
    ]
    done = finance.put(draft + "signatories/", {"rows": signers, "version": 7}).json()
    agreed = finance.post(draft + "agree/", {"agreed_on": "2024-01-10", "version": done["version"]})
    assert agreed.json()["status"] == "agreed", agreed.content
    back = finance.post(draft + "return/", {"version": agreed.json()["version"]}).json()
    again = finance.post(draft + "agree/", {"agreed_on": "2024-01-10", "version": back["version"]})
    order = {"order_number": "75", "order_date": "2024-01-20", "version": again.json()["version"]}
    assert finance.post(draft + "approve/", order).json()["status"] == "approved"
    refused = finance.put(draft + "texts/", {**texts, "version": order["version"] + 1})
    assert "не змінюється" in refusal(refused, 422, "rule")["detail"]
    whole = finance.get(draft.partition("revisions")[0]).json()
    assert (whole["approved_revision"], whole["open_revision"]) == (1, None)
    assert Event.objects.latest("number").person == officer


def test_checks_keep_an_empty_draft_from_being_agreed(draft, finance):
    refusal(finance.post(draft + "agree/", {"agreed_on": "2024-01-10", "version": 1}), 422, "rule")


@pytest.mark.parametrize(
    ("allocations", "words"),
    [
        ([{"economic_code": "2200", "general": "1.00"}], "груповий"),
        ([{"economic_code": "9999", "general": "1.00"}], "невідомий"),
        ([{"economic_code": "2240", "general": "-1.00"}], "від’ємним"),
        ([{"economic_code": "2240", "general": "1.00"}] * 2, "двічі"),
    ],
)
def test_a_plan_that_the_pages_refuse_is_refused_here(draft, finance, allocations, words):
    said = {"rows": [{**LINE, "allocations": allocations}], "version": 1}
    assert words in refusal(finance.put(draft + "lines/", said), 422, "rule")["detail"]
    assert finance.get(draft).json()["lines"] == []


def test_a_row_sent_twice_is_refused(draft, finance):
    line = finance.put(draft + "lines/", {"rows": [LINE], "version": 1}).json()["lines"][0]
    said = {"rows": [{**LINE, "id": line["id"]}] * 2, "version": 2}
    assert "двічі" in refusal(finance.put(draft + "lines/", said), 422, "rule")["detail"]


def test_a_stale_draft_is_refused_with_what_is_stored(draft, finance):
    said = {"legal_grounds": "", "purpose": "", "version": 1}
    finance.put(draft + "texts/", said)
    assert refusal(finance.put(draft + "texts/", said), 409, "stale")["current"] == "2"
    refusal(finance.put(draft + "texts/", {"purpose": ""}), 422, "invalid")


def test_a_passport_is_revised_copied_and_the_draft_discarded(sample, finance, officer):
    at = f"passports/{sample.pk}/"
    revised = finance.post(at + "revise/").json()
    assert (revised["number"], revised["status"]) == (2, "draft")
    refusal(finance.post(at + "revise/"), 422, "rule")
    refusal(finance.delete(at + "revisions/2/"), 400, "bad-request")
    refusal(finance.delete(at + "revisions/2/?version=9"), 409, "stale")
    assert finance.delete(at + "revisions/2/?version=1").status_code == 204
    event = Event.objects.latest("number")
    assert (event.action, event.person) == ("passports.discard", officer)
    copied = finance.post(at + "revisions/1/copy/", {"year": 2025})
    assert Passport.objects.get(pk=copied.json()["passport"]).year == 2025


def test_lists_are_filtered(sample, finance, draft):
    years = [row["year"] for row in finance.get("passports/?code=0217530").json()["results"]]
    assert sorted(years) == [2023, 2024]
    only = finance.get("passports/?year=2023&code=0217530").json()["results"]
    assert [row["id"] for row in only] == [sample.pk]
    assert only[0]["approved_revision"] == 1


def test_a_foreign_programme_is_refused_like_one_that_is_not_there(finance, elsewhere):
    for pk in (elsewhere.programme.pk, 2_000_000_000):
        said = {"budget_programme": pk, "year": 2024}
        told = refusal(finance.post("passports/", said), 422, "invalid")
        assert told["errors"][0]["pointer"] == "#/budget_programme"


def test_actual_values_are_saved_all_or_none(sample, finance):
    rows = finance.get(f"passports/{sample.pk}/indicators/").json()["rows"]
    typed = [row for row in rows if row["is_typed"]]
    edits = [
        {"root": row["root"], "general": "240", "special": "0", "explanation": "менше", "version": row["version"]}
        for row in typed
    ]  # fmt: skip
    edits[-1]["version"] += 5
    refused = finance.put(f"passports/{sample.pk}/indicators/", {"rows": edits})
    assert len(refusal(refused, 409, "stale")["errors"]) == 1
    edits[0]["root"] += 1_000_000
    refused = finance.put(f"passports/{sample.pk}/indicators/", {"rows": edits})
    assert len(refusal(refused, 422, "cells")["errors"]) == 2
    edits[0]["root"] -= 1_000_000
    assert not ActualValue.objects.filter(explanation="менше").exists()
    edits[-1]["version"] -= 5
    saved = finance.put(f"passports/{sample.pk}/indicators/", {"rows": edits}).json()["rows"]
    assert {row["actual"]["general"] for row in saved if row["is_typed"]} == {"240"}


def test_words_and_signatories_of_a_report(sample, finance, audit):
    at = f"passports/{sample.pk}/report/"
    report = finance.get(at).json()
    said = {"explanations": report["explanations"], "analysis": "Виконано.", "conclusion": "Так.", "version": report["version"]}  # fmt: skip
    saved = finance.put(at, said).json()
    assert (saved["analysis"], saved["version"]) == ("Виконано.", report["version"] + 1)
    refusal(finance.put(at, said), 409, "stale")
    twice = {**said, "explanations": [{"line": 1, "text": "а"}] * 2, "version": saved["version"]}
    refusal(finance.put(at, twice), 422, "invalid")
    signers = {"signatories": [{"position": "Голова", "name": ""}], "version": saved["version"]}
    assert finance.put(at + "signatories/", signers).json()["signatories"][0]["position"] == "Голова"  # fmt: skip
    assert audit.get(at).json()["analysis"] == "Виконано."
    assert isinstance(audit.get(at + "findings/").json()["findings"], list)


def test_there_is_no_report_before_approval(draft, finance):
    at = draft.partition("revisions")[0]
    said = {"explanations": [], "analysis": "", "conclusion": "", "version": 1}
    refusal(finance.put(at + "report/", said), 422, "rule")
    assert finance.get(at + "report/").json()["changed_at"] is None


def test_documents_are_files_with_their_own_figures(sample, audit):
    at = f"passports/{sample.pk}/documents/passport-execution"
    assert audit.get(f"{at}.json").json()["meta"]["programme"] == "0217530"
    book = audit.get(f"{at}.xlsx?formulas=true")
    assert book.content[:2] == b"PK"
    assert "robocha" in book["Content-Disposition"]
    refusal(audit.get(f"{at}.exe"), 404, "not-found")
    refusal(audit.get(f"passports/{sample.pk}/documents/unknown.json"), 404, "not-found")
    number = PassportRevision.objects.get(passport=sample).number
    assert audit.get(f"passports/{sample.pk}/revisions/{number}/passport.json").status_code == 200


def test_heavy_downloads_count_with_those_of_the_pages(sample, audit, settings):
    settings.DOWNLOAD_LIMIT = "2/m/user"
    at = f"passports/{sample.pk}/documents/passport.json"
    assert [audit.get(at).status_code for _ in range(3)] == [200, 200, 429]
    assert audit.get("passports/").status_code == 200


def test_revisions_are_compared_and_say_what_they_lack(sample, finance):
    draft = finance.post(f"passports/{sample.pk}/revise/").json()
    at = f"passports/{sample.pk}/revisions/{draft['number']}/"
    assert finance.get(at + "compared-with/1/").json()["sections"] == []
    said = {"goals": [{"text": "Інша мета"}]}
    changed = finance.put(at + "goals/", {"rows": said["goals"], "version": draft["version"]})
    assert changed.status_code == 200, changed.content
    sections = finance.get(at + "compared-with/1/").json()["sections"]
    kinds = {row["kind"] for section in sections for row in section["rows"]}
    assert kinds == {"added", "removed"}
    assert "Інша мета" in str(sections)
    assert finance.get(at + "findings/").json()["findings"] == []
    refusal(finance.get(at + "compared-with/9/"), 404, "not-found")
