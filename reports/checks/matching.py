"""What the four-way match still lacks: a reason where two figures differ (domain rule 9)."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.numbers import print_number
from reports.checks import claims
from reports.checks.base import Finding, Severity
from reports.documents.base import Document


def check_reasons(document: Document) -> Iterator[Finding]:
    for row in document.table("differences").lines:
        place = {"place": row.value("place"), "step": row.value("step")}
        paid = row.figure("paid")
        if not claims.explains(row.value("reason")):
            yield Finding(
                "reason-missing",
                Severity.WARNING,
                _("%(place)s, %(step)s: немає причини.") % place,
                "differences",
                row.key,
            )
        elif said := contradiction(str(row.value("reason")), paid):
            yield Finding(
                "reason-contradicts",
                Severity.WARNING,
                f"{place['place']}, {place['step']}: {said}",
                "differences",
                row.key,
            )


def contradiction(reason: str, paid: Decimal | None) -> str:
    """What is wrong with a reason that says nothing was spent where something was; ``paid`` in hryvnias."""
    claim = claims.nothing_spent(reason) if paid else ""
    if not claim or paid is None:
        return ""
    return _("сказано «%(claim)s», а сплачено %(paid)s грн.") % {
        "claim": claim,
        "paid": print_number(paid, places=2),
    }
