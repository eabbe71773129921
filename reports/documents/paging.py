"""A document too long for one page of the site, cut between tasks; papers that are taken away are always whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reports.documents.base import Document, Role, Row, Section, Table

ROWS = 300
_MOST = 2  # times ROWS, where a task has no end


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a document: which rows of its long table, of how many, and on which page of how many."""

    document: Document
    first: int
    last: int
    rows: int
    page: int
    pages: int


def part(document: Document, page: int) -> Shown:
    """The page of the document's longest table, with the heading it stands under and the totals of the whole."""
    tables = [
        block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
    ]
    table = max(tables, key=lambda one: len(one.rows), default=None)
    if table is None or len(table.rows) <= ROWS:
        rows = len(table.rows) if table else 0
        return Shown(document, 1, rows, rows, 1, 1)
    body, totals = _parted(table.rows)
    starts = list(_starts(body))
    page = min(max(page, 1), len(starts))
    first = starts[page - 1]
    last = starts[page] if page < len(starts) else len(body)
    cut = replace(table, rows=(*_head(body, first), *body[first:last], *totals))
    sections = tuple(_with(section, table, cut) for section in document.sections)
    shown = replace(document, sections=sections)
    return Shown(shown, first + 1, last, len(body), page, len(starts))


def _parted(rows: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row]]:
    """The rows, and the totals that stand below them."""
    end = len(rows)
    while end and rows[end - 1].role is Role.TOTAL:
        end -= 1
    return rows[:end], rows[end:]


def _starts(rows: Sequence[Row]) -> Iterator[int]:
    """Where pages begin: at a task, and inside one only when it has no end."""
    start = 0
    yield start
    for place in range(len(rows)):
        length = place - start
        if length >= ROWS and (length >= _MOST * ROWS or _opens(rows, place)):
            start = place
            yield start


def _opens(rows: Sequence[Row], place: int) -> bool:
    """Whether a task, or what is above it, begins here: named in the row, or summed in it ahead of its measures."""
    row = rows[place]
    if row.role is not Role.SUBTOTAL:
        return row.role is Role.GROUP or bool(row.value("number") or row.value("task"))
    return any(below.key in (row.parts or ()) for below in rows[place + 1 : place + 3])


def _head(rows: Sequence[Row], first: int) -> tuple[Row, ...]:
    """The heading that the page's first row stands under."""
    if not first or rows[first].role is Role.GROUP:
        return ()
    above = (row for row in reversed(rows[:first]) if row.role is Role.GROUP)
    head = next(above, None)
    return (head,) if head else ()


def _with(section: Section, table: Table, cut: Table) -> Section:
    return replace(
        section, blocks=tuple(cut if block is table else block for block in section.blocks)
    )
