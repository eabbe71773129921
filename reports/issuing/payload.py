"""The payload of an issued report: canonical JSON, whose SHA-256 stands for the whole document.

Canonical: UTF-8, keys in order, no spaces, figures as strings with their exact decimals, no floats. So any program that
writes the same content writes the same bytes.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from reports.documents.base import Document
from reports.renderers.data import as_data

FORMAT = "eprogram-issued-1"


@dataclass(frozen=True, slots=True)
class Head:
    """What an issued report says of itself beside the document. ``signers``: position and name, in order."""

    name: str
    version: int
    supersedes: str | None
    code: str
    issued_at: dt.datetime
    community: str
    year: int | None
    period: str
    signers: tuple[tuple[str, str], ...]
    is_test: bool


def payload(head: Head, document: Document) -> str:
    """The payload as text; its bytes are the data file of the report."""
    issued = {
        "name": head.name,
        "version": head.version,
        "supersedes": head.supersedes,
        "code": head.code,
        "issued_at": head.issued_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "community": head.community,
        "year": head.year,
        "period": head.period,
        "signers": [{"position": position, "name": name} for position, name in head.signers],
        "is_test": head.is_test,
    }
    return canonical({"format": FORMAT, "issued": issued, "document": as_data(document)})


def canonical(content: Any) -> str:
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
