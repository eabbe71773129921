"""Starting a programme from another: what stands on a day is taken over into the draft that will approve the new one.

Rows of every kind come along, whichever app holds them, with references moved to the copies. Years move by the
distance between the first years of the two programmes; what falls outside the new span is cut or left out. Ceilings
do not come along: they are a forecast of other years.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import models

from budgets.models import (
    Act,
    BudgetLine,
    Community,
    Executor,
    FundingSource,
    Measure,
    MeasureText,
    Programme,
    ProgrammeRow,
    SpendingUnit,
    Stage,
)
from budgets.models.programmes import ORDER_STEP
from budgets.selectors import programmes as selectors
from budgets.selectors import tree
from budgets.services import programmes, row_walk
from budgets.services.record import recorded

_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")


@recorded
def clone(
    *,
    source: Programme,
    as_of: dt.date,
    with_amounts: bool,
    community: Community,
    title: str,
    short_title: str,
    slug: str,
    year_from: int,
    year_to: int,
    responsible_unit: SpendingUnit | None,
    unit: str,
    layout: str,
    marked_share: int,
    by: User,
) -> Act:
    """A new programme with the parts of ``source``, its measures and their words as they stand on the day.

    Cancelled measures stay behind, and indicators of measures that stay behind. With amounts, what is planned on
    the day becomes the lines of the draft. Refused as in ``programmes.create``.
    """
    act = programmes.create(
        community=community,
        title=title,
        short_title=short_title,
        slug=slug,
        year_from=year_from,
        year_to=year_to,
        responsible_unit=responsible_unit,
        unit=unit,
        layout=layout,
        marked_share=marked_share,
        by=by,
    )
    words = {
        pk: text for pk, text in selectors.texts(source, as_of).items() if not text.is_cancelled
    }
    copy = _Copy(source, act.programme)
    for model in row_walk.kinds(ProgrammeRow):  # type: ignore[type-abstract]
        rows: Sequence[Any] = list(model._default_manager.filter(programme=source))
        if model is Measure:
            rows = _measures_on(source, as_of, rows, words)
        copy.rows(model, rows)
    MeasureText.objects.bulk_create(copy.texts(act, words.values()))
    if with_amounts:
        BudgetLine.objects.bulk_create(copy.lines(act, selectors.planned(source, as_of)))
    return act


def left_behind(source: Programme, made: Programme, as_of: dt.date) -> dict[int, Decimal]:
    """What measures that go on have on the day in years that ``made`` does not reach, by year. Units: hryvnias."""
    shift = made.year_from - source.year_from
    gone = {pk for pk, text in selectors.texts(source, as_of).items() if text.is_cancelled}
    found: dict[int, Decimal] = defaultdict(Decimal)
    for place, figure in selectors.planned(source, as_of).items():
        is_outside = place.year + shift not in made.years
        if figure.amount and is_outside and place.measure_id not in gone:
            found[place.year] += figure.amount
    return dict(found)


@dataclass
class _Copy:
    """What was copied so far: old row → new row, by kind."""

    source: Programme
    target: Programme
    made: dict[type[models.Model], dict[int, Any]] = field(default_factory=dict)

    @property
    def shift(self) -> int:
        return self.target.year_from - self.source.year_from

    def rows(self, model: type[ProgrammeRow], rows: Sequence[Any]) -> None:
        """Copy rows of one kind, with what belongs to them."""
        references = row_walk.references(model, ProgrammeRow)  # type: ignore[type-abstract]
        own = [link for link, kind in references if kind is model]
        others = [(link, self.made[kind]) for link, kind in references if kind is not model]
        pairs = []
        for row in rows:
            new = _unsaved(row)
            new.programme = self.target
            for link in own:
                setattr(new, link.attname, None)
            if self._relink(new, others) and self._fit(new):
                pairs.append((row, new))
        model._default_manager.bulk_create([new for _old, new in pairs])
        copied = {row.pk: new for row, new in pairs}
        self.made[model] = copied
        for row, new in pairs:
            named = [getattr(row, link.attname) for link in own]
            if all(pk in copied for pk in named):  # a formula of which a part stays behind is none
                for link, pk in zip(own, named, strict=True):
                    setattr(new, link.attname, copied[pk].pk)
        if own:
            names = [link.name for link in own]
            model._default_manager.bulk_update([new for _old, new in pairs], names)
        for many in model._meta.many_to_many:
            self._many(many, copied)
        for belonging, link in _belongings(model):
            self._belongings(belonging, link, copied)

    def texts(self, act: Act, words: Iterable[MeasureText]) -> Iterator[MeasureText]:
        for text in words:
            if text.measure_id in self.made[Measure]:
                new = _unsaved(text)
                new.act, new.measure = act, self.made[Measure][text.measure_id]
                new.term, new.term_from, new.term_to = self._term(text)
                yield new

    def lines(
        self, act: Act, planned: dict[selectors.Place, selectors.Planned]
    ) -> Iterator[BudgetLine]:
        measures, executors, sources = (
            self.made[kind] for kind in (Measure, Executor, FundingSource)
        )
        for place, figure in planned.items():
            year = place.year + self.shift
            if place.measure_id not in measures or year not in self.target.years:
                continue
            if figure.amount or figure.quantity:
                yield BudgetLine(
                    act=act,
                    measure=measures[place.measure_id],
                    executor=executors.get(place.executor_id),
                    year=year,
                    fund=place.fund,
                    source=sources.get(place.source_id),
                    amount=figure.amount,
                    quantity=figure.quantity,
                )

    def _relink(self, row: Any, references: Iterable[tuple[Any, dict[int, Any]]]) -> bool:
        """Point to the copies; a row that names what stayed behind stays behind, too."""
        for link, copied in references:
            old = getattr(row, link.attname)
            if old is not None and old not in copied:
                return False
            setattr(row, link.name, copied[old] if old is not None else None)
        return True

    def _fit(self, row: Any) -> bool:
        """Fit the row to the new programme; a stage outside its years stays behind."""
        if isinstance(row, Executor) and self.source.community_id != self.target.community_id:
            row.unit = None
        if isinstance(row, Stage):
            row.label = self._moved(row.label)
            span = self._clipped(row.year_from, row.year_to)
            if span is None:
                return False
            row.year_from, row.year_to = span
        return True

    def _term(self, text: MeasureText) -> tuple[str, int | None, int | None]:
        """A term moves with its words; one that is cut is told anew, one outside the new years is dropped."""
        first = text.term_from or self.source.year_from
        last = text.term_to or self.source.year_to
        span = self._clipped(first, last)
        if span is None:
            return "", None, None
        if span == (first + self.shift, last + self.shift):
            ends = (text.term_from and span[0], text.term_to and span[1])
            return self._moved(text.term), *ends
        if text.term_from is None and text.term_to is None:
            return self._moved(text.term), None, None
        return f"{span[0]}-{span[1]}" if text.term else "", *span

    def _clipped(self, first: int, last: int) -> tuple[int, int] | None:
        first = max(first + self.shift, self.target.year_from)
        last = min(last + self.shift, self.target.year_to)
        return (first, last) if first <= last else None

    def _moved(self, words: str) -> str:
        """«2021-2026» → «2027-2032»."""
        return _YEAR.sub(lambda year: str(int(year[0]) + self.shift), words)

    def _many(self, many: Any, copied: dict[int, Any]) -> None:
        through = many.remote_field.through
        own, other = many.m2m_column_name(), many.m2m_reverse_name()
        targets = self.made[many.related_model]
        through._default_manager.bulk_create(
            through(**{own: copied[old].pk, other: targets[named].pk})
            for old, named in through._default_manager.filter(
                **{f"{own}__in": list(copied)}
            ).values_list(own, other)
        )

    def _belongings(self, model: type[models.Model], link: Any, copied: dict[int, Any]) -> None:
        """Values by year of a row; those outside the new years stay behind."""
        made = []
        for old in model._default_manager.filter(**{f"{link.name}__in": list(copied)}):
            new: Any = _unsaved(old)
            setattr(new, link.name, copied[getattr(old, link.attname)])
            if (year := getattr(new, "year", None)) is not None:
                new.year = year + self.shift
                if new.year not in self.target.years:
                    continue
            made.append(new)
        model._default_manager.bulk_create(made)


def _measures_on(
    source: Programme, as_of: dt.date, rows: Sequence[Measure], words: dict[int, MeasureText]
) -> list[Measure]:
    """Measures that go on, where they stand on the day, in that order."""
    measures = {row.pk: row for row in rows if row.pk in words}
    tree.settle(measures, list(selectors.acts(source, as_of)))
    ordered = sorted(measures.values(), key=lambda row: (row.order, row.pk))
    for place, measure in enumerate(ordered, start=1):
        measure.order = place * ORDER_STEP
    return ordered


def _belongings(model: type[models.Model]) -> Iterator[tuple[type[models.Model], Any]]:
    """Models whose rows are a part of a row of this kind and of nothing else."""
    for other in apps.get_models():
        for link in other._meta.concrete_fields:
            if (
                isinstance(link, models.ForeignKey)
                and link.related_model is model
                and link.remote_field.on_delete is models.CASCADE
            ):
                yield other, link


def _unsaved(row: Any) -> Any:
    """A copy of the row that the database does not know yet."""
    values = {
        f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key
    }
    return type(row)(**values)
