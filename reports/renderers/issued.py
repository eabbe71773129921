"""An issued document as PDF for archives: PDF/A-3a and PDF/UA-1 at once, with its data and its workbook attached.

To the document are added the marks of who is to sign, and how to prove the copy: a code, an address and the same
address as a QR code. The same copy gives the same bytes: its dates are those of the issue.
"""

import base64
import datetime as dt
import io
from binascii import hexlify
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import qrcode
from pydyf import Array, Dictionary, Stream
from qrcode.image.svg import SvgPathImage
from weasyprint import HTML, Attachment

from reports.documents.base import Document
from reports.renderers.html import render_page
from reports.renderers.pdf import FetchRefused, NoFetcher, scope_headers

_VARIANT = "pdf/a-3a"
_MISREAD = b"\r\nendstream"
_MOST_TRIES = 5
_DATA, _OTHER = "Source", "Alternative"
# WeasyPrint writes the identification of one standard. PDF/A wants the other described where it stands.
_ACCESSIBLE = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Who is to sign, in the order of signing."""

    position: str
    name: str


@dataclass(frozen=True, slots=True)
class Imprint:
    """What an issued copy says of itself. ``code`` and ``address`` lead to its verification page."""

    version: int
    issued_at: dt.datetime
    code: str
    address: str
    marks: Sequence[Mark]
    supersedes: str = ""
    test_mark: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file inside the PDF. ``is_source`` says that the document was made from it."""

    name: str
    content: bytes
    description: str
    is_source: bool = False


def render(document: Document, imprint: Imprint, enclosures: Sequence[Enclosure]) -> bytes:
    """Seconds as for any PDF (reports/renderers/pdf.py)."""
    page = render_page(document, imprint=imprint, code_image=_code_image(imprint.address))
    for padding in range(_MOST_TRIES):
        html = HTML(string=page, url_fetcher=_CodeFetcher())
        printed = html.write_pdf(
            pdf_variant=_VARIANT,
            pdf_identifier=True,
            finisher=partial(_finish, padding),
            presentational_hints=True,
            attachments=[_attachment(each, imprint.issued_at) for each in enclosures],
        )
        if _MISREAD not in printed:
            break
    return bytes(printed)


class _CodeFetcher(NoFetcher):
    """Opens what the page itself carries, the QR code, and nothing else."""

    def fetch(self, url: str, headers: object = None) -> Any:
        if url.startswith("data:image/svg+xml;base64,"):
            return super(NoFetcher, self).fetch(url, headers)
        return self._refuse(url)

    def _refuse(self, url: str) -> NoReturn:
        raise FetchRefused(url)


def _code_image(address: str) -> str:
    """The address as a QR code, in an address of its own: an SVG of black squares."""
    drawn = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=2).save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def _attachment(enclosure: Enclosure, at: dt.datetime) -> Attachment:
    return Attachment(
        file_obj=io.BytesIO(enclosure.content),
        name=enclosure.name,
        description=enclosure.description,
        created=at,
        modified=at,
        relationship=_DATA if enclosure.is_source else _OTHER,
    )


def _finish(padding: int, document: object, pdf: Any) -> None:
    scope_headers(document, pdf)
    _identify(pdf)
    for item in pdf.objects:
        if isinstance(item, Stream):
            _end_plainly(item)
    for _place in range(
        padding
    ):  # what WeasyPrint writes after this: another stream of objects ends otherwise
        pdf.add_object(Dictionary())
    pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])  # WeasyPrint names each file twice


def _end_plainly(stream: Any) -> None:
    """A stream that ends with a carriage return is written in hexadecimal digits.

    A line feed follows each stream. After a carriage return that reads as one line end of two bytes, and the stream as a byte shorter
    than it says: one stream of 256 ends so.
    """
    content = stream.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
    if not content.endswith(b"\r"):
        return
    inner = ["/FlateDecode"] if stream.compress else []
    stream.compress = False
    stream.stream = [hexlify(content) + b">"]
    stream.extra["Filter"] = Array(["/ASCIIHexDecode", *inner])


def _identify(pdf: Any) -> None:
    """Say PDF/UA-1 beside PDF/A-3a, in metadata that any program can read: uncompressed."""
    metadata = next(
        item
        for item in pdf.objects
        if getattr(item, "extra", None) and item.extra.get("Type") == "/Metadata"
    )
    metadata.compress = False
    (content,) = metadata.stream
    head, end, rest = content.rpartition(b"</rdf:RDF>")
    metadata.stream = [head + _ACCESSIBLE + end + rest]
