from reports.documents.base import Document
from reports.renderers import FORMATS

BEGINNINGS = {
    "html": b"<!DOCTYPE html>",
    "pdf": b"%PDF-",
    "xlsx": b"PK",
    "docx": b"PK",
    "json": b"{",
}


def test_every_format_renders_by_name(document: Document):
    assert set(FORMATS) == set(BEGINNINGS)
    for name, entry in FORMATS.items():
        assert entry.render(document).startswith(BEGINNINGS[name])
        assert entry.file_name(document) == f"2023-0217530-zvit.{name}"
