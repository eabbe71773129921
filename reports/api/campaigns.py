"""Reporting campaigns of target programmes: opened, watched, read together, closed and opened again; deadlines and phrases."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView, invalid
from budgets.api.fields import Day, PersonOutput, Year
from budgets.api.paging import paged
from budgets.api.schema import operation
from budgets.choices import UnitReportStatus
from budgets.models import Community, Programme
from budgets.permissions import Action
from budgets.reach import Whole
from reports.api.documents import BINARY, FileQuery, Files, FindingsOutput, findings_answer
from reports.choices import PeriodKind
from reports.documents import programme_execution
from reports.downloads import attachment
from reports.models import Campaign
from reports.periods import USUALLY_DUE, Due, ReportingPeriod
from reports.renderers import FORMATS
from reports.selectors import campaigns as selectors
from reports.services import campaigns as services
from reports.services import reporting
from reports.views.loading import load_campaign

RUN = Action.RUN_CAMPAIGN


class CampaignOutput(serializers.Serializer):
    programme = serializers.CharField(source="programme.slug")
    period = serializers.CharField(source="period.key")
    year = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PeriodKind.choices)
    due_on = serializers.DateField()
    opened_at = serializers.DateTimeField()
    opened_by = PersonOutput()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = PersonOutput(allow_null=True)
    reopen_reason = serializers.CharField()
    units = serializers.IntegerField(help_text="Скільки звітів відкрито.")
    submitted = serializers.IntegerField()
    accepted = serializers.IntegerField()


class UnitReportShort(serializers.Serializer):
    id = serializers.IntegerField()
    executor = serializers.IntegerField(source="executor_id", allow_null=True)
    unit_name = serializers.CharField()
    status = serializers.ChoiceField(choices=UnitReportStatus.choices, source="met_status")
    due_on = serializers.DateField()
    remark = serializers.CharField()
    version = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_by = PersonOutput(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = PersonOutput(allow_null=True)
    changed_at = serializers.DateTimeField()
    changed_by = PersonOutput()


class CampaignWhole(CampaignOutput):
    reports = UnitReportShort(many=True, source="own_reports")


class CampaignFilter(serializers.Serializer):
    year = Year(required=False)
    kind = serializers.ChoiceField(choices=PeriodKind.choices, required=False)
    is_open = serializers.BooleanField(required=False, allow_null=True, default=None)


class CampaignInput(serializers.Serializer):
    year = Year()
    kind = serializers.ChoiceField(choices=PeriodKind.choices)
    due_on = Day(
        required=False, allow_null=True, default=None, help_text="Без нього — звичайний строк."
    )


class ReopenCampaignInput(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class _Listed(ApiView):
    def listed(self, programmes: Any) -> Response:
        rows, asked = selectors.campaigns(programmes), self.asked(CampaignFilter)
        if (is_open := asked.pop("is_open", None)) is not None:
            rows = rows.filter(closed_at__isnull=is_open)
        rows = rows.filter(**asked).select_related("programme", "opened_by", "closed_by")
        return self.page(rows, CampaignOutput, "-year", "-due_on", "pk")


class Campaigns(_Listed):
    @operation("Звітні кампанії видимих програм", answers=paged(CampaignOutput), filters=CampaignFilter, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        return self.listed(permissions.visible_programmes(request.user))


class ProgrammeCampaigns(_Listed):
    needs = {"POST": RUN}

    @operation("Звітні кампанії програми", answers=paged(CampaignOutput), filters=CampaignFilter, is_list=True)  # fmt: skip
    def get(self, request: Any, slug: str) -> Response:
        return self.listed(Programme.objects.filter(pk=self.load_programme(slug).pk))

    @operation("Відкрити звітування за період", takes=CampaignInput, answers=CampaignWhole, status=201, example={"year": 2023, "kind": "9m"})  # fmt: skip
    def post(self, request: Any, slug: str) -> Response:
        programme = self.load_programme(slug)
        self.require(Whole(programme))
        said = self.body(CampaignInput)
        period = ReportingPeriod(said["year"], PeriodKind(said["kind"]))
        made = services.open_campaign(
            programme=programme, period=period, due_on=said["due_on"], by=request.user
        )
        return campaign_answer(made, 201)


class _OfCampaign(ApiView):
    def load_campaign(self, slug: str, period: str) -> Campaign:
        """The campaign, for who may see it and, where this method needs a right, has it over the programme."""
        campaign = load_campaign(self.asker, slug, period)
        self.require(Whole(campaign.programme))
        return campaign


class OneCampaign(_OfCampaign):
    @operation("Одна кампанія зі станом звітів", answers=CampaignWhole)
    def get(self, request: Any, slug: str, period: str) -> Response:
        return campaign_answer(self.load_campaign(slug, period))


class CloseCampaign(_OfCampaign):
    needs = {"POST": RUN}

    @operation("Закрити кампанію, коли всі звіти прийнято", answers=CampaignWhole)
    def post(self, request: Any, slug: str, period: str) -> Response:
        campaign = self.load_campaign(slug, period)
        services.close(campaign=campaign, by=request.user)
        return campaign_answer(campaign)


class ReopenCampaign(_OfCampaign):
    needs = {"POST": RUN}

    @operation("Відкрити кампанію знову", takes=ReopenCampaignInput, answers=CampaignWhole, example={"reason": "виконавець знайшов помилку"})  # fmt: skip
    def post(self, request: Any, slug: str, period: str) -> Response:
        campaign = self.load_campaign(slug, period)
        services.reopen(campaign=campaign, **self.body(ReopenCampaignInput), by=request.user)
        return campaign_answer(campaign)


class CancelCampaign(_OfCampaign):
    needs = {"POST": RUN}

    @operation("Скасувати кампанію, поки жодного звіту не подано", takes=ReopenCampaignInput, status=204, example={"reason": "не той період"})  # fmt: skip
    def post(self, request: Any, slug: str, period: str) -> Response:
        campaign = self.load_campaign(slug, period)
        services.cancel(campaign=campaign, **self.body(ReopenCampaignInput), by=request.user)
        return Response(status=204)


class CampaignFindings(_OfCampaign):
    is_heavy = True

    @operation("Чого зведеному звіту бракує і що в ньому не сходиться", answers=FindingsOutput)
    def get(self, request: Any, slug: str, period: str) -> Response:
        campaign = self.load_campaign(slug, period)
        document = programme_execution.build(campaign.programme, campaign.period)
        return findings_answer(document)


class CampaignDocument(Files):
    @extend_schema(summary="Зведений звіт файлом", parameters=[FileQuery], responses=BINARY)
    def get(self, request: Any, slug: str, period: str, format_name: str) -> HttpResponse:
        campaign = load_campaign(self.asker, slug, period)
        if format_name not in FORMATS:
            raise Http404
        document = programme_execution.build(campaign.programme, campaign.period)
        return attachment(document, format_name, working_copy=self.wants_formulas(format_name))


def campaign_answer(campaign: Campaign, status: int = 200) -> Response:
    """The campaign as it is stored now, with its reports."""
    found: Any = (
        selectors.campaigns(Programme.objects.filter(pk=campaign.programme_id))
        .select_related("programme", "opened_by", "closed_by")
        .get(pk=campaign.pk)
    )
    found.own_reports = selectors.unit_reports(found)
    return Response(CampaignWhole(found).data, status)


# How a community reports


class DeadlineOutput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=PeriodKind.choices)
    months = serializers.IntegerField(help_text="Місяців після кінця періоду.")
    day = serializers.IntegerField(help_text="День того місяця або його останній.")
    is_usual = serializers.BooleanField()


class ReportingOutput(serializers.Serializer):
    deadlines = DeadlineOutput(many=True)
    phrases = serializers.ListField(child=serializers.CharField())
    mark = serializers.CharField(help_text="Позначка збереженого: її повертають у seen.")


class DeadlineInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=PeriodKind.choices)
    months = serializers.IntegerField(min_value=1, max_value=12)
    day = serializers.IntegerField(min_value=1, max_value=31)


class ReportingInput(serializers.Serializer):
    """Deadlines that are left out stay as they are."""

    deadlines = DeadlineInput(many=True, required=False, default=list, max_length=len(PeriodKind))
    phrases = serializers.ListField(child=serializers.CharField(max_length=500), max_length=500)
    seen = serializers.CharField(max_length=64, help_text="mark, яку бачив автор.")


class Reporting(ApiView):
    needs = {"PUT": Action.CHANGE_REFERENCE}

    @operation("Строки звітування громади і банк фраз", answers=ReportingOutput)
    def get(self, request: Any, pk: int) -> Response:
        return self._answer(self._load(pk))

    @operation("Нові строки і фрази", takes=ReportingInput, answers=ReportingOutput, example={"deadlines": [{"kind": "year", "months": 1, "day": 20}], "phrases": ["За потребою."], "seen": "0f1e2d3c4b5a6978"})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        community, said = self._load(pk), self.body(ReportingInput)
        deadlines = {
            PeriodKind(row["kind"]): Due(row["months"], row["day"]) for row in said["deadlines"]
        }
        if len(deadlines) < len(said["deadlines"]):
            raise invalid("deadlines", _("Період названо двічі."))
        reporting.describe(
            community=community,
            deadlines=deadlines,
            phrases=said["phrases"],
            seen=said["seen"],
            by=request.user,
        )
        return self._answer(community)

    def _load(self, pk: int) -> Community:
        community = get_object_or_404(permissions.visible_communities(self.request.user), pk=pk)
        self.require(community)
        return community

    def _answer(self, community: Community) -> Response:
        deadlines = [
            {
                "kind": kind,
                "months": due.months,
                "day": due.day,
                "is_usual": due == USUALLY_DUE[kind],
            }
            for kind, due in selectors.due(community).items()
        ]
        shown = {
            "deadlines": deadlines,
            "phrases": list(community.report_phrases.values_list("text", flat=True)),
            "mark": reporting.version(community),
        }
        return Response(ReportingOutput(shown).data)
