"""Database triggers that write down every change of every row of the domain: page, admin, bulk update and raw SQL.

They write to ``Change``; the service adds who and why. Accounts are watched too, without secrets; the record itself,
the sessions, Django's own bookkeeping and models that say ``is_recorded = False`` are not.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connections, models

from budgets.models.record import ChainHead, Change, Event

_APPS = ("budgets", "indicators", "reports", "accounts")
_UNSEEN = {Event, Change, ChainHead}
_SECRET = {
    "auth_user": ("last_login", "password"),
    "accounts_apitoken": ("digest", "password_digest", "last_used_on"),
    "accounts_invitation": ("email", "person_code", "token_digest"),
    "reports_sampleauthority": ("kept",),
    "reports_issuedsignature": ("tax_number",),
    "reports_issuedreport": ("payload",),  # no secret, but long; its digest is written down
}
_FUNCTION = "eprogram_record"
_COLUMNS = '("transaction", table_name, row_id, operation, before, after)'


def recorded_models() -> Iterator[type[models.Model]]:
    """Models whose rows are watched, tables of many-to-many links included."""
    for label in _APPS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            if model not in _UNSEEN and getattr(model, "is_recorded", True):
                yield model
    yield User


def columns(model: type[models.Model]) -> list[str]:
    """Columns that are written down."""
    secret = _SECRET.get(model._meta.db_table, ())
    names = [str(field.column) for field in model._meta.concrete_fields]
    return [name for name in names if name not in secret]


def install_triggers(using: str = "default", **_kwargs: Any) -> None:
    """Make the triggers; may be repeated."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    if Change._meta.db_table not in existing:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
        for model in recorded_models():
            if model._meta.db_table in existing:
                for statement in _statements(model, connection.vendor):
                    cursor.execute(statement)


def drop_triggers(using: str = "default") -> None:
    """Take the triggers off, for a full restore into an emptied system."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in recorded_models():
            table = model._meta.db_table
            on_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            for name in _names(table, connection.vendor):
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on_table}')


def _names(table: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [f"{table}_recorded"]
    return [f"{table}_recorded_{event}" for event in ("insert", "update", "delete")]


_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was jsonb; becomes jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD) - COALESCE(TG_ARGV, '{{}}'); END IF;
    IF TG_OP <> 'DELETE' THEN becomes := to_jsonb(NEW) - COALESCE(TG_ARGV, '{{}}'); END IF;
    IF was IS DISTINCT FROM becomes THEN
        INSERT INTO budgets_change {_COLUMNS}
        VALUES (txid_current(), TG_TABLE_NAME, (COALESCE(becomes, was)->>'id')::bigint, TG_OP, was::text, becomes::text);
    END IF;
    RETURN NULL;
END $$
"""  # noqa: S608 - names of our own


def _statements(model: type[models.Model], vendor: str) -> Iterator[str]:
    table = model._meta.db_table
    if vendor == "postgresql":
        (name,) = _names(table, vendor)
        secrets = ", ".join(f"'{column}'" for column in _SECRET.get(table, ()))
        yield f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
        yield (
            f'CREATE TRIGGER "{name}" AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}({secrets})"
        )
        return
    was, becomes = (_json(model, row) for row in ("OLD", "NEW"))
    differs = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in columns(model))
    for trigger, event, row, before, after, condition in zip(
        _names(table, vendor),
        ("INSERT", "UPDATE", "DELETE"),
        ("NEW", "NEW", "OLD"),
        ("NULL", was, was),
        (becomes, becomes, "NULL"),
        ("1", differs, "1"),
        strict=True,
    ):
        yield f'DROP TRIGGER IF EXISTS "{trigger}"'
        values = f"0, '{table}', {row}.id, '{event}', {before}, {after}"
        write = f"INSERT INTO budgets_change {_COLUMNS} VALUES ({values})"  # noqa: S608 - names of our own
        yield (
            f'CREATE TRIGGER "{trigger}" AFTER {event} ON "{table}" FOR EACH ROW WHEN {condition} '
            f"BEGIN {write}; END"
        )


def _json(model: type[models.Model], row: str) -> str:
    pairs = ", ".join(f"'{name}', {row}.\"{name}\"" for name in columns(model))
    return f"json_object({pairs})"
