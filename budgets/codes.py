"""Codes of budget classification and registers: text with leading zeros, never numbers."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.ua import edrpou as stdnum_edrpou

programme_code = RegexValidator(
    r"\A[0-9]{7}\Z", _("КПКВК МБ складається з 7 цифр, наприклад 0217530.")
)
type_code = RegexValidator(r"\A[0-9]{4}\Z", _("ТПКВКМБ складається з 4 цифр, наприклад 7530."))
functional_code = RegexValidator(r"\A[0-9]{4}\Z", _("ФКВКБ складається з 4 цифр, наприклад 0460."))
economic_code = RegexValidator(r"\A[0-9]{4}\Z", _("КЕКВ складається з 4 цифр, наприклад 2240."))
# Budget codes had 11 digits until the end of 2022 and 10 since; both stay in documents.
budget_code = RegexValidator(
    r"\A[0-9]{10,11}\Z", _("Код бюджету складається з 10 цифр (до 2023 року з 11).")
)


def validate_edrpou(value: str) -> None:
    """Eight digits are required; a wrong check digit is only a warning (see edrpou_warning)."""
    if not re.fullmatch(r"[0-9]{8}", value):
        raise ValidationError(_("Код ЄДРПОУ складається з 8 цифр, наприклад 04053625."))


def edrpou_warning(value: str) -> str:
    """A sentence when the check digit disagrees, otherwise an empty text."""
    try:
        stdnum_edrpou.validate(value)
    except StdnumError:
        return str(
            _("Контрольна цифра коду ЄДРПОУ %(code)s не збігається. Перевірте код.")
            % {"code": value}
        )
    return ""
