"""Long work: what a person asked for, how far it is, its result; and asking for the yearly book of a community."""

from typing import Any

from django.db import transaction
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView
from budgets.api.paging import paged
from budgets.api.renderers import AnyFile
from budgets.api.schema import operation
from budgets.models import Community
from reports.background import queue, worker
from reports.background.kinds import KINDS
from reports.book import contents, job
from reports.models import Job, JobState
from reports.views.loading import load_result, may_read, own_jobs


class JobShort(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=list(KINDS))
    title = serializers.CharField()
    community = serializers.IntegerField(source="community_id")
    state = serializers.ChoiceField(choices=JobState.choices)
    done = serializers.IntegerField(help_text="Зроблено кроків із steps.")
    steps = serializers.IntegerField(help_text="0, поки їх не полічено.")
    words = serializers.CharField(help_text="Що робиться зараз.")
    error = serializers.CharField(help_text="Чому не вийшло.")
    asked_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    file_name = serializers.CharField()


class JobOutput(JobShort):
    has_file = serializers.SerializerMethodField(
        help_text="Результат готовий, і все, що в ньому є, вам видно."
    )

    def get_has_file(self, job: Job) -> bool:
        return may_read(self.context["request"], job)


class JobFilter(serializers.Serializer):
    state = serializers.ChoiceField(choices=JobState.choices, required=False)


class Jobs(ApiView):
    @operation("Ваші завдання, найновіші спершу", answers=paged(JobShort), filters=JobFilter, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        rows = own_jobs(self.asker).filter(**self.asked(JobFilter))
        return self.page(rows, JobShort, "-asked_at", "-pk")


class _OneJob(ApiView):
    def load(self, pk: int) -> Job:
        """One's own job: another person's does not exist."""
        return get_object_or_404(own_jobs(self.asker), pk=pk)

    def told(self, found: Job, status: int = 200) -> Response:
        return Response(JobOutput(found, context={"request": self.asker}).data, status)


class OneJob(_OneJob):
    @operation("Стан завдання", answers=JobOutput)
    def get(self, request: Any, pk: int) -> Response:
        return self.told(self.load(pk))


class CancelJob(_OneJob):
    @operation("Скасувати завдання", answers=JobOutput)
    def post(self, request: Any, pk: int) -> Response:
        found = self.load(pk)
        queue.cancel(job=found)
        return self.told(self.load(pk))


class JobFile(ApiView):
    is_heavy = True
    renderer_classes = [JSONRenderer, AnyFile]

    @extend_schema(summary="Результат завдання файлом", responses={(200, "application/pdf"): OpenApiTypes.BINARY})  # fmt: skip
    def get(self, request: Any, pk: int) -> FileResponse:
        return load_result(self.asker, pk)


# The yearly book


class EntryOutput(serializers.Serializer):
    key = serializers.CharField(help_text="Так документ називають, коли просять книгу.")
    title = serializers.CharField(source="kind_title")
    is_usual = serializers.BooleanField()


class GroupOutput(serializers.Serializer):
    title = serializers.CharField()
    is_waiting = serializers.BooleanField(help_text="Документів стане більше після затвердження.")
    documents = EntryOutput(many=True, source="entries")


class OfferedOutput(serializers.Serializer):
    years = serializers.SerializerMethodField(help_text="Роки, про які вам щось видно.")
    groups = GroupOutput(many=True)

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_years(self, _shown: Any) -> list[int]:
        years: list[int] = self.context["years"]
        return years


class BookInput(serializers.Serializer):
    """Without documents: the usual ones."""

    documents = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        allow_null=True,
        default=None,
        max_length=1000,
    )


class Book(_OneJob):
    """Whoever sees something may ask for a book of it, as on the page."""

    @operation("Що може увійти до річної книги громади", answers=OfferedOutput)
    def get(self, request: Any, pk: int, year: int) -> Response:
        community = self._load(pk)
        groups = contents.offered(community, year, request.user)
        years = contents.years(community, request.user)
        return Response(OfferedOutput({"groups": groups}, context={"years": years}).data)

    @operation("Попросити річну книгу: завдання, яке складає її", takes=BookInput, answers=JobOutput, status=201, example={"documents": ["passport-execution:1"]})  # fmt: skip
    def post(self, request: Any, pk: int, year: int) -> Response:
        community, keys = self._load(pk), self.body(BookInput)["documents"]
        if keys is None:
            groups = contents.offered(community, year, request.user)
            keys = [each.key for group in groups for each in group.entries if each.is_usual]
        asked = job.ask(community=community, year=year, keys=keys, by=request.user)
        transaction.on_commit(worker.wake)
        return self.told(asked, 201)

    def _load(self, pk: int) -> Community:
        return get_object_or_404(permissions.visible_communities(self.request.user), pk=pk)
