"""Ресурсне забезпечення програми (document 3 c): what each source pays by stage or by year, computed from lines."""

import datetime as dt
from collections.abc import Sequence

from budgets.choices import ActKind, Layout, PrintedLevel
from budgets.models import Act, Programme
from reports.documents import programme_measures, programme_plan, programme_printed
from reports.documents.base import Cell, Document, Paragraph, Role, Row, Section, Table
from reports.documents.form import text_column
from reports.documents.programme_columns import (
    FigureCells,
    FigureColumn,
    money_column,
    unit_words,
)
from reports.documents.programme_plan import Plan
from reports.documents.programme_tree import Items

KIND = "programme-resources"
# Wording of seeds 002 and 004.
_SUBJECT = "Обсяг коштів, які пропонується залучити на виконання програми"
_STAGES = "Етапи виконання програми"
_TOTAL = "Усього витрат на виконання програми"
_ALL = "Обсяг ресурсів, усього, у тому числі:"
_UNNAMED = "джерело не вказано"


def build(
    programme: Programme,
    *,
    as_of: dt.date | None = None,
    act: Act | None = None,
    layout: str | None = None,
) -> Document:
    """By stage in the layouts by year and by stage, by year (under its stage) in the others. Units: hryvnias."""
    plan = programme_plan.load(programme, as_of=as_of, act=act)
    chosen = Layout(layout or programme.layout)
    notes = tuple(Paragraph(key, text) for key, text in programme_measures.state(plan))
    sections = [
        Section("", "", notes),
        Section("1", "Ресурсне забезпечення", (_table(plan, chosen),)),
    ]
    if found := _printed_differences(plan):
        sections.append(programme_printed.section(plan, found, "2"))
    return Document(
        kind=KIND,
        edition=programme_measures.EDITION,
        title=f"Ресурсне забезпечення\n{programme.title}",
        file_stem=f"{programme.slug}-resursy-{programme_measures.stem(plan, act)}",
        meta=programme_measures.meta(plan, act),
        sections=tuple(sections),
        draft_mark="ПРОЄКТ" if act is not None and act.is_open else "",
    )


def _table(plan: Plan, layout: Layout) -> Table:
    items: Items = tuple(sorted(plan.figures(plan.acts).items()))
    columns = _columns(plan, items, layout)
    cells = FigureCells(plan, columns, plan.unknown)
    paid: dict[int, Items] = {
        source.pk: () for source in sorted(plan.sources.values(), key=lambda each: each.order)
    }
    for item in items:
        if item[1].amount is not None:
            key = plan.source_id(item[0])
            paid[key] = (*paid.get(key, ()), item)
    rows = [
        Row(
            f"source-{key}",
            Role.LINE,
            {"source": Cell(plan.sources[key].title if key else _UNNAMED), **cells.of(own)},
        )
        for key, own in paid.items()
    ]
    total = Row(
        "total",
        Role.TOTAL,
        {"source": Cell(_ALL), **cells.of(items)},
        tuple(row.key for row in rows),
    )
    return Table(
        "resources",
        (text_column("source", _SUBJECT, 30), *(each.column for each in columns)),
        (total, *rows),
        unit=unit_words(plan.programme),
        column_numbers=True,
    )


def _columns(plan: Plan, items: Items, layout: Layout) -> tuple[FigureColumn, ...]:
    years = sorted({*plan.programme.years, *(place.year for place, _figure in items)})
    by_stage = bool(plan.stages) and layout in {Layout.YEARS, Layout.STAGES}
    made = _by_stage(plan, years) if by_stage else _by_year(plan, years)
    totals = [each.column.key for each in made]
    total = money_column(plan.programme, "total", (_TOTAL,), sums=totals, width=12)
    return (*made, FigureColumn(total, frozenset(years)))


def _by_stage(plan: Plan, years: Sequence[int]) -> list[FigureColumn]:
    made, left = [], set(years)
    for number, stage in enumerate(plan.stages, start=1):
        own = left & set(range(stage.year_from, stage.year_to + 1))
        left -= own
        span = " – ".join(dict.fromkeys((str(stage.year_from), str(stage.year_to))))
        column = money_column(plan.programme, f"stage-{number}", (_STAGES, stage.label, span))
        made.append(FigureColumn(column, frozenset(own)))
    return made + [_of_year(plan, year, (_STAGES, "поза етапами")) for year in sorted(left)]


def _by_year(plan: Plan, years: Sequence[int]) -> list[FigureColumn]:
    made = []
    for year in years:
        stage = next((s for s in plan.stages if s.year_from <= year <= s.year_to), None)
        made.append(_of_year(plan, year, (_STAGES, stage.label) if stage else ()))
    return made


def _of_year(plan: Plan, year: int, heading: tuple[str, ...]) -> FigureColumn:
    column = money_column(plan.programme, str(year), (*heading, f"{year} рік"))
    return FigureColumn(column, frozenset([year]))


def _printed_differences(plan: Plan) -> list[programme_printed.Difference]:
    whole = [act for act in plan.acts if act.kind != ActKind.AMENDMENT]
    levels = (PrintedLevel.RESOURCE, PrintedLevel.STAGE)
    return programme_printed.differences(plan, whole[-1], levels) if whole else []
