"""Issued reports through the API: read, taken under a receipt, signed elsewhere, returned, published."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.issuing import trusting
from reports.models import IssuedReport
from reports.signing import pdf
from tests.api.conftest import refusal
from tests.reports.issued_samples import current, issued, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def report(sample, officer) -> IssuedReport:
    return issued(sample, officer)


def test_reports_are_listed_and_told_whole(finance, report, sample):
    (row,) = finance.get("issued/?status=issued").json()["results"]
    assert (row["name"], row["passport"], row["version"]) == ("2023-0217530-zvit-v1", sample.pk, 1)
    assert finance.get("issued/?status=signed").json()["results"] == []
    whole = finance.get(f"issued/{report.pk}/").json()
    assert [each["name"] for each in whole["signers"]] == ["Ольга ПАШКО", "Тетяна ОСАДЧУК"]
    assert {each["name"].rpartition(".")[2] for each in whole["files"]} == {"pdf", "xlsx", "json"}
    assert "tax_number" not in str(whole)


def test_a_file_is_taken_under_a_receipt(program, clerk, report):
    council = program(clerk)
    file = report.files.get(format="pdf")
    at = f"issued/{report.pk}/files/{file.digest}/"
    refusal(council.get(at), 422, "rule")
    refusal(council.post(f"issued/{report.pk}/take/", {"file": "inshyi.pdf"}), 422, "invalid")
    made = council.post(f"issued/{report.pk}/take/", {"file": file.name})
    assert made.status_code == 201
    assert made.json()["person"]["id"] == clerk.pk
    answer = council.get(at)
    assert answer.getvalue() == file.file.open().read()
    assert answer["ETag"] == f'"{file.digest}"'
    assert report.receipts.get().what == file.name
    assert council.get(f"issued/{report.pk}/files/{'0' * 64}/").status_code == 404


def test_a_signature_made_elsewhere_is_brought_and_judged(program, signatory, report):
    hand = program(signatory)
    authority, at = trusting.sample_authority(), f"issued/{report.pk}/signatures/"

    def brought(person):
        content = pdf.sign_pdf(current(report), authority.key(person), reason="x")
        return hand.client.post(
            f"/api/v1/{at}",
            {"file": SimpleUploadedFile("zvit.pdf", content)},
            headers={"Authorization": f"Bearer {hand.token}"},
        )

    refusal(brought("ОСАДЧУК Тетяна"), 422, "rule")  # not in turn
    answer = brought("ПАШКО Ольга")
    assert answer.status_code == 201
    (kept,) = answer.json()["signatures"]
    assert (kept["person"], kept["verdict"], kept["counts"]) == ("ПАШКО Ольга", "valid", True)
    assert answer.json()["status"] == "signing"
    returned = hand.post(f"issued/{report.pk}/return/", {"reason": "сума не та"})
    assert returned.json()["status"] == "returned"
    refusal(brought("ОСАДЧУК Тетяна"), 422, "rule")


def test_a_signed_report_is_published_once_signed(program, clerk, report):
    council, at = program(clerk), f"issued/{report.pk}/publish/"
    refusal(council.post(at), 422, "rule")
    signed(report)
    assert council.post(at).json()["published_at"]
