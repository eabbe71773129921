"""Which measures of target programmes the lines of a passport pay for."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView
from budgets.api.fields import Id
from budgets.api.schema import operation
from budgets.models import Passport
from budgets.permissions import Action
from budgets.selectors.cash import line_names
from budgets.selectors.measure_cash import linked, measure_names
from budgets.services import line_measures as services


class LinkedMeasureOutput(serializers.Serializer):
    measure = serializers.IntegerField()
    name = serializers.CharField()


class LineLinksOutput(serializers.Serializer):
    line = serializers.IntegerField(help_text="Напрям: рядок першої редакції.")
    name = serializers.CharField()
    measures = LinkedMeasureOutput(many=True)


class LinesLinksOutput(serializers.Serializer):
    rows = LineLinksOutput(many=True)


class LinksInput(serializers.Serializer):
    """The measures a line pays for from now on, and those its author saw there."""

    measures = serializers.ListField(child=Id(), max_length=100)
    seen = serializers.ListField(child=Id(), max_length=1000)


class LineMeasures(ApiView):
    @operation("Заходи, які оплачує кожен напрям", answers=LinesLinksOutput)
    def get(self, request: Any, pk: int) -> Response:
        return Response(LinesLinksOutput({"rows": _rows(self.load_passport(pk))}).data)


class OneLine(ApiView):
    needs = {"PUT": Action.ENTER_CASH}

    @operation("Заходи, які оплачує напрям", answers=LineLinksOutput)
    def get(self, request: Any, pk: int, line: int) -> Response:
        return self._told(self.load_passport(pk), line)

    @operation("Нові заходи напряму; платежі, внесені раніше, зберігають свої частки", takes=LinksInput, answers=LineLinksOutput, example={"measures": [12, 14], "seen": [12]})  # fmt: skip
    def put(self, request: Any, pk: int, line: int) -> Response:
        passport = self.load_passport(pk)
        if line not in dict(line_names(passport)):
            raise Http404
        services.link(passport=passport, line_id=line, **self.body(LinksInput), by=request.user)
        return self._told(passport, line)

    def _told(self, passport: Passport, line: int) -> Response:
        row = next((row for row in _rows(passport) if row["line"] == line), None)
        if row is None:
            raise Http404
        return Response(LineLinksOutput(row).data)


def _rows(passport: Passport) -> list[dict[str, Any]]:
    links = linked(passport)
    names = measure_names({pk for measures in links.values() for pk in measures})
    return [
        {
            "line": root,
            "name": name,
            "measures": [{"measure": pk, "name": names[pk]} for pk in links.get(root, ())],
        }
        for root, name in line_names(passport)
    ]
