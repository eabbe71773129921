"""Forms for the measures of a draft: words and place, a new one, a split, a cancellation, a row, a transfer."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.choices import PresentationUnit, ProgrammeFund
from budgets.exceptions import BelowPaid
from budgets.forms.fields import NO_YEAR, AmountField, PlainForm
from budgets.models import MeasureText, Programme
from budgets.selectors import placement
from budgets.selectors.drafts import RowKey
from budgets.selectors.placement import Point, Rows
from budgets.selectors.programmes import Place, Planned
from budgets.services.draft_measures import WORDS

_POINT = re.compile(r"(after)-([0-9]{1,9})|in-([a-z]+)-([0-9]{1,9})", re.ASCII)
_UNSPLIT = "unsplit"
_FUNDS = [(value or _UNSPLIT, label) for value, label in ProgrammeFund.choices]
_LONGEST_NAME = 110


class PointField(forms.ChoiceField):
    """Where a measure stands: every point of the tree by name, under directions and tasks."""

    default_error_messages = {
        "required": _("Оберіть, де стоїть захід."),
        "invalid_choice": _("Цього місця вже немає: дерево змінилося. Оберіть місце ще раз."),
    }

    def show(self, rows: Rows, moving: int | None = None) -> None:
        self.rows = rows
        self.choices = [
            ("", _now("Оберіть місце")),
            *(
                (
                    _short(heading) or _now("Програма"),
                    [_point_choice(value, name, heading) for value, name in choices],
                )
                for heading, choices in placement.points(rows, moving)
            ),
        ]

    @staticmethod
    def value_of(point: Point) -> str:
        if point.after_id is not None:
            return f"after-{point.after_id}"
        kind, pk = point.group
        return f"in-{kind}-{pk}"

    def clean(self, value: Any) -> Point:
        match = _POINT.fullmatch(super().clean(value))
        if match and match[1]:
            return self.rows.after(int(match[2]))
        found = self.rows.first_in((match[3], int(match[4]))) if match else None
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"])
        return found


def _point_choice(value: str, name: str, heading: str) -> tuple[str, str]:
    indent = name[: len(name) - len(name.lstrip("\u2003"))]
    name = _short(name.strip())
    if not name:
        start = _now("на початку")
        return value, f"{start}: {_short(heading)}" if heading else start
    if value.startswith("after"):
        return value, f"{indent}{_now('після')} {name}"
    return value, f"{indent}\u2003{_now('підзаходом у')} {name}"


def _short(name: str) -> str:
    return Truncator(name).chars(_LONGEST_NAME)


class MeasureForm(PlainForm):
    """Words of a measure and its place in the tree. Terms and places are the service's to judge."""

    title = forms.CharField(
        label=_("Зміст заходу"),
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Вкажіть назву заходу.")},
    )
    number = forms.CharField(
        label=_("Номер"),
        max_length=20,
        required=False,
        help_text=_("Друкується так, як введено; порядок визначає місце."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    point = PointField(label=_("Місце в програмі"))
    term = forms.CharField(
        label=_("Термін"),
        max_length=100,
        required=False,
        help_text=_("Як у документі, наприклад 2024–2026 роки."),
    )
    term_from = forms.IntegerField(
        label=_("З року"),
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": NO_YEAR},
    )
    term_to = forms.IntegerField(
        label=_("До року"),
        required=False,
        help_text=_("Поза терміном кошти не плануються."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": NO_YEAR},
    )
    executors_text = forms.CharField(
        label=_("Виконавці"), required=False, widget=forms.Textarea({"rows": 2})
    )
    sources_text = forms.CharField(
        label=_("Джерела фінансування"), required=False, widget=forms.Textarea({"rows": 2})
    )
    expected_result = forms.CharField(
        label=_("Очікуваний результат"), required=False, widget=forms.Textarea({"rows": 2})
    )
    is_conditional = forms.BooleanField(
        label=_("Виконується за умови"),
        required=False,
        help_text=_("У документах біля назви стане зірочка."),
    )
    needs_funding = forms.BooleanField(label=_("Потребує фінансування"), required=False)

    def __init__(self, *args: Any, rows: Rows, moving: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["point"].show(rows, moving)  # type: ignore[attr-defined]

    @classmethod
    def values_of(cls, rows: Rows, measure_id: int) -> dict[str, Any]:
        """What the form shows of a measure as the draft has it."""
        text: MeasureText = rows.words[measure_id]
        return {
            **{name: getattr(text, name) for name in WORDS},
            "number": rows.tree.measures[measure_id].number,
            "point": PointField.value_of(rows.point(measure_id)),
        }

    @property
    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in WORDS}


class NewMeasureForm(MeasureForm):
    quantity_unit = forms.CharField(
        label=_("Одиниця кількості"),
        max_length=30,
        required=False,
        help_text=_("Якщо захід планують ще й у штуках, послугах, ліцензіях."),
    )


class ReasonForm(PlainForm):
    """A reason, and a consent that is asked for only when less would be left than was already paid."""

    reason = forms.CharField(
        label=_("Причина"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Стане в порівняльній таблиці й у поясненні до рішення."),
        error_messages={"required": _("Вкажіть причину: вона стане в порівняльній таблиці.")},
    )
    is_confirmed = forms.BooleanField(
        label=_("Зменшити нижче сплаченого"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("is_confirmed"):
            self._show_consent()

    def ask(self, refusal: BelowPaid) -> None:
        """Show what would fall below paid cash, and let the person agree to it."""
        self._show_consent()
        for cell, message in refusal.errors:
            self.add_error("is_confirmed", f"{cell}: {message}")

    def _show_consent(self) -> None:
        self.fields["is_confirmed"].widget = forms.CheckboxInput()


class SplitForm(ReasonForm):
    """A new measure that takes part of another's money: how much leaves each place, in the unit of the page."""

    title = forms.CharField(
        label=_("Назва нового заходу"),
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Вкажіть назву нового заходу.")},
    )
    number = forms.CharField(
        label=_("Номер"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    field_order = ("title", "number", "reason", "is_confirmed")

    def __init__(
        self,
        *args: Any,
        unit: str,
        names: Mapping[Place, str],
        figures: Mapping[Place, Planned],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.figures = figures
        self.places = {f"amount-{number}": place for number, place in enumerate(figures)}
        for field, place in self.places.items():
            self.fields[field] = AmountField(unit=unit, label=names[place], required=False)

    @property
    def amount_rows(self) -> list[tuple[forms.BoundField, Place, Decimal | None]]:
        """Each place with what is planned there and the field for what leaves it."""
        return [
            (self[field], place, self.figures[place].amount) for field, place in self.places.items()
        ]

    @property
    def amounts(self) -> dict[Place, Decimal]:
        typed = {place: self.cleaned_data[field] for field, place in self.places.items()}
        return {place: amount for place, amount in typed.items() if amount}


class RowForm(PlainForm):
    """Who spends, from which fund and source: a row of a measure that may have no figures yet."""

    executor = forms.TypedChoiceField(
        label=_("Розпорядник"), coerce=int, empty_value=None, required=False
    )
    fund = forms.ChoiceField(label=_("Фонд"), choices=_FUNDS)
    source = forms.TypedChoiceField(
        label=_("Джерело фінансування"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows, nobody in (
            ("executor", programme.executors.all(), _now("той, за ким закріплено захід")),
            ("source", programme.fundingsources.all(), _now("без поділу за джерелами")),
        ):
            field = cast("forms.ChoiceField", self.fields[name])
            field.choices = [("", nobody), *((row.pk, _short(str(row))) for row in rows)]

    def row(self, measure_id: int) -> RowKey:
        said = self.cleaned_data
        fund = "" if said["fund"] == _UNSPLIT else said["fund"]
        return measure_id, said["executor"] or 0, fund, said["source"] or 0


class TransferForm(ReasonForm):
    """Money from a year of one row to a year of another."""

    from_year = forms.TypedChoiceField(label=_("З якого року"), coerce=int)
    target = forms.ChoiceField(
        label=_("До якого рядка"),
        error_messages={
            "required": _("Оберіть рядок, до якого переходять кошти."),
            "invalid_choice": _("Цього рядка немає в списку. Знайдіть і оберіть його ще раз."),
        },
    )
    to_year = forms.TypedChoiceField(label=_("На який рік"), coerce=int)
    field_order = ("from_year", "amount", "target", "to_year", "reason", "is_confirmed")

    def __init__(
        self,
        *args: Any,
        programme: Programme,
        unit: str,
        from_years: Sequence[tuple[int, str]],
        targets: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        words = {"unit": PresentationUnit(unit).label}
        self.fields["amount"] = AmountField(
            unit=unit,
            label=_now("Сума, %(unit)s") % words,
            error_messages={"required": _now("Вкажіть суму в %(unit)s.") % words},
        )
        self.order_fields(self.field_order)
        years = [(year, str(year)) for year in programme.years]
        for name, choices in (
            ("from_year", from_years),
            ("target", [("", _now("Оберіть рядок")), *targets]),
            ("to_year", years),
        ):
            cast("forms.ChoiceField", self.fields[name]).choices = choices
