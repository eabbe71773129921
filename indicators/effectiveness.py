"""Scoring how effective a budget programme was: letter of the Ministry of Finance № 31-05110-14-5/27486.

Works on plain values. Every index is an exact fraction; each of I(еф) and I(як) is rounded half up once, after its mean is
taken, because these are the figures the form prints; E adds what is printed, and is judged as printed (docs/calculations.md).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import TypeVar

from budgets.money import ZERO
from indicators.choices import Direction

T = TypeVar("T")

PLACES = 2  # of I(еф), I(як), E
INDEX_PLACES = 4  # of a single index and of I1


class Grade(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Doubt(StrEnum):
    """Why an index is to be read with care."""

    PLAN_ZERO = "plan_zero"  # left out: nothing to compare with
    ACTUAL_MISSING = "actual_missing"  # left out: nobody has entered the actual value
    NEGATIVE = "negative"  # left out: a ratio of negative values says nothing
    ACTUAL_ZERO = "actual_zero"  # less is better and the actual value is 0: counted as 0


@dataclass(frozen=True, slots=True)
class Constants:
    """Every constant of the letter; reference data keeps them with the days they are valid.

    ``*_alone`` judge a programme that has no previous year to compare with and so cannot earn ``points_full``.
    """

    factor: Decimal = Decimal(100)
    growth_full: Decimal = Decimal(1)
    growth_part: Decimal = Decimal("0.85")
    points_full: Decimal = Decimal(25)
    points_part: Decimal = Decimal(15)
    points_below: Decimal = Decimal(0)
    high: Decimal = Decimal(215)
    medium: Decimal = Decimal(190)
    high_alone: Decimal = Decimal(190)
    medium_alone: Decimal = Decimal(165)

    def thresholds(self, *, compared: bool) -> tuple[Decimal, Decimal]:
        """(high from, medium from)."""
        return (self.high, self.medium) if compared else (self.high_alone, self.medium_alone)

    def grade(self, total: Decimal, *, compared: bool) -> Grade:
        high, medium = self.thresholds(compared=compared)
        return Grade.HIGH if total >= high else Grade.MEDIUM if total >= medium else Grade.LOW

    def growth_points(self, this: Decimal, last: Decimal) -> Decimal:
        """Points for I1 = this ÷ last, judged without dividing: no rounding decides."""
        if this >= self.growth_full * last:
            return self.points_full
        return self.points_part if this >= self.growth_part * last else self.points_below


LETTER = Constants()


@dataclass(frozen=True, slots=True)
class Index:
    """i of one indicator: ``numerator`` ÷ ``denominator``; left out of the mean where it cannot be formed."""

    numerator: Decimal | None
    denominator: Decimal | None
    doubt: Doubt | None = None

    @property
    def is_counted(self) -> bool:
        return self.doubt is None or self.doubt is Doubt.ACTUAL_ZERO

    @property
    def exact(self) -> Fraction | None:
        if not self.is_counted or self.numerator is None or self.denominator is None:
            return None
        return ratio(self.numerator, self.denominator)

    @property
    def value(self) -> Decimal | None:
        """i as documents print it; the mean is taken of what is exact."""
        return None if self.exact is None else rounded(self.exact, INDEX_PLACES)


def index(direction: str, *, actual: Decimal | None, plan: Decimal) -> Index:
    """actual ÷ plan where more is better, plan ÷ actual where less is."""
    top, bottom = (plan, actual) if direction == Direction.LESS else (actual, plan)
    return Index(top, bottom, _doubt(direction, actual, plan))


def _doubt(direction: str, actual: Decimal | None, plan: Decimal) -> Doubt | None:
    if plan == 0:
        return Doubt.PLAN_ZERO
    if actual is None:
        return Doubt.ACTUAL_MISSING
    if plan < 0 or actual < 0:
        return Doubt.NEGATIVE
    return Doubt.ACTUAL_ZERO if actual == 0 and direction == Direction.LESS else None


def ratio(numerator: Decimal, denominator: Decimal) -> Fraction:
    """Exact; 0 for a zero denominator, as the letter's i of nothing achieved."""
    return Fraction(numerator) / Fraction(denominator) if denominator else Fraction(0)


def mean(indexes: Iterable[Index], factor: Decimal) -> Decimal | None:
    """Mean of the indexes that count × ``factor``, rounded once; None where none counts."""
    exact = [each for item in indexes if (each := item.exact) is not None]
    return rounded(sum(exact, Fraction(0)) / len(exact) * Fraction(factor)) if exact else None


def rounded(value: Fraction, places: int = PLACES) -> Decimal:
    """Half up, straight from the exact fraction: a Decimal of 28 digits could round twice. Not for negatives."""
    return Decimal(floor(value * 10**places + Fraction(1, 2))).scaleb(-places)


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of a programme's year. ``points`` is None without a last year to compare with; ``total`` is E."""

    constants: Constants
    efficiency: Decimal | None
    quality: Decimal | None
    last: Decimal | None = None

    @property
    def is_compared(self) -> bool:
        return self.efficiency is not None and bool(self.last)

    @property
    def growth(self) -> Decimal | None:
        """I1 as documents print it."""
        if self.efficiency is None or not self.last:
            return None
        return rounded(ratio(self.efficiency, self.last), INDEX_PLACES)

    @property
    def points(self) -> Decimal | None:
        if self.efficiency is None or not self.last:
            return None
        return self.constants.growth_points(self.efficiency, self.last)

    @property
    def total(self) -> Decimal | None:
        if self.efficiency is None or self.quality is None:
            return None
        return self.efficiency + self.quality + (self.points or ZERO)

    @property
    def thresholds(self) -> tuple[Decimal, Decimal]:
        return self.constants.thresholds(compared=self.is_compared)

    @property
    def grade(self) -> Grade | None:
        if self.total is None:
            return None
        return self.constants.grade(self.total, compared=self.is_compared)


def ranked(
    items: Iterable[T], *, total: Callable[[T], Decimal | None], code: Callable[[T], str]
) -> list[tuple[int | None, T]]:
    """(place, item), most points first, ties by code and on one place; without a total last and without a place."""
    ordered: Sequence[T] = sorted(items, key=lambda item: (*_points_first(total(item)), code(item)))
    places: list[tuple[int | None, T]] = []
    for number, item in enumerate(ordered, start=1):
        points = total(item)
        before = places[-1] if places else None
        shared = before is not None and total(before[1]) == points
        places.append(
            (None if points is None else before[0] if before and shared else number, item)
        )
    return places


def _points_first(points: Decimal | None) -> tuple[bool, Decimal]:
    return points is None, ZERO if points is None else -points
