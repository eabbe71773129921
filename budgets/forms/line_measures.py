"""Choosing the measures that a spending line pays for."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from budgets.forms.cash_shares import MeasureChoices
from budgets.forms.fields import PlainForm


class SeenField(forms.CharField):
    """Numbers of the measures its author was looking at."""

    widget = forms.HiddenInput

    def to_python(self, value: object) -> Any:
        parts = str(super().to_python(value)).split()
        return [int(part) for part in parts if part.isascii() and part.isdigit()]


class LineMeasuresForm(PlainForm):
    measures = forms.TypedMultipleChoiceField(
        label=_("Заходи, за які платить напрям"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Такого заходу немає. Оберіть зі списку.")},
    )
    seen = SeenField(required=False)

    def __init__(self, *args: Any, offered: MeasureChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.MultipleChoiceField", self.fields["measures"])
        field.choices = [(str(programme), list(measures)) for programme, measures in offered]
