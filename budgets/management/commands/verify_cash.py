from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budgets.models import CashShare
from budgets.money import print_amount
from budgets.selectors.measure_cash import unbalanced


class Command(BaseCommand):
    help = "Check that the shares of every payment sum exactly to it."

    def handle(self, *_args: Any, **_options: Any) -> None:
        wrong = unbalanced()
        for entry, shared in wrong:
            amount, sum_of_shares = print_amount(entry.amount), print_amount(shared)
            self.stderr.write(
                f"Payment {entry.pk} of {entry.paid_on}: {amount}, its shares {sum_of_shares}"
            )
        if wrong:
            raise CommandError(f"Shares do not sum to their payments: {len(wrong)}.")
        self.stdout.write(
            f"Payments equal the sums of their shares: {CashShare.objects.count()} shares."
        )
