"""Decisions on the local budget: the list, a draft, and its adoption, after which nothing of it changes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import permissions
from budgets.choices import DecisionStatus
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.forms.decisions import DecisionForm, open_lines
from budgets.models import BudgetDecision
from budgets.permissions import Action, Step
from budgets.services import decisions as services
from budgets.views.loading import SignedIn, load_decision, read_version, require
from budgets.views.saving import sent


@require_safe
def index(request: SignedIn) -> HttpResponse:
    found = BudgetDecision.objects.filter(
        community__in=permissions.visible_communities(request.user)
    )
    context = {
        "decisions": found.select_related("community"),
        "may_write": permissions.allows(request.user, Action.ADOPT_ACT),
    }
    return render(request, "budgets/decisions/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """A decision of the person's own community; who writes in several chooses by ``?community=``."""
    communities = permissions.communities_where(request.user, Action.ADOPT_ACT)
    asked = request.GET.get("community", "")
    own = communities.order_by("name")
    community = own.filter(pk=int(asked)).first() if asked.isdecimal() else own.first()
    if community is None:
        raise PermissionDenied
    require(request, community, Action.ADOPT_ACT)
    form = DecisionForm(sent(request))
    lines = open_lines(sent(request), community)
    is_valid = request.method == "POST" and all((form.is_valid(), lines.is_valid()))
    if is_valid:
        try:
            made = services.draft(
                community=community, said=form.said, lines=lines.given, by=request.user
            )
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Збережено чернетку: %(what)s.") % {"what": made})
            return redirect("decision", made.pk)
    context = {
        "form": form,
        "formset": lines,
        "communities": [(each, each == community) for each in own] if len(own) > 1 else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "budgets/decisions/edit.html", context, status=status)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    decision = load_decision(request, pk)
    possible = permissions.steps(request.user, decision.community, DecisionStatus(decision.status))
    context = {
        "decision": decision,
        "lines": decision.lines.select_related("programme", "target").order_by("pk"),
        "may_write": Step.WRITE_DECISION in possible,
    }
    return render(request, "budgets/decisions/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    decision = load_decision(request, pk, Action.ADOPT_ACT)
    if decision.is_adopted:
        messages.error(
            request, _("Рішення ухвалено, воно не змінюється. Зміну внесіть новим рішенням.")
        )
        return redirect("decision", pk)
    form = DecisionForm(sent(request), initial=DecisionForm.values_of(decision))
    lines = open_lines(sent(request), decision.community, decision)
    stale: StaleVersion | None = None
    if request.method == "POST" and all((form.is_valid(), lines.is_valid())):
        try:
            services.write(
                decision=decision,
                said=form.said,
                lines=lines.given,
                version=read_version(request),
                by=request.user,
            )
        except StaleVersion as refusal:
            stale = refusal
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Збережено чернетку: %(what)s.") % {"what": form.said.number}
            )
            return redirect("decision", pk)
    context = {
        "decision": decision,
        "form": form,
        "formset": lines,
        "stale": stale,
        "stored": decision.lines.select_related("programme").order_by("pk") if stale else (),
        "version": decision.version if stale or request.method != "POST" else read_version(request),
    }
    status = 409 if stale else 422 if request.method == "POST" else 200
    return render(request, "budgets/decisions/edit.html", context, status=status)


@require_POST
def adopt(request: SignedIn, pk: int) -> HttpResponse:
    decision = load_decision(request, pk, Action.ADOPT_ACT)
    try:
        services.adopt(decision=decision, version=read_version(request), by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Ухвалено: %(what)s. Тепер воно не змінюється.") % {"what": decision}
        )
    return redirect("decision", pk)


@require_POST
def discard(request: SignedIn, pk: int) -> HttpResponse:
    decision = load_decision(request, pk, Action.ADOPT_ACT)
    try:
        services.discard(decision=decision, version=read_version(request), by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("decision", pk)
    messages.success(request, _("Вилучено чернетку: %(what)s.") % {"what": decision})
    return redirect("decisions")
