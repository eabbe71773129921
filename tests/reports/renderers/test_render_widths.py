"""Widths and type sizes of printed tables, said without inline styles: attributes, and classes the stylesheet knows."""

import re

import pytest

from reports.catalogue import KINDS
from reports.renderers import html
from reports.renderers.html import PrintedTable
from reports.renderers.typesetting import Layout


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_printed_document_has_no_inline_styles_and_its_columns_add_up(sample, kind):
    page = html.render_fragment(kind.build(sample))
    assert "style=" not in page
    for columns in re.findall(r"<colgroup>(.*?)</colgroup>", page):
        widths = [float(width) for width in re.findall(r'<col width="([\d.]+)%">', columns)]
        assert widths
        assert sum(widths) == pytest.approx(100, abs=0.05)


@pytest.mark.parametrize("size", [half / 2 for half in range(8, 23)])
@pytest.mark.parametrize("narrowest", [3, 10, 48.9, 94.6, 1000])
def test_the_stylesheet_has_a_class_for_every_size_and_width(size, narrowest):
    table = PrintedTable(None, Layout(size, (100.0,), narrowest), None, "")
    stylesheet = html.stylesheet_path().read_text("utf-8")
    assert f".document .{table.size_class} {{ font-size: {size:g}pt; }}" in stylesheet
    step = int(table.narrowest_class.rpartition("-")[2])
    assert f".document .{table.narrowest_class} {{ min-width: {step}em; }}" in stylesheet
    assert narrowest <= step or step == 300
