"""Adopting an act: its file, its number and day, and what keeps it from being adopted."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from budgets.choices import ActStatus
from budgets.exceptions import RuleViolation
from budgets.models import Act
from budgets.services import act_files, acts, rebasing
from tests.budgets.drafts import amounts, fresh, on_the_way, one_line, pay, place, town_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n"
ON = dt.date(2024, 6, 1)


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored(files: Path) -> list[Path]:
    return [path for path in files.rglob("*") if path.is_file()]


def pdf(content: bytes = PDF, name: str = "../../рішення.exe") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.fixture
def town(sample):
    return town_of(sample.programme.community)


@pytest.fixture
def draft(town, officer):
    """Takes 10 000,00 from measure 1.1; agreed."""
    act = acts.open_draft(programme=town.programme, by=officer)
    one_line(act, place(town, "1.1", 2024, "special"), "-10000.00")
    return on_the_way(act, officer)


@pytest.fixture
def adopt(draft, officer):
    def adopt(**said) -> Act:
        values = {
            "act": draft,
            "number": "44",
            "date": ON,
            "version": fresh(draft).version,
            "by": officer,
        }
        acts.adopt(**{**values, **said})
        return fresh(draft)

    return adopt


def test_the_decision_is_kept_under_a_name_of_ours(adopt, files):
    act = adopt(file=pdf())
    (path,) = stored(files)
    assert path.read_bytes() == PDF
    assert path.suffix == ".pdf"
    assert "рішення" not in path.name
    assert Path(act.file.path) == path
    assert (act.status, act.in_force_from) == (ActStatus.ADOPTED, ON)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Файл порожній"),
        (b"MZ\x90\x00%PDF-1.7", "Це не файл PDF"),
        (b"%PD", "Це не файл PDF"),
        (b"\n%PDF-1.7", "Це не файл PDF"),
    ],
)
def test_what_is_no_pdf_is_refused_whatever_its_name_says(adopt, draft, files, content, message):
    with pytest.raises(RuleViolation, match=message):
        adopt(file=pdf(content, "рішення.pdf"))
    assert stored(files) == []
    assert fresh(draft).status == ActStatus.AGREED


def test_a_file_too_large_is_refused_and_one_of_the_limit_is_kept(adopt, draft, files, monkeypatch):
    monkeypatch.setattr(act_files, "MAX_SIZE", len(PDF))
    with pytest.raises(RuleViolation, match="Файл більший за"):
        adopt(file=pdf(PDF + b"."))
    assert fresh(draft).status == ActStatus.AGREED
    adopt(file=pdf())
    assert len(stored(files)) == 1


def test_the_limit_is_twenty_megabytes():
    assert act_files.MAX_SIZE == 20 * 1024 * 1024


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"number": " "}, "Вкажіть номер рішення"),
        ({"number": "7" * 51}, "довший за 50 знаків"),
        ({"number": "10", "date": dt.date(2024, 1, 31)}, "Рішення № 10 від 31.01.2024 уже є"),
        ({"date": dt.date(2024, 1, 30)}, "раніше за рішення, яке воно змінює, від 31.01.2024"),
        ({"in_force_from": dt.date(2024, 1, 1)}, "не може діяти з 01.01.2024"),
        ({"version": 1}, "акт змінив користувач"),
    ],
)
def test_what_breaks_a_rule_leaves_no_file_behind(adopt, draft, files, said, message):
    with pytest.raises(RuleViolation, match=message):
        adopt(**said, file=pdf())
    assert stored(files) == []
    assert fresh(draft).status == ActStatus.AGREED


def test_a_write_that_fails_after_the_file_was_stored_takes_it_away(
    adopt, draft, files, monkeypatch
):
    def fail(*_args: object) -> None:
        assert len(stored(files)) == 1
        raise IntegrityError("дріт перерізано")

    monkeypatch.setattr(acts, "_set_status", fail)
    with pytest.raises(IntegrityError):
        adopt(file=pdf())
    assert stored(files) == []
    assert fresh(draft).file.name == ""


def test_a_file_is_stored_in_no_transaction_that_could_roll_back_later(adopt, files):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        adopt(file=pdf())
    assert stored(files) == []


def test_any_text_may_be_a_number_and_another_day_may_begin_it(adopt):
    act = adopt(number=" 25/VIII-3 ", organ="Рада", in_force_from=dt.date(2024, 7, 1))
    assert (act.number, act.organ, act.in_force_from) == ("25/VIII-3", "Рада", dt.date(2024, 7, 1))


def test_a_draft_overtaken_meanwhile_goes_back_and_is_rebased(adopt, draft, town, officer):
    other = acts.open_draft(programme=town.programme, by=officer)
    one_line(other, place(town, "1.1", 2024, "special"), "-1000.00")
    other = on_the_way(other, officer)
    acts.adopt(act=other, number="40", date=ON, version=other.version, by=officer)
    with pytest.raises(RuleViolation, match="Поверніть її на доопрацювання"):
        adopt()
    acts.return_to_draft(act=draft, version=fresh(draft).version, by=officer)
    rebasing.rebase(act=draft, keep_figures=False, version=fresh(draft).version, by=officer)
    on_the_way(draft, officer)
    adopt()
    assert amounts(town)["1.1", 2024] == 35_000


def test_cash_paid_on_the_way_keeps_an_unconfirmed_cut_from_being_adopted(
    adopt, town, sample, officer
):
    pay(sample, town.measures["1.1"], "40000.00", officer)
    with pytest.raises(RuleViolation, match=r"сплачено 40.000,00 грн"):
        adopt()


def test_a_draft_that_only_moves_a_measure_changes_something(town, officer):
    act = acts.open_draft(programme=town.programme, by=officer)
    with pytest.raises(RuleViolation, match="нічого не змінює"):
        acts.submit(act=act, version=1, by=officer)
    act.measurepositions.create(measure=town.measures["1.1"], number="9", order=1)
    acts.submit(act=act, version=1, by=officer)
    assert fresh(act).status == ActStatus.SUBMITTED
