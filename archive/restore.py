"""Taking an archive in: everything it holds becomes the system's contents in one transaction, or nothing does."""

from pathlib import Path

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from archive import contents, reading, rows, sequences, stored_files
from archive.exceptions import ArchiveRefused
from archive.manifest import Manifest
from archive.reading import Archive
from archive.snapshot import migrations
from budgets.models import frozen, recording
from budgets.selectors import record

_TOLD = 5


def verify(path: Path, *, digest: str = "") -> tuple[Manifest, str]:
    """The manifest and the digest of an archive that is whole and fits this system. Nothing is written."""
    with reading.opened(path) as archive:
        _expect_fitting(archive, digest)
        return archive.manifest, archive.digest


def restore(
    path: Path, *, digest: str = "", replace: bool = False, broken_record: bool = False
) -> Manifest:
    """Make the archive the contents of this system.

    Refused, with nothing changed: an archive that is altered, damaged or of other migrations, or not the one ``digest``
    names; a system that holds anything (``replace`` erases it first); a record that does not hold or is not the one that
    was archived (``broken_record`` takes one whose faults were there already when the archive was made).
    """
    with reading.opened(path) as archive:
        _expect_fitting(archive, digest)
        files = archive.manifest.files
        strangers: list[str] = []
        with stored_files.placing(archive) as placing:
            try:
                with transaction.atomic(durable=True):  # the files cannot follow a later rollback
                    _lock()
                    strangers = stored_files.strangers(files)
                    if not replace:
                        _expect_empty(strangers)
                    _load(archive)
                    _expect_record(archive.manifest, broken_record=broken_record)
                    placing.copy()
                    placing.move_in()
            except DatabaseError as error:
                said = str(error).strip().partition("\n")[0]
                raise ArchiveRefused(f"The database refuses: {said}.") from error
        kept = {file.name for file in files}
        stored_files.remove(name for name in strangers if name not in kept)
        ContentType.objects.clear_cache()
        return archive.manifest


def _expect_fitting(archive: Archive, digest: str) -> None:
    """Everything that can be known before anything is written."""
    if digest and digest != archive.digest:
        raise ArchiveRefused(f"This is another archive: its digest is {archive.digest}.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise ArchiveRefused("Tables are missing here: run manage.py migrate first.")
    here, there = set(migrations()), set(archive.manifest.migrations)
    if here != there:
        differing = ", ".join(".".join(each) for each in sorted(here ^ there)[:_TOLD])
        raise ArchiveRefused(
            "The archive is of another version: restore it with that version, then upgrade. "
            f"Migrations that only one of them has: {differing}."
        )
    tables = {table.model: table.columns for table in archive.manifest.tables}
    own = {m._meta.label: contents.columns(m) for m in contents.archived_models()}
    if tables != own:
        raise ArchiveRefused("The archive's tables are not those of this version.")
    archive.verify()


def _lock() -> None:
    """Nobody writes until the end: SQLite locks at the start of the transaction, PostgreSQL when it is told."""
    if connection.vendor == "postgresql":
        quote = connection.ops.quote_name
        names = ", ".join(quote(model._meta.db_table) for model in contents.emptied_models())
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")


def _expect_empty(strangers: list[str]) -> None:
    found = [
        f"{model._meta.label} has rows"
        for model in contents.archived_models()
        if model._meta.label not in contents.SEEDED and model._base_manager.exists()
    ]
    found += [f"the file {name} is stored" for name in strangers]
    if found:
        more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
        raise ArchiveRefused(
            f"This system is not empty: {', '.join(found[:_TOLD])}{more}. "
            "Restore into a new one, or erase what is here with --replace."
        )


def _load(archive: Archive) -> None:
    """Empty all tables and fill them; triggers stand aside meanwhile, foreign keys are checked at the end."""
    frozen.drop_triggers()
    recording.drop_triggers()
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in contents.emptied_models():
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608 - our own name
    for table in archive.manifest.tables:
        model = apps.get_model(table.model)
        if rows.load(model, archive.lines(table.member)) != table.rows:
            raise ArchiveRefused(f"{table.model} has not as many rows as the manifest names.")
        sequences.go_on_after(model, table.last_key)
    connection.check_constraints()
    frozen.install_triggers()
    recording.install_triggers()


def _expect_record(manifest: Manifest, *, broken_record: bool) -> None:
    verdict, told = record.verify(), manifest.record
    if (verdict.events, verdict.changes, verdict.digest) != (
        told.events,
        told.changes,
        told.digest,
    ):
        raise ArchiveRefused(
            f"The record is not the one that was archived: {verdict.events} events ending in {verdict.digest or 'none'}."
        )
    if verdict.faults and not (broken_record and told.faults):
        since = "when the archive was made, too" if told.faults else "in this archive"
        raise ArchiveRefused(
            f"The record does not hold {since}: {len(verdict.faults)} faults, the first: {verdict.faults[0]}"
        )
