"""People enter, correct and reverse cash while others close months: nothing is lost, and nothing enters a closed month."""

import datetime as dt
import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection

from budgets.choices import Fund
from budgets.exceptions import RuleViolation
from budgets.models import CashEntry, LineAllocation, Passport, PeriodLock
from budgets.periods import Month
from budgets.selectors import record
from budgets.services import cash, periods
from budgets.services.cash import Payment

ROOT = Path(__file__).parent.parent.parent
MONTHS = (2, 3, 4)
ON_A_FILE = """
import json, django
django.setup()
from tests.budgets.test_closing_together import work_together
print(json.dumps(work_together(8, 6)))
"""


class Clerk:
    """One of the people: what they did that was acknowledged, what was refused, and what went wrong."""

    def __init__(self, number: int, passport: Passport, rows: list[LineAllocation], by: User):
        self.number, self.passport, self.rows, self.by = number, passport, rows, by
        self.dice = random.Random(number)  # noqa: S311 - no secret
        self.sums: dict[int, Decimal] = defaultdict(Decimal)
        self.made: list[CashEntry] = []
        self.errors: list[str] = []
        self.refused = 0

    def work(self, start: Barrier, steps: int) -> "Clerk":
        connection.ensure_connection()
        start.wait(timeout=60)
        try:
            for step in range(steps):
                try:
                    self.step(closes=self.number % 4 == 0 and step == steps // 2)
                except RuleViolation:
                    self.refused += 1
                except Exception as error:  # «database is locked», a deadlock
                    self.errors.append(repr(error))
        finally:
            connection.close()
        return self

    def step(self, *, closes: bool) -> None:
        payment = self.payment()
        if closes:
            unit = self.passport.programme.responsible_unit
            periods.close_month(unit=unit, month=Month.of(payment.paid_on), by=self.by)
        elif self.made and self.dice.random() < 0.4:
            self.change(self.made.pop(self.dice.randrange(len(self.made))), payment)
        else:
            made = cash.record(passport=self.passport, payment=payment, by=self.by)
            self.acknowledged(made)

    def change(self, old: CashEntry, payment: Payment) -> None:
        if self.dice.random() < 0.5:
            cash.reverse(entry=old, version=old.version, by=self.by)
        else:
            self.acknowledged(
                cash.correct(entry=old, payment=payment, version=old.version, by=self.by)
            )
        self.sums[old.key[0]] -= old.amount

    def acknowledged(self, entry: CashEntry) -> None:
        self.made.append(entry)
        self.sums[entry.key[0]] += entry.amount

    def payment(self) -> Payment:
        row = self.dice.choice(self.rows)
        day = dt.date(2023, self.dice.choice(MONTHS), self.dice.randint(1, 28))
        amount = Decimal(self.dice.randint(1, 5_000_000)) / 100
        return Payment(row.line.root_id, Fund.GENERAL, row.economic_code.code, day, amount)


def work_together(people: int, steps: int):
    """Everybody does random things at once; every fourth also closes a month on the way.

    Returns faults found afterwards, errors that are no refusal, and how much was done.
    """
    passport = Passport.objects.select_related("programme").get(year=2023)
    officer = User.objects.get(username="finansy")
    rows = list(
        LineAllocation.objects.filter(
            line__revision__passport=passport, line__number__in=(1, 3, 4, 5, 6, 8)
        ).select_related("line", "economic_code")
    )
    before = set(CashEntry.objects.values_list("pk", flat=True))
    start = Barrier(people)
    clerks = [Clerk(number, passport, rows, officer) for number in range(people)]
    with ThreadPoolExecutor(people) as pool:
        list(pool.map(lambda clerk: clerk.work(start, steps), clerks))
    stored: dict[int, Decimal] = defaultdict(Decimal)
    acknowledged: dict[int, Decimal] = defaultdict(Decimal)
    fresh = list(CashEntry.objects.select_related("economic_code").exclude(pk__in=before))
    for entry in fresh:
        stored[entry.key[0]] += entry.amount
    for clerk in clerks:
        for line, amount in clerk.sums.items():
            acknowledged[line] += amount
    locks = list(PeriodLock.objects.all())
    return {
        "errors": [error for clerk in clerks for error in clerk.errors],
        "lost": {
            line: [str(acknowledged[line]), str(stored[line])]
            for line in {*acknowledged, *stored}
            if acknowledged[line] != stored[line]
        },
        "past the plan": [row.line_id for row in rows if stored[row.line.root_id] > row.general],
        "after closing": [
            entry.pk
            for lock in locks
            for entry in fresh
            if lock.first_day <= entry.paid_on <= lock.last_day
            and entry.created_at > lock.closed_at
        ],
        "record": list(record.verify().faults),
        "entries": len(fresh),
        "closed": len(locks),
        "refused": sum(clerk.refused for clerk in clerks),
    }


def check(result):
    told = ("errors", "lost", "past the plan", "after closing", "record")
    assert {name: result[name] for name in told if result[name]} == {}
    assert result["entries"] > 0
    assert result["closed"] > 0
    assert result["refused"] > 0


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="threads share a database in memory; the test on a file covers SQLite",
)
@pytest.mark.django_db(transaction=True)
def test_thirty_two_people_enter_correct_and_close_at_once():
    check(work_together(32, 8))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own locks")
def test_a_file_answers_everybody_while_months_are_closed(sample_file):
    environment = {
        **os.environ,
        "DATABASE_URL": sample_file,
        "DJANGO_SETTINGS_MODULE": "eprogram.settings",
        "EPROGRAM_SAMPLE": "yes",
    }
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FILE],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    check(json.loads(done.stdout.splitlines()[-1]))
