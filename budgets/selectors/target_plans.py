"""What target programmes plan for the spending lines of a passport: the plans of the measures that each line pays for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from budgets.choices import Fund, LineKind, ProgrammeFund, RevisionStatus
from budgets.models import (
    Act,
    BudgetLine,
    LineAllocation,
    LineMeasure,
    Measure,
    Passport,
    PassportRevision,
)
from budgets.money import ZERO
from budgets.selectors.programmes import in_force
from budgets.shares import split_steps


@dataclass
class LinePlan:
    """The plan of a line's measures by fund («» where a programme does not split them), with the acts behind it. Hryvnias.

    ``is_divided`` where another line pays for one of the measures, too: the line has its part then.
    """

    by_fund: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    acts: dict[Act, dict[str, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    is_divided: bool = False
    unknown: list[Act] = field(default_factory=list)  # acts known only by number and date

    @property
    def is_unsplit(self) -> bool:
        return bool(self.by_fund.get(ProgrammeFund.UNSPLIT))

    @property
    def total(self) -> Decimal:
        return sum(self.by_fund.values(), ZERO)


@dataclass(frozen=True, slots=True)
class _Payer:
    """A line that pays for a measure, and the units whose passport it stands in."""

    line_id: int
    units: frozenset[int]


def line_plans(passport: Passport, as_of: dt.date) -> dict[int, LinePlan]:
    """By root line, of lines that pay for measures. Eight queries.

    A measure that several lines of the year pay for is divided among them by what their passports approve. What a programme
    plans for an executor that is a known spending unit counts only on lines of that unit's passports.
    """
    own = LineMeasure.objects.filter(line__revision__passport=passport)
    links = list(own.values_list("line_id", "measure_id"))
    plans = {line: LinePlan() for line, _measure in links}
    if not plans:
        return {}
    payers = _payers(passport, {measure for _line, measure in links})
    approved = _approved({payer.line_id for each in payers.values() for payer in each})
    steps: dict[tuple[int, int, str], dict[int, Decimal]] = defaultdict(dict)
    rows = (
        BudgetLine.objects.filter(
            measure__in=payers, year=passport.year, kind=LineKind.DELTA,
            act__in=Act.objects.filter(in_force(as_of)), amount__isnull=False,
        )
        .order_by()
        .values_list("measure_id", "executor__unit_id", "fund", "act_id")
        .annotate(total=Sum("amount"))
    )  # fmt: skip
    for measure, unit, fund, act, total in rows:
        steps[measure, unit or 0, fund][act] = total
    acts = Act.objects.select_related("programme").in_bulk(
        {act for each in steps.values() for act in each}
    )
    for (measure, unit, fund), deltas in steps.items():
        lines = [p.line_id for p in payers[measure] if not unit or unit in p.units]
        if not lines:
            continue
        weights = [_weight(approved.get(line, {}), fund) for line in lines]
        by_day = sorted(deltas, key=lambda pk: (acts[pk].in_force_from or dt.date.min, pk))
        changed = split_steps([deltas[act] for act in by_day], weights)
        for act, parts in zip(by_day, changed, strict=True):
            for line, part in zip(lines, parts, strict=True):
                if line in plans:
                    plans[line].by_fund[fund] += part
                    plans[line].acts[acts[act]][fund] += part
                    plans[line].is_divided |= len(lines) > 1
    for line, found in _unknown(links, as_of).items():
        plans[line].unknown = found
    return plans


def _unknown(links: Collection[tuple[int, int]], as_of: dt.date) -> dict[int, list[Act]]:
    """Acts in force of the lines' programmes that are known only by number and date: plans may be other than shown."""
    acts = Act.objects.filter(in_force(as_of), lines_known=False).select_related("programme")
    of_programme = defaultdict(list)
    for act in acts.filter(programme__measures__in={pk for _line, pk in links}).distinct():
        of_programme[act.programme_id].append(act)
    programmes = dict(
        Measure.objects.filter(
            pk__in={pk for _line, pk in links}, programme__in=of_programme
        ).values_list("pk", "programme_id")
    )
    found: dict[int, list[Act]] = {}
    for line, measure in links:
        if measure in programmes:
            known = found.setdefault(line, [])
            known.extend(act for act in of_programme[programmes[measure]] if act not in known)
    return found


def _payers(passport: Passport, measures: Collection[int]) -> dict[int, list[_Payer]]:
    """Every line of the year that pays for the measures, in this passport and in others."""
    found: dict[int, list[_Payer]] = defaultdict(list)
    links = LineMeasure.objects.filter(
        measure__in=measures,
        line__revision__passport__year=passport.year,
        line__revision__passport__programme__community=passport.programme.community_id,
    )
    programme = "line__revision__passport__programme"
    rows = links.order_by("line_id", "pk").values_list(
        "measure_id", "line_id", f"{programme}__responsible_unit_id", f"{programme}__key_unit_id"
    )
    for measure, line, responsible, key in rows:
        found[measure].append(_Payer(line, frozenset({responsible, key})))
    return dict(found)


def _approved(roots: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """What the revisions in force approve for the root lines, by fund."""
    latest = PassportRevision.objects.filter(
        passport=OuterRef("line__revision__passport"), status=RevisionStatus.APPROVED
    ).order_by("-number")
    rows = LineAllocation.objects.filter(line__revision=Subquery(latest.values("pk")[:1]))
    found: dict[int, dict[str, Decimal]] = {}
    for field_name in ("line_id", "line__origin_id"):
        lines = rows.filter(**{f"{field_name}__in": roots}).order_by().values_list(field_name)
        for root, general, special in lines.annotate(g=Sum("general"), s=Sum("special")):
            found[root] = {Fund.GENERAL: general, Fund.SPECIAL: special}
    return found


def _weight(approved: Mapping[str, Decimal], fund: str) -> Decimal:
    return approved.get(fund, ZERO) if fund else sum(approved.values(), ZERO)
