"""What ``manage.py check`` says about the settings of accounts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from budgets.choices import Role


@register()
def second_factor_roles_exist(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    unknown = [role for role in settings.SECOND_FACTOR_ROLES if role not in Role.values]
    if not unknown:
        return []
    return [
        Error(
            f"EPROGRAM_SECOND_FACTOR_ROLES names unknown roles: {', '.join(unknown)}.",
            hint=f"Roles are {', '.join(Role.values)}.",
            id="accounts.E001",
        )
    ]
