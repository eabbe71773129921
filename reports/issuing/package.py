"""Everything that belongs to an issued report, as files: for a folder or for one archive."""

import json
from collections.abc import Iterator

from django.utils import timezone

from reports.issuing import stored
from reports.models import IssuedFile, IssuedReport, IssuedSignature


def contents(report: IssuedReport) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file, and last the list of them."""
    for each in (*stored.files(report), *stored.signed_files(report)):
        yield each.name, each.content
    yield f"{report.name}-zmist.json", listing(report)


def listing(report: IssuedReport) -> bytes:
    """What belongs to the report as it stands now, in JSON: files with their SHA-256, signatures, its code and status."""
    kept: dict[str, IssuedFile | IssuedSignature] = {}
    kept |= {file.name: file for file in report.files.all()}
    kept |= {signature.name: signature for signature in report.signatures.all()}
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
        "files": [
            {"name": each.name, "size": each.size, "sha256": each.digest} for each in kept.values()
        ],
        "signatures": [_signature(each) for each in report.signatures.select_related("signer")],
    }
    return f"{json.dumps(described, ensure_ascii=False, indent=2)}\n".encode()


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
