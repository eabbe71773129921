"""Long work that a person asked for: how far it is, and its result."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseStopPolling

from budgets.exceptions import RuleViolation
from budgets.views.loading import SignedIn
from reports.background import queue
from reports.views.loading import load_result, may_read, own_jobs

_ON_A_PAGE = 50


@require_safe
def index(request: SignedIn) -> HttpResponse:
    page = Paginator(own_jobs(request), _ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/jobs/index.html", {"page": page})


@require_safe
def detail(request: SignedIn, job_pk: int) -> HttpResponse:
    """One's own job; HTMX asks for its state alone until the job is over."""
    job = get_object_or_404(own_jobs(request), pk=job_pk)
    context = {
        "job": job,
        "may_read": may_read(request, job),
    }
    if not request.headers.get("HX-Request"):
        return render(request, "reports/jobs/detail.html", context)
    answer = render(request, "reports/jobs/state.html", context)
    return answer if job.is_open else HttpResponseStopPolling(answer.content)


@require_POST
def cancel(request: SignedIn, job_pk: int) -> HttpResponse:
    job = get_object_or_404(own_jobs(request), pk=job_pk)
    try:
        queue.cancel(job=job)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Завдання скасовано."))
    return redirect("job", job.pk)


@require_safe
def download(request: SignedIn, job_pk: int) -> FileResponse:
    return load_result(request, job_pk)
