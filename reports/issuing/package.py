"""Everything that belongs to an issued report, as files: for a folder or for one archive."""

import json
from collections.abc import Iterator

from django.utils import timezone

from reports.issuing import stored
from reports.issuing.payload import digest
from reports.models import IssuedReport, IssuedSignature


def contents(report: IssuedReport) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file, and last a table of contents in JSON with their SHA-256."""
    told = []
    for each in (*stored.files(report), *stored.signed_files(report)):
        told.append({"name": each.name, "size": len(each.content), "sha256": digest(each.content)})
        yield each.name, each.content
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
        "signatures": [_signature(each) for each in report.signatures.select_related("signer")],
    }
    text = json.dumps(described, ensure_ascii=False, indent=2)
    yield f"{report.name}-zmist.json", f"{text}\n".encode()


def _signature(signature: IssuedSignature) -> dict[str, object]:
    """What is public of a signature; a person's tax number is not."""
    return {
        "signer": str(signature.signer),
        "person": signature.person,
        "organisation": signature.organisation,
        "edrpou": signature.edrpou,
        "verdict": signature.verdict,
        "counts": signature.counts,
        "format": signature.format,
        "level": signature.level,
        "algorithm": signature.algorithm,
        "is_test": signature.is_test,
        "signed_at": signature.signed_at and signature.signed_at.isoformat(),
        "file": signature.name,
        "document": signature.document,
    }
