"""Open invitations, live tokens, and what is known of a person's second factor."""

import hashlib
import time

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import ApiToken, Invitation
from budgets.choices import Role
from budgets.permissions import current_memberships

SESSION_TIMES = "times"
_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def digest(token: str) -> str:
    """Tokens are 256 random bits: a plain digest of one cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def account(username: str) -> User | None:
    """The account that a typed name means, as the sign-in reads it."""
    return User.objects.filter(username__iexact=username.strip()).first()


def session_times() -> dict[str, int]:
    """What a session remembers to end in time: when it began, and when it was seen last (seconds)."""
    now = int(time.time())
    return {"began": now, "seen": now}


def open_invitations() -> QuerySet[Invitation]:
    """Not used, not past, of an account that is not switched off."""
    return Invitation.objects.filter(
        accepted_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True
    ).select_related("user")


def invitation_by_token(token: str) -> Invitation | None:
    return open_invitations().filter(token_digest=digest(token)).first()


def invitation_by_identity(*, code: str, emails: list[str]) -> Invitation | None:
    """The one open invitation that names this code or one of these confirmed addresses; None when several do."""
    wanted = Q(person_code=code) if code else Q(pk__in=[])
    for email in emails:
        wanted |= Q(email__iexact=email)
    found = list(open_invitations().filter(wanted)[:2])
    return found[0] if len(found) == 1 else None


def needs_second_factor(user: User | AnonymousUser) -> bool:
    """True when one of the person's current roles is in SECOND_FACTOR_ROLES; a superuser counts as an administrator."""
    roles: list[str] = settings.SECOND_FACTOR_ROLES
    if not roles or not user.is_authenticated:
        return False
    if user.is_superuser and Role.ADMINISTRATOR in roles:
        return True
    return current_memberships(user).filter(role__in=roles).exists()


def has_second_factor(user: User) -> bool:
    """Codes of an application or a passkey; recovery codes alone are none."""
    found: bool = Authenticator.objects.filter(user=user, type__in=_FACTORS).exists()
    return found


def token_by_secret(secret: str) -> ApiToken | None:
    """The token, while it may be used."""
    token = ApiToken.objects.select_related("user").filter(digest=digest(secret)).first()
    return token if token is not None and is_live(token) else None


def is_live(token: ApiToken) -> bool:
    """Neither revoked nor past, of an account that is on and has the password it had when the token was made."""
    return (
        token.revoked_at is None
        and token.expires_on >= timezone.localdate()
        and token.user.is_active
        and token.password_digest == digest(token.user.password)
    )
