"""Long work that a person asked for: how far it is, and its result."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseStopPolling

from budgets.exceptions import RuleViolation
from budgets.views.loading import SignedIn
from reports.background import queue
from reports.background.kinds import KINDS
from reports.models import Job, JobState

_ON_A_PAGE = 50


@require_safe
def index(request: SignedIn) -> HttpResponse:
    page = Paginator(_own(request), _ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/jobs/index.html", {"page": page})


@require_safe
def detail(request: SignedIn, job_pk: int) -> HttpResponse:
    """One's own job; HTMX asks for its state alone until the job is over."""
    job = get_object_or_404(_own(request), pk=job_pk)
    context = {
        "job": job,
        "may_read": job.state == JobState.DONE and KINDS[job.kind].may_read(job, request.user),
    }
    if not request.headers.get("HX-Request"):
        return render(request, "reports/jobs/detail.html", context)
    answer = render(request, "reports/jobs/state.html", context)
    return answer if job.is_open else HttpResponseStopPolling(answer.content)


@require_POST
def cancel(request: SignedIn, job_pk: int) -> HttpResponse:
    job = get_object_or_404(_own(request), pk=job_pk)
    try:
        queue.cancel(job=job)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Завдання скасовано."))
    return redirect("job", job.pk)


@require_safe
def download(request: SignedIn, job_pk: int) -> FileResponse:
    """The result, for who asked and for everybody else who may see, now, all that is in it."""
    job = get_object_or_404(Job, pk=job_pk, state=JobState.DONE)
    if not KINDS[job.kind].may_read(job, request.user):
        raise Http404
    try:
        content = job.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    return FileResponse(content, as_attachment=True, filename=job.file_name)


def _own(request: SignedIn) -> "QuerySet[Job]":
    return Job.objects.filter(asked_by=request.user).select_related("community")
