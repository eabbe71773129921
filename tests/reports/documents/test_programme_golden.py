"""The tables of seeds 001, 002 and 004 are printed again cell by cell (transcriptions in tests/golden/programmes)."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from budgets.models import Programme
from reports import checks
from reports.documents import amendment, programme_measures, programme_plan
from reports.documents.base import Kind

GOLDEN = Path(__file__).parents[2] / "golden" / "programmes"
SAMPLE = Path(__file__).parents[3] / "reports" / "sample_data" / "programmes"
PROGRAMMES = {
    "001": "kropyvnytskyi-e-governance",
    "002": "zhytomyr-e-misto",
    "004": "slavutych-electronic-city",
}
TABLES = [("001", "base"), ("001", "am-698"), ("002", "base"), ("004", "base")]


@pytest.fixture
def papers(db):
    """(number, act key) → the document, its table and the row keys of the sample's own keys."""

    def made(number, act_key):
        programme = Programme.objects.get(slug=PROGRAMMES[number])
        data = json.loads((SAMPLE / f"{programme.slug}.json").read_text("utf-8"))
        acts = programme_plan.acts_in_order(programme)
        act = acts[[each["key"] for each in data["acts"]].index(act_key)]
        document = (
            programme_measures.build(programme, act=act)
            if act_key == "base"
            else amendment.deltas(act)
        )
        ordered = {
            "measure": [each["key"] for each in data["measures"]],
            "task": [each["key"] for each in data["tasks"]],
            "unit": [each["key"] for each in data["executors"]],
            "direction": [each["key"] for each in data["directions"]],
            "source": [each["key"] for each in data["sources"]],
        }
        rows = {
            "measure": programme.measures, "task": programme.tasks, "unit": programme.executors,
            "direction": programme.directions, "source": programme.fundingsources,
        }  # fmt: skip
        keys = {"programme": "programme"}
        for kind, names in ordered.items():
            pks = rows[kind].order_by("order").values_list("pk", flat=True)
            keys |= {name: f"{kind}-{pk}" for name, pk in zip(names, pks, strict=True)}
        return document, keys

    return made


def golden_rows(number, act_key):
    data = json.loads((GOLDEN / f"{number}-measures.json").read_text("utf-8"))
    return data["tables"][act_key]["rows"]


def in_hryvnias(text, column):
    """The transcription is in тис. грн; quantities are plain."""
    if text is None:
        return None
    return Decimal(text) if column.kind is Kind.QUANTITY else Decimal(text) * 1000


def place_of(name):
    """«2019.general» → the year and the column as the table of differences names them."""
    year, _point, part = name.partition(".") if name != "total" else ("усі роки", "", "")
    words = {"general": "загальний фонд", "special": "спеціальний фонд", "quantity": "кількість"}
    return year, words.get(part, "усього")


@pytest.mark.parametrize(("number", "act_key"), TABLES)
def test_every_printed_cell_is_printed_again_or_stands_among_the_differences(
    papers, number, act_key
):
    document, keys = papers(number, act_key)
    table = document.table("measures")
    differing = {
        (row.value("printed"), row.value("year"), row.value("column"))
        for each in document.tables
        if each.key.startswith("printed")
        for row in each.rows
    }
    compared, missing = 0, []
    for golden in golden_rows(number, act_key):
        row = table.row(keys[golden["key"]])
        assert row is not None, golden["key"]
        for name, text in golden["cells"].items():
            if text is None or name in golden["lost"]:
                continue
            column = table.column(name)
            printed, ours = in_hryvnias(text, column), row.figure(name)
            if column.kind is Kind.QUANTITY and act_key != "base" and ours is not None:
                ours = abs(ours)  # the amendment prints no sign of a quantity
            compared += 1
            if ours != printed and (printed, *place_of(name)) not in differing:
                missing.append((golden["key"], name, text, ours))
    assert compared > 110
    assert missing == []


@pytest.mark.parametrize(("number", "act_key"), TABLES)
def test_amounts_of_measures_are_the_printed_ones(papers, number, act_key):
    """Every fund and year of every measure, without help of the list of differences."""
    document, keys = papers(number, act_key)
    table = document.table("measures")
    wrong, compared = [], 0
    for golden in golden_rows(number, act_key):
        if golden["level"] not in {"measure", "row"}:
            continue
        row = table.row(keys[golden["key"]])
        for name, text in golden["cells"].items():
            column = table.column(name)
            if name == "total" or name.endswith((".quantity", ".total")) or name in golden["lost"]:
                continue
            compared += 1
            if row.figure(name) != in_hryvnias(text, column):
                wrong.append((golden["key"], name, text, row.figure(name)))
    assert compared > 100
    assert wrong == []


@pytest.mark.parametrize(("number", "act_key"), TABLES)
def test_the_papers_of_published_programmes_add_up(papers, number, act_key):
    document, _keys = papers(number, act_key)
    assert [each.message for each in checks.run(document) if each.code == "arithmetic"] == []


def test_figures_after_the_unknown_decision_are_marked(papers):
    programme = Programme.objects.get(slug=PROGRAMMES["001"])
    first, _unknown, draft = programme_plan.acts_in_order(programme)
    assert "incomplete" not in programme_measures.build(programme, act=first).meta
    meta = programme_measures.build(programme, act=draft).meta
    assert meta["incomplete"] == "зміни № 2722 від 27.08.2019"
