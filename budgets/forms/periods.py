from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from budgets.forms.fields import DayField
from budgets.models import PeriodLock
from budgets.selectors import periods as selectors


class CloseForm(forms.Form):
    note = forms.CharField(
        label=_("Підстава"),
        max_length=300,
        required=False,
        help_text=_("Наприклад: звірено з Казначейством."),
    )
    whole_year = forms.BooleanField(label=_("Закрити всі місяці року"), required=False)


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("Причина"),
        max_length=300,
        help_text=_("Залишиться в журналі."),
        error_messages={"required": _("Вкажіть причину: вона залишиться в журналі.")},
    )


class ExceptionForm(forms.Form):
    """Who may enter cash into the closed month, until when and why."""

    person = forms.ModelChoiceField(
        label=_("Кому"),
        queryset=User.objects.none(),
        empty_label=_("Оберіть людину"),
        error_messages={"required": _("Оберіть, кому дозволити.")},
    )
    until = DayField(label=_("До дня включно"))
    reason = forms.CharField(
        label=_("Причина"),
        max_length=300,
        error_messages={"required": _("Вкажіть причину винятку.")},
    )

    def __init__(self, *args: Any, lock: PeriodLock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = cast("forms.ModelChoiceField[User]", self.fields["person"])
        person.queryset = selectors.people_of(lock.unit.community).order_by("username")
