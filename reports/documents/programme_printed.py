"""Totals that a published document prints and its own lines do not give: both figures and the rows behind them.

A printed total is a fact of its document and stays as it is. It is compared with what the lines of that document
come to: of an approval or a new edition everything in force with it, of an amendment its own changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from budgets.choices import ActKind, PrintedLevel, ProgrammeFund
from budgets.models import Act, PrintedFigure
from budgets.selectors.programmes import Place
from reports.documents.base import Cell, Column, Kind, Minus, Role, Row, Section, Standalone, Table
from reports.documents.form import text_column
from reports.documents.programme_columns import money_column, unit_words
from reports.documents.programme_plan import Figures, Plan

TITLE = "Розбіжності надрукованих підсумків"
_FUNDS = {
    ProgrammeFund.GENERAL.value: "загальний фонд",
    ProgrammeFund.SPECIAL.value: "спеціальний фонд",
}
_QUANTITY, _ALL_FUNDS, _ALL_YEARS = "кількість", "усього", "усі роки"
_ROWS_SHOWN, _TITLES_SHOWN = 12, 3  # measures with numbers, and those named by their title
_SHORT = 48
# Levels whose own differences explain a difference of the level above.
_BELOW = {
    PrintedLevel.PROGRAMME: (PrintedLevel.EXECUTOR, PrintedLevel.DIRECTION, PrintedLevel.TASK),
    PrintedLevel.SOURCE: (PrintedLevel.EXECUTOR, PrintedLevel.DIRECTION, PrintedLevel.TASK),
    PrintedLevel.EXECUTOR: (PrintedLevel.TASK, PrintedLevel.PARENT, PrintedLevel.ROW),
    PrintedLevel.DIRECTION: (PrintedLevel.TASK, PrintedLevel.PARENT, PrintedLevel.ROW),
    PrintedLevel.TASK: (PrintedLevel.PARENT, PrintedLevel.ROW),
}


@dataclass(frozen=True)
class Difference:
    """One printed figure with what the lines give; ``parts`` are the places it should sum."""

    printed: PrintedFigure
    computed: Decimal | None
    parts: Figures
    restated: Figures

    @property
    def is_quantity(self) -> bool:
        return self.printed.quantity is not None

    @property
    def value(self) -> Decimal:
        return (self.printed.quantity if self.is_quantity else self.printed.amount) or Decimal(0)

    @property
    def difference(self) -> Decimal:
        return self.value - (self.computed or Decimal(0))

    @cached_property
    def by_measure(self) -> dict[int, Decimal]:
        return _by_measure(self.parts, is_quantity=self.is_quantity)


def differences(plan: Plan, act: Act, levels: Sequence[str] | None = None) -> list[Difference]:
    """Printed figures of one act that its lines do not give, in printed order."""
    is_change = act.kind == ActKind.AMENDMENT
    figures = plan.figures([act] if is_change else plan.through(act))
    restated = plan.restated(act)
    found = []
    for printed in plan.printed:
        chosen = printed.level in levels if levels else printed.level != PrintedLevel.RESOURCE
        if printed.act_id != act.pk or not chosen:
            continue
        if printed.amount is None and printed.quantity is None:
            continue
        parts = {place: f for place, f in figures.items() if _belongs(plan, printed, place)}
        is_quantity = printed.quantity is not None
        values = [
            value
            for figure in parts.values()
            if (value := figure.quantity if is_quantity else figure.amount) is not None
        ]
        computed = sum(values, Decimal(0)) if values else None
        repeated = {place: f for place, f in restated.items() if _belongs(plan, printed, place)}
        each = Difference(printed, computed, parts, repeated)
        if each.difference:
            found.append(each)
    return found


def section(plan: Plan, found: Sequence[Difference], number: str) -> Section:
    """«Розбіжності надрукованих підсумків»: a table of sums and a table of quantities, each only when it has rows."""
    tables = []
    for is_quantity, key in ((False, "printed-amounts"), (True, "printed-quantities")):
        chosen = [each for each in found if each.is_quantity == is_quantity]
        if chosen:
            rows = tuple(_row(plan, each, found) for each in chosen)
            unit = "" if is_quantity else unit_words(plan.programme)
            tables.append(Table(key, _columns(plan, is_quantity=is_quantity), rows, unit=unit))
    return Section(number, TITLE, tuple(tables))


def _columns(plan: Plan, *, is_quantity: bool) -> tuple[Column, ...]:
    def figures(key: str, caption: str, *, signed: bool = False) -> Column:
        rule = Minus("printed", "computed") if signed else None
        if is_quantity:
            return Column(key, (caption,), Kind.QUANTITY, rule, 9, signed=signed)
        money = money_column(plan.programme, key, (caption,), signed=signed, width=9)
        return Column(key, money.heading, money.kind, rule, money.width, money.unit, signed)

    return (
        text_column("act", "Документ", 16),
        text_column("label", "Рядок", 30),
        text_column("year", "Рік", 7),
        text_column("column", "Графа", 10),
        figures("printed", "Надруковано"),
        figures("computed", "Обчислено"),
        figures("difference", "Різниця", signed=True),
        text_column("rows", "Рядки, з яких складається", 32),
    )


def _row(plan: Plan, each: Difference, found: Sequence[Difference]) -> Row:
    printed = each.printed
    fund = _QUANTITY if each.is_quantity else _FUNDS.get(printed.fund, _ALL_FUNDS)
    alone = None if each.computed is not None else Standalone()
    return Row(
        f"printed-{printed.pk}",
        Role.LINE,
        {
            "act": Cell(plan.act_words[printed.act_id]),
            "label": Cell(_label(plan, printed)),
            "year": Cell(str(printed.year) if printed.year else _when(printed)),
            "column": Cell(fund),
            "printed": Cell(each.value),
            "computed": Cell(each.computed),
            "difference": Cell(each.difference, rule=alone),
            "rows": Cell(_explanation(plan, each, found)),
        },
    )


def _when(printed: PrintedFigure) -> str:
    return f"{printed.stage.label} етап" if printed.stage_id and printed.stage else _ALL_YEARS


def _belongs(plan: Plan, printed: PrintedFigure, place: Place) -> bool:
    """Whether a place is part of what the printed figure totals."""
    if printed.year is not None and place.year != printed.year:
        return False
    if printed.fund in _FUNDS and place.fund != printed.fund:
        return False
    if stage := next((s for s in plan.stages if s.pk == printed.stage_id), None):
        return stage.year_from <= place.year <= stage.year_to and _is_of(plan, printed, place)
    return _is_of(plan, printed, place)


def _is_of(plan: Plan, printed: PrintedFigure, place: Place) -> bool:
    pk = place.measure_id
    match printed.level:
        case PrintedLevel.EXECUTOR:
            return plan.tree.unit_id(place) == printed.executor_id
        case PrintedLevel.DIRECTION:
            direction = plan.tree.direction(pk)
            return direction is not None and direction.pk == printed.direction_id
        case PrintedLevel.TASK:
            task = plan.tree.task(pk)
            return task is not None and task.pk == printed.task_id
        case PrintedLevel.PARENT | PrintedLevel.ROW:
            return printed.measure_id in {pk, *plan.tree.ancestors(pk)}
        case PrintedLevel.SOURCE | PrintedLevel.RESOURCE:
            return printed.source_id is None or plan.source_id(place) == printed.source_id
        case _:
            return True


def _label(plan: Plan, printed: PrintedFigure) -> str:
    """What the printed figure totals, in words."""
    if printed.measure_id:
        return _measure_name(plan, printed.measure_id)
    if printed.executor_id:
        return plan.tree.executors[printed.executor_id].name
    task = next(
        (t for pk in plan.tree.measures if (t := plan.tree.task(pk)) and t.pk == printed.task_id),
        None,
    )
    if task is not None:
        return f"Завдання {task}"
    return printed.label or str(PrintedLevel(printed.level).label)


def _measure_name(plan: Plan, measure_id: int) -> str:
    text = plan.latest_words.get(measure_id)
    number = plan.tree.measures[measure_id].number
    return f"{number}. {text.title}" if text and number else (text.title if text else number)


def _explanation(plan: Plan, each: Difference, found: Sequence[Difference]) -> str:
    """Which rows the difference comes from, as far as the figures themselves say it."""
    repeated = _by_measure(each.restated, is_quantity=each.is_quantity)
    if repeated and sum(repeated.values()) == each.difference:
        return f"додано повторені суми, які не є змінами: {_names(plan, repeated)}"
    below = list(_of_parts(plan, each, found))
    if below:
        names = "; ".join(dict.fromkeys(_short(plan, one.printed) for one in below))
        exact = sum(one.difference for one in below) == each.difference
        return f"{'різницю дають' if exact else 'розбіжні також'} підсумки: {names}"
    if each.computed is None and not repeated:
        return "у рядках, з яких складається, сум і кількостей немає"
    if each.printed.level == PrintedLevel.ROW:
        return "графи цього рядка" if each.printed.year else f"роки цього рядка: {_years(each)}"
    same = [pk for pk, value in each.by_measure.items() if abs(value) == abs(each.difference)]
    if len(same) == 1:
        return f"різниця дорівнює рядку {_short_measure(plan, same[0])}"
    return f"складові: {_names(plan, each.by_measure)}"


def _of_parts(plan: Plan, each: Difference, found: Sequence[Difference]) -> Iterator[Difference]:
    """Differences of the nearest level below, of the same act, year and column, inside this one's scope."""
    for level in _BELOW.get(PrintedLevel(each.printed.level), ()):
        inside = [
            one
            for one in found
            if one.printed.level == level
            and one.printed.act_id == each.printed.act_id
            and one.printed.year == each.printed.year
            and one.printed.fund == each.printed.fund
            and one.is_quantity == each.is_quantity
            and {*one.parts, *one.restated} <= {*each.parts, *each.restated}
        ]
        if inside:
            yield from inside
            return


def _by_measure(figures: Figures, *, is_quantity: bool) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for place, figure in figures.items():
        value = figure.quantity if is_quantity else figure.amount
        if value:
            found[place.measure_id] = found.get(place.measure_id, Decimal(0)) + value
    return found


def _years(each: Difference) -> str:
    return ", ".join(str(year) for year in sorted({place.year for place in each.parts}))


def _names(plan: Plan, of: dict[int, Decimal]) -> str:
    order = sorted(of, key=lambda pk: (plan.tree.measures[pk].order, pk))
    most = _ROWS_SHOWN if all(plan.tree.measures[pk].number for pk in order) else _TITLES_SHOWN
    names = [_short_measure(plan, pk) for pk in order[:most]]
    more = len(order) - len(names)
    return ", ".join(names) + (f" та ще {more}" if more else "")


def _short_measure(plan: Plan, measure_id: int) -> str:
    name = plan.tree.measures[measure_id].number or _measure_name(plan, measure_id)
    return name if len(name) <= _SHORT else f"«{name[:_SHORT].rsplit(' ', 1)[0]} …»"


def _short(plan: Plan, printed: PrintedFigure) -> str:
    if printed.measure_id:
        return _short_measure(plan, printed.measure_id)
    unit = plan.tree.executors.get(printed.executor_id or 0)
    if unit is not None:
        return f"{unit.number} {unit.name}".strip()
    return _label(plan, printed)
