"""Indicators of passports: their plan in a draft, their actual values and explanations."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView, invalid
from budgets.api.fields import Figure, Id, Text, Version, VersionInput
from budgets.api.schema import operation
from budgets.models import PassportRevision
from budgets.money import ZERO
from budgets.permissions import Action
from budgets.selectors import passports as passport_selectors
from indicators import selectors
from indicators.choices import IndicatorKind
from indicators.services import passports as services
from indicators.services.passports import ActualEdit


class ByFundOutput(serializers.Serializer):
    general = Figure()
    special = Figure()
    total = Figure()


class IndicatorOutput(serializers.Serializer):
    id = serializers.IntegerField(source="indicator.pk")
    root = serializers.IntegerField(
        source="indicator.root_id", help_text="На ньому фактичні значення."
    )
    number = serializers.IntegerField(source="indicator.number")
    kind = serializers.ChoiceField(source="indicator.kind", choices=IndicatorKind.choices)
    title = serializers.CharField(source="indicator.title")
    unit_of_measure = serializers.CharField(source="indicator.unit_of_measure")
    source = serializers.CharField(source="indicator.source")
    line = serializers.IntegerField(source="indicator.line_id", allow_null=True)
    numerator = serializers.IntegerField(source="indicator.numerator_id", allow_null=True)
    denominator = serializers.IntegerField(source="indicator.denominator_id", allow_null=True)
    is_typed = serializers.BooleanField(
        source="indicator.is_typed", help_text="Факт вводять; решту обчислено."
    )
    approved = ByFundOutput()
    actual = ByFundOutput(allow_null=True)
    deviation = ByFundOutput(allow_null=True)
    explanation = serializers.CharField()
    version = serializers.IntegerField(help_text="Версія факту; 0, поки його немає.")


class IndicatorsOutput(serializers.Serializer):
    passport = serializers.IntegerField()
    revision = serializers.IntegerField(allow_null=True)
    revision_version = serializers.IntegerField(allow_null=True)
    rows = IndicatorOutput(many=True)


class IndicatorInput(serializers.Serializer):
    """One of three: values by fund, a spending line, or a quotient of two rows of this very list (from 1)."""

    id = Id(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=IndicatorKind.choices)
    title = serializers.CharField(max_length=10_000)
    unit_of_measure = serializers.CharField(max_length=50)
    source = Text(max_length=300)
    general = Figure(required=False, allow_null=True, default=None)
    special = Figure(required=False, allow_null=True, default=None)
    line = Id(required=False, allow_null=True, default=None, help_text="Напрям цієї редакції.")
    numerator = Id(required=False, allow_null=True, default=None, help_text="№ рядка цього списку.")
    denominator = Id(
        required=False, allow_null=True, default=None, help_text="№ рядка цього списку."
    )


class IndicatorsInput(VersionInput):
    rows = IndicatorInput(many=True, max_length=500)


class ActualInput(serializers.Serializer):
    root = Id()
    general = Figure(required=False, allow_null=True, default=None)
    special = Figure(required=False, allow_null=True, default=None)
    explanation = Text(max_length=2000)
    version = Version()


class ActualsInput(serializers.Serializer):
    rows = ActualInput(many=True, allow_empty=False, max_length=500)


class Actuals(ApiView):
    needs = {"PUT": Action.WRITE_REPORT}

    @operation("План, факт і відхилення показників чинної редакції", answers=IndicatorsOutput)
    def get(self, request: Any, pk: int) -> Response:
        passport = self.load_passport(pk)
        return _answer(passport.pk, passport_selectors.revision_in_force(passport))

    @operation("Фактичні значення і пояснення, усі або жодне", takes=ActualsInput, answers=IndicatorsOutput, example={"rows": [{"root": 20, "general": "250", "special": "0", "explanation": "", "version": 1}]})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        passport = self.load_passport(pk)
        edits = [
            ActualEdit(
                root_id=row["root"],
                general=row["general"],
                special=row["special"],
                explanation=row["explanation"],
                version=row["version"],
            )
            for row in self.body(ActualsInput)["rows"]
        ]
        services.save_actuals(passport=passport, edits=edits, by=request.user)
        return _answer(passport.pk, passport_selectors.revision_in_force(passport))


class RevisionIndicators(ApiView):
    needs = {"PUT": Action.CHANGE_PASSPORT}

    @operation("Розділ 11 редакції", answers=IndicatorsOutput)
    def get(self, request: Any, pk: int, number: int) -> Response:
        return _answer(pk, self.load_revision(pk, number))

    @operation("Розділ 11 проєкту", takes=IndicatorsInput, answers=IndicatorsOutput, example={"rows": [{"kind": "output", "title": "Кількість систем", "unit_of_measure": "од.", "general": "4", "special": "0"}], "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int, number: int) -> Response:
        revision, said = self.load_revision(pk, number), self.body(IndicatorsInput)
        rows = _rows(revision, said["rows"])
        services.save_indicators(
            revision=revision, rows=rows, version=said["version"], by=request.user
        )
        revision.refresh_from_db()
        return _answer(pk, revision)


def _rows(revision: PassportRevision, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as the service takes them: parts of a formula are the rows themselves."""
    lines = {line.pk: line for line in revision.spendinglines.all()}
    rows = [dict(row) for row in said]
    for place, row in enumerate(rows, start=1):
        if row["line"] is not None and row["line"] not in lines:
            told = _("Рядок %(place)s: такого напряму в цій редакції немає.")
            raise invalid("rows", told % {"place": place})
        row["line"] = lines.get(row["line"])
        for name in ("numerator", "denominator"):
            if row[name] is not None and row[name] > len(rows):
                told = _("Рядок %(place)s: рядка %(named)s у списку немає.")
                raise invalid("rows", told % {"place": place, "named": row[name]})
            row[name] = rows[row[name] - 1] if row[name] is not None else None
        if row["line"] is None and row["numerator"] is None:
            row |= {name: row[name] if row[name] is not None else ZERO for name in ("general", "special")}  # fmt: skip
    return rows


def _answer(passport_pk: int, revision: PassportRevision | None) -> Response:
    figures = [] if revision is None else selectors.indicator_figures(revision)
    shown = {
        "passport": passport_pk,
        "revision": revision.number if revision else None,
        "revision_version": revision.version if revision else None,
        "rows": figures,
    }
    return Response(IndicatorsOutput(shown).data)
