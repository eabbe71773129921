"""Паспорт бюджетної програми місцевого бюджету (document 1 of order 836)."""

from dataclasses import replace
from decimal import Decimal

from budgets.choices import SignatoryRole
from budgets.funds import ByFund
from budgets.models import PassportRevision, SpendingLine
from budgets.selectors import passports as passport_selectors
from indicators import selectors as indicator_selectors
from indicators.selectors import IndicatorFigures
from reports.documents.base import (
    Amounts,
    Approval,
    Cell,
    Document,
    Kind,
    Paragraph,
    Quotient,
    Role,
    Row,
    Section,
    Signature,
    Table,
)
from reports.documents.form import (
    EDITION,
    from_passport,
    fund_cells,
    fund_columns,
    head_sections,
    listed,
    number_column,
    summed,
    text_column,
    total_row,
)

_FUNDS = ("Загальний фонд", "Спеціальний фонд", "Усього")


def build(revision: PassportRevision) -> Document:
    """The passport as one revision states it; a draft carries the mark «ПРОЄКТ». Units: hryvnias."""
    passport = revision.passport
    lines = passport_selectors.approved_lines(revision)
    volume = summed(item.approved for item in lines)
    return Document(
        kind="passport",
        edition=EDITION,
        title=f"Паспорт бюджетної програми місцевого бюджету на {passport.year} рік",
        file_stem=f"{passport.year}-{passport.programme.code}-pasport-r{revision.number}",
        meta={
            "programme": passport.programme.code,
            "year": passport.year,
            "revision": revision.number,
            "status": revision.status,
        },
        approval=_approval(revision),
        sections=(
            *head_sections(revision),
            Section("4", "", (Amounts("volume", _volume(volume)),)),
            Section(
                "5",
                "Підстави для виконання бюджетної програми",
                (Paragraph("legal_grounds", revision.legal_grounds),),
            ),
            Section(
                "6",
                "Цілі державної політики, на досягнення яких спрямована реалізація бюджетної програми",
                (goals_table(revision),),
            ),
            Section("7", "Мета бюджетної програми", (Paragraph("purpose", revision.purpose),)),
            Section("8", "Завдання бюджетної програми", (tasks_table(revision),)),
            Section(
                "9", "Напрями використання бюджетних коштів", (_lines(revision, lines, volume),)
            ),
            Section(
                "10",
                "Перелік місцевих / регіональних програм, що виконуються у складі бюджетної програми",
                (_local_programmes(revision, lines),),
            ),
            Section("11", "Результативні показники бюджетної програми", (_indicators(revision),)),
        ),
        signatures=_signatures(revision),
        draft_mark="" if revision.is_approved else "ПРОЄКТ",
    )


def with_allocations(revision: PassportRevision) -> Document:
    """The passport with what its lines may pay under each economic code: an aid for people, no part of the form."""
    source = from_passport(revision)
    rows = tuple(
        Row(
            f"allocation-{item.root_id}-{item.economic_code}",
            Role.LINE,
            {
                "number": Cell(item.line_number),
                "line": Cell(item.line_title),
                "code": Cell(item.economic_code),
                **fund_cells("approved", item.approved, source),
            },
        )
        for item in passport_selectors.allocations(revision)
    )
    columns = (
        number_column(),
        text_column("line", "Напрями використання бюджетних коштів", 54),
        text_column("code", "КЕКВ", 6),
        *fund_columns("approved", captions=_FUNDS, width=12),
    )
    section = Section(
        "9а",
        "План за кодами економічної класифікації",
        (Table("allocations", columns, rows, unit="гривень"),),
    )
    document = build(revision)
    return replace(document, sections=(*document.sections, section))


def goals_table(revision: PassportRevision) -> Table:
    columns = (number_column(), text_column("goal", "Ціль державної політики", 96))
    return Table(
        "goals", columns, listed("goal", "goal", [goal.text for goal in revision.goals.all()])
    )


def tasks_table(revision: PassportRevision) -> Table:
    columns = (number_column(), text_column("task", "Завдання", 96))
    return Table(
        "tasks",
        columns,
        listed("task", "task", [task.text for task in revision.passporttasks.all()]),
    )


def lines_by_local_programme(
    lines: list[passport_selectors.ApprovedLine],
) -> dict[int, list[SpendingLine]]:
    """Which spending lines pay for which local programme, by its key."""
    found: dict[int, list[SpendingLine]] = {}
    for item in lines:
        if item.line.local_programme_id is not None:
            found.setdefault(item.line.local_programme_id, []).append(item.line)
    return found


def quotient_rule(item: IndicatorFigures) -> Quotient | None:
    numerator, denominator = item.indicator.numerator, item.indicator.denominator
    if numerator is None or denominator is None:
        return None
    return Quotient(f"indicator-{numerator.root_id}", f"indicator-{denominator.root_id}")


def with_rule(cells: dict[str, Cell], rule: Quotient | None) -> dict[str, Cell]:
    return (
        {key: Cell(cell.value, cell.source, rule) for key, cell in cells.items()} if rule else cells
    )


def _volume(volume: ByFund) -> tuple[str | Decimal, ...]:
    return (
        "Обсяг бюджетних призначень / бюджетних асигнувань –",
        volume.total,
        "гривень, у тому числі загального фонду –",
        volume.general,
        "гривень та спеціального фонду –",
        volume.special,
        "гривень.",
    )


def _lines(
    revision: PassportRevision, lines: list[passport_selectors.ApprovedLine], volume: ByFund
) -> Table:
    source = from_passport(revision)
    rows = [
        Row(
            f"line-{item.line.root_id}",
            Role.LINE,
            {
                "number": Cell(item.line.number),
                "line": Cell(item.line.title),
                **fund_cells("approved", item.approved, source),
            },
        )
        for item in lines
    ]
    columns = (
        number_column(),
        text_column("line", "Напрями використання бюджетних коштів", 60),
        *fund_columns("approved", captions=_FUNDS, width=12),
    )
    return Table(
        "lines",
        columns,
        (*rows, total_row(["approved"], [volume], label_column="line")),
        unit="гривень",
        column_numbers=True,
    )


def _local_programmes(
    revision: PassportRevision, lines: list[passport_selectors.ApprovedLine]
) -> Table:
    source = from_passport(revision)
    approved = {item.line.pk: item.approved for item in lines}
    paid_by = lines_by_local_programme(lines)
    amounts = {
        programme: summed(approved[line.pk] for line in paid_by.get(programme.pk, []))
        for programme in revision.localprogrammes.all()
    }
    rows = [
        Row(
            f"local-{programme.title}",
            Role.LINE,
            {
                "number": Cell(programme.number),
                "title": Cell(programme.title),
                **fund_cells("approved", amount, source),
            },
        )
        for programme, amount in amounts.items()
    ]
    columns = (
        number_column(),
        text_column("title", "Найменування місцевої / регіональної програми", 60),
        *fund_columns("approved", captions=_FUNDS, width=12),
    )
    total = total_row(["approved"], [summed(amounts.values())], label_column="title")
    return Table("local_programmes", columns, (*rows, total), unit="гривень", column_numbers=True)


def _indicators(revision: PassportRevision) -> Table:
    source = from_passport(revision)
    rows: list[Row] = []
    for kind, items in indicator_selectors.by_kind(indicator_selectors.indicator_figures(revision)):
        rows.append(Row(f"group-{kind}", Role.GROUP, {"title": Cell(str(kind.label))}))
        for item in items:
            indicator = item.indicator
            rows.append(
                Row(
                    f"indicator-{indicator.root_id}",
                    Role.LINE,
                    {
                        "number": Cell(indicator.number),
                        "title": Cell(indicator.title),
                        "unit": Cell(indicator.unit_of_measure),
                        "source": Cell(indicator.source),
                        **with_rule(
                            fund_cells("approved", item.approved, source), quotient_rule(item)
                        ),
                    },
                )
            )
    columns = (
        number_column(),
        text_column("title", "Показники", 42),
        text_column("unit", "Одиниця виміру", 8),
        text_column("source", "Джерело інформації", 18),
        *fund_columns("approved", captions=_FUNDS, kind=Kind.VALUE, width=11),
    )
    return Table("indicators", columns, tuple(rows), column_numbers=True)


def _approval(revision: PassportRevision) -> Approval:
    approver = revision.signatorys.filter(role=SignatoryRole.APPROVER).first()
    if revision.order_date:
        order = f"{revision.order_date:%d.%m.%Y} № {revision.order_number}"
    else:
        order = "____________ № ______"
    return Approval(
        (
            "ЗАТВЕРДЖЕНО",
            "Наказ / розпорядчий документ",
            passport_selectors.head(revision)["key_unit"][1],
            order,
            f"{approver.position} {approver.name}".strip() if approver else "",
        )
    )


def _signatures(revision: PassportRevision) -> tuple[Signature, ...]:
    signers = {signer.role: signer for signer in revision.signatorys.all()}
    shown = []
    if head := signers.get(SignatoryRole.HEAD):
        shown.append(Signature(head.position, head.name))
    if accountant := signers.get(SignatoryRole.ACCOUNTANT):
        shown.append(Signature(accountant.position, accountant.name))
    if finance := signers.get(SignatoryRole.FINANCE):
        agreed = f"{revision.agreed_on:%d.%m.%Y}" if revision.agreed_on else "____________"
        shown.append(Signature(finance.position, finance.name, heading=f"ПОГОДЖЕНО {agreed}"))
    return tuple(shown)
