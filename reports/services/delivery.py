"""Handing out issued reports: who took what, and publication."""

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.permissions import Step
from budgets.services.record import recorded
from reports.models import IssuedReceipt, IssuedReport
from reports.selectors import issued as selectors


@recorded
def take(*, report: IssuedReport, what: str, by: User) -> IssuedReceipt:
    """A receipt: the person takes this version; ``what`` names the file or the archive."""
    return IssuedReceipt.objects.create(report=report, person=by, what=what[:200])


@recorded
def publish(*, report: IssuedReport, by: User) -> None:
    """Open the signed report to everybody: a page and its files as open data. Published twice is published once.

    Refused before everybody has signed, and for a version that a later signed one has superseded.
    """
    report = IssuedReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not Step.PUBLISH_ISSUED.is_possible(report.status):
        raise RuleViolation(
            _("Оприлюднюють підписаний звіт, а цей: %(status)s.")
            % {"status": report.get_status_display()}
        )
    if newer := selectors.signed_after(report):
        raise RuleViolation(
            _("Уже підписано новішу версію: %(name)s. Оприлюднюють її.") % {"name": newer.name}
        )
    if report.published_at is None:
        report.published_at, report.published_by = timezone.now(), by
        report.save(update_fields=["published_at", "published_by"])
