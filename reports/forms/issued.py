"""What people type about an issued report: why it is issued, why it is returned, the file with a signature, a key."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from budgets.forms.fields import PlainForm
from reports.services.issuing import Signer


class IssueForm(PlainForm):
    """``names_signers``: the document names nobody who signs. ``has_warnings``: its checks found something."""

    signers = forms.CharField(
        label=_("Підписанти, у черзі підписання"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Кожен з нового рядка: посада: Власне ім’я ПРІЗВИЩЕ"),
    )
    reason = forms.CharField(
        label=_("Чому видаєте попри застереження"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Залишиться зі звітом і в журналі."),
    )

    def __init__(
        self, *args: object, names_signers: bool = False, has_warnings: bool = False, **more: object
    ) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        if not names_signers:
            del self.fields["signers"]
        if not has_warnings:
            del self.fields["reason"]

    def clean_signers(self) -> list[Signer]:
        found = []
        for line in self.cleaned_data["signers"].splitlines():
            position, colon, name = line.partition(":")
            if not line.strip():
                continue
            if not colon or not position.strip():
                raise forms.ValidationError(
                    _("«%(line)s»: напишіть посаду, двокрапку й ім’я."), params={"line": line}
                )
            found.append(Signer(position.strip()[:200], name.strip()[:200]))
        return found


class ReturnForm(PlainForm):
    reason = forms.CharField(
        label=_("Чому повертаєте"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Це побачить той, хто видав звіт. Підписати можна буде лише наступну версію."),
    )


class UploadForm(PlainForm):
    """A file that somebody signed elsewhere."""

    signed = forms.FileField(
        label=_("Підписаний PDF, файл .p7s або контейнер .asice"),
        widget=forms.FileInput({"accept": ".pdf,.p7s,.p7m,.asice,.asics,.sce"}),
        error_messages={"empty": _("Файл порожній.")},
    )


class KeyForm(PlainForm):
    key = forms.FileField(
        label=_("Файл ключа PKCS#12 (.p12, .pfx)"),
        widget=forms.FileInput({"accept": ".p12,.pfx"}),
        help_text=_("Використовується один раз у пам’яті сервера і ніде не зберігається."),
        error_messages={"empty": _("Файл порожній.")},
    )
    password = forms.CharField(
        label=_("Пароль до ключа"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )


class VerifyForm(PlainForm):
    """A code, or a file; the file says more."""

    code = forms.CharField(
        label=_("Код перевірки"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "7K3M-Q9TD-XHAB"}),
    )
    copy = forms.FileField(
        label=_("Файл документа"),
        required=False,
        help_text=_("PDF, XLSX, JSON або .asice, до 20 МБ. Файл не зберігається."),
        error_messages={"empty": _("Файл порожній.")},
    )

    def clean(self) -> dict[str, object]:
        told = super().clean() or {}
        if not self.errors and not told.get("code") and not told.get("copy"):
            raise forms.ValidationError(_("Введіть код або оберіть файл."))
        return told


def content(upload: UploadedFile) -> bytes:
    return bytes(upload.read())
