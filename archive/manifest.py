"""manifest.json, the first thing read of an archive: what it holds, of which version, with the digest of every member.

The SHA-256 of the manifest therefore stands for the whole archive; whoever notes it elsewhere notices any change.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from archive.exceptions import ArchiveRefused

NAME = "manifest.json"
FORMAT, VERSION = "eprogram-archive", 1
STAGING = ".restore-"
"""Beginning of the folder among the stored files in which a restore works; no stored file lies there."""
_LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the archive: where it lies, how long it is and its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one model; ``last_key`` is the last one the table gave out."""

    model: str
    columns: list[str]
    rows: int
    last_key: int
    member: Member


@dataclass(frozen=True, slots=True)
class StoredFile:
    """``name`` as rows name it, below the folder of stored files."""

    name: str
    member: Member


@dataclass(frozen=True, slots=True)
class Record:
    """What the chain of the record said of itself when the archive was made."""

    events: int
    changes: int
    digest: str
    faults: list[str]


@dataclass(frozen=True, slots=True)
class Manifest:
    made_at: str
    database: str
    migrations: list[tuple[str, str]]
    record: Record
    tables: list[Table]
    files: list[StoredFile]
    missing_files: list[str]

    @property
    def members(self) -> list[Member]:
        return [table.member for table in self.tables] + [file.member for file in self.files]


def dumped(manifest: Manifest) -> bytes:
    told = {"format": FORMAT, "version": VERSION, **asdict(manifest)}
    return f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()


def loaded(content: bytes) -> Manifest:
    """Nothing in it is believed before its shape is checked."""
    try:
        told = json.loads(content)
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise ArchiveRefused("This is no archive of this system.")
        if told.get("version") != VERSION:
            raise ArchiveRefused(
                f"The archive has format version {told.get('version')}; this version reads {VERSION}."
            )
        found = Manifest(
            made_at=_text(told["made_at"]),
            database=_text(told["database"]),
            migrations=[(_text(app), _text(name)) for app, name in told["migrations"]],
            record=_record(told["record"]),
            tables=[_table(each) for each in told["tables"]],
            files=[_file(each) for each in told["files"]],
            missing_files=[_text(each) for each in told["missing_files"]],
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ArchiveRefused(f"The archive's manifest cannot be read: {error!r}.") from error
    paths = [member.path for member in found.members]
    if len({*paths, NAME}) != len(paths) + 1:
        raise ArchiveRefused("The archive's manifest names a member twice.")
    return found


def is_safe(name: str) -> bool:
    """Whether a file of this name stays below the folder of stored files and can be written down."""
    path = PurePosixPath(name)
    return (
        0 < len(name) <= _LONGEST_NAME
        and str(path) == name
        and not path.is_absolute()
        and not {"..", "."} & set(path.parts)
        and not path.parts[0].startswith(STAGING)
        and not any(ord(letter) < ord(" ") or letter in "\\\x7f" for letter in name)
        and not any("\ud800" <= letter <= "\udfff" for letter in name)  # names that are no UTF-8
    )


def _record(told: dict[str, Any]) -> Record:
    return Record(
        _count(told["events"]),
        _count(told["changes"]),
        _text(told["digest"]),
        [_text(fault) for fault in told["faults"]],
    )


def _table(told: dict[str, Any]) -> Table:
    model = _text(told["model"])
    return Table(
        model,
        [_text(column) for column in told["columns"]],
        _count(told["rows"]),
        _count(told["last_key"]),
        _member(told["member"], table_path(model)),
    )


def _file(told: dict[str, Any]) -> StoredFile:
    name = _text(told["name"])
    if not is_safe(name):
        raise ArchiveRefused(f"The archive names a file outside the folder of files: {name!r}.")
    return StoredFile(name, _member(told["member"], file_path(name)))


def _member(told: dict[str, Any], path: str) -> Member:
    if told["path"] != path:
        raise ValueError(f"{told['path']!r} where {path!r} belongs")
    return Member(path, _count(told["size"]), _text(told["sha256"]))


def table_path(model: str) -> str:
    return f"data/{model}.jsonl"


def file_path(name: str) -> str:
    return f"files/{name}"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is no count")
    return value
