"""Dividing an amount so that the parts sum to it exactly: the largest remainder, in kopecks."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from budgets.money import PLACES


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """The amount in proportion to the weights: each part to the kopeck, together exactly the amount.

    Every part is rounded towards zero; the kopecks that are left go one each to the largest remainders, of equal
    ones to the first. A negative amount is divided as its opposite. Weights below zero count as zero; where none
    is above zero the parts are equal.
    """
    if not weights:
        raise ValueError("nothing to divide among")
    counted = [Fraction(max(weight, Decimal(0))) for weight in weights]
    if not any(counted):
        counted = [Fraction(1)] * len(weights)
    kopecks = int(abs(amount).scaleb(PLACES))
    whole = sum(counted)
    exact = [kopecks * weight / whole for weight in counted]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: kopecks - sum(parts)]:
        parts[place] += 1
    sign = -1 if amount < 0 else 1
    return [Decimal(sign * part).scaleb(-PLACES) for part in parts]


def split_steps(deltas: Sequence[Decimal], weights: Sequence[Decimal]) -> list[list[Decimal]]:
    """What each delta changes in the parts when the running sum is divided after each: parts of steps sum to parts of the whole."""
    running, before = Decimal(0), [Decimal(0)] * len(weights)
    steps = []
    for delta in deltas:
        running += delta
        now = split(running, weights)
        steps.append([part - was for part, was in zip(now, before, strict=True)])
        before = now
    return steps
