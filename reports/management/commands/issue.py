from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from budgets.exceptions import RuleViolation
from reports.catalogue import KINDS, PERIOD_KINDS, PROGRAMME_KINDS
from reports.issuing import wanted
from reports.issuing.wanted import Wanted
from reports.management.choosing import (
    KNOWN,
    OF_PASSPORTS,
    OF_PROGRAMMES,
    DocumentCommand,
    Options,
)
from reports.renderers.read_back import FiguresDiffer
from reports.services import issuing
from reports.services.issuing import Signer


class Command(DocumentCommand):
    help = (
        "Issues a document: freezes its next version with PDF, workbook and data, and prints the number of the issued report."
        " Figures of the three files are read back and compared first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_choice(parser, KNOWN)
        parser.add_argument(
            "--reason", default="", help="why it is issued past the warnings of its checks"
        )
        parser.add_argument(
            "--signer",
            action="append",
            default=[],
            metavar="POSITION: NAME",
            help="who signs, in order, of documents that name nobody themselves; may be repeated",
        )
        parser.add_argument(
            "--by", default="", help="username the record names; nobody's when left out"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        asked = self._wanted(options)
        by = _person(options["by"])
        signers = [_signer(text) for text in options["signer"]]
        try:
            report = issuing.issue(wanted=asked, by=by, reason=options["reason"], signers=signers)
        except (RuleViolation, FiguresDiffer) as refusal:
            raise CommandError(" ".join(str(refusal).split())) from refusal
        self.stderr.write(
            f"Issued {report.name}; {report.figures} of {report.figures} figures equal in PDF, XLSX and JSON."
        )
        self.stdout.write(str(report.pk))

    def _wanted(self, options: Options) -> Wanted:
        kind = options["kind"]
        if kind in KINDS:
            self.refuse_options(options, (*OF_PROGRAMMES, "period"), "a target programme")
            return wanted.of_passport(kind, self.passport(options))
        if kind in PROGRAMME_KINDS:
            self.refuse_options(options, OF_PASSPORTS, "a budget programme's year")
            self.refuse_options(options, ("period",), "a period")
            paper = self.paper(options, of_act=PROGRAMME_KINDS[kind].of_act)
            return wanted.of_programme(kind, paper)
        if kind in PERIOD_KINDS:
            self.refuse_options(options, OF_PASSPORTS, "a budget programme's year")
            self.refuse_options(options, OF_PROGRAMMES, "an act or a day")
            return wanted.of_period(kind, *self.period(options))
        raise CommandError(f"Unknown document «{kind}». Known: {', '.join(KNOWN)}.")


def _signer(text: str) -> Signer:
    position, colon, name = text.partition(":")
    if not colon or not position.strip():
        raise CommandError(f"Signer «{text}» is not written as «position: name».")
    return Signer(position.strip(), name.strip())


def _person(username: str) -> User | None:
    if not username:
        return None
    person = User.objects.filter(username=username).first()
    if person is None:
        raise CommandError(f"There is no user «{username}».")
    return person
