"""Звіт про виконання паспорта бюджетної програми місцевого бюджету (document 2 of order 836)."""

from budgets.exceptions import RuleViolation
from budgets.funds import ByFund
from budgets.models import Passport, PassportRevision
from budgets.money import percent_of
from budgets.selectors import cash as cash_selectors
from budgets.selectors import passports as passport_selectors
from budgets.selectors.passports import ApprovedLine
from indicators import selectors as indicator_selectors
from indicators.choices import IndicatorKind
from indicators.selectors import IndicatorFigures
from reports.documents.base import (
    Cell,
    Column,
    Document,
    Kind,
    Paragraph,
    Role,
    Row,
    Section,
    Signature,
    Source,
    Table,
)
from reports.documents.form import (
    EDITION,
    computed,
    deviation_columns,
    from_cash,
    from_passport,
    fund_cells,
    fund_columns,
    head_sections,
    number_column,
    summed,
    text_column,
    total_row,
)
from reports.documents.passport import (
    goals_table,
    lines_by_local_programme,
    quotient_rule,
    tasks_table,
    with_rule,
)
from reports.models import ExecutionReport

# Wording of the form, order 836.
_APPROVED = "Затверджено у паспорті бюджетної програми"
_CASH = "Касові видатки (надані кредити з бюджету)"
_ACTUAL = "Фактичні результативні показники, досягнуті за рахунок касових видатків (наданих кредитів з бюджету)"
_FOOTNOTES = (
    "* Зазначаються всі напрями використання бюджетних коштів, затверджені у паспорті бюджетної програми.",
    "** Зазначаються пояснення щодо причин відхилення обсягів касових видатків (наданих кредитів з бюджету) за напрямом"
    " використання бюджетних коштів від обсягів, затверджених у паспорті бюджетної програми.",
    "*** Зазначаються пояснення щодо причин розбіжностей між фактичними та затвердженими результативними показниками.",
)
_NO_DEVIATION = "Відхилення немає."


def build(passport: Passport) -> Document:
    """The yearly report: the passport in force at the year's end beside the cash and the actual values.

    Raises RuleViolation before the passport is approved. Units: hryvnias. The number of queries does not
    depend on the number of payments.
    """
    revision = passport_selectors.revision_in_force(passport)
    if revision is None:
        raise RuleViolation(
            f"Паспорт {passport.programme.code} на {passport.year} рік ще не затверджено, звіту немає."
        )
    report = (
        ExecutionReport.objects.filter(passport=passport)
        .prefetch_related("line_explanations", "signatories")
        .first()
    )
    lines = passport_selectors.approved_lines(revision)
    paid = cash_selectors.cash_by_line(passport)
    figures = indicator_selectors.indicator_figures(revision)
    approved_total = summed(item.approved for item in lines)
    cash_total = summed(paid.get(item.line.root_id, ByFund.of()) for item in lines)
    percent = percent_of(cash_total.total, approved_total.total)
    explanations = (
        {row.line_id: row.text for row in report.line_explanations.all()} if report else {}
    )
    return Document(
        kind="passport-execution",
        edition=EDITION,
        title=f"ЗВІТ про виконання паспорта бюджетної програми місцевого бюджету на {passport.year} рік",
        file_stem=f"{passport.year}-{passport.programme.code}-zvit",
        meta={
            "programme": passport.programme.code,
            "year": passport.year,
            "revision": revision.number,
            "percent_executed": "" if percent is None else str(percent),
        },
        sections=(
            *head_sections(revision),
            Section(
                "4",
                "Цілі державної політики, на досягнення яких спрямована реалізація бюджетної програми",
                (goals_table(revision),),
            ),
            Section("5", "Мета бюджетної програми", (Paragraph("purpose", revision.purpose),)),
            Section("6", "Завдання бюджетної програми", (tasks_table(revision),)),
            Section(
                "7",
                "Видатки (надані кредити з бюджету) та напрями використання бюджетних коштів за бюджетною програмою",
                (),
            ),
            Section(
                "7.1",
                "Аналіз розділу «Видатки (надані кредити з бюджету) та напрями використання бюджетних коштів за"
                " бюджетною програмою»",
                (_lines(revision, lines, paid, approved_total, cash_total),),
            ),
            Section(
                "7.2",
                "Пояснення щодо причин відхилення обсягів касових видатків (наданих кредитів з бюджету) за напрямом"
                " використання бюджетних коштів від обсягів, затверджених у паспорті бюджетної програми**",
                (_line_explanations(lines, paid, explanations),),
            ),
            Section(
                "8",
                "Видатки (надані кредити з бюджету) на реалізацію місцевих/регіональних програм, які виконуються в межах"
                " бюджетної програми",
                (_local_programmes(revision, lines, paid),),
            ),
            Section("9", "Результативні показники бюджетної програми та аналіз їх виконання", ()),
            Section(
                "9.1", "Аналіз показників бюджетної програми", (_indicators(revision, figures),)
            ),
            Section(
                "9.2",
                "Пояснення щодо причин розбіжностей між фактичними та затвердженими результативними показниками***",
                (_indicator_explanations(figures),),
            ),
            Section(
                "9.3",
                "Аналіз стану виконання результативних показників",
                (Paragraph("analysis", report.analysis if report else ""),),
            ),
            Section(
                "10",
                "Узагальнений висновок про виконання бюджетної програми",
                (Paragraph("conclusion", report.conclusion if report else ""),),
            ),
        ),
        signatures=tuple(Signature(row.position, row.name) for row in report.signatories.all())
        if report
        else (),
        footnotes=_FOOTNOTES,
    )


def _money_columns(label: Column) -> tuple[Column, ...]:
    """The eleven columns of tables 7.1 and 8."""
    return (
        number_column(),
        label,
        *fund_columns("approved", _APPROVED),
        *fund_columns("cash", _CASH),
        *deviation_columns("cash", "approved"),
    )


def _money_cells(
    approved: ByFund, cash: ByFund, passport: Source, payments: Source | None
) -> dict[str, Cell]:
    return {
        **fund_cells("approved", approved, passport),
        **fund_cells("cash", cash, payments),
        **fund_cells("deviation", cash - approved, computed()),
    }


def _lines(
    revision: PassportRevision,
    lines: list[ApprovedLine],
    paid: dict[int, ByFund],
    approved_total: ByFund,
    cash_total: ByFund,
) -> Table:
    rows = [
        Row(
            f"line-{item.line.root_id}",
            Role.LINE,
            {
                "number": Cell(item.line.number),
                "line": Cell(item.line.title),
                **_money_cells(
                    item.approved,
                    paid.get(item.line.root_id, ByFund.of()),
                    from_passport(revision),
                    from_cash(revision.passport, item.line.root_id, item.line.number),
                ),
            },
        )
        for item in lines
    ]
    totals = [approved_total, cash_total, cash_total - approved_total]
    total = total_row(["approved", "cash", "deviation"], totals, label_column="line")
    columns = _money_columns(text_column("line", "Напрями використання бюджетних коштів*", 30))
    return Table("lines", columns, (*rows, total), unit="гривень")


def _line_explanations(
    lines: list[ApprovedLine], paid: dict[int, ByFund], explanations: dict[int, str]
) -> Table:
    rows = []
    for item in lines:
        root_id = item.line.root_id
        deviates = not (paid.get(root_id, ByFund.of()) - item.approved).is_zero
        text = explanations.get(root_id) or ("" if deviates else _NO_DEVIATION)
        cells = {"number": Cell(item.line.number), "explanation": Cell(text)}
        rows.append(Row(f"line-{root_id}", Role.LINE, cells))
    return Table(
        "line_explanations",
        (number_column(), text_column("explanation", "Пояснення", 96)),
        tuple(rows),
    )


def _local_programmes(
    revision: PassportRevision, lines: list[ApprovedLine], paid: dict[int, ByFund]
) -> Table:
    approved = {item.line.pk: item.approved for item in lines}
    paid_by = lines_by_local_programme(lines)
    rows, totals = [], [ByFund.of(), ByFund.of()]
    for programme in revision.localprogrammes.all():
        own = paid_by.get(programme.pk, [])
        plan = summed(approved[line.pk] for line in own)
        cash = summed(paid.get(line.root_id, ByFund.of()) for line in own)
        totals = [totals[0] + plan, totals[1] + cash]
        payments = Source(
            "cash", f"касові видатки за рядками {', '.join(str(line.number) for line in own)}"
        )
        cells = {"number": Cell(programme.number), "title": Cell(programme.title)}
        cells |= _money_cells(plan, cash, from_passport(revision), payments)
        rows.append(Row(f"local-{programme.number}", Role.LINE, cells))
    total = total_row(
        ["approved", "cash", "deviation"],
        [totals[0], totals[1], totals[1] - totals[0]],
        label_column="title",
    )
    columns = _money_columns(
        text_column("title", "Найменування місцевої/ регіональної програми", 30)
    )
    # Seed forms print no total under a single programme; several need one.
    shown = (*rows, total) if len(rows) > 1 else tuple(rows)
    return Table("local_programmes", columns, shown, unit="гривень", column_numbers=True)


def _indicators(revision: PassportRevision, figures: list[IndicatorFigures]) -> Table:
    rows: list[Row] = []
    for kind, items in indicator_selectors.by_kind(figures):
        rows.append(_group(kind))
        rows.extend(_indicator_row(revision, item) for item in items)
    columns = (
        number_column(),
        text_column("title", "Показники", 26),
        text_column("unit", "Одиниця виміру", 6),
        text_column("source", "Джерело інформації", 14),
        *fund_columns("approved", _APPROVED, kind=Kind.VALUE),
        *fund_columns("actual", _ACTUAL, kind=Kind.VALUE),
        *deviation_columns("actual", "approved", kind=Kind.VALUE),
    )
    return Table("indicators", columns, tuple(rows), column_numbers=True)


def _group(kind: IndicatorKind) -> Row:
    return Row(f"group-{kind}", Role.GROUP, {"title": Cell(str(kind.label).capitalize())})


def _indicator_row(revision: PassportRevision, item: IndicatorFigures) -> Row:
    indicator = item.indicator
    rule = quotient_rule(item)
    if indicator.line is not None:
        actual_source = from_cash(revision.passport, indicator.line.root_id, indicator.line.number)
    elif rule is not None:
        actual_source = Source("computed", f"показник {item.formula}")
    else:
        actual_source = Source(
            "typed", "введене фактичне значення", (revision.passport_id, indicator.root_id)
        )
    return Row(
        f"indicator-{indicator.root_id}",
        Role.LINE,
        {
            "number": Cell(indicator.number),
            "title": Cell(indicator.title),
            "unit": Cell(indicator.unit_of_measure),
            "source": Cell(indicator.source),
            **with_rule(fund_cells("approved", item.approved, from_passport(revision)), rule),
            **with_rule(fund_cells("actual", item.actual, actual_source), rule),
            **fund_cells("deviation", item.deviation, computed()),
        },
    )


def _indicator_explanations(figures: list[IndicatorFigures]) -> Table:
    rows: list[Row] = []
    for kind, items in indicator_selectors.by_kind(figures):
        rows.append(_group(kind))
        for item in items:
            settled = item.deviation is not None and item.deviation.is_zero
            text = item.explanation or (_NO_DEVIATION if settled else "")
            cells = {
                "number": Cell(item.indicator.number),
                "title": Cell(item.indicator.title),
                "unit": Cell(item.indicator.unit_of_measure),
                "explanation": Cell(text),
            }
            rows.append(Row(f"indicator-{item.indicator.root_id}", Role.LINE, cells))
    columns = (
        number_column(),
        text_column("title", "Показники", 40),
        text_column("unit", "Одиниця виміру", 8),
        text_column(
            "explanation",
            "Пояснення щодо причин розбіжностей між фактичними та затвердженими результативними показниками",
            48,
        ),
    )
    return Table("indicator_explanations", columns, tuple(rows), column_numbers=True)
