from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from budgets.choices import Role
from budgets.permissions import ALLOWED, READS_COMMUNITY, Action

_NAMES = {
    Action.CHANGE_PASSPORT: "draft, agree and approve passports",
    Action.ENTER_CASH: "enter and correct cash",
    Action.CLOSE_PERIOD: "close and reopen months, make exceptions",
    Action.WRITE_REPORT: "write reports, actual indicators, explanations",
    Action.CHANGE_REFERENCE: "change reference data",
    Action.DRAFT_ACT: "create programmes, draft, submit and withdraw acts",
    Action.ADOPT_ACT: "agree acts, enter decisions",
    Action.RUN_CAMPAIGN: "open campaigns of a programme, return, accept and close its reports",
    Action.READ_RECORD: "read the record",
}


class Command(BaseCommand):
    help = "Print docs/permissions.md: what each role may do, from the code that decides it."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(table(), ending="")


def table() -> str:
    """The table role × action, and how far a membership reaches."""
    with translation.override("uk"):
        lines = [
            "# Who may do what",
            "",
            "Printed by `manage.py permissions` from `budgets/permissions.py`; a test compares. Everybody reads and downloads what they see.",
            "A membership counts between its two dates. It reaches its spending unit and the units below; the roles marked ★ read the whole",
            "community. A deputy's membership gives the same rights for its dates, and the record says for whom the deputy acted. What a person does",
            "not see answers 404, what they see and may not do answers 403. The state of a thing is judged by its service, with a message.",
            "",
            f"| action | {' | '.join(f'{role.label}{_star(role)}' for role in Role)} |",
            f"|---|{'---|' * len(Role)}",
        ]
        lines += [
            f"| {_NAMES[action]} | {' | '.join('✓' if action in ALLOWED[role] else '—' for role in Role)} |"
            for action in Action
        ]
    return "\n".join(lines) + "\n"


def _star(role: Role) -> str:
    return " ★" if role in READS_COMMUNITY else ""
