"""Every worked row of docs/calculations.md holds."""

from decimal import Decimal
from itertools import takewhile
from pathlib import Path

import pytest

from budgets.funds import ByFund
from budgets.money import percent_of, read_amount
from budgets.numbers import NumberError, round_half_up
from budgets.shares import split
from indicators import effectiveness, yearly
from indicators.selectors import quotient
from indicators.yearly import Pair

_PAGE = (Path(__file__).parent.parent / "docs" / "calculations.md").read_text(encoding="utf-8")


def worked(name: str) -> list[list[str]]:
    """The rows of one table of the page, without its header."""
    _before, marker, after = _PAGE.partition(f"<!-- table: {name} -->\n")
    assert marker, f"docs/calculations.md has no table {name}"
    rows = takewhile(lambda line: line.startswith("|"), after.splitlines()[2:])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize(
    "name",
    [
        "rounding",
        "deviations",
        "percent",
        "averages",
        "shares",
        "years",
        "impossible",
        "indices",
        "means",
        "scores",
        "spellings",
    ],
)
def test_each_table_has_rows(name):
    assert list(worked(name))


@pytest.mark.parametrize(("value", "places", "rounded"), worked("rounding"))
def test_rounding(value, places, rounded):
    assert str(round_half_up(Decimal(value), int(places))) == rounded


@pytest.mark.parametrize("row", worked("deviations"))
def test_deviations(row):
    approved, cash = ByFund.of(*map(Decimal, row[:2])), ByFund.of(*map(Decimal, row[2:4]))
    deviation = cash - approved
    assert [deviation.general, deviation.special, deviation.total] == [*map(Decimal, row[4:])]


@pytest.mark.parametrize(("part", "whole", "percent"), worked("percent"))
def test_percent(part, whole, percent):
    assert percent_of(Decimal(part), Decimal(whole)) == (Decimal(percent) if percent else None)


@pytest.mark.parametrize("row", worked("averages"))
def test_averages(row):
    numbers = [*map(Decimal, row)]
    average = quotient(ByFund.of(*numbers[:2]), ByFund.of(*numbers[2:4]))
    assert [average.general, average.special, average.total] == numbers[4:]


@pytest.mark.parametrize(("amount", "weights", "shares"), worked("shares"))
def test_shares(amount, weights, shares):
    parts = split(Decimal(amount), [Decimal(weight) for weight in weights.split("; ")])
    assert "; ".join(map(str, parts)) == shares


def figure(text: str) -> Decimal | None:
    return Decimal(text) if text not in {"", "-", "unknown"} else None


@pytest.mark.parametrize("row", worked("years"))
def test_years(row):
    nature, plan, actual, plan_to_date, actual_to_date, deviation, so_far = row
    pairs = {
        year: Pair(figure(one), figure(other))
        for year, (one, other) in enumerate(
            zip(plan.split(), actual.split(), strict=True), start=2022
        )
    }
    found = yearly.to_date(nature, pairs)
    expected = [figure(one) for one in (plan_to_date, actual_to_date, deviation)]
    assert [found.plan, found.actual, found.deviation] == expected
    running = yearly.running(nature, {year: pair.actual for year, pair in pairs.items()})
    assert list(running.values()) == [figure(one) for one in so_far.split()]


@pytest.mark.parametrize(("planned", "actual", "cash", "doubt"), worked("impossible"))
def test_impossible_pairs(planned, actual, cash, doubt):
    pair = Pair(figure(planned), figure(actual))
    assert (yearly.contradicts_cash(pair, figure(cash)) or "") == doubt


@pytest.mark.parametrize("row", worked("indices"))
def test_indices(row):
    better, actual, plan, numerator, denominator, value, warning = row
    found = effectiveness.index(better, actual=figure(actual), plan=Decimal(plan))
    assert (found.numerator, found.denominator) == (figure(numerator), figure(denominator))
    assert (str(found.value) if found.value is not None else "") == value
    assert (found.doubt or "") == warning


@pytest.mark.parametrize(("indices", "factor", "mean"), worked("means"))
def test_means(indices, factor, mean):
    parts = [map(Decimal, pair.split("/")) for pair in indices.split(", ")]
    found = [effectiveness.Index(*pair) for pair in parts]
    assert str(effectiveness.mean(found, Decimal(factor))) == mean


@pytest.mark.parametrize("row", worked("scores"))
def test_scores(row):
    efficiency, quality, last = map(figure, row[:3])
    score = effectiveness.Score(effectiveness.LETTER, efficiency, quality, last)
    assert [score.growth, score.points, score.total] == [*map(figure, row[3:6])]
    assert (score.grade or "") == row[6]


@pytest.mark.parametrize(("typed", "read"), worked("spellings"))
def test_spellings(typed, read):
    if read == "refused":
        with pytest.raises(NumberError):
            read_amount(typed)
    else:
        assert read_amount(typed) == Decimal(read)
