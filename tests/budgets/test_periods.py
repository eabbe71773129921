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
    """June of the sample: the passport's month, or a step with the month of its unit."""
    if name.startswith("month_"):
        step = reverse(name, args=[sample.programme.responsible_unit_id, 2023, 6])
        return f"{step}?passport={sample.pk}"
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


def test_the_year_of_a_unit_shows_every_month_and_leads_to_its_steps(
    unit, june, officer, officer_client
):
    page, closed = (
        reverse("unit_months", args=[unit.pk, 2023]),
        reverse("month_close", args=[unit.pk, 2023, 5]),
    )
    periods.reopen(lock=june, reason="помилка", by=officer)
    assert officer_client.post(closed, {"note": "звірено"}).url == page
    shown = officer_client.get(page).content.decode()
    assert "Травень 2023 закрито" in shown
    assert shown.count("відкрито знову") == 1
    assert shown.count("минув, відкрито") == 10
    assert reverse("month_reopen", args=[unit.pk, 2023, 5]) in shown
    assert closed not in shown
    assert officer_client.get(reverse("unit_months", args=[unit.pk, 1])).status_code == 404


def test_who_only_reads_sees_the_months_and_no_steps(
    june, officer, auditor, auditor_client, stranger_client
):  # fmt: skip
    page = reverse("unit_months", args=[june.unit_id, 2023])
    periods.allow(lock=june, person=auditor, until=TODAY, reason="перевірка", by=officer)
    read = auditor_client.get(page).content.decode()
    assert "Ви можете вносити до" in read
    assert "/reopen/" not in read
    assert stranger_client.get(page).status_code == 404


def test_a_year_of_months_is_read_in_two_queries_and_as_each_month_alone(
    unit, june, officer, django_assert_num_queries
):
    for month in (5, 7):
        periods.close_month(unit=unit, month=Month(2023, month), by=officer)
    periods.reopen(lock=june, reason="помилка", by=officer)
    periods.allow(
        lock=PeriodLock.objects.get(first_day="2023-05-01"),
        person=officer, until=TODAY, reason="пізня виписка", by=officer,
    )  # fmt: skip
    with django_assert_num_queries(2):
        states = reading.states(unit.pk, 2023, officer)
    told = [now.status for _month, now in states]
    assert told[3:7] == ["open", "excepted", "reopened", "closed"]
    assert all(reading.state(unit.pk, month, officer) == now for month, now in states)


def test_a_passport_of_another_unit_is_no_way_back(unit, elsewhere, officer_client):
    step = reverse("month_close", args=[unit.pk, 2023, 5])
    answer = officer_client.post(f"{step}?passport={elsewhere.passport.pk}", {"note": ""})
    assert answer.url == reverse("unit_months", args=[unit.pk, 2023])
