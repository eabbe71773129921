"""The analysis of effectiveness of a programme's year: its indicators, the scale of the day, the year before."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from budgets.exceptions import RuleViolation
from budgets.models import Passport, PassportRevision
from budgets.selectors import passports as passport_selectors
from indicators import effectiveness, selectors
from indicators.choices import IndicatorKind
from indicators.effectiveness import Doubt, Index, Score
from indicators.models import EffectivenessScale
from indicators.selectors import IndicatorFigures


@dataclass(frozen=True, slots=True)
class IndicatorIndex:
    """The index of one indicator, with the figures it comes from."""

    figures: IndicatorFigures
    index: Index


@dataclass(frozen=True, slots=True)
class LastYear:
    """The year before; ``efficiency`` is None where there is no approved passport or no index to take a mean of."""

    passport: Passport | None
    indexes: tuple[IndicatorIndex, ...] = ()
    efficiency: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything the document and the pages show; every figure of ``score`` follows from ``efficiency`` and ``quality``."""

    passport: Passport
    revision: PassportRevision
    scale: EffectivenessScale
    efficiency: tuple[IndicatorIndex, ...]
    quality: tuple[IndicatorIndex, ...]
    last: LastYear
    score: Score

    @property
    def indexes(self) -> tuple[IndicatorIndex, ...]:
        return self.efficiency + self.quality

    @property
    def missing(self) -> int:
        """How many indicators have no actual value yet: until then the figures are not final."""
        return sum(1 for item in self.indexes if item.index.doubt is Doubt.ACTUAL_MISSING)


def scale_of(scales: Iterable[EffectivenessScale], passport: Passport) -> EffectivenessScale:
    """The scale valid on 31 December of the passport's year: the community's own before the common one.

    Raises RuleViolation when there is none.
    """
    day = dt.date(passport.year, 12, 31)
    own, common = [], []
    for scale in scales:
        if scale.valid_from <= day and (scale.valid_to is None or scale.valid_to >= day):
            if scale.community_id == passport.programme.community_id:
                own.append(scale)
            elif scale.community_id is None:
                common.append(scale)
    if not (valid := own or common):
        raise RuleViolation(
            f"На {day:%d.%m.%Y} немає чинної шкали ефективності. Додайте її: «Довідники» → «Шкали ефективності»."
        )
    return valid[0]


def scales_for(communities: Iterable[int]) -> list[EffectivenessScale]:
    return list(
        EffectivenessScale.objects.filter(
            Q(community__isnull=True) | Q(community__in=communities)
        ).order_by("-valid_from", "pk")
    )


def analyse(passport: Passport) -> Analysis:
    """Raises RuleViolation before the passport is approved, and without a scale for its year."""
    found = analyse_all([passport])
    if not found:
        raise RuleViolation(
            f"Паспорт {passport.programme.code} на {passport.year} рік ще не затверджено, аналізу немає."
        )
    return found[0]


def analyse_all(passports: Sequence[Passport]) -> list[Analysis]:
    """The analyses of those passports that are approved, in the given order.

    Seven queries whatever their number. Raises RuleViolation without a scale for a year.
    """
    before = _year_before(passports)
    revisions = passport_selectors.in_force([*passports, *before.values()])
    figures = selectors.figures_of(list(revisions.values()))
    scales = scales_for({passport.programme.community_id for passport in passports})

    def indexes(passport: Passport, kind: IndicatorKind) -> tuple[IndicatorIndex, ...]:
        return tuple(_indexes(figures[revisions[passport.pk].pk], kind))

    found = []
    for passport in passports:
        if passport.pk not in revisions:
            continue
        scale = scale_of(scales, passport)
        constants = scale.constants
        efficiency = indexes(passport, IndicatorKind.EFFICIENCY)
        quality = indexes(passport, IndicatorKind.QUALITY)
        last = LastYear(None)
        if (previous := before.get((passport.programme_id, passport.year - 1))) is not None:
            last = LastYear(previous)
            if previous.pk in revisions:
                old = indexes(previous, IndicatorKind.EFFICIENCY)
                last = LastYear(previous, old, _mean(old, constants))
        score = Score(
            constants, _mean(efficiency, constants), _mean(quality, constants), last.efficiency
        )
        found.append(
            Analysis(passport, revisions[passport.pk], scale, efficiency, quality, last, score)
        )
    return found


def ranking(passports: Sequence[Passport]) -> list[tuple[int | None, Analysis]]:
    """Programmes of a year by their points: (place, analysis)."""
    return effectiveness.ranked(
        analyse_all(passports),
        total=lambda item: item.score.total,
        code=lambda item: item.passport.programme.code,
    )


def _year_before(passports: Sequence[Passport]) -> dict[tuple[int, int], Passport]:
    """Passports of the same programmes a year earlier, by programme and year."""
    wanted = {(passport.programme_id, passport.year - 1) for passport in passports}
    candidates = Passport.objects.filter(
        programme__in={programme for programme, _year in wanted},
        year__in={year for _programme, year in wanted},
    ).select_related("programme__community")
    return {key: each for each in candidates if (key := (each.programme_id, each.year)) in wanted}


def _indexes(figures: Iterable[IndicatorFigures], kind: IndicatorKind) -> Iterator[IndicatorIndex]:
    for item in figures:
        if item.indicator.kind == kind:
            yield IndicatorIndex(
                item,
                effectiveness.index(
                    item.indicator.direction,
                    actual=None if item.actual is None else item.actual.total,
                    plan=item.approved.total,
                ),
            )


def _mean(indexes: Iterable[IndicatorIndex], constants: effectiveness.Constants) -> Decimal | None:
    return effectiveness.mean((item.index for item in indexes), constants.factor)
