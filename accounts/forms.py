"""Forms of sign-in, the second factor, invitations and tokens; allauth's own, in our words."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.models import User
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Scope
from budgets.forms.fields import DayField

MAX_DAYS = 30
TOKEN_DAYS_OFFERED = 90


class Worded(forms.BaseForm):
    """Labels and help by field, and no placeholders: a label is not hidden while one types."""

    wording: dict[str, tuple[Any, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in self.wording.items():
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, help_text
                self.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(Worded, LoginForm):
    """Fields are named as in Django's own form: browsers remember them by these names."""

    wording = {
        "username": (_("Ім’я користувача"), ""),
        "password": (_("Пароль"), ""),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"username": self.fields["login"], "password": self.fields["password"]}
        self.fields["username"].label = self.wording["username"][0]
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
        self.fields["username"].widget.attrs |= {"autofocus": True, "autocapitalize": "none"}

    def clean(self) -> Any:
        self.cleaned_data["login"] = self.cleaned_data.get("username", "").strip()
        return super().clean()

    def user_credentials(self) -> dict[str, str]:
        return {
            "username": self.cleaned_data["login"],
            "password": self.cleaned_data.get("password", ""),
        }


class ConfirmPasswordForm(Worded, ReauthenticateForm):
    wording = {"password": (_("Пароль"), "")}


_CODE = (_("Код"), _("Шість цифр із застосунку або один із запасних кодів."))


class CodeForm(Worded, code_forms.AuthenticateForm):
    wording = {"code": _CODE}


class ConfirmCodeForm(Worded, code_forms.ReauthenticateForm):
    wording = {"code": _CODE}


class ActivateCodesForm(Worded, ActivateTOTPForm):
    wording = {"code": (_("Код із застосунку"), _("Шість цифр, які застосунок показує зараз."))}


class AddPasskeyForm(Worded, AddWebAuthnForm):
    wording = {
        "name": (_("Назва ключа"), _("Наприклад, «Ноутбук у бухгалтерії».")),
        "passwordless": (
            _("Входити самим ключем, без пароля"),
            _("Ключ спитає PIN-код або відбиток пальця."),
        ),
    }


class RenamePasskeyForm(Worded, EditWebAuthnForm):
    wording = {"name": (_("Назва ключа"), "")}


class NewAccountForm(forms.ModelForm):
    """An account without a password: the person sets it through the invitation."""

    class Meta:
        model = User
        fields = ["username", "last_name", "first_name", "email"]

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        user.set_unusable_password()
        if commit:
            user.save()
        return user


class InvitationForm(forms.Form):
    """What an administrator may say when inviting; all of it may stay empty."""

    person_code = forms.CharField(
        label=_("РНОКПП або код за ЄДРПОУ"),
        required=False,
        validators=[
            RegexValidator(r"^(\d{8}|\d{10})$", _("РНОКПП має 10 цифр, код за ЄДРПОУ — 8."))
        ],
        help_text=_("Щоб людина могла увійти через id.gov.ua, коли його підключено."),
    )
    email = forms.EmailField(
        label=_("Електронна адреса"),
        required=False,
        help_text=_("Щоб людина могла увійти через службу OpenID, коли її підключено."),
    )
    days = forms.IntegerField(label=_("Діє, днів"), min_value=1, max_value=MAX_DAYS, required=False)


class TokenForm(forms.Form):
    """A token for a program. What may not be is the service's to judge."""

    name = forms.CharField(
        label=_("Назва"),
        max_length=100,
        help_text=_("Для якої програми, наприклад «Обмін із Казначейством»."),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Назвіть токен: за назвою ви його впізнаєте.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("Що дозволяє"),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Лише те, що програмі потрібно. Більше, ніж дозволяє ваша роль, токен не може."
        ),
        error_messages={"required": _("Оберіть, що дозволяє токен.")},
    )
    expires_on = DayField(
        label=_("Діє до дня включно"),
        initial=lambda: timezone.localdate() + timedelta(days=TOKEN_DAYS_OFFERED),
        error_messages={"required": _("Вкажіть, до якого дня діє токен.")},
    )
