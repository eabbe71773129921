"""Reading campaigns: whose turn it is, what was written last time, and which deadlines hold."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from budgets import permissions
from budgets.choices import UnitReportStatus
from budgets.models import Community, Programme
from budgets.permissions import Action, Step
from budgets.reach import Subject, Whole
from reports.choices import PeriodKind
from reports.models import Campaign, MeasureReport, ReportingDeadline, UnitReport
from reports.periods import USUALLY_DUE, Due, ReportingPeriod

_IS_LATE = Q(
    reports__status__in=[UnitReportStatus.DRAFT, UnitReportStatus.RETURNED], closed_at=None
)


def find(programme: Programme, period: ReportingPeriod) -> Campaign | None:
    return (
        programme.campaigns.filter(year=period.year, kind=period.kind)
        .select_related("programme__community", "programme__responsible_unit")
        .first()
    )


def campaigns(programmes: QuerySet[Programme]) -> QuerySet[Campaign]:
    """Campaigns of the programmes, newest first, with how many reports they have, are accepted, and are past their day."""
    return (
        Campaign.objects.filter(programme__in=programmes.order_by().values("pk"))
        .select_related("programme__community")
        .annotate(
            units=Count("reports"),
            submitted=Count("reports", filter=Q(reports__status=UnitReportStatus.SUBMITTED)),
            accepted=Count("reports", filter=Q(reports__status=UnitReportStatus.ACCEPTED)),
            late=Count("reports", filter=_IS_LATE & Q(reports__due_on__lt=timezone.localdate())),
        )
        .order_by("-year", "-due_on", "programme__title", "pk")
    )


def unit_reports(campaign: Campaign) -> QuerySet[UnitReport]:
    """Its reports, each with this very campaign."""
    return campaign.reports.select_related(
        "executor__unit", "executor__programme", "submitted_by", "decided_by", "changed_by"
    )


def rows_of(report: UnitReport) -> dict[int, MeasureReport]:
    """What the unit wrote, by measure."""
    return {row.measure_id: row for row in report.rows.all()}


def seen_rows(rows: Iterable[MeasureReport]) -> str:
    """The versions of what a unit wrote, as one token: «12:1,15:3». Who hands a report in names what they saw."""
    return ",".join(seen_row(row) for row in sorted(rows, key=lambda row: row.measure_id))


def seen_row(row: MeasureReport) -> str:
    return f"{row.measure_id}:{row.version}"


def last_texts(campaign: Campaign) -> dict[int, str]:
    """What was written of each measure in the campaign of the latest earlier period that has a text of it.

    By period, not by deadline: one deadline may be moved past the next one's.
    """
    written = MeasureReport.objects.filter(report__campaign__programme=campaign.programme_id)
    earlier = [
        (ReportingPeriod(year, PeriodKind(kind)).place, pk, measure_id, text)
        for pk, measure_id, text, year, kind in written.exclude(text="").values_list(
            "pk", "measure_id", "text", "report__campaign__year", "report__campaign__kind"
        )
    ]
    place = campaign.period.place
    return {row[2]: row[3] for row in sorted(earlier) if row[0] < place}


def due(community: Community) -> dict[PeriodKind, Due]:
    """When a report of each kind is due: as the community says, else on the usual day."""
    own = {
        PeriodKind(row.kind): Due(row.months, row.day)
        for row in ReportingDeadline.objects.filter(community=community)
    }
    return USUALLY_DUE | own


def open_reports(programmes: QuerySet[Programme]) -> QuerySet[UnitReport]:
    """Reports of campaigns that are not closed."""
    return (
        UnitReport.objects.filter(
            campaign__programme__in=programmes.order_by().values("pk"), campaign__closed_at=None
        )
        .select_related(
            "executor__unit",
            "executor__programme__community",
            "campaign__programme__community",
            "campaign__programme__responsible_unit",
        )
        .prefetch_related("campaign__programme__executors")
        .order_by("due_on", "pk")
    )


def writer(report: UnitReport) -> Subject:
    """Where a person needs the right to write the report: its executor, or whoever answers for the programme."""
    return report.executor or Whole(report.campaign.programme)


def waiting_for(person: User, reports: Iterable[UnitReport]) -> list[UnitReport]:
    """Reports whose next step is this person's: to write it, or to accept what was handed in."""
    writes = permissions.reach(person, Action.WRITE_REPORT)
    runs = permissions.reach(person, Action.RUN_CAMPAIGN)
    return [
        report
        for report in reports
        if (Step.WRITE_UNIT_REPORT.is_possible(report.met_status) and writes.of(writer(report)))
        or (
            Step.ACCEPT_UNIT_REPORT.is_possible(report.met_status)
            and runs.of(Whole(report.campaign.programme))
        )
    ]
