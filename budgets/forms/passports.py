from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
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
    """A spending line, or, without a title, one more economic code of the line whose № it carries."""

    continued_by = "economic_code"

    title = forms.CharField(
        label=_("Напрям використання бюджетних коштів"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    local_programme = forms.TypedChoiceField(
        label=_("Місцева програма"), required=False, empty_value=None
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

    def __init__(self, *args: Any, programmes: Mapping[str, LocalProgramme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["local_programme"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", "—"), *((pk, str(row)) for pk, row in programmes.items())]
        field.coerce = programmes.get

    @property
    def is_line(self) -> bool:
        return bool(self.cleaned_data.get("title") or self.cleaned_data.get("id"))

    @property
    def is_continuation(self) -> bool:
        """Whether the row is shown without a title of its own; one to be corrected is shown in full."""
        values = {name: self[name].value() for name in ("id", "title", "economic_code")}
        has_title = values["id"] or values["title"]
        return bool(values["economic_code"]) and not has_title and not self.errors

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        money = [data.get("general"), data.get("special")]
        if any(amount is not None and amount < 0 for amount in money):
            raise ValidationError(_now("План не може бути від’ємним."))
        if any(money) and not data.get("economic_code"):
            self.add_error("economic_code", _now("Вкажіть КЕКВ, за яким сплачуватимуть."))
        if data.get("id") and not data.get("title"):
            self.add_error("title", _now("Вкажіть назву напряму або позначте рядок ✕."))
        if data.get("local_programme") and not (data.get("title") or data.get("id")):
            self.add_error("title", _now("Місцеву програму вказують у рядку з назвою напряму."))
        return data


class LineFormSet(RowFormSet):
    """Lines with their allocations; a row without a title belongs to the line whose № it carries."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = self.kept()
        codes_used = {form.cleaned_data.get("economic_code") for form in kept} - {"", None}
        known = set(
            EconomicCode.objects.filter(code__in=codes_used, children__isnull=True).values_list(
                "code", flat=True
            )
        )
        for form in kept:
            code = form.cleaned_data.get("economic_code")
            if code and code not in known:
                form.add_error(
                    "economic_code", _now("КЕКВ %(code)s невідомий або груповий.") % {"code": code}
                )
            if not form.is_line and id(form) not in self.lines_of_codes:
                form.add_error("position", self._misplaced(form.cleaned_data["position"]))

    @cached_property
    def lines_of_codes(self) -> dict[int, LineForm]:
        """The line of each untitled row: the one that carries its №, of several the nearest above it."""
        found: dict[int, LineForm] = {}
        numbered: dict[int, list[LineForm]] = {}
        waiting: list[LineForm] = []
        for form in self.forms:
            number = form.cleaned_data.get("position")
            if number is None:
                continue
            if form.is_line:
                numbered.setdefault(number, []).append(form)
            elif number in numbered:
                found[id(form)] = numbered[number][-1]
            else:
                waiting.append(form)
        for form in waiting:  # the line stands below
            lines = numbered.get(form.cleaned_data["position"], [])
            if len(lines) == 1:
                found[id(form)] = lines[0]
        return found

    def is_kept(self, form: Any) -> bool:
        """What belongs to a line goes with it."""
        if not super().is_kept(form):
            return False
        line = None if form.is_line else self.lines_of_codes.get(id(form))
        return line is None or not line.cleaned_data.get("DELETE")

    def _misplaced(self, number: int | None) -> str:
        if number is None:
            return _now("Вкажіть назву напряму або № напряму, до якого належить цей КЕКВ.")
        lines = [f for f in self.forms if f.is_line and f.cleaned_data.get("position") == number]
        if lines:
            return _now("№ %(number)s мають кілька напрямів. Дайте їм різні номери.") % {
                "number": number
            }
        return _now("Напряму № %(number)s у таблиці немає: вкажіть № напряму або назву.") % {
            "number": number
        }

    def rows(self) -> list[dict[str, Any]]:
        kept = self.kept()
        lines: dict[int, dict[str, Any]] = {
            id(form): {
                "id": form.cleaned_data["id"],
                "title": form.cleaned_data["title"],
                "local_programme": form.cleaned_data["local_programme"],
                "allocations": [],
            }
            for form in kept
            if form.is_line
        }
        for form in kept:
            data, line = form.cleaned_data, form if form.is_line else self.lines_of_codes[id(form)]
            if data["economic_code"]:
                amounts = (data["general"] or ZERO, data["special"] or ZERO)
                lines[id(line)]["allocations"].append((data["economic_code"], *amounts))
        return list(lines.values())


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
            first = {"position": line.number}
    return rows


class AgreeForm(forms.Form):
    agreed_on = DayField(label=_("Дата погодження фінансовим органом"))


class ApproveForm(forms.Form):
    order_number = forms.CharField(label=_("Номер наказу або розпорядження"), max_length=50)
    order_date = DayField(label=_("Дата"))


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("На рік"), min_value=2002, max_value=2100)
