"""A payment may name the measure of a target programme it pays for; corrections and reversals carry it over."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from budgets.exceptions import RuleViolation
from budgets.models import CashEntry, Measure
from budgets.periods import Month
from budgets.selectors import drafts
from budgets.selectors.cash_measures import payable
from budgets.services import acts, cash, draft_measures
from budgets.services.cash import CellEdit, Payment
from tests.reports.programme_samples import approved_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(sample):
    """A second programme of the community whose years include the passport's, 2023."""
    made = approved_town(
        community=sample.programme.community,
        slug="mala",
        short_title="Мала програма",
        year_from=2022,
    )
    measure = Measure.objects.get(pk=made.measures["1.1"].pk)
    assert 2023 in made.programme.years
    return made, measure


@pytest.fixture
def measure(town):
    return town[1]


@pytest.fixture
def payment(revision, measure):
    line = revision.spendinglines.get(number=1).root_id
    return Payment(
        line, "general", "2282", dt.date(2023, 6, 1), Decimal("100.00"), measure_id=measure.pk
    )


@pytest.fixture
def entry(sample, officer, payment):
    return cash.record(passport=sample, payment=payment, by=officer)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_measures_in_force_are_offered_by_programme(sample, town):
    offered = {str(programme): names for programme, names in payable(sample)}
    assert "Мала програма" in offered
    names = [name for _pk, name in offered["Мала програма"]]
    assert names[0] == "1.1 Персональні комп’ютери"
    assert "1.2 Модернізація" not in names  # the sum of its parts


def test_programmes_of_other_years_and_communities_are_not_offered(sample, town, elsewhere):
    offered = [programme for programme, _names in payable(sample)]
    assert all(programme.year_from <= 2023 <= programme.year_to for programme in offered)
    assert payable(elsewhere.passport) == []


def test_a_correction_and_a_reversal_carry_the_measure_over(entry, payment, officer, measure):
    corrected = cash.correct(
        entry=entry, payment=replace(payment, amount=Decimal("80.00")), version=1, by=officer
    )
    assert corrected.measure == measure
    assert CashEntry.objects.get(reverses=entry).measure == measure
    assert drafts.paid([measure.pk]) == {(measure.pk, 2023): Decimal("80.00")}
    cash.reverse(entry=corrected, version=1, by=officer)
    assert drafts.paid([measure.pk]) == {(measure.pk, 2023): Decimal("0.00")}


def test_another_measure_is_a_correction_and_leaves_a_trace(entry, payment, officer, town, measure):
    other = town[0].measures["2.1"]
    corrected = cash.correct(
        entry=entry, payment=replace(payment, measure_id=other.pk), version=1, by=officer
    )
    assert (corrected.measure, corrected.replaces) == (other, entry)
    assert drafts.paid([measure.pk, other.pk]) == {
        (measure.pk, 2023): Decimal("0.00"),
        (other.pk, 2023): Decimal("100.00"),
    }


def test_a_cell_typed_anew_keeps_the_measure(sample, entry, officer, measure):
    seen = CellEdit(entry.line_id, "general", "2282", Decimal("90.00"), Decimal("100.00"))
    cash.set_cells(passport=sample, month=Month(2023, 6), edits=[seen], by=officer)
    assert CashEntry.objects.get(replaces=entry).measure == measure


def test_a_measure_of_another_community_or_year_is_refused(sample, payment, officer, elsewhere):
    later = approved_town(community=sample.programme.community, slug="piznisha")
    foreign = approved_town(community=elsewhere.community, slug="susidnia", year_from=2022)
    for town in (later, foreign):
        with pytest.raises(
            RuleViolation, match="не належить до цільових програм громади на 2023 рік"
        ):
            cash.record(
                passport=sample,
                payment=replace(payment, measure_id=town.measures["1.1"].pk),
                by=officer,
            )


def form(payment, **changed):
    return {
        "line": payment.line_id, "fund": "general", "economic_code": "2282", "paid_on": "01.06.2023",
        "amount": "100,00", "measure": payment.measure_id, **changed,
    }  # fmt: skip


def test_the_form_offers_measures_and_stores_the_chosen_one(
    sample, officer_client, payment, measure
):
    url = reverse("payment_new", args=[sample.pk])
    page = text(officer_client.get(url))
    assert "Захід цільової програми" in page
    assert '<optgroup label="Мала програма">' in page
    officer_client.post(url, form(payment))
    assert CashEntry.objects.get(measure=measure).amount == Decimal("100.00")
    assert officer_client.post(url, form(payment, measure="999999")).status_code == 422
    officer_client.post(url, form(payment, measure="", amount="1,00"))
    assert CashEntry.objects.filter(measure=None, amount=Decimal("1.00")).exists()


def test_the_correction_shows_the_measure_and_both_values_when_stale(
    entry, officer_client, payment, town
):
    url = reverse("payment_correct", args=[entry.pk])
    assert f'<option value="{entry.measure_id}" selected>' in text(officer_client.get(url))
    other = town[0].measures["2.1"].pk
    answer = officer_client.post(url, form(payment, measure=other, version=7))
    assert answer.status_code == 409
    for name in ("1.1 Персональні комп’ютери", "2.1 Оплата послуг Інтернет"):
        assert f"{name}</td>" in text(answer) or f"{name} <" in text(answer)


def test_a_cancelled_measure_stays_on_the_payment_that_names_it(
    sample, entry, officer, officer_client, payment
):
    draft = acts.open_draft(programme=entry.measure.programme, by=officer)
    measure, named = entry.measure, {"title": "Скасований"}
    draft_measures.write_words(act=draft, measure=measure, words=named, version=1, by=officer)
    draft_measures.cancel_measure(
        act=draft, measure=measure, reason="зайвий", version=2, by=officer, is_confirmed=True
    )
    for step in (acts.submit, acts.agree):
        step(act=draft, version=type(draft).objects.get(pk=draft.pk).version, by=officer)
    version = type(draft).objects.get(pk=draft.pk).version
    acts.adopt(act=draft, number="2", date=dt.date(2024, 6, 1), version=version, by=officer)
    assert "Скасований" not in text(officer_client.get(reverse("payment_new", args=[sample.pk])))
    url = reverse("payment_correct", args=[entry.pk])
    assert "Скасований" in text(officer_client.get(url))
    officer_client.post(url, form(payment, version=1, note="уточнено"))
    entry.refresh_from_db()
    assert (entry.note, entry.measure_id) == ("уточнено", payment.measure_id)


def test_without_programmes_the_field_is_not_there(elsewhere, stranger_client):
    page = text(stranger_client.get(reverse("payment_new", args=[elsewhere.passport.pk])))
    assert "Захід цільової програми" not in page
