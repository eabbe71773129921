"""What travels in an archive: every table of every installed app, but for those left out here with a reason."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

LEFT_OUT = {
    "sessions.Session": "people sign in again after a restore",
    "usersessions.UserSession": "the list of those sessions",
    "account.EmailConfirmation": "keys that confirm an address once",
    "reports.Job": "long work is asked for anew; its results are made from what travels",
    "socialaccount.SocialToken": "tokens of providers, which end with the session",
}
"""Models whose rows stay behind; a restore empties their tables."""

LEFT_OUT_TABLES = {
    "django_migrations": "the manifest names the migrations, and both sides must agree",
    "counters": "counted attempts and spent one-time codes: minutes old at most",
}
"""Tables without a model."""

SEEDED = {
    "contenttypes.ContentType",
    "auth.Permission",
    "budgets.EconomicCode",
    "indicators.EffectivenessScale",
}
"""What ``migrate`` itself fills: rows here do not make a system other than empty."""


def archived_models() -> Iterator[type[models.Model]]:
    """Models whose rows travel, tables of many-to-many links included."""
    for model in _tables():
        if model._meta.label not in LEFT_OUT:
            yield model


def emptied_models() -> Iterator[type[models.Model]]:
    """Models whose tables a restore empties first: all of them."""
    return _tables()


def left_out_folders() -> set[str]:
    """Folders of stored files that belong to rows which stay behind: what they hold stays, too."""
    return {
        str(field.upload_to).strip("/")
        for label in LEFT_OUT
        for field in apps.get_model(label)._meta.local_concrete_fields
        if isinstance(field, models.FileField)
    }


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def _tables() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy:
            yield model
