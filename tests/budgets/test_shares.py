"""Shares sum exactly whatever the amount and the weights are."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.shares import split, split_steps

kopecks = st.integers(-(10**14), 10**14).map(lambda number: Decimal(number).scaleb(-2))
weight = st.one_of(
    st.just(Decimal(0)),
    st.decimals(0, 10**12, places=2),
    st.decimals(0, 1, places=9),
)
weights = st.lists(weight, min_size=1, max_size=30)


@given(kopecks, weights)
def test_shares_sum_exactly_and_stand_within_a_kopeck_of_the_exact_part(amount, parts):
    shares = split(amount, parts)
    assert sum(shares) == amount
    whole = sum(map(Fraction, parts)) or len(parts)
    for share, part in zip(shares, parts if any(parts) else [1] * len(parts), strict=True):
        assert abs(Fraction(share) - Fraction(amount) * Fraction(part) / whole) < Fraction(1, 100)
        assert share == share.quantize(Decimal("0.01"))
        assert not share or (share < 0) == (amount < 0)


@given(kopecks, weights)
def test_an_opposite_amount_has_opposite_shares(amount, parts):
    assert split(-amount, parts) == [-share for share in split(amount, parts)]


@given(kopecks, weights)
def test_a_larger_weight_never_gets_less_and_an_equal_one_later_never_more(amount, parts):
    shares = [abs(share) for share in split(amount, parts)]
    for i, one in enumerate(parts):
        for j, other in enumerate(parts):
            if one > other or (one == other and i < j):
                assert shares[i] >= shares[j]


@given(kopecks, weights, st.integers(1, 1000))
def test_only_the_proportion_counts(amount, parts, times):
    assert split(amount, parts) == split(amount, [part * times for part in parts])


@given(st.lists(kopecks, min_size=1, max_size=8), weights)
def test_parts_of_steps_sum_to_each_step_and_to_the_parts_of_the_whole(deltas, parts):
    steps = split_steps(deltas, parts)
    assert [sum(step) for step in steps] == deltas
    assert [sum(column) for column in zip(*steps, strict=True)] == split(sum(deltas), parts)


def test_weights_below_zero_count_as_zero_and_nobody_gets_nothing_to_divide():
    assert split(Decimal("1.00"), [Decimal(-5), Decimal(1)]) == [Decimal(0), Decimal("1.00")]
    with pytest.raises(ValueError, match="nothing to divide"):
        split(Decimal(1), [])
