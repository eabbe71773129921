from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets import codes
from budgets.choices import SignatoryRole
from budgets.fields import ExactDecimalFormField
from budgets.forms.fields import DayField
from budgets.forms.rows import RowForm, RowFormSet
from budgets.models import (
    BudgetProgramme,
    EconomicCode,
    LineAllocation,
    LocalProgramme,
    PassportRevision,
)
from budgets.money import ZERO


class PassportForm(forms.Form):
    """Which programme and year a new passport is for."""

    programme = forms.ModelChoiceField(
        label=_("Бюджетна програма"), queryset=BudgetProgramme.objects.none()
    )
    year = forms.IntegerField(label=_("Рік"), min_value=2002, max_value=2100)

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = programmes
        self.fields["year"].initial = timezone.localdate().year


class TextsForm(forms.Form):
    legal_grounds = forms.CharField(
        label=_("5. Підстави для виконання бюджетної програми"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Закони, накази, рішення ради з датами й номерами."),
    )
    purpose = forms.CharField(
        label=_("7. Мета бюджетної програми"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class GoalForm(RowForm):
    text = forms.CharField(
        label=_("Ціль державної політики"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class TaskForm(RowForm):
    text = forms.CharField(
        label=_("Завдання"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class LocalProgrammeForm(RowForm):
    title = forms.CharField(
        label=_("Найменування місцевої програми"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class SignatoryForm(RowForm):
    role = forms.ChoiceField(
        label=_("Роль"), choices=[("", "—"), *SignatoryRole.choices], required=False
    )
    position_title = forms.CharField(label=_("Посада"), max_length=200, required=False)
    name = forms.CharField(label=_("Власне ім’я ПРІЗВИЩЕ"), max_length=200, required=False)

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        return {
            **{key: values[key] for key in ("id", "role", "name")},
            "position": values["position_title"],
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("position_title") or data.get("name")) and not data.get("role"):
            self.add_error("role", _now("Оберіть роль підписанта."))
        if data.get("role") and not data.get("position_title"):
            self.add_error("position_title", _now("Вкажіть посаду."))
        return data


class LineForm(RowForm):
    """A spending line, or, without a title, one more economic code of the line above."""

    title = forms.CharField(
        label=_("Напрям використання бюджетних коштів"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    local_programme = forms.ModelChoiceField(
        label=_("Місцева програма"), queryset=LocalProgramme.objects.none(), required=False
    )
    economic_code = forms.CharField(
        label=_("КЕКВ"),
        max_length=4,
        required=False,
        validators=[codes.economic_code],
        widget=forms.TextInput(
            attrs={
                "class": "code",
                "list": "economic-codes",
                "inputmode": "numeric",
                "autocomplete": "off",
            }
        ),
    )
    general = ExactDecimalFormField(label=_("Загальний фонд"), required=False)
    special = ExactDecimalFormField(label=_("Спеціальний фонд"), required=False)

    def __init__(self, *args: Any, revision: PassportRevision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["local_programme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = revision.localprogrammes.all()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        money = [data.get("general"), data.get("special")]
        if any(amount is not None and amount < 0 for amount in money):
            raise ValidationError(_now("План не може бути від’ємним."))
        if any(money) and not data.get("economic_code"):
            self.add_error("economic_code", _now("Вкажіть КЕКВ, за яким сплачуватимуть."))
        return data


class LineFormSet(RowFormSet):
    """Lines with their allocations; a row without a title belongs to the line above it."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        codes_used = {form.cleaned_data.get("economic_code") for form in self.kept()} - {"", None}
        known = set(
            EconomicCode.objects.filter(code__in=codes_used, children__isnull=True).values_list(
                "code", flat=True
            )
        )
        for form in self.kept():
            code = form.cleaned_data.get("economic_code")
            if code and code not in known:
                form.add_error(
                    "economic_code", _now("КЕКВ %(code)s невідомий або груповий.") % {"code": code}
                )
        first = next(iter(self.in_form_order()), None)
        if first is not None and not first.cleaned_data.get("title"):
            first.add_error("title", _now("Перший рядок має містити назву напряму."))

    def in_form_order(self) -> list[LineForm]:
        kept = set(map(id, self.kept()))
        return [form for form in self.forms if id(form) in kept]

    def rows(self) -> list[dict[str, Any]]:
        lines: list[tuple[int, dict[str, Any]]] = []
        for form in self.in_form_order():
            data = form.cleaned_data
            allocation = (data["economic_code"], data["general"] or ZERO, data["special"] or ZERO)
            if data["title"]:
                values = {
                    "id": data["id"],
                    "title": data["title"],
                    "local_programme": data["local_programme"],
                }
                place = (
                    data["position"]
                    if data["position"] is not None
                    else len(self.forms) + len(lines)
                )
                lines.append((place, {**values, "allocations": []}))
            if data["economic_code"]:
                lines[-1][1]["allocations"].append(allocation)
        return [line for _place, line in sorted(lines, key=lambda line: line[0])]


def line_rows(revision: PassportRevision) -> list[dict[str, Any]]:
    """Initial rows of the line table: each line with its first code, then a row for each further code."""
    rows: list[dict[str, Any]] = []
    allocations: dict[int, list[LineAllocation]] = {}
    for allocation in LineAllocation.objects.filter(line__revision=revision).select_related(
        "economic_code"
    ):
        allocations.setdefault(allocation.line_id, []).append(allocation)
    for line in revision.spendinglines.all():
        first = {
            "id": line.pk,
            "position": line.number,
            "title": line.title,
            "local_programme": line.local_programme_id,
        }
        for allocation in allocations.get(line.pk, []) or [None]:  # type: ignore[list-item]
            money = (
                {}
                if allocation is None
                else {
                    "economic_code": allocation.economic_code.code,
                    "general": allocation.general,
                    "special": allocation.special,
                }
            )
            rows.append({**first, **money})
            first = {}
    return rows


class AgreeForm(forms.Form):
    agreed_on = DayField(label=_("Дата погодження фінансовим органом"))


class ApproveForm(forms.Form):
    order_number = forms.CharField(label=_("Номер наказу або розпорядження"), max_length=50)
    order_date = DayField(label=_("Дата"))


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("На рік"), min_value=2002, max_value=2100)
