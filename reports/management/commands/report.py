import datetime as dt
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budgets.choices import Layout
from budgets.exceptions import RuleViolation
from budgets.models import Act, Passport, Programme
from reports import session_package
from reports.catalogue import (
    KINDS,
    PERIOD_KINDS,
    PROGRAMME_KINDS,
    SESSION_PACKAGE,
    ProgrammePaper,
)
from reports.documents.base import Document
from reports.documents.programme_plan import acts_in_order
from reports.models import UnitReport
from reports.periods import ReportingPeriod
from reports.renderers import FORMATS, WORKING_COPY
from reports.renderers.read_back import FiguresDiffer
from reports.selectors import campaigns

Options = dict[str, Any]
_OF_PASSPORTS = ("year", "budget_code")
_OF_PROGRAMMES = ("act", "as_of", "layout")
_OF_PERIODS = ("period", "unit")
_ARCHIVE = "zip"
_KNOWN = (*KINDS, *PROGRAMME_KINDS, *PERIOD_KINDS, SESSION_PACKAGE)


class Command(BaseCommand):
    help = (
        "Writes a document as PDF, XLSX, DOCX, JSON or HTML: of a budget programme's year (--programme CODE --year YEAR)"
        " or of a target programme (--programme SLUG, with --act, --as-of or --period). A session package is a ZIP."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help=", ".join(_KNOWN))
        parser.add_argument(
            "--programme",
            required=True,
            help="budget programme code of 7 digits, e.g. 0217530; or the slug of a target programme",
        )
        parser.add_argument("--year", default="", help="of the budget programme's passport")
        parser.add_argument("--format", default="", help=", ".join((*FORMATS, _ARCHIVE)))
        parser.add_argument(
            "--output", default="-", help="file to write; standard output when left out"
        )
        parser.add_argument(
            "--budget-code", default="", help="names the community when several have the programme"
        )
        parser.add_argument(
            "--formulas", action="store_true", help="xlsx only: a working copy with live formulas"
        )
        parser.add_argument(
            "--act",
            default="",
            help="N-th act of the target programme in order of force, drafts last",
        )
        parser.add_argument(
            "--as-of", default="", help="day of the target programme, e.g. 2024-12-31"
        )
        parser.add_argument(
            "--period",
            default="",
            help="of a programme's execution: 2022-q1, -6m, -9m, -year, -final",
        )
        parser.add_argument(
            "--unit",
            default="",
            help="one executor's report: its number in the campaign or its name; without it all units",
        )
        parser.add_argument("--layout", default="", help=", ".join(Layout.values))

    def handle(self, *_args: Any, **options: Any) -> None:
        kind = options["kind"]
        try:
            if kind == SESSION_PACKAGE:
                content = self._package(options)
            elif kind in KINDS:
                self._refuse_options(options, (*_OF_PROGRAMMES, *_OF_PERIODS), "a target programme")
                self._expect_format(options)
                content = _rendered(KINDS[kind].build(self._passport(options)), options)
            elif kind in PROGRAMME_KINDS:
                self._refuse_options(options, _OF_PASSPORTS, "a budget programme's year")
                self._refuse_options(options, _OF_PERIODS, "a period")
                self._expect_format(options)
                paper = self._paper(options, of_act=PROGRAMME_KINDS[kind].of_act)
                content = _rendered(PROGRAMME_KINDS[kind].build(paper), options)
            elif kind in PERIOD_KINDS:
                self._refuse_options(options, _OF_PASSPORTS, "a budget programme's year")
                self._refuse_options(options, _OF_PROGRAMMES, "an act or a day")
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

    def _refuse_options(self, options: Options, names: tuple[str, ...], family: str) -> None:
        if given := [f"--{name.replace('_', '-')}" for name in names if options[name]]:
            raise CommandError(f"{', '.join(given)}: only for documents of {family}.")

    # Documents of a budget programme's year

    def _passport(self, options: Options) -> Passport:
        if not options["year"]:
            raise CommandError(f"«{options['kind']}» is of one year: add --year, e.g. 2023.")
        if not options["year"].isascii() or not options["year"].isdigit():
            raise CommandError(f"Year «{options['year']}» is not a number, e.g. 2023.")
        passports = Passport.objects.filter(programme__code=options["programme"]).select_related(
            "programme__community"
        )
        if options["budget_code"]:
            passports = passports.filter(
                programme__community__budget_codes__code=options["budget_code"]
            ).distinct()
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

    # Documents of a target programme

    def _package(self, options: Options) -> bytes:
        self._refuse_options(options, _OF_PASSPORTS, "a budget programme's year")
        if options["format"] not in {"", _ARCHIVE} or options["formulas"]:
            raise CommandError(f"A session package is one archive: use --format {_ARCHIVE}.")
        paper = self._paper(options, of_act=True)
        package = session_package.build(paper.required_act, layout=paper.layout)
        self.stderr.write(f"Figures proved equal across the files: {package.proved}.")
        return package.content

    def _programme(self, options: Options) -> Programme:
        programme = Programme.objects.filter(slug=options["programme"]).first()
        if programme is None:
            raise CommandError(
                f"There is no target programme «{options['programme']}»: manage.py programmes lists them."
            )
        return programme

    def _execution(self, options: Options) -> Document:
        programme = self._programme(options)
        if not options["period"]:
            raise CommandError(f"«{options['kind']}» is of one period: add --period, e.g. 2022-9m.")
        try:
            period = ReportingPeriod.read(options["period"])
        except ValueError as error:
            raise CommandError(
                f"Period «{options['period']}» is none of YEAR-q1, -6m, -9m, -year, -final."
            ) from error
        if period.year not in programme.years:
            raise CommandError(
                f"{programme.slug} covers {programme.year_from}–{programme.year_to}, not {period.year}."
            )
        report = _unit_report(programme, period, options["unit"]) if options["unit"] else None
        build = PERIOD_KINDS[options["kind"]].build
        return build(programme, period, report=report)

    def _paper(self, options: Options, *, of_act: bool) -> ProgrammePaper:
        programme = self._programme(options)
        if options["act"] and options["as_of"]:
            raise CommandError("--act and --as-of say different days: choose one of them.")
        if options["layout"] and options["layout"] not in Layout.values:
            raise CommandError(
                f"Unknown layout «{options['layout']}». Known: {', '.join(Layout.values)}."
            )
        act = self._act(programme, options["act"]) if options["act"] or of_act else None
        return ProgrammePaper(programme, act, _day(options["as_of"]), options["layout"] or None)

    def _act(self, programme: Programme, number: str) -> Act:
        acts = acts_in_order(programme)
        if not acts:
            raise CommandError(f"Target programme {programme.slug} has no acts.")
        span = f"1–{len(acts)}" if len(acts) > 1 else "1"
        if not number:
            raise CommandError(f"This document is of one act: add --act ({span}).")
        if number not in map(str, range(1, len(acts) + 1)):
            raise CommandError(f"There is no act «{number}» of {programme.slug}: {span}.")
        return acts[int(number) - 1]

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


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"Day «{text}» is not a date, e.g. 2024-12-31.") from error
