"""An archive that is not what it says is refused, and a refused restore leaves nothing behind."""

import hashlib
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from archive import contents, manifest, reading, stored_files
from budgets.models import CashEntry, EconomicCode, Event
from budgets.selectors import record


@pytest.fixture
def empty(empty_site, settings, tmp_path) -> Path:
    """An empty system; the folder of its files."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def restore(path, **options) -> None:
    call_command("restore", path, stdout=open(os.devnull, "w"), **options)  # noqa: SIM115, PTH123


def refusal(path, **options) -> str:
    with pytest.raises(CommandError) as error:
        restore(path, **options)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith("Nothing was changed.")
    return str(error.value)


def expect_untouched(folder: Path) -> None:
    for model in contents.archived_models():
        if model._meta.label not in contents.SEEDED:
            assert not model._base_manager.exists(), model
    assert EconomicCode.objects.count() == 70
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert not list(folder.glob(f"{manifest.STAGING}*"))


def repacked(archive: Path, target: Path, change, *, sign=False) -> Path:
    """The archive with its members changed; ``sign`` makes the manifest agree, as whoever wrote it could."""
    with zipfile.ZipFile(archive) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    told = json.loads(members["manifest.json"])
    change(members, told)
    if sign:
        for each in told["tables"] + told["files"]:
            content = members[each["member"]["path"]]
            each["member"] |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    if "manifest.json" in members:
        members["manifest.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return target


def edit(name, old, new):
    def change(members, _told):
        assert old in members[name]
        members[name] = members[name].replace(old, new, 1)

    return change


CASH, EVENTS = "data/budgets.CashEntry.jsonl", "data/budgets.Event.jsonl"


def test_the_archive_is_for_its_owner_only(archive):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


STORED = 6  # the decision and the files of an issued and signed report


def test_an_untouched_copy_is_taken_in(archive, empty, tmp_path):
    """What the tests below change is all that they change."""
    restore(repacked(archive, tmp_path / "copy.zip", lambda *_: None))
    assert CashEntry.objects.count() == 28
    assert not record.verify().faults
    assert len([path for path in empty.rglob("*") if path.is_file()]) == STORED
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Event.objects.update(reason="x")


def removed(name):
    return lambda members, _told: members.pop(name)


def added(members, _told):
    members["files/acts/more.pdf"] = b"more"


def told(**values):
    return lambda _members, told: told.update(values)


def first_file(**values):
    return lambda _members, told: told["files"][0].update(values)


def a_file_called(name):
    def change(members, told):
        file = told["files"][0]
        members[f"files/{name}"] = members.pop(file["member"]["path"])
        file["name"], file["member"]["path"] = name, f"files/{name}"

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edit(CASH, b'"general"', b'"special"'), "was altered or damaged: its digest differs"),
        (edit(CASH, b"]\n", b"] \n"), "has not the size that the manifest names"),
        (removed(CASH), "does not hold exactly what its manifest names"),
        (added, "does not hold exactly what its manifest names"),
        (removed("manifest.json"), "This is no archive of this system."),
        (told(format="zip"), "This is no archive of this system."),
        (told(version=2), "format version 2; this version reads 1"),
        (told(files=None), "manifest cannot be read"),
        (told(tables=[{}]), "manifest cannot be read"),
        (told(tables=[]), "does not hold exactly"),
        (lambda _members, told: told["tables"].append(told["tables"][0]), "names a member twice"),
        (first_file(member={"path": "files/x", "size": -1, "sha256": ""}), "manifest cannot be read"),
    ],
)  # fmt: skip
def test_an_altered_archive_is_refused(archive, empty, tmp_path, change, said):
    assert said in refusal(repacked(archive, tmp_path / "altered.zip", change))
    expect_untouched(empty)


@pytest.mark.parametrize(
    "name",
    ["../x.pdf", "acts/../../x.pdf", "/etc/x.pdf", "acts//x.pdf", "./x.pdf", "..", "", "acts\\..\\x.pdf",
     "acts/x\n.pdf", ".restore-0/x.pdf", "x" * 2000],
)  # fmt: skip
def test_a_file_that_would_lie_elsewhere_is_refused(archive, empty, tmp_path, name):
    altered = repacked(archive, tmp_path / "altered.zip", a_file_called(name), sign=True)
    said = refusal(altered)
    assert "outside the folder of files" in said or "exactly what its manifest names" in said
    expect_untouched(empty)


def test_a_link_in_the_folder_leads_no_file_out_of_it(archive, empty, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    empty.mkdir()
    (empty / "acts").symlink_to(outside)
    assert "leads out of the folder of files" in refusal(archive)
    assert not [path for path in outside.rglob("*") if path.is_file()]
    (empty / "acts").unlink()
    expect_untouched(empty)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_cut_off_archive_is_refused(archive, empty, tmp_path, part):
    content = archive.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(content[: int(len(content) * part)])
    assert "cannot be read" in refusal(cut)
    expect_untouched(empty)


def test_a_flipped_bit_is_found(archive, empty, tmp_path):
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(content)
    refusal(damaged)
    expect_untouched(empty)


@pytest.mark.parametrize("path", ["missing.zip", "."])
def test_what_is_no_file_is_told(empty, tmp_path, path):
    assert "Cannot read" in refusal(tmp_path / path)


def test_text_is_no_archive(empty, tmp_path):
    (tmp_path / "text.zip").write_text("hello")
    assert "cannot be read" in refusal(tmp_path / "text.zip")


# Archives that want too much


def test_a_member_that_unpacks_into_far_more_than_the_file_is_refused_unread(
    archive, empty, tmp_path
):
    def bomb(members, _told):
        members[CASH] = b"\n" * 400_000_000

    assert "far too much" in refusal(repacked(archive, tmp_path / "bomb.zip", bomb, sign=True))


def test_a_member_longer_than_it_says_is_not_read_to_its_end(archive, monkeypatch):
    """The directory of a ZIP may lie about sizes as the manifest does: reading stops there all the same."""
    with reading.opened(archive) as opened:
        member = next(m for m in opened.manifest.members if m.path == CASH)
        short = manifest.Member(member.path, 10, member.sha256)
        with pytest.raises(reading.ArchiveRefused, match="altered or damaged"):
            list(opened.chunks(short))


def test_an_endless_line_is_refused(archive, empty, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_LINE", 1000)
    monkeypatch.setattr(reading, "CHUNK", 100)
    assert "too long" in refusal(archive)
    expect_untouched(empty)


def test_files_that_find_no_room_are_refused(archive, empty, monkeypatch):
    monkeypatch.setattr(stored_files.shutil, "disk_usage", lambda _path: type("", (), {"free": 9}))
    assert "no room" in refusal(archive)
    expect_untouched(empty)


# Archives whose digests agree with contents that do not hold


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edit(EVENTS, b'"cash.reverse"', b'"cash.record"'), "The record does not hold in this archive"),
        (edit(CASH, b"[1,", b"[1000,"), "The database refuses: "),  # its reversal names no row any more
        (edit(CASH, b"[1,", b"1,"), "budgets.CashEntry: "),
        (edit(CASH, b"]\n", b",1]\n"), "not a row of this table"),
        (edit(CASH, b'"general"', b"null"), "budgets.CashEntry, rows 1"),
        (lambda members, told: told["record"].update(digest="0" * 64), "not the one that was archived"),
        (lambda members, told: told["tables"][1].update(rows=77777), "not as many rows"),
        (lambda members, told: told["migrations"].pop(), "of another version"),
        (lambda members, told: told["tables"][0]["columns"].pop(), "not those of this version"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_rolled_back(archive, empty, tmp_path, change, said):
    altered = repacked(archive, tmp_path / "altered.zip", change, sign=True)
    assert said in refusal(altered)
    expect_untouched(empty)


def test_the_noted_digest_finds_what_a_careful_forger_changed(archive, empty, tmp_path):
    with reading.opened(archive) as opened:
        noted = opened.digest
    forged = repacked(
        archive, tmp_path / "forged.zip", edit(CASH, b'"general"', b'"special"'), sign=True
    )
    assert "another archive" in refusal(forged, digest=noted)
    expect_untouched(empty)
    restore(archive, digest=noted.upper())
    assert CashEntry.objects.exists()


def test_faults_that_were_there_are_taken_in_only_when_told(archive, empty, tmp_path):
    """A city whose record was tampered with before the disk broke gets its data back, knowingly."""

    def broken(members, told):
        edit(EVENTS, b'"cash.reverse"', b'"cash.record"')(members, told)
        told["record"]["faults"] = ["Event 2 was altered."]

    path = repacked(archive, tmp_path / "broken.zip", broken, sign=True)
    assert "when the archive was made, too" in refusal(path)
    expect_untouched(empty)
    restore(path, broken_record=True)
    assert record.verify().faults
    honest = repacked(
        archive, tmp_path / "h.zip", edit(EVENTS, b'"cash.reverse"', b'"cash.record"'), sign=True
    )
    assert "does not hold in this" in refusal(honest, broken_record=True, replace=True)


# Systems that are not empty


def test_a_system_with_data_is_refused_unless_told_otherwise(archive, empty):
    restore(archive)
    (empty / "acts" / "old.pdf").write_bytes(b"old")
    said = refusal(archive)
    assert "not empty: " in said
    assert "--replace" in said
    assert CashEntry.objects.count() == 28
    restore(archive, replace=True)
    assert CashEntry.objects.count() == 28
    assert not (empty / "acts" / "old.pdf").exists()
    assert not record.verify().faults


def test_a_stored_file_makes_a_system_other_than_empty(archive, empty):
    empty.mkdir()
    (empty / "x.pdf").write_bytes(b"mine")
    assert "the file x.pdf is stored" in refusal(archive)
    assert (empty / "x.pdf").read_bytes() == b"mine"


def test_files_of_an_interrupted_restore_are_no_hindrance(archive, empty):
    """It stopped between the files and the database: the same files lie there already, and a folder of copies."""
    with reading.opened(archive) as opened:
        file, *others = opened.manifest.files
        place = empty / file.name
        place.parent.mkdir(parents=True)
        place.write_bytes(b"".join(opened.chunks(file.member)))
    (empty / ".restore-1").mkdir()
    (empty / ".restore-1" / "new-0").write_bytes(b"half")
    restore(archive)
    found = {path for path in empty.rglob("*") if path.is_file()}
    assert found == {place, *(empty / other.name for other in others)}


def test_when_a_file_cannot_be_placed_nothing_is(archive, empty, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stored_files, "_onto_disk", full)
    assert "Files cannot be written" in refusal(archive)
    expect_untouched(empty)


def test_a_check_writes_nothing(archive, empty, capsys):
    call_command("restore", archive, check=True)
    assert "is whole and fits this system" in capsys.readouterr().out
    expect_untouched(empty)


# Archives that are not made


def test_a_backup_replaces_no_file_and_lies_beside_none_of_the_stored(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    (tmp_path / "there.zip").write_text("mine")
    with pytest.raises(CommandError, match="replaces no file"):
        call_command("backup", tmp_path / "there.zip")
    with pytest.raises(CommandError, match="among the stored files"):
        call_command("backup", settings.MEDIA_ROOT / "x.zip")
    with pytest.raises(CommandError, match="Cannot write"):
        call_command("backup", tmp_path / "missing" / "x.zip")
    assert (tmp_path / "there.zip").read_text() == "mine"


def test_a_backup_of_a_system_with_faults_is_made_and_told(new_site):
    """Such a system needs it most; the command ends with an error so that a timer notices."""
    site = new_site(connection.vendor, "sample")
    site.call("fill")
    name = next(each for each in site.stored() if each.startswith("acts/"))
    (site.files / name).unlink()
    (site.files / "odd\nname").write_bytes(b"x")
    target = site.files.parent / "faulty.zip"
    said = site.manage("backup", target, fails=True)
    assert f"A row names the file {name}, which is not there." in said
    assert "its name cannot be written down" in said
    assert "The archive was made" in said
    assert zipfile.ZipFile(target).testzip() is None
