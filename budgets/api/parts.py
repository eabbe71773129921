"""Parts of a target programme: each a table that is read and written as a whole."""

from typing import Any, ClassVar

from django.db.models import Model
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView, choose
from budgets.api.fields import Id, Money, Text, VersionInput, Year
from budgets.api.schema import operation
from budgets.choices import ProgrammeFund
from budgets.models import (
    Ceiling,
    Direction,
    Executor,
    FundingSource,
    PassportItem,
    Programme,
    SpendingUnit,
    Stage,
    StrategyLink,
    Task,
)
from budgets.permissions import Action
from budgets.services import programme_parts as services


class _Row(serializers.Serializer):
    id = Id(required=False, allow_null=True, default=None)


class PassportItemRow(_Row):
    number = Text(max_length=20)
    label = serializers.CharField(max_length=500)
    value = Text()


class StageRow(_Row):
    label = serializers.CharField(max_length=50)
    year_from = Year()
    year_to = Year()


class SourceRow(_Row):
    title = serializers.CharField(max_length=200)


class ExecutorRow(_Row):
    number = Text(max_length=20)
    name = serializers.CharField(max_length=500)
    total_label = Text(max_length=100)
    unit = Id(required=False, allow_null=True, default=None, source="unit_id")


class DirectionRow(_Row):
    number = Text(max_length=20)
    title = serializers.CharField(max_length=10_000)


class TaskRow(DirectionRow):
    direction = Id(required=False, allow_null=True, default=None, source="direction_id")
    executor = Id(required=False, allow_null=True, default=None, source="executor_id")


class StrategyRow(_Row):
    item = serializers.CharField(max_length=10_000)
    priority = Text()
    goal = Text()
    task = Text()


class CeilingRow(_Row):
    year = Year()
    fund = serializers.ChoiceField(choices=ProgrammeFund.choices, allow_blank=True, default="")
    amount = Money()


class _Part(ApiView):
    needs = {"PUT": Action.DRAFT_ACT}
    model: ClassVar[type[Model]]
    row: ClassVar[type[_Row]]

    def shown(self, programme: Programme) -> Response:
        stored = self.model._default_manager.filter(programme=programme)
        rows = self.row(stored, many=True).data
        return Response({"version": programme.version, "rows": rows})

    def saved(self, slug: str) -> Response:
        programme = self.load_programme(slug)
        said = self.body(_input(self.row))
        services.write_rows(
            programme=programme,
            model=self.model,
            rows=[self._named(programme, row) for row in said["rows"]],
            version=said["version"],
            by=self.request.user,
        )
        programme.refresh_from_db()
        return self.shown(programme)

    def _named(self, programme: Programme, row: dict[str, Any]) -> dict[str, Any]:
        """The row with the rows that it names in place of their numbers."""
        known = {
            "unit_id": SpendingUnit.objects.filter(community=programme.community_id),
            "direction_id": Direction.objects.filter(programme=programme),
            "executor_id": Executor.objects.filter(programme=programme),
        }
        return {
            name.removesuffix("_id"): choose(known[name], value, name.removesuffix("_id"))
            if name in known
            else value
            for name, value in row.items()
        }


_KINDS: dict[type[_Row], tuple[Any, Any]] = {}


def _described(row: type[_Row]) -> tuple[Any, Any]:
    """What a part takes and answers."""
    if row not in _KINDS:
        name = row.__name__.removesuffix("Row")
        takes = type(f"{name}PartInput", (VersionInput,), {"rows": row(many=True, max_length=1000)})
        shows = type(
            f"{name}PartOutput",
            (serializers.Serializer,),
            {"version": serializers.IntegerField(), "rows": row(many=True)},
        )
        _KINDS[row] = takes, shows
    return _KINDS[row]


def _input(row: type[_Row]) -> type[serializers.Serializer]:
    takes: type[serializers.Serializer] = _described(row)[0]
    return takes


def part(
    title: str, kind: type[Model], row_kind: type[_Row], example: dict[str, Any]
) -> type[_Part]:
    """The view of one part."""
    takes, shows = _described(row_kind)

    class View(_Part):
        model, row = kind, row_kind

        @operation(title, answers=shows)
        def get(self, request: Any, slug: str) -> Response:
            return self.shown(self.load_programme(slug))

        @operation(f"{title}: нова таблиця", takes=takes, answers=shows, example={"rows": [example], "version": 1})  # fmt: skip
        def put(self, request: Any, slug: str) -> Response:
            return self.saved(slug)

    View.__name__ = f"{kind.__name__}s"
    return View


PARTS = {
    "passport": part("Паспорт програми", PassportItem, PassportItemRow, {"label": "Мета програми", "value": "Цифровізація міста"}),
    "stages": part("Етапи", Stage, StageRow, {"label": "I етап", "year_from": 2024, "year_to": 2025}),
    "sources": part("Джерела фінансування", FundingSource, SourceRow, {"title": "Бюджет громади"}),
    "executors": part("Виконавці", Executor, ExecutorRow, {"number": "1", "name": "Управління ІТ"}),
    "directions": part("Напрями діяльності", Direction, DirectionRow, {"number": "1", "title": "Зв’язок"}),
    "tasks": part("Завдання", Task, TaskRow, {"number": "1.1", "title": "Розвиток мережі", "direction": 1}),
    "strategy": part("Зв’язок зі стратегією", StrategyLink, StrategyRow, {"item": "1.1", "goal": "Розумне місто"}),
    "ceilings": part("Граничні обсяги", Ceiling, CeilingRow, {"year": 2024, "fund": "", "amount": "2080000.00"}),
}  # fmt: skip
