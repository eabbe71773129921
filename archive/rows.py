"""A row as one line of JSON: an array of plain values in the order of the columns, the same from every database."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models

from archive import contents
from archive.exceptions import ArchiveRefused

_CHUNK = 500


def lines(model: type[models.Model]) -> Iterator[bytes]:
    """Every row in the order of keys, a bounded number in memory."""
    found = model._base_manager.order_by("pk").values_list(*contents.columns(model))
    for row in found.iterator(chunk_size=_CHUNK):
        values = [_plain(value) for value in row]
        text = json.dumps(
            values,
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
            sort_keys=True,  # PostgreSQL keeps no order of its own in what a column of JSON holds
        )
        yield f"{text}\n".encode()


def _plain(value: Any) -> Any:
    """Microseconds and every decimal stay: digests are made of them."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    return value  # what JSON does not know (bytes, intervals) is refused by it, loudly


def load(model: type[models.Model], lines: Iterator[bytes]) -> int:
    """Write the lines as rows, past managers, signals and dates that fill themselves; how many."""
    fields = model._meta.local_concrete_fields
    size = max(1, min(_CHUNK, (connection.features.max_query_params or 30_000) // len(fields)))
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    into = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES "  # noqa: S608 - names of our own
    one = f"({', '.join(['%s'] * len(fields))})"
    count = 0
    with connection.cursor() as cursor:
        while batch := list(islice(lines, size)):
            values = [value for line in batch for value in _values(fields, line, model)]
            try:
                cursor.execute(into + ", ".join([one] * len(batch)), values)
            except (DatabaseError, ValueError, OverflowError) as error:
                raise ArchiveRefused(
                    f"{model._meta.label}, rows {count + 1}–{count + len(batch)}: {_first_line(error)}"
                ) from error
            count += len(batch)
    return count


def _values(
    fields: Sequence["models.Field[Any, Any]"], line: bytes, model: type[models.Model]
) -> Iterator[Any]:
    try:
        row = json.loads(line)
        if not isinstance(row, list) or len(row) != len(fields):
            raise ValueError("not a row of this table")
        for field, value in zip(fields, row, strict=True):
            yield field.get_db_prep_save(field.to_python(value), connection)
    except (ValueError, TypeError, ArithmeticError, RecursionError, ValidationError) as error:
        raise ArchiveRefused(f"{model._meta.label}: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
