"""Words that go with an act to the session (document 4): the draft decision and the explanatory note.

The wording is the product's own and neutral: a council edits it further. What only people can say (number, date, who
controls, who signs) is left as a line to be filled.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from budgets.choices import ActKind, ProgrammeFund
from budgets.models import Act
from budgets.money import ZERO, percent_of
from reports.documents import amendment, programme_measures
from reports.documents.amendment import plan_of
from reports.documents.base import (
    Amounts,
    Cell,
    Column,
    Document,
    Kind,
    Paragraph,
    Role,
    Row,
    Section,
    Signature,
    Table,
)
from reports.documents.form import text_column
from reports.documents.programme_columns import money_column, unit_of, unit_words
from reports.documents.programme_plan import Figures, Plan
from reports.documents.programme_tree import Items

DECISION, NOTE = "amendment-decision", "amendment-note"
_BLANK, _LONG_BLANK = "________", "______________________________"
_GROUNDS = "Керуючись статтею 26 Закону України «Про місцеве самоврядування в Україні»,"
_NO_UNIT = "розпорядника не вказано"


def decision(act: Act, *, plan: Plan | None = None) -> Document:
    """The draft decision text; number and date are lines to be filled until the act is adopted. Units: hryvnias."""
    plan = plan or plan_of(act)
    organ = _organ(plan, act) or f"{_LONG_BLANK} рада"
    resolved = "ВИРІШИЛА:" if "рада" in organ.lower() else "ВИРІШИВ:"
    sections = [
        Section("", "", (Paragraph("date", reference(act)),)),
        Section("", "", (Paragraph("grounds", f"{_GROUNDS} {organ}\n{resolved}"),)),
        *(
            Section(str(number), "", (block,))
            for number, block in enumerate(_points(plan, act), start=1)
        ),
    ]
    return replace(
        _paper(plan, act, DECISION, f"{organ}\nРІШЕННЯ\n{subject(act)}", "rishennia"),
        sections=tuple(sections),
        signatures=(Signature("Голова", ""),),
        footnotes=(programme_measures.incomplete(plan),) if plan.unknown else (),
    )


def note(act: Act, *, plan: Plan | None = None) -> Document:
    """The explanatory note: what changes by year and fund, by unit and by source, and why. Units: hryvnias.

    An amendment beyond the share that its programme marks is said to be so.
    """
    plan = plan or plan_of(act)
    was, change = plan.figures(plan.before(act)), plan.figures([act])
    volume = _volume(plan, was, change)
    sections = [
        Section("1", "Що пропонується", tuple(_summary(plan, act, volume))),
        Section("2", "Обсяг програми", (volume,)),
        Section("3", "Зміни за роками і фондами", (_by_fund(plan, change),)),
        Section("4", "Зміни за розпорядниками", (_by_unit(plan, change),)),
        Section("5", "Програма в цілому за роками", (amendment.years_table(plan, act),)),
        Section("6", "Обґрунтування змін", (_reasons(plan, act),)),
    ]
    title = f"Пояснювальна записка\nдо проєкту рішення\n{subject(act)}"
    return replace(_paper(plan, act, NOTE, title, "zapyska"), sections=tuple(sections))


def subject(act: Act) -> str:
    """«Про внесення змін до …»: the act's own title, or one made from its kind."""
    if act.title:
        return act.title
    title = _quoted(act.programme.title)
    return {
        ActKind.APPROVAL: f"Про затвердження програми {title}",
        ActKind.AMENDMENT: f"Про внесення змін до програми {title}",
        ActKind.NEW_EDITION: f"Про виклад програми {title} у новій редакції",
    }[ActKind(act.kind)]


def _quoted(text: str) -> str:
    """In quotation marks, those inside it of the second kind."""
    inner = text.translate(str.maketrans("«»", "„“"))
    return f"«{inner}»"


def reference(act: Act) -> str:
    """«від 31.01.2019 № 2285», with lines to be filled where the act has neither."""
    date = f"{act.date:%d.%m.%Y}" if act.date else f"«___» {_BLANK} 20__ року"
    return f"від {date} № {act.number or _BLANK}"


def marked_share(plan: Plan, act: Act) -> Decimal | None:
    """What is moved, as a percent of the programme before the act: the larger of what is added and what is taken."""
    was = _sum(plan.figures(plan.before(act)))
    added, taken = _added_and_taken(plan.figures([act]))
    return percent_of(max(added, -taken), was)


def _organ(plan: Plan, act: Act) -> str:
    """Who decides: the organ of the act, or of the acts before it."""
    return act.organ or next((each.organ for each in reversed(plan.acts) if each.organ), "")


def _points(plan: Plan, act: Act) -> list[Paragraph | Amounts]:
    title, before = _quoted(plan.programme.title), plan.before(act)
    was, becomes = _sum(plan.figures(before)), _sum(plan.figures(plan.acts))
    words = unit_words(plan.programme)
    if act.kind == ActKind.APPROVAL or not before:
        return [
            Paragraph("point", f"Затвердити програму {title} (додається)."),
            Amounts(
                "volume",
                ("Установити обсяг фінансування програми в сумі", becomes, f"{words}."),
                unit_of(plan.programme),
            ),
            _control(),
        ]
    later = ", ".join(reference(each) for each in before[1:])
    changed = f" (зі змінами, внесеними рішеннями {later})" if later else ""
    annexes = (
        "зміни до переліку завдань і заходів – у додатку 1, перелік у новій редакції – у додатку 2"
    )
    return [
        Paragraph(
            "point",
            f"Внести зміни до програми {title}, затвердженої рішенням {reference(before[0])}{changed}: {annexes}.",
        ),
        Amounts(
            "volume",
            (
                "Установити обсяг фінансування програми в сумі",
                becomes,
                f"{words} (до змін –",
                was,
                f"{words}).",
            ),
            unit_of(plan.programme),
        ),
        _control(),
    ]


def _control() -> Paragraph:
    return Paragraph("control", f"Контроль за виконанням цього рішення покласти на {_LONG_BLANK}.")


def _summary(plan: Plan, act: Act, volume: Table) -> list[Paragraph]:
    lines = amendment.changed_lines(plan, act)
    measures = len({line.place.measure_id for line in lines})
    own = [text for text in plan.all_texts if text.act_id == act.pk]
    known = plan.words(plan.before(act))
    new = sum(1 for text in own if text.measure_id not in known)
    facts = [f"Змінюється рядків: {len(lines)}, заходів із змінами сум чи кількостей: {measures}."]
    if new:
        facts.append(f"Нових заходів: {new}.")
    if cancelled := sum(1 for text in own if text.is_cancelled):
        facts.append(f"Скасовано заходів: {cancelled}.")
    found = [Paragraph("summary", " ".join(facts))]
    share, limit = marked_share(plan, act), plan.programme.marked_share
    if share is not None and share > limit:
        text = f"Увага: зміни перевищують {limit} % обсягу програми."
        found.append(Paragraph("marked", text))
    if plan.unknown:
        found.append(Paragraph("incomplete", programme_measures.incomplete(plan)))
    return found


def _volume(plan: Plan, was: Figures, change: Figures) -> Table:
    """One row: what was, what is added, what is taken, what it becomes, and the share moved."""
    before = _sum(was)
    added, taken = _added_and_taken(change)
    cells = {
        "label": Cell("Обсяг програми"),
        "was": Cell(before),
        "added": Cell(added),
        "taken": Cell(taken),
        "becomes": Cell(before + added + taken),
        "share": Cell(percent_of(max(added, -taken), before)),
    }
    programme = plan.programme
    columns = (
        text_column("label", "", 16),
        money_column(programme, "was", ("Було",)),
        money_column(programme, "added", ("Збільшення",), signed=True),
        money_column(programme, "taken", ("Зменшення",), signed=True),
        money_column(programme, "becomes", ("Стане",), sums=("was", "added", "taken")),
        Column("share", ("Частка змін в обсязі програми, %",), Kind.PERCENT),
    )
    row = Row("volume", Role.LINE, cells)
    return Table("volume", columns, (row,), unit=unit_words(programme))


def _by_fund(plan: Plan, change: Figures) -> Table:
    """Changes of each year by fund; a fund that the act leaves alone has no column."""
    paid = {place.fund for place, figure in change.items() if figure.amount is not None}
    funds = [fund for fund in ProgrammeFund.values if fund in paid]
    labels = {fund: str(ProgrammeFund(fund).label) for fund in funds}
    keys = [f"fund-{fund or 'all'}" for fund in funds]
    columns = (
        text_column("year", "Рік", 14),
        *(
            money_column(plan.programme, key, (labels[fund],), signed=True)
            for key, fund in zip(keys, funds, strict=True)
        ),
        money_column(plan.programme, "total", ("усього",), sums=keys, signed=True),
    )
    rows = []
    for year in sorted({place.year for place in change}):
        own: Items = tuple((p, f) for p, f in change.items() if p.year == year)
        cells = {"year": Cell(f"{year} рік"), "total": Cell(_known(own))}
        for key, fund in zip(keys, funds, strict=True):
            cells[key] = Cell(_known(tuple((p, f) for p, f in own if p.fund == fund)))
        rows.append(Row(f"year-{year}", Role.LINE, cells))
    return _with_total(plan, "by-fund", columns, rows, {"year": "Усього"})


def _by_unit(plan: Plan, change: Figures) -> Table:
    years = sorted({place.year for place in change})
    columns = (
        text_column("unit", "Розпорядник", 40),
        *(money_column(plan.programme, str(year), (f"{year} рік",), signed=True) for year in years),
        money_column(plan.programme, "total", ("усього",), sums=list(map(str, years)), signed=True),
    )
    units = {plan.tree.unit_id(place) for place in change}
    rows = []
    for unit_id in sorted(units, key=lambda pk: _unit_order(plan, pk)):
        own: Items = tuple((p, f) for p, f in change.items() if plan.tree.unit_id(p) == unit_id)
        unit = plan.tree.executors.get(unit_id)
        name = f"{unit.number} {unit.name}".strip() if unit else _NO_UNIT
        cells = {"unit": Cell(name), "total": Cell(_known(own))}
        for year in years:
            cells[str(year)] = Cell(_known(tuple((p, f) for p, f in own if p.year == year)))
        rows.append(Row(f"unit-{unit_id}", Role.LINE, cells))
    return _with_total(plan, "by-unit", columns, rows, {"unit": "Усього"})


def _reasons(plan: Plan, act: Act) -> Table:
    rows = []
    for line in amendment.changed_lines(plan, act):
        _unit, measure = amendment.measure_words(plan, line.place)
        cells = {
            "measure": Cell(measure),
            "year": Cell(f"{line.place.year}"),
            "fund": Cell(amendment.FUNDS[line.place.fund]),
            "change": Cell(line.amount),
            "reason": Cell(line.reason or _BLANK),
        }
        rows.append(Row(amendment.line_key(line.place), Role.LINE, cells))
    columns = (
        text_column("measure", "Захід", 40),
        text_column("year", "Рік", 6),
        text_column("fund", "Фонд", 12),
        money_column(plan.programme, "change", ("Зміна",), signed=True, width=10),
        text_column("reason", "Обґрунтування", 40),
    )
    return _with_total(plan, "reasons", columns, rows, {"measure": "Усього"})


def _with_total(
    plan: Plan, key: str, columns: tuple[Column, ...], rows: Sequence[Row], words: dict[str, str]
) -> Table:
    total = {name: Cell(text) for name, text in words.items()}
    for column in columns:
        if column.kind is Kind.MONEY:
            known = [value for row in rows if (value := row.figure(column.key)) is not None]
            total[column.key] = Cell(sum(known, ZERO) if known else None)
    sums = Row("total", Role.TOTAL, total, tuple(row.key for row in rows))
    return Table(key, columns, (*rows, sums), unit=unit_words(plan.programme))


def _unit_order(plan: Plan, unit_id: int) -> tuple[bool, int]:
    unit = plan.tree.executors.get(unit_id)
    return unit is None, unit.order if unit else 0


def _added_and_taken(change: Figures) -> tuple[Decimal, Decimal]:
    amounts = [figure.amount for figure in change.values() if figure.amount is not None]
    return (
        sum((amount for amount in amounts if amount > 0), ZERO),
        sum((amount for amount in amounts if amount < 0), ZERO),
    )


def _known(items: Items) -> Decimal | None:
    amounts = [figure.amount for _place, figure in items if figure.amount is not None]
    return sum(amounts, ZERO) if amounts else None


def _sum(figures: Figures) -> Decimal:
    return sum((f.amount for f in figures.values() if f.amount is not None), ZERO)


def _paper(plan: Plan, act: Act, kind: str, title: str, stem: str) -> Document:
    slug = plan.programme.slug
    return Document(
        kind=kind,
        edition=amendment.EDITION,
        title=title,
        file_stem=f"{slug}-{stem}-{programme_measures.stem(plan, act)}",
        sections=(),
        meta=programme_measures.meta(plan, act),
        landscape=False,
        draft_mark="ПРОЄКТ" if act.is_open else "",
    )
