"""Handing out documents as files, for pages and the API alike."""

from django.http import HttpResponse

from reports.documents.base import Document
from reports.renderers import FORMATS, WORKING_COPY


def attachment(document: Document, format_name: str, *, working_copy: bool = False) -> HttpResponse:
    """The document in one of FORMATS; a working copy is the workbook with live formulas."""
    format_ = WORKING_COPY if working_copy and format_name == "xlsx" else FORMATS[format_name]
    return file(format_.render(document), format_.content_type, format_.file_name(document))


def file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
