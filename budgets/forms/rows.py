"""Editing the numbered rows of a form as one table: add, change, reorder by number, remove."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import (
    INITIAL_FORM_COUNT,
    TOTAL_FORM_COUNT,
    BaseFormSet,
    ManagementForm,
    formset_factory,
)
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.forms.fields import PlainForm

_LAST = 32_000
MAX_ROWS = 200


class RowForm(PlainForm):
    """One row; ``position`` orders it, ``id`` keeps its identity.

    A row may be continued by rows below it, which carry its number: a button in the cell of the field
    ``continued_by`` adds one.
    """

    continued_by: ClassVar[str] = ""

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
    def is_continuation(self) -> bool:
        return False

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

    refusal = ""

    @cached_property
    def management_form(self) -> ManagementForm:
        """How many rows were sent; a count that no page of ours sends is no count."""
        form: ManagementForm = super().management_form
        if self.is_bound and form.is_valid():
            counts: dict[str, Any] = form.cleaned_data
            if not 0 <= counts[INITIAL_FORM_COUNT] <= counts[TOTAL_FORM_COUNT] <= MAX_ROWS:
                form.add_error(None, "")
        return form

    def clean(self) -> None:
        super().clean()
        ids = Counter(form.cleaned_data.get("id") for form in self.forms)
        if any(count > 1 for pk, count in ids.items() if pk is not None):
            raise ValidationError(
                _now("Той самий рядок надіслано двічі. Нічого не збережено; оновіть сторінку.")
            )

    def kept(self) -> list[Any]:
        return sorted(
            (form for form in self.forms if self.is_kept(form)),
            key=lambda form: (
                _LAST if form.cleaned_data["position"] is None else form.cleaned_data["position"]
            ),
        )

    def is_kept(self, form: Any) -> bool:
        data = form.cleaned_data
        return bool(data) and not data.get("DELETE") and self.is_filled(form)

    def rows(self) -> list[dict[str, Any]]:
        return [form.values for form in self.kept()]

    def is_filled(self, form: Any) -> bool:
        return any(value not in (None, "") for name, value in form.values.items() if name != "id")

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("вилучити")
            form.fields["DELETE"].widget.attrs["aria-label"] = _("вилучити рядок")


def open_rows(
    form: type[RowForm],
    data: Any,
    *,
    initial: list[dict[str, Any]],
    formset: type[RowFormSet] = RowFormSet,
    form_kwargs: Mapping[str, Any] | None = None,
) -> RowFormSet:
    """The rows as they were sent in ``data``, or as they are stored when nothing was sent.

    What was sent is not compared with what is stored: that another person changed. A table that cannot be
    read is shown as it is stored, with a refusal.
    """
    made = cast(
        "type[RowFormSet]",
        formset_factory(
            form,
            formset=formset,
            extra=2,
            can_delete=True,
            max_num=MAX_ROWS,
            absolute_max=MAX_ROWS,
        ),
    )
    kwargs: dict[str, Any] = {"prefix": "rows", "form_kwargs": dict(form_kwargs or {})}
    if data is None:
        return made(initial=initial, **kwargs)
    sent = made(data, **kwargs)
    if sent.management_form.is_valid():
        return sent
    shown = made(initial=initial, **kwargs)
    shown.refusal = _now(
        "Надіслану таблицю не вдалося прочитати: у ній бракує лічильника рядків, або рядків понад %(most)s. Нічого не збережено. Нижче — те, що збережено зараз."
    ) % {"most": MAX_ROWS}
    return shown


def numbered(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Initial data with positions 1, 2, 3 …"""
    return [{**row, "position": number} for number, row in enumerate(rows, start=1)]
