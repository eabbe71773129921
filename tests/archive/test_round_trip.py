"""From one system into an empty other one, on each pair of databases, by the commands themselves."""

import json
import zipfile

import pytest

from tests.archive.conftest import VENDORS

OTHERS = VENDORS[-1:]
"""The kind of database the tests run on: what concerns SQLite alone is tested where they run on it."""

PAIRS = [(OTHERS[0], OTHERS[0])] if OTHERS == VENDORS else [tuple(VENDORS), tuple(VENDORS[::-1])]
"""Origin and target of each restore: within SQLite, and across to PostgreSQL and back."""


def members(path):
    """Digest of every member by its manifest, which the archive's reader has compared with the members."""
    with zipfile.ZipFile(path) as packed:
        told = json.loads(packed.read("manifest.json"))
    return {
        each["member"]["path"]: each["member"]["sha256"] for each in told["tables"] + told["files"]
    }


@pytest.mark.parametrize(("origin", "target"), PAIRS)
def test_an_empty_system_becomes_the_archived_one(worked_in, new_site, tmp_path, origin, target):
    old, archive = worked_in(origin), worked_in(origin).files.parent / "site.zip"
    new = new_site(target)
    told = new.manage("restore", archive)
    assert "the record holds" in told
    assert f"on {origin}" in told

    # Every row of every table, and with it every report.
    again = tmp_path / "again.zip"
    new.manage("backup", again)
    assert members(again) == members(archive)
    papers = old.call("documents")
    assert len(papers) > 150
    assert sum(text.startswith("{") for text in papers.values()) > 120
    assert new.call("documents") == papers
    assert new.stored() == old.stored()
    assert (
        len(new.stored()) == 6
    )  # the decision; an issued report: PDF, workbook, data, two signed PDFs
    judged = new.call("verified")
    assert judged == old.call("verified")
    assert len(judged) == 6
    assert set(map(tuple, judged.values())) == {("genuine", "valid", "valid")}
    assert "The record holds" in new.manage("verify_audit")

    # And it lives: keys go on, triggers stand.
    with zipfile.ZipFile(archive) as packed:
        told = json.loads(packed.read("manifest.json"))
    last = {table["model"]: table["last_key"] for table in told["tables"]}
    names = ("budgets.CashEntry", "budgets.StrategyLink")
    assert new.call("go_on") == [last[name] + 1 for name in names]
    assert "The record holds" in new.manage("verify_audit")
    link_rows = next(t["rows"] for t in told["tables"] if t["model"] == "budgets.StrategyLink")
    assert last["budgets.StrategyLink"] > link_rows  # a removed row's key is not given out again


@pytest.mark.parametrize("vendor", OTHERS)
def test_a_backup_is_of_one_moment_and_keeps_nobody_waiting(new_site, tmp_path, vendor):
    site, new = new_site(vendor, "sample"), new_site(vendor)
    told = site.call("back_up_while_writing")
    assert told["finished"] == [True]
    assert told["warnings"] == []
    assert told["archived"] == told["before"]
    assert told["after"] == [number + 1 for number in told["before"]]
    new.manage("restore", told["archive"])
    assert "The record holds" in new.manage("verify_audit")
