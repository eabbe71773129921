"""What every page may ask about the person besides its own context."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from budgets import permissions
from budgets.permissions import Action


def rights(request: HttpRequest) -> dict[str, Any]:
    """Asked of the database only by a page that prints them."""
    return {
        "may_read_record": SimpleLazyObject(
            lambda: permissions.allows(request.user, Action.READ_RECORD)
        )
    }
