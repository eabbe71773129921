"""The span of time a report of a programme covers, and when it is due."""

import calendar
import datetime as dt
from dataclasses import dataclass

from reports.choices import PeriodKind

_MONTHS = {
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF: 6,
    PeriodKind.NINE_MONTHS: 9,
    PeriodKind.YEAR: 12,
    PeriodKind.FINAL: 12,
}


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: so many months after the period's end, on that day (the month's last where it is shorter)."""

    months: int
    day: int


# Domain rule 12: quarterly information by the 15th of the next month, yearly by 15 January, the final report within a month.
USUALLY_DUE = {
    PeriodKind.QUARTER: Due(1, 15),
    PeriodKind.HALF: Due(1, 15),
    PeriodKind.NINE_MONTHS: Due(1, 15),
    PeriodKind.YEAR: Due(1, 15),
    PeriodKind.FINAL: Due(1, 31),
}


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """From the first day of ``year`` (of the programme's first year, for a final report) to ``last_day``."""

    year: int
    kind: PeriodKind

    @classmethod
    def read(cls, key: str) -> "ReportingPeriod":
        """«2022-9m», «2022-year»; ValueError for anything else."""
        year, _dash, kind = key.partition("-")
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise ValueError(key)
        return cls(int(year), PeriodKind(kind))

    @property
    def key(self) -> str:
        return f"{self.year}-{self.kind.value}"

    @property
    def is_final(self) -> bool:
        return self.kind is PeriodKind.FINAL

    @property
    def place(self) -> tuple[int, int]:
        """By which periods are ordered: a year's I квартал first, the whole life of a programme last."""
        return self.year, list(PeriodKind).index(self.kind)

    @property
    def last_day(self) -> dt.date:
        month = _MONTHS[self.kind]
        return dt.date(self.year, month, calendar.monthrange(self.year, month)[1])

    def first_day(self, first_year: int) -> dt.date:
        """``first_year`` of the programme: a final report looks back to it."""
        return dt.date(first_year if self.is_final else self.year, 1, 1)

    def due_on(self, due: Due) -> dt.date:
        months = self.last_day.month - 1 + due.months
        year, month = self.last_day.year + months // 12, months % 12 + 1
        return dt.date(year, month, min(due.day, calendar.monthrange(year, month)[1]))

    @property
    def latest_due(self) -> dt.date:
        """The last day that can be a deadline: one year after the period."""
        return self.due_on(Due(12, 31))

    def words(self, first_year: int) -> str:
        """«за 9 місяців 2022 року», «за 2021–2025 роки»."""
        match self.kind:
            case PeriodKind.YEAR:
                return f"за {self.year} рік"
            case PeriodKind.FINAL:
                return f"за {first_year}–{self.year} роки"
            case _:
                return f"за {self.kind.label} {self.year} року"
