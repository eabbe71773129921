"""Actual values of a programme's indicators and their evidence, as pages send them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from budgets.forms.fields import PlainForm
from indicators.forms.programmes import PlannedValueField
from indicators.programme_figures import YearFigures


class ProgrammeActualForm(PlainForm):
    """Actual value and explanation of one indicator in one year; prefixed by the indicator."""

    value = PlannedValueField(label=_("факт"))
    explanation = forms.CharField(
        label=_("пояснення"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, figures: YearFigures, number: str) -> None:
        self.figures = figures
        initial = {
            "value": figures.actual,
            "explanation": figures.explanation,
            "version": figures.version,
        }
        super().__init__(data, prefix=f"i{figures.indicator.pk}", initial=initial)
        if figures.indicator.is_computed:
            del self.fields["value"]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{number}, {field.label}"


class EvidenceForm(forms.Form):
    file = forms.FileField(
        allow_empty_file=True,  # the service says what to do with an empty one
        label=_("Файл"),
        help_text=_("PDF, PNG, JPEG або XLSX без макросів, до 10 МБ."),
        error_messages={"required": _("Оберіть файл.")},
    )
