"""Published reports on the execution of a sample programme, as its units wrote them; see docs/programmes-data.md.

Cash of a period is known only as a sum: it is entered as one payment on the period's last day.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from budgets.choices import Fund, UnitLevel
from budgets.models import Executor, Measure, Programme, SpendingUnit
from budgets.selectors.cash_shares import Share
from budgets.services import ledger, measure_cash
from reports.models import UnitReport
from reports.periods import ReportingPeriod
from reports.services import campaigns
from reports.services.campaigns import Head, RowWords

Data = dict[str, Any]


def load(
    programme: Programme,
    data: Data,
    *,
    executors: dict[str, Executor],
    measures: dict[str, Measure],
    by: User,
) -> None:
    """Units below the community's first one, their payments, and a campaign with their reports still in draft."""
    parent = programme.community.units.filter(level=UnitLevel.RESPONSIBLE).first()
    for executor in executors.values():
        executor.unit = SpendingUnit.objects.create(
            community=programme.community,
            parent=parent,
            name=executor.name,
            level=UnitLevel.LOWER,
        )
        executor.save()
    period = ReportingPeriod.read(data["period"])
    for report in data["reports"]:
        for row in report["rows"]:
            _pay(
                executors[report["executor"]],
                measures[row["measure"]],
                Decimal(row["paid"]),
                on=dt.date.fromisoformat(data["paid_on"]),
                by=by,
            )
    campaign = campaigns.open_campaign(programme=programme, period=period, by=by)
    for report in data["reports"]:
        stored = campaign.reports.get(executor=executors[report["executor"]])
        _write(stored, report, measures, by)


def _pay(executor: Executor, measure: Measure, amount: Decimal, *, on: dt.date, by: User) -> None:
    if not amount:
        return
    payment = ledger.Payment(
        line_id=None,
        fund=Fund.GENERAL,
        economic_code="",
        paid_on=on,
        amount=amount,
        note="разом за період, за звітом виконавця",
        shares=(Share(measure.pk, amount),),
        executor_id=executor.pk,
    )
    measure_cash.record(programme=executor.programme, payment=payment, by=by)


def _write(report: UnitReport, data: Data, measures: dict[str, Measure], by: User) -> None:
    head = Head(**{name: data[name] for name in Head.__dataclass_fields__})
    campaigns.describe(report=report, head=head, version=report.version, by=by)
    for row in data["rows"]:
        words = RowWords(
            text=row["text"],
            percent_of_work=_decimal(row["percent_of_work"]),
            fact=_decimal(row["fact"]),
            fact_unit=row["fact_unit"],
        )
        if words != RowWords():
            campaigns.write_row(
                report=report, measure_id=measures[row["measure"]].pk, words=words, version=0, by=by
            )


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
