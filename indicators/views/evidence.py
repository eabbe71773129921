"""Evidence of an indicator's year: the list, a new file, handing one out, taking one away."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets.exceptions import RuleViolation
from budgets.permissions import Action
from budgets.views.loading import SignedIn, load_programme, may
from budgets.views.saving import sent
from indicators.downloads import evidence_file
from indicators.forms.programme_actuals import EvidenceForm
from indicators.models import IndicatorEvidence, ProgrammeIndicator
from indicators.services import evidence as services
from indicators.services.programme_actuals import why_not_yet
from indicators.views.loading import load_evidence, read_period


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: SignedIn, slug: str, period: str, indicator_pk: int) -> HttpResponse:
    is_sent = request.method == "POST"
    programme = load_programme(request, slug, Action.WRITE_REPORT if is_sent else None)
    year = read_period(programme, period)
    indicator = get_object_or_404(ProgrammeIndicator, programme=programme, pk=indicator_pk)
    form = EvidenceForm(sent(request), request.FILES if is_sent else None)
    error = ""
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.add(indicator=indicator, year=year, file=file, name=file.name, by=request.user)
        except RuleViolation as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Файл додано."))
            return redirect("target_evidence", slug, period, indicator_pk)
    rows = IndicatorEvidence.objects.filter(indicator=indicator, year=year)
    may_write = may(request, programme, Action.WRITE_REPORT)
    context = {
        "programme": programme,
        "indicator": indicator,
        "period": period,
        "year": year,
        "rows": rows.select_related("added_by"),
        "form": form,
        "error": error,
        "may_write": may_write,
        "why_not": why_not_yet(programme, year),
    }
    status = 422 if is_sent else 200
    return render(request, "indicators/programme/evidence.html", context, status=status)


@require_safe
def file(request: SignedIn, slug: str, evidence_pk: int) -> HttpResponseBase:
    return evidence_file(load_evidence(load_programme(request, slug), evidence_pk))


@require_POST
def remove(request: SignedIn, slug: str, evidence_pk: int) -> HttpResponse:
    evidence = load_evidence(load_programme(request, slug, Action.WRITE_REPORT), evidence_pk)
    back = redirect("target_evidence", slug, evidence.period, evidence.indicator_id)
    try:
        services.remove(evidence=evidence, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Файл вилучено."))
    return back
