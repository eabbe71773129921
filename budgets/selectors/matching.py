"""The four-way match of a budget programme's year: target programme ↔ decision on the budget ↔ passport ↔ cash.

By line and fund three of them meet: a decision on the budget does not divide by lines, so it joins in the totals. Each
figure carries what made it (``Ground``), each difference of two figures the grounds of both.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budgets.choices import Fund, MatchStep, RevisionStatus
from budgets.funds import ByFund
from budgets.models import (
    BudgetDecision,
    LineAllocation,
    MatchReason,
    Passport,
    PassportRevision,
    SpendingLine,
)
from budgets.money import ZERO, print_amount
from budgets.periods import year_span
from budgets.selectors import cash as cash_selectors
from budgets.selectors import decisions, passports
from budgets.selectors.match_rows import BOTH, Difference, Figure, Ground, Match, MatchRow
from budgets.selectors.target_plans import LinePlan, line_plans

Approval = tuple[PassportRevision, ByFund]


def match(passport: Passport) -> Match | None:
    """The match as of the year's end or today; None before the passport is approved. A fixed number of queries."""
    revision = passports.revision_in_force(passport)
    if revision is None:
        return None
    first, last = year_span(passport.year)
    day = max(first, min(last, timezone.localdate()))
    approvals = _approvals(passport)
    lines = tuple(_lines(passport, revision, approvals, day))
    totals = tuple(_totals(passport, lines, approvals, day))
    reasons = {
        (reason.step, reason.line_id, reason.fund): reason
        for reason in passport.match_reasons.select_related("changed_by")
    }
    found = []
    for row in (*totals, *lines):
        for step, before, after in row.steps():
            difference = _difference(
                row, step, before, after, reasons.get((step, row.line_id, row.fund))
            )
            if difference is not None:
                found.append(difference)
    return Match(day, lines, totals, tuple(found))


def _lines(
    passport: Passport,
    revision: PassportRevision,
    approvals: Mapping[int, list[Approval]],
    day: dt.date,
) -> Iterator[MatchRow]:
    plans = line_plans(passport, day)
    paid = cash_selectors.cash_by_line(passport)
    lines: dict[int, tuple[SpendingLine, ByFund]] = {
        item.line.root_id: (item.line, item.approved) for item in passports.approved_lines(revision)
    }
    for line in SpendingLine.objects.filter(pk__in=paid.keys() - lines.keys()):
        lines[line.pk] = (line, ByFund.of())  # cash stands on a line that a later revision left out
    for root, (line, approved) in lines.items():
        plan, cash = plans.get(root), paid.get(root, ByFund.of())
        is_together = plan is not None and plan.is_unsplit
        for fund in (BOTH,) if is_together else Fund.values:
            planned = _planned(plan, fund)
            if not is_together and not (approved.fund(fund) or cash.fund(fund) or planned.amount):
                continue
            yield MatchRow(
                root,
                line.number,
                line.title,
                fund,
                planned,
                Figure(None, why=_("Рішення про бюджет не поділяє кошти за напрямами.")),
                Figure(_of(approved, fund), _revisions(approvals.get(root, []), fund)),
                Figure(_of(cash, fund), _payments(_of(cash, fund), root)),
            )


def _totals(
    passport: Passport,
    lines: Sequence[MatchRow],
    approvals: Mapping[int, list[Approval]],
    day: dt.date,
) -> Iterator[MatchRow]:
    """By fund, where the lines are divided by funds, and of both."""
    given = decisions.behind(passport.programme, passport.year, day)
    changes = [step for steps in approvals.values() for step in steps]
    funds = sorted({row.fund for row in lines}, key=[*Fund.values, BOTH].index)
    for fund in [*(fund for fund in funds if fund and BOTH not in funds), BOTH]:
        own = [row for row in lines if not fund or row.fund == fund]
        cash = _sum(row.cash for row in own)
        yield MatchRow(
            None,
            None,
            _("Усього"),
            fund,
            _total_plan(own),
            _decided(given, fund),
            Figure(_sum(row.passport for row in own), _revisions(changes, fund)),
            Figure(cash, _payments(cash, None)),
        )


def _planned(plan: LinePlan | None, fund: str) -> Figure:
    if plan is None:
        return Figure(None, why=_("Напрям не пов’язано із заходами цільової програми."))
    grounds = [
        Ground("act", f"{act.programme}: {act}", (act.programme.slug, act.pk), amount)
        for act, changed in plan.acts.items()
        if (amount := sum(changed.values(), ZERO) if not fund else changed.get(fund, ZERO))
    ]
    notes = []
    if plan.is_divided:
        notes.append(_("Захід оплачують кілька напрямів: тут частка за сумами паспортів."))
    if plan.unknown:
        unknown = [
            Ground("act", f"{act.programme}: {act}", (act.programme.slug, act.pk))
            for act in plan.unknown
        ]
        notes.append(_incomplete(ground.text for ground in unknown))
        grounds += unknown
    return Figure(
        plan.total if not fund else plan.by_fund.get(fund, ZERO), tuple(grounds), " ".join(notes)
    )


def _total_plan(rows: Sequence[MatchRow]) -> Figure:
    """The plan of all lines; of some, with words, while others pay for no measure yet."""
    known = [row for row in rows if row.target.amount is not None]
    if not known:
        return Figure(None, why=_("Жодного напряму не пов’язано із заходами цільової програми."))
    sums: dict[Ground, Decimal | None] = {}
    for ground in (ground for row in known for ground in row.target.grounds):
        source = replace(ground, amount=None)
        sums[source] = None if ground.amount is None else (sums.get(source) or ZERO) + ground.amount
    grounds = tuple(replace(ground, amount=amount) for ground, amount in sums.items())
    notes = []
    if left_out := dict.fromkeys(str(row.number) for row in rows if row not in known):
        words = _("Без напрямів %(numbers)s: їх не пов’язано із заходами.")
        notes.append(words % {"numbers": ", ".join(left_out)})
    if unknown := [ground.text for ground in grounds if ground.amount is None]:
        notes.append(_incomplete(unknown))
    return Figure(_sum(row.target for row in known), grounds, " ".join(notes))


def _incomplete(acts: Iterable[str]) -> str:
    return _("План неповний: %(acts)s — відомо лише номер і дату.") % {"acts": ", ".join(acts)}


def _decided(given: Sequence[tuple[BudgetDecision, Mapping[str, Decimal]]], fund: str) -> Figure:
    if not given:
        return Figure(None, why=_("Рішень про бюджет року, що називають цю програму, не внесено."))
    grounds = tuple(
        Ground(
            "decision",
            str(decision),
            (decision.pk,),
            (amounts.get(fund, ZERO) if fund else sum(amounts.values(), ZERO))
            if decision.lines_known
            else None,
        )
        for decision, amounts in given
    )
    unknown = [str(decision) for decision, _amounts in given if not decision.lines_known]
    if unknown:
        why = _("Сум не видно: %(decisions)s відоме лише за номером і датою.")
        return Figure(None, grounds, why % {"decisions": ", ".join(unknown)})
    return Figure(sum((ground.amount or ZERO for ground in grounds), ZERO), grounds)


def _approvals(passport: Passport) -> dict[int, list[Approval]]:
    """What each approved revision changed for each root line."""
    rows = (
        LineAllocation.objects.filter(
            line__revision__passport=passport, line__revision__status=RevisionStatus.APPROVED
        )
        .order_by()
        .values_list("line__revision_id", Coalesce("line__origin_id", "line_id"))
        .annotate(general=Sum("general"), special=Sum("special"))
    )
    amounts = {(revision, root): ByFund.of(g, s) for revision, root, g, s in rows}
    roots = {root for _revision, root in amounts}
    found: dict[int, list[Approval]] = defaultdict(list)
    before = dict.fromkeys(roots, ByFund.of())
    for revision in passport.revisions.filter(status=RevisionStatus.APPROVED).order_by("number"):
        for root in roots:
            now = amounts.get((revision.pk, root), ByFund.of())
            if not (now - before[root]).is_zero:
                found[root].append((revision, now - before[root]))
            before[root] = now
    return found


def _revisions(steps: Iterable[Approval], fund: str) -> tuple[Ground, ...]:
    sums: dict[PassportRevision, Decimal] = defaultdict(Decimal)
    for revision, changed in steps:
        sums[revision] += _of(changed, fund)
    return tuple(
        Ground(
            "revision",
            _("паспорт, редакція %(number)s: наказ № %(order)s від %(date)s")
            % {
                "number": revision.number,
                "order": revision.order_number,
                "date": f"{revision.order_date:%d.%m.%Y}",
            },
            (revision.number,),
            amount,
        )
        for revision, amount in sorted(sums.items(), key=lambda item: item[0].number)
        if amount
    )


def _payments(amount: Decimal, root: int | None) -> tuple[Ground, ...]:
    text = _("платежі року") if amount else _("платежів не було")
    return (Ground("cash", text, () if root is None else (root,), amount),)


def _difference(
    row: MatchRow, step: MatchStep, before: Figure, after: Figure, reason: MatchReason | None
) -> Difference | None:
    if before.amount is None or after.amount is None:
        why = " ".join(figure.why for figure in (before, after) if figure.amount is None)
        if not (before.amount or after.amount or row.passport.amount):
            return None
        return Difference(row, step, None, before, after, why, reason)
    amount = after.amount - before.amount
    if not amount:
        return None
    words = _WORDS[step][amount > 0] % {"amount": print_amount(abs(amount))}
    notes = " ".join(dict.fromkeys(filter(None, (before.why, after.why))))
    return Difference(row, step, amount, before, after, f"{words} {notes}".strip(), reason)


_WORDS = {
    MatchStep.TARGET_DECISION: (
        gettext_lazy("Бюджет дав на %(amount)s грн менше, ніж планує програма."),
        gettext_lazy("Бюджет дав на %(amount)s грн більше, ніж планує програма."),
    ),
    MatchStep.TARGET_PASSPORT: (
        gettext_lazy("Паспорт на %(amount)s грн менший за програму."),
        gettext_lazy("Паспорт на %(amount)s грн більший за програму."),
    ),
    MatchStep.DECISION_PASSPORT: (
        gettext_lazy("Паспорт на %(amount)s грн менший за рішення про бюджет."),
        gettext_lazy("Паспорт на %(amount)s грн більший за рішення про бюджет."),
    ),
    MatchStep.PASSPORT_CASH: (
        gettext_lazy("Сплачено на %(amount)s грн менше, ніж затверджено."),
        gettext_lazy("Сплачено на %(amount)s грн більше, ніж затверджено."),
    ),
}


def _of(amounts: ByFund, fund: str) -> Decimal:
    return amounts.fund(fund) if fund else amounts.total


def _sum(figures: Iterable[Figure]) -> Decimal:
    return sum((figure.amount or ZERO for figure in figures), ZERO)
