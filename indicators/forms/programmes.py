"""The indicators of a target programme as a table: one column for each of its years."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.fields import ExactDecimalFormField
from budgets.forms.programmes import PartForm, PartFormSet
from budgets.models import Programme
from indicators.choices import Direction, IndicatorKind, Nature
from indicators.forms.formulas import PARTS, FormulaFormSet, need_both_parts
from indicators.forms.passports import NumberField
from indicators.models import VALUE_PLACES, WHOLE, ProgrammeIndicator
from indicators.services.programmes import APPROVED_WORDS
from indicators.yearly import PlannedValue

COUNTED = ("nature", "direction", "is_money")


class PlannedValueField(forms.CharField):
    """A number as documents write it, or words; digits that can be read in two ways are refused, not kept as words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=200,
            widget=forms.TextInput(attrs={"class": "planned", "autocomplete": "off"}),
            **kwargs,
        )
        self.number = ExactDecimalFormField(places=VALUE_PLACES, required=False)

    def clean(self, value: Any) -> PlannedValue | None:
        text = super().clean(value)
        if not text:
            return None
        has_letters = any(char.isalpha() for char in text)
        if has_letters or not any(char.isdigit() for char in text):
            return PlannedValue(text=text)
        return PlannedValue(number=self.number.clean(text))

    def prepare_value(self, value: Any) -> Any:
        return value.shown if isinstance(value, PlannedValue) else value


class ProgrammeIndicatorForm(PartForm):
    """An indicator of a programme; see ``indicator_form`` for its years."""

    words = APPROVED_WORDS
    number = forms.CharField(
        label=_("Номер у документі"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "number", "autocomplete": "off"}),
    )
    title = forms.CharField(
        label=_("Показник"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    kind = forms.ChoiceField(
        label=_("Вид"), choices=[("", "—"), *IndicatorKind.choices], required=False
    )
    unit_of_measure = forms.CharField(label=_("Одиниця виміру"), max_length=50, required=False)
    baseline = forms.CharField(
        label=_("Вихідне значення"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "planned", "autocomplete": "off"}),
    )

    @property
    def values(self) -> dict[str, Any]:
        sent = super().values
        planned = {_year(name): sent.pop(name) for name in list(sent) if _is_value(name)}
        for name in PARTS:
            sent.pop(name, None)
        # A choice that was not sent is the usual one, and alone makes no row.
        counted = {name: sent.pop(name, "") for name in COUNTED}
        chosen: dict[str, Any] = {}
        if any(value not in (None, "") for value in sent.values()) or any(planned.values()):
            chosen = {
                "nature": counted["nature"] or Nature.STOCK,
                "direction": counted["direction"] or Direction.MORE,
                "is_money": bool(counted["is_money"]),
            }
        return {
            **sent,
            **chosen,
            "values": {year: one for year, one in planned.items() if one} or None,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        need_both_parts(self, data)
        return data


class ProgrammeIndicatorFormSet(FormulaFormSet, PartFormSet):
    """Indicators of a programme; ``formula`` is the places of its parts among the rows."""

    def rows(self) -> list[dict[str, Any]]:
        made = []
        for form in self.kept():
            numbers = [form.cleaned_data.get(name) for name in PARTS]
            is_formula = all(number is not None for number in numbers)
            formula = tuple(map(self.place_of, numbers)) if is_formula else None
            made.append({**form.values, "formula": formula})
        return made


class _Tail(forms.Form):
    """What stands after the years."""

    nature = forms.ChoiceField(label=_("Значення року"), choices=Nature.choices, required=False)
    direction = forms.ChoiceField(label=_("Що краще"), choices=Direction.choices, required=False)
    is_money = forms.BooleanField(label=_("Обсяг коштів"), required=False)
    numerator = NumberField(label=_("або частка: чисельник №"), names="row")
    denominator = NumberField(label=_("знаменник №"), names="row")

    task = forms.TypedChoiceField(label=_("Завдання"), required=False, empty_value=None)
    measure = forms.TypedChoiceField(label=_("Захід"), required=False, empty_value=None)
    quality = forms.CharField(
        label=_("Якісний показник"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


def indicator_form(programme: Programme) -> type[ProgrammeIndicatorForm]:
    """The form of a row with a field for each year of the programme, and one for its whole span."""
    fields: dict[str, Any] = {
        f"y{year}": PlannedValueField(label=_now("%(year)s рік") % {"year": year})
        for year in programme.years
    }
    fields[WHOLE] = PlannedValueField(label=_("На весь строк"))
    names = (*APPROVED_WORDS, *fields)
    made = type(
        "ProgrammeIndicatorForm",
        (ProgrammeIndicatorForm,),
        {**fields, **_Tail.base_fields, "words": names},
    )
    return cast("type[ProgrammeIndicatorForm]", made)


def indicator_rows(indicators: Iterable[ProgrammeIndicator]) -> list[dict[str, Any]]:
    """Stored indicators as the form shows them, numbered; takes them with their values prefetched."""
    rows = []
    indicators = list(indicators)
    places = {one.pk: place for place, one in enumerate(indicators, start=1)}
    for one in indicators:
        row = {
            "id": one.pk,
            "position": places[one.pk],
            "number": one.number,
            "title": one.title,
            "kind": one.kind,
            "unit_of_measure": one.unit_of_measure,
            "baseline": one.baseline,
            "task": one.task_id,
            "measure": one.measure_id,
            "quality": one.quality,
            "nature": one.nature,
            "direction": one.direction,
            "is_money": one.is_money,
            "numerator": places.get(one.numerator_id or 0),
            "denominator": places.get(one.denominator_id or 0),
        }
        for value in one.values.all():
            name = WHOLE if value.year is None else f"y{value.year}"
            row[name] = PlannedValue(value.number, value.text)
        rows.append(row)
    return rows


def printed_values(row: Mapping[str, Any]) -> list[str]:
    """«2024: 15» for each value of a row that ``indicator_rows`` gave."""
    planned = {_year(name): one for name, one in row.items() if isinstance(one, PlannedValue)}
    years = sorted(planned, key=lambda year: (year is None, year))
    return [f"{year or _now('усього')}: {planned[year].shown}" for year in years]


def _is_value(name: str) -> bool:
    return name == WHOLE or (name[:1] == "y" and name[1:].isdecimal())


def _year(name: str) -> int | None:
    return None if name == WHOLE else int(name[1:])
