"""Editing the numbered rows of a form as one table: add, change, reorder by number, remove."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

_LAST = 32_000
MAX_ROWS = 500


class RowForm(forms.Form):
    """One row; ``position`` orders it, ``id`` keeps its identity."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    position = forms.IntegerField(
        label=_("№"),
        required=False,
        min_value=0,
        max_value=_LAST,
        widget=forms.TextInput(
            attrs={"class": "position", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("aria-label", str(field.label))

    @property
    def values(self) -> dict[str, Any]:
        """What the service stores: the fields without the row's place in the table."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"position", "DELETE"}
        }


class RowFormSet(BaseFormSet):
    """Rows in the order their author gave them; empty rows do not count."""

    def kept(self) -> list[Any]:
        forms_ = [
            form
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and self.is_filled(form)
        ]
        return sorted(
            forms_,
            key=lambda form: (
                _LAST if form.cleaned_data["position"] is None else form.cleaned_data["position"]
            ),
        )

    def rows(self) -> list[dict[str, Any]]:
        return [form.values for form in self.kept()]

    def is_filled(self, form: Any) -> bool:
        return any(value not in (None, "") for name, value in form.values.items() if name != "id")

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("вилучити")
            form.fields["DELETE"].widget.attrs["aria-label"] = _("вилучити рядок")


def row_formset(
    form: type[RowForm], *, formset: type[RowFormSet] = RowFormSet, extra: int = 2
) -> type[RowFormSet]:
    made = formset_factory(
        form,
        formset=formset,
        extra=extra,
        can_delete=True,
        max_num=MAX_ROWS,
        absolute_max=MAX_ROWS,
        validate_max=True,
    )
    return cast("type[RowFormSet]", made)


def numbered(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Initial data with positions 1, 2, 3 …"""
    return [{**row, "position": number} for number, row in enumerate(rows, start=1)]
