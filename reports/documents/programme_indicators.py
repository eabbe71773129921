"""Показники результативності програми (document 3 d): by kind, with the baseline and each planned year."""

from decimal import Decimal, InvalidOperation

from budgets.choices import Layout
from budgets.models import Programme, Stage
from indicators.choices import IndicatorKind
from indicators.models import ProgrammeIndicator
from reports.documents.base import Cell, Column, Document, Kind, Role, Row, Section, Source, Table
from reports.documents.form import text_column
from reports.documents.programme_measures import EDITION

KIND = "programme-indicators"
_PERIOD = "Значення показника"


def build(programme: Programme, *, layout: str | None = None) -> Document:
    """Only the columns that the programme fills: a city that plans no baseline prints none.

    A planned value is a number or words («Штатний розпис»). Raises nothing: a programme without indicators gets an
    empty table.
    """
    indicators = list(
        ProgrammeIndicator.objects.filter(programme=programme)
        .select_related("task", "measure")
        .prefetch_related("values")
    )
    stages = list(Stage.objects.filter(programme=programme))
    headed = Layout(layout or programme.layout) is not Layout.UNITS
    table = Table(
        "indicators",
        _columns(programme, indicators, stages if headed else []),
        tuple(_rows(indicators)),
        column_numbers=True,
    )
    return Document(
        kind=KIND,
        edition=EDITION,
        title=f"Показники результативності\n{programme.title}",
        file_stem=f"{programme.slug}-pokaznyky",
        meta={"programme": programme.slug},
        sections=(Section("1", "Показники результативності програми", (table,)),),
    )


def _columns(
    programme: Programme, indicators: list[ProgrammeIndicator], stages: list[Stage]
) -> tuple[Column, ...]:
    values = [value for each in indicators for value in each.values.all()]
    years = sorted({value.year for value in values if value.year is not None})
    shown = sorted({*years, *programme.years}) if years else []
    columns = [text_column("number", "№ з/п", 4)]
    if any(each.task_id for each in indicators):
        columns.append(text_column("task", "Завдання програми", 20))
    columns.append(text_column("title", "Назва показника", 34))
    columns.append(text_column("unit", "Одиниця виміру", 8))
    if any(each.baseline for each in indicators):
        columns.append(
            Column("baseline", ("Вихідні дані на початок дії програми",), Kind.QUANTITY, width=9)
        )
    if any(value.year is None for value in values):
        columns.append(Column("whole", (_PERIOD,), Kind.QUANTITY, width=10))
    for year in shown:
        stage = next((s for s in stages if s.year_from <= year <= s.year_to), None)
        heading = (f"{stage.label} етап", str(year)) if stage else (_PERIOD, str(year))
        columns.append(Column(str(year), heading, Kind.QUANTITY, width=7))
    if any(each.quality for each in indicators):
        columns.append(text_column("quality", "Якісний показник", 30))
    return tuple(columns)


def _rows(indicators: list[ProgrammeIndicator]) -> list[Row]:
    """Groups in the order of order 836; indicators without a kind first, without a heading."""
    rows: list[Row] = []
    for kind in ("", *IndicatorKind.values):
        own = [each for each in indicators if each.kind == kind]
        if kind and own:
            heading = f"Показники {IndicatorKind(kind).label}"
            rows.append(Row(f"group-{kind}", Role.GROUP, {"title": Cell(heading)}))
        rows += [_row(each) for each in own]
    return rows


def _row(indicator: ProgrammeIndicator) -> Row:
    cells = {
        "number": Cell(indicator.number),
        "task": Cell(str(indicator.task) if indicator.task else ""),
        "title": Cell(indicator.title),
        "unit": Cell(indicator.unit_of_measure),
        "baseline": Cell(_figure(indicator.baseline)),
        "quality": Cell(indicator.quality),
    }
    for value in indicator.values.all():
        key = "whole" if value.year is None else str(value.year)
        planned = value.number if value.number is not None else value.text
        source = Source("typed", "планове значення показника програми", (indicator.pk,))
        cells[key] = Cell(planned, source)
    return Row(f"indicator-{indicator.pk}", Role.LINE, cells)


def _figure(text: str) -> Decimal | str | None:
    """A baseline is kept as it was written; one that is a plain number prints as a number."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return text
