"""Scoring on plain values: what holds for all figures; worked figures stand in docs/calculations.md."""

import itertools
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.choices import Direction
from indicators.effectiveness import LETTER, Doubt, Grade, Score, index, mean, ranked, rounded
from indicators.models import EffectivenessScale

positive = st.decimals(min_value="0.0001", max_value=10**9, places=4)
not_negative = st.decimals(min_value=0, max_value=10**9, places=4)
figures = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
directions = st.sampled_from(Direction.values)


@given(positive, positive)
def test_more_is_better_and_less_is_better_are_mirror_images(one, other):
    more = index(Direction.MORE, actual=one, plan=other)
    less = index(Direction.LESS, actual=other, plan=one)
    assert (more.numerator, more.denominator) == (less.numerator, less.denominator)
    assert more.exact == less.exact
    back = index(Direction.LESS, actual=one, plan=other)
    assert more.exact is not None
    assert back.exact is not None
    assert more.exact * back.exact == 1


@given(directions, st.none() | figures)
def test_a_zero_plan_is_left_out_with_a_warning_whatever_the_actual_value(direction, actual):
    found = index(direction, actual=actual, plan=Decimal(0))
    assert (found.doubt, found.value, found.is_counted) == (Doubt.PLAN_ZERO, None, False)
    assert mean([found], LETTER.factor) is None


@given(positive)
def test_a_zero_actual_value_counts_as_nothing_and_warns_only_where_less_is_better(plan):
    less = index(Direction.LESS, actual=Decimal(0), plan=plan)
    more = index(Direction.MORE, actual=Decimal(0), plan=plan)
    assert (less.value, less.doubt) == (0, Doubt.ACTUAL_ZERO)
    assert (more.value, more.doubt) == (0, None)


@given(directions, positive, st.lists(st.tuples(not_negative, positive), min_size=1, max_size=9))
def test_what_is_left_out_changes_no_mean(direction, plan, pairs):
    counted = [index(direction, actual=actual, plan=each) for actual, each in pairs]
    left_out = [
        index(direction, actual=plan, plan=Decimal(0)),
        index(direction, actual=None, plan=plan),
        index(direction, actual=-plan, plan=plan),
    ]
    assert mean([*counted, *left_out], LETTER.factor) == mean(counted, LETTER.factor)


@given(st.fractions(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=6))
def test_rounding_is_half_up_and_never_further_than_half_a_step(value, places):
    found = rounded(value, places)
    step = Decimal(1).scaleb(-places)
    half = Fraction(step) / 2
    assert found == found.quantize(step)
    assert -half <= value - Fraction(found) < half


@given(not_negative, not_negative, st.none() | not_negative)
def test_the_total_is_the_sum_of_what_is_printed(efficiency, quality, last):
    score = Score(LETTER, efficiency, quality, last)
    assert score.total == efficiency + quality + (score.points or 0)
    assert score.is_compared == bool(last)
    assert (score.points is None) == (score.growth is None) == (not last)
    high, medium = score.thresholds
    grades = {
        Grade.HIGH: score.total >= high,
        Grade.MEDIUM: medium <= score.total < high,
        Grade.LOW: score.total < medium,
    }
    assert [grade for grade, holds in grades.items() if holds] == [score.grade]


programmes = st.lists(
    st.tuples(
        st.none() | st.decimals(min_value=0, max_value=300, places=0),
        st.integers(min_value=0, max_value=9_999_999).map("{:07}".format),
    ),
    unique_by=lambda item: item[1],
    max_size=12,
)


@given(programmes, st.randoms(use_true_random=False))
def test_the_ranking_is_stable_with_ties_by_code(items, chance: random.Random):
    def rank(of):
        return ranked(of, total=lambda item: item[0], code=lambda item: item[1])

    shuffled = list(items)
    chance.shuffle(shuffled)
    found = rank(items)
    assert rank(shuffled) == found
    assert {item for _place, item in found} == set(items)
    for (place, (total, code)), (next_place, (next_total, next_code)) in itertools.pairwise(found):
        if next_total is None:
            assert next_place is None
            assert total is not None or code < next_code
        else:
            assert total is not None
            assert total > next_total or (total == next_total and code < next_code)
            assert (place == next_place) == (total == next_total)
    for place, (total, _code) in found:
        if total is not None:
            assert place == 1 + sum(1 for other, _ in items if other is not None and other > total)


@pytest.mark.django_db
def test_the_common_scale_that_is_loaded_is_the_letters():
    scale = EffectivenessScale.objects.get(community=None)
    assert scale.constants == LETTER
    assert scale.valid_to is None
