"""Who asks: a program with a person's token, or a page of this site in the person's browser; and within which scopes."""

from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, permissions
from rest_framework.exceptions import AuthenticationFailed, Throttled

from accounts import selectors, services
from accounts.choices import Scope
from accounts.models import ApiToken

KEYWORD = "Bearer"


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer epr_…``."""

    def authenticate(self, request: Any) -> tuple[Any, ApiToken] | None:
        words = authentication.get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD.lower().encode():
            return None
        secret = words[1].decode("ascii", "replace") if len(words) == 2 else ""
        token = selectors.token_by_secret(secret)
        if token is None:
            self._count_failure(request)
            raise AuthenticationFailed(
                _(
                    "Токен невідомий, відкликаний або прострочений. Створіть новий на сторінці «Токени» свого облікового запису."
                )
            )
        services.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return KEYWORD

    def _count_failure(self, request: Any) -> None:
        limit = {"api_failed": settings.API_FAILED_LIMIT}
        if not ratelimit.consume(
            request._request, app="accounts", action="api_failed", config=limit, limit_get=True
        ):
            raise Throttled(wait=60)


class BrowserAuthentication(authentication.SessionAuthentication):
    """The session of a browser; a write carries the CSRF token, as every form of the site does."""


class HasSecondFactor(permissions.BasePermission):
    """A role that wants a second factor opens nothing without one, here as on the pages."""

    @property
    def message(self) -> str:
        return _(
            "Ваша роль вимагає другого фактора. Додайте його на сторінці «Другий фактор», тоді повторіть."
        )

    def has_permission(self, request: Any, view: Any) -> bool:
        user = request.user
        return not selectors.needs_second_factor(user) or selectors.has_second_factor(user)


class WithinScopes(permissions.BasePermission):
    """A token opens what its scopes name: reading, or an action by the name the permissions give it."""

    code = "insufficient_scope"
    message = ""

    def has_permission(self, request: Any, view: Any) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        wanted = [action.value for action in view.needed()] or [Scope.READ.value]
        if set(wanted) & set(token.scopes):
            return True
        self.message = _("Токен не має права «%(scope)s». Створіть токен із ним.") % {
            "scope": "», «".join(wanted)
        }
        return False


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Токен людини, створений на сторінці «Токени» її облікового запису.",
        }


class BrowserScheme(SessionScheme):
    target_class = "accounts.api.authentication.BrowserAuthentication"
    name = "browser"
