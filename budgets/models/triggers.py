"""When triggers are there: always, but while ``migrate`` rebuilds tables on SQLite and until the last migration is in.

SQLite refuses to rename a rebuilt table while a trigger elsewhere names it, so they step aside before migrations. After an
interrupted ``migrate`` they are missing until it is run to its end.
"""

from typing import Any

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate, pre_migrate

from budgets.models import frozen, recording


def connect(sender: Any) -> None:
    """Follow ``migrate``; ``sender`` is the app whose signal counts, so that this happens once."""
    pre_migrate.connect(step_aside, sender=sender, dispatch_uid="budgets.triggers.before")
    post_migrate.connect(install, dispatch_uid="budgets.triggers.after")


def step_aside(using: str = "default", **_kwargs: Any) -> None:
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            " AND (name LIKE '%\\_frozen\\_%' ESCAPE '\\' OR name LIKE '%\\_recorded\\_%' ESCAPE '\\')"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def install(using: str = "default", **_kwargs: Any) -> None:
    """Make all triggers, once every migration is in."""
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    frozen.install_triggers(using)
    recording.install_triggers(using)
