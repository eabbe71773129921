"""The page and the files of the four-way match."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.models import MatchReason
from reports import checks
from reports.documents import four_way_match

pytestmark = pytest.mark.django_db
INDEX = reverse("matches")


@pytest.fixture
def url(sample):
    return reverse("match", args=[sample.pk])


def text(answer) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(plain.replace("\u00a0", " ").split())


def typed(**changed):
    return {
        "key": "target-passport-all-all", "step": "target-passport", "line": "", "fund": "",
        "text": "Асигнування зменшено.", "version": "0",
    } | changed  # fmt: skip


def test_the_page_shows_four_figures_and_what_is_behind_each_difference(
    sample, url, auditor_client
):
    answer = auditor_client.get(url)
    shown = text(answer)
    assert "Розбіжностей: 14, без причини: 5." in shown
    assert "Усього обидва фонди 1 335 000,00 невідомо 1 000 000,00 638 550,00" in shown
    assert "Паспорт на 135 000,00 грн менший за програму. без причини" in shown
    assert "е-місто: затвердження № 80 від 15.03.2021 : 150 000,00 грн" in shown
    assert "Пояснення зі звіту: Курси у 2023 році не проводили" in shown
    assert "складається з різниць напрямів 1, 3, 4, 5, 6, 8, 9, 10" in shown
    assert "<textarea" not in answer.content.decode()  # who writes no reports writes no reasons
    for address in re.findall(r'<li><a href="([^"]+)">', answer.content.decode()):
        assert auditor_client.get(address).status_code == 200, address


def test_a_reason_is_saved_and_a_stale_one_keeps_what_was_typed(sample, url, officer_client):
    answer = officer_client.post(url, typed())
    assert answer.url == f"{url}#target-passport-all-all"
    shown = text(officer_client.get(url))
    assert "без причини: 4." in shown
    assert "Причина: Асигнування зменшено. finansy" in shown
    stale = officer_client.post(url, typed(text="Моє."))
    assert stale.status_code == 409
    assert ">Моє.</textarea>" in stale.content.decode()
    assert 'name="version" value="1"' in stale.content.decode()
    assert officer_client.post(url, typed(step="x")).status_code == 422
    assert MatchReason.objects.get().text == "Асигнування зменшено."


def test_who_may_not_write_is_refused_and_strangers_find_nothing(
    url, auditor_client, stranger_client
):
    assert auditor_client.post(url, typed()).status_code == 403
    assert stranger_client.get(url).status_code == 404
    assert not MatchReason.objects.exists()


def test_the_list_leads_to_the_page_and_says_when_there_is_nothing(
    url, auditor_client, client, django_user_model
):
    assert url in auditor_client.get(INDEX).content.decode()
    client.force_login(django_user_model.objects.create_user("nova"))
    assert "Звіряти ще нічого" in text(client.get(INDEX))


def test_the_document_carries_the_figures_their_differences_and_reasons(sample):
    document = four_way_match.build(sample)
    total = document.table("figures").row("all-all")
    names = (
        "target",
        "decision",
        "passport",
        "cash",
        "passport_target",
        "passport_decision",
        "cash_passport",
    )
    assert [None if (value := total.value(name)) is None else str(value) for name in names] == [
        "1335000.00", None, "1000000.00", "638550.00", "-335000.00", None, "-361450.00",
    ]  # fmt: skip
    rows = {row.key: row for row in document.table("differences").lines}
    assert rows["target-passport-all-all"].value("grounds") == (
        "е-місто: затвердження № 80 від 15.03.2021: +1\u00a0335\u00a0000,00; "
        "паспорт, редакція 1: наказ № зразок від 20.01.2023: +1\u00a0000\u00a0000,00"
    )
    assert document.meta["unexplained"] == 5


def test_what_lacks_a_reason_is_a_warning(sample, url, officer_client):
    findings = checks.run(four_way_match.build(sample))
    assert {finding.code for finding in findings} == {"reason-missing"}
    assert len(findings) == 5
    officer_client.post(url, typed())
    assert len(checks.run(four_way_match.build(sample))) == 4


def test_a_reason_that_says_nothing_was_spent_is_held_against_the_cash(sample, url, officer_client):
    before = len(checks.run(four_way_match.build(sample)))
    sent = typed(step="passport-cash", key="passport-cash-all-all", text="Видатків не було.")
    assert officer_client.post(url, sent).status_code == 302
    findings = checks.run(four_way_match.build(sample))
    (found,) = [each for each in findings if each.code == "reason-contradicts"]
    assert "сказано «Видатків не було», а сплачено 638 550,00 грн" in " ".join(
        found.message.replace("\u00a0", " ").split()
    )
    assert len(findings) == before + 1
    assert "сказано «Видатків не було», а сплачено 638 550,00 грн" in text(officer_client.get(url))
    officer_client.post(url, typed(text="."))
    assert len([each for each in checks.run(four_way_match.build(sample)) if each.code == "reason-missing"]) == 5  # fmt: skip


def test_reasons_cost_no_query_each(sample, url, officer_client):
    with CaptureQueriesContext(connection) as before:
        four_way_match.build(sample)
    for line in ("", *four_way_match.match(sample).lines[:8]):
        officer_client.post(url, typed(line=getattr(line, "line_id", "")))
    with CaptureQueriesContext(connection) as after:
        four_way_match.build(sample)
    assert len(after) == len(before)
