"""Паспорт програми (document 3 a) with its links to the development strategy (3 e): the city's own rows and order."""

import datetime as dt

from budgets.models import Act, PassportItem, Programme, StrategyLink
from budgets.money import ZERO
from reports.documents import programme_measures, programme_plan
from reports.documents.base import Amounts, Cell, Document, Paragraph, Role, Row, Section, Table
from reports.documents.form import text_column
from reports.documents.programme_columns import unit_of, unit_words

KIND = "programme-passport"


def build(
    programme: Programme, *, as_of: dt.date | None = None, act: Act | None = None
) -> Document:
    """Rows as the programme words them; below them the volume that its lines come to on the day. Units: hryvnias."""
    plan = programme_plan.load(programme, as_of=as_of, act=act)
    figures = plan.figures(plan.acts).values()
    amounts = [figure.amount for figure in figures if figure.amount is not None]
    volume: list[Paragraph | Amounts] = [
        Paragraph(key, text) for key, text in programme_measures.state(plan)
    ]
    if amounts:
        label = "Обсяг фінансування за рядками програми:"
        parts = (label, sum(amounts, ZERO), f"{unit_words(programme)}.")
        volume.append(Amounts("volume", parts, unit_of(programme)))
    sections = [
        Section("1", "Паспорт програми", (_items(programme),)),
        Section("2", "Чинність і обсяг", tuple(volume)),
    ]
    if links := list(StrategyLink.objects.filter(programme=programme)):
        sections.append(Section("3", "Зв’язок зі стратегією розвитку", (_links(links),)))
    return Document(
        kind=KIND,
        edition=programme_measures.EDITION,
        title=f"Паспорт\n{programme.title}",
        file_stem=f"{programme.slug}-pasport-{programme_measures.stem(plan, act)}",
        meta=programme_measures.meta(plan, act),
        sections=tuple(sections),
        landscape=False,
        draft_mark="ПРОЄКТ" if act is not None and act.is_open else "",
    )


def _items(programme: Programme) -> Table:
    rows = tuple(
        Row(
            f"item-{item.pk}",
            Role.LINE,
            {
                "number": Cell(item.number),
                "label": Cell(item.label),
                "value": Cell(item.value),
            },
        )
        for item in PassportItem.objects.filter(programme=programme)
    )
    columns = (
        text_column("number", "№ з/п", 6),
        text_column("label", "Назва", 34),
        text_column("value", "Зміст", 60),
    )
    return Table("passport", columns, rows)


def _links(links: list[StrategyLink]) -> Table:
    rows = tuple(
        Row(
            f"link-{link.pk}",
            Role.LINE,
            {
                "item": Cell(link.item),
                "priority": Cell(link.priority),
                "goal": Cell(link.goal),
                "task": Cell(link.task),
            },
        )
        for link in links
    )
    columns = (
        text_column("item", "Пріоритети, напрями або завдання програми", 30),
        text_column("priority", "Пріоритет", 16),
        text_column("goal", "Стратегічна ціль", 26),
        text_column("task", "Завдання", 28),
    )
    return Table("strategy", columns, rows)
