"""The draft of an act as a table: measures in the order of the tree, and for every year what is in force and what it becomes.

A page of it is read with the same number of queries whatever the size of the programme; totals are of the whole draft.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from budgets.choices import LineKind, ProgrammeFund
from budgets.models import Act, FundingSource, MeasureText
from budgets.money import ZERO, percent_of
from budgets.selectors import programmes as selectors
from budgets.selectors import tree
from budgets.selectors.draft_totals import Cells, Change, Figure, Totals, branch_of, totals
from budgets.selectors.drafts import RowKey, joined_reasons, line_place, row_of
from budgets.selectors.programmes import Place, Planned
from budgets.selectors.tree import Tree

PAGE = 100  # measures
Words = Mapping[int, tuple[str, bool]]


NOTHING = Planned(None, None)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: of a direction, a task or a measure with parts (``key`` is None), or one that takes figures."""

    id: str
    level: int
    number: str
    title: str
    cells: Cells
    measure_id: int = 0
    key: RowKey | None = None
    unit_id: int = 0
    reason: str = ""
    is_cancelled: bool = False
    is_new: bool = False
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A limit that the draft would pass. Units: hryvnias."""

    year: int
    fund: str
    limit: Decimal
    planned: Decimal


@dataclass(frozen=True)
class Sheet:
    """One page of the draft with the totals of all of it.

    ``listed`` are all measures that were asked for, ``rows`` those of the page with their heads. ``share`` is
    Σ |change| of the lines against what is in force, percent; None where nothing is in force.
    """

    act: Act
    figure: Figure
    tree: Tree
    sources: Mapping[int, FundingSource]
    words: Words
    totals: Totals
    listed: Sequence[int]
    rows: tuple[SheetRow, ...]
    ceilings: tuple[Ceiling, ...]
    share: Decimal | None

    @property
    def total(self) -> Cells:
        return self.totals["programme"]

    def totals_of(self, kind: str) -> list[tuple[str, Cells]]:
        """Totals by unit, fund or source, in the order of the programme; none where there is one alone."""
        found = [name for name in self.totals if name.startswith(f"{kind}-")]
        if len(found) < 2:
            return []
        return [(name, self.totals[name]) for name in sorted(found, key=self._place)]

    def _place(self, name: str) -> tuple[int, str]:
        kind, _dash, key = name.partition("-")
        if kind == "fund":
            return (ProgrammeFund.values.index("" if key == "unsplit" else key), key)
        rows: Mapping[int, object] = self.tree.executors if kind == "unit" else self.sources
        return (getattr(rows.get(int(key)), "order", 2**63), key)

    @property
    def is_marked(self) -> bool:
        """The draft changes more of the programme than its marked share."""
        return self.share is not None and self.share > self.act.programme.marked_share


def read(
    act: Act,
    *,
    figure: Figure = "amount",
    page: int = 1,
    only: set[int] | None = None,
    query: str = "",
    changed_only: bool = False,
    extra: RowKey | None = None,
) -> Sheet:
    """A page of the draft, or the rows of ``only`` some measures. ``extra`` is a row that has no figures yet and is to be shown for typing."""
    sheet = _Reader(act, figure)
    if only is None:
        listed = sheet.listed(query.strip().casefold(), changed_only=changed_only)
        first = (page - 1) * PAGE
        shown = listed[first : first + PAGE]
    else:
        listed = shown = sorted(only & sheet.words.keys(), key=sheet.tree.order)
    return Sheet(
        act=act,
        figure=figure,
        tree=sheet.tree,
        sources=sheet.sources,
        words=sheet.words,
        totals=sheet.totals,
        listed=listed,
        rows=tuple(sheet.rows(shown, extra)),
        ceilings=tuple(sheet.ceilings()),
        share=sheet.share(),
    )


def row_name(key: RowKey) -> str:
    """How addresses and form fields name a row: «12-0-general-3»."""
    measure, unit, fund, source = key
    return f"{measure}-{unit}-{fund or 'unsplit'}-{source}"


class _Reader:
    """Reads what a sheet is made of, once."""

    def __init__(self, act: Act, figure: Figure) -> None:
        self.act, self.figure = act, figure
        self.programme = act.programme
        self.counted = list(selectors.acts(self.programme, draft=act))
        self.tree = tree.load(self.programme, self.counted)
        self.sources = FundingSource.objects.filter(programme=self.programme).in_bulk()
        self.words, self.new = self._words()
        self.totals = totals(act, self.tree, figure)

    def _words(self) -> tuple[dict[int, tuple[str, bool]], set[int]]:
        """Title and «cancelled» of each measure in the draft, and the measures that only the draft knows."""
        order = {act.pk: place for place, act in enumerate(self.counted)}
        rows = MeasureText.objects.filter(act__in=order).order_by()
        found: dict[int, tuple[str, bool]] = {}
        old = set()
        for act_id, measure_id, title, is_cancelled in sorted(
            rows.values_list("act_id", "measure_id", "title", "is_cancelled"),
            key=lambda row: order[row[0]],
        ):
            found[measure_id] = (title, is_cancelled)
            if act_id != self.act.pk:
                old.add(measure_id)
        return found, found.keys() - old

    def listed(self, query: str, *, changed_only: bool) -> list[int]:
        """Measures of the draft that are asked for, in the order of the tree."""
        wanted = {pk for pk in self.words if pk in self.tree.measures}
        changed = self._changed()
        wanted -= {pk for pk in wanted if self.words[pk][1] and pk not in changed}
        if changed_only:
            wanted &= changed
        if query:
            wanted = {pk for pk in wanted if query in self._searched(pk)}
        return sorted(wanted, key=self.tree.order)

    def _searched(self, pk: int) -> str:
        return f"{self.tree.measures[pk].number} {self.words[pk][0]}".casefold()

    def _changed(self) -> set[int]:
        own = self.act.budgetlines.values_list("measure_id", flat=True)
        return {
            *own.order_by(),
            *self.act.measuretexts.values_list("measure_id", flat=True).order_by(),
            *self.act.measurepositions.values_list("measure_id", flat=True).order_by(),
        }

    def rows(self, shown: Sequence[int], extra: RowKey | None) -> Iterator[SheetRow]:
        """The rows of the measures, each under the heads it belongs to."""
        now = selectors.planned(self.programme, measures=shown)
        preview = selectors.planned(self.programme, draft=self.act, measures=shown)
        lines = {line_place(line): line for line in self.act.budgetlines.filter(measure__in=shown)}
        reasons: dict[RowKey, list[str]] = defaultdict(list)
        keys: dict[int, set[RowKey]] = defaultdict(set)
        for place in (*preview, *now):
            keys[place.measure_id].add(row_of(place))
        for place, line in lines.items():
            reasons[row_of(place)].append(line.reason)
        if extra is not None:
            keys[extra[0]].add(extra)
        default_fund = self._usual_fund()
        above: tuple[str, ...] = ()
        for pk in shown:
            branch = tuple(branch_of(self.tree, pk))
            for level, head in enumerate(branch):
                if above[: level + 1] != branch[: level + 1]:
                    yield self._head(head, level)
            above = branch
            if f"measure-{pk}" in self._parents:
                yield self._head(f"measure-{pk}", len(branch))
                above = (*branch, f"measure-{pk}")
                continue
            own = sorted(keys[pk]) or [(pk, 0, default_fund, 0)]
            for nth, key in enumerate(own):
                title, is_cancelled = self.words[pk]
                yield SheetRow(
                    id=f"r-{row_name(key)}",
                    level=len(branch),
                    number=self.tree.measures[pk].number,
                    title=title,
                    cells={
                        year: self._change(now, preview, Place(pk, key[1], year, key[2], key[3]))
                        for year in self.programme.years
                    },
                    measure_id=pk,
                    key=key,
                    unit_id=key[1] or self.tree.own_unit_id(pk),
                    reason=joined_reasons(reasons[key]),
                    is_cancelled=is_cancelled,
                    is_new=pk in self.new,
                    continues=nth > 0,
                )

    def _change(
        self, now: Mapping[Place, Planned], preview: Mapping[Place, Planned], place: Place
    ) -> Change:
        return Change(
            getattr(now.get(place, NOTHING), self.figure),
            getattr(preview.get(place, NOTHING), self.figure),
        )

    @cached_property
    def _parents(self) -> set[str]:
        return {
            f"measure-{measure.parent_id}"
            for pk, measure in self.tree.measures.items()
            if measure.parent_id and pk in self.words
        }

    def _head(self, name: str, level: int) -> SheetRow:
        kind, _dash, key = name.partition("-")
        pk = int(key)
        number, title = {
            "direction": lambda: _named(self.tree.directions[pk]),
            "task": lambda: _named(self.tree.tasks[pk]),
            "measure": lambda: (self.tree.measures[pk].number, self.words.get(pk, ("", False))[0]),
        }[kind]()
        return SheetRow(
            id=name,
            level=level,
            number=number,
            title=title,
            cells=self.totals.get(name, {}),
            measure_id=pk if kind == "measure" else 0,
        )

    def _usual_fund(self) -> str:
        """The fund that most of the programme's money comes from: what a new row starts with."""
        funds = {name: cells for name, cells in self.totals.items() if name.startswith("fund-")}
        if not funds:
            return ProgrammeFund.UNSPLIT
        name = max(
            funds, key=lambda name: sum((c.becomes or ZERO for c in funds[name].values()), ZERO)
        )
        return "" if name == "fund-unsplit" else name.removeprefix("fund-")

    def ceilings(self) -> Iterator[Ceiling]:
        """Limits that the draft passes; by fund, or for all funds together."""
        if self.figure != "amount":
            return
        for limit in self.programme.ceilings.all():
            name = f"fund-{limit.fund}" if limit.fund else "programme"
            planned = self.totals.get(name, {}).get(limit.year, Change()).becomes or ZERO
            if planned > limit.amount:
                yield Ceiling(limit.year, limit.fund, limit.amount, planned)

    def share(self) -> Decimal | None:
        if self.figure != "amount":
            return None
        in_force = sum((c.was or ZERO for c in self.totals["programme"].values()), ZERO)
        if not in_force:
            return None
        amounts = self.act.budgetlines.filter(kind=LineKind.DELTA).values_list("amount", flat=True)
        changed = (abs(amount) for amount in amounts if amount is not None)
        return percent_of(sum(changed, ZERO), in_force)


def _named(row: object) -> tuple[str, str]:
    return getattr(row, "number", ""), getattr(row, "title", "")
