"""Accounts in the administration. Nobody sets another person's password: the person does, by a one-time link.

An administrator who is no superuser creates accounts, invites, unlocks, and gives roles in the communities they may
see. They can neither raise anybody (themselves included) to superuser, nor touch a superuser, nor change their own roles.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts import selectors, services
from accounts.forms import InvitationForm, NewAccountForm
from budgets import permissions
from budgets.admin import RecordedAdmin
from budgets.exceptions import RuleViolation

admin.site.unregister(User)
# Secrets of second factors, sessions and clients of providers are nobody's to read or edit here.
for _hidden in (Authenticator, EmailAddress, SocialApp, SocialToken, UserSession):
    admin.site.unregister(_hidden)
# One sign-in for the whole site: with the lockout and the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class AccountAdmin(RecordedAdmin, UserAdmin):
    change_form_template = "accounts/admin_account.html"
    add_form_template = "admin/change_form.html"
    add_form = NewAccountForm
    add_fieldsets = ((None, {"fields": ("username", "last_name", "first_name", "email")}),)
    fieldsets = (
        (None, {"fields": ("username", "last_name", "first_name", "email")}),
        (
            gettext_lazy("Права"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (gettext_lazy("Дати"), {"fields": ("last_login", "date_joined")}),
    )
    _POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users = super().get_queryset(request)
        if request.user.is_superuser:
            return users
        communities = permissions.visible_communities(request.user)
        own = users.filter(is_superuser=False, memberships__unit__community__in=communities)
        return own.distinct() | users.filter(is_superuser=False, memberships=None).distinct()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return () if request.user.is_superuser else (*self._POWERS, "last_login", "date_joined")

    def get_urls(self) -> list[URLPattern]:
        def action(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(
                f"<int:pk>/{address}/", self.admin_site.admin_view(require_POST(view)), name=name
            )

        return [
            action("invite", self._invite, "auth_user_invite"),
            action("unlock", self._unlock, "auth_user_unlock"),
            action("second-factor", self._forget_second_factor, "auth_user_forget_second_factor"),
            *super().get_urls(),
        ]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002
        """The link does this: a password that two people know belongs to neither."""
        raise PermissionDenied

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> Any:
        return self._show_link(request, obj, {})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        number = int(object_id) if object_id.isascii() and object_id.isdigit() else 0
        account = self.get_queryset(request).filter(pk=number).first()
        more = {
            "invitation_form": InvitationForm(),
            "has_second_factor": account is not None and selectors.has_second_factor(account),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _account(self, request: HttpRequest, pk: int) -> User:
        """An account this administrator may change; any other does not exist."""
        account = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        return account

    def _invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        account, form = self._account(request, pk), InvitationForm(request.POST)
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(map(str, errors)))
            return redirect("admin:auth_user_change", pk)
        return self._show_link(request, account, form.cleaned_data)

    @sensitive_variables("token", "link")
    def _show_link(
        self, request: HttpRequest, account: User, claims: dict[str, Any]
    ) -> HttpResponse:
        try:
            token = services.invite(user=account, by=self._administrator(request), **claims)
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:auth_user_change", account.pk)
        self.log_change(request, account, _("Створено запрошення"))
        link = request.build_absolute_uri(reverse("invitation", args=[token]))
        expires_at = account.invitations.get(accepted_at__isnull=True).expires_at
        context = {"account": account, "link": link, "expires_at": expires_at}
        return render(request, "accounts/invited.html", context)

    def _unlock(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self._account(request, pk)
        services.unlock(user=account, by=self._administrator(request))
        self.log_change(request, account, _("Знято блокування"))
        messages.success(request, _("Блокування знято: людина може спробувати ще раз."))
        return redirect("admin:auth_user_change", pk)

    def _forget_second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self._account(request, pk)
        services.forget_second_factor(user=account, by=self._administrator(request))
        self.log_change(request, account, _("Знято другий фактор"))
        messages.success(request, _("Другий фактор знято. Людина входить паролем і додає новий."))
        return redirect("admin:auth_user_change", pk)

    def _administrator(self, request: HttpRequest) -> User:
        assert isinstance(request.user, User)  # noqa: S101 - admin_view lets nobody else in
        return request.user
