"""How much room text takes in a Times-like face: column widths, type size and numbers of lines.

Widths are in em. They are estimates, taken a little large: a figure that does not fit its column would be
printed over its neighbour, and a wrong amount is worse than smaller type.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from budgets.numbers import MINUS, NO_BREAK_SPACE
from reports.documents.base import Column, Kind, Table
from reports.renderers.figures import shown

MM = 72 / 25.4  # points
LANDSCAPE_WIDTH = (297 - 20 - 10) * MM
PORTRAIT_WIDTH = (210 - 30 - 10) * MM
CELL_PADDING = 5.0  # points, both sides and the rule between cells

# Columns up to → type size in points that a table of so many columns starts from.
_SIZES_BY_COLUMNS = ((4, 11.0), (7, 10.0), (10, 9.0), (12, 8.5))
_SIZE_OF_MANY = 8.0
_SMALLEST_SIZE = 4.0
_SIZE_STEP = 0.5
_STEPS_FOR_EVEN = 2
# A text column may shrink to this part of the width its builder asked for, before the type gets smaller.
_KEPT_OF_TEXT = 0.6
_LONGEST_UNHYPHENATED = 6.2  # em: «спеціальний» stays whole

# Width of a value in the form head, in parts: a code takes one, a name up to four.
_WIDEST_FIELD = 4
_CHARACTERS_PER_PART = 14

# Widths by character, measured on Liberation Serif and rounded up.
_WIDTHS = {
    **dict.fromkeys("0123456789", 0.5),
    **dict.fromkeys("іїІЇjilftr.,:;!'’()[]/- " + NO_BREAK_SPACE, 0.34),
    **dict.fromkeys("асегзткхяєв", 0.48),
    **dict.fromkeys("ийнпцдльч", 0.54),
    **dict.fromkeys("мшщюжфыmw%" + MINUS, 0.78),
    **dict.fromkeys("№—ЖМФШЩЮWM@", 1.0),
}
_CAPITAL, _OTHER = 0.73, 0.53
_SPACE = 0.25


def em(text: str) -> float:
    """Estimated width of the text set on one line."""
    return sum(_character_em(character) for character in text)


def line_count(text: str, width: float) -> int:
    """Lines the text takes when words wrap within ``width`` em; a longer word is broken."""
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        used = 0.0
        for word in paragraph.split(" "):
            needed = em(word)
            if used and used + _SPACE + needed > width:
                lines += 1
                used = 0.0
            elif used:
                used += _SPACE
            used += needed
            while used > width:
                lines += 1
                used -= width
    return lines


def field_parts(value: str) -> int:
    """How wide a value of the form head is beside the others: codes narrow, names wide."""
    return max(1, min(_WIDEST_FIELD, len(value) // _CHARACTERS_PER_PART + 1))


@dataclass(frozen=True, slots=True)
class Layout:
    """Type size in points and the columns' widths in percent of the table.

    ``narrowest`` is the width of the whole table in em below which a figure would leave its column.
    """

    size: float
    percents: tuple[float, ...]
    narrowest: float


def layout(table: Table, *, landscape: bool) -> Layout:
    """The largest type in which every figure of the table stays on one line of its column.

    Widths follow ``Column.width``; a figure's column never gets less than its longest figure needs. Figures
    of one kind get columns of one width where that fits.
    """
    available = LANDSCAPE_WIDTH if landscape else PORTRAIT_WIDTH
    shares = _shares(table.columns, available)
    own = [needed_em(table, column) for column in table.columns]
    even = _even(table.columns, own)
    for size, needs in _attempts(_first_size(len(shares)), even, own):
        least = _least(table.columns, shares, needs, size)
        if sum(least) <= available:
            break
    widths = _fill(shares, least, available)
    percents = tuple(round(width * 100 / sum(widths), 3) for width in widths)
    narrowest = max(
        (need + CELL_PADDING / size) * 100 / percent
        for need, percent in zip(own, percents, strict=True)
    )
    return Layout(size, percents, narrowest)


def _attempts(
    first: float, even: Sequence[float], own: Sequence[float]
) -> Iterator[tuple[float, Sequence[float]]]:
    """Even columns down to a slightly smaller type; after that every column for itself."""
    for step in range(_STEPS_FOR_EVEN + 1):
        yield first - step * _SIZE_STEP, even
    size = first
    while size >= _SMALLEST_SIZE:
        yield size, own
        size -= _SIZE_STEP


def _first_size(columns: int) -> float:
    return next((size for most, size in _SIZES_BY_COLUMNS if columns <= most), _SIZE_OF_MANY)


def _even(columns: Sequence[Column], needs: Sequence[float]) -> list[float]:
    """Every column of figures needs as much as the neediest of its kind and width."""
    alike: dict[tuple[Kind, int], float] = {}
    for column, need in zip(columns, needs, strict=True):
        key = (column.kind, column.width)
        alike[key] = max(need, alike.get(key, 0.0))
    return [
        alike[column.kind, column.width] if column.kind.is_figure else need
        for column, need in zip(columns, needs, strict=True)
    ]


def needed_em(table: Table, column: Column) -> float:
    """Room without which a column's figures, or the words it cannot hyphenate, do not fit."""
    words = [min(em(word), _LONGEST_UNHYPHENATED) for word in " ".join(column.heading[-1:]).split()]
    if column.kind is Kind.TEXT:
        return max([2.0, *words, *_longest_words(table, column)])
    figures = [em(shown(row, column)) for row in table.rows]
    return max([1.5, *words, *figures])


def _longest_words(table: Table, column: Column) -> list[float]:
    texts = (shown(row, column) for row in table.rows)
    return [min(em(word), _LONGEST_UNHYPHENATED) for text in texts for word in text.split()]


def _shares(columns: Sequence[Column], available: float) -> list[float]:
    total = sum(column.width for column in columns)
    return [column.width * available / total for column in columns]


def _least(
    columns: Sequence[Column], shares: Sequence[float], needs: Sequence[float], size: float
) -> list[float]:
    least = [need * size + CELL_PADDING for need in needs]
    return [
        max(points, share * _KEPT_OF_TEXT) if column.kind is Kind.TEXT else points
        for column, share, points in zip(columns, shares, least, strict=True)
    ]


def _fill(shares: Sequence[float], least: Sequence[float], available: float) -> list[float]:
    """Give each column its share, and to those below their least that much, at the others' expense."""
    if sum(least) >= available:
        return list(least)
    fixed: set[int] = set()
    while True:
        room = available - sum(least[index] for index in fixed)
        free = sum(share for index, share in enumerate(shares) if index not in fixed)
        widths = [
            least[index] if index in fixed else share * room / free
            for index, share in enumerate(shares)
        ]
        short = {index for index, width in enumerate(widths) if width < least[index] - 1e-9}
        if not short:
            return widths
        fixed |= short


def _character_em(character: str) -> float:
    return _WIDTHS.get(character) or (_CAPITAL if character.isupper() else _OTHER)
