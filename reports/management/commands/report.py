import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budgets.exceptions import RuleViolation
from budgets.models import Passport
from reports.catalogue import KINDS
from reports.renderers import FORMATS, WORKING_COPY


class Command(BaseCommand):
    help = "Writes a document of a budget programme and year as PDF, XLSX, JSON or HTML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help=", ".join(KINDS))
        parser.add_argument(
            "--programme", required=True, help="budget programme code of 7 digits, e.g. 0217530"
        )
        parser.add_argument("--year", required=True)
        parser.add_argument("--format", required=True, help=", ".join(FORMATS))
        parser.add_argument(
            "--output", default="-", help="file to write; standard output when left out"
        )
        parser.add_argument(
            "--budget-code", default="", help="names the community when several have the programme"
        )
        parser.add_argument(
            "--formulas", action="store_true", help="xlsx only: a working copy with live formulas"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        kind, format_ = KINDS.get(options["kind"]), FORMATS.get(options["format"])
        if kind is None:
            raise CommandError(f"Unknown document «{options['kind']}». Known: {', '.join(KINDS)}.")
        if format_ is None:
            raise CommandError(
                f"Unknown format «{options['format']}». Known: {', '.join(FORMATS)}."
            )
        if options["formulas"] and options["format"] != "xlsx":
            raise CommandError(
                "--formulas makes a working copy of a workbook: use it with --format xlsx."
            )
        try:
            document = kind.build(self._passport(options))
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from refusal
        content = (WORKING_COPY if options["formulas"] else format_).render(document)
        self._write(content, options["output"])

    def _passport(self, options: dict[str, Any]) -> Passport:
        if not options["year"].isascii() or not options["year"].isdigit():
            raise CommandError(f"Year «{options['year']}» is not a number, e.g. 2023.")
        passports = Passport.objects.filter(programme__code=options["programme"]).select_related(
            "programme__community"
        )
        if options["budget_code"]:
            passports = passports.filter(
                programme__community__budget_codes__code=options["budget_code"]
            )
        if not passports.exists():
            raise CommandError(
                f"There is no budget programme «{options['programme']}» with a passport."
            )
        found = list(passports.filter(year=int(options["year"])))
        if not found:
            raise CommandError(
                f"Budget programme {options['programme']} has no passport for {options['year']}."
            )
        if len(found) > 1:
            raise CommandError(
                f"Several communities have programme {options['programme']}: add --budget-code."
            )
        return found[0]

    def _write(self, content: bytes, output: str) -> None:
        if output == "-":
            sys.stdout.buffer.write(content)
            return
        try:
            Path(output).write_bytes(content)
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror}.") from error
        self.stderr.write(f"Wrote {output}, {len(content)} bytes.")
