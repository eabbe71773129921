"""Reading the indicators of a target programme: plan, actual value and deviation of each year, and what cannot be true."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count
from django.utils import timezone

from budgets.models import Programme
from budgets.money import ZERO
from budgets.selectors import measure_cash, tree
from budgets.selectors import programmes as selectors
from budgets.selectors.tree import Tree
from indicators import yearly
from indicators.choices import Direction, IndicatorKind
from indicators.models import IndicatorEvidence, ProgrammeIndicator, ProgrammeIndicatorActual
from indicators.yearly import Impossible, Pair, PlannedValue

Year = int | None  # None: the whole programme
Read = Callable[[ProgrammeIndicator, int], Decimal | None]
_NOTHING = PlannedValue()
_PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class YearFigures:
    """One indicator in one year. ``version`` is that of the stored actual value, 0 while there is none."""

    indicator: ProgrammeIndicator
    year: Year
    planned: PlannedValue
    actual: PlannedValue
    explanation: str = ""
    version: int = 0
    evidence: int = 0
    doubts: tuple[Impossible, ...] = ()

    @property
    def period(self) -> str:
        return ProgrammeIndicatorActual(year=self.year).period

    @property
    def pair(self) -> Pair:
        return Pair(self.planned.number, self.actual.number)

    @property
    def deviation(self) -> Decimal | None:
        return self.pair.deviation

    @property
    def differs(self) -> bool:
        """Words differ from other words and from numbers; what has no plan or no actual value differs from nothing."""
        if self.planned.is_empty or self.actual.is_empty:
            return False
        return self.planned != self.actual

    @property
    def is_better(self) -> bool | None:
        """What a deviation means by the indicator's direction; None without one, and of money, which is neither."""
        if not self.deviation or self.indicator.is_money:
            return None
        return (self.deviation > 0) == (self.indicator.direction == Direction.MORE)

    @property
    def shown_deviation(self) -> str:
        return "" if self.deviation is None else yearly.shown(self.deviation, signed=True)

    @property
    def needs_explanation(self) -> bool:
        return self.differs and not self.explanation


@dataclass(frozen=True, slots=True)
class IndicatorYears:
    """An indicator over the years of its programme; ``whole`` where a value of the whole programme is planned or known."""

    indicator: ProgrammeIndicator
    number: str
    formula: str
    years: tuple[YearFigures, ...]
    whole: YearFigures | None
    parts: tuple["IndicatorYears", ...] = ()  # numerator and denominator of a formula

    @property
    def periods(self) -> tuple[YearFigures, ...]:
        return (*self.years, self.whole) if self.whole else self.years

    @property
    def has_actual(self) -> bool:
        return any(not item.actual.is_empty for item in self.periods)

    @property
    def shown_baseline(self) -> str:
        """Kept as the programme writes it; a plain number shows as other numbers do."""
        text = self.indicator.baseline
        return yearly.shown(Decimal(text)) if _PLAIN.fullmatch(text) else text

    @property
    def pairs(self) -> dict[int, Pair]:
        return {item.year: item.pair for item in self.years if item.year is not None}

    @property
    def plan_so_far(self) -> dict[int, Decimal | None]:
        return yearly.running(
            self.indicator.nature, {year: pair.plan for year, pair in self.pairs.items()}
        )

    @property
    def actual_so_far(self) -> dict[int, Decimal | None]:
        return yearly.running(
            self.indicator.nature, {year: pair.actual for year, pair in self.pairs.items()}
        )

    @property
    def to_date(self) -> Pair:
        """Plan and actual of the years with an actual value; a formula divides what its parts come to in these years."""
        pairs = self.pairs
        if not self.parts:
            return yearly.to_date(self.indicator.nature, pairs)
        years = [year for year, pair in pairs.items() if pair.actual is not None]
        top, bottom = (
            yearly.to_date(part.indicator.nature, {year: part.pairs[year] for year in years})
            for part in self.parts
        )
        return Pair(
            yearly.quotient(top.plan, bottom.plan), yearly.quotient(top.actual, bottom.actual)
        )

    @property
    def shown_to_date(self) -> tuple[str, str, str] | None:
        """Plan, actual and deviation to date; None while there is no actual number."""
        pair = self.to_date
        if pair.actual is None:
            return None
        plan, deviation = pair.plan, pair.deviation
        return (
            "" if plan is None else yearly.shown(plan),
            yearly.shown(pair.actual),
            "" if deviation is None else yearly.shown(deviation, signed=True),
        )

    def of(self, year: Year) -> YearFigures | None:
        return next((item for item in self.periods if item.year == year), None)


def programme_figures(programme: Programme, today: dt.date | None = None) -> list[IndicatorYears]:
    """Every indicator in printed order. What the programme plans stands; where it names no number, money and formulas
    give one. Actual values of money are cash; those of formulas divide actual values. Twelve queries.
    """
    indicators = list(
        ProgrammeIndicator.objects.filter(programme=programme).prefetch_related("values")
    )
    actuals = {
        (row.indicator_id, row.year): row
        for row in ProgrammeIndicatorActual.objects.filter(indicator__in=indicators)
    }
    counts = IndicatorEvidence.objects.filter(indicator__in=indicators).order_by()
    evidence = {
        (pk, year): count
        for pk, year, count in counts.values_list("indicator_id", "year").annotate(Count("pk"))
    }
    money = Money.read(programme)
    numbers = {each.pk: each.number or str(place) for place, each in enumerate(indicators, start=1)}
    values = _Values(indicators, actuals, money)
    made = []
    for indicator in indicators:
        figures = {}
        for year in (*programme.years, None):
            row = actuals.get((indicator.pk, year))
            figures[year] = YearFigures(
                indicator,
                year,
                values.planned(indicator, year),
                values.actual(indicator, year),
                row.explanation if row else "",
                row.version if row else 0,
                evidence.get((indicator.pk, year), 0),
            )
        whole = figures.pop(None)
        is_shown = not (whole.planned.is_empty and whole.actual.is_empty and not whole.evidence)
        formula = " ÷ ".join(
            _named(part, numbers[part.pk])
            for part in (
                values.by_pk.get(indicator.numerator_id or 0),
                values.by_pk.get(indicator.denominator_id or 0),
            )
            if part is not None
        )
        made.append(
            IndicatorYears(
                indicator,
                numbers[indicator.pk],
                formula,
                tuple(figures.values()),
                whole if is_shown else None,
            )
        )
    return _with_doubts(_with_parts(made), money, today or timezone.localdate())


class Money:
    """Plan and cash of each measure by year, and which measures an indicator speaks of. Units: hryvnias."""

    def __init__(
        self,
        of: Tree,
        planned: Mapping[tuple[int, int], Decimal],
        cash: Mapping[tuple[int, int], Decimal],
    ) -> None:
        self.tree, self._planned, self._cash = of, planned, cash
        self._known = {year for _measure, year in cash}

    @classmethod
    def read(cls, programme: Programme) -> "Money":
        planned: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for place, figure in selectors.planned(programme).items():
            planned[place.measure_id, place.year] += figure.amount or ZERO
        of = tree.load(programme, selectors.acts(programme))
        return cls(of, planned, measure_cash.paid_by_year(of.measures))

    def planned(self, indicator: ProgrammeIndicator, year: int) -> Decimal:
        return self._sum(self._planned, indicator, year)

    def cash(self, indicator: ProgrammeIndicator, year: int) -> Decimal | None:
        """None in a year in which no payment names a measure of the programme: nothing is known then."""
        return self._sum(self._cash, indicator, year) if year in self._known else None

    def _sum(
        self,
        amounts: Mapping[tuple[int, int], Decimal],
        indicator: ProgrammeIndicator,
        year: int,
    ) -> Decimal:
        return sum((amounts.get((pk, year), ZERO) for pk in self._measures(indicator)), ZERO)

    def _measures(self, indicator: ProgrammeIndicator) -> Collection[int]:
        """The indicator's measure with its parts, those of its task, or all."""
        if (pk := indicator.measure_id) is not None:
            return [each for each in self.tree.measures if pk in (each, *self.tree.ancestors(each))]
        if indicator.task_id is None:
            return self.tree.measures
        return [each for each in self.tree.measures if self._task(each) == indicator.task_id]

    def _task(self, measure_id: int) -> int | None:
        task = self.tree.task(measure_id)
        return task.pk if task else None


class _Values:
    """Planned and actual values of the indicators, whether typed or computed."""

    def __init__(
        self,
        indicators: Sequence[ProgrammeIndicator],
        actuals: Mapping[tuple[int, Year], ProgrammeIndicatorActual],
        money: Money,
    ) -> None:
        self.by_pk = {each.pk: each for each in indicators}
        self._typed = {
            (each.pk, value.year): PlannedValue(value.number, value.text)
            for each in indicators
            for value in each.values.all()
        }
        self._actuals, self._money = actuals, money

    def planned(self, indicator: ProgrammeIndicator, year: Year) -> PlannedValue:
        typed = self._typed.get((indicator.pk, year), _NOTHING)
        if not typed.is_empty:
            return typed
        if indicator.is_money:
            return self._amount(indicator, year, self._money.planned)
        return self._quotient(indicator, year, self.planned) or _NOTHING

    def actual(self, indicator: ProgrammeIndicator, year: Year) -> PlannedValue:
        if indicator.is_money:
            return self._amount(indicator, year, self._money.cash)
        if quotient := self._quotient(indicator, year, self.actual):
            return quotient
        row = self._actuals.get((indicator.pk, year))
        return _NOTHING if row is None else PlannedValue(row.number, row.text)

    def _quotient(
        self,
        indicator: ProgrammeIndicator,
        year: Year,
        value: Callable[[ProgrammeIndicator, Year], PlannedValue],
    ) -> PlannedValue | None:
        """What its formula comes to, by values of either kind; None without a formula."""
        if not (indicator.numerator_id and indicator.denominator_id):
            return None
        parts = (self.by_pk[pk] for pk in (indicator.numerator_id, indicator.denominator_id))
        return PlannedValue(yearly.quotient(*(value(part, year).number for part in parts)))

    def _amount(self, indicator: ProgrammeIndicator, year: Year, read: Read) -> PlannedValue:
        """Money of a year in the indicator's unit; of the whole programme the years tell."""
        amount = None if year is None else read(indicator, year)
        return PlannedValue(
            None if amount is None else yearly.in_unit(amount, indicator.unit_of_measure)
        )


def _with_parts(items: Sequence[IndicatorYears]) -> list[IndicatorYears]:
    by_pk = {item.indicator.pk: item for item in items}
    return [
        replace(item, parts=(by_pk[top], by_pk[bottom]))
        if (top := item.indicator.numerator_id) and (bottom := item.indicator.denominator_id)
        else item
        for item in items
    ]


def _with_doubts(
    items: Sequence[IndicatorYears], money: Money, today: dt.date
) -> list[IndicatorYears]:
    products: dict[tuple[int | None, int | None], list[IndicatorYears]] = defaultdict(list)
    for item in items:
        if item.indicator.kind == IndicatorKind.OUTPUT:
            products[_scope(item.indicator)].append(item)
    return [
        replace(
            item,
            years=tuple(
                replace(
                    figure,
                    doubts=tuple(_doubts(figure, money, products[_scope(item.indicator)], today)),
                )
                for figure in item.years
            ),
        )
        for item in items
    ]


def _doubts(
    figure: YearFigures, money: Money, products: Sequence[IndicatorYears], today: dt.date
) -> list[Impossible]:
    indicator, year = figure.indicator, figure.year
    if year is None:
        return []
    found = []
    if indicator.kind == IndicatorKind.OUTPUT:
        found.append(yearly.contradicts_cash(figure.pair, money.cash(indicator, year)))
    if indicator.kind in {IndicatorKind.EFFICIENCY, IndicatorKind.QUALITY}:
        made = [one.actual for item in products if (one := item.of(year)) is not None]
        if yearly.lacks_product(figure.actual.number, made):
            found.append(Impossible.RESULT_WITHOUT_PRODUCT)
    is_expected = not (indicator.is_computed or figure.planned.is_empty)
    if year < today.year and is_expected and figure.actual.is_empty:
        found.append(Impossible.ACTUAL_MISSING)
    return [doubt for doubt in found if doubt is not None]


def _named(indicator: ProgrammeIndicator, number: str) -> str:
    """«№ 1 затрат»: programmes number each kind anew."""
    return f"№ {number} {indicator.get_kind_display()}".strip()


def _scope(indicator: ProgrammeIndicator) -> tuple[int | None, int | None]:
    """What the indicator speaks of: a measure, a task or the whole programme."""
    return indicator.task_id if indicator.measure_id is None else None, indicator.measure_id
