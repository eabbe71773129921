from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


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
