"""The API described as OpenAPI 3, for programs."""

from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.views import SpectacularAPIView

from budgets.permissions import Action


class Description(SpectacularAPIView):
    """YAML, or JSON for who asks for it (``?format=json``)."""

    renderer_classes = [OpenApiYamlRenderer2, OpenApiJsonRenderer2]

    def needed(self) -> tuple[Action, ...]:
        return ()
