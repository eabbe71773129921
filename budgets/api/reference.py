"""Reference data: communities with their budget codes, spending units, budget programmes, economic codes."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView, choose, expect_valid
from budgets.api.fields import Day, Id, Text
from budgets.api.paging import paged
from budgets.api.schema import operation
from budgets.choices import UnitLevel
from budgets.forms import reference as forms
from budgets.models import BudgetCode, BudgetProgramme, Community, EconomicCode, SpendingUnit
from budgets.permissions import Action
from budgets.services import reference


class BudgetCodeOutput(serializers.Serializer):
    id = serializers.IntegerField()
    community = serializers.IntegerField(source="community_id")
    code = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class CommunityOutput(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    region = serializers.CharField()
    budget_codes = BudgetCodeOutput(many=True)


class CommunityInput(serializers.Serializer):
    name = serializers.CharField(max_length=300)
    region = Text(max_length=200)
    budget_code = serializers.RegexField(r"^[0-9]{10,11}$")
    valid_from = Day(help_text="З якого дня діє цей код; код минулих років лишається за ними.")


class BudgetCodeInput(serializers.Serializer):
    community = Id()
    code = serializers.RegexField(r"^[0-9]{10,11}$")
    valid_from = Day()


class UnitOutput(serializers.Serializer):
    id = serializers.IntegerField()
    community = serializers.IntegerField(source="community_id")
    parent = serializers.IntegerField(source="parent_id", allow_null=True)
    code = serializers.CharField()
    name = serializers.CharField()
    edrpou = serializers.CharField()
    level = serializers.ChoiceField(choices=UnitLevel.choices)


class UnitInput(serializers.Serializer):
    community = Id()
    parent = Id(required=False, allow_null=True, default=None)
    code = Text(max_length=7)
    name = serializers.CharField(max_length=300)
    edrpou = Text(max_length=8)
    level = serializers.ChoiceField(choices=UnitLevel.choices)


class BudgetProgrammeOutput(serializers.Serializer):
    id = serializers.IntegerField()
    community = serializers.IntegerField(source="community_id")
    code = serializers.CharField()
    type_code = serializers.CharField()
    functional_code = serializers.CharField()
    title = serializers.CharField()
    key_unit = serializers.IntegerField(source="key_unit_id")
    responsible_unit = serializers.IntegerField(source="responsible_unit_id")


class BudgetProgrammeInput(serializers.Serializer):
    community = Id()
    code = serializers.RegexField(r"^[0-9]{7}$")
    type_code = serializers.RegexField(r"^[0-9]{4}$")
    functional_code = serializers.RegexField(r"^[0-9]{4}$")
    title = serializers.CharField(max_length=500)
    key_unit = Id()
    responsible_unit = Id()


class EconomicCodeOutput(serializers.Serializer):
    code = serializers.CharField()
    title = serializers.CharField()
    parent = serializers.CharField(source="parent.code", allow_null=True, default=None)
    is_group = serializers.BooleanField(help_text="На груповий код платежів не вносять.")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class OfCommunity(serializers.Serializer):
    community = Id(required=False)
    code = serializers.RegexField(r"^[0-9]{1,11}$", required=False)


COMMUNITY: dict[str, Any] = {
    "name": "Житомирська міська територіальна громада",
    "region": "Житомирська область",
    "budget_code": "0655200000",
    "valid_from": "2023-01-01",
}
PROGRAMME: dict[str, Any] = {
    "community": 1,
    "code": "0217530",
    "type_code": "7530",
    "functional_code": "0460",
    "title": "Інші заходи у сфері зв'язку, телекомунікації та інформатики",
    "key_unit": 1,
    "responsible_unit": 2,
}
UNIT: dict[str, Any] = {
    "community": 1,
    "code": "0210000",
    "name": "Виконавчий комітет міської ради",
    "edrpou": "04053625",
    "level": "key",
}


class _Reference(ApiView):
    """Rows of one kind, kept through the form of the pages."""

    form: ClassVar[Callable[..., ModelForm]]
    output: ClassVar[type[serializers.Serializer]]
    takes: ClassVar[type[serializers.Serializer]]

    def rows(self) -> "QuerySet[Any]":
        raise NotImplementedError

    def listed(self) -> Response:
        rows = self.rows()
        for name, value in self.asked(OfCommunity).items():
            rows = rows.filter(**{name: value})
        return self.page(rows, self.output)

    def shown(self, pk: int) -> Response:
        return Response(self.output(get_object_or_404(self.rows(), pk=pk)).data)

    def made(self) -> Response:
        self.require_somewhere()
        return self._save(None, 201)

    def changed(self, pk: int) -> Response:
        row = get_object_or_404(self.rows(), pk=pk)
        self.require(_community(row))
        return self._save(row, 200)

    def _save(self, row: Model | None, status: int) -> Response:
        said = self.body(self.takes)
        form = type(self).form(said, instance=row, user=self.request.user)
        expect_valid(form)
        if "community" in form.cleaned_data:
            self.require(form.cleaned_data["community"])
        saved = reference.save(form=form, by=self.request.user)
        # A programme of units that this person does not see may have been made all the same.
        fresh = type(saved)._default_manager.get(pk=saved.pk)
        return Response(self.output(fresh).data, status)


def _community(row: Any) -> Community:
    return row if isinstance(row, Community) else row.community


class _Communities(_Reference):
    form, output, takes = forms.CommunityForm, CommunityOutput, CommunityInput

    def rows(self) -> "QuerySet[Community]":
        found = permissions.visible_communities(self.request.user)
        return found.prefetch_related("budget_codes")


class Communities(_Communities):
    needs = {"POST": Action.CHANGE_REFERENCE}

    @operation("Громади", answers=paged(CommunityOutput), is_list=True)
    def get(self, request: Any) -> Response:
        return self.page(self.rows(), CommunityOutput)

    @operation("Нова громада (лише суперкористувач)", takes=CommunityInput, answers=CommunityOutput, status=201, example=COMMUNITY)  # fmt: skip
    def post(self, request: Any) -> Response:
        if not request.user.is_superuser:
            raise PermissionDenied
        return self.made()


class OneCommunity(_Communities):
    needs = {"PUT": Action.CHANGE_REFERENCE}

    @operation("Одна громада", answers=CommunityOutput)
    def get(self, request: Any, pk: int) -> Response:
        return self.shown(pk)

    @operation("Змінити громаду або її код бюджету", takes=CommunityInput, answers=CommunityOutput, example=COMMUNITY)  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        return self.changed(pk)


class _BudgetCodes(ApiView):
    def rows(self) -> "QuerySet[BudgetCode]":
        visible = permissions.visible_communities(self.request.user)
        return BudgetCode.objects.filter(community__in=visible)


class BudgetCodes(_BudgetCodes):
    needs = {"POST": Action.CHANGE_REFERENCE}

    @operation("Коди бюджетів із днями дії", answers=paged(BudgetCodeOutput), filters=OfCommunity, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        return self.page(self.rows().filter(**self.asked(OfCommunity)), BudgetCodeOutput)

    @operation("Новий код бюджету з дня", takes=BudgetCodeInput, answers=BudgetCodeOutput, status=201, example={"community": 1, "code": "0655200000", "valid_from": "2023-01-01"})  # fmt: skip
    def post(self, request: Any) -> Response:
        self.require_somewhere()
        said = self.body(BudgetCodeInput)
        visible = permissions.visible_communities(request.user)
        community = choose(visible, said["community"], "community")
        assert community is not None  # noqa: S101 - the body names one
        self.require(community)
        typed = {
            "name": community.name,
            "region": community.region,
            "budget_code": said["code"],
            "valid_from": said["valid_from"],
        }
        form = forms.CommunityForm(typed, instance=community, user=request.user)
        expect_valid(form)
        reference.save(form=form, by=request.user)
        made = self.rows().get(community=community, valid_from=said["valid_from"])
        return Response(BudgetCodeOutput(made).data, 201)


class OneBudgetCode(_BudgetCodes):
    @operation("Один код бюджету", answers=BudgetCodeOutput)
    def get(self, request: Any, pk: int) -> Response:
        return Response(BudgetCodeOutput(get_object_or_404(self.rows(), pk=pk)).data)


class _Units(_Reference):
    form, output, takes = forms.SpendingUnitForm, UnitOutput, UnitInput

    def rows(self) -> "QuerySet[SpendingUnit]":
        return permissions.visible_units(self.request.user)


class Units(_Units):
    needs = {"POST": Action.CHANGE_REFERENCE}

    @operation("Розпорядники", answers=paged(UnitOutput), filters=OfCommunity, is_list=True)
    def get(self, request: Any) -> Response:
        return self.listed()

    @operation("Новий розпорядник", takes=UnitInput, answers=UnitOutput, status=201, example=UNIT)
    def post(self, request: Any) -> Response:
        return self.made()


class OneUnit(_Units):
    needs = {"PUT": Action.CHANGE_REFERENCE}

    @operation("Один розпорядник", answers=UnitOutput)
    def get(self, request: Any, pk: int) -> Response:
        return self.shown(pk)

    @operation("Змінити розпорядника", takes=UnitInput, answers=UnitOutput, example=UNIT)
    def put(self, request: Any, pk: int) -> Response:
        return self.changed(pk)


class _BudgetProgrammes(_Reference):
    form, output, takes = forms.BudgetProgrammeForm, BudgetProgrammeOutput, BudgetProgrammeInput

    def rows(self) -> "QuerySet[BudgetProgramme]":
        return permissions.visible_budget_programmes(self.request.user)


class BudgetProgrammes(_BudgetProgrammes):
    needs = {"POST": Action.CHANGE_REFERENCE}

    @operation("Бюджетні програми", answers=paged(BudgetProgrammeOutput), filters=OfCommunity, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        return self.listed()

    @operation("Нова бюджетна програма", takes=BudgetProgrammeInput, answers=BudgetProgrammeOutput, status=201, example=PROGRAMME)  # fmt: skip
    def post(self, request: Any) -> Response:
        return self.made()


class OneBudgetProgramme(_BudgetProgrammes):
    needs = {"PUT": Action.CHANGE_REFERENCE}

    @operation("Одна бюджетна програма", answers=BudgetProgrammeOutput)
    def get(self, request: Any, pk: int) -> Response:
        return self.shown(pk)

    @operation("Змінити бюджетну програму", takes=BudgetProgrammeInput, answers=BudgetProgrammeOutput, example=PROGRAMME)  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        return self.changed(pk)


class EconomicCodes(ApiView):
    @operation("Коди економічної класифікації", answers=paged(EconomicCodeOutput), is_list=True)
    def get(self, request: Any) -> Response:
        groups = set(
            EconomicCode.objects.filter(children__isnull=False).values_list("pk", flat=True)
        )
        rows = EconomicCode.objects.select_related("parent")
        return self.page(rows, _Coded, "code", groups=groups)


class _Coded(EconomicCodeOutput):
    is_group = serializers.SerializerMethodField()

    def get_is_group(self, code: EconomicCode) -> bool:
        return code.pk in self.context["groups"]
