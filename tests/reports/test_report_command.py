import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from budgets.models import CashEntry, Community, Passport
from budgets.services import passports
from reports.catalogue import KINDS
from reports.renderers import FORMATS
from reports.sample import SAMPLE_USERS

ROOT = Path(__file__).parent.parent.parent
BEGINNINGS = {
    "pdf": b"%PDF-",
    "xlsx": b"PK",
    "docx": b"PK",
    "json": b"{",
    "html": b"<!DOCTYPE html>",
}


def report(kind="passport-execution", **changed):
    options = {"programme": "0217530", "year": "2023", "format": "json", **changed}
    call_command("report", kind, **options)


def refusal(*arguments, **changed):
    """What the command says instead of writing; always one line."""
    with pytest.raises(CommandError) as error:
        report(*arguments, **changed)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_every_format_is_tried_below():
    assert BEGINNINGS.keys() == FORMATS.keys()


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_document_is_written_in_each_format(sample, tmp_path, kind, format_name):
    target = tmp_path / f"document.{format_name}"
    report(kind, format=format_name, output=str(target))
    content = target.read_bytes()
    assert content.startswith(BEGINNINGS[format_name])
    assert len(content) > 2000


def test_the_figures_of_a_file_are_those_of_the_site(sample, tmp_path):
    target = tmp_path / "report.json"
    report(output=str(target))
    text = target.read_text("utf-8")
    assert json.loads(text)
    for figure in ("638550.00", "-361450.00", "1000000.00"):
        assert figure in text


def test_without_a_file_the_document_goes_to_standard_output(sample, capfdbinary):
    report(format="html")
    assert capfdbinary.readouterr().out.startswith(b"<!DOCTYPE html>")


def test_a_working_copy_carries_formulas_and_an_issued_workbook_values(sample, tmp_path):
    def formulas(**options):
        target = tmp_path / "book.xlsx"
        report(format="xlsx", output=str(target), **options)
        with ZipFile(target) as book:
            sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
            return sum(book.read(name).count(b"<f>") for name in sheets)

    assert formulas() == 0
    assert formulas(formulas=True) > 50


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "invoice"}, "Unknown document «invoice». Known: passport, passport-execution"),
        ({"format": "odt"}, "Unknown format «odt». Known: html, pdf, xlsx, docx, json."),
        ({"programme": "9999999"}, "There is no budget programme «9999999» with a passport."),
        ({"programme": ""}, "There is no budget programme «» with a passport."),
        ({"year": "2022"}, "Budget programme 0217530 has no passport for 2022."),
        ({"year": "торік"}, "Year «торік» is not a number, e.g. 2023."),
        ({"year": "²"}, "Year «²» is not a number"),
        ({"year": "-2023"}, "is not a number"),
        ({"year": "9" * 30}, "has no passport for"),
        ({"budget_code": "0000000000"}, "There is no budget programme"),
        ({"formulas": True}, "use it with --format xlsx"),
        ({"formulas": True, "format": "pdf"}, "use it with --format xlsx"),
    ],
)
def test_what_does_not_exist_is_refused_in_one_line_that_helps(sample, changed, message):
    kind = changed.pop("kind", "passport-execution")
    assert message in refusal(kind, **changed)


def test_a_report_of_a_passport_that_is_not_approved_is_refused(sample, officer):
    passports.create(programme=sample.programme, year=2024, by=officer)
    assert "ще не затверджено" in refusal(year="2024")


def test_two_communities_with_one_programme_code_are_told_apart(sample, elsewhere, tmp_path):
    assert "add --budget-code" in refusal()
    target = tmp_path / "report.json"
    report(budget_code="0255300000", output=str(target))
    assert "сусідньої" in target.read_text("utf-8")


def test_a_file_that_cannot_be_written_is_told(sample, tmp_path):
    assert "Cannot write" in refusal(output=str(tmp_path / "missing" / "report.json"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of its own")
def test_a_refusal_ends_the_process_with_status_one_and_one_line(kept_databases, tmp_path):
    """A real process on a database of its own, empty but for its tables."""
    address = kept_databases.copy_file("empty", tmp_path / "site.sqlite3")
    options = ["--programme", "0217530", "--year", "2023", "--format", "pdf"]
    done = subprocess.run(
        [sys.executable, "manage.py", "report", "passport-execution", *options],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": address},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "CommandError: There is no budget programme «0217530» with a passport."
    ]


# The sample


def test_the_sample_is_loaded_into_an_empty_system(empty_site, capsys):
    call_command("load_sample")
    assert "Loaded the sample" in capsys.readouterr().out
    assert Passport.objects.get().year == 2023
    assert CashEntry.objects.count() == 18 + 9  # of the passport, and of a programme without one
    assert len(SAMPLE_USERS) == 6


def test_the_sample_is_not_loaded_twice(sample, capsys):
    before = CashEntry.objects.count(), Community.objects.count()
    with pytest.raises(CommandError, match="already holds data"):
        call_command("load_sample")
    call_command("load_sample", if_empty=True)
    assert "not loaded again" in capsys.readouterr().out
    assert (CashEntry.objects.count(), Community.objects.count()) == before


def test_the_sample_and_its_known_password_stay_out_of_a_production_system(
    empty_site, settings, capsys
):
    settings.SAMPLE = False
    with pytest.raises(CommandError, match="for the sample set-up only"):
        call_command("load_sample")
    call_command("load_sample", if_empty=True)
    assert "no sample set-up" in capsys.readouterr().out
    assert not Community.objects.exists()
