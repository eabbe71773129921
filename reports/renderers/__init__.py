"""Renderers turn a Document into bytes. They format and never query; every format prints the same figures.

``FORMATS`` is the list of what can be asked for by name. A format's module is imported when it is first
used: WeasyPrint alone takes most of a second, which neither a management command nor a page needs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

from reports.documents.base import Document

Render = Callable[[Document], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """``module`` offers ``function(document) -> bytes``; the same document always gives the same bytes."""

    extension: str
    content_type: str
    module: str
    function: str = "render"
    suffix: str = ""

    @property
    def render(self) -> Render:
        return cast(Render, getattr(import_module(self.module), self.function))

    def file_name(self, document: Document) -> str:
        return f"{document.file_stem}{self.suffix}.{self.extension}"


FORMATS: dict[str, Format] = {
    "html": Format("html", "text/html; charset=utf-8", "reports.renderers.html"),
    "pdf": Format("pdf", "application/pdf", "reports.renderers.pdf"),
    "xlsx": Format(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "reports.renderers.xlsx",
    ),
    "docx": Format(
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "reports.renderers.docx",
    ),
    "json": Format("json", "application/json", "reports.renderers.data"),
}

WORKING_COPY = replace(FORMATS["xlsx"], function="render_working_copy", suffix="-robocha")
"""The workbook whose totals and deviations recalculate while somebody tries other figures in it."""
