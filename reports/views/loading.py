"""Where pages and the API load campaigns, reports of units and long work: what a person may not see does not exist for them."""

import re

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date

from budgets.choices import Layout
from budgets.models import Programme
from budgets.permissions import Action
from budgets.views.loading import SignedIn, load_act, load_programme, require
from reports.background.kinds import KINDS
from reports.catalogue import PROGRAMME_KINDS, ProgrammePaper
from reports.models import Campaign, IssuedReport, Job, JobState, UnitReport
from reports.periods import ReportingPeriod
from reports.selectors import campaigns as selectors
from reports.selectors import issued


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


def load_issued(request: SignedIn, pk: int, action: Action | None = None) -> IssuedReport:
    """An issued report of what the person sees, for who may do this with it, when an action is named."""
    reports = issued.visible(request.user).prefetch_related(
        "files", "signers", "signatures__signer"
    )
    report: IssuedReport = get_object_or_404(reports, pk=pk)
    require(request, report.subject, action)
    return report


def read_paper(request: SignedIn, programme: Programme, kind: str) -> ProgrammePaper:
    """The paper of a programme that the address names: of ``?act=``, or as of ``?as_of=``, in a layout."""
    query = request.GET
    act, layout = query.get("act", ""), query.get("layout", "")
    if PROGRAMME_KINDS[kind].of_act and not re.fullmatch(r"[0-9]{1,9}", act, re.ASCII):
        raise Http404
    try:
        as_of = parse_date(query.get("as_of", ""))
    except ValueError as error:
        raise Http404 from error
    of_act = PROGRAMME_KINDS[kind].of_act
    return ProgrammePaper(
        programme,
        act=load_act(request, programme.slug, int(act)) if of_act else None,
        as_of=None if of_act else as_of,
        layout=layout if layout in Layout.values else None,
    )


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
