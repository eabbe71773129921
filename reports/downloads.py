"""Handing out documents as files, for pages and the API alike."""

import re
from collections.abc import Iterator
from typing import IO

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from reports.documents.base import Document
from reports.renderers import FORMATS, WORKING_COPY

_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CONTENT_TYPES = {
    "asice": "application/vnd.etsi.asic-e+zip",
    "p7s": "application/pkcs7-signature",
    "csv": "text/csv; charset=utf-8",
}


def attachment(document: Document, format_name: str, *, working_copy: bool = False) -> HttpResponse:
    """The document in one of FORMATS; a working copy is the workbook with live formulas."""
    format_ = WORKING_COPY if working_copy and format_name == "xlsx" else FORMATS[format_name]
    return file(format_.render(document), format_.content_type, format_.file_name(document))


def file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def content_type_of(name: str) -> str:
    ending = name.rpartition(".")[2]
    if ending in FORMATS:
        return FORMATS[ending].content_type
    return CONTENT_TYPES.get(ending, "application/octet-stream")


def stored_file(
    request: HttpRequest, place: FieldFile, *, name: str, size: int, digest: str
) -> HttpResponseBase:
    """A stored file that never changes: whole, or the one range that is asked for; its digest is its ETag.

    A download that broke off goes on where it stopped (Range with If-Range), and what is there already is not sent again.
    """
    etag = f'"{digest}"'
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    try:
        content = place.open("rb")
    except FileNotFoundError as error:  # lost with its disk
        raise Http404 from error
    first, last = 0, size - 1
    asked = _asked_range(request, etag, size)
    if asked is None:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if asked:
        first, last = asked
    answer = StreamingHttpResponse(
        _parts(content, first, last - first + 1),
        status=206 if asked else 200,
        content_type=content_type_of(name),
    )
    for header, value in {
        "Content-Length": str(last - first + 1),
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": content_disposition_header(True, name) or "",
        "X-Content-Type-Options": "nosniff",
    }.items():
        answer.headers[header] = value
    if asked:
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return answer


def _asked_range(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | tuple[()] | None:
    """First and last byte; empty for the whole file (also for several ranges at once); None for what cannot be satisfied."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not match or not any(match.groups()) or request.headers.get("If-Range", etag) != etag:
        return ()
    first, last = match.groups()
    if not first:  # the last so many bytes
        return (max(0, size - int(last)), size - 1) if int(last) else None
    if int(first) >= size or (last and int(last) < int(first)):
        return None
    return int(first), min(int(last), size - 1) if last else size - 1


def _parts(content: IO[bytes], first: int, length: int) -> Iterator[bytes]:
    with content:
        content.seek(first)
        while length and (part := content.read(min(_CHUNK, length))):
            length -= len(part)
            yield part
