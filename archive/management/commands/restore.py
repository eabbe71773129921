from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from archive import restore
from archive.exceptions import ArchiveRefused


class Command(BaseCommand):
    help = (
        "Take an archive of the command backup into this system, which must be migrated and empty. Everything or nothing is"
        " taken in. Everybody signs in again afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="verify the archive, write nothing"
        )
        parser.add_argument(
            "--digest", default="", help="what the backup printed: refuse any other archive"
        )
        parser.add_argument(
            "--replace", action="store_true", help="erase everything this system holds first"
        )
        parser.add_argument(
            "--broken-record",
            action="store_true",
            help="accept faults of the record that were there when the archive was made",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path, digest = options["file"], options["digest"].strip().lower()
        try:
            if options["check"]:
                held, found = restore.verify(path, digest=digest)
                done = f"{path} is whole and fits this system; its digest is {found}"
            else:
                held = restore.restore(
                    path,
                    digest=digest,
                    replace=options["replace"],
                    broken_record=options["broken_record"],
                )
                done = f"Restored {path}, and the record holds"
        except ArchiveRefused as refusal:
            raise CommandError(f"{refusal} Nothing was changed.") from refusal
        self.stdout.write(
            f"{done}: {sum(table.rows for table in held.tables)} rows, {len(held.files)} files,"
            f" {held.record.events} events, made {held.made_at} on {held.database}."
        )
        for name in held.missing_files:
            self.stderr.write(f"A row names the file {name}, which the archive does not hold.")
