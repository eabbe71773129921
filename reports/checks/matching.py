"""What the four-way match still lacks: a reason where two figures differ (domain rule 9)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from reports.checks.base import Finding, Severity
from reports.documents.base import Document


def check_reasons(document: Document) -> Iterator[Finding]:
    for row in document.table("differences").lines:
        if not row.value("reason"):
            yield Finding(
                "reason-missing",
                Severity.WARNING,
                _("%(place)s, %(step)s: немає причини.")
                % {"place": row.value("place"), "step": row.value("step")},
                "differences",
                row.key,
            )
