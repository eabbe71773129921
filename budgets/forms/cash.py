import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.choices import CashOrigin, Fund
from budgets.fields import ExactDecimalFormField
from budgets.forms.cash_shares import ShareFormSet
from budgets.forms.fields import DayField
from budgets.models import CashEntry, Passport, Programme
from budgets.money import ZERO, read_amount
from budgets.numbers import NumberError
from budgets.selectors.cash import Key
from budgets.services.cash import CellEdit, Payment


class BasePaymentForm(forms.Form):
    """What is said about every payment; its shares stand in a table of their own. Limits are the service's to judge."""

    fund = forms.ChoiceField(label=_("Фонд"), choices=Fund.choices, initial=Fund.GENERAL)
    economic_code = forms.CharField(
        label=_("КЕКВ"),
        max_length=4,
        widget=forms.TextInput(
            {"list": "economic-codes", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    paid_on = DayField(label=_("Дата"))
    amount = ExactDecimalFormField(
        label=_("Сума, грн"), help_text=_("Повернення коштів вводьте з мінусом.")
    )
    document_number = forms.CharField(label=_("№ документа"), max_length=50, required=False)
    counterparty = forms.CharField(label=_("Контрагент"), max_length=300, required=False)
    note = forms.CharField(label=_("Примітка"), max_length=500, required=False)

    def __init__(self, *args: Any, shares: ShareFormSet | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shares = shares

    def is_valid(self) -> bool:
        return super().is_valid() and (self.shares is None or self.shares.is_valid())

    @property
    def payment(self) -> Payment:
        said = dict(self.cleaned_data)
        said.pop("version", None)
        return Payment(
            line_id=said.pop("line", None),
            executor_id=said.pop("executor", None),
            shares=self.shares.said if self.shares else (),
            **said,
        )

    @staticmethod
    def words_of(entry: CashEntry) -> dict[str, Any]:
        """What the form shows of any stored payment."""
        return {
            "fund": entry.fund,
            "economic_code": entry.economic_code.code if entry.economic_code else "",
            "paid_on": entry.paid_on,
            "amount": entry.amount,
            "document_number": entry.document_number,
            "counterparty": entry.counterparty,
            "note": entry.note,
            "version": entry.version,
        }


class PaymentForm(BasePaymentForm):
    """One payment of a passport in full."""

    line = forms.TypedChoiceField(label=_("Напрям"), coerce=int)
    field_order = ("line",)

    def __init__(
        self, *args: Any, passport: Passport, lines: Iterable[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        line = cast("forms.ChoiceField", self.fields["line"])
        line.choices = [("", _("Оберіть напрям")), *lines]
        line.error_messages["invalid_choice"] = _(
            "Цей напрям не належить до паспорта %(passport)s. Оберіть напрям зі списку."
        ) % {"passport": passport}


class CorrectionForm(PaymentForm):
    """A payment as it should be, and the version of it that its author was looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def values_of(cls, entry: CashEntry) -> dict[str, Any]:
        """What the form shows of a stored payment."""
        return {"line": entry.line_id, **cls.words_of(entry)}


class ProgrammePaymentForm(BasePaymentForm):
    """One payment of a target programme without a passport: by whom, if known, and the code, if it has one."""

    executor = forms.TypedChoiceField(
        label=_("Хто сплатив"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Виконавець програми. За його розпорядником рахують закриті місяці."),
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["economic_code"].required = False
        executor = cast("forms.ChoiceField", self.fields["executor"])
        executors = programme.executors.values_list("pk", "name")
        executor.choices = [("", _("не вказано")), *executors]


class ProgrammeCorrectionForm(ProgrammePaymentForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def values_of(cls, entry: CashEntry) -> dict[str, Any]:
        return {"executor": entry.executor_id, **cls.words_of(entry)}


class ReversalForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Причина"),
        max_length=500,
        required=False,
        help_text=_("Залишиться в журналі поруч зі сторно."),
    )


class CellSheet:
    """Cells of the month grid as they came from the page: each read, or with the reason why not.

    Three parallel lists: ``cell`` (line-fund-code), ``amount`` (what the person typed) and ``seen`` (what
    the page showed before). A cell whose text is as shown is left alone.
    """

    def __init__(self, data: QueryDict) -> None:
        self.typed: dict[Key, str] = {}
        self.edits: list[CellEdit] = []
        self.unreadable: list[tuple[Key, str]] = []
        self.origin = (
            CashOrigin.PASTED if data.get("origin") == CashOrigin.PASTED else CashOrigin.TYPED
        )
        cells, amounts, seen = (data.getlist(name) for name in ("cell", "amount", "seen"))
        if not len(cells) == len(amounts) == len(seen):
            raise BadRequest("cell, amount and seen must come in threes")
        for name, text, shown in zip(cells, amounts, seen, strict=True):
            self._read(read_key(name), text.strip(), shown.strip())

    def _read(self, key: Key, text: str, shown: str) -> None:
        if text == shown:
            return
        self.typed[key] = text
        try:
            seen = read_amount(shown) if shown else ZERO
        except NumberError as error:
            raise BadRequest(str(error)) from error
        try:
            self.edits.append(CellEdit(*key, amount=read_amount(text) if text else ZERO, seen=seen))
        except NumberError as error:
            self.unreadable.append((key, str(error)))


_CELL_NAME = re.compile(r"([0-9]{1,9})-([a-z]+)-([0-9]{1,4})", re.ASCII)


def read_key(name: str) -> Key:
    match = _CELL_NAME.fullmatch(name)
    if match is None or match[2] not in Fund.values:
        raise BadRequest("a cell is named line-fund-code")
    return int(match[1]), match[2], match[3]
