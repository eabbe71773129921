"""Where a membership leads: a unit with those below it, or a whole community, and what belongs to whom there."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from budgets.choices import Role, UnitLevel
from budgets.models import (
    BudgetProgramme,
    Community,
    Executor,
    Membership,
    Passport,
    Programme,
    SpendingUnit,
)


@dataclass(frozen=True, slots=True)
class Whole:
    """All of a target programme, where one executor's right is not enough: its responsible unit's, or while it names
    none, theirs who reach every executor.
    """

    programme: Programme


Subject = Community | BudgetProgramme | Passport | Programme | Whole | Executor | SpendingUnit

READS_COMMUNITY = frozenset({Role.AUDITOR, Role.COUNCIL_CLERK, Role.ADMINISTRATOR})
"""Roles whose membership reaches the whole community of its unit."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where memberships lead: whole communities, and single units with those below them."""

    communities: frozenset[int]
    units: frozenset[int]
    homes: frozenset[int]
    """Communities of the units that are not below others: what is the community's own is theirs."""

    def of(self, subject: Subject) -> bool:
        match subject:
            case Community():
                return subject.pk in self.communities | self.homes
            case Passport():
                return self.of(subject.programme)
            case Executor():  # a name without a unit we know is everybody's who reaches the programme
                return self.of(subject.unit or subject.programme)
            case Whole(programme):
                return self._of_whole(programme)
            case SpendingUnit():
                units = {subject.pk}
            case BudgetProgramme():
                units = {subject.key_unit_id, subject.responsible_unit_id}
            case Programme():
                units = _units_of(subject)
                if not units:  # nobody's in particular: the community's own
                    return subject.community_id in self.communities | self.homes
        return subject.community_id in self.communities or bool(units & self.units)

    def _of_whole(self, programme: Programme) -> bool:
        if programme.responsible_unit:
            return self.of(programme.responsible_unit)
        units = _units_of(programme)
        if not units:
            return self.of(programme)
        return programme.community_id in self.communities or units <= self.units


def reached(memberships: "QuerySet[Membership] | list[Membership]") -> Reach:
    """Where the memberships lead. Two queries at most."""
    found = memberships.select_related("unit") if isinstance(memberships, QuerySet) else memberships
    communities, units, homes = set(), set(), set()
    for membership in found:
        if not _is_below(membership.unit):
            homes.add(membership.unit.community_id)
        if membership.role in READS_COMMUNITY:
            communities.add(membership.unit.community_id)
        units.add(membership.unit_id)
    return Reach(frozenset(communities), _with_lower(units), frozenset(homes))


BELOW = Q(unit__level=UnitLevel.LOWER, unit__parent__isnull=False)
"""Memberships in departments below others, which settle nothing of the community's own; ``_is_below`` in SQL."""


def _is_below(unit: SpendingUnit) -> bool:
    return unit.level == UnitLevel.LOWER and unit.parent_id is not None


def _with_lower(units: set[int]) -> frozenset[int]:
    """The units with every unit below them."""
    below: dict[int, list[int]] = defaultdict(list)
    communities = SpendingUnit.objects.filter(pk__in=units).values("community")
    rows = SpendingUnit.objects.filter(community__in=communities, parent__isnull=False)
    for pk, parent in rows.values_list("pk", "parent_id"):
        below[parent].append(pk)
    found, queue = set(units), list(units)
    while queue:
        for pk in below[queue.pop()]:
            if pk not in found:
                found.add(pk)
                queue.append(pk)
    return frozenset(found)


def _units_of(programme: Programme) -> set[int]:
    units = {executor.unit_id for executor in programme.executors.all() if executor.unit_id}
    if programme.responsible_unit_id:
        units.add(programme.responsible_unit_id)
    return units
