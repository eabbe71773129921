"""Effectiveness of budget programmes: every index with what it comes from, the causes of a low score, all of a community by points."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView
from budgets.api.fields import Figure, PersonOutput, Text, VersionInput
from budgets.api.schema import operation
from budgets.models import Passport
from budgets.permissions import Action
from indicators import analysis
from indicators.effectiveness import Doubt, Grade
from reports.models import EffectivenessReport
from reports.services import execution as services


class IndexOutput(serializers.Serializer):
    """i of one indicator: numerator ÷ denominator; null where it is left out, and ``doubt`` says why."""

    root = serializers.IntegerField(source="figures.indicator.root_id")
    number = serializers.IntegerField(source="figures.indicator.number")
    title = serializers.CharField(source="figures.indicator.title")
    numerator = Figure(source="index.numerator", allow_null=True)
    denominator = Figure(source="index.denominator", allow_null=True)
    index = Figure(source="index.value", allow_null=True)
    doubt = serializers.ChoiceField(
        source="index.doubt", choices=[doubt.value for doubt in Doubt], allow_null=True
    )


class ScoreOutput(serializers.Serializer):
    efficiency = Figure(allow_null=True, help_text="I(еф)")
    quality = Figure(allow_null=True, help_text="I(як)")
    growth = Figure(allow_null=True, help_text="I1: до минулого року.")
    points = Figure(allow_null=True, help_text="Бали за I1.")
    total = Figure(allow_null=True, help_text="E")
    is_compared = serializers.BooleanField(help_text="Чи є з чим порівняти: минулий рік.")
    grade = serializers.ChoiceField(choices=[grade.value for grade in Grade], allow_null=True)


class ScoredOutput(serializers.Serializer):
    passport = serializers.IntegerField(source="passport.pk")
    code = serializers.CharField(source="passport.programme.code")
    year = serializers.IntegerField(source="passport.year")
    scale = serializers.IntegerField(source="scale.pk", help_text="Шкала, за якою оцінено.")
    score = ScoreOutput()
    missing = serializers.IntegerField(
        help_text="Показників без факту: доти підсумок неостаточний."
    )


class AnalysisOutput(ScoredOutput):
    efficiency = IndexOutput(many=True)
    quality = IndexOutput(many=True)
    last_passport = serializers.IntegerField(source="last.passport.pk", allow_null=True, default=None)  # fmt: skip
    last_efficiency = Figure(source="last.efficiency", allow_null=True)
    causes = serializers.CharField(source="words.causes", default="")
    version = serializers.IntegerField(
        source="words.version", default=1, help_text="1, поки причин ніхто не писав."
    )
    changed_by = PersonOutput(source="words.changed_by", allow_null=True, default=None)


class CausesInput(VersionInput):
    causes = Text(required=True)


class RankedOutput(ScoredOutput):
    place = serializers.IntegerField(allow_null=True, help_text="Без підсумку — без місця.")


class RankingOutput(serializers.Serializer):
    rows = RankedOutput(many=True)
    unapproved = serializers.ListField(
        child=serializers.IntegerField(), help_text="Паспорти року, які ще не затверджено."
    )


class Effectiveness(ApiView):
    needs = {"PUT": Action.WRITE_REPORT}

    @operation("Аналіз ефективності року і причини низької", answers=AnalysisOutput)
    def get(self, request: Any, pk: int) -> Response:
        return _answer(self.load_passport(pk))

    @operation("Чому ефективність низька", takes=CausesInput, answers=AnalysisOutput, example={"causes": "Закупівлю перенесено на наступний рік.", "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        passport = self.load_passport(pk)
        services.write_causes(passport=passport, **self.body(CausesInput), by=request.user)
        return _answer(passport)


class Ranking(ApiView):
    @operation("Бюджетні програми громади за балами року", answers=RankingOutput)
    def get(self, request: Any, pk: int, year: int) -> Response:
        community = get_object_or_404(permissions.visible_communities(request.user), pk=pk)
        own = permissions.visible_passports(request.user).filter(programme__community=community)
        passports = list(own.filter(year=year).order_by("programme__code"))
        rows: list[Any] = []
        for place, found in analysis.ranking(passports):
            row: Any = found
            rows.append({"place": place, **{name: getattr(row, name) for name in _SCORED}})
        judged = {row["passport"].pk for row in rows}
        unapproved = [each.pk for each in passports if each.pk not in judged]
        return Response(RankingOutput({"rows": rows, "unapproved": unapproved}).data)


_SCORED = ("passport", "scale", "score", "missing")


def _answer(passport: Passport) -> Response:
    found = analysis.analyse(passport)
    names = (*_SCORED, "efficiency", "quality", "last")
    words = EffectivenessReport.objects.filter(passport=passport).select_related("changed_by")
    told = {**{name: getattr(found, name) for name in names}, "words": words.first()}
    return Response(AnalysisOutput(told).data)
