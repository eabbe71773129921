"""Asking for the yearly book: community and year, then which documents are in it."""

import re

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from budgets import permissions
from budgets.exceptions import RuleViolation
from budgets.models import Community
from budgets.views.loading import SignedIn
from reports.background import worker
from reports.book import contents, job


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn) -> HttpResponse:
    communities = list(permissions.visible_communities(request.user))
    community = _community(request, communities)
    years = contents.years(community, request.user) if community else []
    year = _year(request, community, years) if community else None
    groups = contents.offered(community, year, request.user) if community and year else []
    chosen = {entry.key for group in groups for entry in group.entries if entry.is_usual}
    error = ""
    if request.method == "POST" and community and year:
        chosen = set(request.POST.getlist("documents"))
        try:
            asked = job.ask(community=community, year=year, keys=chosen, by=request.user)
        except RuleViolation as refusal:
            error = str(refusal)
        else:
            worker.wake()
            return redirect("job", asked.pk)
    context = {
        "communities": communities,
        "community": community,
        "years": years,
        "year": year,
        "groups": groups,
        "has_documents": any(group.entries for group in groups),
        "chosen": chosen,
        "error": error,
    }
    return render(request, "reports/book/ask.html", context, status=422 if error else 200)


def _community(request: SignedIn, communities: list[Community]) -> Community | None:
    """What was asked for, or the first one the person sees; a foreign one does not exist."""
    asked = request.POST.get("community") or request.GET.get("community")
    if not asked:
        return communities[0] if communities else None
    pk = int(asked) if re.fullmatch(r"[0-9]{1,9}", asked, re.ASCII) else 0
    return get_object_or_404(permissions.visible_communities(request.user), pk=pk)


def _year(request: SignedIn, community: Community, years: list[int]) -> int | None:
    asked = request.POST.get("year") or request.GET.get("year") or ""
    if re.fullmatch(r"[0-9]{4}", asked, re.ASCII) and int(asked) in years:
        return int(asked)
    this_year = timezone.localdate().year
    usual = contents.usual_year(community, request.user, before=this_year)
    return usual or next((year for year in years if year < this_year), years[0] if years else None)
