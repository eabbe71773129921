"""Passports of budget programmes: created, revised, copied; the sections of a draft; its way to approval."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView, choose, invalid
from budgets.api.fields import Day, Id, Money, PersonOutput, Text, Version, VersionInput, Year
from budgets.api.paging import paged
from budgets.api.schema import operation
from budgets.choices import RevisionStatus, SignatoryRole
from budgets.models import (
    Goal,
    LineAllocation,
    LocalProgramme,
    Passport,
    PassportRevision,
    PassportTask,
    RevisionRow,
    Signatory,
)
from budgets.money import ZERO
from budgets.permissions import Action
from budgets.selectors import passports as selectors
from budgets.services import passports as services

CHANGE = Action.CHANGE_PASSPORT


class PassportOutput(serializers.Serializer):
    id = serializers.IntegerField()
    community = serializers.IntegerField(source="programme.community_id")
    budget_programme = serializers.IntegerField(source="programme_id")
    code = serializers.CharField(source="programme.code")
    title = serializers.CharField(source="programme.title")
    year = serializers.IntegerField()
    approved_revision = serializers.IntegerField(source="approved_number", allow_null=True)
    open_revision = serializers.IntegerField(source="open_number", allow_null=True)


class TextRow(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    text = serializers.CharField()


class TitleRow(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    title = serializers.CharField()


class SignatoryRow(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    role = serializers.ChoiceField(choices=SignatoryRole.choices)
    position = serializers.CharField()
    name = serializers.CharField()


class AllocationOutput(serializers.Serializer):
    economic_code = serializers.CharField(source="economic_code.code")
    general = Money()
    special = Money()


class LineRow(serializers.Serializer):
    id = serializers.IntegerField()
    root = serializers.IntegerField(source="root_id", help_text="На ньому каса і пояснення.")
    number = serializers.IntegerField()
    title = serializers.CharField()
    local_programme = serializers.IntegerField(source="local_programme_id", allow_null=True)
    allocations = AllocationOutput(many=True)


class RevisionOutput(serializers.Serializer):
    passport = serializers.IntegerField(source="passport_id")
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=RevisionStatus.choices)
    version = serializers.IntegerField()
    agreed_on = serializers.DateField(allow_null=True)
    order_number = serializers.CharField()
    order_date = serializers.DateField(allow_null=True)
    legal_grounds = serializers.CharField()
    purpose = serializers.CharField()
    goals = TextRow(many=True)
    tasks = TextRow(many=True, source="passporttasks")
    local_programmes = TitleRow(many=True, source="localprogrammes")
    lines = LineRow(many=True, source="spendinglines")
    signatories = SignatoryRow(many=True, source="signatorys")
    changed_at = serializers.DateTimeField()
    changed_by = PersonOutput(allow_null=True)


class RevisionShort(serializers.Serializer):
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=RevisionStatus.choices)
    version = serializers.IntegerField()
    order_number = serializers.CharField()
    order_date = serializers.DateField(allow_null=True)


class PassportInput(serializers.Serializer):
    budget_programme = Id()
    year = Year(min_value=2002)


class YearInput(serializers.Serializer):
    year = Year(min_value=2002)


class PassportFilter(serializers.Serializer):
    community = Id(required=False)
    budget_programme = Id(required=False)
    code = serializers.RegexField(r"^[0-9]{7}$", required=False)
    year = Year(required=False)


class TextsInput(VersionInput):
    legal_grounds = Text(required=True)
    purpose = Text(required=True)


class AgreementInput(VersionInput):
    agreed_on = Day()


class ApprovalInput(VersionInput):
    order_number = serializers.CharField(max_length=50)
    order_date = Day()


class TextInput(serializers.Serializer):
    id = Id(required=False, allow_null=True, default=None)
    text = serializers.CharField(max_length=10_000)


class TitleInput(serializers.Serializer):
    id = Id(required=False, allow_null=True, default=None)
    title = serializers.CharField(max_length=10_000)


class SignatoryInput(serializers.Serializer):
    id = Id(required=False, allow_null=True, default=None)
    role = serializers.ChoiceField(choices=SignatoryRole.choices)
    position = serializers.CharField(max_length=200)
    name = Text(max_length=200)


class AllocationInput(serializers.Serializer):
    economic_code = serializers.RegexField(r"^[0-9]{4}$")
    general = Money(default=ZERO)
    special = Money(default=ZERO)


class LineInput(serializers.Serializer):
    id = Id(required=False, allow_null=True, default=None)
    title = serializers.CharField(max_length=10_000)
    local_programme = Id(required=False, allow_null=True, default=None)
    allocations = AllocationInput(many=True, max_length=100)


class LinesInput(VersionInput):
    rows = LineInput(many=True, max_length=500)


class VersionQuery(serializers.Serializer):
    version = Version(help_text="Версія, яку бачив автор.")


class Passports(ApiView):
    needs = {"POST": CHANGE}

    @operation("Паспорти бюджетних програм", answers=paged(PassportOutput), filters=PassportFilter, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        names = {
            "community": "programme__community",
            "budget_programme": "programme",
            "code": "programme__code",
            "year": "year",
        }
        asked = {names[name]: value for name, value in self.asked(PassportFilter).items()}
        rows = selectors.with_status(permissions.visible_passports(request.user).filter(**asked))
        return self.page(rows, PassportOutput, "-year", "pk")

    @operation("Новий паспорт на рік", takes=PassportInput, answers=RevisionOutput, status=201, example={"budget_programme": 1, "year": 2024})  # fmt: skip
    def post(self, request: Any) -> Response:
        self.require_somewhere()
        said = self.body(PassportInput)
        visible = permissions.visible_budget_programmes(request.user)
        programme = choose(visible, said["budget_programme"], "budget_programme")
        assert programme is not None  # noqa: S101 - the body names one
        self.require(programme)
        made = services.create(programme=programme, year=said["year"], by=request.user)
        return revision_answer(made, 201)


class PassportWhole(PassportOutput):
    revisions = RevisionShort(many=True)


class OnePassport(ApiView):
    @operation("Один паспорт з переліком редакцій", answers=PassportWhole)
    def get(self, request: Any, pk: int) -> Response:
        passport = self.load_passport(pk)
        rows = selectors.with_status(Passport.objects.filter(pk=passport.pk))
        found = rows.select_related("programme").prefetch_related("revisions").get()
        return Response(PassportWhole(found).data)


class Revise(ApiView):
    needs = {"POST": CHANGE}

    @operation("Відкрити нову редакцію", answers=RevisionOutput, status=201)
    def post(self, request: Any, pk: int) -> Response:
        made = services.revise(passport=self.load_passport(pk), by=request.user)
        return revision_answer(made, 201)


class OneRevision(ApiView):
    needs = {"DELETE": CHANGE}

    @operation("Одна редакція з усіма розділами, крім показників", answers=RevisionOutput)
    def get(self, request: Any, pk: int, number: int) -> Response:
        return revision_answer(self.load_revision(pk, number))

    @operation("Вилучити проєкт редакції", filters=VersionQuery, status=204)
    def delete(self, request: Any, pk: int, number: int) -> Response:
        revision = self.load_revision(pk, number)
        version = self.asked(VersionQuery)["version"]
        services.discard(revision=revision, version=version, by=request.user)
        return Response(status=204)


class Copy(ApiView):
    needs = {"POST": CHANGE}

    @operation("Паспорт іншого року з цієї редакції", takes=YearInput, answers=RevisionOutput, status=201, example={"year": 2024})  # fmt: skip
    def post(self, request: Any, pk: int, number: int) -> Response:
        revision = self.load_revision(pk, number)
        made = services.copy_to_year(
            source=revision, year=self.body(YearInput)["year"], by=request.user
        )
        return revision_answer(made, 201)


class ReturnRevision(ApiView):
    needs = {"POST": CHANGE}

    @operation("Повернути погоджену редакцію на доопрацювання", takes=VersionInput, answers=RevisionOutput, example={"version": 4})  # fmt: skip
    def post(self, request: Any, pk: int, number: int) -> Response:
        revision = self.load_revision(pk, number)
        services.return_to_draft(revision=revision, **self.body(VersionInput), by=request.user)
        return revision_answer(revision)


class ApproveRevision(ApiView):
    needs = {"POST": CHANGE}

    @operation("Затвердити редакцію розпорядженням", takes=ApprovalInput, answers=RevisionOutput, example={"order_number": "75", "order_date": "2023-01-27", "version": 4})  # fmt: skip
    def post(self, request: Any, pk: int, number: int) -> Response:
        revision = self.load_revision(pk, number)
        services.approve(revision=revision, **self.body(ApprovalInput), by=request.user)
        return revision_answer(revision)


class Texts(ApiView):
    needs = {"PUT": CHANGE}

    @operation("Розділи 5 і 7 проєкту", takes=TextsInput, answers=RevisionOutput, example={"legal_grounds": "Бюджетний кодекс України", "purpose": "Інформатизація громади", "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int, number: int) -> Response:
        revision = self.load_revision(pk, number)
        services.describe(revision=revision, **self.body(TextsInput), by=request.user)
        return revision_answer(revision)


class Lines(ApiView):
    needs = {"PUT": CHANGE}

    @operation("Розділ 9: напрями з планом за КЕКВ", takes=LinesInput, answers=RevisionOutput, example={"rows": [{"title": "Придбання програмного забезпечення", "allocations": [{"economic_code": "2210", "general": "27395.40"}]}], "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int, number: int) -> Response:
        revision, said = self.load_revision(pk, number), self.body(LinesInput)
        local = {row.pk: row for row in revision.localprogrammes.all()}
        rows = []
        for row in said["rows"]:
            named = row["local_programme"]
            if named is not None and named not in local:
                told = _("Місцевої програми %(row)s у цій редакції немає.")
                raise invalid("rows", told % {"row": named})
            shares = [(one["economic_code"], one["general"], one["special"]) for one in row["allocations"]]  # fmt: skip
            rows.append({**row, "local_programme": local.get(named), "allocations": shares})
        services.save_lines(revision=revision, rows=rows, version=said["version"], by=request.user)
        return revision_answer(revision)


class _Section(ApiView):
    """One section of numbered rows."""

    needs = {"PUT": CHANGE}
    model: ClassVar[type[RevisionRow]]

    def save(self, kind: type[serializers.Serializer], pk: int, number: int) -> Response:
        revision, said = self.load_revision(pk, number), self.body(kind)
        services.save_rows(revision=revision, model=self.model, **said, by=self.request.user)
        return revision_answer(revision)


class TextRowsInput(VersionInput):
    rows = TextInput(many=True, max_length=500)


class TitleRowsInput(VersionInput):
    rows = TitleInput(many=True, max_length=500)


class SignatoryRowsInput(VersionInput):
    rows = SignatoryInput(many=True, max_length=10)


_GOAL = {"rows": [{"text": "Розвиток інформаційного суспільства"}], "version": 1}


class Goals(_Section):
    model = Goal

    @operation("Розділ 6: цілі", takes=TextRowsInput, answers=RevisionOutput, example=_GOAL)
    def put(self, request: Any, pk: int, number: int) -> Response:
        return self.save(TextRowsInput, pk, number)


class Tasks(_Section):
    model = PassportTask

    @operation("Розділ 8: завдання", takes=TextRowsInput, answers=RevisionOutput, example=_GOAL)
    def put(self, request: Any, pk: int, number: int) -> Response:
        return self.save(TextRowsInput, pk, number)


class LocalProgrammes(_Section):
    model = LocalProgramme

    @operation("Розділ 10: місцеві програми", takes=TitleRowsInput, answers=RevisionOutput, example={"rows": [{"title": "Програма «е-Місто»"}], "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int, number: int) -> Response:
        return self.save(TitleRowsInput, pk, number)


class Signatories(_Section):
    model = Signatory

    @operation("Підписанти паспорта", takes=SignatoryRowsInput, answers=RevisionOutput, example={"rows": [{"role": "head", "position": "Керуючий справами"}], "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int, number: int) -> Response:
        return self.save(SignatoryRowsInput, pk, number)


def revision_answer(revision: PassportRevision, status: int = 200) -> Response:
    """The revision as it is stored now. Nine queries whatever its size."""
    found = _whole().get(pk=revision.pk)
    return Response(RevisionOutput(found).data, status)


def _whole() -> "QuerySet[PassportRevision]":
    shares = LineAllocation.objects.select_related("economic_code")
    return PassportRevision.objects.select_related("changed_by").prefetch_related(
        "goals",
        "passporttasks",
        "localprogrammes",
        "signatorys",
        "spendinglines",
        Prefetch("spendinglines__allocations", shares),
    )
