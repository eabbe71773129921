"""Decisions on the budget: drafted and adopted on their pages, frozen from then on."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from budgets.choices import DecisionKind, DecisionStatus, Fund
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import BudgetDecision, DecisionLine
from budgets.selectors import decisions as selectors
from budgets.services import decisions
from budgets.services.decisions import Given, Said

pytestmark = pytest.mark.django_db
INDEX, NEW = reverse("decisions"), reverse("decision_new")


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def said(**changed: Any) -> Said:
    day = dt.date(2022, 12, 20)
    return replace(Said(2023, DecisionKind.INITIAL, "700", day, in_force_from=day), **changed)


def form(programme, amount="1 000,50", **changed):
    return {
        "year": "2023", "kind": "initial", "number": "700", "date": "20.12.2022", "in_force_from": "20.12.2022",
        "rows-TOTAL_FORMS": 2, "rows-INITIAL_FORMS": 0, "rows-0-programme_id": programme.pk, "rows-0-fund": "general",
        "rows-0-amount": amount, "rows-1-fund": "general", **changed,
    }  # fmt: skip


@pytest.fixture
def draft(sample, officer):
    def made(*lines, **changed):
        given = [Given(sample.programme_id, Fund.GENERAL, Decimal("5.00"))]
        return decisions.draft(
            community=sample.programme.community, said=said(**changed), lines=lines or given, by=officer
        )  # fmt: skip

    return made


def test_a_decision_goes_from_draft_to_adopted_on_its_pages(sample, officer_client):
    answer = officer_client.post(NEW, form(sample.programme), follow=True)
    assert "1 000,50" in text(answer)
    decision = BudgetDecision.objects.get(number="700")
    assert decision.status == DecisionStatus.DRAFT
    assert selectors.behind(sample.programme, 2023, dt.date(2023, 12, 31))[-1][0] != decision
    edit = reverse("decision_edit", args=[decision.pk])
    changed = form(sample.programme, "−2,00", version=1, kind="amendment")
    assert officer_client.post(edit, changed).status_code == 302
    stale = officer_client.post(edit, form(sample.programme, "3", version=1))
    assert stale.status_code == 409
    assert "−2,00" in text(stale)
    adopt = reverse("decision_adopt", args=[decision.pk])
    page = text(officer_client.post(adopt, {"version": 2}, follow=True))
    assert "Тепер воно не змінюється" in page
    assert "Внести як ухвалене" not in page
    assert "воно не змінюється" in text(officer_client.get(edit, follow=True))
    assert "№ 700" in text(officer_client.get(INDEX))


def test_what_is_typed_wrongly_stays_in_the_form(sample, officer_client):
    refused = officer_client.post(NEW, form(sample.programme, "багато"))
    assert refused.status_code == 422
    assert "багато" in text(refused)
    without = form(sample.programme)
    del without["rows-0-programme_id"]
    assert "Оберіть програму, якій належить ця сума" in text(officer_client.post(NEW, without))
    assert not DecisionLine.objects.exists()


def test_an_adopted_decision_is_frozen_in_the_database(draft, officer):
    decision = draft()
    decisions.adopt(decision=decision, version=1, by=officer)
    for attempt in (
        lambda: BudgetDecision.objects.filter(pk=decision.pk).update(number="9"),
        lambda: BudgetDecision.objects.filter(pk=decision.pk).update(status="draft"),
        lambda: DecisionLine.objects.filter(decision=decision).update(amount=Decimal(1)),
        lambda: DecisionLine.objects.filter(decision=decision).delete(),
        lambda: decision.lines.create(
            programme=decision.lines.get().programme, fund=Fund.SPECIAL, amount=Decimal(1)
        ),
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            attempt()


def test_what_a_decision_may_not_say(sample, draft, elsewhere):
    own = sample.programme_id
    line = Given(own, Fund.GENERAL, Decimal(1))
    for lines, changed, words in (
        ([], {"in_force_from": dt.date(2022, 12, 1)}, "раніше за свою дату"),
        ([], {"number": "636", "date": dt.date(2022, 12, 15)}, "уже внесено"),
        ([line], {"lines_known": False}, "суми невідомі"),
        ([Given(elsewhere.programme.pk, Fund.GENERAL, Decimal(1))], {}, "не цієї громади"),
        ([Given(own, "x", Decimal(1))], {}, "Невідомий фонд"),
        ([Given(own, Fund.GENERAL, Decimal(0))], {}, "нульовою"),
        ([line, line], {}, "двічі"),
    ):
        with pytest.raises(RuleViolation, match=words):
            draft(*lines, **changed)


def test_a_draft_is_adopted_only_whole_in_time_and_once(draft, officer, sample):
    empty = draft(number="701")
    empty.lines.all().delete()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    later = draft(number="702", date=tomorrow, in_force_from=tomorrow)
    for decision, words in ((empty, "жодної суми"), (later, "ще не настала")):
        with pytest.raises(RuleViolation, match=words):
            decisions.adopt(decision=decision, version=1, by=officer)
    with pytest.raises(StaleVersion):
        decisions.discard(decision=later, version=7, by=officer)
    decisions.discard(decision=later, version=1, by=officer)
    with pytest.raises(RuleViolation, match="вилучено"):
        decisions.adopt(decision=later, version=1, by=officer)


def test_readers_see_decisions_and_change_nothing(draft, auditor_client, stranger_client):
    decision = draft()
    page = text(auditor_client.get(reverse("decision", args=[decision.pk])))
    assert "Змінити чернетку" not in page
    assert "Внести рішення" not in text(auditor_client.get(INDEX))
    assert auditor_client.get(NEW).status_code == 403
    assert stranger_client.get(reverse("decision", args=[decision.pk])).status_code == 404
    empty = text(stranger_client.get(INDEX))
    assert "Рішень про бюджет ще не внесено" in empty
    assert "Внести рішення" in empty
