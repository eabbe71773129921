"""Random sequences of amendments: every figure is the initial one plus the changes, and the papers agree."""

import datetime as dt
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.choices import ActKind
from budgets.selectors import programmes as selectors
from budgets.selectors.programmes import Place
from reports import checks, session_package
from reports.documents import amendment, amendment_texts, programme_measures, programme_plan
from tests.reports.programme_samples import APPROVED_ON, INITIAL, TITLES, town

LEAVES = ("1.1", "1.2.1", "1.2.2", "2.1", "3.1")
places = st.tuples(
    st.sampled_from(LEAVES),
    st.sampled_from((2024, 2025, 2026)),
    st.sampled_from(("general", "special", "")),
)
amounts = st.none() | st.decimals(-100_000, 100_000, places=2)
quantities = st.none() | st.integers(-9, 9).map(str)
changes = st.dictionaries(places, st.tuples(amounts, quantities), max_size=6)
layouts = st.sampled_from(("units", "years", "funds", "stages"))


def lines_of(change):
    return [
        (*place, None if amount is None else str(amount), *([] if quantity is None else [quantity]))
        for place, (amount, quantity) in change.items()
    ]


def place_of(made, place):
    measure, year, fund = place
    return Place(made.measures[measure].pk, 0, year, fund, made.sources["local"].pk)


def added(planned, change, made):
    """initial + Σ deltas, computed without the product."""
    found = dict(planned)
    for place, (amount, quantity) in change.items():
        key = place_of(made, place)
        pair = zip(found.get(key, (None, None)), (amount, quantity), strict=True)
        found[key] = tuple(
            None if was is None and delta is None else (was or Decimal(0)) + Decimal(delta or 0)
            for was, delta in pair
        )
    return found


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sequence=st.lists(changes, min_size=1, max_size=4), layout=layouts)
def test_consolidated_figures_are_the_initial_ones_plus_every_change_at_every_date(
    sequence, layout
):
    made = town(layout=layout)
    texts = {name: {"title": title} for name, title in TITLES.items()}
    made.act(*INITIAL, on=APPROVED_ON, kind=ActKind.APPROVAL, number="10", texts=texts)
    initial = {
        (line[0], line[1], line[2]): (Decimal(line[3]), line[4] if len(line) > 4 else None)
        for line in INITIAL
    }
    expected = list(
        accumulate(
            sequence, lambda was, change: added(was, change, made), initial=added({}, initial, made)
        )
    )
    days = [APPROVED_ON + dt.timedelta(days=30 * step) for step in range(len(expected))]
    for step, change in enumerate(sequence, start=1):
        act = made.act(*lines_of(change), number=str(step))
        papers_agree(act, layout)
        comparison_is_new_minus_old(made, act, change, expected[step - 1])
        adopted = made.programme.acts.get(pk=act.pk)
        adopted.status, adopted.date, adopted.in_force_from = "adopted", days[step], days[step]
        adopted.save()
    for day, figures in zip(days, expected, strict=True):
        planned = selectors.planned(made.programme, day)
        assert {place: (each.amount, each.quantity) for place, each in planned.items()} == figures
        consolidated_is(made, day, figures, layout)


def consolidated_is(made, day, figures, layout):
    """The printed table of the day says the same, whatever its layout."""
    plan = programme_plan.load(made.programme, as_of=day)
    sums = plan.figures(plan.acts)
    assert {place: (each.amount, each.quantity) for place, each in sums.items()} == figures
    document = programme_measures.build(made.programme, as_of=day)
    table = document.table("measures")
    for name in LEAVES:
        own = [amount for place, (amount, _quantity) in figures.items()
               if place.measure_id == made.measures[name].pk and amount is not None]  # fmt: skip
        row = table.row(f"measure-{made.measures[name].pk}")
        assert row.value("total") == (sum(own) if own else None)
    errors = [each for each in checks.run(document) if each.code == "arithmetic"]
    assert errors == []


def comparison_is_new_minus_old(made, act, change, before):
    document = amendment.comparison(act)
    tables = {table.key: table for table in document.tables}
    after = added(before, change, made)
    rows = tables["comparison"].lines if "comparison" in tables else ()
    said = [place for place, values in change.items() if values != (None, None)]
    assert len(rows) == len(said)
    for place in said:
        key = place_of(made, place)
        row = next(each for each in rows if each.key == amendment.line_key(key))
        was, becomes = before.get(key, (None, None))[0], after[key][0]
        assert (row.value("amount_was"), row.value("amount_becomes")) == (was, becomes)
        assert (row.figure("amount_change") or 0) == (becomes or 0) - (was or 0)


def papers_agree(act, layout):
    made = session_package.papers(act, layout=layout)
    assert list(session_package.disagreeing(made)) == []
    for document in (made.deltas, made.new_edition, made.comparison, amendment_texts.note(act)):
        assert [each.message for each in checks.run(document) if each.code == "arithmetic"] == []
