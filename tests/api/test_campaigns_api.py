"""Reporting campaigns through the API: opened, filled in by units, handed in, returned with remarks, accepted, closed."""

import datetime as dt

import pytest

from budgets.choices import Role
from budgets.models import Event, Membership
from reports.models import ReportPhrase, UnitReport
from reports.periods import ReportingPeriod
from reports.services import campaigns
from tests.api.conftest import constant_queries, refusal
from tests.reports.programme_samples import approved_town

pytestmark = pytest.mark.django_db
HEAD = {"unit": "hryvnia", "position": "Начальник управління", "name": "Ім’я ПРІЗВИЩЕ"}


@pytest.fixture
def made(sample):
    """Two units report on 2024."""
    made = approved_town(
        community=sample.programme.community, responsible_unit=sample.programme.responsible_unit
    )
    made.act(("3.1", 2024, "general", "500.00"), on=dt.date(2024, 2, 1), number="11")
    return made


@pytest.fixture
def at(made):
    return f"programmes/{made.programme.slug}/campaigns/"


@pytest.fixture
def opened(at, finance):
    answer = finance.post(at, {"year": 2024, "kind": "year"})
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def report_at(at, opened, place=0):
    return f"{at}2024-year/reports/{opened['reports'][place]['id']}/"


def ok(answer):
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def filled(finance, address):
    ok(finance.put(address + "head/", {**HEAD, "version": 1}))
    for row in ok(finance.get(address))["rows"]:
        said = {"text": f"Закупівлю за {row['number']} перенесено.", "version": row["version"]}
        ok(finance.put(f"{address}rows/{row['measure']}/", said))
    return ok(finance.get(address))


def test_a_campaign_is_opened_listed_and_filtered(at, opened, finance, audit):
    assert (opened["period"], opened["due_on"], opened["units"]) == ("2024-year", "2025-01-15", 2)
    assert [each["status"] for each in opened["reports"]] == ["draft", "draft"]
    assert ok(audit.get(at + "2024-year/")) == opened
    listed = ok(audit.get("campaigns/?year=2024&is_open=true"))["results"]
    assert [each["programme"] for each in listed] == [opened["programme"]]
    assert ok(audit.get(at + "?kind=9m"))["results"] == []
    assert ok(audit.get(at + "?is_open=false"))["results"] == []
    assert "вже відкрито" in refusal(finance.post(at, {"year": 2024, "kind": "year"}), 422, "rule")["detail"].replace("уже", "вже")  # fmt: skip
    refusal(finance.get(at + "2024-9m/"), 404, "not-found")
    refusal(finance.get(at + "soon/"), 404, "not-found")
    refusal(audit.post(at, {"year": 2024, "kind": "9m"}), 403, "forbidden")


def test_rows_are_written_one_by_one_with_their_versions(at, opened, finance, officer):
    address = report_at(at, opened)
    row = ok(finance.get(address))["rows"][0]
    assert (row["version"], row["text"]) == (0, "")
    one = f"{address}rows/{row['measure']}/"
    said = {"text": "Навчено.", "percent_of_work": "62.5", "fact": "64", "fact_unit": "осіб", "version": 0}  # fmt: skip
    written = ok(finance.put(one, said))
    assert [written[name] for name in ("percent_of_work", "fact", "version")] == ["62.5", "64", 1]
    assert (Event.objects.latest("number").action, Event.objects.latest("number").person) == ("campaigns.write_row", officer)  # fmt: skip
    stale = refusal(finance.put(one, {**said, "text": "Інше."}), 409, "stale")
    assert (stale["current"], stale["stored"], stale["sent"]["text"]) == ("Навчено.", written, "Інше.")  # fmt: skip
    for changed in (
        {"percent_of_work": "100.01"},
        {"percent_of_work": 50},
        {"fact": "1.2345"},
        {"fact": "-3"},
    ):
        refusal(finance.put(one, {**said, "version": 1, **changed}), 422, "invalid")
    refusal(finance.put(one, {**said, "version": 1, "fact_unit": ""}), 422, "rule")
    refusal(finance.put(f"{address}rows/2000000000/", said), 422, "rule")
    refusal(finance.get(f"{address}rows/2000000000/"), 404, "not-found")


def test_a_report_is_handed_in_returned_with_remarks_and_accepted(at, opened, finance):
    address = report_at(at, opened)
    refusal(finance.post(address + "submit/", {"version": 1, "seen": ""}), 422, "rule")
    findings = ok(finance.get(address + "findings/"))["findings"]
    assert findings[0]["severity"] == "error"
    ready = filled(finance, address)
    refusal(finance.post(address + "submit/", {"version": 1, "seen": ready["seen"]}), 409, "stale")
    unseen = refusal(finance.post(address + "submit/", {"version": ready["version"], "seen": ""}), 409, "stale")  # fmt: skip
    assert "у ньому змінено: № 1.1, " in unseen["detail"]
    handed = ok(finance.post(address + "submit/", {"version": ready["version"], "seen": ready["seen"]}))  # fmt: skip
    assert handed["status"] == "submitted"
    row = handed["rows"][0]
    twice = [{"measure": row["measure"], "text": "Скільки?"}] * 2
    version = handed["version"]
    refusal(finance.post(address + "return/", {"version": version, "remarks": twice}), 422, "invalid")  # fmt: skip
    refusal(finance.post(address + "return/", {"version": version}), 422, "rule")
    back = ok(finance.post(address + "return/", {"version": version, "remarks": twice[:1]}))
    assert (back["status"], back["rows"][0]["remark"]) == ("returned", "Скільки?")
    said = {"text": "Шістдесят чотири.", "version": back["rows"][0]["version"]}
    assert ok(finance.put(f"{address}rows/{row['measure']}/", said))["remark"] == ""
    seen = ok(finance.get(address))["seen"]
    handed = ok(finance.post(address + "submit/", {"version": back["version"], "seen": seen}))
    accepted = ok(finance.post(address + "accept/", {"version": handed["version"]}))
    assert accepted["status"] == "accepted"
    late = {"due_on": "2025-02-01", "version": accepted["version"]}
    refusal(finance.post(address + "postpone/", late), 422, "rule")


def test_a_campaign_closes_when_all_is_accepted_and_opens_again_for_a_reason(at, opened, finance):
    refusal(finance.post(at + "2024-year/close/"), 422, "rule")
    for report in UnitReport.objects.filter(campaign__programme__slug=opened["programme"]):
        UnitReport.objects.filter(pk=report.pk).update(status="accepted")
    closed = ok(finance.post(at + "2024-year/close/"))
    assert closed["closed_at"]
    assert {each["status"] for each in closed["reports"]} == {"closed"}
    refusal(finance.put(report_at(at, opened) + "head/", {**HEAD, "version": 1}), 422, "rule")
    refusal(finance.post(at + "2024-year/reopen/", {"reason": ""}), 422, "invalid")
    again = ok(finance.post(at + "2024-year/reopen/", {"reason": "помилка"}))
    assert (again["closed_at"], again["reopen_reason"]) == (None, "помилка")


def test_a_campaign_is_cancelled_while_nothing_was_handed_in(at, opened, finance):
    refusal(finance.post(at + "2024-year/cancel/", {"reason": ""}), 422, "invalid")
    assert finance.post(at + "2024-year/cancel/", {"reason": "не той рік"}).status_code == 204
    refusal(finance.get(at + "2024-year/"), 404, "not-found")


def test_one_unit_gets_another_deadline(at, opened, finance):
    address = report_at(at, opened)
    said = {"due_on": "2025-02-01", "version": 1}
    assert ok(finance.post(address + "postpone/", said))["due_on"] == "2025-02-01"
    refusal(finance.post(address + "postpone/", said), 409, "stale")


def test_only_the_unit_writes_its_report_and_only_the_responsible_one_judges(
    at, opened, made, program, django_user_model
):
    user = django_user_model.objects.create_user("shkola", password="secret")
    for executor in made.units.values():
        executor.unit = made.programme.community.units.create(name=executor.name, level="lower")
        executor.save()
    school = made.units["school"]
    Membership.objects.create(
        user=user, unit=school.unit, role=Role.PROGRAMME_HEAD, valid_from=dt.date(2024, 1, 1)
    )
    head = program(user)
    own, other = (report_at(at, opened, place) for place in (1, 0))
    ok(head.put(own + "head/", {**HEAD, "version": 1}))
    refusal(head.put(other + "head/", {**HEAD, "version": 1}), 403, "forbidden")
    refusal(head.post(own + "accept/", {"version": 2}), 403, "forbidden")
    refusal(head.post(at + "2024-year/close/"), 403, "forbidden")


def test_reports_are_files_too(at, opened, finance):
    for address in (at + "2024-year/", report_at(at, opened)):
        told = finance.get(address + "report.json")
        assert told["Content-Type"].startswith("application/json")
        assert told.json()["kind"] == "programme-execution"
        refusal(finance.get(address + "report.odt"), 404, "not-found")
    assert "findings" in ok(finance.get(at + "2024-year/findings/"))


def test_campaigns_cost_the_same_however_many(at, opened, made, finance, officer):
    with constant_queries(finance, "campaigns/") as queries:
        queries.ask()
        for key in ("2024-q1", "2024-6m", "2024-9m"):
            campaigns.open_campaign(
                programme=made.programme, period=ReportingPeriod.read(key), by=officer
            )


def test_a_community_sets_its_deadlines_and_phrases(sample, finance, audit):
    at = f"communities/{sample.programme.community_id}/reporting/"
    told = ok(audit.get(at))
    year = {"kind": "year", "months": 1, "day": 20}
    said = {"deadlines": [year], "phrases": ["За потребою."], "seen": told["mark"]}
    refusal(audit.put(at, said), 403, "forbidden")
    refusal(finance.put(at, {**said, "deadlines": [year, year]}), 422, "invalid")
    written = ok(finance.put(at, said))
    assert {**year, "is_usual": False} in written["deadlines"]
    assert written["phrases"] == ["За потребою."]
    stale = refusal(finance.put(at, {**said, "phrases": []}), 409, "stale")
    assert stale["stored"] == written
    assert ReportPhrase.objects.count() == 1


# Effectiveness


def test_causes_of_low_effectiveness_are_written_beside_their_figures(sample, finance, audit):
    at = f"passports/{sample.pk}/effectiveness/"
    told = ok(audit.get(at))
    version = told["version"]
    assert told["score"]["grade"] in {"high", "medium", "low"}
    counted = [each for each in told["efficiency"] if each["index"] is not None]
    assert counted
    written = ok(finance.put(at, {"causes": "Закупівлю перенесено.", "version": version}))
    assert (written["causes"], written["version"]) == ("Закупівлю перенесено.", version + 1)
    stale = refusal(finance.put(at, {"causes": "Інше", "version": version}), 409, "stale")
    assert (stale["stored"]["causes"], stale["sent"]["causes"]) == ("Закупівлю перенесено.", "Інше")  # fmt: skip
    refusal(audit.put(at, {"causes": "Інше", "version": version + 1}), 403, "forbidden")
    ranked = ok(audit.get(f"communities/{sample.programme.community_id}/effectiveness/2023/"))
    row = next(row for row in ranked["rows"] if row["passport"] == sample.pk)
    assert (row["place"], row["score"]) == (1, told["score"])


def test_what_is_not_approved_has_no_effectiveness(sample, finance, officer):
    fresh = finance.post("passports/", {"budget_programme": sample.programme_id, "year": 2031})
    pk = fresh.json()["passport"]
    refusal(finance.get(f"passports/{pk}/effectiveness/"), 422, "rule")
    refusal(finance.put(f"passports/{pk}/effectiveness/", {"causes": "", "version": 1}), 422, "rule")  # fmt: skip
    ranked = ok(finance.get(f"communities/{sample.programme.community_id}/effectiveness/2031/"))
    assert ranked == {"rows": [], "unapproved": [pk]}
