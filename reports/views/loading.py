"""Where pages and the API load campaigns, reports of units and long work: what a person may not see does not exist for them."""

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404

from budgets.views.loading import SignedIn, load_programme
from reports.background.kinds import KINDS
from reports.models import Campaign, Job, JobState, UnitReport
from reports.periods import ReportingPeriod
from reports.selectors import campaigns as selectors


def load_campaign(request: SignedIn, slug: str, key: str) -> Campaign:
    """The campaign of a programme that the person may see; «2022-9m» names its period."""
    programme = load_programme(request, slug)
    try:
        period = ReportingPeriod.read(key)
    except ValueError as error:
        raise Http404 from error
    campaign = selectors.find(programme, period)
    if campaign is None:
        raise Http404
    return campaign


def load_report(request: SignedIn, slug: str, period: str, pk: int) -> UnitReport:
    """One unit's report, with its campaign and programme."""
    campaign = load_campaign(request, slug, period)
    report: UnitReport = get_object_or_404(selectors.unit_reports(campaign), pk=pk)
    return report


def own_jobs(request: SignedIn) -> "QuerySet[Job]":
    """What this person asked for."""
    return Job.objects.filter(asked_by=request.user).select_related("community")


def may_read(request: SignedIn, job: Job) -> bool:
    return job.state == JobState.DONE and KINDS[job.kind].may_read(job, request.user)


def load_result(request: SignedIn, pk: int) -> FileResponse:
    """The result, for who asked and for everybody else who may see, now, all that is in it."""
    job = get_object_or_404(Job, pk=pk, state=JobState.DONE)
    if not may_read(request, job):
        raise Http404
    try:
        content = job.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    return FileResponse(content, as_attachment=True, filename=job.file_name)
