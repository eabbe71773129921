"""Cash of a programme without a passport, and measures that lines pay for: read, written, refused as on the pages."""

import pytest

from budgets.models import CashEntry, Event, LineMeasure, SpendingLine
from budgets.services import passports
from tests.api.conftest import constant_queries, refusal
from tests.budgets.drafts import town_of

pytestmark = pytest.mark.django_db
AT = "programmes/mala/payments/"


@pytest.fixture
def town(sample):
    """Measure 1.1 has 46 000,00 for 2024."""
    return town_of(sample.programme.community)


def body(town, amount="100.00", **changed):
    shares = [{"measure": town.measures["1.1"].pk}]
    return {"fund": "general", "paid_on": "2024-03-01", "amount": amount, "shares": shares, **changed}  # fmt: skip


def test_a_payment_of_a_programme_is_recorded_corrected_and_reversed(town, finance, officer):
    made = finance.post(AT, body(town, executor=town.units["school"].pk, document_number="7"))
    assert made.status_code == 201, made.content
    told = made.json()
    share = {"measure": town.measures["1.1"].pk, "amount": "100.00"}
    assert (told["programme"], told["executor"]) == ("mala", town.units["school"].pk)
    assert (told["economic_code"], told["shares"], told["version"]) == (None, [share], 1)
    assert Event.objects.latest("number").person == officer
    one = f"{AT}{told['id']}/"
    corrected = finance.put(one, body(town, "90.00", economic_code="2240", version=1)).json()
    assert (corrected["replaces"], corrected["economic_code"]) == (told["id"], "2240")
    again = finance.put(one, body(town, "80.00", version=1))
    assert refusal(again, 409, "stale")["current"] == "90,00"
    totals = finance.get("programmes/mala/cash/?year=2024").json()["rows"]
    first = next(row for row in totals if row["measure"] == town.measures["1.1"].pk)
    assert (first["planned"], first["paid"], first["left"]) == ("46000.00", "90.00", "45910.00")
    undone = finance.post(f"{AT}{corrected['id']}/reverse/", {"version": 1, "note": "двічі"})
    assert (undone.status_code, undone.json()["amount"]) == (201, "-90.00")
    refusal(finance.post(f"{AT}{corrected['id']}/reverse/", {"version": 1}), 409, "stale")


def test_payments_are_filtered_and_paged(town, finance):
    for amount in ("1.00", "2.00", "3.00"):
        finance.post(AT, body(town, amount))
    other = finance.post(AT, body(town, "4.00", fund="special", shares=[{"measure": town.measures["2.1"].pk}]))  # fmt: skip
    first = finance.get(f"{AT}?page_size=3").json()
    assert len(first["results"]) == 3
    rest = finance.get(first["next"].removeprefix("http://testserver")).json()["results"]
    assert len(rest) == 1
    found = finance.get(f"{AT}?measure={town.measures['2.1'].pk}&year=2024&fund=special").json()
    assert [row["id"] for row in found["results"]] == [other.json()["id"]]
    assert finance.get(f"{AT}?year=2025").json()["results"] == []
    finance.post(f"{AT}{other.json()['id']}/reverse/", {"version": 1})
    assert len(finance.get(f"{AT}?standing=true").json()["results"]) == 3
    refusal(finance.get(f"{AT}?measure=x"), 400, "bad-request")


def test_payments_cost_the_same_however_many(town, finance):
    with constant_queries(finance, AT) as queries:
        finance.post(AT, body(town, "1.00"))
        queries.ask()
        for number in range(2, 7):
            finance.post(AT, body(town, f"{number}.00", executor=town.units["school"].pk))


def test_the_plan_of_a_measure_limits_its_cash(town, finance):
    told = refusal(finance.post(AT, body(town, "46000.01")), 422, "rule")
    assert "перевищено на 0,01" in told["detail"]
    refusal(finance.post(AT, body(town, shares=[])), 422, "invalid")
    refusal(finance.post(AT, body(town, shares=[{"measure": 2_000_000_000}])), 422, "rule")
    refusal(finance.post(AT, body(town, 100)), 422, "invalid")
    assert not CashEntry.objects.filter(programme=town.programme).exists()


def test_the_same_payment_sent_again_is_entered_once(town, finance):
    first = finance.post(AT, body(town), **{"Idempotency-Key": "k"})
    again = finance.post(AT, body(town), **{"Idempotency-Key": "k"})
    assert first.json() == again.json()
    assert CashEntry.objects.filter(programme=town.programme).count() == 1


def test_payments_of_others_are_not_there(town, sample, finance, audit):
    made = finance.post(AT, body(town)).json()
    own = CashEntry.objects.filter(line__revision__passport=sample).earliest("pk")
    refusal(finance.get(f"{AT}{own.pk}/"), 404, "not-found")
    refusal(finance.get(f"programmes/zhytomyr-e-misto/payments/{made['id']}/"), 404, "not-found")
    refusal(finance.get(f"payments/{made['id']}/"), 404, "not-found")
    assert audit.get(AT).status_code == 200
    refusal(audit.post(AT, body(town)), 403, "forbidden")


# Links of lines


@pytest.fixture
def line(sample):
    return SpendingLine.objects.filter(revision__passport=sample, origin=None).earliest("pk").pk


def test_a_line_is_told_what_it_pays_for(sample, line, finance, officer):
    at = f"passports/{sample.pk}/line-measures/"
    rows = finance.get(at).json()["rows"]
    before = next(row for row in rows if row["line"] == line)
    assert before == finance.get(f"{at}{line}/").json()
    seen = [each["measure"] for each in before["measures"]]
    assert seen
    assert all(each["name"] for each in before["measures"])
    emptied = finance.put(f"{at}{line}/", {"measures": [], "seen": seen})
    assert emptied.json()["measures"] == [], emptied.content
    assert Event.objects.latest("number").person == officer
    refusal(finance.put(f"{at}{line}/", {"measures": [], "seen": seen}), 409, "stale")
    back = finance.put(f"{at}{line}/", {"measures": seen, "seen": []}).json()
    assert back == before


def test_a_measure_or_line_that_does_not_fit_is_refused(sample, line, finance, audit, officer):
    at = f"passports/{sample.pk}/line-measures/"
    seen = list(LineMeasure.objects.filter(line=line).values_list("measure", flat=True))
    wrong = {"measures": [2_000_000_000], "seen": seen}
    refusal(finance.put(f"{at}{line}/", wrong), 422, "rule")
    refusal(finance.put(f"{at}2000000000/", {"measures": [], "seen": []}), 404, "not-found")
    refusal(finance.get(f"{at}2000000000/"), 404, "not-found")
    refusal(audit.put(f"{at}{line}/", {"measures": [], "seen": seen}), 403, "forbidden")
    draft = passports.revise(passport=sample, by=officer)
    later = draft.spendinglines.earliest("pk").pk
    refusal(finance.get(f"{at}{later}/"), 404, "not-found")


def test_links_cost_the_same_however_many(sample, line, finance, town):
    with constant_queries(finance, f"passports/{sample.pk}/line-measures/") as queries:
        queries.ask()
        for measure in town.measures.values():
            LineMeasure.objects.create(line_id=line, measure=measure)
