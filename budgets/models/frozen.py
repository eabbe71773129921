"""Database triggers that keep frozen rows frozen on every path: page, admin, bulk update and raw SQL.

A model says what freezes it:

- ``frozen_when``: an SQL condition over ``{row}``; while it holds, the row can be neither changed nor
  deleted, and no row for which it holds can be added, except that a row may become frozen by an update
  of its own (a draft revision is approved).
- ``frozen_columns``: columns that never change after the row was written; the row cannot be deleted.
  With ``closed_when``, an SQL condition over ``{row}``, rows for which it holds are neither added nor changed at all.
- ``kept_columns`` with ``kept_while``, an SQL condition over ``{row}``, beside ``frozen_when``: columns that do not
  change while the condition holds before and after the update.

On PostgreSQL such a table cannot be truncated either. On SQLite ``INSERT OR REPLACE`` meets the delete trigger only while
``recursive_triggers`` is on, as on every connection of the application; other programs meet a trigger against rows with a
key that a frozen row has.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models

_MESSAGE = "frozen: approved or recorded rows of {table} do not change"


def install_triggers(using: str = "default", **_kwargs: Any) -> None:
    """Make the triggers of every model that asks for them; may be repeated."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in frozen_models():
            if model._meta.db_table in existing:
                for statement in _statements(model, connection.vendor):
                    cursor.execute(statement)


def frozen_models() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if hasattr(model, "frozen_when") or hasattr(model, "frozen_columns"):
            yield model


def trigger_names(model: type[models.Model], vendor: str) -> set[str]:
    """What install_triggers makes for the model on that kind of database."""
    table = model._meta.db_table
    return {f"{table}_frozen_{event.lower()}" for event, _condition in _rules(model, vendor)}


def drop_triggers(using: str = "default") -> None:
    """Take the triggers off, for a full restore into an emptied system; install_triggers puts them back."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in frozen_models():
            table = model._meta.db_table
            for event, _condition in _rules(model, connection.vendor):
                on_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_frozen_{event.lower()}"{on_table}')


def _rules(model: type[models.Model], vendor: str) -> list[tuple[str, str]]:
    """(event, condition under which it is refused) for each trigger of the model on that kind of database."""
    rules = _everywhere(model)
    if vendor == "postgresql":
        return rules
    table, key = model._meta.db_table, model._meta.pk.column
    stands = dict(rules)["DELETE"].replace("OLD.", "x.")
    replaced = f'EXISTS (SELECT 1 FROM "{table}" x WHERE x."{key}" = NEW."{key}" AND ({stands}))'  # noqa: S608
    inserted = [condition for event, condition in rules if event == "INSERT"]
    kept = [rule for rule in rules if rule[0] not in {"INSERT", "TRUNCATE"}]
    return [("INSERT", " OR ".join([*inserted, replaced])), *kept]


def _everywhere(model: type[models.Model]) -> list[tuple[str, str]]:
    if hasattr(model, "frozen_columns"):
        changed = _changed(model.frozen_columns)
        closed = getattr(model, "closed_when", "")
        return [
            *([("INSERT", closed.format(row="NEW"))] if closed else []),
            ("UPDATE", f"{changed} OR {closed.format(row='OLD')}" if closed else changed),
            ("DELETE", "TRUE"),
            ("TRUNCATE", "TRUE"),
        ]
    condition: str = model.frozen_when  # type: ignore[attr-defined]
    old, new = condition.format(row="OLD"), condition.format(row="NEW")
    kept = ""
    if hasattr(model, "kept_columns"):
        held = model.kept_while  # type: ignore[attr-defined]
        both = f"{held.format(row='OLD')} AND {held.format(row='NEW')}"
        kept = f" OR ({both} AND ({_changed(model.kept_columns)}))"
    if "EXISTS" in condition:  # a child of what is frozen: it can neither leave nor enter
        return [
            ("INSERT", new),
            ("UPDATE", f"{old} OR {new}{kept}"),
            ("DELETE", old),
            ("TRUNCATE", "TRUE"),
        ]
    return [("INSERT", new), ("UPDATE", f"{old}{kept}"), ("DELETE", old), ("TRUNCATE", "TRUE")]


def _changed(columns: Iterable[str]) -> str:
    return " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)


def _statements(model: type[models.Model], vendor: str) -> Iterator[str]:
    table = model._meta.db_table
    message = _MESSAGE.format(table=table)
    for event, condition in _rules(model, vendor):
        name = f"{table}_frozen_{event.lower()}"
        if vendor == "postgresql":
            yield from _postgresql(table, name, event, condition, message)
        else:
            yield f'DROP TRIGGER IF EXISTS "{name}"'
            yield (
                f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW WHEN '
                f"{condition.replace('IS DISTINCT FROM', 'IS NOT')} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )


def _postgresql(table: str, name: str, event: str, condition: str, message: str) -> Iterator[str]:
    result = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(event, "NEW")
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    yield (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
        f" IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = '23000'; END IF;"
        f" RETURN {result}; END $$"
    )
    yield f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
    yield (
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH {each} EXECUTE FUNCTION "{name}"()'
    )
