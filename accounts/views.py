"""Sign-in, invitations and the list of sessions; the pages of the second factor are allauth's with our templates."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.account import signals
from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter as get_provider_adapter
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors, services
from budgets.choices import Role
from budgets.exceptions import RuleViolation
from budgets.services import record
from budgets.views.loading import SignedIn
from reports.sample import SAMPLE_PASSWORD, SAMPLE_USERS

logger = logging.getLogger(__name__)
_ROLE_DOES = {
    Role.FINANCE_OFFICER: gettext_lazy("паспорти, касові видатки, показники, звіт"),
    Role.PROGRAMME_HEAD: gettext_lazy("паспорти, показники, пояснення"),
    Role.SIGNATORY: gettext_lazy("підписує видані звіти"),
    Role.COUNCIL_CLERK: gettext_lazy("отримує й оприлюднює підписані звіти"),
    Role.AUDITOR: gettext_lazy("читає все"),
    Role.ADMINISTRATOR: gettext_lazy("довідники і користувачі"),
}


class SignIn(LoginView):
    """With a password, a passkey or a provider; the sample set-up shows who can be tried."""

    template_name = "registration/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["next"] = self.get_next_url() or ""
        context["providers"] = [
            {"name": provider.name, "address": provider.get_login_url(self.request)}
            for provider in get_provider_adapter().list_providers(self.request)
        ]
        if settings.SAMPLE:
            context["sample_password"] = SAMPLE_PASSWORD
            context["sample_users"] = [
                {"username": username, "role": role.label, "does": _ROLE_DOES[role]}
                for username, role in SAMPLE_USERS.items()
            ]
        return context


class PasswordChange(PasswordChangeView):
    """Django's own; the list of sessions learns that this one has a new key."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.user
        with record.event("accounts.password_changed", by=user, about=user):
            record.keep()
            answer = super().form_valid(form)
        signals.password_changed.send(sender=User, request=self.request, user=self.request.user)
        return answer


@login_not_required
def openid_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _with_answer(openid.login, request, provider_id)


@login_not_required
def openid_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _with_answer(openid.callback, request, provider_id)


def _with_answer(
    step: Callable[[HttpRequest, str], HttpResponse], request: HttpRequest, provider_id: str
) -> HttpResponse:
    """A provider that does not even say where its pages are leads back to the sign-in."""
    try:
        return step(request, provider_id)
    except OSError as problem:  # what the HTTP library raises
        logger.warning("Sign-in through %s: no answer: %s", provider_id, problem)
        messages.error(
            request,
            _("Зовнішня служба входу не відповідає. Спробуйте пізніше або увійдіть із паролем."),
        )
        return redirect("login")


@login_not_required
@require_POST
def sign_in_cancel(request: HttpRequest) -> HttpResponse:
    """Back to the first step: who stands before the second factor is not signed in yet."""
    logout(request)
    return redirect("login")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = selectors.invitation_by_token(token)
    if found is None:
        return render(request, "accounts/invitation_closed.html", status=410)
    form = SetPasswordForm(found.user, request.POST or None)
    if form.is_valid():
        try:
            services.accept(token=token, password=form.cleaned_data["new_password1"])
        except RuleViolation:
            return render(request, "accounts/invitation_closed.html", status=410)
        messages.success(request, _("Пароль встановлено. Увійдіть із ним."))
        return redirect("login")
    context = {"form": form, "account": found.user, "invitation": found}
    return render(
        request, "accounts/invitation.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: SignedIn) -> HttpResponse:
    """Where the person is signed in; POST ends one session by its number, or all but this one."""
    if request.method == "POST":
        return _end_sessions(request)
    found = sorted(
        UserSession.objects.purge_and_list(request.user),
        key=lambda session: session.created_at,
        reverse=True,
    )
    others = [session for session in found if not session.is_current()]
    return render(request, "accounts/sessions.html", {"sessions": found, "others": others})


def _end_sessions(request: SignedIn) -> HttpResponse:
    own = UserSession.objects.filter(user=request.user)
    others = own.exclude(session_key=request.session.session_key)
    number = request.POST.get("session", "")
    if number:
        if not number.isascii() or not number.isdigit():
            return redirect("sessions")
        others = others.filter(pk=get_object_or_404(others, pk=int(number)).pk)
    ended = services.end_sessions(user=request.user, sessions=others, by=request.user)
    messages.success(request, _("Завершено сеансів: %(count)s.") % {"count": ended})
    return redirect("sessions")
