"""Files among the answers."""

from typing import Any

from rest_framework.renderers import BaseRenderer


class AnyFile(BaseRenderer):
    """A file is what its address says, whatever ``Accept`` says. Views hand the bytes out themselves."""

    media_type = "*/*"
    format = "file"

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        raise NotImplementedError
