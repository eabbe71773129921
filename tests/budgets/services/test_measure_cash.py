"""A programme without a passport takes cash on its measures: the same ledger, limits by measure, closed months of who pays."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from budgets.choices import UnitLevel
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import CashEntry, EconomicCode, SpendingUnit
from budgets.periods import Month
from budgets.selectors import measure_cash as selectors
from budgets.selectors.cash_shares import Share
from budgets.services import cash, measure_cash, periods
from budgets.services.ledger import Payment
from tests.reports.programme_samples import approved_town

pytestmark = pytest.mark.django_db
MARCH = dt.date(2024, 3, 1)


@pytest.fixture
def town(sample):
    """1.1 has 46 000,00 for 2024, 2.1 has 76 900,00; the school is carried out by a unit of its own."""
    made = approved_town(community=sample.programme.community, slug="bez-pasporta")
    made.programme.responsible_unit = sample.programme.responsible_unit
    made.programme.save()
    made.units["school"].unit = SpendingUnit.objects.create(
        community=made.programme.community, name="Управління освіти", level=UnitLevel.KEY
    )
    made.units["school"].save()
    return made


@pytest.fixture
def payment(town):
    shares = (Share(town.measures["1.1"].pk),)
    return Payment(None, "general", "", MARCH, Decimal("46000.00"), shares=shares)


@pytest.fixture
def record(town, officer):
    return lambda payment: measure_cash.record(
        programme=town.programme, payment=payment, by=officer
    )


def paid(town, name) -> Decimal:
    pk = town.measures[name].pk
    return selectors.paid_by_year([pk]).get((pk, 2024), Decimal("0.00"))


def test_a_measure_is_paid_to_the_last_kopeck_of_its_plan_and_not_further(town, payment, record):
    entry = record(payment)
    assert (entry.line, entry.programme, entry.economic_code) == (None, town.programme, None)
    assert paid(town, "1.1") == Decimal("46000.00")
    with pytest.raises(
        RuleViolation,
        match=r"«1.1 Персональні комп’ютери» на 2024 рік перевищено на 0,01 грн: план 46.000,00",
    ):
        record(replace(payment, amount=Decimal("0.01")))
    with pytest.raises(RuleViolation, match="Повернення перевищує сплачене"):
        record(replace(payment, amount=Decimal("-46000.01")))
    assert paid(town, "1.1") == Decimal("46000.00")


def test_shares_follow_the_plan_and_are_needed(town, payment, record):
    both = (Share(town.measures["1.1"].pk), Share(town.measures["2.1"].pk))
    record(replace(payment, amount=Decimal("1000.00"), shares=both))
    assert (paid(town, "1.1"), paid(town, "2.1")) == (Decimal("374.29"), Decimal("625.71"))
    with pytest.raises(RuleViolation, match="Назвіть захід"):
        record(replace(payment, shares=()))


def test_cash_of_passports_counts_against_the_same_plan(revision, officer, payment, town, record):
    sample = revision.passport
    line = revision.spendinglines.get(number=1)
    entry = CashEntry.objects.create(
        line=line, fund="general", economic_code=EconomicCode.objects.get(code="2282"),
        paid_on=MARCH, amount=Decimal("6000.00"), created_by=officer,
    )  # fmt: skip
    entry.shares.create(measure=town.measures["1.1"], amount=entry.amount)
    with pytest.raises(RuleViolation, match=r"перевищено на 6.000,00"):
        record(payment)
    record(replace(payment, amount=Decimal("40000.00")))
    found = selectors.paid_between(town.programme, MARCH, MARCH)
    measure = town.measures["1.1"].pk
    assert found == {
        (measure, sample.programme.responsible_unit_id): Decimal("6000.00"),
        (measure, 0): Decimal("40000.00"),
    }


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"paid_on": dt.date(2023, 3, 1)}, r"не входить у роки програми \(2024–2026\)"),
        ({"paid_on": dt.date(2026, 12, 31)}, "ще не настала"),
        ({"amount": Decimal("0.00")}, "нульовою"),
        ({"fund": "third"}, "Невідомий фонд"),
        ({"economic_code": "2200"}, "груповий"),
        ({"economic_code": "9999"}, "невідомий"),
        ({"executor_id": 999_999}, "Такого виконавця"),
        ({"shares": (Share(999_999),)}, "не належить до програми"),
    ],
)
def test_what_cannot_be_is_refused(town, payment, record, changed, says):
    with pytest.raises(RuleViolation, match=says):
        record(replace(payment, **changed))
    assert not CashEntry.objects.filter(programme=town.programme).exists()


def test_a_correction_and_a_reversal_leave_the_trail(town, payment, record, officer):
    entry = record(payment)
    words = measure_cash.correct(
        entry=entry, payment=replace(payment, note="лист"), version=1, by=officer
    )
    assert (words.pk, words.note, words.version) == (entry.pk, "лист", 2)
    with pytest.raises(StaleVersion):
        measure_cash.correct(entry=entry, payment=payment, version=1, by=officer)
    moved = replace(payment, shares=(Share(town.measures["2.1"].pk),))
    replacement = measure_cash.correct(entry=entry, payment=moved, version=2, by=officer)
    assert replacement.replaces == entry
    assert (paid(town, "1.1"), paid(town, "2.1")) == (Decimal("0.00"), Decimal("46000.00"))
    reversing = measure_cash.reverse(entry=replacement, version=1, by=officer, note="помилка")
    assert (reversing.programme, reversing.note) == (town.programme, "помилка")
    assert paid(town, "2.1") == Decimal("0.00")
    assert selectors.unbalanced() == []


def test_a_payment_of_a_passport_is_not_corrected_here(sample, payment, officer):
    entry = CashEntry.objects.filter(line__isnull=False).first()
    with pytest.raises(RuleViolation, match="платіж паспорта"):
        measure_cash.reverse(entry=entry, version=1, by=officer)
    assert cash.reverse(entry=entry, version=1, by=officer).line_id == entry.line_id


def test_a_closed_month_of_the_unit_that_pays_takes_nothing(town, payment, record, officer):
    school = town.units["school"]
    entry = record(replace(payment, amount=Decimal("1.00"), executor_id=school.pk))
    periods.close_month(unit=school.unit, month=Month(2024, 3), by=officer)
    with pytest.raises(RuleViolation, match="закрито"):
        record(replace(payment, amount=Decimal("1.00"), executor_id=school.pk))
    with pytest.raises(RuleViolation, match="закрито"):
        measure_cash.reverse(entry=entry, version=1, by=officer)
    record(replace(payment, amount=Decimal("1.00")))  # by the responsible unit, whose month is open
    periods.close_month(unit=town.programme.responsible_unit, month=Month(2024, 3), by=officer)
    with pytest.raises(RuleViolation, match="закрито"):
        record(replace(payment, amount=Decimal("1.00")))
    for executor in (None, school):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            CashEntry.objects.create(
                programme=town.programme, executor=executor, fund="general", paid_on=MARCH,
                amount=1, created_by=officer,
            )  # fmt: skip


def refused_by_service_and_database(town, payment, record, officer, executor):
    with pytest.raises(RuleViolation, match="закрито") as refusal:
        record(replace(payment, amount=Decimal("1.00"), executor_id=executor and executor.pk))
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        CashEntry.objects.create(
            programme=town.programme, executor=executor, fund="general", paid_on=MARCH,
            amount=1, created_by=officer,
        )  # fmt: skip
    return str(refusal.value)


def test_a_month_closed_above_is_closed_for_the_units_below(town, payment, record, officer):
    school = town.units["school"]
    school.unit.level, school.unit.parent = UnitLevel.LOWER, town.programme.responsible_unit
    school.unit.save()
    periods.close_month(unit=school.unit.parent, month=Month(2024, 3), by=officer)
    refused_by_service_and_database(town, payment, record, officer, school)


def test_a_payer_whom_nobody_knows_gets_round_no_closed_month(town, payment, record, officer):
    town.programme.responsible_unit = None
    town.programme.save()
    record(replace(payment, amount=Decimal("1.00")))
    lock = periods.close_month(unit=town.units["school"].unit, month=Month(2024, 3), by=officer)
    said = refused_by_service_and_database(town, payment, record, officer, None)
    assert "вкажіть виконавця, який сплатив" in said
    periods.allow(
        lock=lock, person=officer, until=timezone.localdate(), reason="пізня виписка", by=officer
    )
    record(replace(payment, amount=Decimal("1.00")))


def test_an_entry_stands_on_a_line_or_on_a_programme(town, officer):
    line = CashEntry.objects.filter(line__isnull=False).first()
    for place in (
        {},
        {"line": line.line, "programme": town.programme, "economic_code": line.economic_code},
        {"line": line.line},
        {"line": line.line, "economic_code": line.economic_code, "executor": town.units["school"]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CashEntry.objects.create(
                fund="general", paid_on=MARCH, amount=1, created_by=officer, **place
            )


# The pages


def form(*rows, **changed):
    said = {
        "fund": "general", "economic_code": "", "paid_on": "01.03.2024", "amount": "100,00", "executor": "",
        "rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0, **changed,
    }  # fmt: skip
    for number, (measure, amount) in enumerate(rows):
        said |= {f"rows-{number}-measure": measure, f"rows-{number}-amount": amount}
    return said


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_cash_is_entered_corrected_and_reversed_on_pages(officer_client, town):
    slug, one = town.programme.slug, town.measures["1.1"].pk
    url = reverse("programme_payment_new", args=[slug])
    assert "Каса програми" in text(officer_client.get(reverse("programme", args=[slug])))
    assert "Хто сплатив" in text(officer_client.get(url))
    assert "Назвіть захід" in text(officer_client.post(url, form()))
    page = officer_client.post(url, form((one, ""), preview="yes"))
    assert (page.status_code, "100,00" in text(page)) == (200, True)
    assert not CashEntry.objects.filter(programme=town.programme).exists()
    school = town.units["school"].pk
    page = text(officer_client.post(url, form((one, ""), executor=school), follow=True))
    assert "Внесено: 100,00 грн від 01.03.2024 (1.1 Персональні комп’ютери: 100,00)." in page
    assert "Управління освіти" in page
    entry = CashEntry.objects.get(programme=town.programme)
    url = reverse("programme_payment_correct", args=[slug, entry.pk])
    assert f'<option value="{one}" selected>' in text(officer_client.get(url))
    stale = officer_client.post(url, form((one, ""), amount="80,00", version=7))
    assert stale.status_code == 409
    assert "Ви ввели" in text(stale)
    page = officer_client.post(url, form((one, ""), amount="80,00", version=1), follow=True)
    assert "Виправлено: 80,00 грн" in text(page)
    standing = CashEntry.objects.get(replaces=entry)
    url = reverse("programme_payment_reverse", args=[slug, standing.pk])
    assert "1.1 Персональні комп’ютери" in text(officer_client.get(url))
    assert "Сторновано" in text(officer_client.post(url, {"version": 1}, follow=True))
    assert paid(town, "1.1") == Decimal("0.00")
    over = officer_client.post(
        reverse("programme_payment_new", args=[slug]), form((one, ""), amount="46000,01")
    )
    assert (over.status_code, "перевищено на 0,01" in text(over)) == (422, True)


def test_an_entry_of_another_programme_or_of_a_passport_is_not_here(officer_client, town):
    for entry in (CashEntry.objects.filter(line__isnull=False).first(),):
        for name in ("programme_payment_correct", "programme_payment_reverse"):
            assert (
                officer_client.get(reverse(name, args=[town.programme.slug, entry.pk])).status_code
                == 404
            )


def test_the_page_asks_the_same_number_of_questions_whatever_the_number_of_payments(
    officer_client, town, payment, record, django_assert_max_num_queries
):
    url = reverse("programme_cash", args=[town.programme.slug]) + "?year=2024"
    both = (Share(town.measures["1.1"].pk), Share(town.measures["2.1"].pk))
    record(replace(payment, amount=Decimal("1.00"), shares=both))
    officer_client.get(url)
    with django_assert_max_num_queries(40) as few:
        officer_client.get(url)
    for _ in range(5):
        record(replace(payment, amount=Decimal("1.00"), shares=both))
    with django_assert_max_num_queries(len(few)):
        officer_client.get(url)
