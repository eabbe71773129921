"""A book: title page, contents with page numbers, and documents printed one by one and then joined.

One page of HTML for the whole book would hold the boxes of all its tables in memory at once; document by document memory
stays that of the longest one. Each document is told the number of its first page; the contents are printed twice: to
learn how many pages they take, and with the numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.template.loader import render_to_string

from reports.book.values import Cover, Part
from reports.documents.base import Document
from reports.renderers import binding
from reports.renderers.binding import Bound
from reports.renderers.html import render_page, style
from reports.renderers.pdf import print_page

_CONTENTS = "Зміст"
_FOOTER = """
@page { @bottom-center { content: "сторінка " counter(page); } }
"""
_LATER = """
@page :first { counter-reset: page %d; }
.document .document__title { bookmark-level: none; }
"""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the contents."""

    title: str
    address: str
    page: int


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    lines: list[Line]


def render(cover: Cover, parts: Sequence[Part], printed: Callable[[int], None]) -> bytes:
    """The PDF. ``printed`` is called before each step with the number of documents that are printed; it may raise."""
    with binding.seldom_collecting():
        front = _front(cover, parts, [0] * len(parts))
        at = fronts = binding.pages_of(front)
        starts, bound = [], []
        for number, part in enumerate(parts):
            printed(number)
            content = _document(part.document, first_page=at + 1)
            starts.append(at + 1)
            at += binding.pages_of(content)
            bound.append(Bound(part.group, part.title, content))
        printed(len(parts))
        front = _front(cover, parts, starts)
        if binding.pages_of(front) != fronts:
            raise AssertionError("The contents changed their length with the page numbers.")
        return binding.bind(front, _CONTENTS, bound, title=_title(cover))


def _document(document: Document, *, first_page: int) -> bytes:
    return print_page(render_page(document, more_style=_FOOTER + _LATER % first_page))


def _front(cover: Cover, parts: Sequence[Part], pages: Sequence[int]) -> bytes:
    chapters = [
        Chapter(
            group,
            [
                Line(part.title, f"{binding.LINK}{number}", pages[number])
                for number, part in numbered
            ],
        )
        for group, numbered in groupby(enumerate(parts), key=lambda each: each[1].group)
    ]
    context = {
        "title": _title(cover),
        "cover": cover,
        "heading": "Звіти про виконання програм",
        "of_year": f"за {cover.year} рік",
        "purpose": "Річна книга для ради",
        "made": f"Складено {cover.made_on:%d.%m.%Y}",
        "contents": _CONTENTS,
        "chapters": chapters,
        "document": {"language": "uk"},
        **style(_FOOTER),
    }
    return print_page(render_to_string("reports/document/book.html", context))


def _title(cover: Cover) -> str:
    return f"Звіти про виконання програм за {cover.year} рік. {cover.community}"
