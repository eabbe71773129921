"""The measures that a payment is for: a row each, with an amount or without."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.fields import ExactDecimalFormField
from budgets.forms.rows import RowForm, RowFormSet, open_rows
from budgets.models import Programme
from budgets.selectors.cash_shares import Share

MeasureChoices = Sequence[tuple[Programme, Sequence[tuple[int, str]]]]
_LONGEST_NAME = 140


class ShareForm(RowForm):
    """A measure and its share of the payment; an empty amount takes part in what the others leave."""

    position = None  # type: ignore[assignment]  # shares stand as they were written
    measure = forms.TypedChoiceField(label=_("Захід"), coerce=int, empty_value=None, required=False)
    amount = ExactDecimalFormField(label=_("Частка, грн"), required=False)

    def __init__(self, *args: Any, offered: MeasureChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["measure"])
        several = len(offered) > 1
        field.choices = [("", _("не вказано"))]
        for programme, measures in offered:
            names = [
                (pk, Truncator(f"{programme} · {name}" if several else name).chars(_LONGEST_NAME))
                for pk, name in measures
            ]
            field.choices = [*field.choices, (str(programme), names)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_nobodys = data.get("amount") is not None and not data.get("measure")
        if is_nobodys and not data.get("DELETE") and "measure" not in self.errors:
            self.add_error("measure", _now("Оберіть захід, якому належить ця частка."))
        return data


class ShareFormSet(RowFormSet):
    """Rows in the order of the page."""

    def kept(self) -> list[Any]:
        return [form for form in self.forms if self.is_kept(form)]

    def clean(self) -> None:
        super().clean()
        named = [share.measure_id for share in self.said]
        if len(set(named)) < len(named):
            raise ValidationError(_now("Той самий захід названо двічі. Залиште його один раз."))

    @property
    def said(self) -> tuple[Share, ...]:
        rows = (form.cleaned_data for form in self.forms if self.is_kept(form))
        return tuple(Share(row["measure"], row["amount"]) for row in rows if row.get("measure"))


def open_shares(
    data: QueryDict | None, offered: MeasureChoices, stored: Mapping[int, Decimal] | None = None
) -> ShareFormSet | None:
    """The rows as sent or as stored; None where there is no measure to name. A payment wholly for one shows no amount."""
    if not offered:
        return None
    stored = stored or {}
    initial = [
        {"measure": pk, "amount": amount if len(stored) > 1 else None}
        for pk, amount in stored.items()
    ]
    formset = open_rows(
        ShareForm,
        data,
        formset=ShareFormSet,
        initial=initial,
        form_kwargs={"offered": offered},
    )
    return cast("ShareFormSet", formset)
