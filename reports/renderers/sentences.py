"""Sentences with sums in them: which parts are figures, and where a space stands between two parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reports.documents.base import Amounts, Kind
from reports.renderers.figures import printed

_CLOSING = tuple(",.;:)»")


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    is_figure: bool


def sentence(block: Amounts) -> Iterator[Part]:
    """The parts to be printed one after another, spaces included."""
    before = ""
    for value in block.parts:
        is_figure = isinstance(value, Decimal)
        text = printed(value, Kind.MONEY, block.unit)
        if (
            before
            and not before.endswith((" ", "(", "«"))
            and not text.startswith((" ", *_CLOSING))
        ):
            yield Part(" ", False)
        yield Part(text, is_figure)
        before = text


def plain(block: Amounts) -> str:
    return "".join(part.text for part in sentence(block))
