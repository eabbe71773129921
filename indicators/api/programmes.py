"""Indicators of target programmes: what is planned, by year."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView, choose
from budgets.api.fields import Figure, Id, Text, VersionInput, Year
from budgets.api.schema import operation
from budgets.models import Measure, Programme, Task
from budgets.permissions import Action
from indicators.choices import Direction, IndicatorKind, Nature
from indicators.models import ProgrammeIndicator
from indicators.services import programmes as services
from indicators.yearly import PlannedValue


class ValueOutput(serializers.Serializer):
    year = serializers.IntegerField(allow_null=True, help_text="Без року — на весь строк.")
    number = Figure(allow_null=True)
    text = serializers.CharField()


class ProgrammeIndicatorOutput(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    unit_of_measure = serializers.CharField()
    task = serializers.IntegerField(source="task_id", allow_null=True)
    measure = serializers.IntegerField(source="measure_id", allow_null=True)
    baseline = serializers.CharField()
    quality = serializers.CharField()
    nature = serializers.CharField()
    direction = serializers.CharField()
    is_money = serializers.BooleanField()
    numerator = serializers.IntegerField(source="numerator_id", allow_null=True)
    denominator = serializers.IntegerField(source="denominator_id", allow_null=True)
    values = ValueOutput(many=True)


class ProgrammeIndicatorsOutput(serializers.Serializer):
    version = serializers.IntegerField()
    rows = ProgrammeIndicatorOutput(many=True)


class ValueInput(serializers.Serializer):
    year = Year(required=False, allow_null=True, default=None)
    number = Figure(required=False, allow_null=True, default=None)
    text = Text(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["number"] is None) == (not attrs["text"]):
            raise serializers.ValidationError(_("Значення — або число, або слова."))
        return attrs


class FormulaInput(serializers.Serializer):
    """Numerator and denominator by their places in this very list, from 1."""

    numerator = Id()
    denominator = Id()


class ProgrammeIndicatorInput(serializers.Serializer):
    id = Id(required=False, allow_null=True, default=None)
    number = Text(max_length=20)
    kind = serializers.ChoiceField(choices=["", *IndicatorKind.values], required=False, default="")
    title = serializers.CharField(max_length=10_000)
    unit_of_measure = Text(max_length=50)
    task = Id(required=False, allow_null=True, default=None)
    measure = Id(required=False, allow_null=True, default=None)
    baseline = Text(max_length=200)
    quality = Text()
    # What is not sent stays as it is.
    nature = serializers.ChoiceField(choices=Nature.choices, required=False)
    direction = serializers.ChoiceField(choices=Direction.choices, required=False)
    is_money = serializers.BooleanField(required=False)
    formula = FormulaInput(required=False, allow_null=True)
    values = ValueInput(many=True, max_length=100)


class ProgrammeIndicatorsInput(VersionInput):
    rows = ProgrammeIndicatorInput(many=True, max_length=1000)


class Indicators(ApiView):
    needs = {"PUT": Action.DRAFT_ACT}

    @operation("Показники результативності програми", answers=ProgrammeIndicatorsOutput)
    def get(self, request: Any, slug: str) -> Response:
        return _answer(self.load_programme(slug))

    @operation("Нові показники програми, уся таблиця", takes=ProgrammeIndicatorsInput, answers=ProgrammeIndicatorsOutput, example={"rows": [{"title": "Кількість робочих місць", "unit_of_measure": "од.", "kind": "output", "values": [{"year": 2024, "number": "15"}]}], "version": 1})  # fmt: skip
    def put(self, request: Any, slug: str) -> Response:
        programme, said = self.load_programme(slug), self.body(ProgrammeIndicatorsInput)
        rows = [_row(programme, row, len(said["rows"])) for row in said["rows"]]
        services.write_indicators(
            programme=programme, rows=rows, version=said["version"], by=request.user
        )
        programme.refresh_from_db()
        return _answer(programme)


def _row(programme: Programme, said: dict[str, Any], count: int) -> dict[str, Any]:
    values: dict[int | None, PlannedValue] = {}
    for value in said["values"]:
        if value["year"] in values:
            raise serializers.ValidationError({"rows": [_("Значення року вказано двічі.")]})
        values[value["year"]] = PlannedValue(value["number"], value["text"])
    if formula := said.get("formula"):
        places = formula["numerator"], formula["denominator"]
        if max(places) > count:
            raise serializers.ValidationError({"rows": [_("Формула називає рядок, якого немає.")]})
        said = {**said, "formula": tuple(place - 1 for place in places)}
    return {
        **said,
        "task": choose(Task.objects.filter(programme=programme), said["task"], "task"),
        "measure": choose(Measure.objects.filter(programme=programme), said["measure"], "measure"),
        "values": values,
    }


def _answer(programme: Programme) -> Response:
    rows = ProgrammeIndicator.objects.filter(programme=programme).prefetch_related("values")
    shown = {"version": programme.version, "rows": rows}
    return Response(ProgrammeIndicatorsOutput(shown).data)
