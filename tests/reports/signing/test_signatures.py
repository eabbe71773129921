"""Signatures that hold: each way of signing, its level, signer, time and document."""

import datetime as dt

import pytest

from reports.signing import asice, cms, pdf
from reports.signing.findings import Verdict
from tests.reports.signing.signing_day import AT


@pytest.fixture(scope="module")
def signed_twice(report_pdf, head, accountant, authority, trust):
    first = pdf.sign_pdf(report_pdf, head, reason="Затверджую", at=AT)
    service = authority.timestamp_service(at=AT + dt.timedelta(minutes=1))
    return pdf.sign_pdf(
        first, accountant, reason="Погоджую", at=AT, timestamp_service=service, revocation=trust
    )


def test_two_sign_a_pdf_in_turn(signed_twice, report_pdf, check):
    first, second = check(signed_twice)
    assert (first.verdict, second.verdict) == (Verdict.VALID, Verdict.VALID)
    assert (first.level, second.level) == ("B-B", "B-LT")
    assert (first.signed_at, first.is_timestamped) == (AT, False)
    assert (second.signed_at, second.is_timestamped) == (AT + dt.timedelta(minutes=1), True)
    assert {first.format, second.format} == {"PAdES"}
    assert first.document == "zvit.pdf"
    assert first.reasons == second.reasons == ()
    assert signed_twice.startswith(report_pdf)
    assert pdf.count_signatures(signed_twice) == 2


def test_a_finding_says_who_signed_and_that_it_is_a_test(signed_twice, check, head):
    finding, other = check(signed_twice)
    assert finding.signer.name == "Керівник Установи Перший"
    assert (finding.signer.tax_number, finding.signer.edrpou) == ("1234567899", "04053625")
    assert finding.signer.organisation == "Установа"
    assert other.signer.tax_number == "2234567890"
    assert finding.is_test
    assert finding.algorithm == "ECDSA P-256, SHA-256"
    assert finding.certificate == head.certificate
    assert "ТЕСТОВИЙ" in finding.signer.issuer


@pytest.mark.parametrize("make", [cms.sign_detached, cms.sign_attached])
@pytest.mark.parametrize("name", ["zvit.pdf", "zvit.json", "zvit.xlsx"])
def test_any_issued_file_may_be_signed_beside_or_around_it(make, name, originals, head, check):
    (finding,) = check(make(originals[name], head, at=AT))
    assert (finding.verdict, finding.level, finding.format) == (Verdict.VALID, "B-B", "CAdES")
    assert (finding.document, finding.signed_at) == (name, AT)


def test_a_container_holds_several_files_and_signatures(originals, head, accountant, check):
    packed = asice.sign_again(asice.pack(originals, head, at=AT), accountant, at=AT)
    findings = check(packed)
    assert [one.verdict for one in findings] == [Verdict.VALID, Verdict.VALID]
    assert {one.format for one in findings} == {"ASiC-E"}
    assert findings[0].document == "zvit.pdf, zvit.json, zvit.xlsx"
    assert [one.signer.name for one in findings] == [head.signer.name, accountant.signer.name]
