"""A small target programme made through the models: two units, a task of two measures, sub-measures, two sources."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from budgets.choices import ActKind, ActStatus, LineKind
from budgets.models import (
    Act,
    BudgetLine,
    Community,
    Direction,
    Executor,
    FundingSource,
    Measure,
    MeasureText,
    PrintedFigure,
    Programme,
    Stage,
    Task,
)

_slugs = count(1)
# measure, year, fund, amount in hryvnias, quantity; an amount of None is a quantity without money
LineOf = tuple[str, int, str, str | None] | tuple[str, int, str, str | None, str]


@dataclass
class Town:
    """Rows by short names; ``act`` writes an act with its lines and puts it in force."""

    programme: Programme
    units: dict[str, Executor] = field(default_factory=dict)
    sources: dict[str, FundingSource] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)

    def act(
        self,
        *lines: LineOf,
        on: dt.date | None = None,
        kind: str = ActKind.AMENDMENT,
        number: str = "",
        texts: dict[str, dict[str, object]] | None = None,
        restated: Iterable[LineOf] = (),
        unit: str = "",
        source: str = "local",
        reason: str = "за розрахунком",
        lines_known: bool = True,
        title: str = "",
    ) -> Act:
        """In force from the day ``on``; a draft without it."""
        act = Act.objects.create(
            programme=self.programme,
            kind=kind,
            number=number,
            date=on,
            organ="Міська рада",
            title=title,
            lines_known=lines_known,
        )
        for line_kind, rows in ((LineKind.DELTA, lines), (LineKind.RESTATED, restated)):
            for name, year, fund, amount, *quantity in rows:
                BudgetLine.objects.create(
                    act=act,
                    measure=self.measures[name],
                    executor=self.units[unit] if unit else None,
                    year=year,
                    fund=fund,
                    source=self.sources[source] if source else None,
                    amount=None if amount is None else Decimal(amount),
                    quantity=Decimal(quantity[0]) if quantity else None,
                    kind=line_kind,
                    reason=reason,
                )
        for name, words in (texts or {}).items():
            MeasureText.objects.create(act=act, measure=self.measures[name], **words)
        if on is not None:
            adopt(act, on)
        return act


def adopt(act: Act, on: dt.date) -> None:
    act.status, act.in_force_from, act.date = ActStatus.ADOPTED, on, act.date or on
    act.adopted_at = dt.datetime.combine(on, dt.time(), dt.UTC)
    act.save()


def town(**changed: object) -> Town:
    """The tree alone, with the words of its measures; nothing is planned yet."""
    community, _new = Community.objects.get_or_create(
        name="Мала громада", region="Київська область"
    )
    programme = Programme.objects.create(
        **{
            "community": community,
            "slug": f"mala-prohrama-{next(_slugs)}",
            "title": "Програма інформатизації Малої громади на 2024-2026 роки",
            "short_title": "Інформатизація",
            "year_from": 2024,
            "year_to": 2026,
            "layout": "units",
            **changed,
        }
    )
    made = Town(programme)
    for order, (key, title) in enumerate(
        (("local", "Міський бюджет"), ("state", "Державний бюджет")), 1
    ):
        made.sources[key] = FundingSource.objects.create(
            programme=programme, order=order, title=title
        )
    for order, (key, number, name) in enumerate(
        (("council", "", "Виконавчий комітет"), ("school", "2", "Управління освіти")), 1
    ):
        made.units[key] = Executor.objects.create(
            programme=programme, order=order, number=number, name=name,
            total_label="Разом по завданню:" if number else "Всього:",
        )  # fmt: skip
    direction = Direction.objects.create(
        programme=programme, order=1, number="1", title="Доступність"
    )
    council = made.units["council"]
    for order, (key, title) in enumerate((("1", "Техніка"), ("2", "Зв’язок")), 1):
        made.tasks[key] = Task.objects.create(
            programme=programme, order=order, number=key, title=title, direction=direction, executor=council
        )  # fmt: skip
    for order, (name, task, parent) in enumerate(
        (
            ("1.1", "1", ""),
            ("1.2", "1", ""),
            ("1.2.1", "1", "1.2"),
            ("1.2.2", "1", "1.2"),
            ("2.1", "2", ""),
        ),
        1,
    ):
        made.measures[name] = Measure.objects.create(
            programme=programme, order=order, number=name, task=made.tasks[task], quantity_unit="шт.",
            parent=made.measures[parent] if parent else None,
        )  # fmt: skip
    made.measures["3.1"] = Measure.objects.create(
        programme=programme, order=6, number="3.1", executor=made.units["school"], direction=direction,
        quantity_unit="шт.",
    )  # fmt: skip
    Stage.objects.create(programme=programme, order=1, label="I", year_from=2024, year_to=2025)
    Stage.objects.create(programme=programme, order=2, label="II", year_from=2026, year_to=2026)
    return made


TITLES = {
    "1.1": "Персональні комп’ютери",
    "1.2": "Модернізація",
    "1.2.1": "Відеокарти",
    "1.2.2": "Диски",
    "2.1": "Оплата послуг Інтернет",
    "3.1": "Ноутбуки для шкіл",
}
INITIAL: tuple[LineOf, ...] = (
    ("1.1", 2024, "special", "46000.00", "2"),
    ("1.1", 2025, "special", "23000.50", "1"),
    ("1.2.1", 2024, "general", "1850.00", "4"),
    ("1.2.2", 2024, "special", "20000.00", "2"),
    ("1.2.2", 2026, "general", "24000.00"),
    ("2.1", 2024, "general", "76900.00", "1"),
    ("2.1", 2025, "general", "0.00", "1"),
    ("3.1", 2025, "", "15500.00", "1"),
)
APPROVED_ON = dt.date(2024, 1, 31)


def approved_town(**changed: object) -> Town:
    """The programme approved on 31.01.2024: 207 250,50 in all."""
    made = town(**changed)
    texts: dict[str, dict[str, object]] = {
        name: {
            "title": title,
            "term": "2024-2026",
            "executors_text": "- Відділ ІТ\n- Бухгалтерія",
            "sources_text": "Міський бюджет",
            "expected_result": "Працює",
            "is_conditional": name == "3.1",
        }
        for name, title in TITLES.items()
    }
    made.act(*INITIAL, on=APPROVED_ON, kind=ActKind.APPROVAL, number="10", texts=texts)
    return made


def printed(
    act: Act, level: str, amount: str | None, *, fund: str = "total", **where: object
) -> PrintedFigure:
    """A total as the act prints it; the act must still be a draft."""
    value = None if amount is None else Decimal(amount)
    return PrintedFigure.objects.create(
        act=act, level=level, amount=value, printed=amount or "", fund=fund, **where
    )
