"""Reading and printing numbers the way Ukrainian budget documents write them.

Reading accepts every spelling met in published documents (``27 395,4``, ``2 080 000, 00``, ``956.3``,
``-439,060``, ``-`` for zero, no-break spaces, U+2212) and refuses whatever could be read in two ways:
nothing is guessed. Printing groups thousands by a no-break space, uses a decimal comma and a true minus.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

_SPACES = "\u00a0\u2007\u2009\u202f\t "
_MINUSES = "-\u2212\u2010\u2011\u2012\u2013\u2014"
_SIGNED_NUMBER = re.compile(
    rf"(?P<sign>[+{re.escape(_MINUSES)}]?)[{_SPACES}]*(?P<digits>[0-9][0-9.,{_SPACES}]*)(?P<rest>.*)",
    re.DOTALL,
)
_GROUPED_BY_SPACES = re.compile(rf"[0-9]{{1,3}}([{_SPACES}][0-9]{{3}})+")
_MAX_DIGITS = 15
_GROUP = 3
# Scanned documents put Latin look-alikes inside Ukrainian words: «тиc. гpн» with Latin c and p.
_LATIN_TO_CYRILLIC = str.maketrans("aceiopxyABCEHIKMOPTX", "асеіорхуАВСЕНІКМОРТХ")
_UNIT = re.compile(
    rf"[{_SPACES}]*(?P<thousands>тис\.?)?[{_SPACES}]*(?P<hryvnia>грн\.?|гривень)?[{_SPACES}]*"
)


class NumberError(ValueError):
    """The text cannot be read as one number; the message tells a finance officer what to do."""


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number as read: its value, the text it came from, and words that stood after it."""

    value: Decimal
    raw: str
    remark: str = ""
    names_unit: bool = False


def read_number(text: str, *, allow_remark: bool = False) -> ReadNumber:
    """Read one number with its unit words («грн», «тис. грн»: the latter multiplies by 1000).

    Words after the number («402,70 відповідно до рішення …») are kept as ``remark`` when allowed and
    refused otherwise. An empty text is no number. A lone dash is zero.
    Raises NumberError with a message for the person who typed it.
    """
    stripped = text.strip(_SPACES + "\r\n")
    if stripped and all(char in _MINUSES for char in stripped):
        return ReadNumber(Decimal(0), text)
    match = _SIGNED_NUMBER.fullmatch(stripped)
    if match is None:
        raise NumberError(
            _("«%(text)s» не є числом. Введіть суму цифрами, наприклад 16 250,00.")
            % {"text": _short(text)}
        )
    value = Decimal(_plain_digits(match["digits"], text))
    if match["sign"] and match["sign"] in _MINUSES:
        value = -value
    unit = _UNIT.match(match["rest"].translate(_LATIN_TO_CYRILLIC))
    remark, names_unit = match["rest"], False
    if unit is not None:
        names_unit = bool(unit["thousands"] or unit["hryvnia"])
        if unit["thousands"]:
            value = value.scaleb(3) + 0  # «956,325 тис. грн» is a whole number of hryvnias
        remark = match["rest"][unit.end() :]
    remark = remark.strip()
    if remark and not allow_remark:
        raise NumberError(
            _("У «%(text)s» є зайві знаки «%(extra)s». Залиште лише число, наприклад 16 250,00.")
            % {"text": _short(text), "extra": _short(remark)}
        )
    return ReadNumber(value, text, remark, names_unit)


def read_decimal(text: str, *, places: int) -> Decimal:
    """Read a number with at most ``places`` decimals; a further decimal is refused, never rounded."""
    value = read_number(text).value
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise NumberError(
            _(
                "«%(text)s» має забагато знаків після коми (дозволено %(places)s). Округліть самі: програма не змінює сум."
            )
            % {"text": _short(text), "places": places}
        )
    return value + 0  # turns −0 into 0


def print_number(value: Decimal, *, places: int = 2, max_places: int | None = None) -> str:
    """Print with thousands groups and a decimal comma: ``-361450`` → ``−361 450,00``.

    At least ``places`` decimals are shown; up to ``max_places`` when the value has them. A value that
    needs more is rounded half up.
    """
    shown = max(places, min(max_places or places, _decimals(value)))
    rounded = round_half_up(value, shown)
    digits = f"{abs(rounded):,.{shown}f}".replace(",", NO_BREAK_SPACE).replace(".", ",")
    return f"{MINUS}{digits}" if rounded < 0 else digits


def round_half_up(value: Decimal, places: int = 2) -> Decimal:
    """Round half away from zero, the way accounting rounds: 0,005 → 0,01 and −0,005 → −0,01."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + 0


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _plain_digits(written: str, text: str) -> str:
    """«2 080 000, 00» → «2080000.00»; raises where the separators could mean two things."""
    written = written.strip(_SPACES)
    commas, dots = written.count(","), written.count(".")
    if commas and dots:
        point = "," if written.rfind(",") > written.rfind(".") else "."
    elif commas > 1 or dots > 1:
        point = ""
    else:
        point = "," if commas else "."
    whole, _point, fraction = (
        written.rpartition(point) if point and point in written else (written, "", "")
    )
    other = {",": ".", ".": ","}.get(point, "," if commas else ".")
    groups = whole.rstrip(_SPACES).split(other)
    if len(groups) > 1 and not (
        1 <= len(groups[0]) <= _GROUP and all(len(group) == _GROUP for group in groups[1:])
    ):
        raise NumberError(_unclear(text))
    whole = "".join(groups)
    if any(space in whole for space in _SPACES):
        if not _GROUPED_BY_SPACES.fullmatch(whole):
            raise NumberError(_unclear(text))
        whole = re.sub(f"[{_SPACES}]", "", whole)
    fraction = fraction.lstrip(_SPACES)
    if (
        not whole.isascii()
        or not whole.isdigit()
        or (_point and not (fraction.isascii() and fraction.isdigit()))
    ):
        raise NumberError(_unclear(text))
    if len(whole.lstrip("0")) + len(fraction) > _MAX_DIGITS:
        raise NumberError(
            _("Число «%(text)s» завелике. Перевірте, чи немає зайвих цифр.")
            % {"text": _short(text)}
        )
    return f"{whole}.{fraction or 0}" if _point else whole


def _unclear(text: str) -> str:
    return _("«%(text)s» можна прочитати по-різному. Введіть, наприклад, 1 234,56.") % {
        "text": _short(text)
    }


def _short(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
