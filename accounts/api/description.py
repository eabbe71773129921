"""The API described as OpenAPI 3, for programs."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.utils import extend_schema

from budgets.api.base import ApiView

RENDERERS: list[Any] = [OpenApiYamlRenderer2, OpenApiJsonRenderer2]


class Description(ApiView):
    """YAML, or JSON for who asks for it (``?format=json``)."""

    renderer_classes = RENDERERS

    @extend_schema(exclude=True)
    def get(self, request: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        return HttpResponse(told(renderer.format), content_type=renderer.media_type)


@cache
def told(name: str) -> bytes:
    """The description in a format of RENDERERS."""
    renderer = next(kind for kind in RENDERERS if kind.format == name)()
    text: bytes = renderer.render(schema())
    return text


@cache
def schema() -> Any:
    """The same for everybody: made once, it takes seconds."""
    return SchemaGenerator().get_schema(public=True)
