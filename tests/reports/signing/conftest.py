"""A test authority, two signers and three issued files, made once; signing and checking never change them."""

import datetime as dt
from functools import partial

import pytest
import weasyprint

from reports.renderers import issued
from reports.signing.authority import TestAuthority
from reports.signing.verification import verify
from tests.reports.signing.signing_day import AT


@pytest.fixture(scope="session")
def authority():
    return TestAuthority.create(at=AT - dt.timedelta(days=30))


@pytest.fixture(scope="session")
def trust(authority):
    """With lists of revoked certificates as of the day of signing."""
    return authority.trust(at=AT)


@pytest.fixture(scope="session")
def head(authority):
    return authority.key(
        "Керівник Установи Перший", tax_number="1234567899", edrpou="04053625", organisation="Установа"
    )  # fmt: skip


@pytest.fixture(scope="session")
def accountant(authority):
    return authority.key("Бухгалтер Установи Друга", tax_number="2234567890")


@pytest.fixture(scope="session")
def report_pdf():
    """A small one that is archival and accessible in the way of issued reports: metadata, attachment, tags."""
    page = (
        "<html lang=uk><title>Звіт</title><h1>Звіт</h1><p>Касові видатки 216 000,00 грн</p></html>"
    )
    return weasyprint.HTML(string=page).write_pdf(
        pdf_variant="pdf/a-3a",
        pdf_identifier=True,
        attachments=[weasyprint.Attachment(string='{"сума": "216000.00"}', name="zvit.json")],
        finisher=partial(issued._finish, 0),
    )


@pytest.fixture(scope="session")
def originals(report_pdf):
    return {
        "zvit.pdf": report_pdf,
        "zvit.json": '{"сума": "216000.00", "рік": 2023}'.encode(),
        "zvit.xlsx": b"PK\x03\x04 a workbook for whoever only compares bytes",
    }


@pytest.fixture
def check(originals, trust):
    """Findings of an upload, as of the day of signing unless told otherwise."""

    def check(upload, *, originals=originals, trust=trust, at=AT):
        return verify(upload, name="upload", originals=originals, trust=trust, at=at)

    return check
