"""Reading indicators: approved and actual values by fund, formulas resolved, deviations computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.funds import ByFund
from budgets.models import PassportRevision
from budgets.money import ZERO, average
from budgets.selectors import cash as cash_selectors
from budgets.selectors import passports as passport_selectors
from indicators.choices import IndicatorKind
from indicators.models import ActualValue, Indicator


@dataclass(frozen=True, slots=True)
class IndicatorFigures:
    """One indicator with its plan and fact. ``actual`` is None while nobody has entered it."""

    indicator: Indicator
    approved: ByFund
    actual: ByFund | None
    explanation: str
    version: int

    @property
    def deviation(self) -> ByFund | None:
        """actual − approved (domain rule 2)."""
        return None if self.actual is None else self.actual - self.approved

    @property
    def needs_explanation(self) -> bool:
        return self.deviation is not None and not self.deviation.is_zero and not self.explanation

    @property
    def formula(self) -> str:
        """«1 ÷ 11», the printed numbers of its parts; empty without a formula."""
        numerator, denominator = self.indicator.numerator, self.indicator.denominator
        return f"{numerator.number} ÷ {denominator.number}" if numerator and denominator else ""


def indicator_figures(revision: PassportRevision) -> list[IndicatorFigures]:
    """Every indicator of the revision in printed order; see ``figures_of``."""
    return figures_of([revision])[revision.pk]


def figures_of(revisions: Sequence[PassportRevision]) -> dict[int, list[IndicatorFigures]]:
    """Every indicator of the revisions in printed order, by revision. Values of a line are its amounts and its cash.

    An average has no typed values: each fund and the total divide their own numerator by their own
    denominator, once, half up; a zero denominator gives 0 (see docs/calculations.md). Four queries.
    """
    indicators = list(
        Indicator.objects.filter(revision__in=revisions).select_related(
            "line", "numerator", "denominator"
        )
    )
    amounts = passport_selectors.approved_by_line(revisions)
    cash = cash_selectors.cash_by_line(*(revision.passport for revision in revisions))
    actuals = {
        row.indicator_id: row
        for row in ActualValue.objects.filter(
            indicator__revision__passport__in={revision.passport_id for revision in revisions}
        )
    }

    approved: dict[int, ByFund] = {}
    actual: dict[int, ByFund | None] = {}
    for indicator in indicators:
        if indicator.line is not None:
            approved[indicator.pk] = amounts.get(indicator.line.pk, ByFund.of())
            actual[indicator.pk] = cash.get(indicator.line.root_id, ByFund.of())
        elif indicator.is_typed:
            approved[indicator.pk] = ByFund.of(indicator.general or ZERO, indicator.special or ZERO)
            actual[indicator.pk] = _typed(actuals.get(indicator.root_id))
    for indicator in indicators:
        if indicator.numerator_id is not None and indicator.denominator_id is not None:
            numerator, denominator = indicator.numerator_id, indicator.denominator_id
            approved[indicator.pk] = quotient(approved[numerator], approved[denominator])
            top, bottom = actual[numerator], actual[denominator]
            actual[indicator.pk] = None if top is None or bottom is None else quotient(top, bottom)

    figures: dict[int, list[IndicatorFigures]] = {revision.pk: [] for revision in revisions}
    for indicator in indicators:
        row = actuals.get(indicator.root_id)
        figures[indicator.revision_id].append(
            IndicatorFigures(
                indicator,
                approved[indicator.pk],
                actual[indicator.pk],
                row.explanation if row else "",
                row.version if row else 0,
            )
        )
    return figures


def by_kind(figures: list[IndicatorFigures]) -> list[tuple[IndicatorKind, list[IndicatorFigures]]]:
    """The same figures under the four kinds, in statutory order; kinds without indicators are left out."""
    groups = [
        (kind, [item for item in figures if item.indicator.kind == kind]) for kind in IndicatorKind
    ]
    return [(kind, items) for kind, items in groups if items]


def quotient(numerator: ByFund, denominator: ByFund) -> ByFund:
    """An average by fund. Its total is total ÷ total: averages of funds do not add up."""
    return ByFund(
        average(numerator.general, denominator.general),
        average(numerator.special, denominator.special),
        average(numerator.total, denominator.total),
    )


def _typed(row: ActualValue | None) -> ByFund | None:
    if row is None or (row.general is None and row.special is None):
        return None
    return ByFund.of(_or_zero(row.general), _or_zero(row.special))


def _or_zero(value: Decimal | None) -> Decimal:
    return ZERO if value is None else value
