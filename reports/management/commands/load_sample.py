from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from budgets.models import Community
from reports import sample


class Command(BaseCommand):
    help = "Loads the sample data (programme 0217530, 2023) and the sample users into an empty sample set-up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing when the database already holds a community",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.SAMPLE:
            if options["if_empty"]:
                self.stdout.write("This is no sample set-up; no sample data is loaded.")
                return
            raise CommandError("Sample data is for the sample set-up only (EPROGRAM_SAMPLE=yes).")
        if Community.objects.exists():
            if options["if_empty"]:
                self.stdout.write(
                    "The database already holds data; the sample is not loaded again."
                )
                return
            raise CommandError("The database already holds data.")
        passport = sample.load()
        self.stdout.write(f"Loaded the sample: programme {passport.programme}, {passport.year}.")
