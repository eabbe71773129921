"""Table headers of several levels: captions that repeat side by side are merged, short ones reach down."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.documents.base import Column


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One merged caption; ``column`` is the index of its first column."""

    caption: str
    column: int
    colspan: int
    rowspan: int


def heading_number(number: str) -> str:
    """«7» → «7.», «7.1.» stays."""
    return f"{number}." if number and not number.endswith(".") else number


def header_rows(columns: Sequence[Column]) -> tuple[tuple[HeaderCell, ...], ...]:
    """The header from the top row down. Two neighbours merge where their whole paths down to that row agree.

    So «загальний фонд» under «Затверджено» and under «Касові видатки» stay two cells. No rows when no column
    has a caption.
    """
    paths = [column.heading or ("",) for column in columns]
    if not any(any(path) for path in paths):
        return ()
    depth = max(len(path) for path in paths)
    return tuple(_row(paths, level, depth) for level in range(depth))


def _row(paths: Sequence[tuple[str, ...]], level: int, depth: int) -> tuple[HeaderCell, ...]:
    cells = []
    start = 0
    while start < len(paths):
        path = paths[start]
        end = start + 1
        while end < len(paths) and _merge(path, paths[end], level):
            end += 1
        if level < len(path):
            is_last = level == len(path) - 1
            cells.append(
                HeaderCell(path[level], start, end - start, depth - level if is_last else 1)
            )
        start = end
    return tuple(cells)


def _merge(left: tuple[str, ...], right: tuple[str, ...], level: int) -> bool:
    """Equal down to this level, and both go on below it or both end on it."""
    return (
        left[: level + 1] == right[: level + 1]
        and (len(left) > level + 1) == (len(right) > level + 1)
        and level < len(left)
    )
