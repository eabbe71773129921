"""The four-way match as values: what made a figure, the four figures of a line, where two of them part."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.choices import Fund, MatchStep
from budgets.models import MatchReason
from budgets.money import ZERO

BOTH = ""  # funds together


@dataclass(frozen=True, slots=True)
class Ground:
    """What made a figure: its kind with references a page can follow, the same in words, and what it added. Hryvnias.

    Kinds: «act» (slug, number), «decision» (number), «revision» (its number), «cash» (root line; none for all).
    """

    kind: str
    text: str
    refs: tuple[int | str, ...] = ()
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the four. ``amount`` is None where it is unknown or does not exist; ``why`` says then why, in words."""

    amount: Decimal | None
    grounds: tuple[Ground, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class MatchRow:
    """The four figures of a line under a fund, or of all lines: ``line_id`` is None then."""

    line_id: int | None
    number: int | None
    title: str
    fund: str
    target: Figure
    decision: Figure
    passport: Figure
    cash: Figure

    @property
    def key(self) -> str:
        return f"{self.line_id or 'all'}-{self.fund or 'all'}"

    @property
    def fund_label(self) -> str:
        return str(Fund(self.fund).label) if self.fund else _("обидва фонди")

    def steps(self) -> Iterable[tuple[MatchStep, Figure, Figure]]:
        if self.line_id is None:
            yield MatchStep.TARGET_DECISION, self.target, self.decision
            yield MatchStep.DECISION_PASSPORT, self.decision, self.passport
            if self.decision.amount is None:  # what stands between is unknown: compare around it
                yield MatchStep.TARGET_PASSPORT, self.target, self.passport
        else:
            yield MatchStep.TARGET_PASSPORT, self.target, self.passport
        yield MatchStep.PASSPORT_CASH, self.passport, self.cash


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures that are not equal, or of which one is missing: by how much, what is behind both, and the typed reason."""

    row: MatchRow
    step: MatchStep
    amount: Decimal | None
    before: Figure
    after: Figure
    words: str
    reason: MatchReason | None

    @property
    def key(self) -> str:
        return f"{self.step}-{self.row.key}"

    @property
    def grounds(self) -> tuple[Ground, ...]:
        return (*self.before.grounds, *self.after.grounds)


@dataclass(frozen=True, slots=True)
class Match:
    """``day`` is the day as of which plans and decisions count."""

    day: dt.date
    lines: tuple[MatchRow, ...]
    totals: tuple[MatchRow, ...]
    differences: tuple[Difference, ...]

    @property
    def rows(self) -> tuple[MatchRow, ...]:
        return (*self.lines, *self.totals)

    def parts_of(self, total: Difference) -> list[Difference]:
        """The differences of single lines that a difference of totals consists of; none of a line's own."""
        if total.row.line_id is not None or total.amount is None:
            return []
        parts = [
            each
            for each in self.differences
            if each.row.line_id is not None
            and each.step == total.step
            and total.row.fund in {BOTH, each.row.fund}
        ]
        whole = sum((each.amount or ZERO for each in parts), ZERO)
        return parts if whole == total.amount else []
