"""Months and years of a budget: the span a figure belongs to."""

import calendar
import datetime as dt
from dataclasses import dataclass

MONTH_NAMES = (
    "Січень", "Лютий", "Березень", "Квітень", "Травень", "Червень",
    "Липень", "Серпень", "Вересень", "Жовтень", "Листопад", "Грудень",
)  # fmt: skip
MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month of a budget year."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in MONTHS:
            raise ValueError(f"no month {self.number}")

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.number, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def name(self) -> str:
        return MONTH_NAMES[self.number - 1]

    def __contains__(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day

    def day_for_entry(self, today: dt.date) -> dt.date:
        """The date a payment gets when only its month is known: today inside the month, else its last day."""
        return today if today in self else self.last_day

    @classmethod
    def of(cls, day: dt.date) -> "Month":
        return cls(day.year, day.month)


def year_span(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, 1, 1), dt.date(year, 12, 31)
