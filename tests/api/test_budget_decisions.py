"""Decisions on the budget and the four-way match through the API."""

from decimal import Decimal

import pytest

from budgets.models import BudgetDecision, MatchReason
from budgets.services import decisions, passports
from budgets.services.decisions import Given, Said
from tests.api.conftest import constant_queries, refusal

pytestmark = pytest.mark.django_db


def body(sample, amount="1000.50", **changed):
    line = {"budget_programme": sample.programme_id, "fund": "general", "amount": amount}
    return {
        "community": sample.programme.community_id, "year": 2023, "kind": "amendment", "number": "700",
        "date": "2023-02-20", "in_force_from": "2023-02-20", "lines": [line], **changed,
    }  # fmt: skip


def test_a_decision_is_drafted_changed_and_adopted(sample, finance):
    made = finance.post("decisions/", body(sample))
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["status"], told["version"]) == ("draft", 1)
    assert [(row["amount"], row["target"]) for row in told["lines"]] == [("1000.50", None)]
    one = f"decisions/{told['id']}/"
    changed = finance.put(one, body(sample, "-2.00", version=1))
    assert changed.json()["lines"][0]["amount"] == "-2.00", changed.content
    refusal(finance.put(one, body(sample, "3.00", version=1)), 409, "stale")
    refusal(finance.post(one + "adopt/", {"version": 1}), 409, "stale")
    assert finance.post(one + "adopt/", {"version": 2}).json()["status"] == "adopted"
    assert "не змінюється" in refusal(finance.put(one, body(sample, version=3)), 422, "rule")["detail"]  # fmt: skip
    refusal(finance.delete(one + "?version=3"), 422, "rule")


def test_a_draft_of_a_decision_is_removed(sample, finance):
    made = finance.post("decisions/", body(sample)).json()
    refusal(finance.delete(f"decisions/{made['id']}/"), 400, "bad-request")
    refusal(finance.delete(f"decisions/{made['id']}/?version=7"), 409, "stale")
    assert finance.delete(f"decisions/{made['id']}/?version=1").status_code == 204
    refusal(finance.get(f"decisions/{made['id']}/"), 404, "not-found")


def test_what_a_decision_may_not_say(sample, finance, elsewhere):
    foreign = {"budget_programme": elsewhere.programme.pk, "fund": "general", "amount": "1.00"}
    for changed, kind in (
        ({"lines": [foreign]}, "rule"),
        ({"in_force_from": "2023-02-19"}, "rule"),
        ({"lines_known": False}, "rule"),
        ({"community": elsewhere.community.pk}, "invalid"),
        ({"year": 1900}, "invalid"),
    ):
        refusal(finance.post("decisions/", body(sample, **changed)), 422, kind)
    refusal(finance.post("decisions/", body(sample, "0.00")), 422, "rule")
    assert BudgetDecision.objects.count() == 1


def test_decisions_are_filtered_and_seen_by_their_community(
    sample, finance, audit, program, elsewhere
):
    made = finance.post("decisions/", body(sample, year=2022)).json()
    listed = finance.get("decisions/?year=2022&status=draft").json()["results"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert len(audit.get("decisions/").json()["results"]) == 2
    refusal(audit.post("decisions/", body(sample, number="701")), 403, "forbidden")
    refusal(finance.get("decisions/?status=sent"), 400, "bad-request")
    foreign = program(elsewhere.officer)
    assert foreign.get("decisions/").json()["results"] == []
    refusal(foreign.put(f"decisions/{made['id']}/", body(sample, version=1)), 404, "not-found")
    refusal(foreign.get(f"decisions/{made['id']}/"), 404, "not-found")


def test_decisions_cost_the_same_however_many(sample, finance, officer):
    day = BudgetDecision.objects.get().date
    with constant_queries(finance, "decisions/") as queries:
        queries.ask()
        for number in range(5):
            decisions.draft(
                community=sample.programme.community,
                said=Said(2023, "amendment", f"n{number}", day, day),
                lines=[Given(sample.programme_id, "general", Decimal(1))],
                by=officer,
            )


# The match


def difference(told, step, line=None, fund=""):
    return next(
        row
        for row in told["differences"]
        if (row["step"], row["line"], row["fund"]) == (step, line, fund)
    )


def test_the_match_tells_figures_grounds_and_differences(sample, finance):
    told = finance.get(f"passports/{sample.pk}/match/").json()
    assert {row["line"] for row in told["totals"]} == {None}
    total = next(row for row in told["totals"] if not row["fund"])
    assert sum(Decimal(row["cash"]["amount"]) for row in told["lines"]) == Decimal(total["cash"]["amount"])  # fmt: skip
    act = next(ground for row in told["lines"] for ground in row["target"]["grounds"])
    assert (act["kind"], act["refs"][0]) == ("act", "zhytomyr-e-misto")
    unspent = difference(told, "passport-cash")
    assert Decimal(unspent["amount"]) == Decimal(total["cash"]["amount"]) - Decimal(total["passport"]["amount"])  # fmt: skip
    assert unspent["typed"] is None


def test_a_reason_is_written_and_taken_back(sample, finance, audit):
    at = f"passports/{sample.pk}/match/reasons/"
    said = {"step": "passport-cash", "text": "Економія", "version": 0}
    told = finance.put(at, said)
    assert told.status_code == 200, told.content
    found = difference(told.json(), "passport-cash")
    assert (found["reason"], found["typed"]["version"]) == ("Економія", 1)
    assert refusal(finance.put(at, said), 409, "stale")["current"] == "Економія"
    refusal(finance.put(at, {**said, "line": 2_000_000_000}), 422, "rule")
    refusal(finance.put(at, {**said, "step": "cash"}), 422, "invalid")
    refusal(audit.put(at, said), 403, "forbidden")
    finance.put(at, {**said, "text": "", "version": 1})
    assert not MatchReason.objects.exists()


def test_nothing_is_matched_before_approval_or_of_others(sample, finance, elsewhere, officer):
    fresh = passports.create(programme=sample.programme, year=2031, by=officer).passport
    refusal(finance.get(f"passports/{fresh.pk}/match/"), 422, "rule")
    said = {"step": "passport-cash", "text": "Економія", "version": 0}
    refusal(finance.put(f"passports/{fresh.pk}/match/reasons/", said), 422, "rule")
    foreign = f"passports/{elsewhere.revision.passport_id}/match/"
    refusal(finance.get(foreign), 404, "not-found")
    refusal(finance.put(foreign + "reasons/", said), 404, "not-found")
