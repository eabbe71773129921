"""The way of an act: opened, submitted, agreed, adopted or withdrawn; its file and its conflicts."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import FileResponse, Http404
from django.utils.text import get_valid_filename
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from budgets.api.base import ApiView
from budgets.api.fields import Day, Figure, PersonOutput, Text, VersionInput
from budgets.api.paging import paged
from budgets.api.renderers import AnyFile
from budgets.api.schema import operation
from budgets.choices import ActKind, ActStatus
from budgets.models import Act
from budgets.permissions import Action
from budgets.selectors import drafts
from budgets.services import acts as services
from budgets.services import opening, rebasing

DRAFT, ADOPT = Action.DRAFT_ACT, Action.ADOPT_ACT


class ActOutput(serializers.Serializer):
    id = serializers.IntegerField()
    programme = serializers.CharField(source="programme.slug")
    kind = serializers.ChoiceField(choices=ActKind.choices)
    status = serializers.ChoiceField(choices=ActStatus.choices)
    title = serializers.CharField()
    organ = serializers.CharField()
    number = serializers.CharField()
    date = serializers.DateField(allow_null=True)
    in_force_from = serializers.DateField(allow_null=True)
    amends = serializers.IntegerField(source="amends_id", allow_null=True)
    has_file = serializers.BooleanField(source="file")
    lines_known = serializers.BooleanField()
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()
    changed_by = PersonOutput(allow_null=True)


class ActFilter(serializers.Serializer):
    status = serializers.ChoiceField(choices=ActStatus.choices, required=False)
    kind = serializers.ChoiceField(choices=ActKind.choices, required=False)


class ActInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=ActKind.choices)


class DecisionInput(VersionInput):
    number = serializers.CharField(max_length=50)
    date = Day()
    organ = Text(max_length=300)
    in_force_from = Day(required=False, allow_null=True, default=None)


class DecisionWithFile(DecisionInput):
    file = serializers.FileField(
        required=False, allow_empty_file=True, help_text="Рішення у форматі PDF, до 20 МБ."
    )


class RebaseInput(VersionInput):
    keep = serializers.ChoiceField(choices=["deltas", "figures"])


class PlaceOutput(serializers.Serializer):
    measure = serializers.IntegerField(source="measure_id")
    executor = serializers.IntegerField(source="executor_id", help_text="0, якщо не названо.")
    year = serializers.IntegerField()
    fund = serializers.CharField()
    source = serializers.IntegerField(source="source_id", help_text="0, якщо не названо.")


class OvertakenOutput(serializers.Serializer):
    place = PlaceOutput()
    figure = serializers.ChoiceField(choices=["amount", "quantity"])
    act = serializers.IntegerField(source="act.pk")
    was = Figure()
    now = Figure()
    delta = Figure()


class WordsOvertaken(serializers.Serializer):
    measure = serializers.IntegerField()
    act = serializers.IntegerField()


class RivalOutput(serializers.Serializer):
    place = PlaceOutput()
    acts = serializers.ListField(child=serializers.IntegerField())


class ConflictsOutput(serializers.Serializer):
    figures = OvertakenOutput(many=True)
    words = WordsOvertaken(many=True)
    rivals = RivalOutput(many=True)


class Acts(ApiView):
    needs = {"POST": DRAFT}

    @operation("Акти програми", answers=paged(ActOutput), filters=ActFilter, is_list=True)
    def get(self, request: Any, slug: str) -> Response:
        rows = self.load_programme(slug).acts.filter(**self.asked(ActFilter))
        return self.page(rows.select_related("programme", "changed_by"), ActOutput)

    @extend_schema(responses={201: ActOutput, 200: ActOutput})
    @operation("Відкрити чернетку або продовжити свою порожню", takes=ActInput, answers=ActOutput, status=201, example={"kind": "amendment"})  # fmt: skip
    def post(self, request: Any, slug: str) -> Response:
        programme = self.load_programme(slug)
        act, is_new = opening.open_or_continue(
            programme=programme, **self.body(ActInput), by=request.user
        )
        return act_answer(act, 201 if is_new else 200)


class OneAct(ApiView):
    @operation("Один акт", answers=ActOutput)
    def get(self, request: Any, slug: str, pk: int) -> Response:
        return act_answer(self.load_act(slug, pk))


class _Step(ApiView):
    """One step on the way of an act."""

    step: ClassVar[Callable[..., None]]

    def take(self, slug: str, pk: int) -> Response:
        act, said = self.load_act(slug, pk), self.body(VersionInput)
        type(self).step(act=act, **said, by=self.request.user)
        return act_answer(act)


def _step(title: str, write: Callable[..., None], needed: Action | tuple[Action, ...]) -> type[_Step]:  # fmt: skip
    class View(_Step):
        needs = {"POST": needed}
        step = staticmethod(write)

        @operation(title, takes=VersionInput, answers=ActOutput, example={"version": 3})
        def post(self, request: Any, slug: str, pk: int) -> Response:
            return self.take(slug, pk)

    return View


Submit = _step("Подати чернетку на погодження", services.submit, DRAFT)
Agree = _step("Погодити чернетку", services.agree, ADOPT)
Return = _step("Повернути на доопрацювання", services.return_to_draft, (ADOPT, DRAFT))
Withdraw = _step("Відкликати акт", services.withdraw, DRAFT)


class Adopt(ApiView):
    needs = {"POST": ADOPT}
    parser_classes = [JSONParser, MultiPartParser]

    @operation("Внести рішення ради, з файлом або без нього", takes={"application/json": DecisionInput, "multipart/form-data": DecisionWithFile}, answers=ActOutput, example={"number": "27", "date": "2022-02-17", "organ": "Міська рада", "version": 4})  # fmt: skip
    def post(self, request: Any, slug: str, pk: int) -> Response:
        act = self.load_act(slug, pk)
        services.adopt(act=act, **self.body(DecisionWithFile), by=request.user)
        return act_answer(act)


class DecisionFile(ApiView):
    renderer_classes = [JSONRenderer, AnyFile]

    @extend_schema(summary="Рішення файлом PDF", responses={(200, "application/pdf"): OpenApiTypes.BINARY})  # fmt: skip
    def get(self, request: Any, slug: str, pk: int) -> FileResponse:
        act = self.load_act(slug, pk)
        try:
            content = act.file.open("rb")
        except (ValueError, FileNotFoundError) as error:  # no file, or lost with its disk
            raise Http404 from error
        name = get_valid_filename(f"rishennia-{act.number}-{act.date:%Y-%m-%d}.pdf")
        return FileResponse(
            content, as_attachment=True, filename=name, content_type="application/pdf"
        )


class Conflicts(ApiView):
    @operation("Що в чернетці змінили інші акти й чернетки", answers=ConflictsOutput)
    def get(self, request: Any, slug: str, pk: int) -> Response:
        act = self.load_act(slug, pk)
        words = drafts.overtaken_words(act)
        found = {
            "figures": drafts.overtaken(act),
            "words": [{"measure": pk, "act": by.pk} for pk, by in sorted(words.items())],
            "rivals": [
                {"place": place, "acts": [other.pk for other in others]}
                for place, others in sorted(drafts.rivals(act).items())
            ],
        }
        return Response(ConflictsOutput(found).data)


class Rebase(ApiView):
    needs = {"POST": DRAFT}

    @operation("Перенести чернетку на чинні суми", takes=RebaseInput, answers=ActOutput, example={"keep": "deltas", "version": 3})  # fmt: skip
    def post(self, request: Any, slug: str, pk: int) -> Response:
        act, said = self.load_act(slug, pk), self.body(RebaseInput)
        rebasing.rebase(
            act=act,
            keep_figures=said["keep"] == "figures",
            version=said["version"],
            by=request.user,
        )
        return act_answer(act)


def act_answer(act: Act, status: int = 200) -> Response:
    """The act as it is stored now."""
    found = Act.objects.select_related("programme", "changed_by").get(pk=act.pk)
    return Response(ActOutput(found).data, status)
