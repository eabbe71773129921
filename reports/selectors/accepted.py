"""What was accepted with a unit's report, and what has changed since: a payment, a reversal, a share, an act of an earlier date.

A report's figures are sums of acts and payments at any time. The statement is what they came to on acceptance: canonical
strings, hryvnias with two decimals, so that it reads the same from every database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.models import UnitReport
from reports.selectors.execution import Execution, ExecutionRow

_AMOUNTS = ("programme", "annual", "paid")


@dataclass(frozen=True, slots=True)
class Amounts:
    """Of one row, hryvnias; None where acts give no money, or the row is not in the report."""

    programme: Decimal | None = None
    annual: Decimal | None = None
    paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row whose figures are not those accepted. ``number`` and ``title`` name it, gone or new."""

    measure_id: int
    number: str
    title: str
    was: Amounts
    now: Amounts


@dataclass(frozen=True, slots=True)
class ChangedActs:
    """Acts in force at the period's end, in words, are not those accepted."""

    was: str
    now: str


def statement(found: Execution, executor_id: int | None) -> dict[str, Any]:
    """What is kept with a report on acceptance."""
    return {"acts": found.acts_in_words, "rows": [_kept(row) for row in found.of(executor_id)]}


def changes(found: Execution, report: UnitReport) -> Iterator[ChangedActs | ChangedRow]:
    """What differs from the accepted figures; nothing for a report that keeps none."""
    kept: Mapping[str, Any] | None = report.accepted_figures
    if kept is None:
        return
    # A unit that prints decisions in words of its own prints the same whatever acts come.
    if kept["acts"] != found.acts_in_words and not report.decisions:
        yield ChangedActs(kept["acts"], found.acts_in_words)
    then = {row["measure"]: row for row in kept["rows"]}
    now = {row["measure"]: row for row in map(_kept, found.of(report.executor_id))}
    for measure_id in {**then, **now}:
        was, became = then.get(measure_id, {}), now.get(measure_id, {})
        if any(was.get(name) != became.get(name) for name in _AMOUNTS):
            named = became or was
            yield ChangedRow(
                measure_id, named["number"], named["title"], _amounts(was), _amounts(became)
            )


def _kept(row: ExecutionRow) -> dict[str, Any]:
    amounts = (row.programme_amount, row.annual_amount, row.paid)
    return {
        "measure": row.measure.pk,
        "number": row.number,
        "title": row.words.title if row.words else "",
        **{
            name: None if amount is None else f"{amount:.2f}"
            for name, amount in zip(_AMOUNTS, amounts, strict=True)
        },
    }


def _amounts(kept: Mapping[str, Any]) -> Amounts:
    values = (kept.get(name) for name in _AMOUNTS)
    return Amounts(*(None if value is None else Decimal(value) for value in values))
