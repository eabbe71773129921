"""Many people pay from one line at once: the plan is never exceeded, and nobody's payment is lost."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection

from budgets.choices import Fund
from budgets.exceptions import RuleViolation
from budgets.models import LineAllocation, Passport
from budgets.selectors.cash import cash_by_line
from budgets.services import cash

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 16
# Lines of the sample on which nothing is paid; half of a line's plan is paid at a time, so two people succeed.
LINES, FIT = (1, 3, 4, 5, 6, 8), 2

ON_A_FILE = """
import json, django
django.setup()
from tests.budgets.test_concurrency import pay_together
print(json.dumps(pay_together()))
"""


def pay_together():
    """On one line after another everybody pays at the same moment.

    Returns what was acknowledged and what is stored, both by line, and errors other than a spent plan.
    """
    passport = Passport.objects.get(year=2023)
    officer = User.objects.get(username="finansy")
    allocations = LineAllocation.objects.filter(
        line__revision__passport=passport, line__number__in=LINES
    ).select_related("line", "economic_code")
    payments = [
        cash.Payment(
            row.line.root_id,
            Fund.GENERAL,
            row.economic_code.code,
            dt.date(2023, 6, 1),
            row.general / FIT,
        )
        for row in allocations
    ]
    start = Barrier(PEOPLE)

    def person(_number):
        acknowledged, errors = [], []
        connection.ensure_connection()
        try:
            for payment in payments:
                start.wait(timeout=60)
                try:
                    cash.record(passport=passport, payment=payment, by=officer)
                    acknowledged.append(payment.line_id)
                except RuleViolation:
                    pass  # the plan is spent: what should happen
                except Exception as error:  # «database is locked», above all
                    errors.append(repr(error))
        finally:
            connection.close()
        return acknowledged, errors

    with ThreadPoolExecutor(PEOPLE) as pool:
        done = list(pool.map(person, range(PEOPLE)))
    paid = Counter(line for lines, _errors in done for line in lines)
    sums = cash_by_line(passport)
    return {
        "acknowledged": {p.line_id: str(p.amount * paid[p.line_id]) for p in payments},
        "stored": {p.line_id: str(sums[p.line_id].total) for p in payments},
        "plan": {p.line_id: str(p.amount * FIT) for p in payments},
        "errors": [error for _lines, errors in done for error in errors],
    }


def check(result):
    assert result["errors"] == []
    assert len(result["plan"]) == len(LINES)
    assert result["acknowledged"] == result["stored"] == result["plan"]


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="threads share a database in memory; the test on a file covers SQLite",
)
@pytest.mark.django_db(transaction=True)
def test_sixteen_people_paying_at_once_never_exceed_the_plan():
    check(pay_together())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own locks")
def test_sixteen_people_paying_at_once_into_a_file_are_neither_locked_out_nor_past_the_plan(
    sample_file,
):
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
