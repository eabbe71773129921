"""Many people pay from one line at once: the plan is never exceeded, and nobody's payment is lost."""

import datetime as dt
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum

from budgets.choices import Fund
from budgets.exceptions import RuleViolation
from budgets.models import CashEntry, Passport
from budgets.services import cash

ROOT = Path(__file__).parent.parent.parent
PEOPLE, TRIES = 16, 4
# Line 1 of the sample has a plan of 45 000,00 and no cash: 17 payments fit, 64 are tried.
AMOUNT, PLAN = Decimal("2500.01"), Decimal("45000.00")
FIT = 17

ON_A_FILE = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_sample", verbosity=0)
from tests.budgets.test_concurrency import pay_together
print(json.dumps(pay_together()))
"""


def pay_together():
    """Everybody pays at the same moment; returns acknowledged payments, other errors, stored sum."""
    passport = Passport.objects.get(year=2023)
    line = passport.revisions.get().spendinglines.get(number=1)
    officer = User.objects.get(username="finansy")
    payment = cash.Payment(line.root_id, Fund.GENERAL, "2282", dt.date(2023, 6, 1), AMOUNT)
    start = Barrier(PEOPLE)

    def person(_number):
        acknowledged, errors = 0, []
        start.wait(timeout=60)
        try:
            for _try in range(TRIES):
                try:
                    cash.record(passport=passport, payment=payment, by=officer)
                    acknowledged += 1
                except RuleViolation:
                    pass  # the plan is spent: what should happen
                except Exception as error:  # «database is locked», above all
                    errors.append(repr(error))
        finally:
            connection.close()
        return acknowledged, errors

    with ThreadPoolExecutor(PEOPLE) as pool:
        done = list(pool.map(person, range(PEOPLE)))
    stored = CashEntry.objects.filter(line=line).aggregate(s=Sum("amount"))["s"]
    return sum(count for count, _errors in done), [e for _c, es in done for e in es], str(stored)


def check(acknowledged, errors, stored):
    assert errors == []
    assert acknowledged == FIT
    assert Decimal(stored) == FIT * AMOUNT <= PLAN < (FIT + 1) * AMOUNT


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="threads share a database in memory; the test on a file covers SQLite",
)
@pytest.mark.django_db(transaction=True)
def test_sixteen_people_paying_at_once_never_exceed_the_plan():
    check(*pay_together())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own locks")
def test_sixteen_people_paying_at_once_into_a_file_are_neither_locked_out_nor_past_the_plan(
    tmp_path,
):
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "eprogram.settings",
        "EPROGRAM_SAMPLE": "yes",
    }
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FILE],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    check(*json.loads(done.stdout.splitlines()[-1]))
