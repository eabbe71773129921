"""A chart of plan and actual values over the years, as plain numbers that a template draws as SVG.

Colour does not carry meaning: a plan is an outline, an actual value is filled; the same numbers stand in the table below.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from indicators import yearly
from indicators.yearly import Pair

HEIGHT, TOP, BOTTOM, LEFT = 168, 12, 24, 78
YEAR_WIDTH, BAR, GAP = 72, 24, 4
_STEPS = (1, 2, 5, 10)
_LINES = 4  # at most so many lines above the lowest


@dataclass(frozen=True, slots=True)
class Bar:
    """``kind`` is «plan» or «actual»; a bar without a height is a zero and still drawn as a line."""

    kind: str
    x: int
    y: Decimal
    height: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A label with its place: a year below, a value at the left."""

    place: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    zero: Decimal
    lines: tuple[Mark, ...]
    years: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    words: str

    left, bar, right_of_labels = LEFT, BAR, LEFT - 6


def chart(pairs: Mapping[int, Pair]) -> Chart | None:
    """None where there is no number to draw."""
    numbers = [n for pair in pairs.values() for n in (pair.plan, pair.actual) if n is not None]
    if not numbers:
        return None
    low, high, step = _span(numbers)
    room = Decimal(HEIGHT - TOP - BOTTOM)

    def place(value: Decimal) -> Decimal:
        return (TOP + (high - value) * room / (high - low)).quantize(Decimal("0.1"))

    bars, years = [], []
    for index, year in enumerate(sorted(pairs)):
        middle = LEFT + index * YEAR_WIDTH + YEAR_WIDTH // 2
        years.append(Mark(Decimal(middle), str(year)))
        for kind, value, x in (
            ("plan", pairs[year].plan, middle - BAR - GAP // 2),
            ("actual", pairs[year].actual, middle + GAP // 2),
        ):
            if value is not None:
                ends = sorted((place(value), place(Decimal(0))))
                bars.append(Bar(kind, x, ends[0], ends[1] - ends[0], yearly.shown(value)))
    lines, value = [], low
    while value <= high:
        lines.append(Mark(place(value), yearly.shown(value)))
        value += step
    return Chart(
        LEFT + len(pairs) * YEAR_WIDTH + 8,
        HEIGHT,
        place(Decimal(0)),
        tuple(lines),
        tuple(years),
        tuple(bars),
        _words(pairs),
    )


def _span(numbers: Iterable[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Lowest and highest line and the distance between lines: round numbers with all values and zero between them."""
    known = [Decimal(0), *numbers]
    low, high = min(known), max(known)
    if low == high:
        return Decimal(0), Decimal(1), Decimal(1)
    wanted = (high - low) / _LINES
    power = Decimal(1).scaleb(wanted.adjusted())
    step = next(power * factor for factor in _STEPS if power * factor >= wanted)
    return (
        (low / step).to_integral_value(ROUND_FLOOR) * step,
        (high / step).to_integral_value(ROUND_CEILING) * step,
        step,
    )


def _words(pairs: Mapping[int, Pair]) -> str:
    """«2022: план 5, факт 4; 2023: план 6»."""
    said = []
    for year in sorted(pairs):
        parts = [
            f"{name} {yearly.shown(value)}"
            for name, value in (("план", pairs[year].plan), ("факт", pairs[year].actual))
            if value is not None
        ]
        if parts:
            said.append(f"{year}: {', '.join(parts)}")
    return "; ".join(said)
