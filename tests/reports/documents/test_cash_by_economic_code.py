import datetime as dt
from decimal import Decimal

import pytest

from budgets.exceptions import RuleViolation
from budgets.services import passports
from reports import checks
from reports.documents import cash_by_economic_code, passport, passport_execution
from reports.documents.base import Role

pytestmark = pytest.mark.django_db


def test_plan_and_cash_by_code(sample):
    table = cash_by_economic_code.build(sample).table("execution")
    found = {
        row.key: (row.value("plan"), row.value("cash"), row.value("percent")) for row in table.lines
    }
    assert found == {
        "general-2210": (Decimal("90000.00"), Decimal("0.00"), Decimal("0.00")),
        "general-2240": (Decimal("865000.00"), Decimal("638550.00"), Decimal("73.82")),
        "general-2282": (Decimal("45000.00"), Decimal("0.00"), Decimal("0.00")),
    }
    total = table.row("total")
    assert [
        total.value(key) for key in ("initial", "change", "plan", "cash", "deviation", "percent")
    ] == [*map(Decimal, ("1000000.00", "0.00", "1000000.00", "638550.00", "-361450.00", "63.86"))]


def test_months_sum_to_the_year_and_run_up_to_it(sample):
    document = cash_by_economic_code.build(sample)
    months, running = (
        document.table("months").row("total"),
        document.table("cumulative").row("total"),
    )
    assert (
        sum(months.value(f"m{month}") for month in range(1, 13))
        == months.value("year")
        == Decimal("638550.00")
    )
    assert months.value("m6") == Decimal("309800.00")
    assert running.value("m12") == Decimal("638550.00")
    assert running.value("m1") == months.value("m1") == Decimal("16250.00")


def test_subtotals_and_totals_hold(sample):
    document = cash_by_economic_code.build(sample)
    assert checks.run(document) == []
    assert [row.role for row in document.table("execution").rows].count(Role.SUBTOTAL) == 1


def test_a_revision_shows_as_a_change_of_plan(sample, officer):
    draft = passports.revise(passport=sample, by=officer)
    rows = [
        {
            "id": line.pk,
            "title": line.title,
            "local_programme": line.local_programme,
            "allocations": [
                (
                    row.economic_code.code,
                    row.general + (1000 if line.number == 2 else 0),
                    row.special,
                )
                for row in line.allocations.select_related("economic_code")
            ],
        }
        for line in draft.spendinglines.all()
    ]
    passports.save_lines(revision=draft, rows=rows, version=draft.version, by=officer)
    draft.refresh_from_db()
    passports.agree(
        revision=draft, agreed_on=dt.date(2023, 6, 1), version=draft.version, by=officer
    )
    draft.refresh_from_db()
    passports.approve(
        revision=draft,
        order_number="2",
        order_date=dt.date(2023, 6, 2),
        version=draft.version,
        by=officer,
    )
    row = cash_by_economic_code.build(sample).table("execution").row("general-2240")
    assert [row.value(key) for key in ("initial", "change", "plan")] == [
        Decimal("865000.00"),
        Decimal("1000.00"),
        Decimal("866000.00"),
    ]


@pytest.mark.parametrize("build", [cash_by_economic_code.build, passport_execution.build])
def test_no_report_before_approval(sample, officer, build):
    draft = passports.copy_to_year(source=sample.revisions.get(), year=2024, by=officer)
    with pytest.raises(RuleViolation, match="ще не затверджено"):
        build(draft.passport)
    assert passport.build(draft).draft_mark == "ПРОЄКТ"
