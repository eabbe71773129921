"""Scales of effectiveness: reference data with the days they are valid, common or of one community."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView, expect_valid
from budgets.api.fields import Day, Figure, Id, PersonOutput, VersionInput
from budgets.api.paging import paged
from budgets.api.schema import operation
from budgets.permissions import Action
from indicators.effectiveness import LETTER
from indicators.forms.effectiveness import CONSTANTS, ScaleForm
from indicators.models import EffectivenessScale
from indicators.services import effectiveness as services
from indicators.views.loading import expect_scale_is_theirs, visible_scales

NEEDS = Action.CHANGE_REFERENCE
Constants = type("Constants", (serializers.Serializer,), {name: Figure() for name in CONSTANTS})


class ScaleOutput(Constants):  # type: ignore[misc, valid-type]
    id = serializers.IntegerField()
    community = serializers.IntegerField(
        source="community_id", allow_null=True, help_text="Без неї — спільна."
    )
    grounds = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()
    changed_by = PersonOutput(allow_null=True)


class _Said(Constants):  # type: ignore[misc, valid-type]
    grounds = serializers.CharField(max_length=300)
    valid_from = Day()
    valid_to = Day(required=False, allow_null=True, default=None)


class ScaleInput(_Said):
    community = Id(
        required=False,
        allow_null=True,
        default=None,
        help_text="Без неї — спільна, лише для суперкористувача.",
    )


class ScaleChange(_Said, VersionInput):
    """Whose scale it is does not change."""


_SAID: dict[str, Any] = {
    "grounds": "Лист Міністерства фінансів № 31-05110-14-5/27486",
    "valid_from": "2027-01-01",
    **{name: f"{getattr(LETTER, name):f}" for name in CONSTANTS},
}


class _Scales(ApiView):
    def saved(self, form: ScaleForm, version: int, status: int) -> Response:
        """The scale of a form of the pages, stored under the version its author saw."""
        expect_valid(form)
        if form.instance.community is not None:
            self.require(form.instance.community)
        made = services.save_scale(scale=form.instance, version=version, by=self.request.user)
        return Response(ScaleOutput(made).data, status)


class Scales(_Scales):
    needs = {"POST": NEEDS}

    @operation("Шкали ефективності", answers=paged(ScaleOutput), is_list=True)
    def get(self, request: Any) -> Response:
        rows = visible_scales(self.asker).select_related("changed_by")
        return self.page(rows, ScaleOutput, "-valid_from", "pk")

    @operation("Нова шкала громади з дня", takes=ScaleInput, answers=ScaleOutput, status=201, example={"community": 1, **_SAID})  # fmt: skip
    def post(self, request: Any) -> Response:
        expect_scale_is_theirs(self.asker, None)
        said = self.body(ScaleInput)
        form = ScaleForm(said, user=request.user)
        return self.saved(form, 1, 201)


class OneScale(_Scales):
    needs = {"PUT": NEEDS}

    @operation("Одна шкала", answers=ScaleOutput)
    def get(self, request: Any, pk: int) -> Response:
        return Response(ScaleOutput(self._load(pk)).data)

    @operation("Змінити шкалу", takes=ScaleChange, answers=ScaleOutput, example={**_SAID, "valid_to": "2027-12-31", "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        scale = self._load(pk)
        expect_scale_is_theirs(self.asker, scale)
        said = self.body(ScaleChange)
        form = ScaleForm(said, instance=scale, user=request.user)
        return self.saved(form, said["version"], 200)

    def _load(self, pk: int) -> EffectivenessScale:
        return get_object_or_404(visible_scales(self.asker).select_related("changed_by"), pk=pk)
