"""Printing values of documents on pages that are not documents themselves."""

from decimal import Decimal

from django import template

from budgets.numbers import print_number
from reports.documents.base import Column, Kind, Value
from reports.documents.comparison import Change

register = template.Library()


@register.filter
def value_of(value: Value, column: Column | None) -> str:
    """A cell's value in words; a dash where there is none."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal):
        most = 4 if column is not None and column.kind is Kind.VALUE else None
        return print_number(value, max_places=most)
    return str(value)


@register.filter
def difference(change: Change) -> str:
    """became − was with its sign, for figures; an absent row counts as zero."""
    was, became = change.was, change.became
    if not isinstance(was, Decimal) and not isinstance(became, Decimal):
        return ""
    delta = _figure(became) - _figure(was)
    return f"{'+' if delta > 0 else ''}{print_number(delta, max_places=4)}"


def _figure(value: Value) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)
