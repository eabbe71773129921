"""Pages of long lists: a cursor that stays true while rows are added."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from rest_framework import serializers
from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def __init__(self, ordering: Sequence[str]) -> None:
        self.ordering = tuple(ordering)


class PageQuery(serializers.Serializer):
    """Which page of a list."""

    cursor = serializers.CharField(
        required=False, help_text="Сторінка: значення з адреси next або previous."
    )
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=Pages.max_page_size, help_text="Рядків на сторінці."
    )


@cache
def paged(kind: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The description of a page of such rows."""
    name = kind.__name__
    fields: dict[str, Any] = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": kind(many=True),
    }
    return type(f"PageOf{name}", (serializers.Serializer,), fields)
