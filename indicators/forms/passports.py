from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.fields import ExactDecimalFormField
from budgets.forms.rows import RowForm
from budgets.models import PassportRevision, SpendingLine
from indicators.choices import Direction, IndicatorKind
from indicators.forms.formulas import PARTS, FormulaFormSet, need_both_parts
from indicators.models import VALUE_PLACES
from indicators.selectors import IndicatorFigures


class NumberField(forms.IntegerField):
    """The № of another row; the page's script writes that row's title beside it."""

    def __init__(self, *, names: str, datalist: str = "", **kwargs: Any) -> None:
        attrs = {"class": "reference", "inputmode": "numeric", "autocomplete": "off"}
        attrs |= {"data-names": names} | ({"list": datalist} if datalist else {})
        super().__init__(required=False, min_value=0, widget=forms.TextInput(attrs), **kwargs)


class IndicatorForm(RowForm):
    """An indicator of a draft passport: values, a spending line, or a formula."""

    kind = forms.ChoiceField(
        label=_("Вид"), choices=[("", "—"), *IndicatorKind.choices], required=False
    )
    title = forms.CharField(
        label=_("Показник"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    unit_of_measure = forms.CharField(label=_("Одиниця виміру"), max_length=50, required=False)
    source = forms.CharField(
        label=_("Джерело інформації"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    direction = forms.ChoiceField(
        label=_("Що краще"),
        choices=[(Direction.MORE, _("більше")), (Direction.LESS, _("менше"))],
        required=False,
        initial=Direction.MORE,
    )
    general = ExactDecimalFormField(label=_("Загальний фонд"), places=VALUE_PLACES, required=False)
    special = ExactDecimalFormField(
        label=_("Спеціальний фонд"), places=VALUE_PLACES, required=False
    )
    line = NumberField(label=_("або обсяг напряму №"), names="line", datalist="spending-lines")
    numerator = NumberField(label=_("або частка: чисельник №"), names="row")
    denominator = NumberField(label=_("знаменник №"), names="row")

    def __init__(self, *args: Any, lines: Mapping[int, SpendingLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        values["line"] = self.lines.get(values["line"])
        values["direction"] = values["direction"] or Direction.MORE
        if values.get("line") is None and values.get("numerator") is None:
            zero = ExactDecimalFormField(places=VALUE_PLACES).clean("0")
            values |= {
                name: zero if values.get(name) is None else values[name]
                for name in ("general", "special")
            }
        return values

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("title"):
            if any(
                value not in (None, "")
                for name, value in data.items()
                if name not in {"id", "position", "direction", "DELETE"}
            ):
                self.add_error("title", _now("Вкажіть назву показника."))
            return data
        for name, message in (
            ("kind", _now("Оберіть вид показника.")),
            ("unit_of_measure", _now("Вкажіть одиницю виміру.")),
        ):
            if not data.get(name):
                self.add_error(name, message)
        if data.get("line") is not None and data["line"] not in self.lines:
            text = _now("Напряму № %(number)s у розділі 9 немає.") % {"number": data["line"]}
            self.add_error("line", text)
        values = data.get("general") is not None or data.get("special") is not None
        parts = [data.get(name) is not None for name in PARTS]
        if values + (data.get("line") is not None) + any(parts) > 1:
            self.add_error(
                None, _now("Залиште щось одне: значення за фондами, обсяг напряму або частку.")
            )
        need_both_parts(self, data)
        if all(parts) and data["numerator"] == data["denominator"]:
            text = _now("Чисельник і знаменник формули мають бути різними показниками.")
            self.add_error("denominator", text)
        return data


class IndicatorFormSet(FormulaFormSet):
    """Indicators of a draft passport."""

    def problem(self, number: int) -> str:
        if problem := super().problem(number):
            return problem
        named = self.kept()[self.place_of(number)]
        if any(named.cleaned_data.get(name) is not None for name in PARTS):
            return _now("Показник № %(number)s сам є часткою. Оберіть показники затрат і продукту.")
        return ""

    def rows(self) -> list[dict[str, Any]]:
        """Parts of a formula are named by their own rows: new ones have no identity yet."""
        rows = [form.values for form in self.kept()]
        for row in rows:
            for name in PARTS:
                if row[name] is not None:
                    row[name] = rows[self.place_of(row[name])]
        return rows

    def is_filled(self, form: Any) -> bool:
        return bool(form.cleaned_data.get("title"))


def indicator_rows(
    revision: PassportRevision, lines: Mapping[int, SpendingLine]
) -> list[dict[str, Any]]:
    rows = list(revision.indicators.all())
    line_numbers = {line.pk: number for number, line in lines.items()}
    numbers = {row.pk: row.number for row in rows}
    return [
        {
            "id": row.pk,
            "position": row.number,
            "kind": row.kind,
            "title": row.title,
            "unit_of_measure": row.unit_of_measure,
            "source": row.source,
            "direction": row.direction,
            "general": row.general,
            "special": row.special,
            "line": None if row.line_id is None else line_numbers[row.line_id],
            "numerator": None if row.numerator_id is None else numbers[row.numerator_id],
            "denominator": None if row.denominator_id is None else numbers[row.denominator_id],
        }
        for row in rows
    ]


class ActualForm(forms.Form):
    """Actual values and explanation of one indicator; prefixed by its root."""

    general = ExactDecimalFormField(
        label=_("факт, загальний фонд"), places=VALUE_PLACES, required=False
    )
    special = ExactDecimalFormField(
        label=_("факт, спеціальний фонд"), places=VALUE_PLACES, required=False
    )
    explanation = forms.CharField(
        label=_("пояснення"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, figures: IndicatorFigures) -> None:
        self.figures = figures
        indicator = figures.indicator
        initial: dict[str, Any] = {"explanation": figures.explanation, "version": figures.version}
        if indicator.is_typed and figures.actual is not None:
            initial |= {"general": figures.actual.general, "special": figures.actual.special}
        super().__init__(data, prefix=f"i{indicator.root_id}", initial=initial)
        if not indicator.is_typed:
            del self.fields["general"], self.fields["special"]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{indicator.number}, {field.label}"
