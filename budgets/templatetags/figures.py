"""Template filters that print figures; registered as built-ins, so every template has them."""

from decimal import Decimal

from django import template

from budgets.money import print_amount
from budgets.numbers import print_number

register = template.Library()


@register.filter
def amount(value: Decimal | None) -> str:
    """Hryvnias: «1 000 000,00»; nothing for None."""
    return "" if value is None else print_amount(value)


@register.filter
def number(value: Decimal | None) -> str:
    """An indicator's value: two decimals, or as many as it has."""
    return "" if value is None else print_number(value, places=2, max_places=4)


@register.filter
def percent(value: Decimal | None) -> str:
    return "—" if value is None else f"{print_number(value)} %"
