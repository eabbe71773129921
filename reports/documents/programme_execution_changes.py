"""What changed in an execution report after it was accepted, said in the report itself.

A closed report is still sums of payments and acts. What it was accepted with is kept (selectors/accepted.py), so a late
payment shows on paper instead of passing for what was accepted.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from budgets.numbers import print_number
from reports.documents.base import Paragraph, Section
from reports.models import UnitReport
from reports.selectors import accepted
from reports.selectors.accepted import ChangedActs, ChangedRow
from reports.selectors.execution import Execution

CHANGED = "changed-"  # paragraphs whose key begins so are findings of checks/programme_execution.py
_HOW_TO_MEND = Paragraph(
    "mend-changes",
    "Суми вище обчислено з платежів і актів, що є зараз; прийнято інші. Поверніть звіт виконавцю, щоб його було прийнято"
    " з новими сумами (закриту кампанію для цього відкривають знову), або сторнуйте платіж.",
)


def section(
    found: Execution, reports: Iterable[UnitReport], report: UnitReport | None
) -> Section | None:
    """Where figures of the ``report``, or of all reports, are no longer what was accepted; None where they are."""
    changes = list(_changes(found, reports, report))
    if not changes:
        return None
    return Section("4", "Що змінилося після прийняття", (_HOW_TO_MEND, *changes))


def _changes(
    found: Execution, reports: Iterable[UnitReport], report: UnitReport | None
) -> Iterator[Paragraph]:
    for each in [report] if report else reports:
        unit = "" if report else f"{each.unit_name}: "
        for change in accepted.changes(found, each):
            if isinstance(change, ChangedActs):
                key = f"{CHANGED}acts-{each.executor_id or 0}"
                text = f"{unit}рішення про Програму: після прийняття звіту змінилися: було «{change.was}», стало «{change.now}»."
            else:
                key = f"{CHANGED}measure-{each.executor_id or 0}-{change.measure_id}"
                text = f"{unit}{_change_in_words(found, change)}"
            yield Paragraph(key, text)


def _change_in_words(found: Execution, change: ChangedRow) -> str:
    """«№ 2, Придбання…: після прийняття дані змінилися: сплачено — було 513,00 грн, стало 514,00 грн.»"""
    number = f"№ {change.number}, " if change.number else ""
    names = {"programme": "обсяг програми", "annual": "річний обсяг", "paid": "сплачено"}
    if found.period.is_final:
        del names["annual"]
    parts = []
    for key, name in names.items():
        was, now = getattr(change.was, key), getattr(change.now, key)
        if was != now:
            parts.append(f"{name} — було {_or_none(was)}, стало {_or_none(now)}")
    return f"{number}{change.title}: після прийняття дані змінилися: {'; '.join(parts)}."


def _or_none(amount: Decimal | None) -> str:
    return "не було" if amount is None else f"{print_number(amount, places=2)} грн"
