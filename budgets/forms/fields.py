from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from budgets.fields import ExactDecimalInput
from budgets.money import print_in_unit, read_in_unit
from budgets.numbers import NumberError


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
