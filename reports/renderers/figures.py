"""A cell's value as the document prints it, and as the data file writes it."""

import datetime as dt
from decimal import Decimal

from budgets.numbers import print_number
from indicators.yearly import SHOWN_PLACES
from reports.documents.base import Column, Kind, Row, Unit, Value

PLACES = 2
MAX_PLACES = 4
_THOUSANDS = 3  # digits between a hryvnia and a thousand of them
# Fewest and most decimals of a figure.
_PLACES = {
    Kind.MONEY: (PLACES, PLACES),
    Kind.PERCENT: (PLACES, PLACES),
    Kind.QUANTITY: (0, SHOWN_PLACES),
}
_PLACES_OF_THOUSANDS = (1, PLACES + _THOUSANDS)  # every kopeck shows


def places(kind: Kind, unit: Unit = Unit.HRYVNIA) -> tuple[int, int]:
    """Fewest and most decimals a figure of the kind shows."""
    if kind is Kind.MONEY and unit is Unit.THOUSAND:
        return _PLACES_OF_THOUSANDS
    return _PLACES.get(kind, (PLACES, MAX_PLACES))


def in_unit(value: Decimal, unit: Unit) -> Decimal:
    """Hryvnias counted in the unit; exact."""
    return value.scaleb(-_THOUSANDS) + 0 if unit is Unit.THOUSAND else value


def counted(row: Row, column: Column) -> Value:
    """The value of a cell as its column counts it: what a workbook holds."""
    value = row.value(column.key)
    is_money = column.kind is Kind.MONEY and isinstance(value, Decimal)
    return in_unit(value, column.unit) if is_money and isinstance(value, Decimal) else value


def is_signed(row: Row, column: Column) -> bool:
    cell = row.cells.get(column.key)
    return column.signed and not (cell is not None and cell.restated)


def shown(row: Row, column: Column) -> str:
    """Text of a cell for print, in the unit of its column and with the sign that a change needs."""
    text = printed(row.value(column.key), column.kind, column.unit)
    value = row.figure(column.key)
    return f"+{text}" if value is not None and value > 0 and is_signed(row, column) else text


def printed(value: Value, kind: Kind, unit: Unit = Unit.HRYVNIA) -> str:
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
        least, most = places(kind, unit)
        amount = in_unit(value, unit) if kind is Kind.MONEY else value
        return print_number(amount, places=least, max_places=most)
    return str(value)


def exact(value: Decimal) -> str:
    """Every digit of the value, at least two decimals, a point: «638550.00», «0.1255»; never an exponent."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise TypeError(f"{value} is not a number a document can hold")
    return format(value, f".{max(PLACES, -exponent)}f")
