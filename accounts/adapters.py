"""Where allauth asks the site: accounts come by invitation only, messages are ours, stored secrets are encrypted."""

import base64
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import selectors, services
from accounts.idgovua.provider import IdGovUaProvider
from budgets.services import record

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in with a password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "Ім’я користувача або пароль не підходять. Введіть правильні ім’я і пароль; зважайте на великі та малі літери."
        ),
        "too_many_login_attempts": _(
            "Забагато невдалих спроб, вхід тимчасово закрито. Спробуйте через 15 хвилин або попросіть адміністратора зняти блокування."
        ),
        "incorrect_password": _("Пароль не підходить. Введіть його ще раз."),
        "rate_limited": _("Забагато спроб поспіль. Зачекайте кілька хвилин і спробуйте ще раз."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only this very host: another name the site answers to is another site for a reader of a link."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return services.password_lock_key(credentials.get("username", ""))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            username, address = credentials.get("username", ""), self.get_client_ip(request)
            services.note_lock(username=username, address=address)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        username, address = credentials.get("username", ""), self.get_client_ip(request)
        logger.warning("Failed sign-in as %r from %s", username[:150], address)
        services.note_failed_sign_in(username=username, address=address)

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        logger.info("Sign-in of %r from %s", user.get_username(), self.get_client_ip(request))

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(
            request, _("Обліковий запис вимкнено. Зверніться до адміністратора громади.")
        )
        return redirect("login")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        wording = {
            "reauthenticate": _("Підтвердити паролем"),
            "mfa_reauthenticate": _("Підтвердити кодом"),
            "mfa_reauthenticate:webauthn": _("Підтвердити ключем доступу"),
        }
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": wording[method["id"]]} for method in methods]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Codes and passkeys. What a code is made of is kept encrypted with a key that follows from the secret key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "Код не підходить: він діє пів хвилини і лише раз. Введіть той, який застосунок показує зараз."
        ),
        "cannot_delete_authenticator": _(
            "Ваша роль вимагає другого фактора, а цей останній. Спершу додайте інший."
        ),
        "cannot_generate_recovery_codes": _(
            "Запасні коди дають разом із другим фактором. Спершу додайте застосунок або ключ."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if not selectors.needs_second_factor(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        remains: bool = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return remains


def _cipher() -> MultiFernet:
    """SECRET_KEY_FALLBACKS still read what an earlier secret key wrote."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"eprogram second factor")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in through a provider: only for an account an administrator invited with that identity."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    @transaction.atomic
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process", AuthProcess.LOGIN) != AuthProcess.LOGIN:
            raise _refused(request, _("Так можна лише входити."))
        if sociallogin.is_existing:
            return
        account, provider = sociallogin.account, sociallogin.provider
        invitation = selectors.invitation_by_identity(
            code=account.uid if provider.id == IdGovUaProvider.id else "",
            emails=[item.email for item in sociallogin.email_addresses if item.verified],
        )
        if invitation is None:
            logger.warning("Sign-in through %s of somebody not invited", provider.sub_id)
            raise _refused(
                request,
                _(
                    "Вас упізнано, але облікового запису для вас немає. Попросіть адміністратора громади запросити вас за кодом РНОКПП або електронною адресою."
                ),
            )
        user = invitation.user
        with record.event("services.accept", by=user, about=user, reason=provider.name):
            sociallogin.connect(request, user)
            services.spend(invitation)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,
    ) -> None:  # fmt: skip
        logger.warning("Sign-in through %s failed: %r %r", provider.id, error, exception)
        raise _refused(
            request,
            _(
                "Вхід через зовнішню службу не вдався: вона не підтвердила особу або не відповіла. Спробуйте ще раз або увійдіть із паролем."
            ),
        )


def _refused(request: HttpRequest, message: Any) -> ImmediateHttpResponse:
    messages.error(request, message)
    return ImmediateHttpResponse(redirect("login"))
