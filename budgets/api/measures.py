"""Measures of a draft: added, worded, moved, split, cancelled and taken back."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.acts import ActOutput, act_answer
from budgets.api.base import ApiView, expect_valid
from budgets.api.drafting import PayerInput, place_of, placed
from budgets.api.fields import Money, Text, VersionInput, Year
from budgets.api.paging import paged
from budgets.api.passports import VersionQuery
from budgets.api.programmes import MeasureOutput, measures_page
from budgets.api.schema import operation
from budgets.exceptions import CellErrors
from budgets.forms.measures import MeasureForm, NewMeasureForm, PointField
from budgets.models import Act, Measure
from budgets.permissions import Action
from budgets.selectors import placement
from budgets.selectors.placement import Rows
from budgets.services import draft_measures as services

DRAFT = Action.DRAFT_ACT


class DraftMeasure(MeasureOutput):
    point = serializers.CharField(help_text="Де стоїть: after-12, in-task-3, in-programme-0.")
    act_version = serializers.IntegerField()


class MeasureInput(VersionInput):
    title = serializers.CharField(max_length=10_000)
    number = Text(max_length=20)
    point = serializers.RegexField(
        r"^(after-[0-9]{1,9}|in-(measure|task|direction|programme)-[0-9]{1,9})$",
        help_text="Після якого заходу або на початку чого: after-12, in-task-3, in-programme-0.",
    )
    term = Text(max_length=100)
    term_from = Year(required=False, allow_null=True, default=None)
    term_to = Year(required=False, allow_null=True, default=None)
    executors_text = Text()
    sources_text = Text()
    expected_result = Text()
    is_conditional = serializers.BooleanField(default=False)
    needs_funding = serializers.BooleanField(default=True)


class NewMeasureInput(MeasureInput):
    quantity_unit = Text(max_length=30)


class ShareInput(PayerInput):
    year = Year()
    amount = Money()


class CancelInput(VersionInput):
    reason = serializers.CharField(max_length=500)
    is_confirmed = serializers.BooleanField(default=False)


class SplitInput(CancelInput):
    title = serializers.CharField(max_length=10_000)
    number = Text(max_length=20)
    amounts = ShareInput(many=True, max_length=1000)


_NEW = {"title": "Антивірусний захист", "number": "1.4", "point": "in-task-3", "term_from": 2022, "term_to": 2023, "version": 1}  # fmt: skip


class DraftMeasures(ApiView):
    needs = {"POST": DRAFT}

    @operation("Заходи так, як їх лишає чернетка", answers=paged(MeasureOutput), is_list=True)
    def get(self, request: Any, slug: str, pk: int) -> Response:
        act = self.load_act(slug, pk)
        return measures_page(self, act.programme, None, act)

    @operation("Новий захід чернетки", takes=NewMeasureInput, answers=DraftMeasure, status=201, example=_NEW)  # fmt: skip
    def post(self, request: Any, slug: str, pk: int) -> Response:
        act, said = self.load_act(slug, pk), self.body(NewMeasureInput)
        form = NewMeasureForm(said, rows=placement.rows(act))
        expect_valid(form)
        made = services.add_measure(
            act=act,
            point=form.cleaned_data["point"],
            words=form.words,
            number=said["number"],
            quantity_unit=said["quantity_unit"],
            version=said["version"],
            by=request.user,
        )
        return measure_answer(act, made.pk, 201)


class _OfMeasure(ApiView):
    def load(self, slug: str, pk: int, measure_pk: int) -> tuple[Act, Rows, Measure]:
        """The measure as the draft knows it; what only other drafts know does not exist."""
        act = self.load_act(slug, pk)
        rows = placement.rows(act)
        if measure_pk not in rows.words or measure_pk not in rows.tree.measures:
            raise Http404
        return act, rows, rows.tree.measures[measure_pk]


class OneMeasure(_OfMeasure):
    needs = {"PUT": DRAFT, "DELETE": DRAFT}

    @operation("Один захід чернетки", answers=DraftMeasure)
    def get(self, request: Any, slug: str, pk: int, measure_pk: int) -> Response:
        act, _rows, measure = self.load(slug, pk, measure_pk)
        return measure_answer(act, measure.pk)

    @operation("Слова і місце заходу", takes=MeasureInput, answers=DraftMeasure, example=_NEW)
    def put(self, request: Any, slug: str, pk: int, measure_pk: int) -> Response:
        act, rows, measure = self.load(slug, pk, measure_pk)
        said = self.body(MeasureInput)
        form = MeasureForm(said, rows=rows, moving=measure_pk)
        expect_valid(form)
        services.write_measure(
            act=act,
            measure=measure,
            words=form.words,
            number=said["number"],
            point=form.cleaned_data["point"],
            version=said["version"],
            by=request.user,
        )
        return measure_answer(act, measure_pk)

    @operation("Вилучити захід, доданий чернеткою", filters=VersionQuery, status=204)
    def delete(self, request: Any, slug: str, pk: int, measure_pk: int) -> Response:
        act, _rows, measure = self.load(slug, pk, measure_pk)
        version = self.asked(VersionQuery)["version"]
        services.remove_measure(act=act, measure=measure, version=version, by=request.user)
        return Response(status=204)


class Split(_OfMeasure):
    needs = {"POST": DRAFT}

    @operation("Виділити із заходу новий", takes=SplitInput, answers=DraftMeasure, status=201, example={"title": "Навчання", "number": "1.5", "amounts": [{"year": 2022, "fund": "general", "amount": "500.00"}], "reason": "окремий договір", "version": 2})  # fmt: skip
    def post(self, request: Any, slug: str, pk: int, measure_pk: int) -> Response:
        act, _rows, measure = self.load(slug, pk, measure_pk)
        said = self.body(SplitInput)
        amounts = {
            place_of({**share, "measure": measure_pk}): share["amount"]
            for share in said.pop("amounts")
        }
        try:
            made = services.split_measure(
                act=act, measure=measure, amounts=amounts, **said, by=request.user
            )
        except CellErrors as refusal:
            raise placed(refusal) from refusal
        return measure_answer(act, made.pk, 201)


class Cancel(_OfMeasure):
    needs = {"POST": DRAFT}

    @operation("Скасувати захід із його частинами", takes=CancelInput, answers=DraftMeasure, example={"reason": "втратив актуальність", "version": 2})  # fmt: skip
    def post(self, request: Any, slug: str, pk: int, measure_pk: int) -> Response:
        act, _rows, measure = self.load(slug, pk, measure_pk)
        try:
            services.cancel_measure(
                act=act, measure=measure, **self.body(CancelInput), by=request.user
            )
        except CellErrors as refusal:
            raise placed(refusal) from refusal
        return measure_answer(act, measure_pk)


class Restore(_OfMeasure):
    needs = {"POST": DRAFT}

    @operation("Зняти скасування цієї чернетки", takes=VersionInput, answers=ActOutput, example={"version": 3})  # fmt: skip
    def post(self, request: Any, slug: str, pk: int, measure_pk: int) -> Response:
        act, _rows, measure = self.load(slug, pk, measure_pk)
        services.restore_measure(
            act=act, measure=measure, **self.body(VersionInput), by=request.user
        )
        return act_answer(act)


def measure_answer(act: Act, measure_pk: int, status: int = 200) -> Response:
    """The measure as the draft has it now."""
    act.refresh_from_db()
    rows = placement.rows(act)
    measure: Any = rows.tree.measures[measure_pk]
    measure.point = PointField.value_of(rows.point(measure_pk))
    measure.act_version = act.version
    return Response(DraftMeasure(measure, context={"words": rows.words}).data, status)
