from typing import Any

from django.core.management.base import BaseCommand

from budgets.models import Programme


class Command(BaseCommand):
    help = "Lists the target programmes, a line each: slug, title, term."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for programme in Programme.objects.order_by("slug"):
            title = " ".join(programme.title.split())
            term = f"{programme.year_from}–{programme.year_to}"
            self.stdout.write(f"{programme.slug}\t{title}\t{term}")
