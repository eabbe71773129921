"""What the papers of a target programme are made of: its tree, its words and the lines of the acts that count.

Read once with a fixed number of queries; everything after that is arithmetic on plain values. Figures are the
sums of ``budgets.selectors.programmes`` over the same acts, with the acts behind each kept for «звідки ця цифра?».
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from budgets.choices import ActStatus, LineKind
from budgets.exceptions import RuleViolation
from budgets.models import (
    Act,
    BudgetLine,
    FundingSource,
    Measure,
    MeasureText,
    PrintedFigure,
    Programme,
    Stage,
)
from budgets.selectors import programmes as selectors
from budgets.selectors import tree
from budgets.selectors.programmes import Place, place_of
from budgets.selectors.tree import Tree
from reports.documents.base import Source


@dataclass(frozen=True, slots=True)
class Figure:
    """What acts make of one place. None where none of them gives money (or a quantity). Units: hryvnias."""

    amount: Decimal | None
    quantity: Decimal | None
    acts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an act, as stored."""

    act_id: int
    place: Place
    amount: Decimal | None
    quantity: Decimal | None
    restated: bool
    reason: str


Figures = dict[Place, Figure]


@dataclass(frozen=True)
class Plan:
    """A programme with the acts that count, first to last; a previewed draft is the last of them."""

    programme: Programme
    acts: tuple[Act, ...]
    as_of: dt.date | None
    lines: tuple[Line, ...]
    all_texts: tuple[MeasureText, ...]
    tree: Tree
    named_sources: dict[int, tuple[int, ...]]
    sources: dict[int, FundingSource]
    stages: tuple[Stage, ...]
    printed: tuple[PrintedFigure, ...]

    # Sums of acts

    def figures(self, acts: Iterable[Act]) -> Figures:
        """Σ delta of the acts, by place; restated lines change nothing and are left out."""
        return self._sums({act.pk for act in acts}, restated=False)

    def restated(self, act: Act) -> Figures:
        """Amounts that the act repeats without changing them."""
        return self._sums({act.pk}, restated=True)

    def before(self, act: Act) -> tuple[Act, ...]:
        return self.acts[: self.acts.index(act)]

    def through(self, act: Act) -> tuple[Act, ...]:
        return self.acts[: self.acts.index(act) + 1]

    def words(self, acts: Iterable[Act]) -> dict[int, MeasureText]:
        """The words of each measure after the acts; the last act that says something wins."""
        order = {act.pk: place for place, act in enumerate(acts)}
        counted = [text for text in self.all_texts if text.act_id in order]
        return {
            text.measure_id: text for text in sorted(counted, key=lambda text: order[text.act_id])
        }

    def _sums(self, act_ids: set[int], *, restated: bool) -> Figures:
        found: dict[Place, list[Line]] = {}
        for line in self.lines:
            if line.act_id in act_ids and line.restated == restated:
                found.setdefault(line.place, []).append(line)
        return {place: _figure(lines) for place, lines in found.items()}

    # Where a place belongs

    def source_id(self, place: Place) -> int:
        """The source of a line: its own, or the only one its measure names; 0 where it is not split."""
        named = self.named_sources.get(place.measure_id, ())
        return place.source_id or (named[0] if len(named) == 1 else 0)

    # Words about figures

    @cached_property
    def latest_words(self) -> dict[int, MeasureText]:
        """The words of each measure after all the acts."""
        return self.words(self.acts)

    @cached_property
    def unknown(self) -> tuple[Act, ...]:
        """Acts known only by number and date: figures from then on are incomplete."""
        return tuple(act for act in self.acts if not act.lines_known)

    @cached_property
    def act_words(self) -> dict[int, str]:
        return {act.pk: str(act) for act in self.acts}

    def where_from(
        self, places: Sequence[tuple[Place, Figure]], *, depends_on: Sequence[Act]
    ) -> Source | None:
        """Words and references of a figure; ``depends_on`` are acts whose unknown lines it may lack."""
        if not places:
            return None
        lacks = "; ".join(self.act_words[act.pk] for act in depends_on)
        note = f"; неповно, бо рядки невідомі: {lacks}" if lacks else ""
        if len(places) > 1:
            return Source("computed", f"сума рядків актів: {len(places)}{note}")
        place, figure = places[0]
        return Source(
            "plan",
            "; ".join(self.act_words[pk] for pk in figure.acts) + note,
            (
                self.programme.pk,
                place.measure_id,
                place.executor_id,
                place.year,
                place.fund,
                place.source_id,
            ),
        )


def load(programme: Programme, *, as_of: dt.date | None = None, act: Act | None = None) -> Plan:
    """The programme as of a date, or as one act leaves it: a draft on top of what is in force is a preview.

    Raises RuleViolation for an act that was withdrawn: it never counts.
    """
    acts = _counted(programme, as_of, act)
    links = Measure.sources.through.objects.filter(measure__programme=programme)
    named: dict[int, tuple[int, ...]] = {}
    for measure_id, source_id in links.order_by("fundingsource__order").values_list(
        "measure_id", "fundingsource_id"
    ):
        named[measure_id] = (*named.get(measure_id, ()), source_id)
    return Plan(
        programme=programme,
        acts=acts,
        as_of=as_of,
        lines=_lines(acts),
        all_texts=tuple(MeasureText.objects.filter(act__in=acts).order_by("act", "id")),
        tree=tree.load(programme, acts),
        named_sources=named,
        sources=FundingSource.objects.filter(programme=programme).in_bulk(),
        stages=tuple(Stage.objects.filter(programme=programme)),
        printed=tuple(PrintedFigure.objects.filter(act__in=acts).order_by("act", "id")),
    )


def acts_in_order(programme: Programme) -> list[Act]:
    """Every act that counts or may count: in order of force, drafts last. Withdrawn ones are gone."""
    acts = programme.acts.exclude(status=ActStatus.WITHDRAWN).order_by("id")
    return sorted(acts, key=lambda act: (act.is_open, (act.in_force_from or dt.date.max), act.pk))


def _counted(programme: Programme, as_of: dt.date | None, act: Act | None) -> tuple[Act, ...]:
    adopted = tuple(selectors.acts(programme, as_of))
    if act is None:
        return adopted
    if act.status == ActStatus.WITHDRAWN:
        raise RuleViolation(f"Акт «{act}» відкликано: документів із нього немає.")
    if act.is_open:
        return (*adopted, act)
    if act not in adopted:
        raise RuleViolation(f"Акт «{act}» ще не діяв на цю дату.")
    return adopted[: adopted.index(act) + 1]


def _lines(acts: Sequence[Act]) -> tuple[Line, ...]:
    rows = BudgetLine.objects.filter(act__in=acts).order_by("act", "id")
    return tuple(
        Line(
            act_id=row["act_id"],
            place=place_of(row),
            amount=row["amount"],
            quantity=row["quantity"],
            restated=row["kind"] == LineKind.RESTATED,
            reason=row["reason"],
        )
        for row in rows.values(
            "act_id",
            "measure_id",
            "executor_id",
            "year",
            "fund",
            "source_id",
            "amount",
            "quantity",
            "kind",
            "reason",
        )
    )


def _figure(lines: Sequence[Line]) -> Figure:
    amounts = [line.amount for line in lines if line.amount is not None]
    quantities = [line.quantity for line in lines if line.quantity is not None]
    return Figure(
        sum(amounts, Decimal(0)) if amounts else None,
        sum(quantities, Decimal(0)) if quantities else None,
        tuple(dict.fromkeys(line.act_id for line in lines)),
    )
