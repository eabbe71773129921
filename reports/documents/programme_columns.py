"""Columns of figures in the tables of a programme, and the cells of one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.choices import PresentationUnit, ProgrammeFund
from budgets.models import Act, Programme
from reports.documents.base import Cell, Column, Kind, Standalone, SumOf, Unit
from reports.documents.programme_plan import Figure, Plan
from reports.documents.programme_tree import Items

_UNIT_WORDS = {Unit.THOUSAND: "тис. грн", Unit.HRYVNIA: "гривень"}
_SPLIT = (ProgrammeFund.GENERAL, ProgrammeFund.SPECIAL)


def unit_of(programme: Programme) -> Unit:
    return shown_in(programme.unit)


def shown_in(presentation: str) -> Unit:
    """The unit in which sums are printed, of a PresentationUnit."""
    return Unit.THOUSAND if presentation == PresentationUnit.THOUSAND else Unit.HRYVNIA


def unit_words(programme: Programme) -> str:
    """What stands above a table: «тис. грн»."""
    return _UNIT_WORDS[unit_of(programme)]


def money_column(
    programme: Programme,
    key: str,
    heading: tuple[str, ...],
    *,
    sums: Sequence[str] = (),
    signed: bool = False,
    width: int = 8,
) -> Column:
    """Sums in the unit of the programme's papers; ``sums`` names the columns this one adds up."""
    rule = SumOf(tuple(sums)) if sums else None
    return Column(key, heading, Kind.MONEY, rule, width, unit_of(programme), signed)


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """A column and which figures it adds up: of some years, of one fund (None: all), money or quantity."""

    column: Column
    years: frozenset[int]
    fund: str | None = None
    is_quantity: bool = False

    def has(self, year: int, fund: str) -> bool:
        return year in self.years and self.fund in {None, fund}


@dataclass(frozen=True, slots=True)
class FigureCells:
    """Makes the figure cells of a row. ``depends_on``: acts whose unknown lines the figures may lack."""

    plan: Plan
    columns: tuple[FigureColumn, ...]
    depends_on: tuple[Act, ...] = ()

    def of(self, items: Items, restated: Items = ()) -> dict[str, Cell]:
        """Sums of what is there, None where nothing is; an amount repeated without change stands alone."""
        return {each.column.key: self._cell(each, items, restated) for each in self.columns}

    def _cell(self, wanted: FigureColumn, items: Items, restated: Items) -> Cell:
        for found, is_restated in ((items, False), (restated, True)):
            used, total = _sum(wanted, found)
            if used:
                return Cell(
                    None if self._unlike(wanted, used) else total,
                    self.plan.where_from(used, depends_on=self.depends_on),
                    Standalone() if self._is_unsplit(wanted, used) else None,
                    restated=is_restated,
                )
        return Cell(None)

    def _unlike(self, wanted: FigureColumn, used: Items) -> bool:
        """Things counted in different units have no common quantity."""
        units = {self.plan.tree.measures[place.measure_id].quantity_unit for place, _figure in used}
        return wanted.is_quantity and len(units) > 1

    def _is_unsplit(self, wanted: FigureColumn, used: Items) -> bool:
        """«Усього» of a year holds money that no fund's column shows."""
        is_total = isinstance(wanted.column.rule, SumOf) and len(wanted.years) == 1
        return is_total and any(place.fund not in _SPLIT for place, _figure in used)


def _value(wanted: FigureColumn, figure: Figure) -> Decimal | None:
    return figure.quantity if wanted.is_quantity else figure.amount


def _sum(wanted: FigureColumn, items: Items) -> tuple[Items, Decimal]:
    """The figures that the column adds up, and what they come to."""
    used, total = [], Decimal(0)
    for place, figure in items:
        value = _value(wanted, figure) if wanted.has(place.year, place.fund) else None
        if value is not None:
            used.append((place, figure))
            total += value
    return tuple(used), total
