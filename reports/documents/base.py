"""The document as a frozen value: what every renderer prints and every check reads.

A builder fills it with raw values and says where each came from; it never formats. A renderer formats and
never queries. A check reads the declared rules of columns and cells and so works on any document,
whether built here or read from somebody's workbook.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | dt.date | None


class Kind(StrEnum):
    """How a column's values are to be read and printed."""

    TEXT = "text"
    ORDINAL = "ordinal"  # «№ з/п»: a whole number
    MONEY = "money"  # Decimal hryvnias, two decimals
    VALUE = "value"  # an indicator's Decimal, two to four decimals
    QUANTITY = "quantity"  # a Decimal of things, with as many decimals as it has, up to eight
    PERCENT = "percent"  # Decimal 0–100, two decimals; None where there is no percent
    DATE = "date"

    @property
    def is_figure(self) -> bool:
        return self in {Kind.MONEY, Kind.VALUE, Kind.QUANTITY, Kind.PERCENT}


class Unit(StrEnum):
    """What a money column counts in when printed. Cells always hold hryvnias."""

    HRYVNIA = "hryvnia"
    THOUSAND = "thousand"  # «тис. грн»: 1 850,00 prints 1,85; one to five decimals, never rounded


class Role(StrEnum):
    GROUP = "group"  # a heading inside the table: «Затрат»
    LINE = "line"
    SUBTOTAL = "subtotal"  # sums the lines above it up to the previous group or subtotal
    TOTAL = "total"  # sums all lines of the table


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure came from: ``kind`` with references a page can follow, and the same in words.

    Kinds: «passport» (an approved amount or value), «cash» (payments), «typed» (an actual value typed by a
    person), «indicator» (a figure of an indicator, however it came about; references: passport, root), «plan» (lines of acts; references: programme, measure, executor, year, fund, source), «computed».
    """

    kind: str
    text: str
    refs: tuple[int | str, ...] = ()


# Rules: how a figure follows from others. Checks verify them, working copies of workbooks carry them as
# live formulas.


@dataclass(frozen=True, slots=True)
class Plus:
    """The sum of other columns of the same row."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum of those other columns of the same row that hold a figure; empty where none does."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Minus:
    """left − right, columns of the same row."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class PercentOf:
    """part ÷ whole × 100, half up to two places; empty where the whole is zero. Columns of the same row."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class Quotient:
    """The same column of row ``numerator`` ÷ row ``denominator``, half up to two places; 0 for a zero divisor."""

    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """numerator ÷ denominator, columns of the same row, half up to four places; 0 for a zero divisor."""

    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class MeanRatio:
    """The mean of numerator ÷ denominator over those rows × factor, half up once to two places; not of rounded ratios."""

    numerator: str
    denominator: str
    rows: tuple[str, ...]
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Standalone:
    """No rule for this one cell: «усього» of a year that a document does not split by fund."""


ColumnRule = Plus | SumOf | Minus | PercentOf
CellRule = Quotient | Ratio | MeanRatio | Standalone


@dataclass(frozen=True, slots=True)
class Cell:
    """A raw value; ``rule`` overrides the column's rule for this one cell.

    A ``restated`` figure stands among changes and repeats an amount in force: it prints without a sign and
    enters no sum.
    """

    value: Value
    source: Source | None = None
    rule: CellRule | None = None
    restated: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """``heading`` is the path of captions from the top header row down; equal neighbours are merged.

    ``signed`` columns hold changes and print an explicit + or −.
    """

    key: str
    heading: tuple[str, ...]
    kind: Kind
    rule: ColumnRule | None = None
    width: int = 10  # relative to the other columns
    unit: Unit = Unit.HRYVNIA
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """``parts`` names the rows this one sums, where its role does not say it; empty parts are not in the table."""

    key: str
    role: Role
    cells: Mapping[str, Cell]
    parts: tuple[str, ...] | None = None

    def value(self, column: str) -> Value:
        cell = self.cells.get(column)
        return None if cell is None else cell.value

    def figure(self, column: str) -> Decimal | None:
        value = self.value(column)
        return value if isinstance(value, Decimal) else None


@dataclass(frozen=True, slots=True)
class Table:
    """``unit`` stands above the table («гривень»); ``column_numbers`` prints 1, 2, 3 … under the header."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit: str = ""
    column_numbers: bool = False
    caption: str = ""

    def row(self, key: str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    @property
    def lines(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.role is Role.LINE)


@dataclass(frozen=True, slots=True)
class Captioned:
    """A value with its statutory caption in small print below it."""

    value: str
    caption: str


@dataclass(frozen=True, slots=True)
class Fields:
    """One numbered line of the form head: «1. 0200000  Виконавчий комітет …  04053625»."""

    key: str
    items: tuple[Captioned, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; empty text prints an empty line to be filled."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """A sentence of the form with sums in it: «4. Обсяг … – 1 000 000,00 гривень, у тому числі …».

    ``parts`` alternate texts and Decimal hryvnias, printed in ``unit``.
    """

    key: str
    parts: tuple[str | Decimal, ...]
    unit: Unit = Unit.HRYVNIA


Block = Fields | Paragraph | Amounts | Table


@dataclass(frozen=True, slots=True)
class Section:
    number: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    position: str
    name: str
    heading: str = ""  # «ПОГОДЖЕНО»


@dataclass(frozen=True, slots=True)
class Approval:
    """The block in the upper right corner of a passport."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One statutory document. ``kind`` and ``edition`` name the form; ``meta`` identifies the copy."""

    kind: str
    edition: str
    title: str
    file_stem: str
    sections: tuple[Section, ...]
    meta: Mapping[str, str | int] = field(default_factory=dict)
    approval: Approval | None = None
    signatures: tuple[Signature, ...] = ()
    footnotes: tuple[str, ...] = ()
    landscape: bool = True
    draft_mark: str = ""  # «ПРОЄКТ» on what is not in force
    language: str = "uk"

    @property
    def tables(self) -> Iterator[Table]:
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield block

    def table(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)

    def section(self, number: str) -> Section:
        return next(section for section in self.sections if section.number == number)
