"""Issued reports: which there are, their files under a receipt, signatures made elsewhere, returning, publication.

Issuing stays on its page and in a command: it prints for seconds before its transaction, and a write of the API is one
transaction. Signing with a key file does, too: keys do not travel through programs.
"""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from budgets.api.base import ApiView, invalid
from budgets.api.fields import PersonOutput
from budgets.api.paging import paged
from budgets.api.renderers import AnyFile
from budgets.api.schema import operation
from budgets.choices import IssuedStatus, SignatureVerdict, SignatureWay
from budgets.exceptions import RuleViolation
from budgets.permissions import Action
from budgets.views.loading import may
from reports.api.documents import BINARY
from reports.downloads import CONTENT_TYPES, stored_file
from reports.models import IssuedFile, IssuedReport, IssuedSignature
from reports.selectors import issued as selectors
from reports.services import delivery, signatures
from reports.services.signatures import Upload
from reports.signing.verification import LARGEST_UPLOAD
from reports.views.loading import load_issued

FILES = BINARY | {(200, CONTENT_TYPES[ending]): OpenApiTypes.BINARY for ending in ("asice", "p7s")}


class IssuedShort(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    passport = serializers.IntegerField(source="passport_id", allow_null=True)
    programme = serializers.CharField(source="programme.slug", default=None, allow_null=True)
    year = serializers.IntegerField(allow_null=True)
    period = serializers.CharField()
    version = serializers.IntegerField()
    supersedes = serializers.IntegerField(source="supersedes_id", allow_null=True)
    status = serializers.ChoiceField(choices=IssuedStatus.choices)
    code = serializers.CharField(source="shown_code", help_text="Код перевірки.")
    payload_sha256 = serializers.CharField(source="digest")
    figures = serializers.IntegerField(help_text="Стільки цифр рівні у PDF, XLSX і JSON.")
    issued_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    is_test = serializers.BooleanField()


class FileOutput(serializers.Serializer):
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Байтів.")
    sha256 = serializers.CharField(source="digest", help_text="За ним файл і отримують.")


class SignatureOutput(serializers.Serializer):
    signer = serializers.IntegerField(source="signer.order", help_text="Черга підписанта.")
    person = serializers.CharField()
    way = serializers.ChoiceField(choices=SignatureWay.choices)
    counts = serializers.BooleanField()
    verdict = serializers.ChoiceField(choices=SignatureVerdict.choices)
    reasons = serializers.ListField(child=serializers.CharField())
    level = serializers.CharField()
    is_test = serializers.BooleanField()
    signed_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField()


class SignerOutput(serializers.Serializer):
    order = serializers.IntegerField()
    position = serializers.CharField()
    name = serializers.CharField()


class IssuedWhole(IssuedShort):
    warnings = serializers.ListField(child=serializers.CharField())
    warnings_reason = serializers.CharField()
    return_reason = serializers.CharField()
    current = serializers.SerializerMethodField(help_text="Новіша підписана версія, якщо є.")
    signers = SignerOutput(many=True, source="signers.all")
    signatures = SignatureOutput(many=True, source="signatures.all")
    files = serializers.SerializerMethodField()

    def get_current(self, report: IssuedReport) -> int | None:
        newer = selectors.signed_after(report)
        return newer.pk if newer else None

    def get_files(self, report: IssuedReport) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = FileOutput(selectors.all_files(report), many=True).data
        return told


class IssuedFilter(serializers.Serializer):
    status = serializers.ChoiceField(choices=IssuedStatus.choices, required=False)
    kind = serializers.CharField(max_length=40, required=False)


class TakeInput(serializers.Serializer):
    file = serializers.CharField(max_length=200, help_text="Назва файла зі звіту.")


class ReceiptOutput(serializers.Serializer):
    what = serializers.CharField()
    person = PersonOutput()
    taken_at = serializers.DateTimeField(source="at")


class SignedInput(serializers.Serializer):
    file = serializers.FileField(help_text="Підписаний PDF, .p7s або .asice.")


class ReturnIssuedInput(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class IssuedReports(ApiView):
    @operation("Видані звіти, останні спершу", answers=paged(IssuedShort), filters=IssuedFilter, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        rows = selectors.visible(request.user).filter(**self.asked(IssuedFilter)).defer("payload")
        return self.page(rows, IssuedShort, "-issued_at", "-pk")


class _OneIssued(ApiView):
    def load(self, pk: int) -> IssuedReport:
        return load_issued(self.asker, pk, self._action())

    def told(self, pk: int, status: int = 200) -> Response:
        return Response(IssuedWhole(load_issued(self.asker, pk)).data, status)


class OneIssued(_OneIssued):
    @operation("Один виданий звіт: підписанти, підписи, файли", answers=IssuedWhole)
    def get(self, request: Any, pk: int) -> Response:
        return self.told(pk)


class Take(_OneIssued):
    @operation("Отримати файл під розписку", takes=TakeInput, answers=ReceiptOutput, status=201, example={"file": "2023-0217530-zvit-v1.pdf"})  # fmt: skip
    def post(self, request: Any, pk: int) -> Response:
        report, name = self.load(pk), self.body(TakeInput)["file"]
        if name not in {each.name for each in selectors.all_files(report)}:
            raise invalid("file", _("Такого файла у звіті немає."))
        made = delivery.take(report=report, what=name, by=request.user)
        return Response(ReceiptOutput(made).data, 201)


class File(_OneIssued):
    is_heavy = True
    renderer_classes = [JSONRenderer, AnyFile]

    @extend_schema(summary="Файл виданого звіту за його SHA-256", responses=FILES)
    def get(self, request: Any, pk: int, digest: str) -> HttpResponseBase:
        report = self.load(pk)
        found: IssuedFile | IssuedSignature | None = next(
            (each for each in selectors.all_files(report) if each.digest == digest), None
        )
        if found is None:
            raise Http404
        works = any(
            may(self.asker, report.subject, action)
            for action in (Action.ISSUE_REPORT, Action.SIGN_REPORT)
        )
        if not works and not report.receipts.filter(person=request.user).exists():
            raise RuleViolation(_("Звіт видають під розписку: спершу отримайте файл адресою take."))
        return stored_file(
            self.asker, found.file, name=found.name, size=found.size, digest=found.digest
        )


class Signatures(_OneIssued):
    needs = {"POST": Action.SIGN_REPORT}
    # JSON is read, too: it is refused for the missing file, and after the rights of who sent it.
    parser_classes = [MultiPartParser, JSONParser]

    @operation("Принести підпис, зроблений деінде", takes={"multipart/form-data": SignedInput}, answers=IssuedWhole, status=201)  # fmt: skip
    def post(self, request: Any, pk: int) -> Response:
        report, file = self.load(pk), self.body(SignedInput)["file"]
        if file.size > LARGEST_UPLOAD:
            raise invalid("file", _("Файл більший за 20 МБ."))
        upload = Upload(bytes(file.read()), file.name)
        signatures.sign(report=report, upload=upload, by=request.user)
        return self.told(pk, 201)


class Return(_OneIssued):
    needs = {"POST": Action.SIGN_REPORT}

    @operation("Повернути звіт замість підпису", takes=ReturnIssuedInput, answers=IssuedWhole, example={"reason": "сума не та, що у виписці"})  # fmt: skip
    def post(self, request: Any, pk: int) -> Response:
        report = self.load(pk)
        signatures.return_report(
            report=report, reason=self.body(ReturnIssuedInput)["reason"], by=request.user
        )
        return self.told(pk)


class Publish(_OneIssued):
    needs = {"POST": Action.PUBLISH_REPORT}

    @operation("Оприлюднити підписаний звіт", answers=IssuedWhole)
    def post(self, request: Any, pk: int) -> Response:
        delivery.publish(report=self.load(pk), by=request.user)
        return self.told(pk)
