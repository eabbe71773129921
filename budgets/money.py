"""Money: ``Decimal`` hryvnias in Python, integer kopecks in the database, never a float."""

from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.numbers import NumberError, print_number, read_decimal, round_half_up

ZERO = Decimal("0.00")
MAX_AMOUNT = Decimal("999999999999.99")
PLACES = 2


def read_amount(text: str) -> Decimal:
    """Read hryvnias typed or pasted by a person; refuses a third decimal and amounts past a trillion."""
    amount = read_decimal(text, places=PLACES)
    if abs(amount) > MAX_AMOUNT:
        raise NumberError(
            _("Сума більша за %(limit)s грн. Перевірте, чи немає зайвих цифр.")
            % {"limit": print_amount(MAX_AMOUNT)}
        )
    return amount.quantize(ZERO)


def print_amount(amount: Decimal) -> str:
    """Hryvnias as documents print them: ``1 000 000,00`` with no-break spaces and U+2212."""
    return print_number(amount, places=PLACES)


def percent_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """part / whole × 100, two places, half up; None where the whole is zero (no percent, not 0)."""
    return round_half_up(part * 100 / whole) if whole else None


def average(total: Decimal, count: Decimal) -> Decimal:
    """total / count rounded half up to kopecks, once; 0 for a zero count, as order 836 reports print it."""
    return round_half_up(total / count) if count else ZERO
