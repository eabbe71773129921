"""Closed months: nothing enters them by any path, but for a named person until a day."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from budgets.choices import Fund
from budgets.exceptions import CellErrors, RuleViolation
from budgets.models import CashEntry, Event, Passport, PeriodLock
from budgets.periods import Month
from budgets.selectors import periods as reading
from budgets.services import cash, periods
from budgets.services.cash import CellEdit, Payment

pytestmark = pytest.mark.django_db
JUNE = Month(2023, 6)
TODAY = timezone.localdate()


@pytest.fixture
def unit(sample):
    return sample.programme.responsible_unit


@pytest.fixture
def line(sample):
    return sample.revisions.get(number=1).spendinglines.get(number=3)


@pytest.fixture
def june(unit, officer) -> PeriodLock:
    return periods.close_month(unit=unit, month=JUNE, note="звірено з Казначейством", by=officer)


def payment(line, day: int = 5, month: int = 6) -> Payment:
    return Payment(line.pk, Fund.GENERAL, "2240", dt.date(2023, month, day), Decimal("10.00"))


def test_a_closed_month_takes_no_cash_and_says_who_closed_it_and_what_to_do(
    sample, line, officer, june
):
    message = r"Червень 2023 закрито .*finansy: звірено з Казначейством\. Попросіть"
    with pytest.raises(RuleViolation, match=message):
        cash.record(passport=sample, payment=payment(line), by=officer)
    entry = CashEntry.objects.filter(paid_on__month=6, reverses=None, reversed_by=None).first()
    with pytest.raises(RuleViolation, match=message):
        cash.reverse(entry=entry, version=entry.version, by=officer)
    with pytest.raises(RuleViolation, match=message):
        cash.correct(entry=entry, payment=payment(line, month=5), version=entry.version, by=officer)
    edit = CellEdit(line.pk, Fund.GENERAL, "2240", Decimal("10.00"), Decimal("0.00"))
    with pytest.raises(CellErrors, match=message):
        cash.set_cells(passport=sample, month=JUNE, edits=[edit], by=officer)
    assert cash.record(passport=sample, payment=payment(line, month=5), by=officer).pk


def test_the_database_refuses_cash_of_a_closed_month_too(line, officer, june):
    entry = CashEntry.objects.filter(paid_on__month=6).first()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        CashEntry.objects.bulk_create(
            [
                CashEntry(
                    line=line,
                    fund=Fund.GENERAL,
                    economic_code=entry.economic_code,
                    paid_on=dt.date(2023, 6, 30),
                    amount=Decimal(1),
                    created_by=officer,
                )
            ]
        )
    for statement in (
        "UPDATE budgets_cashentry SET note = 'x' WHERE id = %s",
        "DELETE FROM budgets_cashentry WHERE id = %s",
        "UPDATE budgets_periodlock SET closed_by_id = NULL WHERE id = %s",
        "DELETE FROM budgets_periodlock WHERE id = %s",
    ):
        pk = june.pk if "lock" in statement else entry.pk
        with (
            pytest.raises(DatabaseError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [pk])


def test_an_exception_lets_one_person_in_until_its_day(sample, line, officer, programme_head, june):
    periods.allow(
        lock=june, person=programme_head, until=TODAY, reason="помилка в КЕКВ", by=officer
    )
    assert cash.record(passport=sample, payment=payment(line), by=programme_head).pk
    with pytest.raises(RuleViolation, match="закрито"):
        cash.record(passport=sample, payment=payment(line), by=officer)
    assert reading.exception_for(june, programme_head).reason == "помилка в КЕКВ"
    assert Event.objects.filter(action="periods.allow").latest("number").reason == "помилка в КЕКВ"


@pytest.mark.parametrize(
    ("until", "reason", "message"),
    [(TODAY - dt.timedelta(1), "так", "уже минув"), (TODAY, "  ", "Вкажіть причину винятку")],
)
def test_an_exception_has_an_end_to_come_and_a_reason(june, officer, until, reason, message):
    with pytest.raises(RuleViolation, match=message):
        periods.allow(lock=june, person=officer, until=until, reason=reason, by=officer)


def test_reopening_needs_a_reason_and_the_old_lock_stays_on_record(
    sample, unit, line, officer, june
):
    with pytest.raises(RuleViolation, match="Вкажіть причину"):
        periods.reopen(lock=june, reason=" ", by=officer)
    periods.reopen(lock=june, reason="виправлення за актом звірки", by=officer)
    assert cash.record(passport=sample, payment=payment(line), by=officer).pk
    with pytest.raises(RuleViolation, match="уже відкрито"):
        periods.reopen(lock=june, reason="ще раз", by=officer)
    again = periods.close_month(unit=unit, month=JUNE, by=officer)
    assert PeriodLock.objects.filter(unit=unit, first_day=JUNE.first_day).count() == 2
    assert reading.closed(unit.pk, 2023) == {6: again}


def test_a_month_is_closed_once_and_after_it_is_over(unit, officer, june):
    with pytest.raises(RuleViolation, match="Уже закрито: Червень 2023"):
        periods.close_month(unit=unit, month=JUNE, by=officer)
    with pytest.raises(RuleViolation, match="триває"):
        periods.close_month(unit=unit, month=Month.of(TODAY), by=officer)


def test_the_end_of_a_year_closes_what_is_open(unit, officer, june):
    made = periods.close_year(unit=unit, year=2023, by=officer, note="річне закриття")
    assert len(made) == 11
    assert set(reading.closed(unit.pk, 2023)) == set(range(1, 13))
    event = Event.objects.latest("number")
    assert event.action == "periods.close_year"
    assert event.changes.filter(table_name="budgets_periodlock").count() == 11


def test_another_unit_is_not_closed_with_this_one(elsewhere, june):
    made = cash.record(
        passport=elsewhere.passport, payment=payment(elsewhere.line), by=elsewhere.officer
    )
    assert made.pk


# Pages


def url(name: str, sample) -> str:
    return reverse(name, args=[sample.pk, 6])


def test_a_month_is_closed_excepted_and_reopened_in_the_browser(
    sample, officer_client, sign_in, programme_head
):
    page = officer_client.get(url("cash_month", sample)).content.decode()
    assert url("month_close", sample) in page
    answer = officer_client.post(url("month_close", sample), {"note": "звірено"}, follow=True)
    page = answer.content.decode()
    assert "Червень 2023 закрито" in page
    assert "data-cash-grid" not in page  # nothing to type into
    cells = officer_client.post(
        reverse("cash_cells", args=[sample.pk, 6]),
        {"cell": ["x"], "amount": ["1"], "seen": [""]},
    )
    assert cells.status_code == 400
    refused = officer_client.post(url("month_exception", sample), {"reason": "так"})
    assert refused.status_code == 422
    assert "Оберіть, кому дозволити" in refused.content.decode()
    officer_client.post(
        url("month_exception", sample),
        {"person": programme_head.pk, "until": f"{TODAY:%d.%m.%Y}", "reason": "КЕКВ"},
    )
    lock = PeriodLock.objects.get()
    assert lock.exceptions.get().person == programme_head
    empty = officer_client.post(url("month_reopen", sample), {"reason": ""})
    assert "Вкажіть причину" in empty.content.decode()
    officer_client.post(url("month_reopen", sample), {"reason": "акт звірки"})
    assert "data-cash-grid" in officer_client.get(url("cash_month", sample)).content.decode()


def test_a_month_that_is_open_has_nothing_to_reopen(sample, officer_client):
    assert officer_client.get(url("month_reopen", sample)).status_code == 404


def test_who_only_reads_sees_who_closed_the_month(sample, sign_in, auditor, june):
    page = sign_in(auditor).get(url("cash_month", sample)).content.decode()
    assert "Червень 2023 закрито" in page
    assert url("month_reopen", sample) not in page
    assert sign_in(auditor).get(url("month_close", sample)).status_code == 403


def test_the_pages_of_cash_show_which_months_are_closed(sample, june, officer, officer_client):
    told = "Червень: закрито."
    for url in (reverse("cash"), reverse("cash_year", args=[sample.pk])):
        page = officer_client.get(url).content.decode()
        assert page.count("■") == 1
        assert page.count("□") % 12 == 11
        assert told in page
    month = officer_client.get(reverse("cash_month", args=[sample.pk, 5])).content.decode()
    assert month.count("■") == 1
    periods.reopen(lock=june, reason="помилка", by=officer)
    assert told not in officer_client.get(reverse("cash")).content.decode()


def test_closed_months_are_read_in_one_query(sample, unit, officer, django_assert_num_queries):
    for month in (1, 2, 3):
        periods.close_month(unit=unit, month=Month(2023, month), by=officer)
    with django_assert_num_queries(1):
        closed = reading.closed_by_passport(Passport.objects.all())
    assert closed == {(unit.pk, 2023): {1, 2, 3}}
