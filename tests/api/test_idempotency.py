"""A request that is sent again writes nothing and hears the first answer."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import KeptAnswer
from budgets.models import CashEntry, Passport
from budgets.periods import Month
from budgets.selectors import record
from budgets.selectors.cash import month_grid
from budgets.services import cash
from tests.api.conftest import Program, refusal, token_of
from tests.api.test_cash import body, payment

__all__ = ["payment"]  # the fixture
pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "5f0c1d9e-1"}


@pytest.fixture
def room(payment, officer):
    """The payment lowered, so that there is room in the plan."""
    seen = cash.Payment(
        payment.line_id, payment.fund, payment.economic_code.code, payment.paid_on, payment.amount - 100
    )  # fmt: skip
    return cash.correct(entry=payment, payment=seen, version=payment.version, by=officer)


def test_the_same_request_with_the_same_key_writes_once(sample, room, finance):
    address, before = f"passports/{sample.pk}/payments/", CashEntry.objects.count()
    first, again = (finance.post(address, body(room), **KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert CashEntry.objects.count() == before + 1
    other = finance.post(address, body(room), **{"Idempotency-Key": "other"})
    assert other.json()["id"] != first.json()["id"]
    assert record.verify().faults == ()


def test_another_request_with_the_same_key_is_refused(sample, room, finance):
    finance.post(f"passports/{sample.pk}/payments/", body(room), **KEY)
    before = CashEntry.objects.count()
    changed = finance.post(f"passports/{sample.pk}/payments/", body(room, amount="0.02"), **KEY)
    refusal(changed, 422, "key-reused")
    elsewhere = finance.post(f"passports/{sample.pk}/close-year/", body(room), **KEY)
    refusal(elsewhere, 422, "key-reused")
    assert CashEntry.objects.count() == before


def test_a_key_belongs_to_its_person(sample, room, finance, program, auditor):
    finance.post(f"passports/{sample.pk}/payments/", body(room), **KEY)
    answer = program(auditor).post(f"passports/{sample.pk}/payments/", body(room), **KEY)
    refusal(answer, 403, "forbidden")
    assert KeptAnswer.objects.count() == 1


def test_a_refused_request_keeps_nothing_and_may_be_corrected(sample, room, finance):
    address = f"passports/{sample.pk}/payments/"
    refusal(finance.post(address, body(room, amount="99999999.00"), **KEY), 422, "rule")
    assert not KeptAnswer.objects.exists()
    assert finance.post(address, body(room), **KEY).status_code == 201


def test_an_answer_that_cannot_be_kept_takes_the_write_with_it(sample, room, finance, monkeypatch):
    before = CashEntry.objects.count()

    def broken(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(KeptAnswer, "save", broken)
    KeptAnswer.objects.all().delete()
    refusal(finance.post(f"passports/{sample.pk}/payments/", body(room), **KEY), 500, "failure")
    assert CashEntry.objects.count() == before


def test_answers_are_forgotten_after_their_time(sample, room, finance):
    address = f"passports/{sample.pk}/payments/"
    first = finance.post(address, body(room), **KEY).json()
    KeptAnswer.objects.update(created_at=timezone.now() - dt.timedelta(hours=49))
    assert finance.post(address, body(room), **KEY).json()["id"] != first["id"]
    assert KeptAnswer.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads need a server")
@pytest.mark.django_db(transaction=True)
def test_requests_of_one_key_at_the_same_moment_write_once():
    officer, passport = User.objects.get(username="finansy"), Passport.objects.get(year=2023)
    row = next(row for row in month_grid(passport, Month(2023, 6)).rows if row.left > 1)
    said = {"line": row.root_id, "fund": row.fund, "economic_code": row.economic_code, "paid_on": "2023-06-15", "amount": "0.01"}  # fmt: skip
    token, start, before = token_of(officer), Barrier(8), CashEntry.objects.count()

    def send(_number):
        start.wait()
        try:
            program = Program(token, Client(raise_request_exception=False))
            answer = program.post(f"passports/{passport.pk}/payments/", said, **KEY)
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert CashEntry.objects.count() == before + 1


@pytest.mark.parametrize("key", ["", "є", "а" * 3, "x" * 101, "a b"])
def test_a_key_that_is_none_is_refused(sample, room, finance, key):
    answer = finance.post(f"passports/{sample.pk}/payments/", body(room), **{"Idempotency-Key": key})  # fmt: skip
    refusal(answer, 400, "bad-key")
