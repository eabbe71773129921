from reports.documents.base import Column, Kind
from reports.renderers.headings import HeaderCell, header_rows


def columns(*paths: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(str(index), path, Kind.TEXT) for index, path in enumerate(paths))


def test_equal_neighbours_span_columns_and_short_captions_reach_down():
    rows = header_rows(
        columns(("№",), ("План", "загальний"), ("План", "усього"), ("Факт", "усього"))
    )
    assert rows == (
        (HeaderCell("№", 0, 1, 2), HeaderCell("План", 1, 2, 1), HeaderCell("Факт", 3, 1, 1)),
        (
            HeaderCell("загальний", 1, 1, 1),
            HeaderCell("усього", 2, 1, 1),
            HeaderCell("усього", 3, 1, 1),
        ),
    )


def test_three_levels_fill_every_place_once():
    paths = (("А",), ("Б", "в"), ("Б", "г", "ґ"), ("Б", "г", "д"), ("Е", "є", "ж"))
    taken = [
        (level + down, cell.column + right)
        for level, row in enumerate(header_rows(columns(*paths)))
        for cell in row
        for down in range(cell.rowspan)
        for right in range(cell.colspan)
    ]
    assert sorted(taken) == [(row, column) for row in range(3) for column in range(5)]


def test_equal_captions_under_different_parents_stay_apart():
    top, bottom = header_rows(columns(("План", "усього"), ("Факт", "усього")))
    assert [cell.caption for cell in top] == ["План", "Факт"]
    assert [cell.colspan for cell in bottom] == [1, 1]


def test_no_captions_no_header():
    assert header_rows(columns(("",), ())) == ()
