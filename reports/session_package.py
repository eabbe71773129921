"""Пакет на сесію: every paper of one act in one archive, handed out only when its figures agree.

Two things are proved on the finished files, not on the values they were made from. Each file says what its document
says, figure by figure. And the documents agree with one another: edition before + changes = new edition in every cell,
and the comparative table and the explanatory note add up to the same changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from budgets.models import Act
from budgets.money import ZERO
from reports.documents import amendment, amendment_texts, programme_measures
from reports.documents.base import Approval, Document, Kind, Role, Row, Table
from reports.documents.programme_layouts import KEY as MEASURES
from reports.renderers import FORMATS
from reports.renderers.archives import packed
from reports.renderers.read_back import FiguresDiffer, prove

_WORDS = ("docx", "pdf")
_TABLES = ("pdf", "xlsx", "docx")


@dataclass(frozen=True, slots=True)
class SessionPackage:
    """``proved`` is how many figures were read back from the files and found equal."""

    file_name: str
    content: bytes
    proved: int


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of one act, and the edition before it, to compare with."""

    decision: Document
    deltas: Document
    new_edition: Document
    comparison: Document
    note: Document
    edition_before: Document

    @property
    def files(self) -> tuple[tuple[str, Document, tuple[str, ...]], ...]:
        """Beginning of the file name, document, formats: in the order in which a session reads them."""
        return (
            ("1-rishennia", self.decision, _WORDS),
            ("2-dodatok-1-zminy", self.deltas, _TABLES),
            ("3-dodatok-2-nova-redaktsiia", self.new_edition, _TABLES),
            ("4-porivnialna-tablytsia", self.comparison, _TABLES),
            ("5-poiasniuvalna-zapyska", self.note, _TABLES),
        )


def papers(act: Act, *, layout: str | None = None) -> Papers:
    """Every document of the act from one reading of the programme. Raises RuleViolation as ``amendment`` does."""
    plan = amendment.plan_of(act)
    before = replace(plan, acts=plan.before(act))
    words = amendment_texts.reference(act)
    return Papers(
        decision=amendment_texts.decision(act, plan=plan),
        deltas=amendment.deltas(act, layout=layout, plan=plan, approval=_annex(1, words)),
        new_edition=programme_measures.of_plan(
            plan, act=act, layout=layout, approval=_annex(2, words)
        ),
        comparison=amendment.comparison(act, plan=plan),
        note=amendment_texts.note(act, plan=plan),
        edition_before=programme_measures.of_plan(before, layout=layout),
    )


def build(act: Act, *, layout: str | None = None) -> SessionPackage:
    """The archive of the act's papers. Raises FiguresDiffer instead of handing out files that disagree."""
    made = papers(act, layout=layout)
    if disagreements := list(disagreeing(made)):
        raise FiguresDiffer("Папери не сходяться: " + "; ".join(disagreements[:5]))
    entries, proved = [], 0
    for name, document, formats in made.files:
        for format_name in formats:
            format_ = FORMATS[format_name]
            content = format_.render(document)
            proved += prove(document, format_name, content)
            entries.append((f"{name}.{format_.extension}", content))
    stem = programme_measures.stem(amendment.plan_of(act), act)
    return SessionPackage(f"{act.programme.slug}-sesiia-{stem}.zip", packed(entries), proved)


def disagreeing(made: Papers) -> Iterator[str]:
    """Places where two papers of one act say different things."""
    yield from _editions(made)
    change = _programme_change(made)
    lines = _column(made.comparison.tables, "comparison", "amount_change")
    for words, told in (
        ("порівняльна таблиця", lines),
        ("порівняльна таблиця, роки", _column(made.comparison.tables, "years", "amount_change")),
        ("записка, роки", _column(made.note.tables, "years", "amount_change")),
        ("записка, фонди", _column(made.note.tables, "by-fund", "total")),
        ("записка, розпорядники", _column(made.note.tables, "by-unit", "total")),
        ("записка, обґрунтування", _column(made.note.tables, "reasons", "change")),
    ):
        if told != change:
            yield f"{words}: зміна {told}, за редакціями {change}"


def _editions(made: Papers) -> Iterator[str]:
    """Before + change = after, in every cell of the three tables of measures.

    Every row of a measure is compared. Of the rows that sum others those that a table may leave out (the total of a
    task with one measure) are compared where all three tables print them.
    """
    was, change, becomes = (
        _figures(document) for document in (made.edition_before, made.deltas, made.new_edition)
    )
    printed = [{row for row, _column in each} for each in (was, change, becomes)]
    for row, column in sorted({*was, *change, *becomes}):
        optional = row.startswith(("task-", "programme"))
        if optional and not all(row in rows for rows in printed):
            continue
        key = (row, column)
        expected = was.get(key, ZERO) + change.get(key, ZERO)
        if becomes.get(key, ZERO) != expected:
            yield f"{row}, {column}: нова редакція {becomes.get(key, ZERO)}, має бути {expected}"


def _figures(document: Document) -> Mapping[tuple[str, str], Decimal]:
    """Sums of money by row and column; amounts that change nothing are none."""
    table = _table(document)
    if table is None:
        return {}
    return {
        (row.key, column.key): value
        for row in table.rows
        for column in table.columns
        if column.kind is Kind.MONEY
        and (value := row.figure(column.key)) is not None
        and not row.cells[column.key].restated
    }


def _table(document: Document) -> Table | None:
    return next((table for table in document.tables if table.key == MEASURES), None)


def _programme_change(made: Papers) -> Decimal:
    """New edition − edition before, of all measures."""
    after, before = (_tops(_table(each)) for each in (made.new_edition, made.edition_before))
    return after - before


def _tops(table: Table | None) -> Decimal:
    """What the lines of a table come to: a measure with sub-measures repeats what they say."""
    if table is None:
        return ZERO
    repeated = {part for row in table.rows if row.role is Role.LINE for part in row.parts or ()}
    return _sum(row for row in table.rows if row.role is Role.LINE and row.key not in repeated)


def _annex(number: int, reference: str) -> Approval:
    return Approval((f"Додаток {number}", f"до рішення {reference}"))


def _sum(rows: Iterator[Row]) -> Decimal:
    return sum((row.figure("total") or ZERO for row in rows), ZERO)


def _column(tables: Iterator[Table], key: str, column: str) -> Decimal:
    """What a column of a table says in its total row; zero where the paper has no such table."""
    table = next((each for each in tables if each.key == key), None)
    row = table.row("total") if table is not None else None
    return (row.figure(column) if row is not None else None) or ZERO
