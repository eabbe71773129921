"""Evidence of actual values: judged by content, kept apart, handed out with rights, kept once the year is closed."""

import contextlib
import datetime as dt
import io
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import openpyxl.chart
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.exceptions import RuleViolation
from budgets.models import Event, PeriodLock, Programme
from indicators.choices import EvidenceFormat
from indicators.models import IndicatorEvidence, ProgrammeIndicator
from indicators.services import evidence as services
from indicators.services import evidence_contents
from tests.indicators import target_programmes as target

pytestmark = pytest.mark.django_db
TRAILER = b"\nstartxref\n0\n%%EOF\n"
PDF = b"%PDF-1.7 an act" + TRAILER
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x04ab"


def chunk(name: bytes, data: bytes = b"") -> bytes:
    crc = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)


PNG = _PNG + chunk(b"IHDR", b"x" * 13) + chunk(b"IDAT", b"picture") + chunk(b"IEND")
JPEG = _JPEG + b"\xff\xc0\x00\x04ab\xff\xda\x00\x04ab picture\xff\xd9"


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return made.getvalue()


XLSX = archive("[Content_Types].xml", "xl/workbook.xml")


def workbook(parts: dict[str, bytes]) -> bytes:
    """A workbook with these parts besides its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in {"[Content_Types].xml": b"x", "xl/workbook.xml": b"x", **parts}.items():  # fmt: skip
            file.writestr(name, content)
    return made.getvalue()


def listing(types: str) -> bytes:
    """A workbook whose list of parts says this."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", types)
        file.writestr("xl/workbook.xml", "x")
    return made.getvalue()


def test_a_workbook_that_a_program_writes_is_one():
    made, book = io.BytesIO(), openpyxl.Workbook()
    book.active["A1"] = 1
    book.active.add_chart(openpyxl.chart.BarChart(), "C3")
    book.save(made)
    assert evidence_contents.format_of(ContentFile(made.getvalue())) == EvidenceFormat.XLSX


@pytest.fixture
def files(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored(files: Path) -> list[Path]:
    return [path for path in files.rglob("*") if path.is_file()]


@pytest.fixture
def indicator(sample, officer) -> ProgrammeIndicator:
    programme = target.found(sample.programme.responsible_unit, officer)
    (one,) = target.write(
        programme, officer, {"title": "Камери", "values": {2022: target.number(5)}}
    )
    target.adopt(programme)
    return one


@pytest.fixture
def add(indicator, officer, files):
    def added(content=PDF, name="акт.pdf", year=2022) -> IndicatorEvidence:
        return services.add(
            indicator=indicator, year=year, file=ContentFile(content), name=name, by=officer
        )

    return added


@pytest.mark.parametrize(
    ("content", "names", "ending"),
    [
        (PDF, ("акт.pdf", "акт.pdf"), ".pdf"),
        (PDF, ("акт.exe", "акт.exe.pdf"), ".pdf"),
        (PNG, ("C:\\фото\\екран.png", "екран.png"), ".png"),
        (JPEG, ("фото.jpeg", "фото.jpg"), ".jpg"),
        (XLSX, ("../../реєстр.xlsx", "реєстр.xlsx"), ".xlsx"),
        (XLSX, ("", "файл.xlsx"), ".xlsx"),
        (workbook({"xl/printerSettings/printerSettings1.bin": b"x", "xl/media/a.PNG": b"x"}), ("а.xlsx", "а.xlsx"), ".xlsx"),
        (PDF, ('a"<b>\n.pdf', "ab.pdf"), ".pdf"),
    ],
)  # fmt: skip
def test_a_file_is_kept_under_a_name_of_ours(add, files, content, names, ending):
    name, shown = names
    row = add(content, name)
    (path,) = stored(files)
    assert path.read_bytes() == content
    assert (path.suffix, len(path.stem)) == (ending, 32)
    assert (row.name, row.size, f".{row.format}") == (shown, len(content), ending)
    assert Event.objects.latest("number").action == "evidence.add"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ%PDF-", b"\n%PDF-1.7", b"<html>", b"<svg/>", b"\x89PN", b"PK\x03\x04 torn", archive("word/document.xml", "[Content_Types].xml"),
        archive("[Content_Types].xml", "xl/workbook.xml", "xl/VBAproject.bin"),
        listing("<Override PartName='/xl/a.bin' ContentType='application/vnd.ms-office.vbaProject'/>"),
        listing("<Override ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/>"),
        PDF.removesuffix(TRAILER), b"%PDF-1.7 a\n%%EOF startxref", _PNG + b"<script>alert(1)</script>", PNG + b"<script>", PNG[:-1],
        PNG.replace(b"picture", b"pictura"), _PNG + chunk(b"IHDR", b"x" * 13) + chunk(b"IEND"), JPEG[:-2], _JPEG + b"\xff\xd9", _JPEG + b"<script>",
        workbook({"payload.exe": b"MZ"}), workbook({"xl/payload.xml": b"MZ\x90"}), workbook({"xl/embeddings/oleObject1.bin": b"x"}),
        workbook({"xl/media/a.png": b"PK\x03\x04"}), workbook({"run.vbs": b"x"}), workbook({f"xl/{n}.xml": b"" for n in range(2000)}),
        workbook({"xl/a.xml": b" " * (101 * 1024 * 1024)}),
        listing(" " * (evidence_contents.MOST_TYPES + 1)),
    ],
)  # fmt: skip
def test_what_is_none_of_the_formats_is_refused_whatever_its_name_says(add, files, content):
    with pytest.raises(RuleViolation, match="Це не PDF, PNG, JPEG чи XLSX"):
        add(content)
    assert stored(files) == []
    assert not IndicatorEvidence.objects.exists()


@given(st.binary(max_size=40), st.integers(4, len(XLSX)), st.integers(0, 40))
@settings(max_examples=300)
def test_a_torn_workbook_is_taken_or_refused_and_nothing_else(patch, place, cut):
    torn = XLSX[:place] + patch + XLSX[place + cut :]
    with contextlib.suppress(RuleViolation):
        assert services.judged(ContentFile(torn)) == "xlsx"


def test_empty_large_and_too_many_files_are_refused(add, files, monkeypatch):
    with pytest.raises(RuleViolation, match="порожній"):
        add(b"")
    assert services.MAX_SIZE == 10 * 1024 * 1024
    monkeypatch.setattr(services, "MAX_SIZE", len(PDF))
    with pytest.raises(RuleViolation, match="більший за"):
        add(PDF + b".")
    monkeypatch.setattr(services, "MOST", 1)
    add()
    with pytest.raises(RuleViolation, match="більше не додають"):
        add()
    with pytest.raises(RuleViolation, match="не належить до програми"):
        add(year=2030)
    assert len(stored(files)) == 1


def test_a_file_whose_row_fails_leaves_nothing_behind(add, files, monkeypatch):
    def fails(*args, **kwargs):
        raise DatabaseError("full")

    monkeypatch.setattr(IndicatorEvidence, "save", fails)
    with pytest.raises(DatabaseError):
        add()
    assert stored(files) == []


def test_a_file_is_removed_with_its_bytes(add, officer, files, django_capture_on_commit_callbacks):
    row = add()
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(evidence=row, by=officer)
    assert stored(files) == []
    assert Event.objects.latest("number").action == "evidence.remove"


def test_a_closed_year_keeps_its_evidence(add, indicator, officer, officer_client, files):
    row = add()
    lock = PeriodLock.objects.create(
        unit=indicator.programme.responsible_unit, first_day=dt.date(2022, 12, 1),
        last_day=dt.date(2022, 12, 31), closed_by=officer,
    )  # fmt: skip
    with pytest.raises(RuleViolation, match="2022 рік закрито"):
        services.remove(evidence=row, by=officer)
    url = reverse("target_evidence_remove", args=[indicator.programme.slug, row.pk])
    assert "2022 рік закрито" in officer_client.post(url, follow=True).content.decode()
    assert len(stored(files)) == 1
    lock.reopened_at, lock.reopened_by, lock.reopen_reason = lock.closed_at, officer, "помилка"
    lock.save()
    assert officer_client.post(url).status_code == 302
    assert not IndicatorEvidence.objects.exists()


# Pages


def at(indicator, period="2022"):
    return reverse("target_evidence", args=[indicator.programme.slug, period, indicator.pk])


def test_a_file_is_added_and_handed_out_by_pages(
    indicator, officer_client, auditor_client, stranger_client, files
):
    empty = officer_client.get(at(indicator)).content.decode()
    assert "Файлів ще немає" in empty
    answer = officer_client.post(
        at(indicator), {"file": SimpleUploadedFile("акт.pdf", PDF, "text/html")}
    )
    assert answer.url == at(indicator)
    row = IndicatorEvidence.objects.get()
    url = reverse("target_evidence_file", args=[indicator.programme.slug, row.pk])
    assert url in auditor_client.get(at(indicator)).content.decode()
    handed = auditor_client.get(url)
    assert handed.getvalue() == PDF
    assert handed["Content-Type"] == "application/pdf"
    assert handed["Content-Disposition"].startswith("attachment")
    assert handed["X-Content-Type-Options"] == "nosniff"
    assert stranger_client.get(url).status_code == 404
    remove = reverse("target_evidence_remove", args=[indicator.programme.slug, row.pk])
    assert "Вилучити" not in auditor_client.get(at(indicator)).content.decode()
    assert auditor_client.post(remove).status_code == 403
    assert (
        auditor_client.post(at(indicator), {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code
        == 403
    )


def test_evidence_of_another_programme_is_not_found_here(add, indicator, officer_client):
    row = add()
    other = Programme.objects.get(slug="zhytomyr-e-misto")
    assert officer_client.get(reverse("target_actuals", args=[other.slug])).status_code == 200
    for name in ("target_evidence_file", "target_evidence_remove"):
        assert officer_client.post(reverse(name, args=[other.slug, row.pk])).status_code in {
            404,
            405,
        }
        assert officer_client.get(reverse(name, args=[other.slug, row.pk])).status_code in {
            404,
            405,
        }


@pytest.mark.parametrize(
    ("sent", "message"),
    [({}, "Оберіть файл"), ({"file": SimpleUploadedFile("a.pdf", b"")}, "Файл порожній"), ({"file": SimpleUploadedFile("a.pdf", b"MZ")}, "Це не PDF")],
)  # fmt: skip
def test_a_refused_file_is_told(indicator, officer_client, files, sent, message):
    answer = officer_client.post(at(indicator), sent)
    assert answer.status_code == 422
    assert message in answer.content.decode()
