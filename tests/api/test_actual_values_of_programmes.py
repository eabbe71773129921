"""Indicators of target programmes through the API: actual values by year, evidence, formulas; scales of effectiveness."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from budgets.models import Event, Programme
from budgets.periods import Month
from budgets.services import periods
from indicators.effectiveness import LETTER
from indicators.models import EffectivenessScale, IndicatorEvidence, ProgrammeIndicatorActual
from tests.api.conftest import ROOT, constant_queries, refusal

pytestmark = pytest.mark.django_db
SLUG = "zhytomyr-e-misto"
YEAR = f"programmes/{SLUG}/actuals/2021/"


@pytest.fixture
def indicator(sample):
    programme = Programme.objects.get(slug=SLUG)
    return next(each for each in programme.programmeindicators.all() if not each.is_computed)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def row(indicator, number="15", version=0, **changed):
    return {"rows": [{"indicator": indicator.pk, "number": number, "version": version, **changed}]}


def of(answer, indicator):
    assert answer.status_code == 200, answer.content.decode()
    item = next(item for item in answer.json()["rows"] if item["indicator"] == indicator.pk)
    return item["periods"][0]


def test_actual_values_of_a_year_are_written_with_their_versions(indicator, finance, officer):
    assert of(finance.get(YEAR), indicator)["version"] == 0
    told = of(finance.put(YEAR, row(indicator, "15.5", explanation="закуплено")), indicator)
    assert (told["actual"]["number"], told["explanation"], told["version"]) == ("15.5", "закуплено", 1)  # fmt: skip
    event = Event.objects.latest("number")
    assert (event.action, event.person) == ("programme_actuals.save_actuals", officer)
    told = refusal(finance.put(YEAR, row(indicator, "16")), 409, "stale")
    assert "15,5" in told["errors"][0]["detail"]
    assert told["errors"][0]["cell"] == str(indicator.pk)
    assert told["sent"] == row(indicator, "16")
    assert told["stored"]["rows"] == finance.get(YEAR).json()["rows"]
    words = finance.put(YEAR, row(indicator, None, 1, text="виконано"))
    assert of(words, indicator)["actual"] == {"number": None, "text": "виконано"}
    years = finance.get(f"programmes/{SLUG}/actuals/").json()["rows"]
    periods = next(item["periods"] for item in years if item["indicator"] == indicator.pk)
    assert [one["year"] for one in periods if one["actual"]["text"]] == [2021]


def test_what_nobody_can_have_achieved_is_refused(indicator, finance):
    both = finance.put(YEAR, row(indicator, "1", text="і слова"))
    assert refusal(both, 422, "invalid")["errors"][0]["pointer"].startswith("#/rows/0")
    refusal(finance.put(YEAR, row(indicator, 15)), 422, "invalid")
    refusal(finance.put(f"programmes/{SLUG}/actuals/1999/", row(indicator)), 404, "not-found")
    refusal(finance.get(f"programmes/{SLUG}/actuals/20x1/"), 404, "not-found")
    unknown = {"rows": [{"indicator": 2_000_000_000, "number": "1", "version": 0}]}
    refusal(finance.put(YEAR, unknown), 422, "cells")
    assert not ProgrammeIndicatorActual.objects.filter(year=2021).exists()


def test_reading_a_year_costs_the_same_however_many_values(indicator, finance, officer):
    with constant_queries(finance, YEAR) as queries:
        queries.ask()
        for each in indicator.programme.programmeindicators.all():
            ProgrammeIndicatorActual.objects.create(
                indicator=each, year=2021, number=1, changed_by=officer
            )


def test_a_formula_is_written_by_places_of_the_list(sample, finance):
    said = {"community": sample.programme.community_id, "title": "Нова", "year_from": 2030, "year_to": 2031}  # fmt: skip
    slug = finance.post("programmes/", said).json()["programme"]["slug"]
    at = f"programmes/{slug}/indicators/"
    rows = [
        {"title": "Частка", "values": [], "formula": {"numerator": 2, "denominator": 3}},
        {"title": "Підключено", "values": []},
        {"title": "Усього", "values": []},
    ]
    refusal(finance.put(at, {"rows": rows[:2], "version": 1}), 422, "invalid")
    made = finance.put(at, {"rows": rows, "version": 1})
    assert made.status_code == 200, made.content.decode()
    share, top, bottom = made.json()["rows"]
    assert (share["numerator"], share["denominator"]) == (top["id"], bottom["id"])
    stale = refusal(finance.put(at, {"rows": [], "version": 1}), 409, "stale")
    assert stale["stored"]["rows"][0]["title"] == "Частка"
    assert stale["sent"] == {"rows": [], "version": 1}


# Evidence


def send(program, at, content=b"%PDF-1.7 an act\nstartxref\n0\n%%EOF", **headers):
    file = SimpleUploadedFile("акт.pdf", content)
    return program.client.post(ROOT + at, {"file": file}, headers={"Authorization": f"Bearer {program.token}", **headers})  # fmt: skip


def test_evidence_is_added_read_and_taken_away(indicator, finance, audit):
    at = f"{YEAR}{indicator.pk}/evidence/"
    made = send(finance, at)
    assert made.status_code == 201, made.content.decode()
    told = made.json()
    assert (told["name"], told["format"], told["period"]) == ("акт.pdf", "pdf", "2021")
    assert [one["id"] for one in audit.get(at).json()["results"]] == [told["id"]]
    one = f"programmes/{SLUG}/evidence/{told['id']}/"
    file = audit.get(one + "file/")
    assert file.getvalue() == b"%PDF-1.7 an act\nstartxref\n0\n%%EOF"
    assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    refusal(audit.delete(one), 403, "forbidden")
    assert finance.delete(one).status_code == 204
    refusal(finance.get(one), 404, "not-found")


def test_a_file_sent_again_is_kept_once(indicator, finance, tmp_path):
    at, key = f"{YEAR}{indicator.pk}/evidence/", {"Idempotency-Key": "akt-1"}
    first, again = (send(finance, at, **key) for _ in range(2))
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    refusal(send(finance, at, b"%PDF-1.7 another\nstartxref\n0\n%%EOF", **key), 422, "key-reused")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_file_that_is_no_evidence_is_refused_and_leaves_nothing(indicator, finance, tmp_path):
    refusal(send(finance, f"{YEAR}{indicator.pk}/evidence/", b"MZ a program"), 422, "rule")
    refusal(finance.post(f"{YEAR}{indicator.pk}/evidence/", {"file": "x"}), 422, "invalid")
    assert not IndicatorEvidence.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_evidence_of_a_closed_year_stays(sample, indicator, finance, officer):
    made = send(finance, f"{YEAR}{indicator.pk}/evidence/").json()
    programme = indicator.programme
    programme.responsible_unit = sample.programme.responsible_unit
    programme.save()
    periods.close_month(unit=programme.responsible_unit, month=Month(2021, 12), by=officer)
    one = f"programmes/{SLUG}/evidence/{made['id']}/"
    assert "закрито" in refusal(finance.delete(one), 422, "rule")["detail"]


# Scales


def scale(community=None, **changed):
    constants = {name: f"{getattr(LETTER, name):f}" for name in LETTER.__dataclass_fields__}
    said = {"community": community, "grounds": "Рішення", "valid_from": "2040-01-01", **constants}
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


def test_a_community_has_a_scale_of_its_own(sample, finance, audit):
    own = sample.programme.community_id
    made = finance.post("effectiveness-scales/", scale(own, high="220"))
    assert made.status_code == 201, made.content.decode()
    told = made.json()
    assert (told["high"], told["factor"], told["version"]) == ("220", "100", 1)
    assert {None, own} == {each["community"] for each in audit.get("effectiveness-scales/").json()["results"]}  # fmt: skip
    at = f"effectiveness-scales/{told['id']}/"
    changed = finance.put(at, scale(valid_to="2041-12-31", version=1))
    assert (changed.json()["valid_to"], changed.json()["version"]) == ("2041-12-31", 2)
    stale = refusal(finance.put(at, scale(version=1)), 409, "stale")
    assert stale["stored"]["valid_to"] == "2041-12-31"
    overlapping = refusal(finance.post("effectiveness-scales/", scale(own)), 422, "rule")
    assert "вже є шкала" in overlapping["detail"]
    refusal(finance.post("effectiveness-scales/", scale(own, medium="999")), 422, "invalid")


def test_the_common_scale_and_foreign_ones_are_not_theirs(sample, finance, elsewhere, program):
    common = EffectivenessScale.objects.get(community=None)
    refusal(finance.put(f"effectiveness-scales/{common.pk}/", scale(version=1)), 403, "forbidden")
    refusal(finance.post("effectiveness-scales/", scale()), 422, "invalid")
    refusal(finance.post("effectiveness-scales/", scale(elsewhere.community.pk)), 422, "invalid")
    made = program(elsewhere.officer).post("effectiveness-scales/", scale(elsewhere.community.pk))
    refusal(finance.get(f"effectiveness-scales/{made.json()['id']}/"), 404, "not-found")
