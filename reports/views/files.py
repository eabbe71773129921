"""Handing out files."""

from django.http import HttpResponse

from reports.documents.base import Document
from reports.renderers import FORMATS, WORKING_COPY


def attachment(document: Document, format_name: str, *, working_copy: bool = False) -> HttpResponse:
    """The document in one of FORMATS; a working copy is the workbook with live formulas."""
    format_ = FORMATS[format_name]
    is_copy = working_copy and format_name == "xlsx"
    content = (WORKING_COPY if is_copy else format_).render(document)
    name = f"{document.file_stem}{'-robocha' if is_copy else ''}.{format_.extension}"
    return file(content, format_.content_type, name)


def file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
