from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from budgets.fields import ExactDecimalInput
from budgets.money import print_in_unit, read_in_unit
from budgets.numbers import NumberError

NO_YEAR = _("Введіть рік чотирма цифрами, наприклад 2026.")
_REQUIRED = {"required": _("Заповніть це поле.")}
_CHOICE = {"invalid_choice": _("Такого варіанта немає. Оберіть зі списку.")}
_WORDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: _REQUIRED,
    forms.CharField: {
        "max_length": _(
            "Текст має %(show_value)d знаків, можна не більше %(limit_value)d. Скоротіть його."
        )
    },
    forms.IntegerField: {
        "invalid": _("Потрібне ціле число, наприклад 10."),
        "min_value": _("Потрібне число %(limit_value)s або більше."),
        "max_value": _("Потрібне число %(limit_value)s або менше."),
    },
    forms.ChoiceField: _CHOICE,
    forms.ModelChoiceField: _CHOICE,
}


class PlainForm(forms.Form):
    """A form that refuses in the words of this site where its fields have none of their own."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            for kind, words in _WORDS.items():
                if isinstance(field, kind):
                    field.error_messages |= {
                        code: text for code, text in words.items() if _is_djangos(field, code)
                    }
        super().full_clean()


def refusals(form: forms.BaseForm) -> str:
    """Everything the form refused, in one line: for answers that show no fields."""
    return " ".join(str(message) for messages in form.errors.values() for message in messages)


def _is_djangos(field: forms.Field, code: str) -> bool:
    """Whether the field would say what Django says."""
    said = field.error_messages.get(code)
    return said is None or any(
        said is vars(kind).get("default_error_messages", {}).get(code)
        for kind in type(field).__mro__
        if kind.__module__.startswith("django.")
    )


class DayField(forms.DateField):
    """A date as people here write it, дд.мм.рррр; the browser's own picker would follow its language instead."""

    widget = forms.DateInput(
        {"autocomplete": "off", "placeholder": _("дд.мм.рррр"), "class": "day"}, "%d.%m.%Y"
    )
    default_error_messages = {
        "invalid": _("Це не дата. Введіть день, місяць і рік, наприклад 30.06.2023.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"], **kwargs)


class AmountField(forms.CharField):
    """Money typed in the unit a programme's papers print; the value is in hryvnias. An empty text is None."""

    widget = ExactDecimalInput

    def __init__(self, *, unit: str, **kwargs: Any) -> None:
        self.unit = unit
        super().__init__(**kwargs)
        self.validators = []  # they would measure the number as if it were text

    def to_python(self, value: object) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return read_in_unit(text, self.unit)
        except NumberError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: object) -> object:
        return print_in_unit(value, self.unit) if isinstance(value, Decimal) else value
