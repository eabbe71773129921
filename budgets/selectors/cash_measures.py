"""Measures of target programmes that a payment may be for."""

from collections.abc import Collection

from django.db.models import QuerySet

from budgets.models import Measure, Passport, Programme
from budgets.selectors import programmes as selectors
from budgets.selectors import tree


def target_measures(passport: Passport) -> QuerySet[Measure]:
    """Measures of the community's target programmes whose years include the passport's."""
    return Measure.objects.filter(programme__in=_programmes(passport))


def payable(
    passport: Passport, named: Collection[int] = ()
) -> list[tuple[Programme, list[tuple[int, str]]]]:
    """Measures in force that money goes to, by programme, in the order of the tree: number and title.

    A measure that is only the sum of its parts or was cancelled is left out, unless it is ``named`` already.
    """
    found = ((programme, payable_of(programme, named)) for programme in _programmes(passport))
    return [(programme, measures) for programme, measures in found if measures]


def payable_of(programme: Programme, named: Collection[int] = ()) -> list[tuple[int, str]]:
    """The same of one programme."""
    words = selectors.texts(programme)
    rows = tree.load(programme, selectors.acts(programme))
    parents = {rows.measures[pk].parent_id for pk in words if pk in rows.measures}
    wanted = [
        pk
        for pk, text in words.items()
        if pk in rows.measures and (pk in named or not (text.is_cancelled or pk in parents))
    ]
    wanted.sort(key=rows.order)
    return [(pk, f"{rows.measures[pk].number} {words[pk].title}".strip()) for pk in wanted]


def _programmes(passport: Passport) -> QuerySet[Programme]:
    return Programme.objects.filter(
        community=passport.programme.community_id,
        year_from__lte=passport.year,
        year_to__gte=passport.year,
    ).order_by("title", "pk")
