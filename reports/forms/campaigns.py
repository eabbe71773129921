from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.choices import PresentationUnit
from budgets.fields import ExactDecimalFormField
from budgets.forms.fields import NO_YEAR, DayField, PlainForm
from budgets.forms.rows import RowForm
from budgets.models import Programme
from reports.choices import PeriodKind
from reports.models.campaigns import FACT_PLACES
from reports.periods import ReportingPeriod

_NEEDS_REASON = {"required": _("Вкажіть причину: вона залишиться в журналі.")}


class OpenForm(PlainForm):
    """Which period to report on, and until when."""

    year = forms.IntegerField(
        label=_("Рік"),
        min_value=1991,
        max_value=2200,
        error_messages={"invalid": NO_YEAR},
        widget=forms.TextInput({"inputmode": "numeric", "class": "year", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Період"), choices=PeriodKind.choices)
    due_on = DayField(
        label=_("Подати до"),
        required=False,
        help_text=_("Порожньо — звичайний строк: до 15 числа наступного місяця."),
    )

    @property
    def period(self) -> ReportingPeriod:
        return ReportingPeriod(self.cleaned_data["year"], PeriodKind(self.cleaned_data["kind"]))


class RowWordsForm(PlainForm):
    """What a unit says of one measure."""

    text = forms.CharField(
        label=_("Що зроблено або чому ні"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    percent_of_work = ExactDecimalFormField(
        label=_("Роботи виконано, %"),
        places=2,
        required=False,
        asks=_("Введіть відсоток від 0 до 100, не більше двох знаків після коми: 62,5."),
    )
    fact = ExactDecimalFormField(
        label=_("Факт, кількість"),
        places=FACT_PLACES,
        required=False,
        asks=_("Введіть кількість числом, не більше трьох знаків після коми: 64."),
    )
    fact_unit = forms.CharField(
        label=_("чого"),
        required=False,
        max_length=50,
        widget=forms.TextInput({"placeholder": _("осіб"), "autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_percent_of_work(self) -> Decimal | None:
        percent: Decimal | None = self.cleaned_data["percent_of_work"]
        if percent is not None and not 0 <= percent <= Decimal(100):
            raise forms.ValidationError(_now("Відсоток — від 0 до 100."))
        return percent

    def clean_fact(self) -> Decimal | None:
        fact: Decimal | None = self.cleaned_data["fact"]
        if fact is not None and fact < 0:
            raise forms.ValidationError(_now("Факт — кількість: від’ємною вона не буває."))
        return fact

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("fact") is not None and not data.get("fact_unit"):
            self.add_error("fact_unit", _now("Вкажіть, чого: осіб, штук, послуг."))
        return data


class HeadForm(PlainForm):
    """What stands around the table of a unit's report."""

    position = forms.CharField(label=_("Посада підписанта"), max_length=200, required=False)
    name = forms.CharField(label=_("Власне ім’я ПРІЗВИЩЕ"), max_length=200, required=False)
    unit = forms.ChoiceField(label=_("Суми друкувати у"), choices=PresentationUnit.choices)
    subject = forms.CharField(
        label=_("Уточнення в назві"),
        max_length=300,
        required=False,
        help_text=_("Наприклад: у контексті здійснення нагородження."),
    )
    decisions = forms.CharField(
        label=_("Рішення про програму, як їх друкує ваш звіт"),
        max_length=500,
        required=False,
        help_text=_("Порожньо — рішення, що діють на кінець періоду."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SubmitForm(PlainForm):
    warnings_reason = forms.CharField(
        label=_("Чому звіт подається попри застереження"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReturnForm(PlainForm):
    """Remarks on rows, one field a measure, and on the whole."""

    remark = forms.CharField(
        label=_("Зауваження до всього звіту"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, measures: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = measures
        for pk in measures:
            self.fields[f"measure-{pk}"] = forms.CharField(
                label=_("Зауваження"),
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def remarks(self) -> dict[int, str]:
        return {pk: self.cleaned_data[f"measure-{pk}"] for pk in self.measures}


class PostponeForm(PlainForm):
    due_on = DayField(label=_("Подати до"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReopenForm(PlainForm):
    reason = forms.CharField(
        label=_("Причина"),
        max_length=300,
        help_text=_("Залишиться в журналі."),
        error_messages=_NEEDS_REASON,
    )


class DeadlineForm(PlainForm):
    """When reports of one kind are due."""

    months = forms.IntegerField(label=_("Місяців після періоду"), min_value=1, max_value=12)
    day = forms.IntegerField(label=_("День місяця"), min_value=1, max_value=31)


class PhraseForm(RowForm):
    text = forms.CharField(label=_("Фраза"), max_length=500, required=False)


def first_period(programme: Programme, year: int) -> dict[str, Any]:
    """What the form of a new campaign proposes: the last year that is over, within the programme."""
    return {
        "year": min(max(year - 1, programme.year_from), programme.year_to),
        "kind": PeriodKind.YEAR.value,
    }
