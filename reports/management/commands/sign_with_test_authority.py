from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from budgets.exceptions import RuleViolation
from reports.selectors import issued
from reports.services import signatures


class Command(BaseCommand):
    help = "Signs an issued report for all its signatories in order, with keys of the sample's test authority."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, help="what `issue` printed")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.SAMPLE:
            raise CommandError(
                "The test authority is part of the sample set-up only; here people sign with their own keys."
            )
        report = issued.numbered(options["number"])
        if report is None:
            raise CommandError(f"There is no issued report number {options['number']}.")
        try:
            signatures.expect_turn(report)
            while issued.next_signer(report) is not None:
                for each in signatures.sign_as_sample(report=report, by=None):
                    self.stdout.write(f"{each.signer}: {each.name}, test signature")
                report.refresh_from_db()
        except RuleViolation as refusal:
            raise CommandError(" ".join(str(refusal).split())) from refusal
