import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from openpyxl.utils import get_column_letter

from reports.documents.base import Column, Document, Kind, Role, Source, Table
from reports.renderers.figures import printed
from reports.renderers.html import render, render_fragment, render_page
from reports.renderers.typesetting import CELL_PADDING, LANDSCAPE_WIDTH, em, layout
from tests.reports.renderers.samples import LONG_WORD, indicator_table, spending_table


class Grid(HTMLParser):
    """The tables of a page as grids: every place holds the text of the cell that covers it."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[dict[tuple[int, int], str]] = []
        self.row = -1
        self.cell: list[tuple[int, int]] = []
        self.opened: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append({})
            self.row = -1
        elif tag == "tr":
            self.row += 1
        elif tag in {"td", "th"}:
            self._open_cell(dict(attrs))

    def _open_cell(self, attrs: dict[str, str | None]) -> None:
        grid = self.tables[-1]
        column = next(place for place in range(1000) if (self.row, place) not in grid)
        self.cell = [
            (self.row + down, column + right)
            for down in range(int(attrs.get("rowspan") or 1))
            for right in range(int(attrs.get("colspan") or 1))
        ]
        for place in self.cell:
            assert place not in grid, "two cells cover one place"
            grid[place] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self.cell = []

    def handle_data(self, data: str) -> None:
        for place in self.cell:
            self.tables[-1][place] += data


def read(html: str) -> Grid:
    grid = Grid()
    grid.feed(html)
    return grid


def test_cells_cover_every_place_of_every_table_once(document: Document):
    for grid, table in zip(read(render_fragment(document)).tables, document.tables, strict=True):
        rows = max(row for row, _column in grid) + 1
        assert set(grid) == {(r, c) for r in range(rows) for c in range(len(table.columns))}


def test_headers_merge_and_keep_their_wording(document: Document):
    html = render_fragment(document)
    assert '<th scope="colgroup" colspan="3">Затверджено у паспорті</th>' in html
    assert '<th scope="col" rowspan="2">Показники</th>' in html
    grid = read(html).tables[1]
    assert [grid[0, column] for column in range(3)] == [
        "№ з/п",
        "Напрями використання бюджетних коштів*",
        "Затверджено у паспорті",
    ]


def test_column_numbers_stand_in_the_repeated_header(document: Document):
    head = re.findall(r"<thead>.*?</thead>", render_fragment(document), re.DOTALL)[2]
    numbers = re.findall(r'<th scope="col">(\d+)</th>', head)
    assert numbers == [str(number) for number in range(1, 14)]


def test_every_figure_is_printed_in_its_place(document: Document):
    for grid, table in zip(read(render_fragment(document)).tables, document.tables, strict=True):
        first = max(row for row, _column in grid) + 1 - len(table.rows)
        for index, row in enumerate(table.rows):
            if row.role is Role.GROUP:
                continue
            for place, column in enumerate(table.columns):
                expected = printed(row.value(column.key), column.kind)
                assert grid[first + index, place] == expected, (table.key, row.key, column.key)


def test_group_rows_span_the_table(document: Document):
    assert '<tr class="group"><th class="ordinal"' not in render_fragment(document)
    assert re.search(
        r'<tr class="group"><th class="text" scope="rowgroup" colspan="13">Затрат</th></tr>',
        render_fragment(document),
    )


def test_text_is_escaped(document: Document):
    html = render_page(replace(document, title="<script>alert(1)</script>"))
    assert "<script>" not in html
    assert "Ремонт &lt;b&gt;&amp; інше" in html


def test_sums_in_sentences_are_spaced_and_grouped(document: Document):
    text = re.sub(r"<[^>]+>", "", render_fragment(document))
    assert (
        "2. Обсяг – 1\u00a0000\u00a0195\u00a0010,17 гривень, у тому числі – 0,11 гривень." in text
    )


def test_sources_become_links_only_where_an_address_is_given(document: Document):
    def address(source: Source) -> str | None:
        return "/cash/7/" if source.kind == "cash" else None

    linked = render_fragment(document, source_url=address)
    assert (
        '<a href="/cash/7/" title="касові видатки 2023 року за рядком 1">195\u00a0000,00</a>'
        in linked
    )
    plain = render_fragment(document)
    assert "<a " not in plain
    assert 'title="касові видатки 2023 року за рядком 1">195\u00a0000,00<' in plain


def test_page_stands_alone(document: Document):
    html = render_page(document)
    assert render(document) == html.encode()
    assert '<html lang="uk">' in html
    assert "<title>ЗВІТ про виконання паспорта" in html
    assert not re.search(r"<(link|script|img)|@import|url\(", html)


def test_headings_nest_under_the_title(document: Document):
    levels = [int(level) for level in re.findall(r"<h([1-6])", render_page(document))]
    assert levels == [1, 2, 2, 3, 2, 3, 2, 2]


def test_empty_paragraph_prints_a_line_to_fill(document: Document):
    assert "document__paragraph--blank" in render_fragment(document)


@pytest.mark.parametrize("landscape", [True, False])
def test_long_figures_fit_their_columns(landscape: bool):
    for table in (spending_table(), indicator_table()):
        check_fits(table, landscape=landscape)


def test_nine_columns_of_the_longest_figures_fit():
    check_fits(nine_columns("−999\u00a0999\u00a0999,99"), landscape=True)
    check_fits(nine_columns("−999\u00a0999\u00a0999\u00a0999,99"), landscape=True)


def nine_columns(figure: str) -> Table:
    columns = tuple(
        replace(column, kind=Kind.TEXT) if column.kind is Kind.TEXT else column
        for column in indicator_table().columns
    )
    row = indicator_table().rows[1]
    cells = {
        key: replace(cell, value=figure) if key[0] in "ad" else cell
        for key, cell in row.cells.items()
    }
    return Table("wide", columns, (replace(row, cells=cells),))


def check_fits(table: Table, *, landscape: bool) -> None:
    result = layout(table, landscape=landscape)
    width = LANDSCAPE_WIDTH if landscape else LANDSCAPE_WIDTH * 180 / 267
    assert sum(result.percents) == pytest.approx(100, abs=0.02)
    for column, percent in zip(table.columns, result.percents, strict=True):
        if column.kind is not Kind.TEXT:
            longest = max(em(printed(row.value(column.key), column.kind)) for row in table.rows)
            assert longest * result.size + CELL_PADDING <= width * percent / 100 + 0.1, column.key


def test_more_columns_mean_smaller_type():
    def sized(count: int) -> float:
        columns = tuple(
            Column(get_column_letter(n), (f"г{n}",), Kind.MONEY) for n in range(1, count + 1)
        )
        return layout(Table("t", columns, ()), landscape=True).size

    assert sized(3) > sized(9) > sized(13)


def test_long_words_are_whole_in_the_text(document: Document):
    assert LONG_WORD in render_fragment(document)
