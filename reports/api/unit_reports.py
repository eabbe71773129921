"""One unit's report of a campaign: its rows, head and signatory; handed in, returned with remarks, accepted, postponed."""

import re
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView, invalid
from budgets.api.fields import Day, Figure, Id, Money, Text, VersionInput
from budgets.api.schema import operation
from budgets.choices import PresentationUnit
from budgets.permissions import Action
from budgets.reach import Whole
from reports.api.campaigns import UnitReportShort
from reports.api.documents import BINARY, FileQuery, Files, FindingsOutput
from reports.documents import programme_execution
from reports.downloads import attachment
from reports.models import UnitReport
from reports.models.campaigns import FACT_PLACES
from reports.renderers import FORMATS
from reports.selectors import campaigns as selectors
from reports.selectors import execution
from reports.services import campaigns as services
from reports.services.campaigns import Head, RowWords
from reports.views.loading import load_report

WRITE, RUN = Action.WRITE_REPORT, Action.RUN_CAMPAIGN
PERCENT = r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$"
FACT = rf"^[0-9]{{1,12}}(\.[0-9]{{1,{FACT_PLACES}}})?$"


@extend_schema_field({"type": "string", "pattern": PERCENT, "example": "62.5"})
class Percent(Figure):
    """0–100 with at most two decimals."""

    pattern = re.compile(PERCENT, re.ASCII)
    default_error_messages = {"no_number": _("Відсоток — від 0 до 100, не більше двох знаків.")}


@extend_schema_field({"type": "string", "pattern": FACT, "example": "64"})
class Fact(Figure):
    """What the unit counted."""

    pattern = re.compile(FACT, re.ASCII)
    default_error_messages = {
        "no_number": _("Факт — число від 0, не більше трьох знаків після крапки.")
    }


class ReportRowOutput(serializers.Serializer):
    measure = serializers.IntegerField(source="figures.measure.pk")
    number = serializers.CharField(source="figures.number")
    title = serializers.CharField(source="figures.words.title", default="")
    programme_amount = Money(source="figures.programme_amount", allow_null=True)
    annual_amount = Money(source="figures.annual_amount", allow_null=True)
    paid = Money(source="figures.paid")
    percent_of_money = Figure(source="figures.percent_of_money", allow_null=True)
    text = serializers.CharField(source="words.text", default="")
    percent_of_work = Figure(source="words.percent_of_work", allow_null=True, default=None)
    fact = Figure(source="words.fact", allow_null=True, default=None)
    fact_unit = serializers.CharField(source="words.fact_unit", default="")
    remark = serializers.CharField(source="words.remark", default="")
    last_text = serializers.CharField(help_text="Що писали про захід минулого разу.")
    version = serializers.IntegerField(
        source="words.version", default=0, help_text="0, поки рядка ніхто не писав."
    )


class HeadOutput(serializers.Serializer):
    subject = serializers.CharField()
    decisions = serializers.CharField()
    unit = serializers.ChoiceField(choices=PresentationUnit.choices)
    position = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()


class UnitReportOutput(UnitReportShort):
    programme = serializers.CharField(source="campaign.programme.slug")
    period = serializers.CharField(source="campaign.period.key")
    head = HeadOutput(source="*")
    warnings_reason = serializers.CharField()
    seen = serializers.SerializerMethodField(
        help_text="Позначка рядків: її повертають, подаючи звіт."
    )
    rows = serializers.SerializerMethodField()

    def get_seen(self, report: UnitReport) -> str:
        return selectors.seen_rows(report.rows.all())

    @extend_schema_field(ReportRowOutput(many=True))
    def get_rows(self, report: UnitReport) -> Any:
        return ReportRowOutput(_rows(report), many=True).data


class RowInput(VersionInput):
    """What the unit says of one measure; ``version`` 0 is a row that nobody has written."""

    text = Text(max_length=4000)
    percent_of_work = Percent(required=False, allow_null=True, default=None)
    fact = Fact(required=False, allow_null=True, default=None)
    fact_unit = Text(max_length=50)


class HeadInput(VersionInput):
    subject = Text(max_length=300)
    decisions = Text(max_length=500)
    unit = serializers.ChoiceField(choices=PresentationUnit.choices)
    position = Text(max_length=200)
    name = Text(max_length=200)


class SubmitInput(VersionInput):
    """``seen`` is that of the report: the rows its author read."""

    seen = serializers.CharField(max_length=20_000, allow_blank=True)
    warnings_reason = Text(max_length=2000)


class RemarkInput(serializers.Serializer):
    measure = Id()
    text = serializers.CharField(max_length=1000)


class ReturnInput(VersionInput):
    """A remark on the whole, on rows, or both; one at least."""

    remark = Text(max_length=2000)
    remarks = RemarkInput(many=True, required=False, default=list, max_length=500)


class PostponeInput(VersionInput):
    due_on = Day()


class _OfReport(ApiView):
    def load(self, slug: str, period: str, pk: int) -> UnitReport:
        """The report, for who may see it and may do with it what this method does."""
        report = load_report(self.asker, slug, period, pk)
        if RUN in self.needed():
            self.require(Whole(report.campaign.programme))
        else:
            self.require(selectors.writer(report))
        return report


class OneReport(_OfReport):
    @operation("Звіт виконавця з рядками", answers=UnitReportOutput)
    def get(self, request: Any, slug: str, period: str, pk: int) -> Response:
        return report_answer(self.load(slug, period, pk))


class ReportRow(_OfReport):
    needs = {"PUT": WRITE}

    @operation("Один рядок звіту виконавця", answers=ReportRowOutput)
    def get(self, request: Any, slug: str, period: str, pk: int, measure_pk: int) -> Response:
        return self._told(self.load(slug, period, pk), measure_pk)

    @operation("Що зроблено за заходом: слова, відсоток, факт", takes=RowInput, answers=ReportRowOutput, example={"text": "Проведено навчання.", "percent_of_work": "100", "fact": "64", "fact_unit": "осіб", "version": 0})  # fmt: skip
    def put(self, request: Any, slug: str, period: str, pk: int, measure_pk: int) -> Response:
        report, said = self.load(slug, period, pk), self.body(RowInput)
        version = said.pop("version")
        services.write_row(
            report=report,
            measure_id=measure_pk,
            words=RowWords(**said),
            version=version,
            by=request.user,
        )
        return self._told(report, measure_pk)

    def _told(self, report: UnitReport, measure_pk: int) -> Response:
        row = next((row for row in _rows(report) if row["figures"].measure.pk == measure_pk), None)
        if row is None:
            raise Http404
        return Response(ReportRowOutput(row).data)


class ReportHead(_OfReport):
    needs = {"PUT": WRITE}

    @operation("Шапка і підписант звіту", answers=HeadOutput)
    def get(self, request: Any, slug: str, period: str, pk: int) -> Response:
        return Response(HeadOutput(self.load(slug, period, pk)).data)

    @operation("Нова шапка і підписант", takes=HeadInput, answers=HeadOutput, example={"unit": "thousand", "position": "Начальник управління", "name": "Ім’я ПРІЗВИЩЕ", "version": 1})  # fmt: skip
    def put(self, request: Any, slug: str, period: str, pk: int) -> Response:
        report, said = self.load(slug, period, pk), self.body(HeadInput)
        version = said.pop("version")
        services.describe(report=report, head=Head(**said), version=version, by=request.user)
        return Response(HeadOutput(load_report(self.asker, slug, period, pk)).data)


class SubmitReport(_OfReport):
    needs = {"POST": WRITE}

    @operation(
        "Подати звіт",
        takes=SubmitInput,
        answers=UnitReportOutput,
        example={"version": 3, "seen": "12:1,15:3"},
    )
    def post(self, request: Any, slug: str, period: str, pk: int) -> Response:
        report = self.load(slug, period, pk)
        services.submit(report=report, **self.body(SubmitInput), by=request.user)
        return report_answer(load_report(self.asker, slug, period, pk))


class ReturnReport(_OfReport):
    needs = {"POST": RUN}

    @operation("Повернути звіт із зауваженнями", takes=ReturnInput, answers=UnitReportOutput, example={"remarks": [{"measure": 12, "text": "Скільки осіб навчено?"}], "version": 4})  # fmt: skip
    def post(self, request: Any, slug: str, period: str, pk: int) -> Response:
        report, said = self.load(slug, period, pk), self.body(ReturnInput)
        remarks = {row["measure"]: row["text"] for row in said["remarks"]}
        if len(remarks) < len(said["remarks"]):
            raise invalid("remarks", gettext("Захід названо двічі."))
        services.return_report(
            report=report,
            remarks=remarks,
            remark=said["remark"],
            version=said["version"],
            by=request.user,
        )
        return report_answer(load_report(self.asker, slug, period, pk))


class AcceptReport(_OfReport):
    needs = {"POST": RUN}

    @operation("Прийняти звіт", takes=VersionInput, answers=UnitReportOutput, example={"version": 4})  # fmt: skip
    def post(self, request: Any, slug: str, period: str, pk: int) -> Response:
        report = self.load(slug, period, pk)
        services.accept(report=report, **self.body(VersionInput), by=request.user)
        return report_answer(load_report(self.asker, slug, period, pk))


class PostponeReport(_OfReport):
    needs = {"POST": RUN}

    @operation("Інший строк для виконавця", takes=PostponeInput, answers=UnitReportOutput, example={"due_on": "2027-01-25", "version": 1})  # fmt: skip
    def post(self, request: Any, slug: str, period: str, pk: int) -> Response:
        report = self.load(slug, period, pk)
        services.postpone(report=report, **self.body(PostponeInput), by=request.user)
        return report_answer(load_report(self.asker, slug, period, pk))


class ReportFindings(_OfReport):
    is_heavy = True

    @operation("Чого звіту виконавця бракує і що в ньому не сходиться", answers=FindingsOutput)
    def get(self, request: Any, slug: str, period: str, pk: int) -> Response:
        findings = services.findings_of(self.load(slug, period, pk))
        return Response(FindingsOutput({"findings": findings}).data)


class ReportDocument(Files):
    @extend_schema(summary="Звіт виконавця файлом", parameters=[FileQuery], responses=BINARY)
    def get(self, request: Any, slug: str, period: str, pk: int, format_name: str) -> HttpResponse:
        report = load_report(self.asker, slug, period, pk)
        if format_name not in FORMATS:
            raise Http404
        campaign = report.campaign
        document = programme_execution.build(campaign.programme, campaign.period, report=report)
        return attachment(document, format_name, working_copy=self.wants_formulas(format_name))


def report_answer(report: UnitReport) -> Response:
    return Response(UnitReportOutput(report).data)


def _rows(report: UnitReport) -> list[dict[str, Any]]:
    """Its rows in printed order: figures, what is written, what was written last time."""
    campaign = report.campaign
    written, last = selectors.rows_of(report), selectors.last_texts(campaign)
    return [
        {
            "figures": row,
            "words": written.get(row.measure.pk),
            "last_text": last.get(row.measure.pk, ""),
        }
        for row in execution.load(campaign.programme, campaign.period).of(report.executor_id)
    ]
