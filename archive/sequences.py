"""The last key each table has given out: a key is not given twice, not even after its row was removed, so that the record stays unambiguous."""

from django.db import connection, models


def last_key(model: type[models.Model]) -> int:
    """0 where the table gives out no keys or has given none."""
    if _column(model) is None:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [_table(model)])
            found = cursor.fetchone()
            return int(found[0]) if found else 0
        cursor.execute(f"SELECT last_value, is_called FROM {_sequence(model)}")  # noqa: S608 - its own name
        last, is_called = cursor.fetchone()
        return int(last) if is_called else 0


def go_on_after(model: type[models.Model], last: int) -> None:
    """The next key of the table is above ``last`` and above every key in it."""
    if _column(model) is None:
        return
    highest = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
    last = max(last, highest)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [_table(model)])
            if last:
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [_table(model), last])
        else:
            cursor.execute(
                "SELECT setval(%s::regclass, %s, %s)", [_sequence(model), max(last, 1), last > 0]
            )


def _column(model: type[models.Model]) -> str | None:
    own = (f.column for f in model._meta.local_concrete_fields if isinstance(f, models.AutoField))
    return next(own, None)


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def _sequence(model: type[models.Model]) -> str:
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(_table(model))
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, _column(model)])
        name: str = cursor.fetchone()[0]
        return name
