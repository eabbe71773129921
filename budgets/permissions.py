"""May this person do this here? Pages and commands ask this module and nothing else.

Today the answer depends on the community and the role; rights by unit, date and status refine it here.
"""

from enum import Enum

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.utils import timezone

from budgets.choices import Role
from budgets.models import BudgetProgramme, Community, Membership, Passport, Programme, SpendingUnit

Person = User | AnonymousUser


class Action(Enum):
    CHANGE_PASSPORT = "change_passport"
    ENTER_CASH = "enter_cash"
    WRITE_REPORT = "write_report"
    CHANGE_REFERENCE = "change_reference"
    DRAFT_ACT = "draft_act"
    ADOPT_ACT = "adopt_act"


_ALLOWED: dict[str, frozenset[Action]] = {
    Role.FINANCE_OFFICER: frozenset(Action),
    Role.PROGRAMME_HEAD: frozenset({Action.CHANGE_PASSPORT, Action.WRITE_REPORT, Action.DRAFT_ACT}),
    Role.COUNCIL_CLERK: frozenset({Action.ADOPT_ACT}),
    Role.ADMINISTRATOR: frozenset({Action.CHANGE_REFERENCE}),
}


def current_memberships(user: Person) -> QuerySet[Membership]:
    today = timezone.localdate()
    return Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today), user=user.pk, valid_from__lte=today
    )


def visible_communities(user: Person) -> QuerySet[Community]:
    if user.is_superuser:
        return Community.objects.all()
    return Community.objects.filter(units__memberships__in=current_memberships(user)).distinct()


def communities_where(user: Person, action: Action) -> QuerySet[Community]:
    """Communities in which one of the person's current roles covers the action."""
    if user.is_superuser:
        return Community.objects.all()
    roles = [role for role, actions in _ALLOWED.items() if action in actions]
    memberships = current_memberships(user).filter(role__in=roles)
    return Community.objects.filter(units__memberships__in=memberships).distinct()


def visible_units(user: Person) -> QuerySet[SpendingUnit]:
    return SpendingUnit.objects.filter(community__in=visible_communities(user))


def visible_budget_programmes(user: Person) -> QuerySet[BudgetProgramme]:
    return BudgetProgramme.objects.filter(community__in=visible_communities(user))


def visible_programmes(user: Person) -> QuerySet[Programme]:
    """Target programmes of the communities this person belongs to."""
    return Programme.objects.filter(community__in=visible_communities(user)).select_related(
        "community"
    )


def visible_passports(user: Person) -> QuerySet[Passport]:
    return Passport.objects.filter(
        programme__community__in=visible_communities(user)
    ).select_related("programme__community")


def allows(user: Person, action: Action, community: Community | None = None) -> bool:
    """True when one of the person's current roles (in the community, when one is named) covers the action."""
    if user.is_superuser:
        return True
    memberships = current_memberships(user)
    if community is not None:
        memberships = memberships.filter(unit__community=community)
    return any(
        action in _ALLOWED.get(role, ()) for role in memberships.values_list("role", flat=True)
    )
