"""Журнал: events, one event with every field before and after, and all of them as a file."""

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView
from budgets.api.fields import Day, Id, PersonOutput
from budgets.api.paging import paged
from budgets.api.renderers import AnyFile
from budgets.api.schema import operation
from budgets.downloads import record_file
from budgets.models import Community, Event
from budgets.permissions import Action
from budgets.selectors import record, record_words

MOST_CHANGES = 200


class EventOutput(serializers.Serializer):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    person = PersonOutput(allow_null=True)
    acting_for = PersonOutput(allow_null=True)
    action = serializers.CharField()
    action_name = serializers.SerializerMethodField()
    subject_type = serializers.CharField()
    subject_id = serializers.IntegerField(allow_null=True)
    subject = serializers.CharField()
    community = serializers.IntegerField(source="community_id", allow_null=True)
    reason = serializers.CharField()
    request = serializers.CharField()
    digest = serializers.CharField()

    def get_action_name(self, event: Event) -> str:
        return record_words.action_name(event)


class FieldOutput(serializers.Serializer):
    name = serializers.CharField()
    was = serializers.CharField()
    becomes = serializers.CharField()


class RowOutput(serializers.Serializer):
    what = serializers.CharField()
    row_id = serializers.IntegerField()
    operation = serializers.CharField()
    fields_changed = FieldOutput(many=True, source="fields")


class EventWhole(EventOutput):
    changes = serializers.SerializerMethodField()
    changes_count = serializers.IntegerField(source="changes.count")

    @extend_schema_field(RowOutput(many=True))
    def get_changes(self, event: Event) -> Any:
        rows = record_words.rows(event.changes.order_by("pk")[:MOST_CHANGES])
        return RowOutput(rows, many=True).data


class EventFilter(serializers.Serializer):
    person = Id(required=False)
    day = Day(required=False)
    subject_type = serializers.RegexField(r"^[a-z]{1,20}\.[a-z]{1,40}$", required=False)
    subject_id = Id(required=False)


class _Record(ApiView):
    needs = {"GET": Action.READ_RECORD}

    def communities(self) -> "QuerySet[Community]":
        self.require_somewhere()
        return permissions.communities_where(self.request.user, Action.READ_RECORD)

    def asked_for(self) -> "QuerySet[Event]":
        asked = self.asked(EventFilter)
        rows = record.events(self.communities(), person_id=asked.get("person"), day=asked.get("day"))  # fmt: skip
        for name in ("subject_type", "subject_id"):
            if name in asked:
                rows = rows.filter(**{name: asked[name]})
        return rows


class Events(_Record):
    @operation("Події журналу, найновіші спершу", answers=paged(EventOutput), filters=EventFilter, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        return self.page(self.asked_for(), EventOutput, "-number")


class ExportedEvents(_Record):
    needs = {"POST": Action.READ_RECORD}
    renderer_classes = [JSONRenderer, AnyFile]

    @extend_schema(summary="Журнал файлом CSV; саме завантаження теж потрапляє до журналу", request=None, parameters=[EventFilter], responses={(200, "text/csv"): OpenApiTypes.BINARY})  # fmt: skip
    def post(self, request: Any) -> StreamingHttpResponse:
        events = self.asked_for()
        return record_file(
            events,
            communities=self.communities(),
            asked=request.GET.urlencode(),
            by=request.user,
        )


class OneEvent(_Record):
    @operation("Одна подія з кожним полем до і після", answers=EventWhole)
    def get(self, request: Any, number: int) -> Response:
        found = get_object_or_404(record.events(self.communities()), number=number)
        return Response(EventWhole(found).data)
