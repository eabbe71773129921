"""How often a person may ask: counted in the database cache, as sign-ins and downloads are."""

from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from rest_framework.throttling import BaseThrottle


class Limit(BaseThrottle):
    """Every request counts; one that builds documents counts with the downloads of the pages, too."""

    def allow_request(self, request: Any, view: Any) -> bool:
        limits = {"api": settings.API_LIMIT}
        if getattr(view, "is_heavy", False):
            limits["download"] = settings.DOWNLOAD_LIMIT
        return all(
            ratelimit.consume(
                request._request,
                app="accounts",
                action=action,
                config={action: limit},
                limit_get=True,
                user=request.user,
            )
            for action, limit in limits.items()
        )

    def wait(self) -> float:
        return 60.0
