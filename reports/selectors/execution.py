"""What a programme's execution report is made of: which measure stands in whose report, its plan and its cash.

Every planned figure and every payment belongs to exactly one row, so the consolidated report is the sum of the
units' reports.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from budgets.models import Executor, Measure, MeasureText, Programme
from budgets.money import ZERO, percent_of
from budgets.selectors.measure_cash import paid_between
from reports.documents import programme_plan
from reports.documents.programme_plan import Plan
from reports.documents.programme_tree import Items
from reports.periods import ReportingPeriod

RowKey = tuple[int, int]  # executor (0: nobody in particular) and measure


@dataclass(frozen=True)
class ExecutionRow:
    """One measure in the report of one executor. Units: hryvnias; None where acts give no money.

    ``programme_items`` and ``annual_items`` are the planned figures behind the two sums: of all years of the programme,
    and of the year (of all years again in a final report).
    """

    executor_id: int
    measure: Measure
    words: MeasureText | None
    number: str
    task: str
    task_id: int
    direction: str
    programme_items: Items
    annual_items: Items
    paid: Decimal

    @property
    def key(self) -> RowKey:
        return self.executor_id, self.measure.pk

    @property
    def title(self) -> str:
        """«№ 1.2, Придбання…», as messages name the row."""
        text = self.words.title if self.words else ""
        return f"№ {self.number}, {text}" if self.number else text

    @property
    def programme_amount(self) -> Decimal | None:
        return _sum(self.programme_items)

    @property
    def annual_amount(self) -> Decimal | None:
        return _sum(self.annual_items)

    @property
    def percent_of_money(self) -> Decimal | None:
        return percent_of(self.paid, self.annual_amount or ZERO)


@dataclass(frozen=True)
class Execution:
    """A programme over a period: rows in the order of its tree, by executor. ``executors`` are in printed order."""

    programme: Programme
    period: ReportingPeriod
    plan: Plan
    executors: tuple[Executor | None, ...]
    rows: tuple[ExecutionRow, ...]
    _by_executor: Mapping[int, tuple[ExecutionRow, ...]] = field(repr=False)

    def of(self, executor_id: int | None) -> tuple[ExecutionRow, ...]:
        return self._by_executor.get(executor_id or 0, ())

    @property
    def executor_ids(self) -> tuple[int, ...]:
        """Who has rows, in printed order; 0 is nobody in particular."""
        return tuple(self._by_executor)

    @property
    def acts_in_words(self) -> str:
        """«№ 31 від 24.12.2020; зміни: № 279 від 23.09.2021, …», the acts in force at the period's end."""
        first, *later = [
            f"№ {act.number or 'без номера'}" + (f" від {act.date:%d.%m.%Y}" if act.date else "")
            for act in self.plan.acts
        ] or ["не затверджено"]
        return f"{first}; зміни: {', '.join(later)}" if later else first


def load(programme: Programme, period: ReportingPeriod) -> Execution:
    """Plan as of the period's last day and cash of its days. The number of queries does not depend on the rows."""
    plan = programme_plan.load(programme, as_of=period.last_day)
    figures = plan.figures(plan.acts)
    leads = _leads(plan)
    by_row: dict[RowKey, list] = defaultdict(list)
    for place, figure in sorted(figures.items()):
        executor_id = place.executor_id or leads.get(place.measure_id, 0)
        by_row[executor_id, place.measure_id].append((place, figure))
    keys = _reported(plan, period, by_row, leads)
    first = period.first_day(programme.year_from)
    paid = _paid_by_row(plan, paid_between(programme, first, period.last_day), keys, leads)
    rows = [
        _row(plan, period, key, tuple(by_row.get(key, ())), paid.get(key, ZERO))
        for key in sorted({*keys, *paid}, key=lambda key: _order(plan, key))
    ]
    grouped: dict[int, list[ExecutionRow]] = defaultdict(list)
    for row in rows:
        grouped[row.executor_id].append(row)
    return Execution(
        programme=programme,
        period=period,
        plan=plan,
        executors=tuple(plan.tree.executors.get(pk) for pk in grouped),
        rows=tuple(rows),
        _by_executor={pk: tuple(own) for pk, own in grouped.items()},
    )


def _leads(plan: Plan) -> dict[int, int]:
    """The executor that answers for a measure: the one it stands under, or the first that it names."""
    links = Measure.executors.through.objects.filter(measure__programme=plan.programme)
    leads: dict[int, int] = {}
    for measure_id, executor_id in links.order_by("executor__order", "executor_id").values_list(
        "measure_id", "executor_id"
    ):
        leads.setdefault(measure_id, executor_id)
    for measure_id in plan.tree.measures:
        if own := plan.tree.own_unit_id(measure_id):
            leads[measure_id] = own
    return leads


def _reported(
    plan: Plan, period: ReportingPeriod, by_row: Mapping[RowKey, list], leads: Mapping[int, int]
) -> set[RowKey]:
    """Rows of the report: money in the year, or a measure without money whose term has not ended or begun elsewhere."""
    words = plan.latest_words
    parents = {plan.tree.measures[pk].parent_id for pk in words if pk in plan.tree.measures}
    keys = {
        key
        for key, items in by_row.items()
        if any(_counts(period, place.year) and figure.amount for place, figure in items)
    }
    with_money = {measure_id for _executor, measure_id in by_row}
    for pk, text in words.items():
        is_row = pk not in parents and not text.is_cancelled and _runs_in(text, period)
        has_own = any((executor, pk) in keys for executor in (leads.get(pk, 0), 0))
        if is_row and not has_own and (pk not in with_money or not text.needs_funding):
            keys.add((leads.get(pk, 0), pk))
    return keys


def _counts(period: ReportingPeriod, year: int) -> bool:
    return period.is_final or year == period.year


def _runs_in(text: MeasureText, period: ReportingPeriod) -> bool:
    if period.is_final:
        return True
    return (text.term_from or period.year) <= period.year <= (text.term_to or period.year)


def _paid_by_row(
    plan: Plan,
    cash: Mapping[tuple[int, int], Decimal],
    keys: set[RowKey],
    leads: Mapping[int, int],
) -> dict[RowKey, Decimal]:
    """Each payment in one row: of the executor that paid where it reports on the measure, else of its only or leading one."""
    executors: dict[int, list[int]] = defaultdict(list)
    for executor_id, measure_id in sorted(keys):
        executors[measure_id].append(executor_id)
    unit_of = {pk: executor.unit_id for pk, executor in plan.tree.executors.items()}
    found: dict[RowKey, Decimal] = defaultdict(lambda: ZERO)
    for (measure_id, unit_id), amount in cash.items():
        own = executors.get(measure_id, [])
        payer = [pk for pk in own if unit_id and unit_of.get(pk) == unit_id]
        lead = leads.get(measure_id, 0)
        if payer:
            executor_id = payer[0]
        elif len(own) == 1:
            executor_id = own[0]
        else:
            executor_id = lead if lead in own or not own else own[0]
        found[executor_id, measure_id] += amount
    return {key: amount for key, amount in found.items() if amount}


def _row(
    plan: Plan, period: ReportingPeriod, key: RowKey, items: Items, paid: Decimal
) -> ExecutionRow:
    executor_id, measure_id = key
    task, direction = plan.tree.task(measure_id), plan.tree.direction(measure_id)
    measure = plan.tree.measures[measure_id]
    return ExecutionRow(
        executor_id=executor_id,
        measure=measure,
        words=plan.latest_words.get(measure_id),
        number=measure.number or (task.number if task else ""),
        task=task.title if task else "",
        task_id=task.pk if task else 0,
        direction=str(direction) if direction else "",
        programme_items=items,
        annual_items=tuple(item for item in items if _counts(period, item[0].year)),
        paid=paid,
    )


def _order(plan: Plan, key: RowKey) -> tuple[int, ...]:
    executor = plan.tree.executors.get(key[0])
    return (executor.order if executor else 0, key[0], *plan.tree.order(key[1]))


def _sum(items: Items) -> Decimal | None:
    amounts = [figure.amount for _place, figure in items if figure.amount is not None]
    return sum(amounts, ZERO) if amounts else None
