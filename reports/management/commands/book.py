from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budgets.exceptions import RuleViolation
from budgets.models import Community
from reports.book import contents, job


class Command(BaseCommand):
    help = "Writes the yearly book of a community: the usual documents of the year in one PDF with contents."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--community", required=True, help="name of the community, or its budget code"
        )
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--output", required=True, help="file to write")
        parser.add_argument(
            "--all", action="store_true", help="every document there is, not the usual ones only"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        community, year = self._community(options["community"]), options["year"]
        groups = contents.offered(community, year, None)
        keys = [
            entry.key
            for group in groups
            for entry in group.entries
            if entry.is_usual or options["all"]
        ]
        if not keys:
            raise CommandError(f"There is nothing to report for {year} in «{community}».")
        try:
            content = job.make(community, year, job.chosen(groups, keys), self._progress)
        except RuleViolation as refusal:
            raise CommandError(" ".join(str(refusal).split())) from refusal
        try:
            Path(options["output"]).write_bytes(content)
        except OSError as error:
            raise CommandError(f"Cannot write {options['output']}: {error.strerror}.") from error
        self.stderr.write(f"Wrote {options['output']}, {len(content)} bytes.")

    def _community(self, asked: str) -> Community:
        found = (
            Community.objects.filter(name=asked)
            or Community.objects.filter(budget_codes__code=asked).distinct()
        )
        if not found:
            known = "; ".join(Community.objects.values_list("name", flat=True))
            raise CommandError(f"There is no community «{asked}». Known: {known}.")
        if len(found) > 1:
            raise CommandError(f"Several communities had budget code {asked}: give a name.")
        return found[0]

    def _progress(self, done: int, steps: int, words: str) -> None:
        self.stderr.write(f"[{done}/{steps}] {words}")
