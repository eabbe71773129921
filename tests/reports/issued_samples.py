"""Issued reports without waiting for their printing: the PDF is one small page, the rest is real."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import weasyprint
from django.contrib.auth.models import User

from budgets.models import Passport
from reports.issuing import stored, wanted
from reports.models import IssuedReport
from reports.models.issued import grouped
from reports.renderers.read_back import prove
from reports.services import issuing, signatures
from reports.services.signatures import Upload

KIND = "passport-execution"


@functools.cache
def _page(code: str = "") -> bytes:
    text = (
        f"<html lang=uk><meta name=keywords content={grouped(code)}><title>Звіт</title>"
        f"<h1>Звіт</h1><p>638\u00a0550,00 {grouped(code)}</p></html>"
    )
    return bytes(weasyprint.HTML(string=text).write_pdf(pdf_tags=True, uncompressed_pdf=True))


def _few(head, _document, text: str) -> dict[str, bytes]:
    return {"pdf": _page(head.code), "xlsx": b"PK\x03\x04", "json": text.encode()}


few_files = _few


@contextmanager
def unprinted() -> Iterator[None]:
    """Issuing within takes no seconds: a page is printed instead of the document, and only the data are proved."""

    def prove_data(document, format_name, content):
        return prove(document, format_name, content) if format_name == "json" else 0

    with (
        mock.patch.object(issuing, "_files", few_files),
        mock.patch.object(issuing, "prove", prove_data),
    ):
        yield


def issued(sample: Passport, by: User | None, kind: str = KIND, **more) -> IssuedReport:
    with unprinted():
        return issuing.issue(wanted=wanted.of_passport(kind, sample), by=by, **more)


def signed(report: IssuedReport, times: int = 9) -> IssuedReport:
    """Signed with the sample's authority, by all or by the first few."""
    for _signer in report.signers.all()[:times]:
        signatures.sign_as_sample(report=report, by=None)
        report.refresh_from_db()
    return report


def current(report: IssuedReport) -> bytes:
    """The PDF to sign next."""
    return stored.current_pdf(IssuedReport.objects.get(pk=report.pk)).content


def upload(report: IssuedReport, content: bytes, by: User | None, name: str = "file"):
    report = IssuedReport.objects.get(pk=report.pk)
    return signatures.sign(report=report, upload=Upload(content, name), by=by)
