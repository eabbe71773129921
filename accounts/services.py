"""Writes about accounts: invitations, their acceptance, unlocking, a lost second factor, tokens. Each leaves a line in the log."""

import datetime as dt
import logging
import secrets
from collections.abc import Collection, Iterable
from datetime import timedelta

from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import selectors
from accounts.choices import Scope
from accounts.models import ApiToken, Invitation
from budgets.exceptions import RuleViolation
from budgets.services.record import keep, note, recorded

logger = logging.getLogger(__name__)
_TOKEN_BYTES = 32
LOCK_SECONDS = 15 * 60  # as long as LOCKOUT_OF_ACCOUNT counts
TOKEN_PREFIX = "epr_"  # noqa: S105 - so that people and scanners of leaked secrets recognise one


@recorded
def invite(
    *, user: User, by: User | None, person_code: str = "", email: str = "", days: int | None = None
) -> str:
    """A new one-time token for the account; an earlier one that was not used stops working.

    The token is returned once and kept nowhere. Until it is used the account keeps the password it has.
    """
    if not user.is_active:
        raise RuleViolation(
            _("Обліковий запис вимкнено. Увімкніть його, тоді створіть запрошення.")
        )
    Invitation.objects.filter(user=user, accepted_at__isnull=True).delete()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    now = timezone.now()
    Invitation.objects.create(
        user=user,
        token_digest=selectors.digest(token),
        person_code=person_code,
        email=email,
        created_by=by,
        created_at=now,
        expires_at=now + timedelta(days=days or settings.INVITATION_DAYS),
    )
    logger.info("Account %s invited by %s", user.get_username(), by or "the command line")
    return token


@recorded
def accept(*, token: str, password: str) -> User:
    """Set the password and spend the invitation. Sessions with the old password end by themselves.

    Refused when the link was used, replaced or has expired meanwhile.
    """
    invitation = (
        selectors.open_invitations()
        .select_for_update(of=("self",))
        .filter(token_digest=selectors.digest(token))
        .first()
    )
    if invitation is None:
        raise RuleViolation(
            _("Посилання вже використано або воно застаріло. Попросіть в адміністратора нове.")
        )
    user = invitation.user
    user.set_password(password)
    user.save(update_fields=["password"])
    spend(invitation)
    unlock(user=user, by=user)
    return user


def spend(invitation: Invitation) -> None:
    """The invitation is used; the personal data it carried is not needed any more."""
    invitation.accepted_at = timezone.now()
    invitation.person_code = invitation.email = ""
    invitation.save(update_fields=["accepted_at", "person_code", "email"])
    logger.info("Invitation of %s used", invitation.user.get_username())


def lock_keys(user: User) -> tuple[str, str]:
    """Under what failures of this account are counted: at the password and at the second factor."""
    return password_lock_key(user.get_username()), f"mfa-auth-user-{user.pk}"


def password_lock_key(username: str) -> str:
    """One count for an account, whichever of the site's names the attempts were made at."""
    return f"account:{username.strip().lower()}"


@recorded
def unlock(*, user: User, by: User) -> None:
    """Forget the account's failed attempts. The lock of an address is not touched: it ends with time."""
    keep()
    cache.delete(_told_lock(user))
    for key in lock_keys(user):
        ratelimit.clear(
            None,  # only limits by address read the request
            app="allauth.account",
            action="login_failed",
            config={"login_failed": settings.LOCKOUT_OF_ACCOUNT},
            key=key,
        )
    logger.info("Account %s unlocked by %s", user.get_username(), by.get_username())


@recorded
def forget_second_factor(*, user: User, by: User) -> int:
    """Remove codes, passkeys and recovery codes of a person who lost them; returns how many there were."""
    keep()
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    logger.info("Second factor of %s removed by %s", user.get_username(), by.get_username())
    return removed


@recorded
def end_sessions(*, user: User, sessions: Iterable[UserSession], by: User) -> int:
    """Sign the person out elsewhere; returns of how many places."""
    ended = list(sessions)
    for session in ended:
        session.end()
    if ended:
        keep()
    logger.info(
        "Sessions of %s ended by %s: %s", user.get_username(), by.get_username(), len(ended)
    )
    return len(ended)


def note_failed_sign_in(*, username: str, address: str) -> None:
    """A wrong password of an account we have; a name we do not have may be a password typed in the wrong field."""
    if user := selectors.account(username):
        note("services.failed_sign_in", about=user, reason=_("адреса %(ip)s") % {"ip": address})


def note_lock(*, username: str, address: str) -> None:
    """Once a lock: attempts against a closed door would fill the record."""
    user = selectors.account(username)
    if user is not None and cache.add(_told_lock(user), "yes", timeout=LOCK_SECONDS):
        note("services.locked", about=user, reason=_("адреса %(ip)s") % {"ip": address})


def _told_lock(user: User) -> str:
    return f"lock-told-{user.pk}"


@recorded
def make_token(
    *, user: User, name: str, scopes: Collection[str], expires_on: dt.date, by: User
) -> str:
    """A token for programs that act for the person; it is returned once and only its digest is kept.

    Refused: no name, no scope or one that is unknown; a last day that is past or further than TOKEN_DAYS away.
    """
    if not name.strip():
        raise RuleViolation(_("Назвіть токен: за назвою ви його впізнаєте, щоб відкликати."))
    if not scopes or set(scopes) - set(Scope.values):
        raise RuleViolation(_("Оберіть, що дозволяє токен."))
    today = timezone.localdate()
    last = today + timedelta(days=settings.TOKEN_DAYS)
    if not today <= expires_on <= last:
        raise RuleViolation(
            _("Токен діє не довше за %(days)s днів: оберіть день від сьогодні до %(last)s.")
            % {"days": settings.TOKEN_DAYS, "last": f"{last:%d.%m.%Y}"}
        )
    secret = f"{TOKEN_PREFIX}{secrets.token_urlsafe(_TOKEN_BYTES)}"
    ApiToken.objects.create(
        user=user,
        name=name.strip(),
        digest=selectors.digest(secret),
        password_digest=selectors.digest(user.password),
        scopes=[scope for scope in Scope.values if scope in scopes],
        expires_on=expires_on,
    )
    logger.info("Token %r of %s made", name, user.get_username())
    return secret


@recorded
def revoke_token(*, token: ApiToken, by: User) -> None:
    """End a token now; ending one that has ended changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        logger.info("Token %r of %s revoked", token.name, token.user.get_username())


@recorded
def end_tokens_of(*, user: User) -> int:
    """Revoke the tokens of an account that was switched off or has another password; returns how many."""
    open_tokens = ApiToken.objects.filter(user=user, revoked_at=None).select_related("user")
    ended = [token.pk for token in open_tokens if not selectors.is_live(token)]
    return ApiToken.objects.filter(pk__in=ended).update(revoked_at=timezone.now())


def note_use(token: ApiToken) -> None:
    """Remember the day a token was last used on; once a day, so that reading stays reading."""
    today = timezone.localdate()
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
