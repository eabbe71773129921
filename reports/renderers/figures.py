"""A cell's value as the document prints it, and as the data file writes it."""

import datetime as dt
from decimal import Decimal

from budgets.numbers import print_number
from reports.documents.base import Kind, Value

PLACES = 2
MAX_PLACES = 4
_MAX_PLACES = {Kind.MONEY: PLACES, Kind.PERCENT: PLACES}


def printed(value: Value, kind: Kind) -> str:
    """Text for print: «−361 450,00», «31.12.2023»; nothing for None.

    The value's own type decides, because a column of one kind may hold a word in place of a figure («х»).
    The kind only says how many decimals a figure may show and that a whole number counted as money has two.
    """
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, int) and kind.is_figure:
        value = Decimal(value)
    if isinstance(value, Decimal):
        return print_number(value, places=PLACES, max_places=_MAX_PLACES.get(kind, MAX_PLACES))
    return str(value)


def exact(value: Decimal) -> str:
    """Every digit of the value, at least two decimals, a point: «638550.00», «0.1255»; never an exponent."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise TypeError(f"{value} is not a number a document can hold")
    return format(value, f".{max(PLACES, -exponent)}f")
