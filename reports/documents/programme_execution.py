"""Звіт про результат виконання програми за період (document 5): of one unit, or consolidated.

The form prints one percent. Published reports show why two are needed: «100 %» beside 92,8 of 116,0. Percent of work is what
the unit says; percent of money is computed; where they part, a list says so in words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.choices import PresentationUnit, UnitReportStatus
from budgets.models import Executor, Programme
from budgets.money import ZERO, percent_of, print_in_unit
from budgets.numbers import print_number
from reports.documents import programme_execution_changes, programme_measures
from reports.documents.base import (
    Cell,
    Column,
    Document,
    Kind,
    Paragraph,
    PercentOf,
    Role,
    Row,
    Section,
    Signature,
    Source,
    Standalone,
    Table,
    Unit,
)
from reports.documents.form import text_column
from reports.documents.programme_columns import shown_in
from reports.models import Campaign, MeasureReport, UnitReport
from reports.periods import ReportingPeriod
from reports.selectors import campaigns, execution
from reports.selectors.execution import Execution, ExecutionRow

KIND = "programme-execution"
EDITION = "еПрограма, форма 5"
# Captions of seed 003.
_PERCENT = "Відсоток виконання заходу, %"
_TOTAL = "Всього"
_WORDS = {Unit.THOUSAND: "тис. грн", Unit.HRYVNIA: "грн"}
_NOBODY = "Заходи без названого виконавця"


@dataclass(frozen=True)
class _Words:
    """What units wrote, by executor and measure."""

    reports: Mapping[int, UnitReport]
    rows: Mapping[tuple[int, int], MeasureReport]


def build(
    programme: Programme, period: ReportingPeriod, *, report: UnitReport | None = None
) -> Document:
    """Of one unit where its ``report`` is given, else consolidated: Σ of the units, with a subtotal for each.

    Plan as of the period's last day, cash of its days. Words come from the campaign, and are empty before it is
    opened. Units: hryvnias, printed as the report says. The number of queries does not depend on the rows.
    """
    found = execution.load(programme, period)
    words = _words(report.campaign if report else campaigns.find(programme, period))
    presentation = PresentationUnit(report.unit if report else programme.unit)
    unit = shown_in(presentation)
    rows = found.of(report.executor_id) if report else found.rows
    table = _table(found, rows, words, unit, report)
    sections = [
        Section("", "", tuple(_head(found, report))),
        Section("1", "Виконання заходів Програми", (table,)),
    ]
    if differences := list(_differences(table, presentation)):
        sections.append(
            Section("2", "Де відсоток роботи і відсоток коштів різні", tuple(differences))
        )
    if report is None and (states := _states(found, words)):
        sections.append(Section("3", "Звіти виконавців", (states,)))
    if section := programme_execution_changes.section(found, words.reports.values(), report):
        sections.append(section)
    total = table.row("total")
    percent = total.figure("percent_of_money") if total else None
    subject = f"\n{report.subject}" if report and report.subject else ""
    return Document(
        kind=KIND,
        edition=EDITION,
        title=f"Звіт\nпро результат виконання\n{_genitive(programme.title)}\n{period.words(programme.year_from)}{subject}",
        file_stem=f"{programme.slug}-vykonannia-{period.key}{_stem(report)}",
        meta={
            "programme": programme.slug,
            "period": period.key,
            "unit": report.unit_name if report else "",
            "percent_executed": "" if percent is None else str(percent),
            **(
                {"incomplete": programme_measures.incomplete(found.plan)}
                if found.plan.unknown
                else {}
            ),
        },
        sections=tuple(sections),
        signatures=(Signature(report.position, report.name),) if report and report.position else (),
        draft_mark=_draft_mark(found, words, report),
    )


def _words(campaign: Campaign | None) -> _Words:
    if campaign is None:
        return _Words({}, {})
    reports = {report.pk: report for report in campaigns.unit_reports(campaign)}
    rows = MeasureReport.objects.filter(report__campaign=campaign)
    return _Words(
        {report.executor_id or 0: report for report in reports.values()},
        {(reports[row.report_id].executor_id or 0, row.measure_id): row for row in rows},
    )


def _draft_mark(found: Execution, words: _Words, report: UnitReport | None) -> str:
    """A report is final when it is accepted, the consolidated one when the reports of all its units are."""
    own = [report] if report else [words.reports.get(pk) for pk in found.executor_ids]
    is_final = bool(own) and all(
        each is not None and each.status == UnitReportStatus.ACCEPTED for each in own
    )
    return "" if is_final else "ПРОЄКТ"


def _genitive(title: str) -> str:
    """«Міської цільової програми …» of «Міська цільова програма …»; a title that begins otherwise stays as it is."""
    match = re.match(r"(?:[^\W\d_]+[ая]\s+)*програма\b", title, re.IGNORECASE)
    if match is None:
        return title
    words = re.sub(r"а(?=\s)", "ої", match[0])
    words = re.sub(r"я(?=\s)", "ьої", words)
    return f"{words[:-1]}и{title[match.end() :]}"


def _stem(report: UnitReport | None) -> str:
    return f"-{report.pk}" if report else ""


# Head


def _head(found: Execution, report: UnitReport | None) -> Iterator[Paragraph]:
    decisions = report.decisions if report else ""
    yield Paragraph(
        "decisions",
        f"Дата і номер рішення, яким затверджено Програму, та зміни до неї: {decisions or found.acts_in_words}.",
    )
    if responsible := _responsible(found, report):
        yield Paragraph("responsible", f"Відповідальний виконавець Програми: {responsible}.")
    programme = found.programme
    yield Paragraph(
        "term", f"Термін реалізації Програми: {programme.year_from}–{programme.year_to} роки."
    )
    if found.plan.unknown:
        yield Paragraph("incomplete", programme_measures.incomplete(found.plan))


def _responsible(found: Execution, report: UnitReport | None) -> str:
    if report is not None:
        return report.unit_name
    if found.programme.responsible_unit is not None:
        return found.programme.responsible_unit.name
    return ", ".join(each.name for each in found.executors if each is not None)


# Table


def _table(
    found: Execution,
    rows: Sequence[ExecutionRow],
    words: _Words,
    unit: Unit,
    report: UnitReport | None,
) -> Table:
    written = (words.rows.get(row.key) for row in rows)
    has_facts = any(each is not None and each.fact is not None for each in written)
    made: list[Row] = []
    parts: list[str] = []
    by_executor: dict[int, list[ExecutionRow]] = {}
    for row in rows:
        by_executor.setdefault(row.executor_id, []).append(row)
    for executor_id, own in by_executor.items():
        lines = list(_lines(found, own, words, grouped=report is not None))
        if report is None:
            name = _name(found.plan.tree.executors.get(executor_id))
            made.append(Row(f"executor-{executor_id}", Role.GROUP, {"measure": Cell(name)}))
        made += lines
        keys = tuple(line.key for line in lines if line.role is Role.LINE)
        parts += keys
        if report is None:
            made.append(_sum_row(f"subtotal-{executor_id}", f"Разом: {name}", own, keys))
    made.append(_sum_row("total", _TOTAL, rows, tuple(parts), Role.TOTAL))
    return Table(
        "measures",
        _columns(found, unit, has_facts),
        tuple(made),
        unit=_WORDS[unit],
        column_numbers=True,
    )


def _columns(found: Execution, unit: Unit, has_facts: bool) -> tuple[Column, ...]:
    def money(key: str, caption: str) -> Column:
        return Column(key, (caption,), Kind.MONEY, width=10, unit=unit)

    whole = "annual" if not found.period.is_final else "programme"
    facts = (
        (
            Column("fact", ("Факт", "кількість"), Kind.QUANTITY, width=7),
            Column("fact_unit", ("Факт", "чого"), Kind.TEXT, width=7),
        )
        if has_facts
        else ()
    )
    return (
        text_column("number", "№ з/п", 4),
        text_column("task", "Пріоритетні завдання", 16),
        text_column("measure", "Зміст заходів", 20),
        text_column("term", "Термін виконання", 8),
        text_column("executors", "Виконавці", 14),
        money("programme", "Орієнтовний обсяг фінансування відповідно до програми"),
        *(() if found.period.is_final else (money("annual", "Річний обсяг фінансування"),)),
        money("paid", "Фактично профінансовано у звітному періоді"),
        Column("percent", (_PERCENT, "роботи, зазначено"), Kind.PERCENT, width=8),
        Column(
            "percent_of_money",
            (_PERCENT, "коштів, обчислено"),
            Kind.PERCENT,
            PercentOf("paid", whole),
            width=8,
        ),
        *facts,
        text_column("information", "Інформація про виконання або причини невиконання заходу", 26),
    )


def _lines(
    found: Execution, rows: Sequence[ExecutionRow], words: _Words, *, grouped: bool
) -> Iterator[Row]:
    direction, task_id = "", -1
    for row in rows:
        if grouped and row.direction and row.direction != direction:
            yield Row(f"direction-{row.key[1]}", Role.GROUP, {"measure": Cell(row.direction)})
        is_same_task = task_id == row.task_id and row.task_id != 0
        direction, task_id = row.direction, row.task_id
        written = words.rows.get(row.key)
        text = row.words
        yield Row(
            f"measure-{row.executor_id}-{row.measure.pk}",
            Role.LINE,
            {
                "number": Cell("" if is_same_task and not row.measure.number else row.number),
                "task": Cell("" if is_same_task else row.task),
                "measure": Cell(text.title if text else ""),
                "term": Cell(text.term if text else ""),
                "executors": Cell(
                    (text.executors_text if text else "")
                    or _name(found.plan.tree.executors.get(row.executor_id))
                ),
                **_money(found, row),
                "percent": Cell(
                    written.percent_of_work if written else None,
                    Source("typed", "зазначено виконавцем", row.key) if written else None,
                ),
                "fact": Cell(written.fact if written else None),
                "fact_unit": Cell(written.fact_unit if written else ""),
                "information": Cell(written.text if written else ""),
                # For the checks, in no column.
                "remark": Cell(written.remark if written else ""),
            },
        )


def _money(found: Execution, row: ExecutionRow) -> dict[str, Cell]:
    depends_on = found.plan.unknown
    period = found.period
    cash = Source(
        "measure-cash",
        f"касові видатки на захід {period.words(found.programme.year_from)}",
        (found.programme.pk, row.measure.pk),
    )
    cells = {
        "programme": Cell(
            row.programme_amount,
            found.plan.where_from(row.programme_items, depends_on=depends_on),
        ),
        "annual": Cell(
            row.annual_amount, found.plan.where_from(row.annual_items, depends_on=depends_on)
        ),
        "paid": Cell(row.paid, cash),
        "percent_of_money": Cell(row.percent_of_money, Source("computed", "кошти ÷ обсяг × 100")),
    }
    if period.is_final:
        del cells["annual"]
    return cells


def _sum_row(
    key: str,
    label: str,
    rows: Sequence[ExecutionRow],
    parts: tuple[str, ...],
    role: Role = Role.SUBTOTAL,
) -> Row:
    programme = sum((row.programme_amount or ZERO for row in rows), ZERO)
    annual = sum((row.annual_amount or ZERO for row in rows), ZERO)
    paid = sum((row.paid for row in rows), ZERO)
    return Row(
        key,
        role,
        {
            "measure": Cell(label),
            "programme": Cell(programme),
            "annual": Cell(annual),
            "paid": Cell(paid),
            "percent": Cell(None, rule=Standalone()),
            "percent_of_money": Cell(percent_of(paid, annual)),
        },
        parts,
    )


def _name(executor: Executor | None) -> str:
    return executor.name if executor is not None else _NOBODY


# Where two percents part


def _differences(table: Table, presentation: PresentationUnit) -> Iterator[Paragraph]:
    whole = "annual" if any(column.key == "annual" for column in table.columns) else "programme"
    for row in table.lines:
        said, money = row.figure("percent"), row.figure("percent_of_money")
        if said is None or money is None or said == money:
            continue
        yield Paragraph(
            f"percent-{row.key}", percents_in_words(row, said, money, whole, presentation)
        )


def percents_in_words(
    row: Row, said: Decimal, money: Decimal, whole: str, presentation: PresentationUnit
) -> str:
    """«№ 2, Придбання послуг та товарів: роботи зазначено 100 %, коштів 80 %: 92,8 з 116,0 тис. грн.»"""
    paid, planned = row.figure("paid") or ZERO, row.figure(whole) or ZERO
    number = f"№ {row.value('number')}, " if row.value("number") else ""
    return (
        f"{number}{row.value('measure')}: роботи зазначено {print_number(said, max_places=2)} %,"
        f" коштів {print_number(money, max_places=2)} %:"
        f" {print_in_unit(paid, presentation)} з {print_in_unit(planned, presentation)} {_WORDS[shown_in(presentation)]}."
    )


def _states(found: Execution, words: _Words) -> Table | None:
    """Whose reports the consolidated one is made of, and how far each is."""
    rows = []
    for number, executor in enumerate(found.executors, start=1):
        report = words.reports.get(executor.pk if executor else 0)
        rows.append(
            Row(
                f"report-{executor.pk if executor else 0}",
                Role.LINE,
                {
                    "number": Cell(number),
                    "unit": Cell(report.unit_name if report else _name(executor)),
                    "status": Cell(
                        str(report.get_status_display()) if report else "звіту не відкрито"
                    ),
                    "code": Cell(report.status if report else "none"),
                    "signed": Cell(f"{report.position} {report.name}".strip() if report else ""),
                },
            )
        )
    columns = (
        Column("number", ("№ з/п",), Kind.ORDINAL, width=4),
        text_column("unit", "Виконавець", 40),
        text_column("status", "Стан звіту", 14),
        text_column("signed", "Підписав", 30),
    )
    return Table("reports", columns, tuple(rows)) if rows else None
