"""Documents as files, and what is amiss in them: of a passport's year, of a target programme, of one act; the session package."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from budgets.api.base import ApiView
from budgets.api.fields import Day, Id
from budgets.api.renderers import AnyFile
from budgets.api.schema import operation
from budgets.choices import Layout
from budgets.exceptions import RuleViolation
from budgets.models import Programme
from reports import checks, session_package
from reports.catalogue import KINDS, PROGRAMME_KINDS, ProgrammePaper
from reports.documents import passport as passport_document
from reports.documents.base import Document
from reports.downloads import attachment, file
from reports.renderers import FORMATS
from reports.renderers.read_back import FiguresDiffer

BINARY = {
    (200, format_.content_type.partition(";")[0]): OpenApiTypes.OBJECT
    if name == "json"
    else OpenApiTypes.BINARY
    for name, format_ in FORMATS.items()
}


class FindingOutput(serializers.Serializer):
    severity = serializers.ChoiceField(choices=[severity.value for severity in checks.Severity])
    code = serializers.CharField()
    message = serializers.CharField()


class FindingsOutput(serializers.Serializer):
    findings = FindingOutput(many=True)


class FileQuery(serializers.Serializer):
    formulas = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Робоча копія XLSX із формулами."
    )


class PaperQuery(serializers.Serializer):
    act = Id(required=False, help_text="Номер акта, для документів акта.")
    as_of = Day(required=False, help_text="Станом на день; без нього — на сьогодні.")
    layout = serializers.ChoiceField(choices=Layout.choices, required=False)


class Files(ApiView):
    is_heavy = True
    renderer_classes = [JSONRenderer, AnyFile]

    def wants_formulas(self, format_name: str) -> bool:
        return format_name == "xlsx" and bool(self.asked(FileQuery).get("formulas"))


class PassportDocument(Files):
    @extend_schema(summary="Документ паспорта файлом", parameters=[FileQuery], responses=BINARY)
    def get(self, request: Any, pk: int, kind: str, format_name: str) -> HttpResponse:
        passport = self.load_passport(pk)
        if kind not in KINDS or format_name not in FORMATS:
            raise Http404
        document = KINDS[kind].build(passport)
        return attachment(document, format_name, working_copy=self.wants_formulas(format_name))


class RevisionDocument(Files):
    @extend_schema(summary="Паспорт однієї редакції файлом", responses=BINARY)
    def get(self, request: Any, pk: int, number: int, format_name: str) -> HttpResponse:
        revision = self.load_revision(pk, number)
        if format_name not in FORMATS:
            raise Http404
        return attachment(passport_document.build(revision), format_name)


class DocumentFindings(ApiView):
    is_heavy = True

    @operation("Чого документові паспорта бракує і що в ньому не сходиться", answers=FindingsOutput)
    def get(self, request: Any, pk: int, kind: str) -> Response:
        passport = self.load_passport(pk)
        if kind not in KINDS:
            raise Http404
        return findings_answer(KINDS[kind].build(passport))


class ProgrammeDocument(Files):
    @extend_schema(summary="Документ цільової програми файлом", parameters=[PaperQuery], responses=BINARY)  # fmt: skip
    def get(self, request: Any, slug: str, kind: str, format_name: str) -> HttpResponse:
        programme = self.load_programme(slug)
        if kind not in PROGRAMME_KINDS or format_name not in FORMATS:
            raise Http404
        return attachment(build_paper(self, programme, kind), format_name)


class ProgrammeFindings(ApiView):
    is_heavy = True

    @operation("Чого документові програми бракує і що в ньому не сходиться", answers=FindingsOutput, filters=PaperQuery)  # fmt: skip
    def get(self, request: Any, slug: str, kind: str) -> Response:
        programme = self.load_programme(slug)
        if kind not in PROGRAMME_KINDS:
            raise Http404
        return findings_answer(build_paper(self, programme, kind))


class SessionPackage(Files):
    @extend_schema(summary="Усі папери акта одним архівом", responses={(200, "application/zip"): OpenApiTypes.BINARY})  # fmt: skip
    def get(self, request: Any, slug: str, pk: int) -> HttpResponse:
        try:
            made = session_package.build(self.load_act(slug, pk))
        except FiguresDiffer as refusal:
            raise RuleViolation(str(refusal)) from refusal
        return file(made.content, "application/zip", made.file_name)


def build_paper(view: ApiView, programme: Programme, kind: str) -> Document:
    """The paper that the address asks for: of one act, or as of a day."""
    spec, asked = PROGRAMME_KINDS[kind], view.asked(PaperQuery)
    if spec.of_act and "act" not in asked:
        raise Http404
    paper = ProgrammePaper(
        programme,
        act=view.load_act(programme.slug, asked["act"]) if spec.of_act else None,
        as_of=None if spec.of_act else asked.get("as_of") or timezone.localdate(),
        layout=asked.get("layout"),
    )
    return spec.build(paper)


def findings_answer(document: Document) -> Response:
    return Response(FindingsOutput({"findings": checks.run(document)}).data)
