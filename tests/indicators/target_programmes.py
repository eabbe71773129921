"""A target programme of years that are over, for tests: adopted, with a measure, and cash where a test pays it."""

import datetime as dt
from decimal import Decimal

from django.contrib.auth.models import User

from budgets.choices import ActStatus, LineKind
from budgets.models import (
    Act,
    BudgetLine,
    CashEntry,
    Measure,
    MeasureText,
    Passport,
    Programme,
    SpendingUnit,
)
from budgets.services import programmes
from indicators.models import ProgrammeIndicator
from indicators.services import programmes as services
from indicators.yearly import PlannedValue

YEARS = range(2021, 2025)


def found(unit: SpendingUnit, by: User) -> Programme:
    act = programmes.create(
        community=unit.community, title="Програма «Камери»", short_title="", slug="kamery",
        year_from=YEARS[0], year_to=YEARS[-1], responsible_unit=unit,
        unit="hryvnia", layout="years", marked_share=25, by=by,
    )  # fmt: skip
    measure = Measure.objects.create(programme=act.programme, order=1000, number="1")
    MeasureText.objects.create(act=act, measure=measure, title="Придбання камер")
    for year in YEARS:
        BudgetLine.objects.create(
            act=act, measure=measure, year=year, fund="local", kind=LineKind.DELTA, amount=Decimal("1000.00"),
        )  # fmt: skip
    return act.programme


def adopt(programme: Programme) -> None:
    Act.objects.filter(programme=programme).update(
        status=ActStatus.ADOPTED, number="7", in_force_from=dt.date(2020, 12, 1)
    )


def write(programme: Programme, by: User, *rows: dict) -> list[ProgrammeIndicator]:
    version = Programme.objects.get(pk=programme.pk).version
    services.write_indicators(programme=programme, rows=rows, version=version, by=by)
    return list(ProgrammeIndicator.objects.filter(programme=programme))


def number(value: object) -> PlannedValue:
    return PlannedValue(number=Decimal(str(value)))


def paid(passport: Passport, measure: Measure, day: dt.date, amount: str, by: User) -> None:
    entry = CashEntry.objects.filter(line__revision__passport=passport).first()
    assert entry is not None
    made = CashEntry.objects.create(
        line=entry.line, fund=entry.fund, economic_code=entry.economic_code,
        paid_on=day, amount=Decimal(amount), created_by=by,
    )  # fmt: skip
    made.shares.create(measure=measure, amount=made.amount)
