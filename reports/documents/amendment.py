"""Session papers of one act (document 4): the ± annex and the comparative table «було – зміна – стане».

Both are sums over the act's own lines. What the act leaves alone is not in them: an empty cell is an untouched part,
0,0 is a part whose changes cancel each other.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from budgets.exceptions import RuleViolation
from budgets.models import Act, MeasureText
from budgets.money import ZERO
from budgets.selectors.programmes import Place
from reports.documents import programme_measures, programme_plan, programme_printed
from reports.documents.base import (
    Approval,
    Cell,
    Column,
    Document,
    Kind,
    Paragraph,
    Role,
    Row,
    Section,
    SumOf,
    Table,
)
from reports.documents.form import text_column
from reports.documents.programme_columns import money_column, unit_words
from reports.documents.programme_layouts import is_conditional, measures_table
from reports.documents.programme_plan import Figure, Line, Plan
from reports.documents.programme_tree import Entry, Items, Shown, entries

DELTAS, COMPARISON = "amendment-deltas", "amendment-comparison"
EDITION = "еПрограма, форма 4"
FUNDS = {"general": "загальний", "special": "спеціальний", "": "без поділу"}
_RESTATED = "Суми без знака повторюють чинні й не є змінами: до підсумків вони не входять."
_UNCHANGED = "Сум і кількостей цей акт не змінює."
_PARTS = ("was", "change", "becomes")
_CAPTIONS = ("було", "зміна", "стане")
_WORDS = {
    "title": "зміст заходу",
    "term": "термін виконання",
    "executors_text": "виконавці",
    "sources_text": "джерела фінансування",
    "expected_result": "очікуваний результат",
}
_MARKS = {
    "is_conditional": ("умова", "без умови", "за умови впровадження"),
    "needs_funding": ("фінансування", "не потребує", "потребує"),
    "is_cancelled": ("чинність", "чинний", "скасовано"),
}


def plan_of(act: Act) -> Plan:
    """The programme through the act. Raises RuleViolation for one that is withdrawn or whose lines are unknown."""
    if not act.lines_known:
        raise RuleViolation(f"Рядки акта «{act}» невідомі: показати його зміни неможливо.")
    return programme_plan.load(act.programme, act=act)


def deltas(
    act: Act,
    *,
    layout: str | None = None,
    plan: Plan | None = None,
    approval: Approval | None = None,
) -> Document:
    """The ± annex: changed rows only, every change with its sign, totals recomputed. Units: hryvnias.

    What the act repeats without changing it stands unsigned and enters no total.
    """
    plan = plan or plan_of(act)
    shown = Shown(
        plan,
        plan.figures([act]),
        plan.restated(act),
        plan.latest_words,
        changed_only=True,
    )
    table = measures_table(shown, layout or plan.programme.layout)
    blocks = (table,) if shown.years else (Paragraph("unchanged", _UNCHANGED),)
    sections = [Section("1", "Зміни до переліку завдань і заходів", blocks)]
    if words := word_changes(plan, act):
        sections.append(Section("2", "Зміни у змісті заходів", (words,)))
    if found := programme_printed.differences(plan, act):
        sections.append(programme_printed.section(plan, found, str(len(sections) + 1)))
    notes = (_RESTATED,) if shown.restated else ()
    if shown.years and is_conditional(table):
        notes = (*notes, programme_measures.CONDITIONAL)
    paper = _paper(plan, act, DELTAS, "Зміни до переліку завдань і заходів", "zminy")
    return replace(paper, sections=tuple(sections), footnotes=notes, approval=approval)


def comparison(act: Act, *, plan: Plan | None = None) -> Document:
    """Every changed line: what it was, the change, what it becomes and why; then the programme by year.

    «Було» is what is in force without the act, so was + change = becomes in every row. Units: hryvnias.
    """
    plan = plan or plan_of(act)
    lines = changed_lines(plan, act)
    blocks = (_lines_table(plan, act, lines),) if lines else (Paragraph("unchanged", _UNCHANGED),)
    sections = [
        Section("1", "Змінені рядки", blocks),
        Section("2", "Програма в цілому за роками", (years_table(plan, act),)),
    ]
    if words := word_changes(plan, act):
        sections.append(Section("3", "Зміни у змісті заходів", (words,)))
    if plan.unknown:
        note = Paragraph("incomplete", programme_measures.incomplete(plan))
        sections.insert(0, Section("", "", (note,)))
    paper = _paper(plan, act, COMPARISON, "Порівняльна таблиця", "porivnyannia")
    return replace(paper, sections=tuple(sections))


def changed_lines(plan: Plan, act: Act) -> list[Line]:
    """Lines of the act that change something, in the order of the programme's tree, by year and fund."""
    order = {
        (place.measure_id, place.executor_id): number
        for number, place in enumerate(_in_tree_order(plan, act))
    }
    own = [
        line
        for line in plan.lines
        if line.act_id == act.pk
        and not line.restated
        and (line.amount is not None or line.quantity is not None)
    ]
    return sorted(
        own,
        key=lambda line: (
            order[line.place.measure_id, line.place.executor_id],
            line.place.year,
            line.place.fund,
            line.place.source_id,
        ),
    )


def years_table(plan: Plan, act: Act) -> Table:
    """The whole programme by year: was, change, becomes."""
    was, change = plan.figures(plan.before(act)), plan.figures([act])
    years = sorted({*plan.programme.years, *(place.year for place in (*was, *change))})
    rows = []
    for year in years:
        cells = {"year": Cell(f"{year} рік")}
        cells |= _three(
            "amount",
            *(
                _amount(plan, tuple((p, f) for p, f in figures.items() if p.year == year), acts)
                for figures, acts in ((was, plan.unknown), (change, ()))
            ),
        )
        rows.append(Row(f"year-{year}", Role.LINE, cells))
    columns = (text_column("year", "Рік", 20), *_amount_columns(plan))
    return Table(
        "years",
        columns,
        (*rows, _total(columns, rows, {"year": "Усього"})),
        unit=unit_words(plan.programme),
    )


def word_changes(plan: Plan, act: Act) -> Table | None:
    """What the act changes in the words of measures, new and cancelled measures included; None where nothing."""
    before = plan.words(plan.before(act))
    own = [text for text in plan.all_texts if text.act_id == act.pk]
    rows: list[Row] = []
    for text in sorted(own, key=lambda each: (plan.tree.measures[each.measure_id].order, each.pk)):
        for field, was, becomes in _differing(before.get(text.measure_id), text):
            rows.append(
                Row(
                    f"words-{text.measure_id}-{len(rows)}",
                    Role.LINE,
                    {
                        "measure": Cell(_title(plan, before.get(text.measure_id) or text)),
                        "field": Cell(field),
                        "was": Cell(was),
                        "becomes": Cell(becomes),
                    },
                )
            )
    columns = (
        text_column("measure", "Захід", 30),
        text_column("field", "Що змінюється", 14),
        text_column("was", "Було", 28),
        text_column("becomes", "Стане", 28),
    )
    return Table("words", columns, tuple(rows)) if rows else None


def measure_words(plan: Plan, place: Place) -> tuple[str, str]:
    """(unit or task, measure) of a line, in words of the programme through the act."""
    unit, task = plan.tree.executors.get(plan.tree.unit_id(place)), plan.tree.task(place.measure_id)
    text = plan.latest_words.get(place.measure_id)
    above = unit.name if unit else f"Завдання {task}" if task else ""
    return above, _title(plan, text) if text else ""


def _in_tree_order(plan: Plan, act: Act) -> list[Place]:
    shown = Shown(plan, plan.figures([act]), {}, {}, changed_only=True)
    found: list[Place] = []

    def walk(entry: Entry) -> None:
        below = {place for child in entry.children for place, _figure in child.items}
        found.extend(place for place, _figure in entry.items if place not in below)
        for child in entry.children:
            walk(child)

    for top in entries(shown, by_unit=True):
        walk(top)
    return found


def _lines_table(plan: Plan, act: Act, lines: Sequence[Line]) -> Table:
    was = plan.figures(plan.before(act))
    change = plan.figures([act])
    has_quantity = any(line.quantity is not None for line in lines)
    has_sources = len({plan.source_id(line.place) for line in lines}) > 1
    columns = (
        text_column("unit", "Розпорядник, завдання", 18),
        text_column("measure", "Захід", 26),
        text_column("year", "Рік", 5),
        text_column("fund", "Фонд", 8),
        *((text_column("source", "Джерело", 9),) if has_sources else ()),
        *(_quantity_columns() if has_quantity else ()),
        *_amount_columns(plan),
        text_column("reason", "Обґрунтування", 24),
    )
    rows = []
    for line in lines:
        place = line.place
        unit, measure = measure_words(plan, place)
        source = plan.sources.get(plan.source_id(place))
        cells = {
            "unit": Cell(unit),
            "measure": Cell(measure),
            "year": Cell(str(place.year)),
            "fund": Cell(FUNDS[place.fund]),
            "source": Cell(source.title if source else ""),
            "reason": Cell(line.reason),
        }
        pair = [((place, figures[place]),) if place in figures else () for figures in (was, change)]
        cells |= _three("quantity", *(_quantity(items) for items in pair))
        cells |= _three("amount", _amount(plan, pair[0], plan.unknown), _amount(plan, pair[1], ()))
        rows.append(Row(line_key(place), Role.LINE, cells))
    total = _total(columns, rows, {"measure": "Разом за зміненими рядками"})
    return Table(
        "comparison",
        columns,
        (*rows, total),
        unit=unit_words(plan.programme),
        column_numbers=True,
    )


def line_key(place: Place) -> str:
    fund = place.fund or "all"
    return f"line-{place.measure_id}-{place.executor_id}-{place.year}-{fund}-{place.source_id}"


def _amount_columns(plan: Plan) -> tuple[Column, ...]:
    was, change, becomes = (
        money_column(
            plan.programme,
            f"amount_{part}",
            ("Обсяг фінансування", caption),
            signed=part == "change",
            sums=("amount_was", "amount_change") if part == "becomes" else (),
            width=9,
        )
        for part, caption in zip(_PARTS, _CAPTIONS, strict=True)
    )
    return was, change, becomes


def _quantity_columns() -> tuple[Column, ...]:
    return tuple(
        Column(
            f"quantity_{part}",
            ("Кількість", caption),
            Kind.QUANTITY,
            SumOf(("quantity_was", "quantity_change")) if part == "becomes" else None,
            width=6,
            signed=part == "change",
        )
        for part, caption in zip(_PARTS, _CAPTIONS, strict=True)
    )


def _amount(plan: Plan, items: Items, depends_on: Sequence[Act]) -> Cell:
    values = [figure.amount for _place, figure in items if figure.amount is not None]
    used = tuple(item for item in items if item[1].amount is not None)
    return Cell(
        sum(values, ZERO) if values else None,
        plan.where_from(used, depends_on=depends_on),
    )


def _quantity(items: Sequence[tuple[Place, Figure]]) -> Cell:
    return Cell(items[0][1].quantity if items else None)


def _three(prefix: str, was: Cell, change: Cell) -> dict[str, Cell]:
    """was, change and what they come to: empty where neither is known."""
    known = [cell.value for cell in (was, change) if isinstance(cell.value, Decimal)]
    becomes = sum(known, ZERO) if known else None
    return {
        f"{prefix}_was": was,
        f"{prefix}_change": change,
        f"{prefix}_becomes": Cell(becomes),
    }


def _total(columns: Sequence[Column], rows: Sequence[Row], words: dict[str, str]) -> Row:
    """Sums of money; unlike things have no common quantity."""
    cells = {key: Cell(text) for key, text in words.items()}
    for column in columns:
        if column.kind is Kind.MONEY:
            known = [value for row in rows if (value := row.figure(column.key)) is not None]
            cells[column.key] = Cell(sum(known, ZERO) if known else None)
    return Row("total", Role.TOTAL, cells, tuple(row.key for row in rows))


def _differing(was: MeasureText | None, now: MeasureText) -> list[tuple[str, str, str]]:
    if was is None:
        return [("новий захід", "", now.title)]
    found = [
        (caption, getattr(was, name), getattr(now, name))
        for name, caption in _WORDS.items()
        if getattr(was, name) != getattr(now, name)
    ]
    for name, (caption, off, on) in _MARKS.items():
        if getattr(was, name) != getattr(now, name):
            texts = (on, off) if getattr(was, name) else (off, on)
            found.append((caption, *texts))
    return found


def _title(plan: Plan, text: MeasureText) -> str:
    number = plan.tree.measures[text.measure_id].number.rstrip(".")
    return f"{number}. {text.title}" if number else text.title


def _paper(plan: Plan, act: Act, kind: str, name: str, stem: str) -> Document:
    programme = plan.programme
    return Document(
        kind=kind,
        edition=EDITION,
        title=f"{name}\n{programme.title}",
        file_stem=f"{programme.slug}-{stem}-{programme_measures.stem(plan, act)}",
        sections=(),
        meta=programme_measures.meta(plan, act),
        draft_mark="ПРОЄКТ" if act.is_open else "",
    )
