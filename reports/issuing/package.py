"""Everything that belongs to an issued report, as files: for a folder or for one archive."""

import json
from collections.abc import Iterator

from django.utils import timezone

from reports.issuing.payload import digest
from reports.models import IssuedReport


def contents(report: IssuedReport) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file, and last a table of contents in JSON with their SHA-256."""
    told = []
    for name, content in _files(report):
        told.append({"name": name, "size": len(content), "sha256": digest(content)})
        yield name, content
    described = {
        "number": report.pk,
        "name": report.name,
        "title": report.title,
        "code": report.code,
        "version": report.version,
        "status": report.status,
        "supersedes": report.supersedes.name if report.supersedes else None,
        "issued_at": timezone.localtime(report.issued_at).isoformat(timespec="seconds"),
        "payload_sha256": report.digest,
        "figures_equal": report.figures,
        "is_test": report.is_test,
        "files": told,
    }
    text = json.dumps(described, ensure_ascii=False, indent=2)
    yield f"{report.name}-zmist.json", f"{text}\n".encode()


def _files(report: IssuedReport) -> Iterator[tuple[str, bytes]]:
    for file in report.files.all():
        with file.file.open("rb") as opened:
            yield file.name, opened.read()
