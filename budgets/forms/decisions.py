"""A decision on the budget: its head, and a row for each amount it gives or takes."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.choices import DecisionKind, Fund
from budgets.fields import ExactDecimalFormField
from budgets.forms.fields import DayField, PlainForm
from budgets.forms.programmes import year_field
from budgets.forms.rows import RowForm, RowFormSet, numbered, open_rows
from budgets.models import BudgetDecision, BudgetProgramme, Community
from budgets.services.decisions import Given, Said


class DecisionForm(PlainForm):
    year = year_field(_("Рік бюджету"))
    kind = forms.ChoiceField(label=_("Вид"), choices=DecisionKind.choices)
    number = forms.CharField(
        label=_("Номер рішення"), max_length=50, widget=forms.TextInput({"autocomplete": "off"})
    )
    date = DayField(label=_("Дата рішення"))
    in_force_from = DayField(label=_("Діє з"))
    amounts_unknown = forms.BooleanField(
        label=_("Відомі лише номер і дата"),
        required=False,
        help_text=_("Тоді рядків немає, і звірка скаже, що суми бюджету невідомі."),
    )

    @property
    def said(self) -> Said:
        said = dict(self.cleaned_data)
        return Said(lines_known=not said.pop("amounts_unknown"), **said)

    @staticmethod
    def values_of(decision: BudgetDecision) -> dict[str, Any]:
        names = ("year", "kind", "number", "date", "in_force_from")
        return {name: getattr(decision, name) for name in names} | {
            "amounts_unknown": not decision.lines_known
        }


class DecisionLineForm(RowForm):
    programme_id = forms.TypedChoiceField(
        label=_("Бюджетна програма"), coerce=int, empty_value=None, required=False
    )
    fund = forms.ChoiceField(label=_("Фонд"), choices=Fund.choices, required=False)
    target_id = forms.TypedChoiceField(
        label=_("Цільова програма"), coerce=int, empty_value=None, required=False
    )
    amount = ExactDecimalFormField(label=_("Сума ±, грн"), required=False)

    def __init__(self, *args: Any, offered: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in offered.items():
            cast("forms.ChoiceField", self.fields[name]).choices = [("", "—"), *choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("DELETE"):
            has_amount, has_programme = data.get("amount") is not None, data.get("programme_id")
            if has_amount and not has_programme and "programme_id" not in self.errors:
                self.add_error("programme_id", _("Оберіть програму, якій належить ця сума."))
            if has_programme and not has_amount and "amount" not in self.errors:
                self.add_error("amount", _("Вкажіть суму, зменшення — з мінусом."))
        return data


class DecisionLineFormSet(RowFormSet):
    def is_filled(self, form: Any) -> bool:
        """A fund alone says nothing: it is always chosen."""
        return any(form.values.get(name) is not None for name in ("programme_id", "amount"))

    @property
    def given(self) -> list[Given]:
        names = ("programme_id", "fund", "amount", "target_id")
        return [Given(**{name: row[name] for name in names}) for row in self.rows()]


def open_lines(
    data: QueryDict | None, community: Community, decision: BudgetDecision | None = None
) -> DecisionLineFormSet:
    programmes = BudgetProgramme.objects.filter(community=community)
    offered = {
        "programme_id": [(programme.pk, str(programme)) for programme in programmes],
        "target_id": [(target.pk, str(target)) for target in community.programmes.all()],
    }
    names = ("programme_id", "fund", "target_id", "amount")
    stored = decision.lines.order_by("pk") if decision else ()
    rows = open_rows(
        DecisionLineForm,
        data,
        formset=DecisionLineFormSet,
        initial=numbered({name: getattr(line, name) for name in names} for line in stored),
        form_kwargs={"offered": offered},
    )
    return cast("DecisionLineFormSet", rows)
