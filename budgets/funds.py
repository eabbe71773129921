"""A figure split by fund: the three columns every statutory table repeats."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from budgets.choices import Fund
from budgets.money import ZERO


@dataclass(frozen=True, slots=True)
class ByFund:
    """General fund, special fund and their total, in hryvnias or in an indicator's unit."""

    general: Decimal
    special: Decimal
    total: Decimal

    @classmethod
    def of(cls, general: Decimal = ZERO, special: Decimal = ZERO) -> Self:
        """The usual case: the total is the sum of the funds."""
        return cls(general, special, general + special)

    def __add__(self, other: "ByFund") -> "ByFund":
        return ByFund(
            self.general + other.general, self.special + other.special, self.total + other.total
        )

    def __sub__(self, other: "ByFund") -> "ByFund":
        return ByFund(
            self.general - other.general, self.special - other.special, self.total - other.total
        )

    @property
    def is_zero(self) -> bool:
        return not (self.general or self.special or self.total)

    def fund(self, fund: str) -> Decimal:
        return self.general if fund == Fund.GENERAL else self.special
