"""A group's heading inside a table: «Затрат» over the whole row."""

from collections.abc import Sequence

from reports.documents.base import Column, Row

_EMPTY = (None, "")


def group_spans(row: Row, columns: Sequence[Column]) -> list[tuple[int, int]]:
    """(first column, number of columns) of a group row's cells: its words reach over the empty cells around.

    A row without figures is one or a few wide cells; in a row with figures they stay in their columns.
    """
    filled = [index for index, column in enumerate(columns) if row.value(column.key) not in _EMPTY]
    starts = {0, *filled[1:]}
    if any(columns[index].kind.is_figure for index in filled):
        starts |= {index for index, column in enumerate(columns) if column.kind.is_figure}
    ordered = sorted(starts)
    return [
        (start, end - start)
        for start, end in zip(ordered, [*ordered[1:], len(columns)], strict=True)
    ]


def group_column(row: Row, columns: Sequence[Column]) -> Column:
    """Which of the columns under one cell of a group row holds its words."""
    return next((column for column in columns if row.value(column.key) not in _EMPTY), columns[0])
