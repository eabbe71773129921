"""Money: ``Decimal`` hryvnias in Python, integer kopecks in the database, never a float."""

from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.choices import PresentationUnit
from budgets.numbers import NumberError, print_number, read_decimal, read_number, round_half_up

ZERO = Decimal("0.00")
MAX_AMOUNT = Decimal("999999999999.99")
PLACES = 2
THOUSANDS = 3  # digits between a hryvnia and a thousand of them


def read_amount(text: str) -> Decimal:
    """Read hryvnias typed or pasted by a person; refuses a third decimal and amounts past a trillion."""
    amount = read_decimal(text, places=PLACES)
    expect_possible(amount)
    return amount.quantize(ZERO)


def print_amount(amount: Decimal) -> str:
    """Hryvnias as documents print them: ``1 000 000,00`` with no-break spaces and U+2212."""
    return print_number(amount, places=PLACES)


def read_in_unit(text: str, unit: str) -> Decimal:
    """Read an amount typed in the unit a programme's papers print; the answer is in hryvnias, exactly.

    A bare «1,85» of тис. грн is 1 850,00 грн; a number that names its own unit («1 850 грн») is read in that unit.
    More decimals than make a kopeck are refused.
    """
    amount = read_printed(text, unit)
    expect_possible(amount)
    return amount.quantize(ZERO)


def read_printed(text: str, unit: str) -> Decimal:
    """The same of a figure that ``print_in_unit`` printed: a sum of sums may be larger than anybody may type."""
    if unit != PresentationUnit.THOUSAND or read_number(text).names_unit:
        return read_decimal(text, places=PLACES)
    return read_decimal(text, places=PLACES + THOUSANDS).scaleb(THOUSANDS) + 0


def print_in_unit(amount: Decimal, unit: str) -> str:
    """The amount in the unit a programme's papers print: 1 850,00 грн is 1,85 тис. грн; every kopeck shows."""
    if unit != PresentationUnit.THOUSAND:
        return print_amount(amount)
    return print_number(amount.scaleb(-THOUSANDS), places=1, max_places=PLACES + THOUSANDS)


def percent_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """part / whole × 100, two places, half up; None where the whole is zero (no percent, not 0)."""
    return round_half_up(part * 100 / whole) if whole else None


def average(total: Decimal, count: Decimal) -> Decimal:
    """total / count rounded half up to kopecks, once; 0 for a zero count, as order 836 reports print it."""
    return round_half_up(total / count) if count else ZERO


def expect_possible(amount: Decimal) -> None:
    """Refuse a figure past a trillion: nobody means it. Raises NumberError."""
    if abs(amount) > MAX_AMOUNT:
        raise NumberError(
            _("Сума більша за %(limit)s грн. Перевірте, чи немає зайвих цифр.")
            % {"limit": print_amount(MAX_AMOUNT)}
        )
