"""Decisions on the local budget: drafted with their lines, then adopted and frozen."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView, choose
from budgets.api.fields import Day, Id, Money, PersonOutput, VersionInput, Year
from budgets.api.paging import paged
from budgets.api.passports import VersionQuery
from budgets.api.schema import operation
from budgets.choices import DecisionKind, DecisionStatus, Fund
from budgets.models import BudgetDecision
from budgets.permissions import Action
from budgets.services import decisions as services
from budgets.services.decisions import Given, Said

ADOPT = Action.ADOPT_ACT


class DecisionLineOutput(serializers.Serializer):
    budget_programme = serializers.IntegerField(source="programme_id")
    fund = serializers.ChoiceField(choices=Fund.choices)
    target = serializers.IntegerField(source="target_id", allow_null=True)
    amount = Money()


class BudgetDecisionOutput(serializers.Serializer):
    id = serializers.IntegerField()
    community = serializers.IntegerField(source="community_id")
    year = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    number = serializers.CharField()
    date = serializers.DateField()
    in_force_from = serializers.DateField()
    lines_known = serializers.BooleanField()
    status = serializers.ChoiceField(choices=DecisionStatus.choices)
    lines = DecisionLineOutput(many=True)
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()
    changed_by = PersonOutput()


class DecisionLineInput(serializers.Serializer):
    """A signed amount: what the decision gives, or with a minus takes."""

    budget_programme = Id()
    fund = serializers.ChoiceField(choices=Fund.choices)
    target = Id(required=False, allow_null=True, default=None, help_text="Цільова програма.")
    amount = Money()


class _Said(serializers.Serializer):
    year = Year()
    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    number = serializers.CharField(max_length=50)
    date = Day()
    in_force_from = Day()
    lines_known = serializers.BooleanField(
        default=True, help_text="Ні, коли відомі лише номер і дата: тоді рядків немає."
    )
    lines = DecisionLineInput(many=True, required=False, default=list, max_length=1000)


class BudgetDecisionInput(_Said):
    community = Id()


class BudgetDecisionChange(_Said, VersionInput):
    pass


class DecisionFilter(serializers.Serializer):
    community = Id(required=False)
    year = Year(required=False)
    status = serializers.ChoiceField(choices=DecisionStatus.choices, required=False)


_SAID: dict[str, Any] = {
    "year": 2024,
    "kind": "amendment",
    "number": "815",
    "date": "2024-03-14",
    "in_force_from": "2024-03-14",
    "lines": [{"budget_programme": 1, "fund": "general", "amount": "250000.00"}],
}


class Decisions(ApiView):
    needs = {"POST": ADOPT}

    @operation("Рішення про бюджет", answers=paged(BudgetDecisionOutput), filters=DecisionFilter, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        communities = permissions.visible_communities(request.user)
        rows = BudgetDecision.objects.filter(community__in=communities, **self.asked(DecisionFilter))  # fmt: skip
        rows = rows.select_related("changed_by").prefetch_related("lines")
        return self.page(rows, BudgetDecisionOutput, "-year", "-in_force_from", "-pk")

    @operation("Чернетка рішення про бюджет", takes=BudgetDecisionInput, answers=BudgetDecisionOutput, status=201, example={"community": 1, **_SAID})  # fmt: skip
    def post(self, request: Any) -> Response:
        self.require_somewhere()
        said = self.body(BudgetDecisionInput)
        communities = permissions.communities_where(request.user, ADOPT)
        community = choose(communities, said.pop("community"), "community")
        assert community is not None  # noqa: S101 - the body names one
        self.require(community)
        made = services.draft(community=community, **_told(said), by=request.user)
        return _answer(made, 201)


class OneDecision(ApiView):
    needs = {"PUT": ADOPT, "DELETE": ADOPT}

    @operation("Одне рішення про бюджет", answers=BudgetDecisionOutput)
    def get(self, request: Any, pk: int) -> Response:
        return _answer(self.load_decision(pk))

    @operation("Що каже чернетка, з усіма рядками", takes=BudgetDecisionChange, answers=BudgetDecisionOutput, example={**_SAID, "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        decision, said = self.load_decision(pk), self.body(BudgetDecisionChange)
        version = said.pop("version")
        services.write(decision=decision, **_told(said), version=version, by=request.user)
        return _answer(decision)

    @operation("Вилучити чернетку рішення", filters=VersionQuery, status=204)
    def delete(self, request: Any, pk: int) -> Response:
        decision = self.load_decision(pk)
        version = self.asked(VersionQuery)["version"]
        services.discard(decision=decision, version=version, by=request.user)
        return Response(status=204)


class AdoptDecision(ApiView):
    needs = {"POST": ADOPT}

    @operation("Внести рішення як ухвалене; далі воно не змінюється", takes=VersionInput, answers=BudgetDecisionOutput, example={"version": 2})  # fmt: skip
    def post(self, request: Any, pk: int) -> Response:
        decision = self.load_decision(pk)
        services.adopt(decision=decision, **self.body(VersionInput), by=request.user)
        return _answer(decision)


def _told(said: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the services take it."""
    said = dict(said)
    lines = [
        Given(line["budget_programme"], line["fund"], line["amount"], line["target"])
        for line in said.pop("lines")
    ]
    return {"said": Said(**said), "lines": lines}


def _answer(decision: BudgetDecision, status: int = 200) -> Response:
    """The decision as it is stored now."""
    found = BudgetDecision.objects.select_related("changed_by").get(pk=decision.pk)
    return Response(BudgetDecisionOutput(found).data, status)
