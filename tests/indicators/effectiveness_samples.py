"""Programmes with a few indicators each, approved, for tests of effectiveness."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.models import User

from budgets.models import BudgetProgramme, Passport
from budgets.services import passports
from indicators.choices import Direction, IndicatorKind
from indicators.services import passports as indicators

Figures = tuple[str, str, str, str | None]
"""Kind, direction, plan, actual value."""

WHOLE: tuple[Figures, ...] = (
    (IndicatorKind.EFFICIENCY, Direction.LESS, "100", "100"),
    (IndicatorKind.QUALITY, Direction.MORE, "50", "50"),
)


def programme(like: BudgetProgramme, code: str) -> BudgetProgramme:
    """Another budget programme of the same units."""
    return BudgetProgramme.objects.create(
        community=like.community,
        code=code,
        type_code=code[3:],
        functional_code=like.functional_code,
        title=f"Програма {code}",
        key_unit=like.key_unit,
        responsible_unit=like.responsible_unit,
    )


def year_of(
    of: BudgetProgramme, year: int, by: User, figures: Sequence[Figures] = WHOLE
) -> Passport:
    """An approved passport of the year with these indicators and their actual values."""
    revision = passports.create(programme=of, year=year, by=by)
    line = {
        "title": "Супровід",
        "local_programme": None,
        "allocations": [("2240", Decimal("100.00"), Decimal(0))],
    }
    passports.save_lines(revision=revision, rows=[line], version=1, by=by)
    rows = [
        {
            "kind": kind,
            "title": f"Показник {number}",
            "unit_of_measure": "од.",
            "direction": direction,
            "general": Decimal(plan),
            "special": Decimal(0),
        }
        for number, (kind, direction, plan, _actual) in enumerate(figures, start=1)
    ]
    indicators.save_indicators(revision=revision, rows=rows, version=2, by=by)
    day = dt.date(year, 1, 20)
    passports.agree(revision=revision, agreed_on=day, version=3, by=by)
    passports.approve(revision=revision, order_number="1", order_date=day, version=4, by=by)
    stored = {row.title: row for row in revision.indicators.all()}
    edits = [
        indicators.ActualEdit(
            stored[f"Показник {number}"].root_id, Decimal(actual), Decimal(0), "", 0
        )
        for number, (*_plan, actual) in enumerate(figures, start=1)
        if actual is not None
    ]
    indicators.save_actuals(passport=revision.passport, edits=edits, by=by)
    return revision.passport
