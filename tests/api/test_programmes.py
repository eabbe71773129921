"""Target programmes and their acts through the API: founded, drafted, agreed, adopted with the decision."""

import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from budgets.models import Act, Event, Programme
from tests.api.conftest import refusal
from tests.budgets.drafts import amounts, fresh, on_the_way, one_line, pay, place, town_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def town(sample):
    return town_of(sample.programme.community)


@pytest.fixture
def act(town, finance):
    """The address of a draft of changes."""
    made = finance.post("programmes/mala/acts/", {"kind": "amendment"})
    assert made.status_code == 201, made.content
    return f"programmes/mala/acts/{made.json()['id']}/"


def of(act):
    return Act.objects.get(pk=int(re.findall(r"acts/(\d+)/", act)[0]))


def cell(where, **figures):
    return {"measure": where.measure_id, "year": where.year, "fund": where.fund, "source": where.source_id or None, **figures}  # fmt: skip


def test_a_programme_is_founded_described_and_given_its_parts(sample, finance):
    said = {"community": sample.programme.community_id, "title": "Програма «Зв’язок» на 2027–2028 роки", "year_from": 2027, "year_to": 2028}  # fmt: skip
    made = finance.post("programmes/", said)
    assert made.status_code == 201, made.content
    at = f"programmes/{made.json()['programme']['slug']}/"
    about = {"title": "Зв’язок", "year_from": 2027, "year_to": 2029, "marked_share": 30, "version": 1}  # fmt: skip
    assert finance.put(at, about).json()["year_to"] == 2029
    refusal(finance.put(at, about), 409, "stale")
    source = finance.put(at + "parts/sources/", {"rows": [{"title": "Бюджет громади"}], "version": 2})  # fmt: skip
    assert source.json()["rows"][0]["title"] == "Бюджет громади"
    direction = finance.put(at + "parts/directions/", {"rows": [{"title": "Мережа"}], "version": 3})
    task = {"title": "Розвиток", "direction": direction.json()["rows"][0]["id"]}
    tasks = finance.put(at + "parts/tasks/", {"rows": [task], "version": 4}).json()
    assert tasks["rows"][0]["direction"] == task["direction"]
    refused = finance.put(at + "parts/tasks/", {"rows": [{**task, "direction": 2_000_000_000}], "version": 5})  # fmt: skip
    refusal(refused, 422, "invalid")
    ceilings = {"rows": [{"year": 2027, "amount": "2080000.00"}], "version": 5}
    assert finance.put(at + "parts/ceilings/", ceilings).json()["rows"][0]["fund"] == ""
    same = [{**tasks["rows"][0]}] * 2
    assert "двічі" in refusal(finance.put(at + "parts/tasks/", {"rows": same, "version": 6}), 422, "rule")["detail"]  # fmt: skip
    indicator = {"title": "Вузлів", "kind": "output", "values": [{"year": 2027, "number": "15"}, {"text": "Штатний розпис"}]}  # fmt: skip
    rows = finance.put(at + "indicators/", {"rows": [indicator], "version": 6}).json()["rows"]
    assert {value["number"] for value in rows[0]["values"]} == {"15", None}
    counted = {**indicator, "id": rows[0]["id"], "nature": "increment", "direction": "less"}
    finance.put(at + "indicators/", {"rows": [counted], "version": 7})
    kept = finance.put(at + "indicators/", {"rows": [{**indicator, "id": rows[0]["id"]}], "version": 8})  # fmt: skip
    assert [(row["nature"], row["direction"]) for row in kept.json()["rows"]] == [("increment", "less")]  # fmt: skip
    based = finance.post("programmes/", {**said, "title": "Друга", "based_on": Programme.objects.get(slug=at.split("/")[1]).pk})  # fmt: skip
    assert based.status_code == 201


def test_a_community_where_one_has_no_right_is_no_choice(finance, elsewhere):
    said = {
        "community": elsewhere.community.pk,
        "title": "Чужа",
        "year_from": 2027,
        "year_to": 2028,
    }
    refusal(finance.post("programmes/", said), 422, "invalid")


def test_figures_are_read_as_of_a_day_and_as_a_draft_leaves_them(town, act, finance, officer):
    where = place(town, "1.1", 2024, "special")
    now = amounts(town)["1.1", 2024]
    one_line(of(act), where, "-10000.00")

    def figure(query):
        rows = finance.get(f"programmes/mala/figures/?page_size=200{query}").json()["results"]
        places = next(row["places"] for row in rows if row["measure"] == where.measure_id)
        return next(p["amount"] for p in places if (p["year"], p["fund"]) == (2024, where.fund))

    assert now - 10000 == amounts(town, of(act))["1.1", 2024]
    before, after = figure(""), figure(f"&act={of(act).pk}")
    assert before != after
    measures = finance.get("programmes/mala/measures/?page_size=200").json()["results"]
    assert {row["number"] for row in measures} >= {"1.1", "2.1"}
    assert all(row["words"]["title"] for row in measures)


def test_cells_are_written_with_what_their_author_saw(town, act, finance):
    where = place(town, "1.1", 2024, "special")
    seen = next(p for p in _places(finance, where) if p["fund"] == where.fund)["amount"]
    good = cell(where, amount="123000.00", seen_amount=seen, reason="подорожчання")
    foreign = {**good, "measure": 2_000_000_000}
    stale = {**good, "seen_amount": "0.01"}
    told = refusal(finance.put(act + "cells/", {"cells": [stale, foreign]}), 422, "cells")
    assert [error["place"]["measure"] for error in told["errors"]] == [where.measure_id, 2_000_000_000]  # fmt: skip
    told = refusal(finance.put(act + "cells/", {"cells": [stale]}), 409, "stale")
    assert [error["place"]["measure"] for error in told["errors"]] == [where.measure_id]
    assert finance.put(act + "cells/", {"cells": [good]}).status_code == 200
    refusal(finance.put(act + "cells/", {"cells": [good]}), 409, "stale")
    line = finance.get(act + "cells/").json()["results"][0]
    assert (line["becomes"], line["reason"]) == ("123000.00", "подорожчання")
    other = {"measure": where.measure_id, "fund": where.fund, "source": where.source_id, "text": "інша", "seen": "подорожчання"}  # fmt: skip
    refusal(finance.put(act + "cells/", {"reasons": [{**other, "seen": "ні"}]}), 409, "stale")
    assert finance.put(act + "cells/", {"reasons": [other]}).status_code == 200
    assert finance.get(act + "cells/").json()["results"][0]["reason"] == "інша"


def _places(finance, where):
    rows = finance.get("programmes/mala/figures/?page_size=200&year=2024").json()["results"]
    return next(row["places"] for row in rows if row["measure"] == where.measure_id)


def test_a_cut_below_what_is_paid_asks_for_a_confirmation(town, act, finance, sample, officer):
    where = place(town, "1.1", 2024, "special")
    pay(sample, town.measures["1.1"], "1.00", officer)
    for share in _places(finance, where):
        said = cell(where, amount="0.00", seen_amount=share["amount"], reason="так") | {"fund": share["fund"]}  # fmt: skip
        answer = finance.put(act + "cells/", {"cells": [said]})
    assert refusal(answer, 422, "cells")["confirm"] is True
    assert (
        finance.put(act + "cells/", {"cells": [said | {"is_confirmed": True}]}).status_code == 200
    )


def test_measures_of_a_draft_are_added_moved_split_cancelled_and_taken_back(town, act, finance):
    version = finance.get(act).json()["version"]
    first = town.measures["1.1"].pk
    said = {"title": "Новий захід", "number": "1.9", "point": f"after-{first}", "version": version}
    made = finance.post(act + "measures/", said)
    assert made.status_code == 201, made.content
    new = f"{act}measures/{made.json()['id']}/"
    assert made.json()["point"] == f"after-{first}"
    moved = finance.put(new, {**said, "title": "Інакше", "point": "after-" + str(town.measures["2.1"].pk), "version": made.json()["act_version"]})  # fmt: skip
    assert moved.json()["words"]["title"] == "Інакше", moved.content
    nowhere = {**said, "point": "after-999999999", "version": moved.json()["act_version"]}
    refusal(finance.put(new, nowhere), 422, "invalid")
    assert finance.delete(f"{new}?version={moved.json()['act_version']}").status_code == 204
    refusal(finance.get(new), 404, "not-found")
    version = finance.get(act).json()["version"]
    where = place(town, "1.1", 2024, "special")
    share = {"year": 2024, "fund": where.fund, "source": where.source_id, "amount": "100.00"}
    split = {"title": "Частина", "number": "1.1а", "amounts": [share], "reason": "договір", "version": version}  # fmt: skip
    assert finance.post(f"{act}measures/{first}/split/", split).status_code == 201
    version = finance.get(act).json()["version"]
    cancelled = finance.post(f"{act}measures/{first}/cancel/", {"reason": "зайве", "version": version})  # fmt: skip
    assert cancelled.json()["words"]["is_cancelled"] is True
    back = finance.post(f"{act}measures/{first}/restore/", {"version": cancelled.json()["act_version"]})  # fmt: skip
    assert back.status_code == 200
    whole = finance.get(act + "measures/?page_size=200").json()["results"]
    assert "Частина" in {row["words"]["title"] for row in whole}


def test_money_moves_between_two_places(town, act, finance):
    giver, taker = place(town, "1.1", 2024, "special"), place(town, "1.1", 2025, "special")
    said = {"giver": cell(giver), "taker": cell(taker), "amount": "100.00", "reason": "строки"}
    before = amounts(town, of(act))["1.1", 2024]
    version = finance.get(act).json()["version"]
    assert finance.post(act + "transfer/", {**said, "version": version}).status_code == 200
    refusal(finance.post(act + "transfer/", {**said, "version": version}), 409, "stale")
    assert sum(line.amount for line in of(act).budgetlines.all()) == 0
    assert before


def test_an_act_goes_its_way_and_is_adopted_with_its_decision(town, act, finance, officer, files):
    one_line(of(act), place(town, "1.1", 2024, "special"), "-10000.00")
    for step, status in (("submit", "submitted"), ("return", "draft"), ("submit", "submitted"), ("agree", "agreed")):  # fmt: skip
        answer = finance.post(f"{act}{step}/", {"version": of(act).version})
        assert answer.json()["status"] == status, answer.content

    def adopt(content, key="a"):
        said = {"number": "44", "date": "2024-06-01", "version": of(act).version}
        said["file"] = SimpleUploadedFile("рішення.pdf", content, content_type="application/pdf")
        headers = {"Authorization": f"Bearer {finance.token}", "Idempotency-Key": key}
        return finance.client.post(f"/api/v1/{act}adopt/", said, headers=headers)

    refusal(adopt(b"no pdf"), 422, "rule")
    assert [path for path in files.rglob("*") if path.is_file()] == []
    adopted = adopt(PDF)
    assert (adopted.json()["status"], adopted.json()["has_file"]) == ("adopted", True)
    handed = finance.get(act + "file/")
    assert handed.getvalue() == PDF
    assert handed["Content-Type"] == "application/pdf"
    assert Event.objects.latest("number").person == officer
    refusal(finance.post(act + "withdraw/", {"version": of(act).version}), 422, "rule")


def test_the_same_decision_sent_again_is_adopted_once(town, act, finance, officer, files):
    one_line(of(act), place(town, "1.1", 2024, "special"), "-10000.00")
    agreed = on_the_way(of(act), officer)

    def adopt(content):
        said = {"number": "44", "date": "2024-06-01", "version": agreed.version}
        said["file"] = SimpleUploadedFile("r.pdf", content, content_type="application/pdf")
        headers = {"Authorization": f"Bearer {finance.token}", "Idempotency-Key": "once"}
        return finance.client.post(f"/api/v1/{act}adopt/", said, headers=headers)

    first, again = adopt(PDF), adopt(PDF)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    refusal(adopt(PDF + b"another"), 422, "key-reused")
    assert len([path for path in files.rglob("*") if path.is_file()]) == 1


def test_a_file_goes_with_a_write_that_fails_after_it(  # noqa: PLR0917 - fixtures
    town, act, finance, officer, files, monkeypatch
):
    one_line(of(act), place(town, "1.1", 2024, "special"), "-10000.00")
    agreed = on_the_way(of(act), officer)

    def broken(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("budgets.api.acts.act_answer", broken)
    said = {"number": "44", "date": "2024-06-01", "version": agreed.version}
    said["file"] = SimpleUploadedFile("r.pdf", PDF, content_type="application/pdf")
    headers = {"Authorization": f"Bearer {finance.token}"}
    refusal(finance.client.post(f"/api/v1/{act}adopt/", said, headers=headers), 500, "failure")
    assert fresh(of(act)).status == "agreed"
    assert [path for path in files.rglob("*") if path.is_file()] == []


def test_an_overtaken_draft_tells_its_conflicts_and_is_rebased(town, act, finance, officer):
    where = place(town, "1.1", 2024, "special")
    one_line(of(act), where, "-10000.00")
    finance.post("programmes/mala/acts/", {"kind": "amendment"})
    rival = (
        Act.objects.exclude(pk=of(act).pk).filter(status="draft", programme=town.programme).get()
    )
    one_line(rival, where, "-500.00")
    assert len(finance.get(act + "conflicts/").json()["rivals"]) == 1
    agreed = on_the_way(rival, officer)
    said = {"number": "45", "date": f"{dt.date(2024, 6, 1)}", "version": agreed.version}
    assert finance.post(f"programmes/mala/acts/{rival.pk}/adopt/", said).status_code == 200
    found = finance.get(act + "conflicts/").json()["figures"]
    assert [(one["act"], one["delta"]) for one in found] == [(rival.pk, "-10000")]
    refusal(finance.post(act + "rebase/", {"keep": "other", "version": 1}), 422, "invalid")
    rebased = finance.post(act + "rebase/", {"keep": "figures", "version": of(act).version})
    assert rebased.status_code == 200
    assert finance.get(act + "conflicts/").json()["figures"] == []
    listed = finance.get("programmes/mala/acts/?status=adopted").json()["results"]
    assert rival.pk in {row["id"] for row in listed}


def test_the_papers_of_an_act_come_in_one_archive(town, act, finance, quick_package):
    one_line(of(act), place(town, "1.1", 2024, "special"), "-10000.00")
    answer = finance.get(act + "session-package.zip")
    assert answer.status_code == 200, answer.content
    assert answer.content[:2] == b"PK"
    paper = finance.get(f"programmes/mala/documents/amendment-deltas.json?act={of(act).pk}")
    assert json.loads(paper.content)["kind"] == "amendment-deltas"


def test_a_planned_figure_tells_the_acts_that_made_it(town, act, finance):
    measure = town.measures["1.1"]
    at = f"programmes/mala/measures/{measure.pk}/history/2024/"
    planned = finance.get("programmes/mala/figures/?year=2024").json()["results"]
    figure = next(row["places"] for row in planned if row["measure"] == measure.pk)[0]
    named = "&".join(f"{name}={figure[name]}" for name in ("executor", "fund", "source") if figure[name])  # fmt: skip
    told = finance.get(f"{at}?{named}")
    assert told.status_code == 200, told.content
    steps = told.json()["steps"]
    assert steps[-1]["amount_after"] == figure["amount"]
    assert {step["delta"] for step in steps} == {figure["amount"]}
    assert finance.get(at + "?fund=general&as_of=1999-01-01").json()["steps"] == []
    refusal(finance.get(at + "?fund=third"), 400, "bad-request")
