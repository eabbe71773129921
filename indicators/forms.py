from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.fields import ExactDecimalFormField
from budgets.forms.rows import RowForm, RowFormSet
from budgets.models import PassportRevision, SpendingLine
from indicators.choices import IndicatorKind
from indicators.models import VALUE_PLACES, Indicator
from indicators.selectors import IndicatorFigures


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
    general = ExactDecimalFormField(label=_("Загальний фонд"), places=VALUE_PLACES, required=False)
    special = ExactDecimalFormField(
        label=_("Спеціальний фонд"), places=VALUE_PLACES, required=False
    )
    line = forms.ModelChoiceField(
        label=_("або обсяг напряму"), queryset=SpendingLine.objects.none(), required=False
    )
    numerator = forms.ModelChoiceField(
        label=_("або частка:"), queryset=Indicator.objects.none(), required=False
    )
    denominator = forms.ModelChoiceField(
        label=_("поділити на"), queryset=Indicator.objects.none(), required=False
    )

    def __init__(self, *args: Any, revision: PassportRevision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = revision.indicators.filter(numerator__isnull=True)
        for name, rows in (
            ("line", revision.spendinglines.all()),
            ("numerator", parts),
            ("denominator", parts),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
            field.queryset = rows

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
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
                if name not in {"id", "position", "DELETE"}
            ):
                self.add_error("title", _now("Вкажіть назву показника."))
            return data
        for name, message in (
            ("kind", _now("Оберіть вид показника.")),
            ("unit_of_measure", _now("Вкажіть одиницю виміру.")),
        ):
            if not data.get(name):
                self.add_error(name, message)
        values = data.get("general") is not None or data.get("special") is not None
        formula = bool(data.get("numerator") or data.get("denominator"))
        if values + bool(data.get("line")) + formula > 1:
            self.add_error(
                None, _now("Залиште щось одне: значення за фондами, обсяг напряму або частку.")
            )
        if formula and not (data.get("numerator") and data.get("denominator")):
            self.add_error("denominator", _now("Частка потребує і чисельника, і знаменника."))
        return data


class IndicatorFormSet(RowFormSet):
    def is_filled(self, form: Any) -> bool:
        return bool(form.cleaned_data.get("title"))


def indicator_rows(revision: PassportRevision) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "position": row.number,
            "kind": row.kind,
            "title": row.title,
            "unit_of_measure": row.unit_of_measure,
            "source": row.source,
            "general": row.general,
            "special": row.special,
            "line": row.line_id,
            "numerator": row.numerator_id,
            "denominator": row.denominator_id,
        }
        for row in revision.indicators.all()
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
