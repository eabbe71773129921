"""A document as data: canonical JSON for programs, signatures and comparison.

Figures are strings with their exact decimals («638550.00»), dates are ISO 8601, keys stand in the order in
which the document declares them, so the same document always gives the same bytes. Money is always in hryvnias;
a column printed in thousands says so by its «unit».
"""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal

from reports.documents.base import (
    Amounts,
    Block,
    Column,
    Document,
    Fields,
    Paragraph,
    Row,
    Section,
    Table,
    Unit,
    Value,
)
from reports.renderers.figures import exact

Json = dict[str, object]


def render(document: Document) -> bytes:
    text = json.dumps(as_data(document), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode()


def as_data(document: Document) -> Json:
    """The document as JSON values."""
    return {
        "kind": document.kind,
        "edition": document.edition,
        "title": document.title,
        "language": document.language,
        "draft_mark": document.draft_mark,
        "meta": dict(document.meta),
        "approval": list(document.approval.lines) if document.approval else None,
        "sections": [_section(section) for section in document.sections],
        "signatures": [
            {"heading": item.heading, "position": item.position, "name": item.name}
            for item in document.signatures
        ],
        "footnotes": list(document.footnotes),
    }


def _section(section: Section) -> Json:
    return {
        "number": section.number,
        "title": section.title,
        "blocks": [_block(block) for block in section.blocks],
    }


def _block(block: Block) -> Json:
    match block:
        case Fields():
            items = [{"value": item.value, "caption": item.caption} for item in block.items]
            return {"type": "fields", "key": block.key, "items": items}
        case Paragraph():
            return {"type": "paragraph", "key": block.key, "text": block.text}
        case Amounts():
            return {
                "type": "amounts",
                "key": block.key,
                "parts": [_part(part) for part in block.parts],
            }
        case Table():
            return {"type": "table", **_table(block)}


def _part(part: str | Decimal) -> object:
    return {"amount": exact(part)} if isinstance(part, Decimal) else part


def _table(table: Table) -> Json:
    return {
        "key": table.key,
        "caption": table.caption,
        "unit": table.unit,
        "columns": [_column(column) for column in table.columns],
        "rows": [dict(_row(table, row)) for row in table.rows],
    }


def _column(column: Column) -> Json:
    data: Json = {"key": column.key, "heading": list(column.heading), "kind": column.kind.value}
    return data if column.unit is Unit.HRYVNIA else data | {"unit": column.unit.value}


def _row(table: Table, row: Row) -> Iterator[tuple[str, object]]:
    """Cells and sources in the order of the columns; a cell the row does not have is left out."""
    keys = [column.key for column in table.columns if column.key in row.cells]
    yield "key", row.key
    yield "role", row.role.value
    yield "cells", {key: _value(row.cells[key].value) for key in keys}
    sources = {
        key: {"kind": source.kind, "text": source.text}
        for key in keys
        if (source := row.cells[key].source) is not None
    }
    if sources:
        yield "sources", sources
    if restated := [key for key in keys if row.cells[key].restated]:
        yield "restated", restated


def _value(value: Value) -> str | int | None:
    if isinstance(value, Decimal):
        return exact(value)
    return value.isoformat() if isinstance(value, dt.date) else value
