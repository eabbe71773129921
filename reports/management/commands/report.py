import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from budgets.exceptions import RuleViolation
from budgets.models import Programme
from reports import session_package
from reports.catalogue import KINDS, PERIOD_KINDS, PROGRAMME_KINDS, SESSION_PACKAGE
from reports.documents.base import Document
from reports.management.choosing import (
    KNOWN,
    OF_PASSPORTS,
    OF_PROGRAMMES,
    DocumentCommand,
    Options,
)
from reports.models import UnitReport
from reports.periods import ReportingPeriod
from reports.renderers import FORMATS, WORKING_COPY
from reports.renderers.read_back import FiguresDiffer
from reports.selectors import campaigns

_OF_PERIODS = ("period", "unit")
_ARCHIVE = "zip"
_KNOWN = (*KNOWN, SESSION_PACKAGE)


class Command(DocumentCommand):
    help = (
        "Writes a document as PDF, XLSX, DOCX, JSON or HTML: of a budget programme's year (--programme CODE --year YEAR)"
        " or of a target programme (--programme SLUG, with --act, --as-of or --period). A session package is a ZIP."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_choice(parser, _KNOWN)
        parser.add_argument("--format", default="", help=", ".join((*FORMATS, _ARCHIVE)))
        parser.add_argument(
            "--output", default="-", help="file to write; standard output when left out"
        )
        parser.add_argument(
            "--formulas", action="store_true", help="xlsx only: a working copy with live formulas"
        )
        parser.add_argument(
            "--unit",
            default="",
            help="one executor's report: its number in the campaign or its name; without it all units",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        kind = options["kind"]
        try:
            if kind == SESSION_PACKAGE:
                content = self._package(options)
            elif kind in KINDS:
                self.refuse_options(options, (*OF_PROGRAMMES, *_OF_PERIODS), "a target programme")
                self._expect_format(options)
                content = _rendered(KINDS[kind].build(self.passport(options)), options)
            elif kind in PROGRAMME_KINDS:
                self.refuse_options(options, OF_PASSPORTS, "a budget programme's year")
                self.refuse_options(options, _OF_PERIODS, "a period")
                self._expect_format(options)
                paper = self.paper(options, of_act=PROGRAMME_KINDS[kind].of_act)
                content = _rendered(PROGRAMME_KINDS[kind].build(paper), options)
            elif kind in PERIOD_KINDS:
                self.refuse_options(options, OF_PASSPORTS, "a budget programme's year")
                self.refuse_options(options, OF_PROGRAMMES, "an act or a day")
                self._expect_format(options)
                content = _rendered(self._execution(options), options)
            else:
                raise CommandError(f"Unknown document «{kind}». Known: {', '.join(_KNOWN)}.")
        except (RuleViolation, FiguresDiffer) as refusal:
            raise CommandError(" ".join(str(refusal).split())) from refusal
        self._write(content, options["output"])

    def _expect_format(self, options: Options) -> None:
        if options["format"] not in FORMATS:
            raise CommandError(
                f"Unknown format «{options['format']}». Known: {', '.join(FORMATS)}."
            )
        if options["formulas"] and options["format"] != "xlsx":
            raise CommandError(
                "--formulas makes a working copy of a workbook: use it with --format xlsx."
            )

    # Documents of a target programme

    def _package(self, options: Options) -> bytes:
        self.refuse_options(options, OF_PASSPORTS, "a budget programme's year")
        if options["format"] not in {"", _ARCHIVE} or options["formulas"]:
            raise CommandError(f"A session package is one archive: use --format {_ARCHIVE}.")
        paper = self.paper(options, of_act=True)
        package = session_package.build(paper.required_act, layout=paper.layout)
        self.stderr.write(f"Figures proved equal across the files: {package.proved}.")
        return package.content

    def _execution(self, options: Options) -> Document:
        programme, period = self.period(options)
        report = _unit_report(programme, period, options["unit"]) if options["unit"] else None
        build = PERIOD_KINDS[options["kind"]].build
        return build(programme, period, report=report)

    def _write(self, content: bytes, output: str) -> None:
        if output == "-":
            sys.stdout.buffer.write(content)
            return
        try:
            Path(output).write_bytes(content)
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror}.") from error
        self.stderr.write(f"Wrote {output}, {len(content)} bytes.")


def _unit_report(programme: Programme, period: ReportingPeriod, unit: str) -> UnitReport:
    campaign = campaigns.find(programme, period)
    if campaign is None:
        raise CommandError(f"{programme.slug} has no campaign {period.key}: open it on its page.")
    reports = list(campaigns.unit_reports(campaign))
    if unit.isdecimal() and 1 <= int(unit) <= len(reports):
        return reports[int(unit) - 1]
    named = [each for each in reports if unit.casefold() in each.unit_name.casefold()]
    if len(named) == 1:
        return named[0]
    listed = "; ".join(f"{place} {each.unit_name}" for place, each in enumerate(reports, start=1))
    raise CommandError(f"Unit «{unit}» is not one of: {listed}.")


def _rendered(document: Document, options: Options) -> bytes:
    return (WORKING_COPY if options["formulas"] else FORMATS[options["format"]]).render(document)
