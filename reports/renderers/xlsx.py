"""A document as a workbook for Excel and LibreOffice.

The first sheet is the form read from top to bottom: head, texts, short lists, footnotes, signatures. A table
with figures or with more than two columns has a sheet named by its section («7.1»), where its own header
repeats on every printed page and stays in view while scrolling; the first sheet links to it. Every cell
holds its value: a figure is a number, a date a date, and words are never taken for a formula.

The body of each table is also a defined name (``table_lines``), so that a program finds it without
knowing the layout. The same document gives the same bytes.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.writer.excel import ExcelWriter

from reports.documents.base import Document
from reports.renderers import cell_styles
from reports.renderers.archives import repacked
from reports.renderers.sheets import FirstSheet, SheetPlan, TableSheet, sheet_plans

# Workbooks must say when they were made; an issued document's own dates are in it, so this is a constant.
_EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 (openpyxl takes no time zone)


def render(
    document: Document, *, formulas: bool = False, properties: Mapping[str, str] | None = None
) -> bytes:
    """Values by default; ``formulas`` makes a working copy whose totals and deviations recalculate.

    A working copy holds no computed results: a program that does not calculate shows its formulas empty.
    ``properties`` are written into the workbook's own: what an issued copy says of itself.
    """
    book = workbook(document, formulas=formulas)
    _add_properties(book, properties or {})
    return _saved(book)


def render_working_copy(document: Document) -> bytes:
    return render(document, formulas=True)


def workbook(document: Document, *, formulas: bool = False) -> Workbook:
    book = Workbook()
    cell_styles.add_to(book)
    _describe(book, document)
    plans = sheet_plans(document)
    first = book.worksheets[0]
    FirstSheet(first, document, plans, working_copy=formulas).write()
    for plan in plans.values():
        _write_table(book, document, plan, formulas=formulas)
    return book


def _write_table(book: Workbook, document: Document, plan: SheetPlan, *, formulas: bool) -> None:
    sheet = book.create_sheet(plan.name)
    TableSheet(sheet, document, plan, formulas=formulas).write()


def _describe(book: Workbook, document: Document) -> None:
    properties = book.properties
    properties.title = document.title
    properties.language = document.language
    properties.creator = properties.lastModifiedBy = ""
    properties.created = properties.modified = _EPOCH
    _add_properties(book, {"kind": document.kind, "edition": document.edition})


def _add_properties(book: Workbook, properties: Mapping[str, str]) -> None:
    for name, value in properties.items():
        book.custom_doc_props.append(  # type: ignore[attr-defined]
            StringProperty(name=name, value=value)
        )


def _saved(book: Workbook) -> bytes:
    """Written without openpyxl's clock, then packed anew with constant times."""
    written = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w", zipfile.ZIP_STORED, allowZip64=True)).save()
    return repacked(written)
