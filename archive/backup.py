"""Making an archive: one moment of the database and the stored files, in a ZIP that only its owner may read."""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from django.db import connection, models
from django.utils import timezone

from archive import contents, manifest, reading, rows, sequences, stored_files
from archive.exceptions import ArchiveRefused
from archive.manifest import Manifest, Member, Record, StoredFile, Table
from archive.snapshot import migrations, snapshot
from budgets.selectors import record

_FAULTS_TOLD = 100


@dataclass(frozen=True, slots=True)
class Made:
    """``digest`` stands for the whole archive; ``warnings`` are what its maker should look at."""

    manifest: Manifest
    digest: str
    warnings: list[str]


def make(path: Path) -> Made:
    """Write the archive under a name of its own, read it back, then give it its name. Refused where a file is."""
    if path.exists() or path.is_symlink():
        raise ArchiveRefused(f"{path} exists; an archive replaces no file.")
    if path.parent.resolve().is_relative_to(stored_files.folder().resolve()):
        raise ArchiveRefused(f"{path} would lie among the stored files; choose another place.")
    part = path.with_name(f"{path.name}.part")
    try:
        with _private(part) as target:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
                warnings = _fill(packed)
            target.flush()
            os.fsync(target.fileno())
        with reading.opened(part) as made:
            made.verify()
            found = Made(made.manifest, made.digest, warnings)
        part.rename(path)
    except OSError as error:
        raise ArchiveRefused(f"Cannot write {path}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return found


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner reads: it holds password hashes and personal data."""
    path.unlink(missing_ok=True)  # what an interrupted backup left
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "w+b") as target:
        yield target


def _fill(packed: zipfile.ZipFile) -> list[str]:
    with snapshot():
        verdict = record.verify()
        tables = [_table(packed, model) for model in contents.archived_models()]
        named = sorted(_named_files())
        told = migrations()
    # Files are only ever added, and each before the row that names it: those of the moment are all there.
    files, unfit = _files(packed)
    missing = sorted(set(named) - {file.name for file in files})
    faults = list(verdict.faults)
    made = Manifest(
        made_at=timezone.now().isoformat(timespec="seconds"),
        database=connection.vendor,
        migrations=told,
        record=Record(verdict.events, verdict.changes, verdict.digest, faults[:_FAULTS_TOLD]),
        tables=tables,
        files=files,
        missing_files=missing,
    )
    with packed.open(_entry(manifest.NAME), "w") as target:
        target.write(manifest.dumped(made))
    return [
        *([f"The record does not hold: {len(faults)} faults, see verify_audit."] if faults else []),
        *(f"A row names the file {name}, which is not there." for name in missing),
        *(f"The file {name!r} stays behind: its name cannot be written down." for name in unfit),
    ]


def _table(packed: zipfile.ZipFile, model: type[models.Model]) -> Table:
    label = model._meta.label
    path, count = manifest.table_path(label), 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in rows.lines(model):
            count += 1
            yield line

    member = _member(packed, path, counted(), zipfile.ZIP_DEFLATED)
    return Table(label, contents.columns(model), count, sequences.last_key(model), member)


def _named_files() -> Iterator[str]:
    for model in contents.archived_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.FileField):
                names = model._base_manager.exclude(**{field.attname: ""})
                yield from names.values_list(field.attname, flat=True).iterator()


def _files(packed: zipfile.ZipFile) -> tuple[list[StoredFile], list[str]]:
    """Stored files that travel, and those whose names cannot. They go in uncompressed: PDF packs badly."""
    found, unfit = [], []
    for name in stored_files.stored_names():
        if not manifest.is_safe(name):
            unfit.append(name)
            continue
        with suppress(FileNotFoundError), (stored_files.folder() / name).open("rb") as source:
            chunks = iter(partial(source.read, reading.CHUNK), b"")
            member = _member(packed, manifest.file_path(name), chunks, zipfile.ZIP_STORED)
            found.append(StoredFile(name, member))
    return found, unfit


def _member(
    packed: zipfile.ZipFile, path: str, chunks: Iterable[bytes], compression: int
) -> Member:
    digest, size = hashlib.sha256(), 0
    with packed.open(_entry(path, compression), "w", force_zip64=True) as target:
        for chunk in chunks:
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return Member(path, size, digest.hexdigest())


def _entry(path: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, timezone.localtime().timetuple()[:6])
    entry.compress_type = compression
    entry.external_attr = 0o600 << 16
    return entry
