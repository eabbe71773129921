"""A page of reference data: deadlines of reports and the bank of phrases of a community."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from budgets import permissions
from budgets.exceptions import RuleViolation
from budgets.forms.rows import numbered, open_rows
from budgets.permissions import Action
from budgets.views.loading import SignedIn, require
from budgets.views.saving import sent
from reports.choices import PeriodKind
from reports.forms.campaigns import DeadlineForm, PhraseForm
from reports.periods import Due
from reports.selectors import campaigns
from reports.services import reporting


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    community = get_object_or_404(permissions.visible_communities(request.user), pk=pk)
    require(request, community, Action.CHANGE_REFERENCE)
    due = campaigns.due(community)
    deadlines = {
        kind: DeadlineForm(
            sent(request),
            prefix=kind.value,
            initial={"months": due[kind].months, "day": due[kind].day},
        )
        for kind in PeriodKind
    }
    texts = list(community.report_phrases.values_list("text", flat=True))
    formset = open_rows(
        PhraseForm, sent(request), initial=numbered({"text": text} for text in texts)
    )
    error, status, seen = "", 200, reporting.version(community)
    if request.method == "POST":
        status, seen = 422, request.POST.get("version", "")
        # Every form is asked, so that all errors show at once.
        if all([form.is_valid() for form in deadlines.values()] + [formset.is_valid()]):
            try:
                reporting.describe(
                    community=community,
                    deadlines={
                        kind: Due(form.cleaned_data["months"], form.cleaned_data["day"])
                        for kind, form in deadlines.items()
                    },
                    phrases=[row["text"] for row in formset.rows()],
                    seen=seen,
                    by=request.user,
                )
            except RuleViolation as refusal:
                error, status, seen = str(refusal), 409, reporting.version(community)
            else:
                messages.success(request, _("Строки і фрази збережено."))
                return redirect("reference")
    context = {
        "community": community,
        "deadlines": [(kind.label, form) for kind, form in deadlines.items()],
        "formset": formset,
        "stored": texts if status == 409 else [],
        "stale": status == 409,
        "error": error,
        "version": seen,
    }
    return render(request, "reports/campaigns/reporting.html", context, status=status)
