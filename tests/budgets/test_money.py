from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from budgets.funds import ByFund
from budgets.money import (
    MAX_AMOUNT,
    ZERO,
    average,
    percent_of,
    print_amount,
    print_in_unit,
    read_amount,
    read_in_unit,
)
from budgets.numbers import NumberError


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("45000,00", "45000.00"),
        ("27 395,4", "27395.40"),
        ("2 080 000, 00", "2080000.00"),
        ("+1612,0", "1612.00"),
        ("956.3", "956.30"),
        ("00,0", "0.00"),
        ("-", "0.00"),
        ("\u2212361\u00a0450,00", "-361450.00"),
        ("402,7 тис. грн", "402700.00"),
        ("-439,060 тис. грн", "-439060.00"),
        ("1,234567 тис. грн", None),
        ("0,00125 тис. грн", "1.25"),
        ("-439,060", None),
        ("0,001", None),
    ],
)
def test_amounts_have_two_decimals_or_are_refused(text, amount):
    if amount is None:
        with pytest.raises(NumberError):
            read_amount(text)
    else:
        assert str(read_amount(text)) == amount


def test_a_trillion_is_refused_and_a_kopeck_less_is_read():
    assert read_amount("999 999 999 999,99") == MAX_AMOUNT
    for text in ("1 000 000 000 000", "-1 000 000 000 000", "1 000 000 000 тис. грн"):
        with pytest.raises(NumberError, match="Сума більша за"):
            read_amount(text)


def changed_on_the_way(amounts: range) -> list[int]:
    """Kopecks that are not printed as the plain text of their digits, or not read back from it."""
    changed = []
    for kopecks in amounts:
        whole, part = divmod(kopecks, 100)
        printed = f"{whole:,},{part:02}".replace(",", "\u00a0", whole >= 1000)
        amount = Decimal(kopecks).scaleb(-2)
        if print_amount(amount) != printed or read_amount(printed) != amount:
            changed.append(kopecks)
    return changed


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="needs no database; the SQLite run has it"
)
def test_every_amount_from_zero_to_ten_thousand_survives_printing_and_reading():
    """All 1 000 001 of them, on every core: half a minute on one."""
    parts = [range(start, min(start + 50_000, 1_000_001)) for start in range(0, 1_000_001, 50_000)]
    with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
        assert [
            kopecks for changed in pool.map(changed_on_the_way, parts) for kopecks in changed
        ] == []


@given(st.integers(min_value=-99_999_999_999_999, max_value=99_999_999_999_999))
def test_any_amount_survives_printing_and_reading(kopecks):
    amount = Decimal(kopecks).scaleb(-2)
    assert str(read_amount(print_amount(amount))) == str(amount)


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        ("638550.00", "1000000.00", "63.86"),  # 63,855 is rounded up, not cut off
        ("92.80", "116.00", "80.00"),
        ("195000.00", "195000.00", "100.00"),
        ("1", "3", "33.33"),
        ("2", "3", "66.67"),
        ("0", "45000.00", "0.00"),
        ("-1", "3", "-33.33"),
        ("150", "100", "150.00"),
        ("0.01", "999999999999.99", "0.00"),
    ],
)
def test_percent_executed_has_two_places_half_up(part, whole, percent):
    assert str(percent_of(Decimal(part), Decimal(whole))) == percent


@pytest.mark.parametrize("part", ["0.00", "100.00", "-5"])
def test_a_plan_of_zero_gives_no_percent(part):
    assert percent_of(Decimal(part), ZERO) is None


@pytest.mark.parametrize(
    ("total", "count", "value"),
    [
        ("150000", "4", "37500.00"),
        ("293550", "250", "1174.20"),
        ("45000", "9", "5000.00"),
        ("100", "3", "33.33"),
        ("200", "3", "66.67"),
        ("0.01", "2", "0.01"),
        ("-0.01", "2", "-0.01"),
        ("10", "2.5", "4.00"),
        ("0", "9", "0.00"),
        ("45000", "0", "0.00"),
        ("0", "0", "0.00"),
    ],
)
def test_an_average_is_rounded_half_up_once_and_is_zero_for_a_zero_count(total, count, value):
    assert str(average(Decimal(total), Decimal(count))) == value


funds = st.builds(
    lambda general, special: ByFund.of(Decimal(general).scaleb(-2), Decimal(special).scaleb(-2)),
    st.integers(-(10**12), 10**12),
    st.integers(-(10**12), 10**12),
)


@given(funds, funds)
def test_the_total_of_funds_is_their_sum_whatever_is_added_or_taken(one, other):
    for figure in (one, other, one + other, one - other):
        assert figure.total == figure.general + figure.special


def test_opposite_funds_are_not_zero_although_their_total_is():
    moved = ByFund.of(Decimal("5.00"), Decimal("-5.00"))
    assert moved.total == 0
    assert not moved.is_zero
    assert ByFund.of().is_zero


def test_a_fund_is_found_by_its_name():
    figure = ByFund.of(Decimal(1), Decimal(2))
    assert (figure.fund("general"), figure.fund("special")) == (1, 2)


@pytest.mark.parametrize(
    ("hryvnias", "unit", "printed"),
    [
        ("1850.00", "thousand", "1,85"),
        ("50000.00", "thousand", "50,0"),
        ("0.00", "thousand", "0,0"),
        ("0.01", "thousand", "0,00001"),
        ("-1234567.89", "thousand", "\u22121\u00a0234,56789"),
        ("1850.00", "hryvnia", "1\u00a0850,00"),
    ],
)
def test_an_amount_prints_in_the_unit_of_its_papers_and_reads_back(hryvnias, unit, printed):
    assert print_in_unit(Decimal(hryvnias), unit) == printed
    assert str(read_in_unit(printed, unit)) == hryvnias


@pytest.mark.parametrize(
    ("typed", "unit", "hryvnias"),
    [
        ("1,85", "thousand", "1850.00"),
        ("-", "thousand", "0.00"),
        ("1 850 грн", "thousand", "1850.00"),
        ("1,85 тис. грн", "thousand", "1850.00"),
        ("1,85 тис. грн", "hryvnia", "1850.00"),
        ("1850", "hryvnia", "1850.00"),
    ],
)
def test_a_number_that_names_its_unit_is_read_in_it(typed, unit, hryvnias):
    assert str(read_in_unit(typed, unit)) == hryvnias


@pytest.mark.parametrize("typed", ["1,123456", "багато", "", "1 000 000 000", "1,85 доларів"])
def test_an_amount_of_a_unit_is_refused_rather_than_guessed(typed):
    with pytest.raises(NumberError):
        read_in_unit(typed, "thousand")


@given(st.integers(min_value=-99_999_999_999_999, max_value=99_999_999_999_999))
def test_any_amount_survives_printing_and_reading_in_thousands(kopecks):
    amount = Decimal(kopecks).scaleb(-2)
    assert str(read_in_unit(print_in_unit(amount, "thousand"), "thousand")) == str(amount)
