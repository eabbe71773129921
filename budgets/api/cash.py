"""Cash of a passport's year: payments recorded, corrected and reversed; the cells of a month."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView
from budgets.api.fields import Day, Figure, Id, Money, PersonOutput, Text, Version, Year
from budgets.api.paging import paged
from budgets.api.schema import operation
from budgets.choices import CashOrigin, Fund
from budgets.models import CashEntry, Passport
from budgets.periods import MONTHS, Month
from budgets.permissions import Action
from budgets.selectors import cash as selectors
from budgets.selectors.cash_overview import ProgrammeCash, by_year
from budgets.selectors.cash_shares import Share
from budgets.services import cash as services
from budgets.services.cash import CellEdit, Payment


class PaidMeasureOutput(serializers.Serializer):
    measure = serializers.IntegerField(source="measure_id")
    amount = Money()


class EntryOutput(serializers.Serializer):
    """What an entry of the ledger has wherever it stands."""

    id = serializers.IntegerField()
    fund = serializers.ChoiceField(choices=Fund.choices)
    paid_on = serializers.DateField()
    amount = Money()
    shares = PaidMeasureOutput(
        many=True, help_text="Частки заходів: разом дорівнюють сумі платежу, або їх немає."
    )
    document_number = serializers.CharField()
    counterparty = serializers.CharField()
    note = serializers.CharField()
    origin = serializers.ChoiceField(choices=CashOrigin.choices)
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    reversed_by = serializers.SerializerMethodField()
    replaces = serializers.IntegerField(source="replaces_id", allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    created_by = PersonOutput()

    def get_reversed_by(self, entry: CashEntry) -> int | None:
        reversal = getattr(entry, "reversed_by", None)
        return reversal.pk if reversal is not None else None


class PaymentOutput(EntryOutput):
    passport = serializers.IntegerField(source="line.revision.passport_id")
    line = serializers.IntegerField(source="line_id", help_text="Напрям: рядок першої редакції.")
    economic_code = serializers.CharField(source="economic_code.code")


class PaidMeasureInput(serializers.Serializer):
    """A measure the payment is for; without an amount it takes part in what remains, by its plan."""

    measure = Id()
    amount = Money(required=False, allow_null=True, default=None)


class EntryInput(serializers.Serializer):
    """A payment as the Treasury made it; a recovery has a minus."""

    fund = serializers.ChoiceField(choices=Fund.choices)
    paid_on = Day()
    amount = Money()
    document_number = Text(max_length=50)
    counterparty = Text(max_length=300)
    note = Text(max_length=500)


class PaymentInput(EntryInput):
    line = Id()
    economic_code = serializers.RegexField(r"^[0-9]{4}$")
    shares = PaidMeasureInput(
        many=True,
        required=False,
        max_length=100,
        default=(),
        help_text="Без них платіж ділять між заходами свого напряму.",
    )


class CorrectionInput(PaymentInput):
    version = Version()


class ReversalInput(serializers.Serializer):
    version = Version()
    note = Text(max_length=500)


class PaymentFilter(serializers.Serializer):
    line = Id(required=False)
    fund = serializers.ChoiceField(choices=Fund.choices, required=False)
    economic_code = serializers.RegexField(r"^[0-9]{4}$", required=False)
    month = serializers.IntegerField(min_value=1, max_value=12, required=False)
    standing = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Лише ті, що не сторновані."
    )


EXAMPLE: dict[str, Any] = {
    "line": 1,
    "fund": "general",
    "economic_code": "2240",
    "paid_on": "2023-06-15",
    "amount": "1650.00",
    "document_number": "154",
    "counterparty": "ТОВ «Зразок»",
}


class Payments(ApiView):
    needs = {"POST": Action.ENTER_CASH}

    @operation(
        "Платежі паспорта", answers=paged(PaymentOutput), filters=PaymentFilter, is_list=True
    )
    def get(self, request: Any, pk: int) -> Response:
        passport, asked = self.load_passport(pk), self.asked(PaymentFilter)
        rows = _payments(passport)
        for name, field in (("line", "line"), ("fund", "fund"), ("economic_code", "economic_code__code"), ("month", "paid_on__month")):  # fmt: skip
            if name in asked:
                rows = rows.filter(**{field: asked[name]})
        if asked.get("standing"):
            rows = rows.filter(selectors.IS_LIVE)
        return self.page(rows, PaymentOutput, "-paid_on", "-pk")

    @operation("Внести платіж", takes=PaymentInput, answers=PaymentOutput, status=201, example=EXAMPLE)  # fmt: skip
    def post(self, request: Any, pk: int) -> Response:
        passport = self.load_passport(pk)
        entry = services.record(
            passport=passport, payment=payment(self.body(PaymentInput)), by=request.user
        )
        return Response(PaymentOutput(self.load_entry(entry.pk)).data, 201)


class OnePayment(ApiView):
    needs = {"PUT": Action.ENTER_CASH}

    @operation("Один платіж", answers=PaymentOutput)
    def get(self, request: Any, pk: int) -> Response:
        return Response(PaymentOutput(self.load_entry(pk)).data)

    @operation("Виправити платіж: сторно і новий запис", takes=CorrectionInput, answers=PaymentOutput, example={**EXAMPLE, "amount": "1560.00", "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        entry = self.load_entry(pk)
        said = self.body(CorrectionInput)
        version = said.pop("version")
        made = services.correct(
            entry=entry, payment=payment(said), version=version, by=request.user
        )
        return Response(PaymentOutput(self.load_entry(made.pk)).data)


class Reversal(ApiView):
    needs = {"POST": Action.ENTER_CASH}

    @operation("Сторнувати платіж", takes=ReversalInput, answers=PaymentOutput, status=201, example={"version": 1, "note": "проведено двічі"})  # fmt: skip
    def post(self, request: Any, pk: int) -> Response:
        entry = self.load_entry(pk)
        made = services.reverse(entry=entry, by=request.user, **self.body(ReversalInput))
        return Response(PaymentOutput(self.load_entry(made.pk)).data, 201)


class YearCashOutput(serializers.Serializer):
    """A programme's year. Units: hryvnias."""

    passport = serializers.IntegerField(source="passport.pk")
    code = serializers.CharField(source="passport.programme.code")
    year = serializers.IntegerField(source="passport.year")
    is_approved = serializers.BooleanField()
    plan = Money()
    paid = Money()
    left = Money()
    percent = Figure(allow_null=True)
    closed_months = serializers.SerializerMethodField()

    def get_closed_months(self, row: ProgrammeCash) -> list[int]:
        return sorted(number for number in MONTHS if number in row.closed)


class OverviewOutput(serializers.Serializer):
    rows = YearCashOutput(many=True)


class OverviewQuery(serializers.Serializer):
    year = Year(required=False)
    community = Id(required=False)


class Overview(ApiView):
    @operation("Каса всіх видимих програм за роками", answers=OverviewOutput, filters=OverviewQuery)
    def get(self, request: Any) -> Response:
        rows, asked = permissions.visible_passports(request.user), self.asked(OverviewQuery)
        if "year" in asked:
            rows = rows.filter(year=asked["year"])
        if "community" in asked:
            rows = rows.filter(programme__community=asked["community"])
        found = [row for _year, of_year in by_year(rows) for row in of_year]
        return Response(OverviewOutput({"rows": found}).data)


class GridRowOutput(serializers.Serializer):
    line = serializers.IntegerField(source="root_id")
    number = serializers.IntegerField(source="line_number")
    title = serializers.CharField(source="line_title")
    fund = serializers.ChoiceField(choices=Fund.choices)
    economic_code = serializers.CharField()
    plan = Money()
    before = Money(help_text="Сплачено до цього місяця.")
    in_month = Money()
    paid = Money()
    left = Money()
    payments = serializers.IntegerField()


class TotalOutput(serializers.Serializer):
    plan = Money()
    before = Money()
    in_month = Money()
    paid = Money()
    left = Money()


class GridOutput(serializers.Serializer):
    year = serializers.IntegerField(source="month.year")
    month = serializers.IntegerField(source="month.number")
    rows = GridRowOutput(many=True)
    total = TotalOutput()


class CellInput(serializers.Serializer):
    """A new amount of a cell, and the amount its author saw there."""

    line = Id()
    fund = serializers.ChoiceField(choices=Fund.choices)
    economic_code = serializers.RegexField(r"^[0-9]{4}$")
    amount = Money()
    seen = Money()


class CellsInput(serializers.Serializer):
    cells = CellInput(many=True, allow_empty=False, max_length=1000)


class MonthCells(ApiView):
    needs = {"PUT": Action.ENTER_CASH}

    @operation("Таблиця місяця", answers=GridOutput)
    def get(self, request: Any, pk: int, month: int) -> Response:
        return Response(self._grid(*self._load(pk, month)))

    @operation("Нові суми комірок місяця, усі або жодна", takes=CellsInput, answers=GridOutput, example={"cells": [{"line": 1, "fund": "general", "economic_code": "2240", "amount": "1650.00", "seen": "0.00"}]})  # fmt: skip
    def put(self, request: Any, pk: int, month: int) -> Response:
        passport, when = self._load(pk, month)
        edits = [
            CellEdit(
                cell["line"], cell["fund"], cell["economic_code"], cell["amount"], cell["seen"]
            )
            for cell in self.body(CellsInput)["cells"]
        ]
        services.set_cells(
            passport=passport, month=when, edits=edits, by=request.user, origin=CashOrigin.IMPORTED
        )
        return Response(self._grid(passport, when))

    def _load(self, pk: int, month: int) -> tuple[Passport, Month]:
        passport = self.load_passport(pk)
        return passport, load_month(passport, month)

    def _grid(self, passport: Passport, month: Month) -> Any:
        return GridOutput(selectors.month_grid(passport, month)).data


def payment(said: dict[str, Any]) -> Payment:
    said = dict(said)
    return Payment(line_id=said.pop("line"), shares=shares(said.pop("shares")), **said)


def shares(said: Iterable[dict[str, Any]]) -> tuple[Share, ...]:
    return tuple(Share(share["measure"], share["amount"]) for share in said)


def load_month(passport: Passport, number: int) -> Month:
    if number not in MONTHS:
        raise Http404
    return Month(passport.year, number)


def _payments(passport: Passport) -> Any:
    rows = selectors.payments(passport).select_related(
        "line__revision", "economic_code", "created_by", "reversed_by"
    )
    return rows.prefetch_related("shares")
