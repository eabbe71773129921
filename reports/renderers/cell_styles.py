"""Named styles of a workbook: one per kind of cell, so that a long table stays small in memory."""

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

from reports.documents.base import Kind, Unit

FACE = "Times New Roman"
SIZE = 10
SMALL_SIZE = 8

# Excel and LibreOffice show the separators of the reader's own country: «1 000 000,00» in Ukrainian.
NUMBER_FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.VALUE: "#,##0.00##",
    Kind.QUANTITY: "General",  # «#.####» would leave a comma behind a whole number
    Kind.PERCENT: "0.00",
    Kind.ORDINAL: "0",
    Kind.DATE: "dd.mm.yyyy",
    Kind.TEXT: "@",
}

# Kinds of cells; money also in thousands, changes of money and of quantities also with a sign.
_FIGURE_STYLES = (
    *((kind, Unit.HRYVNIA, False) for kind in Kind),
    *((Kind.MONEY, unit, True) for unit in Unit),
    (Kind.MONEY, Unit.THOUSAND, False),
    (Kind.QUANTITY, Unit.HRYVNIA, True),
)

_LINE = Side(style="thin", color="000000")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_UNDER = Border(bottom=_LINE)
_HEADER_FILL = PatternFill("solid", fgColor="F2F2F2")
_CENTERED = {Kind.ORDINAL, Kind.DATE}

TITLE, HEADING, TEXT, UNIT, NOTE = "d title", "d heading", "d words", "d unit", "d note"
HEADER, NUMBERS, GROUP = "d header", "d numbers", "d group"
FIELD, CAPTION, LINK, RIGHT = "d field", "d caption", "d link", "d right"


def body_style(kind: Kind, *, bold: bool, unit: Unit = Unit.HRYVNIA, signed: bool = False) -> str:
    marks = (bold and "bold", unit is Unit.THOUSAND and "thousand", signed and "signed")
    return " ".join(("d", kind.value, *(mark for mark in marks if mark)))


def number_format(kind: Kind, unit: Unit, *, signed: bool) -> str:
    """«#,##0.0####» for thousands; with an explicit sign for changes."""
    pattern = (
        "#,##0.0####" if kind is Kind.MONEY and unit is Unit.THOUSAND else NUMBER_FORMATS[kind]
    )
    return f'"+"{pattern};"−"{pattern};{pattern}' if signed else pattern


def add_to(workbook: Workbook) -> None:
    _set_standard_face(workbook)
    for style in (*_words(), *_bodies()):
        workbook.add_named_style(style)


def _set_standard_face(workbook: Workbook) -> None:
    """Column widths count digits of the face of the style «Normal»; openpyxl offers no setting for it."""
    face = Font(name=FACE, size=SIZE, family=1)
    workbook._fonts[0] = face  # type: ignore[attr-defined]
    workbook._named_styles["Normal"].font = face  # type: ignore[attr-defined]


def _bodies() -> list[NamedStyle]:
    return [
        _style(
            body_style(kind, bold=bold, unit=unit, signed=signed),
            bold=bold,
            horizontal=_horizontal(kind),
            border=_BOX,
            number_format=number_format(kind, unit, signed=signed)
            if kind is not Kind.TEXT
            else "General",
            wrap=not kind.is_figure,
        )
        for kind, unit, signed in _FIGURE_STYLES
        for bold in (False, True)
    ]


def _words() -> list[NamedStyle]:
    return [
        _style(TITLE, bold=True, size=13, horizontal="center", vertical="center"),
        _style(HEADING, bold=True),
        _style(TEXT),
        _style(UNIT, horizontal="right", wrap=False),
        _style(NOTE, size=SMALL_SIZE),
        _style(HEADER, horizontal="center", vertical="center", border=_BOX, fill=_HEADER_FILL),
        _style(NUMBERS, size=SMALL_SIZE, horizontal="center", border=_BOX, fill=_HEADER_FILL),
        _style(GROUP, bold=True, border=_BOX),
        _style(FIELD, bold=True, horizontal="center", vertical="bottom", border=_UNDER),
        _style(CAPTION, size=SMALL_SIZE, horizontal="center"),
        _style(LINK, color="0563C1", underlined=True),
        _style(RIGHT, bold=True, horizontal="right"),
    ]


def _horizontal(kind: Kind) -> str:
    if kind.is_figure:
        return "right"
    return "center" if kind in _CENTERED else "left"


def _style(
    name: str,
    *,
    bold: bool = False,
    size: int = SIZE,
    horizontal: str = "left",
    vertical: str = "top",
    border: Border | None = None,
    fill: PatternFill | None = None,
    number_format: str = "General",
    wrap: bool = True,
    color: str = "000000",
    underlined: bool = False,
) -> NamedStyle:
    return NamedStyle(
        name=name,
        font=Font(
            name=FACE, size=size, bold=bold, color=color, underline="single" if underlined else None
        ),
        alignment=Alignment(horizontal=horizontal, vertical=vertical, wrap_text=wrap),
        border=border or Border(),
        fill=fill or PatternFill(),
        number_format=number_format,
    )
