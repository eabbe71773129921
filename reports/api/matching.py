"""The four-way match of a passport's year: figures, differences with what is behind them, and the reasons people type."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView
from budgets.api.fields import Id, Money, PersonOutput, Text, Version
from budgets.api.schema import operation
from budgets.choices import Fund, MatchStep
from budgets.exceptions import RuleViolation
from budgets.models import Passport
from budgets.permissions import Action
from budgets.selectors.match_rows import Difference
from budgets.selectors.matching import match
from budgets.services import matching as services
from reports.documents.four_way_match import explanations, reasons_of


class GroundOutput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["act", "decision", "revision", "cash"])
    text = serializers.CharField()
    refs = serializers.ListField(
        child=serializers.CharField(),
        help_text="act: програма і номер акта; decision: номер; revision: редакція; cash: напрям.",
    )
    amount = Money(allow_null=True)


class FourthOutput(serializers.Serializer):
    amount = Money(allow_null=True, help_text="Без суми — невідома; чому, каже why.")
    why = serializers.CharField()
    grounds = GroundOutput(many=True)


class MatchRowOutput(serializers.Serializer):
    line = serializers.IntegerField(
        source="line_id", allow_null=True, help_text="Без нього — підсумок."
    )
    number = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    fund = serializers.ChoiceField(choices=Fund.choices, allow_blank=True)
    target = FourthOutput(help_text="Цільова програма.")
    decision = FourthOutput(help_text="Рішення про бюджет.")
    passport = FourthOutput()
    cash = FourthOutput()


class TypedReasonOutput(serializers.Serializer):
    text = serializers.CharField()
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()
    changed_by = PersonOutput()


class DifferenceOutput(serializers.Serializer):
    step = serializers.ChoiceField(choices=MatchStep.choices)
    line = serializers.IntegerField(source="row.line_id", allow_null=True)
    fund = serializers.ChoiceField(source="row.fund", choices=Fund.choices, allow_blank=True)
    amount = Money(allow_null=True)
    words = serializers.CharField()
    typed = TypedReasonOutput(source="reason", allow_null=True)
    reason = serializers.SerializerMethodField(
        help_text="Причина, яку друкує звірка: введена, зі звіту або з різниць напрямів."
    )

    def get_reason(self, difference: Difference) -> str:
        reason: str = self.context["reasons"][difference.key]
        return reason


class MatchOutput(serializers.Serializer):
    day = serializers.DateField(help_text="Станом на який день узято програму і бюджет.")
    lines = MatchRowOutput(many=True)
    totals = MatchRowOutput(many=True)
    differences = DifferenceOutput(many=True)


class MatchReasonInput(serializers.Serializer):
    """Which difference, and why; an empty text takes the reason back. Without a line, of the total."""

    step = serializers.ChoiceField(choices=MatchStep.choices)
    line = Id(required=False, allow_null=True, default=None)
    fund = serializers.ChoiceField(choices=Fund.choices, allow_blank=True, default="")
    text = Text(max_length=1000, required=True)
    version = Version(help_text="Версія причини; 0, поки її немає.")


class FourWayMatch(ApiView):
    @operation("Звірка: програма, бюджет, паспорт і каса року", answers=MatchOutput)
    def get(self, request: Any, pk: int) -> Response:
        return _answer(self.load_passport(pk))


class Reasons(ApiView):
    needs = {"PUT": Action.WRITE_REPORT}

    @operation("Причина однієї розбіжності", takes=MatchReasonInput, answers=MatchOutput, example={"step": "passport-cash", "line": 1, "fund": "general", "text": "Економія за наслідками закупівель", "version": 0})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        passport, said = self.load_passport(pk), self.body(MatchReasonInput)
        services.explain(passport=passport, line_id=said.pop("line"), **said, by=request.user)
        return _answer(passport)


def _answer(passport: Passport) -> Response:
    found = match(passport)
    if found is None:
        raise RuleViolation(_("Паспорт ще не затверджено, звіряти нічого."))
    reasons = reasons_of(found, explanations(passport))
    return Response(MatchOutput(found, context={"reasons": reasons}).data)
