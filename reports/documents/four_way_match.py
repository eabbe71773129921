"""Звірка чотирьох сум: target programme ↔ decision on the budget ↔ passport ↔ cash, and why each difference stands."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from budgets.choices import MatchStep
from budgets.exceptions import RuleViolation
from budgets.models import Passport
from budgets.money import ZERO, print_amount
from budgets.selectors import passports as passport_selectors
from budgets.selectors.match_rows import Difference, Figure, Match, MatchRow
from budgets.selectors.matching import match
from reports.documents.base import (
    Cell,
    Column,
    Document,
    Kind,
    Minus,
    Role,
    Row,
    Section,
    Source,
    Standalone,
    Table,
)
from reports.documents.form import head_sections, text_column
from reports.models import LineExplanation

KIND = "four-way-match"


def build(passport: Passport) -> Document:
    """Raises RuleViolation before the passport is approved. Units: hryvnias."""
    found, revision = match(passport), passport_selectors.revision_in_force(passport)
    if found is None or revision is None:
        raise RuleViolation(
            f"Паспорт {passport.programme.code} на {passport.year} рік ще не затверджено, звіряти нічого."
        )
    reasons = reasons_of(found, explanations(passport))
    return Document(
        kind=KIND,
        edition="еПрограма, форма 2",
        title=f"Звірка програми, бюджету, паспорта і каси за {passport.year} рік",
        file_stem=f"{passport.year}-{passport.programme.code}-zvirka",
        meta={
            "programme": passport.programme.code,
            "year": passport.year,
            "revision": revision.number,
            "as_of": found.day.isoformat(),
            "unexplained": sum(1 for each in found.differences if not reasons[each.key]),
        },
        sections=(
            *head_sections(revision),
            Section("4", "Чотири суми", (_figures(passport, found),)),
            Section("5", "Розбіжності", (_differences(found, reasons),)),
        ),
    )


def explanations(passport: Passport) -> dict[int, str]:
    """What the report says of deviations of cash, by root line."""
    rows = LineExplanation.objects.filter(report__passport=passport).exclude(text="")
    return dict(rows.values_list("line_id", "text"))


def reasons_of(found: Match, explained: Mapping[int, str]) -> dict[str, str]:
    """By key of a difference: the typed reason; of cash, what the execution report says of the line; of totals, their lines."""
    own = {each.key: _own_reason(each, explained) for each in found.differences}
    return {
        each.key: own[each.key] or _reason_of_parts(found.parts_of(each), own)
        for each in found.differences
    }


def _own_reason(difference: Difference, explained: Mapping[int, str]) -> str:
    if difference.reason is not None:
        return difference.reason.text
    if difference.step == MatchStep.PASSPORT_CASH and difference.row.line_id is not None:
        return explained.get(difference.row.line_id, "")
    return ""


def _reason_of_parts(parts: Sequence[Difference], own: Mapping[str, str]) -> str:
    """A total differs as its lines do; it has a reason once each of them has one."""
    if not parts or not all(own[part.key] for part in parts):
        return ""
    numbers = ", ".join(dict.fromkeys(str(part.row.number) for part in parts))
    return f"Різниця складається з різниць напрямів {numbers}: причини названо там."


def _figures(passport: Passport, found: Match) -> Table:
    columns = (
        text_column("number", "№", 4),
        text_column("title", "Напрям використання бюджетних коштів", 28),
        text_column("fund", "Фонд", 10),
        Column("target", ("Цільова програма",), Kind.MONEY),
        Column("decision", ("Рішення про бюджет",), Kind.MONEY),
        Column("passport", ("Паспорт",), Kind.MONEY),
        Column("cash", ("Каса",), Kind.MONEY),
        Column("passport_target", ("Різниця", "паспорт − програма"), Kind.MONEY, rule=Minus("passport", "target")),
        Column("passport_decision", ("Різниця", "паспорт − рішення"), Kind.MONEY, rule=Minus("passport", "decision")),
        Column("cash_passport", ("Різниця", "каса − паспорт"), Kind.MONEY, rule=Minus("cash", "passport")),
    )  # fmt: skip
    rows = [_row(passport, row, Role.LINE) for row in found.lines]
    for total in found.totals:
        parts = tuple(row.key for row in found.lines if not total.fund or row.fund == total.fund)
        role = Role.SUBTOTAL if total.fund else Role.TOTAL
        rows.append(_row(passport, total, role, parts))
    return Table("figures", columns, tuple(rows), unit="гривень")


def _row(
    passport: Passport, row: MatchRow, role: Role, parts: tuple[str, ...] | None = None
) -> Row:
    is_total = role is not Role.LINE
    cash = Source(
        "cash", "касові видатки року", (passport.pk, *([row.line_id] if row.line_id else []))
    )

    def cell(figure: Figure, source: Source | None = None) -> Cell:
        """A sum of parts of which some are unknown follows no rule."""
        alone = Standalone() if is_total and (figure.why or figure.amount is None) else None
        return Cell(figure.amount, source, alone)

    def difference(left: Figure, right: Figure) -> Cell:
        if left.amount is None or right.amount is None:
            return Cell(None, rule=Standalone())
        rule = Standalone() if is_total else None
        return Cell(left.amount - right.amount, rule=rule)

    return Row(
        row.key,
        role,
        {
            "number": Cell("" if row.number is None else str(row.number)),
            "title": Cell(row.title),
            "fund": Cell(row.fund_label),
            "target": cell(row.target),
            "decision": Cell(row.decision.amount, rule=Standalone() if is_total else None),
            "passport": cell(row.passport),
            "cash": cell(row.cash, cash),
            "passport_target": difference(row.passport, row.target),
            "passport_decision": difference(row.passport, row.decision),
            "cash_passport": difference(row.cash, row.passport),
        },
        parts,
    )


def _differences(found: Match, reasons: Mapping[str, str]) -> Table:
    columns = (
        text_column("place", "Де", 20),
        text_column("step", "Що порівняно", 14),
        Column("amount", ("Різниця",), Kind.MONEY),
        text_column("words", "Що сталося", 22),
        text_column("grounds", "Акти, накази, платежі", 28),
        text_column("reason", "Причина", 24),
    )
    rows = tuple(
        Row(
            each.key,
            Role.LINE,
            {
                "place": Cell(place_of(each)),
                "step": Cell(str(each.step.label)),
                "amount": Cell(each.amount),
                "words": Cell(each.words),
                "grounds": Cell("; ".join(_ground(text, amount) for text, amount in (
                    (ground.text, ground.amount) for ground in each.grounds))),
                "reason": Cell(reasons[each.key]),
                # For the checks, in no column: what was paid where cash is compared.
                "paid": Cell(each.after.amount if each.step == MatchStep.PASSPORT_CASH else None),
            },
        )
        for each in found.differences
    )  # fmt: skip
    return Table("differences", columns, rows, unit="гривень")


def place_of(difference: Difference) -> str:
    row = difference.row
    line = f"{row.number}. {row.title}" if row.number is not None else row.title
    return f"{line} · {row.fund_label}"


def _ground(text: str, amount: Decimal | None) -> str:
    if amount is None:
        return f"{text}: суми невідомі"
    sign = "+" if amount > ZERO else ""
    return f"{text}: {sign}{print_amount(amount)}"
