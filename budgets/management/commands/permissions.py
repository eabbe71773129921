from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from budgets.choices import (
    ActStatus,
    DecisionStatus,
    IssuedStatus,
    MonthStatus,
    RevisionStatus,
    Role,
    UnitReportStatus,
)
from budgets.permissions import ALLOWED, Action, Status, Step
from budgets.reach import READS_COMMUNITY

_NAMES = {
    Action.CHANGE_PASSPORT: "draft, agree and approve passports",
    Action.ENTER_CASH: "enter and correct cash",
    Action.CLOSE_PERIOD: "close and reopen months, make exceptions",
    Action.WRITE_REPORT: "write reports, actual indicators, explanations",
    Action.CHANGE_REFERENCE: "change reference data",
    Action.DRAFT_ACT: "create programmes, draft, submit and withdraw acts",
    Action.ADOPT_ACT: "agree acts, enter decisions",
    Action.RUN_CAMPAIGN: "open campaigns of a programme, return, accept and close its reports",
    Action.ISSUE_REPORT: "issue reports",
    Action.SIGN_REPORT: "sign issued reports, or return them",
    Action.PUBLISH_REPORT: "publish signed reports",
    Action.READ_RECORD: "read the record",
}
_THINGS: tuple[tuple[type[Status], str], ...] = (
    (RevisionStatus, "A revision of a budget programme's passport, and what hangs on it"),
    (ActStatus, "An act of a target programme"),
    (DecisionStatus, "A decision on a community's budget"),
    (MonthStatus, "A month of a spending unit's cash, as one person meets it"),
    (UnitReportStatus, "A unit's report in a campaign"),
    (IssuedStatus, "An issued report"),
)


class Command(BaseCommand):
    help = "Print docs/permissions.md: what each role may do in which status, from the code that decides it."

    def handle(self, *_args: Any, **_options: Any) -> None:
        with translation.override("uk"):
            self.stdout.write("\n".join(_page()) + "\n", ending="")


def _page() -> list[str]:
    lines = [
        "# Who may do what, and when",
        "",
        "Printed by `manage.py permissions` from `budgets/permissions.py`; a test compares. Everybody reads and downloads what they see.",
        "A membership counts between its two dates. It reaches its spending unit and the units below; the roles marked ★ read the whole",
        "community. A deputy's membership gives the same rights for its dates, and the record says for whom the deputy acted. What a person does",
        "not see answers 404, what they see and may not do answers 403. What a status forbids, the service refuses with a message, and pages",
        "do not offer. Cash needs an amount of the passport in force besides; a report is written while a revision of its passport is approved.",
        "",
        f"| action | {' | '.join(map(_role, Role))} |",
        f"|---|{'---|' * len(Role)}",
    ]
    lines += [
        f"| {_NAMES[action]} | {' | '.join('✓' if action in ALLOWED[role] else '—' for role in Role)} |"
        for action in Action
    ]
    for statuses, title in _THINGS:
        lines += ["", f"## {title}", "", "Each cell names the roles that may.", ""]
        lines += [
            f"| step | {' | '.join(str(status.label) for status in statuses)} |",
            f"|---|{'---|' * len(statuses)}",
        ]
        lines += [
            f"| {step.value.words} | {' | '.join(_cell(step, status) for status in statuses)} |"
            for step in Step
            if step.statuses is statuses
        ]
    return lines


def _role(role: Role) -> str:
    return f"{role.label} ★" if role in READS_COMMUNITY else str(role.label)


def _cell(step: Step, status: Status) -> str:
    if not step.is_possible(status):
        return "—"
    return ", ".join(
        str(role.label) for role in Role if ALLOWED[role].intersection(step.value.needs)
    )
