from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.issuing.package import contents
from reports.selectors import issued


class Command(BaseCommand):
    help = "Writes everything that belongs to an issued report into a folder: its files, signatures, and what they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, help="what `issue` printed")
        parser.add_argument("--output", required=True, help="folder; made when it is not there")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = issued.numbered(options["number"])
        if report is None:
            raise CommandError(f"There is no issued report number {options['number']}.")
        folder = Path(options["output"])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in contents(report):
                (folder / name).write_bytes(content)
                self.stdout.write(str(folder / name))
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
