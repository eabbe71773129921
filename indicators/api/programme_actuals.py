"""Actual values of a target programme's indicators by year, beside what is planned and what follows from it."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView
from budgets.api.fields import Figure, Id, Text, Version
from budgets.api.schema import operation
from budgets.models import Programme
from budgets.permissions import Action
from indicators.choices import Direction, IndicatorKind, Nature
from indicators.programme_figures import IndicatorYears, Year, programme_figures
from indicators.services import programme_actuals as services
from indicators.services.programme_actuals import ActualEdit
from indicators.views.loading import read_period
from indicators.yearly import SHOWN_PLACES, Impossible


@extend_schema_field({"type": "string", "pattern": rf"^-?[0-9]{{1,15}}(\.[0-9]{{1,{SHOWN_PLACES}}})?$", "example": "1.65"})  # fmt: skip
class Computed(Figure):
    """A value that is told, not sent: money in millions of hryvnias has eight decimals."""


class ToldValue(serializers.Serializer):
    number = Computed(allow_null=True)
    text = serializers.CharField()


class PairOutput(serializers.Serializer):
    plan = Computed(allow_null=True)
    actual = Computed(allow_null=True)
    deviation = Computed(allow_null=True)


class YearFiguresOutput(serializers.Serializer):
    period = serializers.CharField(help_text="Рік, або whole — увесь строк програми.")
    year = serializers.IntegerField(allow_null=True)
    planned = ToldValue()
    actual = ToldValue()
    deviation = Computed(allow_null=True)
    explanation = serializers.CharField()
    evidence = serializers.IntegerField(help_text="Скільки файлів підтвердження.")
    doubts = serializers.ListField(
        child=serializers.ChoiceField(choices=[doubt.value for doubt in Impossible])
    )
    version = serializers.IntegerField(help_text="Версія факту; 0, поки його немає.")


class IndicatorYearsOutput(serializers.Serializer):
    indicator = serializers.IntegerField(source="indicator.pk")
    number = serializers.CharField()
    kind = serializers.ChoiceField(source="indicator.kind", choices=IndicatorKind.choices, allow_blank=True)  # fmt: skip
    title = serializers.CharField(source="indicator.title")
    unit_of_measure = serializers.CharField(source="indicator.unit_of_measure")
    baseline = serializers.CharField(source="indicator.baseline")
    nature = serializers.ChoiceField(source="indicator.nature", choices=Nature.choices)
    direction = serializers.ChoiceField(source="indicator.direction", choices=Direction.choices)
    is_computed = serializers.BooleanField(
        source="indicator.is_computed", help_text="Факт обчислюється, його не вводять."
    )
    formula = serializers.CharField()
    to_date = PairOutput(help_text="До чого дійшли роки, факт яких відомий.")
    periods = serializers.SerializerMethodField()

    @extend_schema_field(YearFiguresOutput(many=True))
    def get_periods(self, item: IndicatorYears) -> Any:
        chosen = self.context["periods"]
        return YearFiguresOutput([one for one in item.periods if chosen is None or one.year in chosen], many=True).data  # fmt: skip


class ProgrammeActualsOutput(serializers.Serializer):
    why_not = serializers.CharField(
        help_text="Чому фактичних значень ще не вводять; порожньо, коли вводять."
    )
    rows = IndicatorYearsOutput(many=True)


class ProgrammeActualInput(serializers.Serializer):
    """A number or words; neither takes the value back. The version is that of the value its author saw, 0 of none."""

    indicator = Id()
    number = Figure(required=False, allow_null=True, default=None)
    text = Text(max_length=200)
    explanation = Text(max_length=2000)
    version = Version()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["number"] is not None and attrs["text"]:
            raise serializers.ValidationError(_("Значення — або число, або слова."))
        return attrs


class ProgrammeActualsInput(serializers.Serializer):
    rows = ProgrammeActualInput(many=True, allow_empty=False, max_length=500)


class Years(ApiView):
    @operation("Показники програми за роками: план, факт, відхилення", answers=ProgrammeActualsOutput)  # fmt: skip
    def get(self, request: Any, slug: str) -> Response:
        programme = self.load_programme(slug)
        return _answer(programme, programme.year_from, None)


class OneYear(ApiView):
    needs = {"PUT": Action.WRITE_REPORT}

    @operation("Показники програми за рік (або whole — за весь строк)", answers=ProgrammeActualsOutput)  # fmt: skip
    def get(self, request: Any, slug: str, period: str) -> Response:
        programme = self.load_programme(slug)
        year = read_period(programme, period)
        return _answer(programme, year, {year})

    @operation("Фактичні значення року, усі або жодне", takes=ProgrammeActualsInput, answers=ProgrammeActualsOutput, example={"rows": [{"indicator": 12, "number": "15", "explanation": "", "version": 0}]})  # fmt: skip
    def put(self, request: Any, slug: str, period: str) -> Response:
        programme = self.load_programme(slug)
        year = read_period(programme, period)
        edits = [
            ActualEdit(
                indicator_id=row["indicator"],
                number=row["number"],
                text=row["text"].strip(),
                explanation=row["explanation"].strip(),
                version=row["version"],
            )
            for row in self.body(ProgrammeActualsInput)["rows"]
        ]
        services.save_actuals(programme=programme, year=year, edits=edits, by=request.user)
        return _answer(programme, year, {year})


def _answer(programme: Programme, year: Year, periods: set[Year] | None) -> Response:
    items = programme_figures(programme)
    if periods is not None:
        items = [item for item in items if item.of(year) is not None]
        if not items and year is None:
            raise Http404
    shown = {"why_not": services.why_not_yet(programme, year), "rows": items}
    return Response(ProgrammeActualsOutput(shown, context={"periods": periods}).data)
