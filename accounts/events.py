"""What allauth's own pages do to an account goes on record. No secret is told: only what happened, to whom, with which factor."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.dispatch import receiver

from budgets.services import record


@receiver(signals.authenticator_added)
def _added(user: User, authenticator: Authenticator, **_more: Any) -> None:
    record.note("accounts.factor_added", by=user, about=user, reason=_kind(authenticator))


@receiver(signals.authenticator_removed)
def _removed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    record.note("accounts.factor_removed", by=user, about=user, reason=_kind(authenticator))


@receiver(signals.authenticator_reset)
def _reset(user: User, authenticator: Authenticator, **_more: Any) -> None:
    record.note("accounts.factor_renewed", by=user, about=user, reason=_kind(authenticator))


@receiver(signals.authentication_failed)
def _failed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Attempts are limited by account: nobody fills the record with them."""
    record.note("accounts.factor_failed", about=user, reason=_kind(authenticator))


def _kind(authenticator: Authenticator) -> str:
    return str(Authenticator.Type(authenticator.type).label)
