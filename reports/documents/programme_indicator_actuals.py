"""Виконання показників програми: plan, actual value and deviation of each indicator by year, explanations and doubts.

Years are rows: a programme of any length prints on the same nine columns.
"""

from collections.abc import Iterator

from budgets.models import Programme
from indicators.choices import IndicatorKind
from indicators.programme_figures import IndicatorYears, YearFigures, programme_figures
from indicators.yearly import PlannedValue
from reports.documents.base import (
    Cell,
    Column,
    Document,
    Kind,
    Minus,
    Quotient,
    Role,
    Row,
    Section,
    Source,
    Table,
    Value,
)
from reports.documents.form import text_column
from reports.documents.programme_measures import EDITION

KIND = "programme-indicator-actuals"
_COLUMNS = (
    text_column("number", "№ з/п", 4),
    text_column("title", "Назва показника", 30),
    text_column("unit", "Одиниця виміру", 8),
    text_column("year", "Рік", 6),
    Column("plan", ("План",), Kind.QUANTITY, width=10),
    Column("actual", ("Факт",), Kind.QUANTITY, width=10),
    Column("deviation", ("Відхилення",), Kind.QUANTITY, Minus("actual", "plan"), width=10),
    text_column("explanation", "Пояснення", 26),
    text_column("doubts", "Зауваження", 18),
)


def build(programme: Programme) -> Document:
    """Years that have a planned or an actual value. Raises nothing: a programme without indicators gets an empty table."""
    items = programme_figures(programme)
    table = Table("actuals", _COLUMNS, tuple(_rows(items)), column_numbers=True)
    return Document(
        kind=KIND,
        edition=EDITION,
        title=f"Виконання показників результативності\n{programme.title}",
        file_stem=f"{programme.slug}-vykonannia-pokaznykiv",
        meta={"programme": programme.slug},
        sections=(Section("1", "План і факт показників програми за роками", (table,)),),
    )


def _rows(items: list[IndicatorYears]) -> Iterator[Row]:
    """Groups in the order of order 836; indicators without a kind first, without a heading."""
    for kind in ("", *IndicatorKind.values):
        own = [item for item in items if item.indicator.kind == kind]
        if kind and own:
            heading = f"Показники {IndicatorKind(kind).label}"
            yield Row(f"group-{kind}", Role.GROUP, {"title": Cell(heading)})
        for item in own:
            known = [one for one in item.periods if not _is_blank(one)] or list(item.periods[:1])
            for figures in known:
                yield _row(item, figures, known)


def _is_blank(figures: YearFigures) -> bool:
    return figures.planned.is_empty and figures.actual.is_empty and not figures.explanation


def _row(item: IndicatorYears, figures: YearFigures, shown: list[YearFigures]) -> Row:
    """The words of an indicator stand in its first row."""
    indicator, is_first = item.indicator, figures is shown[0]
    cells = {
        "number": Cell(item.number if is_first else ""),
        "title": Cell(indicator.title if is_first else ""),
        "unit": Cell(indicator.unit_of_measure if is_first else ""),
        "year": Cell("увесь строк" if figures.year is None else str(figures.year)),
        "plan": Cell(_value(figures.planned), Source("typed", "планове значення показника програми", (indicator.pk,))),
        "actual": _actual(item, figures),
        "deviation": Cell(figures.deviation),
        "explanation": Cell(figures.explanation),
        "doubts": Cell(" ".join(doubt.message for doubt in figures.doubts)),
    }  # fmt: skip
    return Row(_key(indicator.pk, figures), Role.LINE, cells)


def _actual(item: IndicatorYears, figures: YearFigures) -> Cell:
    indicator, value = item.indicator, _value(figures.actual)
    if item.parts and value is not None:
        top, bottom = (_key(part.indicator.pk, figures) for part in item.parts)
        return Cell(value, Source("computed", f"частка {item.formula}"), Quotient(top, bottom))
    if indicator.is_money:
        return Cell(value, Source("computed", "касові видатки на захід, завдання чи програму"))
    return Cell(value, Source("typed", "фактичне значення показника програми", (indicator.pk,)))


def _key(pk: int, figures: YearFigures) -> str:
    return f"indicator-{pk}-{figures.period}"


def _value(value: PlannedValue) -> Value:
    return value.text or None if value.number is None else value.number
