"""What comes from outside is bounded, and torn files end in words, not in errors."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfDecodeLimitError

from reports.signing import (
    asice,
    cms,
    containers,
    pdf_files,
    pdf_reading,
    verification,
    xml_reading,
)
from reports.signing.findings import UnreadableUpload, Verdict
from reports.signing.trust import Trust
from tests.reports.signing.signing_day import AT


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return written.getvalue()


@pytest.mark.parametrize("upload", [b"", b"\x00", b"hello", b"\x30\x03\x02\x01\x01", b"<xml/>", b"%PDF-1.7", b"PK\x03\x04"])  # fmt: skip
def test_what_is_no_signature_is_refused_in_words(upload, check):
    with pytest.raises(UnreadableUpload) as refusal:
        check(upload)
    assert refusal.value.text.endswith(".")


def test_a_large_upload_is_refused_unread(check, monkeypatch):
    monkeypatch.setattr(verification, "LARGEST_UPLOAD", 1024**2)
    with pytest.raises(UnreadableUpload, match="більший за 1 МБ"):
        check(b"\x30" * (1024**2 + 1))


@pytest.mark.parametrize(
    "upload", [b"\x30\x80" * 50_000, b"\x30\x84\xff\xff\xff\xff", b"(" * 1000, b"MIIB" * 1000]
)
def test_deep_and_endless_structures_are_refused_in_words(upload, check):
    with pytest.raises(UnreadableUpload, match="не файл підпису"):
        check(upload)


def test_signatures_without_number_are_refused(originals, head, check, monkeypatch):
    signed = cms.sign_detached(originals["zvit.json"], head, at=AT)
    monkeypatch.setattr(cms, "LARGEST_PARTS", 500)
    with pytest.raises(UnreadableUpload, match="надто багато"):
        check(signed)


def test_an_update_of_any_size_is_not_read(originals, check, monkeypatch):
    monkeypatch.setattr(pdf_reading, "LARGEST_UPDATE", 1000)
    with pytest.raises(UnreadableUpload, match="дописано надто багато"):
        check(originals["zvit.pdf"] + b"x" * 1001)


@pytest.mark.parametrize("previous", ["itself", "nowhere"])
def test_an_update_that_leads_in_circles_ends(previous, originals, check):
    issued = originals["zvit.pdf"]
    place = len(issued) if previous == "itself" else 10**9
    update = b"xref\n0 0\ntrailer\n<</Size 1/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    with pytest.raises(UnreadableUpload, match="жодного підпису"):
        check(issued + update % (place, len(issued)))


@pytest.mark.parametrize(
    ("container", "words"),
    [
        (zipped(("zeros", b"\0" * 2 * 1024**2)), "розпаковується надто великим"),
        (zipped(*((f"{number}", b"") for number in range(101))), "більше 100 файлів"),
        (zipped(("../../etc/passwd", b"")), "веде поза нього"),
        (zipped(("/etc/passwd", b"")), "веде поза нього"),
        (b"PK\x03\x04" + zipped(("a", b"")), "сторонні дані"),
        (zipped(("a", b"text"))[:-30], "пошкоджений"),
        (zipped(("a", b"text")), "немає жодного підпису"),
    ],
    ids=["zeros", "many", "above", "absolute", "before", "torn", "unsigned"],
)
def test_a_container_that_is_not_safe_to_read_is_refused(container, words, check):
    with pytest.raises(UnreadableUpload, match=words):
        check(container)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(check):
    with pytest.raises(UnreadableUpload, match="однаковою назвою"):
        check(zipped(("a", b"1"), ("a", b"2")))


def test_all_files_of_a_container_together_are_bounded(monkeypatch):
    monkeypatch.setattr(containers, "LARGEST_CONTENT", 1000)
    with pytest.raises(UnreadableUpload, match="надто великим"):
        containers.read(zipped(("a", b"x" * 600), ("b", b"y" * 600)))


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("xml", [BOMB, BOMB.decode().encode("utf-16"), b"<!DOCTYPE a SYSTEM 'http://localhost/a.dtd'><a/>", b"<a>", b""])  # fmt: skip
def test_xml_with_a_document_type_is_refused(xml):
    with pytest.raises(ValueError, match=r"document type|no XML"):
        xml_reading.parse(xml, limit=1000)


def test_a_manifest_with_entities_counts_as_none(originals, head, check):
    files = containers.read(asice.pack(originals, head, at=AT))
    files.pop("mimetype")
    name = "META-INF/ASiCManifest001.xml"
    files[name] = b"<!DOCTYPE a>" + files[name].partition(b"?>")[2]
    (finding,) = check(asice.write(files))
    assert finding.verdict == Verdict.INVALID
    assert "no_manifest" in {one.code for one in finding.reasons}


def test_streams_of_a_pdf_are_unpacked_up_to_a_bound(originals, monkeypatch):
    writer = IncrementalPdfFileWriter(io.BytesIO(originals["zvit.pdf"]))
    zeros = generic.StreamObject(stream_data=b"\0" * 2 * 1024**2)
    zeros.compress()
    writer.root[generic.pdf_name("/Zeros")] = writer.add_object(zeros)
    writer.update_root()
    written = io.BytesIO()
    writer.write(written)
    small = StreamDecodeLimits(max_output_size=1024**2)
    monkeypatch.setattr(pdf_files, "LIMITS", DecodeLimits(per_stream=small))
    reader = pdf_files.Reader(written.getvalue())
    with pytest.raises(PdfDecodeLimitError):
        _ = reader.root["/Zeros"].data


SIGNED: dict[str, bytes] = {}


@pytest.fixture(scope="module", autouse=True)
def signed(originals, head):
    SIGNED["p7s"] = cms.sign_attached(b"data", head, at=AT)
    SIGNED["asice"] = asice.pack({"a.txt": b"data"}, head, at=AT)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(["p7s", "asice"]), data=st.data())
def test_a_torn_signature_never_ends_in_an_error(kind, data):
    whole = SIGNED[kind]
    start = data.draw(st.integers(0, len(whole) - 1))
    stop = data.draw(st.integers(start, min(len(whole), start + 40)))
    torn = whole[:start] + data.draw(st.binary(max_size=8)) + whole[stop:]
    try:
        findings = verification.verify(torn, name="torn", originals={"a.txt": b"data"}, trust=Trust(), at=AT)  # fmt: skip
    except UnreadableUpload:
        return
    assert {one.verdict for one in findings} <= {Verdict.INVALID, Verdict.NOT_CHECKED}
