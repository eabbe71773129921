"""Rules for every page: sessions end, no second factor where the role wants one, no work; no floods of heavy downloads."""

import time
from collections.abc import Callable
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts import selectors
from budgets.api import problems

# What a person without the second factor their role wants may still open: setting one up, and leaving.
_SETTING_UP = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "account_reauthenticate",
        "logout",
        "login",
        "sign_in_cancel",
        "health",
        "invitation",
    }
)
# Documents are built, printed and zipped while the person waits: seconds of a processor each.
HEAVY_DOWNLOADS = frozenset(
    {
        "report_download",
        "revision_download",
        "programme_download",
        "session_package",
        "issued_package",
        "report_issue",
        "programme_issue",
        "campaign_issue",
    }
)

GetResponse = Callable[[HttpRequest], HttpResponse]


class SessionEnds:
    """Signs out whoever was idle for SESSION_IDLE_SECONDS, or signed in SESSION_COOKIE_AGE ago however busy.

    The page then leads to the sign-in as after any end of a session: its scripts keep what was typed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if SESSION_KEY in session:
            now, idle = int(time.time()), settings.SESSION_IDLE_SECONDS
            times = session.get(selectors.SESSION_TIMES) or selectors.session_times()
            if (idle and now - times["seen"] >= idle) or (
                now - times["began"] >= settings.SESSION_COOKIE_AGE
            ):
                logout(request)
            elif (
                now - times["seen"] >= min(60, idle // 10 or 60)
                or selectors.SESSION_TIMES not in session
            ):
                session[selectors.SESSION_TIMES] = times | {"seen": now}
        return self.get_response(request)


class SecondFactorRequired:
    """Leads whoever needs a second factor and has none to setting it up, whatever they asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is not None and match.view_name in _SETTING_UP:
            return None
        if problems.is_api(request):  # tells programs themselves (accounts/api/authentication.py)
            return None
        if not selectors.needs_second_factor(request.user):
            return None
        assert request.user.is_authenticated  # noqa: S101 - needs_second_factor says so
        if selectors.has_second_factor(request.user):
            return None
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(resolve_url("mfa_index"))
        messages.warning(
            request,
            _("Ваша роль вимагає другого фактора. Додайте його, тоді відкриються інші сторінки."),
        )
        return redirect("mfa_index")


# Pages without an account that check signatures: whoever guesses codes or sends files is counted by address.
PUBLIC_CHECKS = frozenset({"verify", "verify_code"})


class LimitedDownloads:
    """Counts heavy downloads of a person and public checks of an address; answers 429 beyond their limits."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = match.view_name if match is not None else ""
        if name in HEAVY_DOWNLOADS and request.user.is_authenticated:
            return self._within(request, "download", settings.DOWNLOAD_LIMIT)
        if name in PUBLIC_CHECKS and (name != "verify" or request.method == "POST"):
            return self._within(request, "verify", settings.VERIFY_LIMIT)
        return None

    def _within(self, request: HttpRequest, action: str, limit: str) -> HttpResponse | None:
        within = ratelimit.consume(
            request, app="accounts", action=action, config={action: limit}, limit_get=True
        )
        return None if within else ratelimit.respond_429(request)
