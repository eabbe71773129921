"""PDF files as pyHanko opens them, with two of its habits changed and what it unpacks bounded."""

import io
import logging
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import (
    DecodeLimits,
    DecodePurpose,
    DocumentDecodeBudget,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader

# What it finds in an upload is said in the finding; the log is no place for tracebacks that strangers can order.
logging.getLogger("pyhanko").setLevel(logging.ERROR)

LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=64 * 1024**2),
    document_budget=DocumentDecodeBudget(base_allowance=128 * 1024**2, max_ratio=20),
)


class Reader(PdfFileReader):
    """Reads the head of an object stream once.

    pyHanko reads it anew for each object in it. WeasyPrint puts thousands of objects into one stream: comparing two revisions of
    a report took 40 seconds, and takes one.
    """

    def __init__(self, data: bytes) -> None:
        self._heads: dict[int, tuple[io.BytesIO, list[tuple[int, int]]]] = {}
        super().__init__(io.BytesIO(data), decode_limits=LIMITS)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> generic.PdfObject:
        if stmnum not in self._heads:
            self._heads[stmnum] = self._head(stmnum)
        content, head = self._heads[stmnum]
        if not 0 <= idx < len(head) or head[idx][0] != idnum:
            raise PdfStrictReadError("Object is in wrong index.")
        content.seek(head[idx][1])
        read = generic.read_object(content, generic.Reference(idnum, 0, self))
        if isinstance(read, generic.StreamObject | generic.IndirectObject):
            raise PdfStrictReadError("Encountered forbidden object type in object stream")
        return read

    def _head(self, stmnum: int) -> tuple[io.BytesIO, list[tuple[int, int]]]:
        """The stream's content, and number and place of each object in it."""
        stream = generic.Reference(stmnum, 0, self).get_object()
        if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
            raise PdfStrictReadError("Object stream expected")
        data = stream.read_data(DecodePurpose.OBJECT_STREAM)
        first = int(stream["/First"])
        numbers = [int(one) for one in data[:first].split()]
        if len(numbers) != 2 * int(stream["/N"]):
            raise PdfStrictReadError("Object stream header possibly corrupted")
        places = [first + offset for offset in numbers[1::2]]
        return io.BytesIO(data), list(zip(numbers[::2], places, strict=True))


class Writer(IncrementalPdfFileWriter):
    """Adds to a file so that it stays PDF/A, and leaves its metadata alone.

    pyHanko would write the time of change into the document's properties and rewrite their XMP; what declares PDF/A and PDF/UA there
    does not survive that. And it ends a stream by a line feed: after a carriage return, with which one certificate of a hundred
    ends, that reads as one line end of two bytes, and the length is wrong by one. Such a stream is written in hexadecimal digits.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))

    def _update_meta(self) -> None:
        pass

    def add_object(
        self, obj: generic.PdfObject, *where: Any, **named: Any
    ) -> generic.IndirectObject:
        if isinstance(obj, generic.StreamObject) and obj.encoded_data.endswith((b"\r", b"\n")):
            obj.apply_filter("/ASCIIHexDecode")
        return super().add_object(obj, *where, **named)


def written(writer: Writer) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
