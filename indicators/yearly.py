"""Values of an indicator over the years of a programme: what they come to, how they differ, what cannot be true.

Works on plain values; every rule has a worked table in docs/calculations.md.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from budgets.money import average
from budgets.numbers import print_number
from indicators.choices import Nature

SHOWN_PLACES = 8  # a kopeck of millions of hryvnias
MONEY_UNITS = {"грн": 0, "грн.": 0, "тис. грн": 3, "тис. грн.": 3, "тис.грн": 3, "тис.грн.": 3, "млн грн": 6, "млн. грн": 6}  # fmt: skip
"""Units in which an indicator of money may be counted, with the digits between them and a hryvnia."""


_COUNTED = re.compile(
    r"^(?:тис\.?\s*|млн\.?\s*)?(?:ос(?:іб|об[аи]|\.|$)|чол|людей|працівник|од(?:\.|иниц|$)|шт|послуг|робіт|робоч|заход|закупів|комплект|примірник|днів|годин|разів|штатн)",
    re.IGNORECASE,
)
"""Units that count things: persons, pieces, services. Percents, money and degrees may fall below zero."""


def negative_count(unit: str, *values: Decimal | None) -> str:
    """Why values counted in this unit cannot be, or nothing: there are no −5 workers."""
    for value in values:
        if value is not None and value < 0 and _COUNTED.match(unit.strip()):
            return _("%(value)s %(unit)s не буває: кількість не від’ємна.") % {
                "value": shown(value),
                "unit": unit,
            }
    return ""


@dataclass(frozen=True, slots=True)
class PlannedValue:
    """A value of a year, planned or actual: a number, or words where there is no number."""

    number: Decimal | None = None
    text: str = ""

    @property
    def is_empty(self) -> bool:
        return self.number is None and not self.text

    @property
    def shown(self) -> str:
        return self.text if self.number is None else shown(self.number)


@dataclass(frozen=True, slots=True)
class Pair:
    """Plan and actual value of a year; None where there is no number."""

    plan: Decimal | None
    actual: Decimal | None

    @property
    def deviation(self) -> Decimal | None:
        """actual − plan (domain rule 2)."""
        return None if self.plan is None or self.actual is None else self.actual - self.plan


def shown(number: Decimal, *, signed: bool = False) -> str:
    """With as many decimals as it has: a kopeck of thousands of hryvnias has five, of millions eight."""
    text = print_number(number, places=0, max_places=SHOWN_PLACES)
    return f"+{text}" if signed and number > 0 else text


def in_unit(amount: Decimal, unit: str) -> Decimal:
    """Hryvnias in the unit of an indicator of money, exactly."""
    return amount.scaleb(-MONEY_UNITS[unit])


def quotient(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """A formula: half up to two places, once; 0 for a zero denominator; None where a part is missing."""
    if numerator is None or denominator is None:
        return None
    return average(numerator, denominator)


def come_to(nature: str, values: Iterable[Decimal | None]) -> Decimal | None:
    """What the years come to, first to last: the sum of increments, the last known stock; None of nothing."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return sum(known, Decimal(0)) if nature == Nature.INCREMENT else known[-1]


def running(nature: str, values: Mapping[int, Decimal | None]) -> dict[int, Decimal | None]:
    """What the years came to by the end of each; None from the year on after which nothing is known."""
    years = sorted(values)
    last = max((year for year in years if values[year] is not None), default=None)
    return {
        year: come_to(nature, (values[each] for each in years if each <= year))
        if last is not None and year <= last
        else None
        for year in years
    }


def to_date(nature: str, pairs: Mapping[int, Pair]) -> Pair:
    """Plan and actual of the years that have an actual value: what is not known yet is no shortfall."""
    known = [pairs[year] for year in sorted(pairs) if pairs[year].actual is not None]
    if nature != Nature.INCREMENT:
        return known[-1] if known else Pair(None, None)
    return Pair(
        come_to(nature, (pair.plan for pair in known)),
        come_to(nature, (pair.actual for pair in known)),
    )


class Impossible(StrEnum):
    """Values of a year that contradict each other or the money, or are not there when they should be."""

    NOTHING_FOR_CASH = "nothing_for_cash"  # product 0, cash above 0
    PRODUCT_WITHOUT_CASH = "product_without_cash"  # product above plan, no cash
    RESULT_WITHOUT_PRODUCT = "result_without_product"  # efficiency or quality, no product
    ACTUAL_MISSING = "actual_missing"  # a planned value of a past year, no actual

    @property
    def message(self) -> str:
        return str(_MESSAGES[self])


_MESSAGES = {
    Impossible.NOTHING_FOR_CASH: _(
        "Продукту 0, а кошти витрачено: перевірте факт або прив’язку платежів до заходу."
    ),
    Impossible.PRODUCT_WITHOUT_CASH: _(
        "Продукту більше за план без жодної витраченої гривні: перевірте факт або прив’яжіть платежі до заходу."
    ),
    Impossible.RESULT_WITHOUT_PRODUCT: _(
        "Результат є, а продукту немає: перевірте показники продукту цього ж заходу, завдання чи програми."
    ),
    Impossible.ACTUAL_MISSING: _("Рік минув, план є, а факту немає: введіть факт."),
}


def contradicts_cash(pair: Pair, cash: Decimal | None) -> Impossible | None:
    """A product against the money of what it belongs to; None where cash is unknown."""
    if pair.actual is None or cash is None:
        return None
    if pair.actual == 0 and cash > 0:
        return Impossible.NOTHING_FOR_CASH
    if pair.plan is not None and pair.actual > pair.plan and cash <= 0:
        return Impossible.PRODUCT_WITHOUT_CASH
    return None


def lacks_product(result: Decimal | None, products: Iterable[PlannedValue]) -> bool:
    """Whether efficiency or quality is claimed where products are counted and none has an actual value above 0."""
    known = list(products)
    is_claimed = result is not None and result > 0
    return is_claimed and bool(known) and not any(_is_made(product) for product in known)


def _is_made(product: PlannedValue) -> bool:
    return bool(product.text) or (product.number is not None and product.number > 0)
