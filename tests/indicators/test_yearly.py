"""What years come to, on generated values; worked rows stand in docs/calculations.md."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import charts, yearly
from indicators.choices import Nature
from indicators.yearly import Impossible, Pair, PlannedValue

values = st.none() | st.decimals(-(10**9), 10**9, places=4)
years = st.dictionaries(st.integers(2000, 2040), values, max_size=12)
natures = st.sampled_from(Nature.values)
pairs = st.builds(Pair, values, values)
cash = st.none() | st.decimals(-100, 10**9, places=2)


@given(natures, years)
def test_the_running_total_ends_with_what_the_years_come_to(nature, found):
    so_far = yearly.running(nature, found)
    known = [year for year in sorted(found) if found[year] is not None]
    ordered = [found[year] for year in sorted(found)]
    assert list(so_far) == sorted(found)
    if not known:
        assert set(so_far.values()) <= {None}
        assert yearly.come_to(nature, ordered) is None
        return
    assert so_far[known[-1]] == yearly.come_to(nature, ordered)
    assert all(so_far[year] is None for year in so_far if year > known[-1])


@given(years)
def test_increments_add_up_in_any_order_and_stocks_do_not(found):
    ordered = [found[year] for year in sorted(found)]
    known = [value for value in ordered if value is not None]
    total = yearly.come_to(Nature.INCREMENT, ordered)
    assert total == yearly.come_to(Nature.INCREMENT, reversed(ordered))
    assert total == (sum(known, Decimal(0)) if known else None)
    assert yearly.come_to(Nature.STOCK, ordered) == (known[-1] if known else None)


@given(natures, st.dictionaries(st.integers(2000, 2040), pairs, max_size=12))
def test_years_without_an_actual_value_are_no_shortfall(nature, found):
    entered = {year: pair for year, pair in found.items() if pair.actual is not None}
    assert yearly.to_date(nature, found) == yearly.to_date(nature, entered)
    if nature == Nature.INCREMENT and all(pair.plan is not None for pair in entered.values()):
        deviations = [pair.deviation for pair in entered.values()]
        expected = sum(deviations, Decimal(0)) if deviations else None
        assert yearly.to_date(nature, found).deviation == expected


@given(pairs, cash)
def test_a_product_contradicts_cash_in_two_ways_only(pair, amount):
    doubt = yearly.contradicts_cash(pair, amount)
    if pair.actual is None or amount is None:
        assert doubt is None
    elif pair.actual == 0 and amount > 0:
        assert doubt is Impossible.NOTHING_FOR_CASH
    elif pair.plan is not None and pair.actual > pair.plan and amount <= 0:
        assert doubt is Impossible.PRODUCT_WITHOUT_CASH
    else:
        assert doubt is None


@given(st.decimals(1, 10**6, places=2), st.lists(values, max_size=5), st.booleans())
def test_a_result_needs_one_product_made(result, products, in_words):
    made = [PlannedValue(number) for number in products]
    made += [PlannedValue(text="виконано")] if in_words else []
    is_made = in_words or any(number is not None and number > 0 for number in products)
    assert yearly.lacks_product(result, made) == (bool(made) and not is_made)
    assert not yearly.lacks_product(Decimal(0), made)
    assert not yearly.lacks_product(None, made)


def test_every_doubt_has_words():
    assert all(doubt.message for doubt in Impossible)


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [("5", True, "+5"), ("-5.5", True, "−5,5"), ("0", True, "0"), ("1234.00001", False, "1\u00a0234,00001"), ("0.00080001", False, "0,00080001")],
)  # fmt: skip
def test_values_show_the_decimals_they_have(value, signed, text):
    assert yearly.shown(Decimal(value), signed=signed) == text


# Charts


@given(st.dictionaries(st.integers(2000, 2029), pairs, min_size=1, max_size=8))
def test_bars_stand_inside_the_chart_in_proportion(found):
    drawn = charts.chart(found)
    numbers = {(year, kind): getattr(found[year], kind) for year in found for kind in ("plan", "actual")}  # fmt: skip
    known = [value for value in numbers.values() if value is not None]
    if drawn is None:
        assert not known
        return
    assert len(drawn.bars) == len(known)
    assert 2 <= len(drawn.lines) <= 8
    for bar in drawn.bars:
        assert charts.TOP <= bar.y <= bar.y + bar.height <= charts.HEIGHT - charts.BOTTOM
        assert charts.LEFT <= bar.x <= bar.x + charts.BAR <= drawn.width
        assert drawn.zero in {bar.y, bar.y + bar.height}
    tallest = max(drawn.bars, key=lambda bar: bar.height)
    largest = max(known, key=abs)
    assert tallest.words == yearly.shown(largest) or tallest.height == max(
        bar.height for bar in drawn.bars if bar.words == yearly.shown(largest)
    )


def test_a_chart_says_its_numbers():
    drawn = charts.chart({2023: Pair(Decimal(6), None), 2022: Pair(Decimal(5), Decimal(4))})
    assert drawn is not None
    assert drawn.words == "2022: план 5, факт 4; 2023: план 6"
    assert charts.chart({2022: Pair(None, None)}) is None


@pytest.mark.parametrize(
    ("unit", "is_refused"),
    [("осіб", True), ("ос.", True), ("од.", True), ("тис. осіб", True), ("штук", True), ("%", False),
     ("грн", False), ("тис. грн", False), ("°C", False), ("осад, мм", False), ("", False)],
)  # fmt: skip
def test_what_is_counted_is_not_negative(unit, is_refused):
    assert bool(yearly.negative_count(unit, None, Decimal(-5))) == is_refused
    assert yearly.negative_count(unit, Decimal(0), Decimal(5)) == ""
