"""Evidence of actual values: files of an indicator's year, judged by their content."""

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from budgets.api.base import ApiView
from budgets.api.fields import PersonOutput
from budgets.api.paging import paged
from budgets.api.renderers import AnyFile
from budgets.api.schema import operation
from budgets.permissions import Action
from indicators.choices import EvidenceFormat
from indicators.downloads import TYPES, evidence_file
from indicators.models import IndicatorEvidence, ProgrammeIndicator
from indicators.programme_figures import Year
from indicators.services import evidence as services
from indicators.views.loading import load_evidence, read_period

WRITE = Action.WRITE_REPORT


class EvidenceOutput(serializers.Serializer):
    id = serializers.IntegerField()
    indicator = serializers.IntegerField(source="indicator_id")
    period = serializers.CharField()
    name = serializers.CharField()
    format = serializers.ChoiceField(choices=EvidenceFormat.choices)
    size = serializers.IntegerField(help_text="Байтів.")
    added_at = serializers.DateTimeField()
    added_by = PersonOutput()


class EvidenceInput(serializers.Serializer):
    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, PNG, JPEG або XLSX без макросів, до 10 МБ."
    )


class Evidence(ApiView):
    needs = {"POST": WRITE}
    # JSON is read, too: it is refused for the missing file, and after the rights of who sent it.
    parser_classes = [MultiPartParser, JSONParser]

    @operation("Підтвердження показника за рік", answers=paged(EvidenceOutput), is_list=True)
    def get(self, request: Any, slug: str, period: str, indicator_pk: int) -> Response:
        indicator, year = self._load(slug, period, indicator_pk)
        rows = IndicatorEvidence.objects.filter(indicator=indicator, year=year)
        return self.page(rows.select_related("added_by"), EvidenceOutput)

    @operation("Додати файл підтвердження", takes={"multipart/form-data": EvidenceInput}, answers=EvidenceOutput, status=201)  # fmt: skip
    def post(self, request: Any, slug: str, period: str, indicator_pk: int) -> Response:
        indicator, year = self._load(slug, period, indicator_pk)
        file = self.body(EvidenceInput)["file"]
        made = services.add(
            indicator=indicator, year=year, file=file, name=file.name, by=request.user
        )
        return Response(EvidenceOutput(made).data, 201)

    def _load(self, slug: str, period: str, pk: int) -> tuple[ProgrammeIndicator, Year]:
        programme = self.load_programme(slug)
        year = read_period(programme, period)
        return get_object_or_404(ProgrammeIndicator, programme=programme, pk=pk), year


class OneEvidence(ApiView):
    needs = {"DELETE": WRITE}

    @operation("Одне підтвердження", answers=EvidenceOutput)
    def get(self, request: Any, slug: str, evidence_pk: int) -> Response:
        found = load_evidence(self.load_programme(slug), evidence_pk)
        return Response(EvidenceOutput(found).data)

    @operation("Вилучити підтвердження; закритого року — ні", status=204)
    def delete(self, request: Any, slug: str, evidence_pk: int) -> Response:
        found = load_evidence(self.load_programme(slug), evidence_pk)
        services.remove(evidence=found, by=request.user)
        return Response(status=204)


class EvidenceFile(ApiView):
    renderer_classes = [JSONRenderer, AnyFile]

    @extend_schema(summary="Файл підтвердження", responses={(200, kind): OpenApiTypes.BINARY for kind in TYPES.values()})  # fmt: skip
    def get(self, request: Any, slug: str, evidence_pk: int) -> FileResponse:
        return evidence_file(load_evidence(self.load_programme(slug), evidence_pk))
