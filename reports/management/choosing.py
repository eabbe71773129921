"""Naming a document on the command line: of a budget programme's year, or of a target programme, an act, a day, a period."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budgets.choices import Layout
from budgets.models import Act, Passport, Programme
from reports.catalogue import KINDS, PERIOD_KINDS, PROGRAMME_KINDS, ProgrammePaper
from reports.documents.programme_plan import acts_in_order
from reports.periods import ReportingPeriod

Options = dict[str, Any]
KNOWN = (*KINDS, *PROGRAMME_KINDS, *PERIOD_KINDS)
OF_PASSPORTS = ("year", "budget_code")
OF_PROGRAMMES = ("act", "as_of", "layout")


class DocumentCommand(BaseCommand):
    """A command about one document; whatever does not fit ends with one line."""

    def add_choice(self, parser: ArgumentParser, kinds: tuple[str, ...]) -> None:
        parser.add_argument("kind", help=", ".join(kinds))
        parser.add_argument(
            "--programme",
            required=True,
            help="budget programme code of 7 digits, e.g. 0217530; or the slug of a target programme",
        )
        parser.add_argument("--year", default="", help="of the budget programme's passport")
        parser.add_argument(
            "--budget-code", default="", help="names the community when several have the programme"
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
        parser.add_argument("--layout", default="", help=", ".join(Layout.values))

    def refuse_options(self, options: Options, names: tuple[str, ...], family: str) -> None:
        if given := [f"--{name.replace('_', '-')}" for name in names if options[name]]:
            raise CommandError(f"{', '.join(given)}: only for documents of {family}.")

    # Documents of a budget programme's year

    def passport(self, options: Options) -> Passport:
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

    def programme(self, options: Options) -> Programme:
        programme = Programme.objects.filter(slug=options["programme"]).first()
        if programme is None:
            raise CommandError(
                f"There is no target programme «{options['programme']}»: manage.py programmes lists them."
            )
        return programme

    def period(self, options: Options) -> tuple[Programme, ReportingPeriod]:
        """A period of a target programme."""
        programme = self.programme(options)
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
        return programme, period

    def paper(self, options: Options, *, of_act: bool) -> ProgrammePaper:
        programme = self.programme(options)
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


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"Day «{text}» is not a date, e.g. 2024-12-31.") from error
