"""Forms of the life of an act: opened, adopted, withdrawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from budgets.choices import ActKind
from budgets.forms.fields import DayField, PlainForm
from budgets.models import Act
from budgets.services.acts import NUMBER_LENGTH


class NewActForm(PlainForm):
    """What kind of act a draft becomes; a first decision is opened with the programme, anew when it was withdrawn."""

    kind = forms.ChoiceField(
        label=_("Що готуєте"),
        choices=[
            (ActKind.APPROVAL, _("затвердження програми")),
            (ActKind.AMENDMENT, _("зміни до програми")),
            (ActKind.NEW_EDITION, _("програму в новій редакції")),
        ],
        error_messages={
            "required": _("Оберіть, що готуєте: зміни чи нову редакцію."),
            "invalid_choice": _("Оберіть, що готуєте: зміни чи нову редакцію."),
        },
    )


class RebaseForm(PlainForm):
    """What of an overtaken draft stays as its author meant it: the changes, or the new figures."""

    keep = forms.ChoiceField(
        choices=[("deltas", _("Лишити мої зміни")), ("figures", _("Лишити мої суми"))],
        error_messages={
            "required": _("Оберіть, що лишити: ваші зміни чи ваші суми."),
            "invalid_choice": _("Оберіть, що лишити: ваші зміни чи ваші суми."),
        },
    )


class AdoptForm(PlainForm):
    """The decision as the council adopted it. What may not be is the service's to judge."""

    number = forms.CharField(
        label=_("Номер рішення"),
        max_length=NUMBER_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": _("Вкажіть номер рішення."),
            "max_length": _("Номер довший за %(limit_value)d знаків. Залиште лише номер."),
        },
    )
    date = DayField(
        label=_("Дата рішення"), error_messages={"required": _("Вкажіть дату рішення.")}
    )
    organ = forms.CharField(
        label=_("Хто ухвалив"),
        max_length=300,
        required=False,
        help_text=_("Наприклад: Житомирська міська рада, 27 сесія 8 скликання."),
    )
    in_force_from = DayField(
        label=_("Діє з"), required=False, help_text=_("Якщо не вказати, діятиме з дати рішення.")
    )
    file = forms.FileField(
        label=_("Рішення у форматі PDF"),
        required=False,
        allow_empty_file=True,  # the service says what to do with an empty one
        widget=forms.FileInput({"accept": "application/pdf,.pdf"}),
        help_text=_("До 20 МБ. Після внесення рішення файл не змінюється."),
    )

    @classmethod
    def values_of(cls, act: Act) -> dict[str, Any]:
        """What the form begins with: the organ of the act, or of the one it amends."""
        return {
            "number": act.number,
            "date": act.date,
            "organ": act.organ or (act.amends.organ if act.amends else ""),
            "in_force_from": act.in_force_from,
        }
