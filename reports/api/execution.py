"""The execution report of a passport: its words and signatories; agreeing a passport that its checks let through."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView, invalid
from budgets.api.fields import Id, PersonOutput, Text, VersionInput
from budgets.api.passports import AgreementInput, RevisionOutput, revision_answer
from budgets.api.schema import operation
from budgets.models import Passport
from budgets.permissions import Action
from reports.api.documents import FindingsOutput, findings_answer
from reports.catalogue import KINDS
from reports.models import ExecutionReport
from reports.services import execution as services


class ExplanationOutput(serializers.Serializer):
    line = serializers.IntegerField(source="line_id")
    text = serializers.CharField()


class ReportSignatoryOutput(serializers.Serializer):
    position = serializers.CharField()
    name = serializers.CharField()


class ReportOutput(serializers.Serializer):
    passport = serializers.IntegerField(source="passport_id")
    explanations = ExplanationOutput(many=True, source="line_explanations")
    analysis = serializers.CharField()
    conclusion = serializers.CharField()
    signatories = ReportSignatoryOutput(many=True)
    version = serializers.IntegerField(help_text="1, поки звіту ще не відкрито.")
    changed_at = serializers.DateTimeField(allow_null=True)
    changed_by = PersonOutput(allow_null=True)


class ExplanationInput(serializers.Serializer):
    line = Id()
    text = Text()


class WordsInput(VersionInput):
    explanations = ExplanationInput(many=True, max_length=500)
    analysis = Text(required=True)
    conclusion = Text(required=True)


class SignerInput(serializers.Serializer):
    position = serializers.CharField(max_length=200)
    name = Text(max_length=200)


class SignersInput(VersionInput):
    signatories = SignerInput(many=True, max_length=20)


class Report(ApiView):
    needs = {"PUT": Action.WRITE_REPORT}

    @operation("Слова і підписанти звіту", answers=ReportOutput)
    def get(self, request: Any, pk: int) -> Response:
        return _answer(self.load_passport(pk))

    @operation("Пояснення 7.2, розділи 9.3 і 10", takes=WordsInput, answers=ReportOutput, example={"explanations": [{"line": 1, "text": "Економія за наслідками закупівель"}], "analysis": "Показники виконано.", "conclusion": "Програму виконано.", "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        passport, said = self.load_passport(pk), self.body(WordsInput)
        explanations = {row["line"]: row["text"] for row in said.pop("explanations")}
        if len(explanations) < len(self.request.data["explanations"]):
            raise invalid("explanations", _("Напрям вказано двічі."))
        report = services.open_report(passport=passport, by=request.user)
        services.write(report=report, explanations=explanations, **said, by=request.user)
        return _answer(passport)


class Signatories(ApiView):
    needs = {"PUT": Action.WRITE_REPORT}

    @operation("Підписанти звіту в порядку підписання", takes=SignersInput, answers=ReportOutput, example={"signatories": [{"position": "Керуючий справами", "name": ""}], "version": 1})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        passport, said = self.load_passport(pk), self.body(SignersInput)
        report = services.open_report(passport=passport, by=request.user)
        services.set_signatories(
            report=report,
            signatories=[(row["position"], row["name"]) for row in said["signatories"]],
            version=said["version"],
            by=request.user,
        )
        return _answer(passport)


class Findings(ApiView):
    is_heavy = True

    @operation("Чого звіту ще бракує і що в ньому не сходиться", answers=FindingsOutput)
    def get(self, request: Any, pk: int) -> Response:
        return findings_answer(KINDS["passport-execution"].build(self.load_passport(pk)))


class AgreeRevision(ApiView):
    needs = {"POST": Action.CHANGE_PASSPORT}

    @operation("Погодити проєкт фінансовим органом", takes=AgreementInput, answers=RevisionOutput, example={"agreed_on": "2023-01-20", "version": 3})  # fmt: skip
    def post(self, request: Any, pk: int, number: int) -> Response:
        revision = self.load_revision(pk, number)
        services.agree(revision=revision, **self.body(AgreementInput), by=request.user)
        return revision_answer(revision)


def _answer(passport: Passport) -> Response:
    report = ExecutionReport.objects.filter(passport=passport).first()
    if report is not None:
        return Response(ReportOutput(report).data)
    unopened = {
        "passport_id": passport.pk,
        "line_explanations": [],
        "analysis": "",
        "conclusion": "",
        "signatories": services.usual_signatories(passport),
        "version": 1,
        "changed_at": None,
        "changed_by": None,
    }
    return Response(ReportOutput(unopened).data)
