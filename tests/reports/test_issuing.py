"""Issuing: a document is frozen with its files, numbered, proved, and nothing of it changes afterwards."""

import io
import json
from dataclasses import replace

import openpyxl
import page
import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from budgets.exceptions import RuleViolation
from budgets.models import Change, Event, Passport, Programme
from reports import checks
from reports.catalogue import ProgrammePaper
from reports.checks import Finding, Severity
from reports.documents import passport_execution, programme_passport
from reports.issuing import payload, wanted
from reports.models import IssuedFile, IssuedReport
from reports.renderers import data
from reports.renderers import issued as printer
from reports.renderers.read_back import FiguresDiffer, figures_of, prove
from reports.services import issuing
from reports.services.issuing import Signer
from tests.reports import issued_samples

pytestmark = pytest.mark.django_db
KIND = "passport-execution"


def issue(sample, officer, **more) -> IssuedReport:
    return issuing.issue(wanted=wanted.of_passport(KIND, sample), by=officer, **more)


def content(report: IssuedReport, format_name: str) -> bytes:
    with report.files.get(format=format_name).file.open("rb") as opened:
        return opened.read()


# The real thing, once: what it is made of and what an independent validator says of it


@pytest.fixture(scope="module")
def files(tmp_path_factory, django_db_setup, django_db_blocker) -> dict[str, bytes]:
    """The files of an issued execution report by name, as the commands write them."""
    folder, out = tmp_path_factory.mktemp("stored"), tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        from django.conf import settings  # noqa: PLC0415 - read when the fixture runs

        patch.setattr(settings, "MEDIA_ROOT", str(folder))
        printed = io.StringIO()
        call_command("issue", KIND, programme="0217530", year="2023", stdout=printed)
        call_command(
            "export_issued", printed.getvalue().strip(), output=str(out), stdout=io.StringIO()
        )
        told = IssuedReport.objects.get(pk=int(printed.getvalue()))
        document = passport_execution.build(Passport.objects.get(issued_reports=told))
        made = {path.name: path.read_bytes() for path in out.iterdir()}
        proofs = {
            ending: prove(document, ending, made[f"2023-0217530-zvit-v1.{ending}"])
            for ending in ("pdf", "xlsx", "json")
        }
        made |= {"figures": str(told.figures).encode(), "proofs": json.dumps(proofs).encode()}
        transaction.set_rollback(True)
    return made


def test_the_commands_print_a_number_and_write_all_files(files):
    assert {name for name in files if "." in name} == {
        "2023-0217530-zvit-v1.pdf",
        "2023-0217530-zvit-v1.xlsx",
        "2023-0217530-zvit-v1.json",
        "2023-0217530-zvit-v1-zmist.json",
    }
    told = json.loads(files["2023-0217530-zvit-v1-zmist.json"])
    assert told["payload_sha256"] == payload.digest(files["2023-0217530-zvit-v1.json"])
    for each in told["files"]:
        assert each["sha256"] == payload.digest(files[each["name"]])


def test_every_figure_is_read_back_from_every_file(files):
    assert int(files["figures"]) == 468
    proofs = json.loads(files["proofs"])
    assert proofs["xlsx"] == proofs["json"] == 468
    assert proofs["pdf"] >= 468  # of a PDF decimals are counted once more, so that none is added


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_an_independent_validator_finds_nothing_in_the_pdf(files, profile):
    report = page.validate_pdf_bytes(files["2023-0217530-zvit-v1.pdf"], profile=profile)
    assert report.rules.total > 100
    assert [(each.rule_id, each.message) for each in report.failures] == []


@pytest.mark.parametrize(
    ("missing", "profile"),
    [("/AF", "3a"), ("/OutputIntents", "3a"), ("/Lang", "ua1"), ("/MarkInfo", "ua1")],
)
def test_the_validator_finds_what_is_missing(files, missing, profile):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(files["2023-0217530-zvit-v1.pdf"]))
    del writer.root_object[missing]
    broken = io.BytesIO()
    writer.write(broken)
    assert not page.is_pdf_compliant_bytes(broken.getvalue(), profile=profile)


def test_a_stream_that_ends_like_a_line_stays_as_long_as_it_says(sample):
    """Compressed, an attachment of this one byte ends with a carriage return."""
    imprint = printer.Imprint(1, timezone.now(), "0000-0000-0000", "https://example.org/v/0/", [])
    paper = programme_passport.build(Programme.objects.get(slug="zhytomyr-efektyvna-vlada"))
    content = printer.render(paper, imprint, [printer.Enclosure("a.txt", b"\x0c", "x")])
    assert page.is_pdf_compliant_bytes(content, profile="3a")
    assert b"\r\nendstream" not in content
    held = pypdf.PdfReader(io.BytesIO(content)).attachments
    assert held["a.txt"] == [b"\x0c"]


def test_the_pdf_holds_its_data_and_workbook_and_says_where_it_is_verified(files):
    reader = pypdf.PdfReader(io.BytesIO(files["2023-0217530-zvit-v1.pdf"]))
    held = {name: contents[0] for name, contents in reader.attachments.items()}
    assert held == {
        name: files[name] for name in ("2023-0217530-zvit-v1.json", "2023-0217530-zvit-v1.xlsx")
    }
    assert len(reader.root_object["/AF"]) == 2
    code = json.loads(files["2023-0217530-zvit-v1.json"])["issued"]["code"]
    text = reader.pages[-1].extract_text()
    assert f"http://127.0.0.1:8000/v/{code}/" in text
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in text
    assert text.index("Керуючий справами Ольга ПАШКО") < text.index(
        "Головний бухгалтер Тетяна ОСАДЧУК"
    )
    assert "ЗРАЗОК. Тестовий підпис" in text
    book = openpyxl.load_workbook(io.BytesIO(files["2023-0217530-zvit-v1.xlsx"]))
    assert book.custom_doc_props["code"].value == code


def test_the_payload_is_canonical(files):
    text = files["2023-0217530-zvit-v1.json"].decode()
    read = json.loads(text, parse_float=lambda number: pytest.fail(f"a float: {number}"))
    assert payload.canonical(read) == text
    assert list(read) == ["document", "format", "issued"]
    (lines,) = (
        block
        for section in read["document"]["sections"]
        for block in section["blocks"]
        if block["type"] == "table" and block["key"] == "lines"
    )
    assert lines["rows"][-1]["cells"]["cash_total"] == "638550.00"


# What follows prints nothing: files are made of a few bytes


@pytest.fixture
def unprinted(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with issued_samples.unprinted():
        yield


def test_versions_are_numbered_and_name_what_they_supersede(sample, officer, unprinted):
    first, second = issue(sample, officer), issue(sample, officer)
    assert (first.version, first.supersedes) == (1, None)
    assert (second.version, second.supersedes) == (2, first)
    assert (second.name, second.files.get(format="pdf").name) == (
        "2023-0217530-zvit-v2",
        "2023-0217530-zvit-v2.pdf",
    )
    assert json.loads(second.payload)["issued"]["supersedes"] == "2023-0217530-zvit-v1"
    assert first.code != second.code
    other = issuing.issue(wanted=wanted.of_passport("passport", sample), by=officer)
    assert other.version == 1
    assert [signer.position for signer in other.signers.all()] == [
        "Керуючий справами",
        "Головний бухгалтер",
        "Керівник фінансового органу",
    ]


def test_issuing_is_one_event_of_the_record_and_spares_it_the_payload(sample, officer, unprinted):
    report = issue(sample, officer)
    event = Event.objects.latest("number")
    assert (event.action, event.person, event.subject_id) == ("issuing.issue", officer, report.pk)
    assert event.community == sample.programme.community
    (row,) = Change.objects.filter(event=event, table_name="reports_issuedreport")
    told = json.loads(row.after)
    assert told["digest"] == report.digest
    assert "payload" not in told


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_issuedreport SET payload = '{}'",
        "UPDATE reports_issuedreport SET digest = 'x'",
        "UPDATE reports_issuedreport SET version = 7",
        "UPDATE reports_issuedreport SET issued_by_id = NULL",
        "DELETE FROM reports_issuedreport",
        "UPDATE reports_issuedfile SET digest = 'x'",
        "UPDATE reports_issuedfile SET file = 'other.pdf'",
        "DELETE FROM reports_issuedfile",
        "UPDATE reports_issuedsigner SET name = 'x'",
        "DELETE FROM reports_issuedsigner",
    ],
)
def test_nothing_issued_changes_by_any_statement(sample, officer, unprinted, statement):
    issue(sample, officer)
    with (
        pytest.raises(DatabaseError, match="frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_only_where_it_stands_may_move(sample, officer, unprinted):
    report = issue(sample, officer)
    report.status = "signing"
    report.save(update_fields=["status"])


def test_what_is_issued_stays_when_the_data_go_on(sample, officer, unprinted):
    report = issue(sample, officer)
    before = report.payload
    sample.execution_report.signatories.update(name="Інша ЛЮДИНА")
    report.refresh_from_db()
    assert report.payload == before
    assert [signer.name for signer in report.signers.all()] == ["Ольга ПАШКО", "Тетяна ОСАДЧУК"]


def test_an_error_of_the_checks_stops_it(sample, officer, unprinted):
    sample.execution_report.conclusion = ""
    sample.execution_report.save()
    with pytest.raises(RuleViolation, match="Звіт не видано: Розділ 10"):
        issue(sample, officer, reason="все одно")
    assert not IssuedReport.objects.exists()


def test_past_a_warning_it_needs_a_reason(sample, officer, unprinted, monkeypatch):
    doubt = Finding("doubt", Severity.WARNING, "Сумнівно.")
    monkeypatch.setitem(checks.CHECKS, KIND, (lambda document: iter([doubt]),))
    with pytest.raises(RuleViolation, match="Застережень: 1"):
        issue(sample, officer, reason="  ")
    report = issue(sample, officer, reason="перевірено")
    assert (report.warnings, report.warnings_reason) == (["Сумнівно."], "перевірено")


def test_a_draft_is_not_issued_and_neither_is_what_nobody_signs(sample, officer, unprinted):
    programme = Programme.objects.get(slug="zhytomyr-e-misto")
    paper = wanted.of_programme("programme-passport", ProgrammePaper(programme))
    with pytest.raises(RuleViolation, match="не називає підписантів"):
        issuing.issue(wanted=paper, by=officer)
    head = Signer("Міський голова", "")
    report = issuing.issue(wanted=paper, by=officer, signers=[head])
    assert (report.programme, report.passport, report.version) == (programme, None, 1)
    assert [str(signer) for signer in report.signers.all()] == ["Міський голова"]
    with pytest.raises(RuleViolation, match="вже названі в самому документі"):
        issue(sample, officer, signers=[head])
    draft = replace(passport_execution.build(sample), draft_mark="ПРОЄКТ")
    with pytest.raises(RuleViolation, match="Це проєкт"):
        issuing.ready(replace(paper, build=lambda: draft))


def test_data_that_change_while_the_pdf_is_printed_are_not_issued(
    sample, officer, unprinted, monkeypatch
):
    few = issuing._files

    def changing(*args):
        sample.execution_report.signatories.update(name="Інша ЛЮДИНА")
        return few(*args)

    monkeypatch.setattr(issuing, "_files", changing)
    with pytest.raises(RuleViolation, match="Поки звіт друкувався"):
        issue(sample, officer)
    assert not IssuedReport.objects.exists()


def test_files_that_disagree_are_not_issued(sample, officer, unprinted, monkeypatch, tmp_path):
    few = issuing._files
    monkeypatch.setattr(
        issuing,
        "_files",
        lambda head, document, text: few(head, document, text.replace("638550.00", "638550.01")),
    )
    with pytest.raises(FiguresDiffer, match=r"638550\.01"):
        issue(sample, officer)
    assert not IssuedReport.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_files_of_a_write_that_fails_are_removed(sample, officer, unprinted, monkeypatch, tmp_path):
    monkeypatch.setattr(IssuedFile, "save", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue(sample, officer)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_figures_of_data_are_compared_one_by_one(sample):
    document = passport_execution.build(sample)
    good = data.render(document)
    assert prove(document, "json", good) == figures_of(document)
    with pytest.raises(FiguresDiffer, match="cash_total"):
        prove(document, "json", good.replace(b'"cash_total": "638550.00"', b'"cash_total": "1.00"'))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "unknown"}, "Unknown document"),
        ({"year": "2022"}, "no passport for 2022"),
        ({"act": "1"}, "only for documents of a target programme"),
        ({"by": "nobody"}, "no user «nobody»"),
        ({"signer": ["без двокрапки"]}, "is not written as"),
    ],
)
def test_the_command_refuses_in_one_line(sample, options, message):
    asked = {"kind": KIND, "programme": "0217530", "year": "2023", **options}
    with pytest.raises(CommandError, match=message) as refusal:
        call_command("issue", asked.pop("kind"), **asked)
    assert "\n" not in str(refusal.value)


def test_the_export_of_an_unknown_number_is_refused(db, tmp_path):
    with pytest.raises(CommandError, match="no issued report number 7"):
        call_command("export_issued", 7, output=str(tmp_path))
