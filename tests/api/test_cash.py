"""Cash through the API: the same ledger, limits and closed months as on the pages."""

from decimal import Decimal

import pytest

from budgets.models import CashEntry, Event, Measure
from tests.api.conftest import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(sample):
    return CashEntry.objects.filter(
        line__revision__passport=sample, paid_on__month=6, reversed_by=None
    ).earliest("pk")


def body(entry, **changed):
    return {
        "line": entry.line_id,
        "fund": entry.fund,
        "economic_code": entry.economic_code.code,
        "paid_on": "2023-06-15",
        "amount": "0.01",
        **changed,
    }


def test_payments_are_read_page_by_page_and_filtered(sample, finance):
    everything = CashEntry.objects.filter(line__revision__passport=sample)
    first = finance.get(f"passports/{sample.pk}/payments/?page_size=7").json()
    assert len(first["results"]) == 7
    assert first["previous"] is None
    found, following = list(first["results"]), first["next"]
    while following:
        page = finance.get(following.removeprefix("http://testserver")).json()
        found += page["results"]
        following = page["next"]
    assert sorted(row["id"] for row in found) == sorted(everything.values_list("pk", flat=True))
    june = finance.get(f"passports/{sample.pk}/payments/?month=6&fund=general&standing=true").json()
    assert {row["paid_on"][:7] for row in june["results"]} == {"2023-06"}
    assert all(isinstance(row["amount"], str) and row["amount"][-3] == "." for row in found)


@pytest.mark.parametrize("query", ["month=13", "fund=third", "line=x", "page_size=0", "standing=maybe"])  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(sample, finance, query):
    answer = finance.get(f"passports/{sample.pk}/payments/?{query}")
    if not query.startswith("page_size"):
        refusal(answer, 400, "bad-request")


def test_a_payment_is_recorded_corrected_and_reversed(sample, payment, finance, officer):
    finance.put(f"payments/{payment.pk}/", body(payment, amount="1.00", version=1))
    made = finance.post(f"passports/{sample.pk}/payments/", body(payment, note="з API"))
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["amount"], told["origin"], told["version"]) == ("0.01", "typed", 1)
    event = Event.objects.latest("number")
    assert (event.action, event.person) == ("cash.record", officer)
    assert event.request == made["X-Request-ID"]
    corrected = finance.put(f"payments/{told['id']}/", body(payment, amount="0.02", version=1))
    assert corrected.json()["replaces"] == told["id"]
    assert finance.get(f"payments/{told['id']}/").json()["reversed_by"]
    stale = finance.put(f"payments/{told['id']}/", body(payment, amount="0.03", version=1))
    assert refusal(stale, 409, "stale")["current"] == "0,02"
    undone = finance.post(f"payments/{corrected.json()['id']}/reverse/", {"version": 1})
    assert undone.status_code == 201
    assert undone.json()["amount"] == "-0.02"


def test_cash_beyond_the_plan_is_refused_in_words(sample, payment, finance):
    answer = finance.post(f"passports/{sample.pk}/payments/", body(payment, amount="99999999.00"))
    assert "план" in refusal(answer, 422, "rule")["detail"].lower()
    assert not CashEntry.objects.filter(amount="99999999.00").exists()


@pytest.mark.parametrize(
    "amount", [1650, 16.5, "16,50", "16.5", "1e3", " 1.00", "NaN", None, "", True, "1.00\n", "1650"]
)
def test_money_is_a_text_with_two_decimals_and_nothing_else(sample, payment, finance, amount):
    before = CashEntry.objects.count()
    answer = finance.post(f"passports/{sample.pk}/payments/", body(payment, amount=amount))
    errors = refusal(answer, 422, "invalid")["errors"]
    assert [error["pointer"] for error in errors] == ["#/amount"]
    assert CashEntry.objects.count() == before


def test_cells_of_a_month_are_saved_all_or_none(sample, finance):
    grid = finance.get(f"passports/{sample.pk}/months/11/cells/").json()
    assert grid["total"]["plan"] == str(sum(Decimal(row["plan"]) for row in grid["rows"]))
    row = next(row for row in grid["rows"] if row["payments"] == 1)
    key = {name: row[name] for name in ("line", "fund", "economic_code")}
    lower = str(Decimal(row["in_month"]) - 1)
    cell = {**key, "amount": lower, "seen": row["in_month"]}
    foreign = {**key, "line": 2_000_000_000, "amount": "1.00", "seen": "0.00"}
    refused = finance.put(f"passports/{sample.pk}/months/11/cells/", {"cells": [cell, foreign]})
    assert len(refusal(refused, 422, "cells")["errors"]) == 1
    saved = finance.put(f"passports/{sample.pk}/months/11/cells/", {"cells": [cell]})
    assert next(r for r in saved.json()["rows"] if r | key == r)["in_month"] == lower
    stale = finance.put(f"passports/{sample.pk}/months/11/cells/", {"cells": [cell | {"amount": "0.05"}]})  # fmt: skip
    assert refusal(stale, 409, "stale")["current"]


def test_every_refused_cell_is_listed(sample, finance):
    rows = finance.get(f"passports/{sample.pk}/months/11/cells/").json()["rows"][:3]
    cells = [
        {name: row[name] for name in ("line", "fund", "economic_code")}
        | {"amount": "999999999.00", "seen": row["in_month"]}
        for row in rows
    ]
    refused = finance.put(f"passports/{sample.pk}/months/11/cells/", {"cells": cells})
    assert len(refusal(refused, 422, "cells")["errors"]) == len(rows)
    stale = [cell | {"seen": "0.01"} for cell in cells]
    refused = finance.put(f"passports/{sample.pk}/months/11/cells/", {"cells": stale})
    assert len(refusal(refused, 409, "stale")["errors"]) == len(rows)
    refused = finance.put(f"passports/{sample.pk}/months/11/cells/", {"cells": [*stale, cells[0]]})
    refusal(refused, 422, "cells")


def test_a_month_is_closed_opened_for_one_person_and_opened_again(sample, payment, finance, officer):  # fmt: skip
    at = f"passports/{sample.pk}/"
    refusal(finance.post(at + "months/6/reopen/", {"reason": "так"}), 404, "not-found")
    closed = finance.post(at + "months/6/close/", {"note": "звірено з Казначейством"}).json()
    assert [month["month"] for month in closed["months"] if month["is_closed"]] == [6]
    refused = finance.post(at + "payments/", body(payment))
    assert "закрито" in refusal(refused, 422, "rule")["detail"]
    allowed = finance.post(
        at + "months/6/exceptions/",
        {"person": officer.pk, "until": "2099-01-01", "reason": "платіж за минулий місяць"},
    )
    assert allowed.json()["months"][5]["exceptions"][0]["person"]["id"] == officer.pk
    lowered = body(payment, amount="1.00", version=payment.version)
    assert finance.put(f"payments/{payment.pk}/", lowered).status_code == 200
    assert finance.post(at + "months/6/reopen/", {"reason": "помилка"}).status_code == 200
    year = finance.post(at + "close-year/", {}).json()
    assert all(month["is_closed"] for month in year["months"])


def test_an_exception_is_for_people_of_the_community(sample, finance, elsewhere):
    finance.post(f"passports/{sample.pk}/months/6/close/", {})
    said = {"person": elsewhere.officer.pk, "until": "2099-01-01", "reason": "так"}
    refusal(finance.post(f"passports/{sample.pk}/months/6/exceptions/", said), 422, "invalid")


def test_a_payment_names_its_measures_and_what_remains_is_divided(sample, payment, finance):
    own = payment.shares.get().measure_id  # what the line pays for
    other = (
        Measure.objects.filter(programme__slug="zhytomyr-e-misto").exclude(pk=own).earliest("pk").pk
    )
    finance.put(f"payments/{payment.pk}/", body(payment, amount="1.00", version=1))
    payments = f"passports/{sample.pk}/payments/"
    untold = finance.post(payments, body(payment)).json()
    assert untold["shares"] == [{"measure": own, "amount": "0.01"}]
    shares = [{"measure": other, "amount": "0.30"}, {"measure": own}]
    made = finance.post(payments, body(payment, amount="1.00", shares=shares))
    assert made.json()["shares"] == [
        {"measure": other, "amount": "0.30"},
        {"measure": own, "amount": "0.70"},
    ]
    shares[0]["amount"] = "1.00"
    refusal(finance.post(payments, body(payment, amount="1.00", shares=shares)), 422, "rule")


def test_cash_of_all_programmes_stands_side_by_side(sample, finance, program, elsewhere):
    finance.post(f"passports/{sample.pk}/months/6/close/")
    rows = finance.get("cash/?year=2023").json()["rows"]
    row = next(row for row in rows if row["passport"] == sample.pk)
    grid = finance.get(f"passports/{sample.pk}/months/12/cells/").json()
    assert (row["plan"], row["paid"], row["left"]) == tuple(grid["total"][name] for name in ("plan", "paid", "left"))  # fmt: skip
    assert (row["closed_months"], row["is_approved"]) == ([6], True)
    assert finance.get("cash/?year=1999").status_code == 400
    foreign = program(elsewhere.officer).get("cash/").json()["rows"]
    assert sample.pk not in {row["passport"] for row in foreign}
