"""Which rows of a table a row sums: read by checks and by the formulas of working copies alike."""

from reports.documents.base import Role, Row, Table


def summed_rows(table: Table) -> dict[int, tuple[int, ...]]:
    """For each row that sums others, by its place in the table: the places of those others, in order.

    A row that names its parts sums them; other subtotals sum the lines above them up to the previous group or
    subtotal, other totals all lines. A row whose parts are not in the table is left out: nothing here adds up to it.
    """
    places = {row.key: place for place, row in enumerate(table.rows)}
    lines = [place for place, row in enumerate(table.rows) if _is_line(row)]
    found: dict[int, tuple[int, ...]] = {}
    group: list[int] = []
    for place, row in enumerate(table.rows):
        if row.parts is not None:
            if row.parts:
                found[place] = tuple(sorted(places[key] for key in row.parts))
        elif row.role is Role.SUBTOTAL:
            found[place] = tuple(group)
        elif row.role is Role.TOTAL:
            found[place] = tuple(lines)
        if _is_line(row):
            group.append(place)
        elif row.role is not Role.LINE:
            group = []
    return found


def _is_line(row: Row) -> bool:
    """A line with parts repeats what they say."""
    return row.role is Role.LINE and row.parts is None
