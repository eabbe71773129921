"""Is this upload a signature of the issued files, whose, and does it hold."""

import datetime as dt
from collections.abc import Mapping

from reports.signing import asice, cms, pdf_reading
from reports.signing.findings import Finding, UnreadableUpload
from reports.signing.national import NationalLibrary
from reports.signing.signed_part import Judge
from reports.signing.trust import Trust

LARGEST_UPLOAD = 20 * 1024 * 1024  # bytes


def verify(
    upload: bytes,
    *,
    name: str,
    originals: Mapping[str, bytes],
    trust: Trust,
    at: dt.datetime,
    national: NationalLibrary | None = None,
) -> tuple[Finding, ...]:
    """A finding for each signature in the upload: a signed PDF, a .p7s with or without the file inside, an .asice.

    ``originals`` are the issued files by name, any of which may be signed. ``at`` is the time for which signatures without a
    good timestamp are judged: when the upload arrived. The kind is told by the content; ``name`` is used only in words.
    ``national`` is asked about ДСТУ 4145; without it such signatures are not checked.

    Raises UnreadableUpload for what is no signature, is too large, or unpacks to too much.
    """
    if len(upload) > LARGEST_UPLOAD:
        raise UnreadableUpload(
            f"Файл «{name}» більший за {LARGEST_UPLOAD // 1024**2} МБ; файли підписів стільки не займають."
        )
    judge = Judge(trust=trust, at=at, national=national)
    if upload.startswith(b"%PDF-"):
        return pdf_reading.verify(upload, originals=originals, judge=judge)
    if upload.startswith(b"PK\x03\x04"):
        return asice.verify(upload, originals=originals, judge=judge)
    return cms.verify(upload, originals=originals, judge=judge)
