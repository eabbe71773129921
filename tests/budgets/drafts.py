"""What tests of drafts and their pages share: a small programme of the sample's community, approved, and a draft of changes."""

import datetime as dt
from decimal import Decimal

from budgets.models import Act, BudgetLine, CashEntry, EconomicCode, Measure
from budgets.selectors import programmes
from budgets.selectors.programmes import Place
from budgets.services import acts
from tests.reports.programme_samples import Town, approved_town


def town_of(community) -> Town:
    """Measures 1.1, 1.2 (of 1.2.1 and 1.2.2), 2.1 and 3.1; shown in тис. грн, planned by source «local»."""
    return approved_town(community=community, slug="mala", unit="thousand", layout="years")


def fresh(act: Act) -> Act:
    return Act.objects.select_related("programme__community").get(pk=act.pk)


def amounts(town: Town, draft: Act | None = None, as_of: dt.date | None = None):
    """(number, year) → hryvnias, of what is in force or of a draft's preview."""
    numbers = {measure.pk: number for number, measure in town.measures.items()}
    found = programmes.planned(town.programme, as_of, draft)
    return {
        (numbers.get(place.measure_id, place.measure_id), place.year): figure.amount
        for place, figure in found.items()
    }


def place(town: Town, number: str, year: int, fund: str) -> Place:
    return Place(town.measures[number].pk, 0, year, fund, town.sources["local"].pk)


def row(town: Town, number: str, fund: str) -> str:
    return f"{town.measures[number].pk}-0-{fund or 'unsplit'}-{town.sources['local'].pk}"


def pay(passport, measure: Measure, amount: str, officer) -> None:
    """A payment of the sample's year that names the measure, moved to 2024: past any check of a plan."""
    line = passport.revisions.get(number=1).spendinglines.first()
    entry = CashEntry.objects.create(
        line=line, fund="general", economic_code=EconomicCode.objects.get(code="2240"),
        paid_on=dt.date(2024, 3, 1), amount=Decimal(amount), created_by=officer,
    )  # fmt: skip
    entry.shares.create(measure=measure, amount=entry.amount)


def on_the_way(act: Act, by, *, to: str = "agreed") -> Act:
    acts.submit(act=act, version=fresh(act).version, by=by)
    if to == "agreed":
        acts.agree(act=act, version=fresh(act).version, by=by)
    return fresh(act)


def one_line(act: Act, where: Place, delta: str, *, quantity: str | None = None) -> BudgetLine:
    return BudgetLine.objects.create(
        act=act, measure_id=where.measure_id, year=where.year, fund=where.fund,
        source_id=where.source_id or None, amount=Decimal(delta),
        quantity=None if quantity is None else Decimal(quantity),
    )  # fmt: skip
