"""Signatures that hold: each way of signing, its level, signer, time and document."""

import asyncio
import base64
import datetime as dt
import io

import page
import pypdf
import pytest
from asn1crypto import pem
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfTimeStamper
from pyhanko.sign.signers import sign_pdf as sign_as_pyhanko_does

from reports.signing import asice, cms, containers, pdf, pdf_files, pdf_reading
from reports.signing.findings import Verdict
from reports.signing.trust import Trust
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


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_a_signed_pdf_stays_archival_and_accessible(profile, report_pdf, head, signed_twice):
    """The validator wants every signature over the whole file, which only the last of several can be (see docs/adr/0014)."""
    assert page.is_pdf_compliant_bytes(report_pdf, profile=profile)
    once = pdf.sign_pdf(report_pdf, head, reason="Затверджую", at=AT)
    assert page.is_pdf_compliant_bytes(once, profile=profile)
    failures = page.validate_pdf_bytes(signed_twice, profile=profile).failures
    assert {one.rule_id for one in failures} <= {"PDFA3A-SIGNATURE-BYTERANGE-001"}


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"x"])
def test_streams_that_end_like_a_line_keep_their_length(end, report_pdf):
    """One certificate of a hundred does, and made the file no PDF/A."""
    writer = pdf_files.Writer(report_pdf)
    added = writer.add_object(generic.StreamObject(stream_data=b"data" + end))
    writer.root[generic.pdf_name("/Added")] = added
    writer.update_root()
    done = pdf_files.written(writer)
    assert "PDFA3A-STREAM-LENGTH-001" not in {one.rule_id for one in page.validate_pdf_bytes(done, profile="3a").failures}  # fmt: skip
    assert pdf_files.Reader(done).root["/Added"].data == b"data" + end


def test_signing_leaves_attachments_and_tags(signed_twice, report_pdf):
    before, after = (pypdf.PdfReader(io.BytesIO(one)) for one in (report_pdf, signed_twice))
    assert after.attachments == before.attachments != {}
    tags = [one.root_object.raw_get("/StructTreeRoot").idnum for one in (before, after)]
    assert tags[0] == tags[1]
    assert after.metadata == before.metadata


def test_the_head_of_an_object_stream_is_read_once(report_pdf, signed_twice, check, monkeypatch):
    """Comparing revisions of a report of thousands of objects took 40 seconds before."""
    read = []
    head = pdf_files.Reader._head
    monkeypatch.setattr(pdf_reading, "_compared", {})
    monkeypatch.setattr(pdf_files.Reader, "_head", lambda self, number: read.append(number) or head(self, number))  # fmt: skip
    check(signed_twice)
    assert report_pdf.count(b"/ObjStm") == 1
    assert len(read) == 2, "one of the issued file, one of the signed"


def test_a_file_is_compared_with_the_issued_one_once(report_pdf, head, originals, check, monkeypatch):  # fmt: skip
    """Who is believed is asked each time; what lies in the bytes is remembered by their digests."""
    signed = pdf.sign_pdf(report_pdf, head, reason="Затверджую", at=AT)
    asked = []
    review = pdf_reading.file_problems
    monkeypatch.setattr(pdf_reading, "file_problems", lambda *files: asked.append(1) or review(*files))  # fmt: skip
    for trust, verdict in ((None, Verdict.VALID), (Trust(), Verdict.NOT_CHECKED)):
        (finding,) = check(signed, **({"trust": trust} if trust else {}))
        assert finding.verdict == verdict
    assert len(asked) == 1
    check(signed, originals={**originals, "zvit.pdf": report_pdf[:-1]})
    check(signed + b"\n")
    assert len(asked) > 1


def test_only_so_many_comparisons_are_remembered(report_pdf, head, accountant, check, monkeypatch):
    monkeypatch.setattr(pdf_reading, "MOST_COMPARED", 1)
    monkeypatch.setattr(pdf_reading, "_compared", {})
    for key in (head, accountant):
        check(pdf.sign_pdf(report_pdf, key, reason="", at=AT))
    assert len(pdf_reading._compared) == 1


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


def test_a_container_takes_ukrainian_names(originals, head, check):
    files = {"звіт за рік.pdf": originals["zvit.pdf"]}
    packed = asice.pack(files, head, at=AT)
    assert "звіт" not in containers.read(packed)["META-INF/ASiCManifest001.xml"].decode()
    (finding,) = check(packed)
    assert (finding.verdict, finding.document) == (Verdict.VALID, "zvit.pdf")


def test_a_signature_is_read_as_pem_and_as_base64(originals, head, check):
    der = cms.sign_detached(originals["zvit.json"], head, at=AT)
    lines = base64.encodebytes(der)
    for upload in (lines, pem.armor("CMS", der)):
        (finding,) = check(upload)
        assert finding.verdict == Verdict.VALID


def signed_as_pyhanko_does(pdf_bytes, keys, subfilter=SigSeedSubFilter.PADES, box=None):
    """With its own habits: it notes the time of change in the metadata, and draws a mark where it has a box."""
    for number, key in enumerate(keys):
        name = f"Mark{number}"
        meta = PdfSignatureMetadata(field_name=name, subfilter=subfilter, md_algorithm="sha256")
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf_bytes))
        spec = SigFieldSpec(name, box=box)
        pdf_bytes = sign_as_pyhanko_does(
            writer, meta, key.for_pyhanko(), new_field_spec=spec
        ).getvalue()
    return pdf_bytes


@pytest.mark.parametrize("subfilter", [SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED])  # fmt: skip
def test_signatures_of_other_programs_are_read(subfilter, report_pdf, head, accountant, check):
    findings = check(signed_as_pyhanko_does(report_pdf, (head, accountant), subfilter))
    assert [one.verdict for one in findings] == [Verdict.VALID, Verdict.VALID]
    assert [one.signer for one in findings] == [head.signer, accountant.signer]


def test_a_mark_drawn_over_the_page_is_no_signature_of_the_report(report_pdf, head, check):
    """It could cover every figure, and the bytes below would still be the issued ones."""
    (finding,) = check(signed_as_pyhanko_does(report_pdf, (head,), box=(0, 0, 840, 560)))
    assert finding.verdict == Verdict.INVALID
    assert [reason.code for reason in finding.reasons if not reason.is_remark] == ["visible_mark"]


def test_a_timestamp_of_the_whole_document_is_no_change(signed_twice, authority, check):
    service = authority.timestamp_service(at=AT)
    output = io.BytesIO()
    PdfTimeStamper(service).timestamp_pdf(pdf_files.Writer(signed_twice), "sha256", output=output)
    findings = check(output.getvalue())
    assert [one.verdict for one in findings] == [Verdict.VALID, Verdict.VALID]


def test_a_signature_works_where_a_loop_is_running(report_pdf, head, check):
    """A browser's driver keeps one in the thread of its tests."""

    async def inside():
        return check(pdf.sign_pdf(report_pdf, head, reason="", at=AT))

    (finding,) = asyncio.run(inside())
    assert finding.verdict == Verdict.VALID
