"""Writing roles of people in spending units: given, changed and taken back, also for a deputy until a day."""

import hashlib

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets import permissions
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Membership
from budgets.services.record import recorded


def mark(membership: Membership) -> str:
    """A mark of what is stored now; whoever changes it sends back the one they saw."""
    fields = [field.attname for field in membership._meta.concrete_fields]
    told = repr([(name, str(getattr(membership, name))) for name in fields])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@recorded
def save(*, membership: Membership, seen: str, by: User) -> Membership:
    """Store a new or a changed role; ``seen`` is the mark its author saw, empty of a new one.

    Refused: one's own role; StaleVersion when another person wrote meanwhile; ValidationError of dates out of order, a
    deputy without an end and a role that is there already.
    """
    _expect_anothers(membership, by)
    if membership.pk is not None:
        _expect_anothers(_locked(membership, seen), by)
    membership.full_clean()
    membership.save()
    return membership


@recorded
def remove(*, membership: Membership, seen: str, by: User) -> None:
    """Take a role away as if it had never been given; one that only ends gets a last day instead."""
    _expect_anothers(_locked(membership, seen), by)
    membership.delete()


def _locked(membership: Membership, seen: str) -> Membership:
    stored = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if mark(stored) != seen:
        raise StaleVersion(
            _("Поки ви редагували, роль змінила інша людина. Прочитайте її знову і повторіть."),
            current=str(stored),
        )
    return stored


def _expect_anothers(membership: Membership, by: User) -> None:
    if not permissions.may_change_membership(by, membership):
        raise RuleViolation(_("Власної ролі не змінюють: попросіть іншого адміністратора."))
