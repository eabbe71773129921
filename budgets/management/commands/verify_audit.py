from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budgets.selectors import record


class Command(BaseCommand):
    help = "Check that no event of the record was altered or removed, and that nothing was changed past it."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = record.verify()
        for fault in found.faults:
            self.stderr.write(fault)
        told = f"{found.events} events, {found.changes} changes; the last digest is {found.digest or 'none'}."
        if found.faults:
            raise CommandError(f"The record does not hold: {len(found.faults)} faults. {told}")
        self.stdout.write(f"The record holds: {told}")
