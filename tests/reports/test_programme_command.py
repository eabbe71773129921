"""Papers of target programmes by command."""

import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from reports.catalogue import KINDS, PROGRAMME_KINDS
from reports.renderers import FORMATS

SLUG = "slavutych-electronic-city"


def report(kind="programme-measures", **changed):
    call_command("report", kind, **{"programme": SLUG, "format": "json", **changed})


def refusal(**changed):
    kind = changed.pop("kind", "programme-measures")
    with pytest.raises(CommandError) as error:
        report(kind, **changed)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("kind", PROGRAMME_KINDS.values(), ids=lambda kind: kind.name)
def test_each_paper_is_written(sample, tmp_path, kind):
    target = tmp_path / "paper.json"
    report(kind.name, output=str(target), **({"act": "1"} if kind.of_act else {}))
    assert json.loads(target.read_text("utf-8"))["kind"] == kind.name


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_measures_are_written_in_each_format(town, tmp_path, format_name):
    target = tmp_path / "paper"
    report(programme=town.programme.slug, format=format_name, output=str(target))
    assert len(target.read_bytes()) > 3000


def test_a_column_in_thousands_says_so_beside_its_hryvnias(town, tmp_path):
    target = tmp_path / "paper.json"
    report(programme=town.programme.slug, output=str(target))
    tables = [
        b
        for s in json.loads(target.read_text("utf-8"))["sections"]
        for b in s["blocks"]
        if b["type"] == "table"
    ]
    columns = {column["key"]: column for column in tables[0]["columns"]}
    assert columns["2024.general"]["unit"] == "thousand"
    assert "unit" not in columns["2024.quantity"]
    row = next(
        each for each in tables[0]["rows"] if each["key"] == f"measure-{town.measures['1.1'].pk}"
    )
    assert row["cells"]["2025.special"] == "23000.50"


def test_acts_are_counted_in_order_of_force_with_drafts_last(amended, draft, tmp_path):
    def amounts(act):
        target = tmp_path / "paper.json"
        report("amendment-deltas", programme=amended.programme.slug, act=act, output=str(target))
        return json.loads(target.read_text("utf-8"))["meta"]

    assert amounts("2")["act"] == "20"
    assert amounts("3") == {
        "programme": amended.programme.slug,
        "acts": 3,
        "act": str(draft.pk),
        "status": "draft",
    }


def test_the_day_and_the_layout_are_chosen(amended, tmp_path):
    target = tmp_path / "paper.json"
    report(
        programme=amended.programme.slug, as_of="2024-05-31", layout="stages", output=str(target)
    )
    meta = json.loads(target.read_text("utf-8"))["meta"]
    assert (meta["as_of"], meta["layout"], meta["acts"]) == ("2024-05-31", "stages", 1)


def test_a_session_package_is_one_archive(draft, tmp_path):
    target = tmp_path / "papers.zip"
    call_command(
        "report", "session-package", programme=draft.programme.slug, act="2", format="zip", output=str(target)
    )  # fmt: skip
    assert len(zipfile.ZipFile(target).namelist()) == 14


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"programme": "nowhere"}, "There is no target programme «nowhere»: manage.py programmes lists them."),
        ({"programme": "0217530"}, "There is no target programme «0217530»"),
        ({"format": ""}, "Unknown format «»."),
        ({"format": "zip"}, "Unknown format «zip»."),
        ({"kind": "session-package", "format": "pdf", "act": "1"}, "use --format zip"),
        ({"kind": "session-package", "format": ""}, "This document is of one act: add --act (1)."),
        ({"kind": "amendment-deltas"}, "This document is of one act: add --act (1)."),
        ({"act": "2"}, "There is no act «2» of slavutych-electronic-city: 1."),
        ({"act": "0"}, "There is no act «0»"),
        ({"act": "²"}, "There is no act «²»"),
        ({"act": "перший"}, "There is no act «перший»"),
        ({"act": "1", "as_of": "2018-01-01"}, "choose one of them"),
        ({"as_of": "торік"}, "Day «торік» is not a date, e.g. 2024-12-31."),
        ({"as_of": "2018-02-30"}, "is not a date"),
        ({"layout": "months"}, "Unknown layout «months». Known: years, units, funds, stages."),
        ({"year": "2018"}, "--year: only for documents of a budget programme's year."),
        ({"kind": "passport", "programme": "0217530"}, "«passport» is of one year: add --year, e.g. 2023."),
        ({"kind": "passport", "act": "1", "year": "2023"}, "--act: only for documents of a target programme."),
        ({"kind": "invoice"}, "programme-measures"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused_in_one_line_that_helps(sample, changed, message):
    assert message in refusal(**changed)


def test_an_act_known_only_by_number_has_no_annex(sample):
    said = refusal(kind="amendment-deltas", programme="kropyvnytskyi-e-governance", act="2")
    assert said.startswith("Рядки акта «зміни № 2722 від 27.08.2019» невідомі")


def test_the_programmes_are_listed_a_line_each(sample, capsys):
    call_command("programmes")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == [
        "kropyvnytskyi-e-governance", "slavutych-electronic-city", "zhytomyr-e-misto",
        "zhytomyr-efektyvna-vlada",
    ]  # fmt: skip
    assert lines[2].split("\t")[2] == "2021–2026"


def test_no_name_means_two_documents():
    assert not KINDS.keys() & PROGRAMME_KINDS.keys()
