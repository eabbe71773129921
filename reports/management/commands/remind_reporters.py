import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from budgets.models import Programme
from reports.models import UnitReport
from reports.selectors import campaigns


class Command(BaseCommand):
    help = (
        "Reminds people by e-mail of reports they must hand in, and of those they must accept."
        " Run it daily; who has no address is listed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", type=int, default=3, help="days before the deadline")
        parser.add_argument(
            "--dry-run", action="store_true", help="say who would be reminded, send nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        until = timezone.localdate() + dt.timedelta(options["within"])
        with translation.override("uk"):
            for person, reports in _waiting(until).items():
                names = "\n".join(_line(report) for report in reports)
                if not person.email:
                    self.stderr.write(f"{person.get_username()}: no e-mail address.")
                    continue
                if not options["dry_run"]:
                    send_mail(
                        _("Звіти про виконання програм: чекають на вас"),
                        _("Чекають на вас:\n\n%(reports)s\n") % {"reports": names},
                        None,
                        [person.email],
                    )
                self.stdout.write(f"{person.email}: {len(reports)}")


def _waiting(until: dt.date) -> dict[User, list[UnitReport]]:
    """Who must do something about which reports, due by the day or overdue."""
    reports = campaigns.open_reports(Programme.objects.all()).filter(due_on__lte=until)
    found: dict[User, list[UnitReport]] = {}
    people = User.objects.filter(is_active=True, memberships__isnull=False).distinct()
    for person in people.order_by("username"):
        if own := campaigns.waiting_for(person, reports):
            found[person] = own
    return found


def _line(report: UnitReport) -> str:
    return _("%(day)s · %(programme)s · %(unit)s: %(status)s") % {
        "day": f"{report.due_on:%d.%m.%Y}",
        "programme": report.campaign.programme,
        "unit": report.unit_name,
        "status": report.get_status_display(),
    }
