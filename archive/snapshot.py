"""One moment of the database, read while people go on working."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read within is of one moment, and nobody waits for it.

    SQLite: a read transaction (the settings' IMMEDIATE ones would keep writers out), its moment fixed by a first read; the
    write-ahead log keeps that moment. PostgreSQL: REPEATABLE READ.
    """
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # type: ignore[attr-defined]
        try:
            with transaction.atomic(durable=True):
                migrations()
                yield
        finally:
            connection.transaction_mode = usual  # type: ignore[attr-defined]
        return
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        migrations()
        yield


def migrations() -> list[tuple[str, str]]:
    """The migrations this database has been through."""
    return sorted(MigrationRecorder(connection).applied_migrations())
