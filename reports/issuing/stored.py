"""The bytes that belong to an issued report: what was issued, and what was signed since."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.models import IssuedReport
from reports.models.issued import IssuedFile, IssuedSignature


@dataclass(frozen=True, slots=True)
class Stored:
    name: str
    content: bytes


def files(report: IssuedReport) -> Iterator[Stored]:
    """The issued files, PDF first."""
    for file in report.files.all():
        yield Stored(file.name, read(file))


def signed_files(report: IssuedReport) -> Iterator[Stored]:
    """Each file that brought signatures, once, in the order in which they came."""
    seen = set()
    for signature in report.signatures.all():
        if signature.name not in seen:
            seen.add(signature.name)
            yield Stored(signature.name, read(signature))


def originals(report: IssuedReport) -> dict[str, bytes]:
    """What a signature of this report may stand on: its files and its signed PDFs, by name; the issued PDF first."""
    signed = (each for each in signed_files(report) if each.name.endswith(".pdf"))
    return {each.name: each.content for each in (*files(report), *signed)}


def current(report: IssuedReport) -> IssuedFile | IssuedSignature:
    """The row of the PDF to sign next and to hand out: with every signature that counts so far."""
    signed = [each for each in report.signatures.all() if each.counts and each.is_pdf]
    if signed:
        return signed[-1]
    return next(file for file in report.files.all() if file.format == "pdf")


def current_pdf(report: IssuedReport) -> Stored:
    row = current(report)
    return Stored(row.name, read(row))


def pdf_names(report: IssuedReport) -> set[str]:
    names = {file.name for file in report.files.all() if file.format == "pdf"}
    return names | {each.name for each in report.signatures.all() if each.is_pdf}


def read(row: IssuedFile | IssuedSignature) -> bytes:
    with row.file.open("rb") as opened:
        return bytes(opened.read())
