"""Figures of a draft: cells with what their author saw, reasons, transfers."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.acts import ActOutput, act_answer
from budgets.api.base import ApiView
from budgets.api.fields import Figure, Id, Money, Text, VersionInput, Year
from budgets.api.paging import paged
from budgets.api.problems import Refused, stale_cells
from budgets.api.schema import operation
from budgets.choices import LineKind, ProgrammeFund
from budgets.exceptions import BelowPaid, CellErrors, StaleCells
from budgets.models import BudgetLine
from budgets.permissions import Action
from budgets.selectors import programmes as selectors
from budgets.selectors.drafts import line_place
from budgets.selectors.programmes import Place, Planned
from budgets.services import drafting as services
from budgets.services.drafting import PlaceEdit, RowReason

DRAFT = Action.DRAFT_ACT


class LineOutput(serializers.Serializer):
    measure = serializers.IntegerField(source="measure_id")
    executor = serializers.IntegerField(source="executor_id", allow_null=True)
    year = serializers.IntegerField()
    fund = serializers.ChoiceField(choices=ProgrammeFund.choices, allow_blank=True)
    source = serializers.IntegerField(source="source_id", allow_null=True)
    kind = serializers.ChoiceField(choices=LineKind.choices)
    delta = Money(source="amount", allow_null=True)
    delta_quantity = Figure(source="quantity", allow_null=True)
    becomes = serializers.SerializerMethodField(help_text="Сума чернетки; у закритого акта немає.")
    reason = serializers.CharField()
    is_below_paid = serializers.BooleanField()

    def get_becomes(self, line: BudgetLine) -> str | None:
        figure = self.context["preview"].get(line_place(line))
        return None if figure is None or figure.amount is None else f"{figure.amount:.2f}"


class PayerInput(serializers.Serializer):
    """Who pays, from which fund and source; nothing where the programme names none."""

    executor = Id(required=False, allow_null=True, default=None)
    fund = serializers.ChoiceField(choices=ProgrammeFund.choices, allow_blank=True, default="")
    source = Id(required=False, allow_null=True, default=None)


class RowInput(PayerInput):
    measure = Id()


class PlaceInput(RowInput):
    year = Year()


class PlannedCell(PlaceInput):
    """New figures of a place, and those its author saw there in the draft; what is left out stays."""

    amount = Money(required=False, allow_null=True, default=None)
    quantity = Figure(required=False, allow_null=True, default=None)
    seen_amount = Money(required=False, allow_null=True, default=None)
    seen_quantity = Figure(required=False, allow_null=True, default=None)
    reason = serializers.CharField(required=False, allow_null=True, allow_blank=True, default=None, max_length=500)  # fmt: skip
    is_confirmed = serializers.BooleanField(
        default=False, help_text="Зменшити нижче сплаченого, з причиною."
    )
    is_emptied = serializers.BooleanField(default=False)


class ReasonInput(RowInput):
    text = Text(max_length=500)
    seen = Text(max_length=10_000)


class PlannedCells(serializers.Serializer):
    cells = PlannedCell(many=True, required=False, default=list, max_length=1000)
    reasons = ReasonInput(many=True, required=False, default=list, max_length=1000)


class TransferInput(VersionInput):
    giver = PlaceInput()
    taker = PlaceInput()
    amount = Money()
    reason = serializers.CharField(max_length=500)
    is_confirmed = serializers.BooleanField(default=False)


_CELL = {"measure": 1, "executor": 1, "year": 2022, "fund": "general", "source": None, "amount": "1850.00", "seen_amount": "1800.00", "reason": "подорожчання ліцензій"}  # fmt: skip
_PLACE = {"measure": 1, "year": 2022, "fund": "general"}


class Cells(ApiView):
    needs = {"PUT": DRAFT}

    @operation("Рядки акта: різниці до чинних сум", answers=paged(LineOutput), is_list=True)
    def get(self, request: Any, slug: str, pk: int) -> Response:
        act, preview = self.load_act(slug, pk), dict[Place, Planned]()

        def read(page: list[BudgetLine]) -> None:
            if act.is_open:
                chosen = {line.measure_id for line in page}
                preview.update(selectors.planned(act.programme, draft=act, measures=chosen))

        return self.page(act.budgetlines.all(), LineOutput, "pk", read=read, preview=preview)

    @operation("Нові суми чернетки, усі або жодна", takes=PlannedCells, answers=ActOutput, example={"cells": [_CELL]})  # fmt: skip
    def put(self, request: Any, slug: str, pk: int) -> Response:
        act, said = self.load_act(slug, pk), self.body(PlannedCells)
        edits = [
            PlaceEdit(
                place_of(cell),
                cell["amount"],
                cell["quantity"],
                cell["reason"],
                Planned(cell["seen_amount"], cell["seen_quantity"]),
                cell["is_confirmed"],
                cell["is_emptied"],
            )
            for cell in said["cells"]
        ]
        reasons = [
            RowReason(place_of({**row, "year": 0}), row["text"], row["seen"])
            for row in said["reasons"]
        ]
        try:
            services.plan(act=act, edits=edits, reasons=reasons, by=request.user)
        except CellErrors as refusal:
            raise placed(refusal) from refusal
        return act_answer(act)


class Transfer(ApiView):
    needs = {"POST": DRAFT}

    @operation("Перемістити кошти між двома місцями", takes=TransferInput, answers=ActOutput, example={"giver": _PLACE, "taker": {**_PLACE, "year": 2023}, "amount": "500.00", "reason": "перенесено на наступний рік", "version": 2})  # fmt: skip
    def post(self, request: Any, slug: str, pk: int) -> Response:
        act, said = self.load_act(slug, pk), self.body(TransferInput)
        giver, taker = place_of(said.pop("giver")), place_of(said.pop("taker"))
        try:
            services.transfer(act=act, source=giver, target=taker, **said, by=request.user)
        except CellErrors as refusal:
            raise placed(refusal) from refusal
        return act_answer(act)


def place_of(said: dict[str, Any]) -> Place:
    return Place(
        said["measure"], said["executor"] or 0, said["year"], said["fund"], said["source"] or 0
    )


def placed(refusal: CellErrors) -> Refused:
    """Every refused cell with the place it stands in; whether a confirmation would let it through."""
    errors = []
    for place, (cell, message) in zip(refusal.keys, refusal.errors, strict=True):
        assert isinstance(place, Place)  # noqa: S101 - drafting names places
        errors.append({"cell": cell, "detail": message, "place": _told(place)})
    if isinstance(refusal, StaleCells):
        return stale_cells(errors)
    more = {"errors": errors, "confirm": isinstance(refusal, BelowPaid)}
    return Refused(422, "cells", _("Нічого не збережено."), more)


def _told(place: Place) -> dict[str, Any]:
    return {
        "measure": place.measure_id,
        "executor": place.executor_id or None,
        "year": place.year,
        "fund": place.fund,
        "source": place.source_id or None,
    }
