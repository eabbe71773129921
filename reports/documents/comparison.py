"""What differs between two editions of one document, row by row. Works on any two documents of a kind."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.documents.base import (
    Amounts,
    Cell,
    Column,
    Document,
    Fields,
    Kind,
    Paragraph,
    Row,
    Table,
    Value,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One value that was and became; ``column`` is None for running text."""

    column: Column | None
    was: Value
    became: Value


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that changed; ``kind`` is «added», «removed» or «changed»."""

    kind: str
    label: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class SectionChange:
    number: str
    title: str
    rows: tuple[RowChange, ...]


def compare(old: Document, new: Document) -> list[SectionChange]:
    """Sections with differences, in the order of the newer document, then approval and signatures.

    Rows are matched by their keys, lists of texts by their words; a mere change of a row's number is no difference.
    """
    found = []
    for section in new.sections:
        before = {block.key: block for block in old.section(section.number).blocks}
        rows: list[RowChange] = []
        for block in section.blocks:
            match (before.get(block.key), block):
                case (Table() as was, Table() as became):
                    rows.extend(_table_changes(was, became))
                case (Paragraph(text=was), Paragraph(text=became)) if was != became:
                    rows.append(RowChange("changed", "", (Change(None, was, became),)))
                case (Fields(items=was), Fields(items=became)) if was != became:
                    words = [" ".join(item.value for item in items) for items in (was, became)]
                    rows.append(RowChange("changed", "", (Change(None, *words),)))
                case (Amounts(), _):
                    pass  # sums of section 9, shown there
        if rows:
            found.append(SectionChange(section.number, section.title, tuple(rows)))
    if people := tuple(_text_changes(_people(old), _people(new))):
        found.append(SectionChange("", "Затвердження і підписи", people))
    return found


def _people(document: Document) -> list[str]:
    """Who approves and signs; dates and numbers of orders differ by nature and stand beside the revisions."""
    signers = [f"{signer.position} {signer.name}".strip() for signer in document.signatures]
    return [document.approval.lines[-1], *signers] if document.approval else signers


def _text_changes(was: list[str], became: list[str]) -> Iterator[RowChange]:
    for text in became:
        if text not in was:
            yield RowChange("added", "", (Change(None, None, text),))
    for text in was:
        if text not in became:
            yield RowChange("removed", "", (Change(None, text, None),))


def _table_changes(old: Table, new: Table) -> Iterator[RowChange]:
    text = _only_text(new)
    if text is not None:
        words = [[str(row.value(text.key)) for row in table.rows] for table in (old, new)]
        yield from _text_changes(*words)
        return
    before, after = {row.key: row for row in old.rows}, {row.key: row for row in new.rows}
    for key, row in after.items():
        if key not in before:
            yield RowChange("added", _label(new, row), tuple(_values(new, None, row)))
        elif changes := tuple(_values(new, before[key], row)):
            yield RowChange("changed", _label(new, row), changes)
    for key, row in before.items():
        if key not in after:
            yield RowChange("removed", _label(old, row), tuple(_values(old, row, None)))


def _only_text(table: Table) -> Column | None:
    """The one column of a numbered list of texts, where the table is such a list."""
    texts = [column for column in table.columns if column.kind is not Kind.ORDINAL]
    return texts[0] if len(texts) == 1 and texts[0].kind is Kind.TEXT else None


def _values(table: Table, old: Row | None, new: Row | None) -> Iterator[Change]:
    for column in table.columns:
        if column.kind is Kind.ORDINAL:
            continue
        was = old.cells.get(column.key, Cell(None)).value if old else None
        became = new.cells.get(column.key, Cell(None)).value if new else None
        if was != became:
            yield Change(column, was, became)


def _label(table: Table, row: Row) -> str:
    parts = [row.value(column.key) for column in table.columns[:2]]
    return ". ".join(str(part) for part in parts if part is not None)
