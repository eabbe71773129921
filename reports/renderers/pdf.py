"""A document as PDF: the HTML page set by WeasyPrint, tagged after PDF/UA-1.

Nothing is fetched: the page carries its stylesheet, and every address it might name is refused. The same
document gives the same bytes: no dates are written, and the file's identifier follows from its content.
"""

from collections.abc import Iterator
from typing import Any, NoReturn

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from reports.documents.base import Document
from reports.renderers.html import render_page

VARIANT = "pdf/ua-1"


class FetchRefused(FatalURLFetchingError):
    """A document asked for something outside itself; printing stops."""


class NoFetcher(URLFetcher):
    """Opens no address, neither of the network nor of this machine's files."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        raise FetchRefused(url)


def render(document: Document) -> bytes:
    """Takes 10–20 ms a table row in a warm process. Importing this module takes about a second."""
    return print_page(render_page(document))


def print_page(page: str) -> bytes:
    """A complete HTML page as PDF."""
    html = HTML(string=page, url_fetcher=NoFetcher())
    # Widths of columns are attributes; WeasyPrint reads those only when told to.
    printed = html.write_pdf(
        pdf_variant=VARIANT,
        pdf_identifier=True,
        finisher=scope_headers,
        presentational_hints=True,
    )
    return bytes(printed)


def scope_headers(_document: object, pdf: Any) -> None:
    """Say of every header cell whether it heads a column or a row.

    WeasyPrint lists the headers of each cell instead, but counts them wrongly under captions that span
    several rows: a reader would hear «№ з/п» for an amount. With a scope the reading program finds them.
    """
    elements = {item.reference: item for item in pdf.objects if _is_structure(item)}
    for element in elements.values():
        if element["S"] == "/TH":
            in_head = any(parent["S"] == "/THead" for parent in _parents(element, elements))
            element["A"]["Scope"] = "/Column" if in_head else "/Row"
        elif element["S"] == "/TD":
            element["A"].pop("Headers", None)


def _is_structure(item: Any) -> bool:
    return isinstance(item, dict) and item.get("Type") == "/StructElem"


def _parents(element: Any, elements: dict[bytes, Any]) -> Iterator[Any]:
    while (parent := elements.get(element["P"])) is not None:
        yield parent
        element = parent
