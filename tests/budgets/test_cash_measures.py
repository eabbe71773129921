"""A payment may name the measure of a target programme it pays for; corrections and reversals carry it over."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from budgets.exceptions import RuleViolation
from budgets.models import CashEntry, Measure, Passport
from budgets.periods import Month
from budgets.selectors import measure_cash
from budgets.selectors.cash_measures import payable
from budgets.selectors.cash_shares import Share
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
        line, "general", "2282", dt.date(2023, 6, 1), Decimal("100.00"), shares=(Share(measure.pk),)
    )


@pytest.fixture
def entry(sample, officer, payment):
    return cash.record(passport=sample, payment=payment, by=officer)


def shares(entry) -> dict[int, Decimal]:
    return measure_cash.shares_of(entry)


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
    assert shares(corrected) == {measure.pk: Decimal("80.00")}
    assert shares(CashEntry.objects.get(reverses=entry)) == {measure.pk: Decimal("-100.00")}
    assert measure_cash.paid_by_year([measure.pk]) == {(measure.pk, 2023): Decimal("80.00")}
    cash.reverse(entry=corrected, version=1, by=officer)
    assert measure_cash.paid_by_year([measure.pk]) == {(measure.pk, 2023): Decimal("0.00")}


def test_another_measure_is_a_correction_and_leaves_a_trace(entry, payment, officer, town, measure):
    other = town[0].measures["2.1"]
    corrected = cash.correct(
        entry=entry, payment=replace(payment, shares=(Share(other.pk),)), version=1, by=officer
    )
    assert corrected.replaces == entry
    assert shares(corrected) == {other.pk: Decimal("100.00")}
    assert measure_cash.paid_by_year([measure.pk, other.pk]) == {
        (measure.pk, 2023): Decimal("0.00"),
        (other.pk, 2023): Decimal("100.00"),
    }


def test_a_cell_typed_anew_keeps_the_measure(sample, entry, officer, measure):
    seen = CellEdit(entry.line_id, "general", "2282", Decimal("90.00"), Decimal("100.00"))
    cash.set_cells(passport=sample, month=Month(2023, 6), edits=[seen], by=officer)
    assert shares(CashEntry.objects.get(replaces=entry)) == {measure.pk: Decimal("90.00")}


def test_a_measure_of_another_community_or_year_is_refused(sample, payment, officer, elsewhere):
    later = approved_town(community=sample.programme.community, slug="piznisha")
    foreign = approved_town(community=elsewhere.community, slug="susidnia", year_from=2022)
    for town in (later, foreign):
        with pytest.raises(
            RuleViolation, match="не належить до цільових програм громади на 2023 рік"
        ):
            cash.record(
                passport=sample,
                payment=replace(payment, shares=(Share(town.measures["1.1"].pk),)),
                by=officer,
            )


def form(payment, *rows, **changed):
    """The page's fields; ``rows`` are (measure, amount) as typed."""
    said = {
        "line": payment.line_id, "fund": "general", "economic_code": "2282", "paid_on": "01.06.2023",
        "amount": "100,00", "rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0, **changed,
    }  # fmt: skip
    for number, (measure, amount) in enumerate(rows):
        said |= {f"rows-{number}-measure": measure, f"rows-{number}-amount": amount}
    return said


def test_the_form_offers_measures_and_stores_the_chosen_one(
    sample, officer_client, payment, measure
):
    url = reverse("payment_new", args=[sample.pk])
    page = text(officer_client.get(url))
    assert "На які заходи цільових програм" in page
    assert '<optgroup label="Мала програма">' in page
    officer_client.post(url, form(payment, (measure.pk, "")))
    assert CashEntry.objects.get(shares__measure=measure).amount == Decimal("100.00")
    told = text(officer_client.get(reverse("cash_month", args=[sample.pk, 6])))
    assert "у 2023 році сплачено 100,00 грн, а план програми 0,00 грн" in told
    assert officer_client.post(url, form(payment, (999999, ""))).status_code == 422
    officer_client.post(url, form(payment, amount="1,00"))
    linked = CashEntry.objects.get(amount=Decimal("1.00"))  # the line's own link says
    assert shares(linked) == dict.fromkeys(
        measure_cash.measures_of_line(payment.line_id), Decimal("1.00")
    )


def test_several_measures_share_a_payment_and_the_page_shows_the_kopecks(
    sample, officer_client, payment, town, measure
):
    url, other = reverse("payment_new", args=[sample.pk]), town[0].measures["2.1"]
    rows = (measure.pk, "33,33"), (other.pk, "")
    count = CashEntry.objects.count()
    page = officer_client.post(url, form(payment, *rows, preview="yes"))
    assert page.status_code == 200
    assert "33,33" in text(page)
    assert "66,67" in text(page)
    assert CashEntry.objects.count() == count
    page = text(officer_client.post(url, form(payment, *rows), follow=True))
    made = CashEntry.objects.latest("pk")
    assert shares(made) == {measure.pk: Decimal("33.33"), other.pk: Decimal("66.67")}
    assert "2.1 Оплата послуг Інтернет: 66,67" in page
    cell = f"{payment.line_id}-general-2282"
    listed = text(officer_client.get(reverse("cash_payments", args=[sample.pk, 6, cell])))
    assert "66,67" in listed
    assert "66,67" in text(officer_client.get(reverse("cash_year", args=[sample.pk])))
    assert 'value="66,67"' in text(officer_client.get(reverse("payment_correct", args=[made.pk])))


@pytest.mark.parametrize(
    ("amounts", "says"),
    [
        (("33,33", "66,68"), "Частки разом 100,01, а платіж 100,00: різниця −0,01"),
        (("100,00", ""), "нічого не лишилося"),
        (("-1,00", ""), "інший знак"),
        (("0,00", ""), "не може бути нульовою"),
    ],
)
def test_shares_that_do_not_add_up_are_refused_and_stay_in_the_form(
    officer_client, payment, town, amounts, says
):
    sample = Passport.objects.get(programme__code="0217530", year=2023)
    rows = [*zip((town[1].pk, town[0].measures["2.1"].pk), amounts, strict=True)]
    count = CashEntry.objects.count()
    for more in ({}, {"preview": "yes"}):
        answer = officer_client.post(
            reverse("payment_new", args=[sample.pk]), form(payment, *rows, **more)
        )
        assert answer.status_code == 422
        assert says in text(answer)
        assert f'value="{amounts[0]}"' in text(answer)
    assert CashEntry.objects.count() == count


def test_a_measure_named_twice_or_an_amount_of_none_is_refused(
    sample, officer_client, payment, measure
):
    url = reverse("payment_new", args=[sample.pk])
    twice = officer_client.post(url, form(payment, (measure.pk, "1,00"), (measure.pk, "")))
    assert (twice.status_code, "названо двічі" in text(twice)) == (422, True)
    nobodys = officer_client.post(url, form(payment, (measure.pk, ""), ("", "5,00")))
    assert (nobodys.status_code, "Оберіть захід" in text(nobodys)) == (422, True)


def test_the_correction_shows_the_measure_and_both_values_when_stale(
    entry, officer_client, payment, town, measure
):
    url = reverse("payment_correct", args=[entry.pk])
    assert f'<option value="{measure.pk}" selected>' in text(officer_client.get(url))
    other = town[0].measures["2.1"].pk
    answer = officer_client.post(url, form(payment, (other, ""), version=7))
    assert answer.status_code == 409
    for name in ("1.1 Персональні комп’ютери", "2.1 Оплата послуг Інтернет"):
        assert f"<td>{name}" in text(answer) or f'<td class="differs">{name}' in text(answer)


def test_a_cancelled_measure_stays_on_the_payment_that_names_it(
    sample, entry, officer, officer_client, payment
):
    measure, named = entry.shares.get().measure, {"title": "Скасований"}
    draft = acts.open_draft(programme=measure.programme, by=officer)
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
    officer_client.post(url, form(payment, (measure.pk, ""), version=1, note="уточнено"))
    entry.refresh_from_db()
    assert (entry.note, shares(entry)) == ("уточнено", {measure.pk: Decimal("100.00")})


def test_without_programmes_the_field_is_not_there(elsewhere, stranger_client):
    page = text(stranger_client.get(reverse("payment_new", args=[elsewhere.passport.pk])))
    assert "На які заходи" not in page
