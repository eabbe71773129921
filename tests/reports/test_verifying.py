"""Is this copy what was issued: by its bytes, by the code it carries, and on the command line."""

import io
import json

import openpyxl
import pypdf
import pytest
import weasyprint
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from reports.issuing import package, trusting, verifying
from reports.issuing.verifying import Answer
from reports.models import IssuedReport
from reports.renderers import xlsx
from reports.signing import asice, cms, pdf
from tests.reports import issued_samples
from tests.reports.issued_samples import current, issued, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(sample, officer) -> IssuedReport:
    return signed(issued(sample, officer))


def file(report: IssuedReport, format_name: str) -> bytes:
    return report.files.get(format=format_name).file.open().read()


def answer(content: bytes) -> Answer:
    return verifying.by_file(content, "copy").answer


def test_every_file_of_a_signed_report_is_genuine(report):
    for name, content in package.contents(report):
        found = verifying.by_file(content, name)
        assert (found.answer, found.report) == (Answer.GENUINE, report), name
        assert [each.verdict.value for each in found.signatures] == ["valid", "valid"]
    assert "не всі підписи" in verifying.by_file(
        next(each.file.open().read() for each in report.signatures.all()), "x"
    ).notes[0]  # fmt: skip


def test_a_later_signed_version_supersedes_and_an_unsigned_one_does_not(report, officer):
    later = issued(report.passport, officer)
    assert answer(current(report)) is Answer.GENUINE
    assert answer(current(later)) is Answer.UNSIGNED
    signed(later)
    found = verifying.by_file(current(report), "copy")
    assert (found.answer, found.current) == (Answer.SUPERSEDED, later)
    assert answer(current(later)) is Answer.GENUINE


def test_a_changed_pdf_is_named_with_what_it_says_otherwise(report, authority):
    original = current(report)
    other = weasyprint.HTML(
        string=f"<html lang=uk><h1>Звіт</h1><p>999\u00a0550,00 {report.shown_code}</p></html>"
    ).write_pdf(pdf_tags=True, uncompressed_pdf=True)  # fmt: skip
    found = verifying.by_file(other, "copy")
    assert (found.answer, found.report) == (Answer.CHANGED, report)
    assert any("638\u00a0550,00" in line or "638 550,00" in line for line in found.differences)
    # An update after signing.
    writer = pypdf.PdfWriter(fileobj=io.BytesIO(original), incremental=True)
    writer.add_metadata({"/Subject": report.shown_code})
    writer.add_blank_page()
    written = io.BytesIO()
    writer.write(written)
    found = verifying.by_file(written.getvalue(), "copy")
    assert found.answer is Answer.CHANGED
    assert found.notes


@pytest.fixture
def authority(sample):
    return trusting.sample_authority()


def test_one_byte_more_or_less_is_a_change(report):
    whole = current(report)
    flipped = bytearray(whole)
    flipped[len(flipped) // 3] ^= 1
    for copy in (bytes(flipped), whole + b"\n", whole[:-1]):
        found = verifying.by_file(copy, "copy")
        assert found.answer is Answer.CHANGED
        assert found.report == report


def test_changed_data_are_compared_by_place(report):
    data = json.loads(file(report, "json"))
    data["document"]["title"] = "Інший звіт"
    found = verifying.by_file(json.dumps(data, ensure_ascii=False).encode(), "copy")
    assert found.answer is Answer.CHANGED
    (line,) = found.differences
    assert line.startswith('document.title: видано «"ЗВІТ про виконання')
    same = verifying.by_file(json.dumps(data | {"document": json.loads(report.payload)["document"]}, indent=1).encode(), "copy")  # fmt: skip
    assert same.differences == ("Видимий вміст той самий, змінено самі байти файла.",)


def test_changed_workbooks_are_compared_by_cell(sample, officer, monkeypatch):
    from reports.documents import passport_execution  # noqa: PLC0415

    def with_workbook(head, document, text):
        made = xlsx.render(document, properties={"code": head.code})
        return issued_samples._few(head, document, text) | {"xlsx": made}

    monkeypatch.setattr(issued_samples, "few_files", with_workbook)
    report = signed(issued(sample, officer))
    assert passport_execution.build(sample).table("lines")
    book = openpyxl.load_workbook(io.BytesIO(file(report, "xlsx")))
    cell = next(c for row in book["7.1"].iter_rows() for c in row if c.value == 638550)
    cell.value = 638551
    written = io.BytesIO()
    book.save(written)
    found = verifying.by_file(written.getvalue(), "copy")
    assert found.answer is Answer.CHANGED
    assert f"аркуш 7.1, {cell.coordinate}: видано «638550», тут «638551»" in found.differences


def test_a_container_is_known_by_what_is_inside(report, authority):
    key = authority.key("ПАШКО Ольга")
    whole = asice.pack({"zvit.pdf": current(report)}, key)
    assert verifying.by_file(whole, "zvit.asice").report == report
    swapped = asice.pack({"zvit.pdf": current(report), "inshyi.txt": b"x"}, key)
    assert answer(swapped) is Answer.CHANGED


def test_what_was_never_issued_is_unknown(report, authority):
    key = authority.key("ПАШКО Ольга")
    for stranger in (b"", b"%PDF-1.7 nothing", b"{}", b"{", b"PK\x03\x04broken", "будь-що".encode(),
                     cms.sign_detached(b"x", key), pdf.sign_pdf(issued_samples._page("x"), key, reason="x")):  # fmt: skip
        assert answer(stranger) is Answer.UNKNOWN


def test_a_strangers_signature_makes_no_genuine_copy(report, authority):
    """Anybody with a certificate can add one; what it says beside ours is nothing the city vouches for."""
    copy = pdf.sign_pdf(current(report), authority.key("ШАХРАЙ Петро"), reason="x")
    found = verifying.by_file(copy, "copy")
    assert found.answer is Answer.CHANGED
    assert "Додано підпис, якого немає серед прийнятих: ШАХРАЙ Петро." in found.notes


def test_a_status_alone_signs_nothing(sample, officer):
    report = issued(sample, officer)
    IssuedReport.objects.filter(pk=report.pk).update(status="signed")
    assert verifying.by_code(report.code).answer is Answer.UNSIGNED


def test_nobody_is_added_to_the_signers(report):
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        report.signers.create(order=9, position="Ще хтось", name="Хтось")


def test_without_trust_nothing_is_called_genuine(report, settings):
    settings.SAMPLE = False
    found = verifying.by_file(current(report), "copy")
    assert found.answer is Answer.NOT_CHECKED
    assert {each.verdict.value for each in found.signatures} == {"not_checked"}


def test_a_stored_file_that_was_spoilt_is_invalid(report):
    row = report.signatures.last()
    content = bytearray(row.file.open().read())
    content[len(content) // 3] ^= 1
    with row.file.storage.open(row.file.name, "wb") as spoilt:
        spoilt.write(bytes(content))
    assert verifying.by_code(report.code).answer is Answer.INVALID


@pytest.mark.parametrize("change", [str.lower, lambda code: code.translate(str.maketrans("AHKXTC", "АНКХТС")),
                                    lambda code: f" {code[:4]} {code[4:8]}-{code[8:]}."])  # fmt: skip
def test_a_code_is_read_as_people_type_it(report, change):
    found = verifying.by_code(change(report.shown_code))
    assert (found.answer, found.report) == (Answer.GENUINE, report)


def test_a_wrong_code_is_unknown(report):
    for typed in ("", "0000-0000-0000", report.code[:-1], "Ж" * 12):
        assert verifying.by_code(typed).answer is Answer.UNKNOWN


def test_the_command_says_which_and_only_genuine_ends_well(report, tmp_path):
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(current(report))
    bad.write_bytes(b"%PDF-1.7")
    told = io.StringIO()
    call_command("verify_document", str(good), stdout=told)
    assert told.getvalue().splitlines()[0] == f"{good}: genuine (2023-0217530-zvit-v1)"
    assert "Керуючий справами Ольга ПАШКО: valid, test signature" in told.getvalue()
    told = io.StringIO()
    with pytest.raises(CommandError, match="Not every file"):
        call_command("verify_document", str(good), str(bad), stdout=told)
    assert f"{bad}: unknown" in told.getvalue()
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("verify_document", str(tmp_path / "none"), stdout=told)
