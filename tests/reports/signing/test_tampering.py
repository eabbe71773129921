"""Every change after signing is found, and named."""

import base64
import io
import zipfile

import pytest
from asn1crypto import cms as cms_formats
from pyhanko.pdf_utils import generic
from pyhanko.sign import fields

from reports.signing import asice, cms, containers, pdf, pdf_files
from reports.signing.findings import UnreadableUpload, Verdict
from tests.reports.signing.signing_day import AT, codes


@pytest.fixture(scope="module")
def signed(report_pdf, head):
    return pdf.sign_pdf(report_pdf, head, reason="Затверджую", at=AT)


@pytest.fixture(scope="module")
def signed_twice(signed, accountant):
    return pdf.sign_pdf(signed, accountant, reason="Погоджую", at=AT)


@pytest.fixture(scope="module")
def packed(originals, head):
    return asice.pack({name: originals[name] for name in ("zvit.pdf", "zvit.json")}, head, at=AT)


def updated(data, change):
    """The PDF with one incremental update that ``change`` makes."""
    writer = pdf_files.Writer(data)
    change(writer)
    return pdf_files.written(writer)


def paint_over(writer):
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    painted = generic.StreamObject(stream_data=b"1 1 1 rg 0 0 600 800 re f")
    page[generic.pdf_name("/Contents")] = generic.ArrayObject(
        [page.raw_get("/Contents"), writer.add_object(painted)]
    )
    writer.update_container(page)


def rename(writer):
    writer.set_info(
        generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("Інший звіт")})
    )


def attach_note(writer):
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Contents"): generic.pdf_string("0,00"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                map(generic.NumberObject, (9, 9, 99, 99))
            ),
        }
    )
    page[generic.pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)


def repacked(container, change):
    """The container with its files changed; everything else as it was packed."""
    files = containers.read(container)
    files.pop("mimetype")
    change(files)
    return asice.write(files)


# PDF


def test_no_byte_of_a_signed_pdf_changes_unseen(signed_twice, check):
    gaps = [
        range(start, signed_twice.index(b">", start))
        for start in (one for one in range(len(signed_twice)) if signed_twice.startswith(b"/Contents <", one))
    ]  # fmt: skip
    assert len(gaps) == 2
    offsets = [at for at in range(11, len(signed_twice), 797) if not any(at in gap for gap in gaps)]
    assert len(offsets) > 15
    for offset in offsets:
        changed = bytearray(signed_twice)
        changed[offset] ^= 0x01
        try:
            findings = check(bytes(changed))
        except UnreadableUpload:
            continue
        assert Verdict.INVALID in {one.verdict for one in findings}, offset


def test_a_changed_byte_of_the_report_is_named_with_its_place(signed_twice, report_pdf, check):
    place = report_pdf.index(b"stream") + 20
    changed = bytearray(signed_twice)
    changed[place] ^= 0x01
    for finding in check(bytes(changed)):
        assert finding.verdict == Verdict.INVALID
        assert codes(finding) == {"other_document"}
        assert f"перша відмінність у байті {place}" in finding.reasons[0].text


@pytest.mark.parametrize("change", [paint_over, attach_note, rename])
def test_an_update_after_signing_is_found(signed_twice, change, check):
    for finding in check(updated(signed_twice, change)):
        assert finding.verdict == Verdict.INVALID
        assert codes(finding) == {"changed_later"}


@pytest.mark.parametrize("change", [paint_over, attach_note])
def test_an_update_between_issue_and_signature_is_found(report_pdf, change, head, check):
    """The signature itself is right: it is put on a report that was painted over."""
    (finding,) = check(pdf.sign_pdf(updated(report_pdf, change), head, reason="", at=AT))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"changed_later"})
    assert finding.signer == head.signer


def unrelated(issued):
    """Another whole document behind the issued one: it begins with the issued bytes and shows none of them."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]  # fmt: skip
    data, places = issued, []
    for number, one in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 4\n0000000000 65535 f \n%strailer\n<</Size 4/Root 1 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF\n"
    return data + head % (table, len(data))


def test_another_document_behind_the_issued_one_is_found(report_pdf, head, check):
    (finding,) = check(pdf.sign_pdf(unrelated(report_pdf), head, reason="", at=AT))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"changed_later"})


def test_an_empty_field_added_for_a_signature_is_found(signed, check):
    """Whoever fills it in later would do so under a report that is said to be signed."""
    spec = fields.SigFieldSpec("Later")
    changed = updated(signed, lambda writer: fields.append_signature_field(writer, spec))
    (finding,) = check(changed)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"changed_later"})
    assert "Later" in finding.reasons[0].text


def test_what_is_appended_behind_the_signature_is_found(signed, check):
    (finding,) = check(signed + b"\n% appended\n")
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"partly_signed"})


def test_padding_of_a_signature_hides_nothing(signed, check):
    end = signed.rindex(b"00>")
    (finding,) = check(signed[:end] + b"41" + signed[end + 2 :])
    assert finding.verdict == Verdict.INVALID


def test_a_pdf_cut_back_to_its_first_signature_has_one_signature_less(signed, signed_twice, check):
    """Who should have signed is known to the caller; the file alone cannot tell."""
    cut = signed_twice[: len(signed)]
    assert [one.verdict for one in check(cut)] == [Verdict.VALID]
    assert (pdf.count_signatures(cut), pdf.count_signatures(signed_twice)) == (1, 2)


def test_a_signature_of_another_report_is_named(signed, check, originals):
    others = {"zvit-2.pdf": originals["zvit.pdf"].replace(b"%PDF-1.7", b"%PDF-1.6")}
    (finding,) = check(signed, originals=others)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"other_document"})
    assert "zvit-2.pdf" in finding.reasons[0].text


def test_the_issued_pdf_itself_is_no_signature(report_pdf, check):
    with pytest.raises(UnreadableUpload, match="немає жодного підпису"):
        check(report_pdf)


# Files beside and around


def test_a_signature_beside_another_file_is_named(head, check):
    (finding,) = check(cms.sign_detached(b'{"other": 1}', head, at=AT))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"other_document"})


def test_a_signature_around_another_file_says_where_it_differs(head, check, originals):
    other = originals["zvit.json"].replace(b"216000", b"116000")
    (finding,) = check(cms.sign_attached(other, head, at=AT))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"other_document"})
    assert f"перша відмінність у байті {other.index(b'116000')}" in finding.reasons[0].text


@pytest.mark.parametrize("make", [cms.sign_detached, cms.sign_attached])
def test_a_changed_signature_value_is_found(make, head, check, originals):
    parsed = cms_formats.ContentInfo.load(make(originals["zvit.json"], head, at=AT))
    (info,) = parsed["content"]["signer_infos"]
    value = bytearray(info["signature"].native)
    value[-1] ^= 0x01
    info["signature"] = bytes(value)
    (finding,) = check(parsed.dump(force=True))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"broken_signature"})


def test_content_swapped_inside_a_signature_for_another_issued_file_is_found(head, check, originals):  # fmt: skip
    """Both files are issued, but the signature is on the other one."""
    parsed = cms_formats.ContentInfo.load(cms.sign_attached(originals["zvit.json"], head, at=AT))
    parsed["content"]["encap_content_info"]["content"] = originals["zvit.xlsx"]
    (finding,) = check(parsed.dump(force=True))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"changed"})


# Containers


def test_another_file_in_a_container_is_named(packed, check):
    (finding,) = check(repacked(packed, lambda files: files.update({"more.txt": b"more"})))
    assert finding.verdict == Verdict.INVALID
    assert codes(finding) == {"extra_file", "other_document"}
    assert "«more.txt»" in finding.reasons[0].text


def test_an_issued_file_that_was_not_signed_is_another_file_too(packed, check, originals):
    added = {"zvit.xlsx": originals["zvit.xlsx"]}
    (finding,) = check(repacked(packed, lambda files: files.update(added)))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"extra_file"})


def test_a_swapped_file_in_a_container_is_named(packed, check, originals):
    def swap(files):
        files["zvit.json"] = originals["zvit.json"].replace(b"216000", b"116000")

    (finding,) = check(repacked(packed, swap))
    assert finding.verdict == Verdict.INVALID
    assert codes(finding) == {"swapped_file", "other_document"}
    assert "«zvit.json»" in finding.reasons[0].text


def test_a_file_taken_out_of_a_container_is_named(packed, check):
    (finding,) = check(repacked(packed, lambda files: files.pop("zvit.json")))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"missing_file"})


def test_a_manifest_fitted_to_a_swapped_file_is_found(packed, check, originals):
    def swap(files):
        files["zvit.json"] = originals["zvit.xlsx"]
        data = {name: files[name] for name in ("zvit.pdf", "zvit.json")}
        files["META-INF/ASiCManifest001.xml"] = asice.manifest("META-INF/signature001.p7s", data)

    (finding,) = check(repacked(packed, swap))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"changed"})
    assert "ASiCManifest001.xml" in finding.reasons[0].text


def test_a_container_of_another_report_is_named(packed, check):
    (finding,) = check(packed, originals={"zvit.json": b'{"other": 1}'})
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"other_document"})


def test_a_container_without_its_manifest_says_so(packed, check):
    (finding,) = check(repacked(packed, lambda files: files.pop("META-INF/ASiCManifest001.xml")))
    assert finding.verdict == Verdict.INVALID
    assert "no_manifest" in codes(finding)


def test_a_container_with_one_file_and_a_plain_signature_is_read(originals, head, check):  # fmt: skip
    """ASiC-S, as portals hand it out."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", asice.SIMPLE_MIMETYPE)
        archive.writestr("zvit.pdf", originals["zvit.pdf"])
        archive.writestr(
            "META-INF/signature.p7s", cms.sign_detached(originals["zvit.pdf"], head, at=AT)
        )
    (finding,) = check(written.getvalue())
    assert (finding.verdict, finding.format, finding.document) == (Verdict.VALID, "ASiC-S", "zvit.pdf")  # fmt: skip


XADES = '<a xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Certificate>{}</ds:X509Certificate></a>'


def with_xades(content, certificate):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", asice.MIMETYPE)
        archive.writestr("zvit.pdf", content)
        text = XADES.format(base64.b64encode(certificate).decode())
        archive.writestr("META-INF/signatures001.xml", text)
    return written.getvalue()


def test_xades_is_not_checked_and_says_what_to_do(originals, head, check):
    (finding,) = check(with_xades(originals["zvit.pdf"], head.certificate))
    assert (finding.verdict, codes(finding)) == (Verdict.NOT_CHECKED, {"xades"})
    assert (finding.signer, finding.algorithm) == (head.signer, "XAdES")
    assert "czo.gov.ua" in finding.reasons[0].text


def test_xades_around_another_file_is_wrong_for_all_that(head, check):
    (finding,) = check(with_xades(b"%PDF-1.7 other", head.certificate))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"xades", "other_document"})


def test_a_signature_of_nobody_readable_beside_xades_is_not_checked(originals, check):
    (finding,) = check(with_xades(originals["zvit.pdf"], b"no certificate"))
    assert (finding.verdict, finding.signer.name) == (Verdict.NOT_CHECKED, "")
