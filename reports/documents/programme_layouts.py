"""The four layouts of the table of measures: the same lines by year, by unit with quantities and funds, by fund, by stage.

Rows and columns have the same keys whatever is shown, so a table of changes, the table before and the table after
them are compared cell by cell. Row keys: «programme», «source-1», «unit-1», «direction-1», «task-1», «measure-1»
(«measure-1-unit-2» where a unit other than the measure's own has a part of it). Column keys: «2024.quantity»,
«2024.general», «2024.special», «2024.total» and «total»; «2024» in the layout by year; «stage-1» by stage.
"""

from collections.abc import Sequence

from budgets.choices import Layout, ProgrammeFund
from budgets.models import Act
from reports.documents.base import Cell, Column, Kind, Role, Row, Table
from reports.documents.form import text_column
from reports.documents.programme_columns import (
    FigureCells,
    FigureColumn,
    money_column,
    unit_words,
)
from reports.documents.programme_tree import Entry, Items, Shown, entries, grouped

KEY = "measures"
# Wording of the published tables: seed 001 (units), 002 (years), 004 (funds).
_TOTAL_OF_TASK = "Разом по завданню:"
_TOTAL_OF_UNIT = "Всього:"
_OF_WHICH = "Разом за Програмою, у тому числі:"
_WHOLE_PROGRAMME = "Всього на виконання програми"
_TOTAL = "Всього"
_NO_UNIT = "Розпорядника не вказано"
_NO_SOURCE = "Джерело не вказано"
_RESULT_WIDTH = 18


def measures_table(shown: Shown, layout: str, *, depends_on: Sequence[Act] = ()) -> Table:
    """The table in one layout. Of changes only the changed rows, with signs. Units: hryvnias, printed in the programme's."""
    make = {
        Layout.UNITS: _Units,
        Layout.YEARS: _Years,
        Layout.FUNDS: _Funds,
        Layout.STAGES: _Stages,
    }[Layout(layout)]
    return make(shown, tuple(depends_on)).table()


def is_conditional(table: Table) -> bool:
    """Whether a measure of the table carries the mark of a condition."""
    return any(str(row.value("measure") or "").endswith("*") for row in table.rows)


class _Table:
    """What the layouts share: figures, and rows that sum others."""

    by_unit = False

    def __init__(self, shown: Shown, depends_on: tuple[Act, ...]) -> None:
        self.shown = shown
        self.plan = shown.plan
        self.entries = entries(shown, by_unit=self.by_unit)
        self.columns = self.figure_columns()
        self.cells = FigureCells(self.plan, self.columns, depends_on)

    def figure_columns(self) -> tuple[FigureColumn, ...]:
        raise NotImplementedError

    def word_columns(self) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        """Columns of words before and after the figures."""
        raise NotImplementedError

    def rows(self) -> list[Row]:
        raise NotImplementedError

    def table(self) -> Table:
        before, after = self.word_columns()
        figures = tuple(each.column for each in self.columns)
        return Table(
            KEY,
            (*before, *figures, *after),
            tuple(self.rows()),
            unit=unit_words(self.plan.programme),
            column_numbers=True,
        )

    # Columns

    def money(
        self, key: str, heading: tuple[str, ...], years: Sequence[int], *, sums: Sequence[str] = ()
    ) -> FigureColumn:
        signed = self.shown.changed_only
        column = money_column(self.plan.programme, key, heading, sums=sums, signed=signed)
        return FigureColumn(column, frozenset(years))

    def total_column(self, heading: tuple[str, ...], sums: Sequence[str]) -> FigureColumn:
        return self.money("total", heading, self.shown.years, sums=sums)

    def fund_columns(self, year: int, heading: tuple[str, ...]) -> tuple[FigureColumn, ...]:
        made = []
        for fund, caption in (
            (ProgrammeFund.GENERAL, "загальний фонд"),
            (ProgrammeFund.SPECIAL, "спеціальний фонд"),
        ):
            each = self.money(f"{year}.{fund}", (*heading, caption), [year])
            made.append(FigureColumn(each.column, each.years, fund.value))
        return tuple(made)

    # Rows

    def line(self, entry: Entry, words: dict[str, str]) -> Row:
        """A measure; one with sub-measures is the sum of their rows."""
        cells = {key: Cell(text) for key, text in words.items() if text}
        parts = tuple(child.key for child in entry.children)
        has_own = len(entry.items) > sum(len(child.items) for child in entry.children)
        return Row(
            entry.key,
            Role.LINE,
            cells | self.cells.of(entry.items, entry.restated),
            None if not parts or has_own else parts,
        )

    def sum_row(self, key: str, role: Role, words: dict[str, str], of: Sequence[Entry]) -> Row:
        items = tuple(item for entry in of for item in entry.items)
        cells = {name: Cell(text) for name, text in words.items() if text}
        return Row(key, role, cells | self.cells.of(items), tuple(entry.key for entry in of))

    def source_row(self, key: int, words: dict[str, str]) -> Row:
        """What one source pays. Its parts are rows only where every row is paid by one source."""
        paid: Items = ()
        parts: tuple[str, ...] = ()
        is_mixed = False
        for entry in self.entries:
            own = tuple(item for item in entry.items if self.plan.source_id(item[0]) == key)
            paid += own
            parts += (entry.key,) if own else ()
            is_mixed |= bool(own) and len(own) < len(entry.items)
        cells = {name: Cell(text) for name, text in words.items()} | self.cells.of(paid)
        return Row(f"source-{key}", Role.SUBTOTAL, cells, () if is_mixed else parts)

    def source_ids(self) -> list[int]:
        """The programme's sources in printed order, and 0 where some money names none."""
        named = [source.pk for source in sorted(self.plan.sources.values(), key=lambda s: s.order)]
        unnamed = any(
            not self.plan.source_id(place) and figure.amount is not None
            for entry in self.entries
            for place, figure in entry.items
        )
        return [*named, 0] if unnamed else named

    def funded(self) -> list[int]:
        paid = {
            self.plan.source_id(place)
            for entry in self.entries
            for place, figure in entry.items
            if figure.amount is not None
        }
        return [key for key in self.source_ids() if key in paid]

    def source_title(self, key: int) -> str:
        return self.plan.sources[key].title if key else _NO_SOURCE

    def task_id(self, entry: Entry) -> int:
        task = self.plan.tree.task(entry.measure.pk)
        return task.pk if task else 0

    def direction_id(self, entry: Entry) -> int:
        direction = self.plan.tree.direction(entry.measure.pk)
        return direction.pk if direction else 0


class _Units(_Table):
    """By spending unit, with quantity and funds of each year (seed 001): totals stand above what they sum."""

    by_unit = True

    def figure_columns(self) -> tuple[FigureColumn, ...]:
        made: list[FigureColumn] = []
        for year in self.shown.years:
            head = (f"{year} рік",)
            quantity = Column(
                f"{year}.quantity",
                (*head, self._quantity()),
                Kind.QUANTITY,
                width=6,
                signed=self.shown.changed_only,
            )
            made.append(FigureColumn(quantity, frozenset([year]), is_quantity=True))
            funds = self.fund_columns(year, head)
            sums = [each.column.key for each in funds]
            made += [*funds, self.money(f"{year}.total", (*head, "усього"), [year], sums=sums)]
        totals = [f"{year}.total" for year in self.shown.years]
        return (*made, self.total_column(("Обсяг фінансування",), totals))

    def _quantity(self) -> str:
        units = {measure.quantity_unit for measure in self.plan.tree.measures.values()} - {""}
        return f"кількість ({units.pop()})" if len(units) == 1 else "кількість"

    def word_columns(self) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        unit = "Головний розпорядник бюджетних коштів / Найменування завдань"
        return (
            text_column("number", "№ з/п", 4),
            text_column("unit", unit, 16),
            text_column("measure", "Найменування заходу", 22),
        ), ()

    def rows(self) -> list[Row]:
        rows = [self._programme_row(), *(self._source(key) for key in self.source_ids())]
        units = grouped(self.entries, lambda entry: entry.unit_id)
        for unit_id, of_unit in units:
            if unit_id or len(units) > 1:
                rows.append(self._unit(unit_id, of_unit))
            for task_id, of_task in grouped(of_unit, self.task_id):
                rows += self._task(task_id, of_task)
        return rows

    def _programme_row(self) -> Row:
        """A heading over its sources; with several of them it has sums of its own."""
        words = {"unit": self.plan.programme.title, "measure": _OF_WHICH}
        if len(self.funded()) > 1 or not self.plan.sources:
            return self.sum_row("programme", Role.TOTAL, words, self.entries)
        cells = {name: Cell(text) for name, text in words.items()}
        return Row("programme", Role.GROUP, cells)

    def _source(self, key: int) -> Row:
        return self.source_row(key, {"measure": f"{self.source_title(key)}:"})

    def _unit(self, unit_id: int, of: list[Entry]) -> Row:
        unit = self.plan.tree.executors.get(unit_id)
        words = {
            "number": unit.number if unit else "",
            "unit": unit.name if unit else _NO_UNIT,
            "measure": (unit.total_label if unit else "") or _TOTAL_OF_UNIT,
        }
        return self.sum_row(f"unit-{unit_id}", Role.SUBTOTAL, words, of)

    def _task(self, task_id: int, of: list[Entry]) -> list[Row]:
        """A task of one measure is printed in one row with it and has no total of its own."""
        task = self.plan.tree.task(of[0].measure.pk)
        if task is None:
            return [row for entry in of for row in self._lines(entry, {})]
        words = {"number": task.number, "unit": task.title}
        if len(of) == 1 and not of[0].children:
            return self._lines(of[0], words)
        own = of[0].unit_id == (task.executor_id or 0)
        key = f"task-{task_id}" if own else f"task-{task_id}-unit-{of[0].unit_id}"
        total = self.sum_row(key, Role.SUBTOTAL, words | {"measure": _TOTAL_OF_TASK}, of)
        return [total, *(row for entry in of for row in self._lines(entry, {}))]

    def _lines(self, entry: Entry, words: dict[str, str]) -> list[Row]:
        first, *others = entry.rows
        return [
            self.line(first, words | {"measure": first.name}),
            *(self.line(other, {"measure": other.name}) for other in others),
        ]


class _Years(_Table):
    """By year with executors, sources and results (seed 002): a heading and a total for each direction."""

    def figure_columns(self) -> tuple[FigureColumn, ...]:
        caption = "Обсяг видатків"
        made = [self.money(str(year), (caption, str(year)), [year]) for year in self.shown.years]
        totals = [each.column.key for each in made]
        return (*made, self.total_column((caption, "усього"), totals))

    def word_columns(self) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        return (
            text_column("number", "№ з/п", 5),
            text_column("task", "Завдання", 17),
            text_column("measure", "Зміст заходів", 20),
            text_column("term", "Термін виконання", 8),
            text_column("executors", "Виконавці", 18),
            text_column("sources", "Джерела фінансування", 10),
        ), (text_column("result", "Очікуваний результат", _RESULT_WIDTH),)

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        has_directions = any(map(self.direction_id, self.entries))
        for direction_id, of in grouped(self.entries, self.direction_id):
            direction = self.plan.tree.direction(of[0].measure.pk)
            if direction is not None:
                cells = {"number": Cell(direction.number), "task": Cell(direction.title)}
                rows.append(Row(f"heading-{direction_id}", Role.GROUP, cells))
            for task_id, of_task in grouped(of, self.task_id):
                rows += self._task(of_task)
                if not has_directions and task_id and len(of_task) > 1:
                    words = {"task": _TOTAL_OF_TASK}
                    rows.append(self.sum_row(f"task-{task_id}", Role.SUBTOTAL, words, of_task))
            if direction is not None:
                words = {"task": f"Разом по {direction.number} напрямку".replace("  ", " ")}
                key = f"direction-{direction_id}"
                rows.append(self.sum_row(key, Role.SUBTOTAL, words, of))
        return [*rows, self.sum_row("programme", Role.TOTAL, {"task": _TOTAL}, self.entries)]

    def _task(self, of: list[Entry]) -> list[Row]:
        """The task is named in the row of its first measure."""
        task = self.plan.tree.task(of[0].measure.pk)
        words = {"number": task.number, "task": task.title} if task else {}
        rows = []
        for entry in (each for top in of for each in top.rows):
            rows.append(self.line(entry, words | self._words(entry)))
            words = {}
        return rows

    def _words(self, entry: Entry) -> dict[str, str]:
        text = entry.text
        words = {"measure": entry.name}
        if text is not None:
            words |= {
                "term": text.term,
                "executors": text.executors_text,
                "sources": text.sources_text,
                "result": text.expected_result,
            }
        return words


class _Stages(_Years):
    """By stage: the layout by year with the years of a stage taken together."""

    def figure_columns(self) -> tuple[FigureColumn, ...]:
        caption, left = "Обсяг видатків за етапами", set(self.shown.years)
        made = []
        for number, stage in enumerate(self.plan.stages, start=1):
            years = left & set(range(stage.year_from, stage.year_to + 1))
            left -= years
            span = f"{stage.year_from}–{stage.year_to}".removesuffix(f"–{stage.year_from}")
            if years or not self.shown.changed_only:
                heading = (caption, f"{stage.label} етап ({span})")
                made.append(self.money(f"stage-{number}", heading, sorted(years)))
        made += [self.money(str(year), (caption, f"{year} рік"), [year]) for year in sorted(left)]
        totals = [each.column.key for each in made]
        return (*made, self.total_column((caption, "усього"), totals))


class _Funds(_Table):
    """By fund of each year, years under their stages (seed 004): totals stand above what they sum."""

    def figure_columns(self) -> tuple[FigureColumn, ...]:
        made: list[FigureColumn] = []
        for year in self.shown.years:
            stage = next((s for s in self.plan.stages if s.year_from <= year <= s.year_to), None)
            head = (f"{stage.label} етап", f"{year} рік") if stage else (f"{year} рік",)
            funds = self.fund_columns(year, (*head, "у тому числі"))
            sums = [each.column.key for each in funds]
            made += [
                self.money(f"{year}.total", (*head, "обсяг витрат"), [year], sums=sums),
                *funds,
            ]
        totals = [f"{year}.total" for year in self.shown.years]
        return (*made, self.total_column(("Усього",), totals))

    def word_columns(self) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        return (
            text_column("measure", "Завдання, заходи", 26),
            text_column("source", "Джерела фінансування", 8),
        ), (text_column("executors", "Відповідальні виконавці", 18),)

    def rows(self) -> list[Row]:
        paid = ", ".join(self.source_title(key) for key in self.funded())
        words = {"measure": _WHOLE_PROGRAMME, "source": paid}
        rows = [self.sum_row("programme", Role.TOTAL, words, self.entries)]
        for direction_id, of in grouped(self.entries, self.direction_id):
            direction = self.plan.tree.direction(of[0].measure.pk)
            if direction is not None:
                words = {"measure": f"Напрям {direction.number}. {direction.title}"}
                rows.append(self.sum_row(f"direction-{direction_id}", Role.SUBTOTAL, words, of))
            for task_id, of_task in grouped(of, self.task_id):
                rows += self._task(task_id, of_task)
        return rows

    def _task(self, task_id: int, of: list[Entry]) -> list[Row]:
        task = self.plan.tree.task(of[0].measure.pk)
        rows = []
        if task is not None:
            words = {
                "measure": f"Завдання {task.number}. {task.title}",
                "source": self._sources(of),
            }
            rows.append(self.sum_row(f"task-{task_id}", Role.SUBTOTAL, words, of))
        for entry in (each for top in of for each in top.rows):
            text = entry.text
            words = {"measure": entry.name}
            if text is not None:
                words |= {"source": text.sources_text, "executors": text.executors_text}
            rows.append(self.line(entry, words))
        return rows

    def _sources(self, of: list[Entry]) -> str:
        texts = dict.fromkeys(entry.text.sources_text for entry in of if entry.text)
        return ", ".join(text for text in texts if text)
