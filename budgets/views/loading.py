"""The one place where pages load what a person asked for: what they may not see does not exist for them."""

import re

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from budgets import permissions
from budgets.models import (
    Act,
    BudgetDecision,
    CashEntry,
    Passport,
    PassportRevision,
    Programme,
    SpendingUnit,
)
from budgets.permissions import Action
from budgets.reach import Subject
from budgets.services import record


class SignedIn(HttpRequest):
    """LoginRequiredMiddleware lets nobody else reach a view."""

    user: User


def load_passport(request: SignedIn, pk: int, action: Action | None = None) -> Passport:
    """The passport, for a person who may see it and, when an action is named, do it there."""
    passport = get_object_or_404(permissions.visible_passports(request.user), pk=pk)
    require(request, passport, action)
    return passport


def load_revision(
    request: SignedIn, pk: int, number: int, action: Action | None = None
) -> PassportRevision:
    """One revision of the passport, by its number."""
    passport = load_passport(request, pk, action)
    revisions = PassportRevision.objects.select_related("passport__programme__community")
    return get_object_or_404(revisions, passport=passport, number=number)


def load_entry(request: SignedIn, pk: int, action: Action | None = None) -> CashEntry:
    """The cash entry on a line, with its passport."""
    entry = get_object_or_404(
        CashEntry.objects.filter(
            line__revision__passport__in=permissions.visible_passports(request.user).values("pk")
        ).select_related(
            "economic_code", "line__revision__passport__programme__community", "created_by"
        ),
        pk=pk,
    )
    require(request, entry.passport, action)
    return entry


def load_unit(request: SignedIn, pk: int, action: Action | None = None) -> SpendingUnit:
    """A spending unit whose doings the person sees."""
    unit = get_object_or_404(permissions.reached_units(request.user), pk=pk)
    require(request, unit, action)
    return unit


def load_decision(request: SignedIn, pk: int, action: Action | None = None) -> BudgetDecision:
    """A decision on the budget of a community that the person sees."""
    decisions = BudgetDecision.objects.filter(
        community__in=permissions.visible_communities(request.user)
    )
    decision = get_object_or_404(decisions.select_related("community", "changed_by"), pk=pk)
    require(request, decision.community, action)
    return decision


def load_programme_entry(
    request: SignedIn, slug: str, pk: int, action: Action | None = None
) -> CashEntry:
    """A cash entry of a programme without a passport, with its programme."""
    programme = load_programme(request, slug, action)
    entries = CashEntry.objects.select_related(
        "economic_code", "programme__community", "executor", "created_by"
    )
    return get_object_or_404(entries, programme=programme, pk=pk)


def load_programme(request: SignedIn, slug: str, action: Action | None = None) -> Programme:
    """The target programme, for a person who may see it and, when an action is named, do it there."""
    programme = get_object_or_404(permissions.visible_programmes(request.user), slug=slug)
    require(request, programme, action)
    return programme


def load_act(request: SignedIn, slug: str, pk: int, action: Action | None = None) -> Act:
    """One act of the programme, with its programme and community."""
    programme = load_programme(request, slug, action)
    acts = Act.objects.select_related("programme__community", "amends", "changed_by")
    return get_object_or_404(acts, programme=programme, pk=pk)


def require(request: SignedIn, subject: Subject, action: Action | None) -> None:
    """Refuse who may not; remember for whom a deputy acts."""
    if action is None or request.user.is_superuser:
        return
    membership = permissions.grant(request.user, action, subject)
    if membership is None:
        raise PermissionDenied
    record.act_for(membership.acting_for)


def may(request: SignedIn, subject: Subject, action: Action) -> bool:
    return permissions.allows(request.user, action, subject)


def read_version(request: SignedIn) -> int:
    """The version of a thing its author saw, as the form sent it; 0, which nothing has, for anything else."""
    version = request.POST.get("version", "")
    return int(version) if re.fullmatch(r"[0-9]{1,9}", version, re.ASCII) else 0
