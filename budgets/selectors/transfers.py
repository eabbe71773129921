"""Rows of a draft between which money can move: what each holds by year, found by words of its name."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from budgets.choices import ProgrammeFund
from budgets.models import Act, FundingSource
from budgets.money import ZERO
from budgets.selectors import placement
from budgets.selectors import programmes as selectors
from budgets.selectors.drafts import RowKey, row_of
from budgets.selectors.placement import Rows


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A row with its name in full and its money in the draft. Units: hryvnias."""

    key: RowKey
    name: str
    amounts: Mapping[int, Decimal]


@dataclass(frozen=True)
class TransferRows:
    """Every row of the draft, as the tree reads; measures without money stand in the row they would get."""

    all: Mapping[RowKey, TransferRow]
    takers: Collection[RowKey]

    def found(self, query: str) -> list[TransferRow]:
        """Rows that may take money and whose names hold every word of the query."""
        words = query.casefold().split()
        return [
            row
            for key, row in self.all.items()
            if key in self.takers and all(word in row.name.casefold() for word in words)
        ]


def read(act: Act, giver: RowKey | None = None) -> TransferRows:
    """The rows; a measure without money would take it as the giver has it: same unit, fund and source."""
    rows = placement.rows(act)
    sums: dict[RowKey, dict[int, Decimal]] = defaultdict(dict)
    for place, figure in selectors.planned(act.programme, draft=act).items():
        sums[row_of(place)][place.year] = figure.amount or ZERO
    with_rows = {key[0] for key in sums}
    takers = {
        pk
        for pk, text in rows.words.items()
        if pk in rows.tree.measures and not text.is_cancelled and not rows.parts(pk)
    }
    if giver is not None:
        sums |= {(pk, *giver[1:]): {} for pk in takers - with_rows}
    names = row_names(act, rows, sums)
    order = sorted(
        (key for key in sums if key[0] in rows.words),
        key=lambda key: (rows.tree.order(key[0]), key),
    )
    found = {key: TransferRow(key, names[key], sums[key]) for key in order}
    return TransferRows(found, frozenset(key for key in order if key[0] in takers))


def row_names(act: Act, rows: Rows, keys: Collection[RowKey]) -> dict[RowKey, str]:
    """«1.4. Антивірусний захист · Управління освіти · загальний фонд · міський бюджет»."""
    sources = FundingSource.objects.filter(programme=act.programme).in_bulk()
    funds = {key[2] for key in keys}
    found = {}
    for key in keys:
        measure_id, unit_id, fund, source_id = key
        unit = rows.tree.executors.get(unit_id)
        parts = [
            rows.name(measure_id) if measure_id in rows.words else "",
            unit.name if unit else "",
        ]
        parts.append(str(ProgrammeFund(fund).label) if fund or len(funds) > 1 else "")
        parts.append(sources[source_id].title if source_id in sources else "")
        found[key] = " · ".join(filter(None, parts))
    return found
