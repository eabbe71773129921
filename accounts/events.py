"""What follows a sign-in, and what allauth's own pages do to an account: that goes on record. No secret is told: only what happened, to whom, with which factor."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import selectors
from budgets.services import record


@receiver(user_logged_in)
def _began(request: HttpRequest, **_more: Any) -> None:
    request.session[selectors.SESSION_TIMES] = selectors.session_times()


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
