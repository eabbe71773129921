"""Template filters that print figures; registered as built-ins, so every template has them."""

from decimal import Decimal

from django import template

from budgets.money import print_amount, print_in_unit
from budgets.numbers import print_number

register = template.Library()


@register.filter
def amount(value: Decimal | None) -> str:
    """Hryvnias: «1 000 000,00»; nothing for None."""
    return "" if value is None else print_amount(value)


@register.filter
def in_unit(value: Decimal | None, unit: str) -> str:
    """Hryvnias in the unit of a programme's papers: «1,85» of тис. грн; nothing for None."""
    return "" if value is None else print_in_unit(value, unit)


@register.filter
def change_in_unit(value: Decimal | None, unit: str) -> str:
    """A change with its sign: «+1,85»; «0,0» for no change."""
    text = in_unit(value, unit)
    return f"+{text}" if value is not None and value > 0 else text


@register.filter
def number(value: Decimal | None) -> str:
    """An indicator's value: two decimals, or as many as it has."""
    return "" if value is None else print_number(value, places=2, max_places=4)


@register.filter
def percent(value: Decimal | None) -> str:
    return "—" if value is None else f"{print_number(value)} %"


@register.filter
def fact(value: Decimal | None) -> str:
    """A count of things, with as many decimals as it has: «64», «1,5»."""
    return "" if value is None else print_number(value, places=0, max_places=4)


@register.filter
def measure_of(row_key: str) -> str:
    """The measure that a row of an execution report is about: the end of its key."""
    return row_key.rpartition("-")[2]
