"""Two revisions of a passport side by side, and what a revision still lacks before it may be agreed."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView
from budgets.api.schema import operation
from reports.api.documents import FindingsOutput, findings_answer
from reports.documents import passport as passport_document
from reports.documents.comparison import Change, compare


class ChangeOutput(serializers.Serializer):
    column = serializers.SerializerMethodField(help_text="Порожньо в суцільному тексті.")
    was = serializers.SerializerMethodField()
    became = serializers.SerializerMethodField()

    def get_column(self, change: Change) -> str:
        return " / ".join(change.column.heading) if change.column else ""

    def get_was(self, change: Change) -> str | None:
        return None if change.was is None else str(change.was)

    def get_became(self, change: Change) -> str | None:
        return None if change.became is None else str(change.became)


class RowChangeOutput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    label = serializers.CharField()
    changes = ChangeOutput(many=True)


class SectionChangeOutput(serializers.Serializer):
    number = serializers.CharField()
    title = serializers.CharField()
    rows = RowChangeOutput(many=True)


class ComparisonOutput(serializers.Serializer):
    sections = SectionChangeOutput(many=True)


class Comparison(ApiView):
    @operation("Чим редакція відрізняється від іншої редакції паспорта", answers=ComparisonOutput)
    def get(self, request: Any, pk: int, number: int, other: int) -> Response:
        new, old = self.load_revision(pk, number), self.load_revision(pk, other)
        documents = (passport_document.with_allocations(each) for each in (old, new))
        return Response(ComparisonOutput({"sections": compare(*documents)}).data)


class RevisionFindings(ApiView):
    is_heavy = True

    @operation("Чого редакції бракує і що в ній не сходиться", answers=FindingsOutput)
    def get(self, request: Any, pk: int, number: int) -> Response:
        document = passport_document.build(self.load_revision(pk, number))
        return findings_answer(document)
