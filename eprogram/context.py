"""What every page may ask about the person besides its own context."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from budgets import permissions
from budgets.permissions import Action


def rights(request: HttpRequest) -> dict[str, Any]:
    """Communities whose record the person reads; asked of the database only by a page that prints it."""
    return {
        "record_communities": SimpleLazyObject(
            lambda: frozenset(
                permissions.communities_where(request.user, Action.READ_RECORD).values_list(
                    "pk", flat=True
                )
            )
        )
    }
