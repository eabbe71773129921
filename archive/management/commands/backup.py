from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from archive import backup
from archive.exceptions import ArchiveRefused


class Command(BaseCommand):
    help = (
        "Write everything the system holds into one file, while people work: all data of one moment and the stored files."
        " The file holds secrets; only its owner may read it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a new file, e.g. eprogram-2024-05-31.zip")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            made = backup.make(options["file"])
        except ArchiveRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        held = made.manifest
        self.stdout.write(
            f"Wrote {options['file']}, {options['file'].stat().st_size} bytes: {sum(table.rows for table in held.tables)} rows"
            f" of {len(held.tables)} tables, {len(held.files)} files, {held.record.events} events of the record."
        )
        self.stdout.write(f"Its digest, to be noted elsewhere: {made.digest}")
        for warning in made.warnings:
            self.stderr.write(warning)
        if made.warnings:
            raise CommandError("The archive was made; what it could not make whole is said above.")
