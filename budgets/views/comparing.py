"""A stored value beside the one that was typed, both in the words of the form: after a stale save a person sees both."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from budgets.forms.fields import AmountField
from budgets.money import print_amount


def shown(field: forms.Field, value: Any) -> str:
    """The value as the form's own choices, dates and sums read."""
    if isinstance(field, forms.BooleanField):
        return _("так") if value else _("ні")
    if value is None:
        return ""
    if isinstance(field, forms.ChoiceField):
        return _chosen(field, str(value))
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Decimal):
        in_unit = isinstance(field, AmountField)
        return str(field.prepare_value(value)) if in_unit else print_amount(value)
    return str(value)


def _chosen(field: forms.ChoiceField, value: str) -> str:
    for key, label in cast("Iterable[tuple[Any, Any]]", field.choices):
        choices = label if isinstance(label, list | tuple) else [(key, label)]
        for choice, name in choices:
            if str(choice) == value:
                return str(name).strip()
    return value
