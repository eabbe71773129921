"""What a book of a community and year can hold, and what people usually want in it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.functional import Promise

from budgets import permissions
from budgets.choices import ActStatus
from budgets.models import Act, Community, Passport, Programme
from budgets.selectors import passports as passport_selectors
from reports.catalogue import KINDS, PERIOD_KINDS, PROGRAMME_KINDS, ProgrammePaper
from reports.documents.base import Document
from reports.models import Campaign

USUAL = frozenset({"passport-execution", "programme-measures"})
"""Kinds that are in the book unless somebody takes them out: what was executed, and the programmes as they stand."""
_WITHOUT_APPROVAL = frozenset({"passport"})
_LONGEST_SPAN = 30  # years of one target programme that the list of years follows


@dataclass(frozen=True, slots=True)
class Entry:
    """One document that can be in the book. ``key`` is how forms and jobs name it."""

    key: str
    kind_title: str | Promise
    is_usual: bool
    paper: Passport | ProgrammePaper | Campaign

    def build(self) -> Document:
        """Raises RuleViolation as the catalogue does."""
        kind = self.key.partition(":")[0]
        if isinstance(self.paper, Campaign):
            return PERIOD_KINDS[kind].build(self.paper.programme, self.paper.period)
        if isinstance(self.paper, ProgrammePaper):
            return PROGRAMME_KINDS[kind].build(self.paper)
        return KINDS[kind].build(self.paper)


@dataclass(frozen=True, slots=True)
class Group:
    """The documents of one programme. ``is_waiting``: it has more of them once it is approved."""

    title: str
    entries: tuple[Entry, ...]
    is_waiting: bool = False


def offered(community: Community, year: int, person: User | None) -> list[Group]:
    """Every document of the community's year that the person may see, by programme; ``None`` sees all (commands)."""
    passports = _passports(person).filter(programme__community=community, year=year)
    approved = set(passport_selectors.approved(passports).values_list("pk", flat=True))
    programmes = _programmes(person).filter(
        community=community, year_from__lte=year, year_to__gte=year
    )
    adopted = set(
        Act.objects.filter(
            programme__in=programmes.values("pk"),
            status=ActStatus.ADOPTED,
            in_force_from__lte=dt.date(year, 12, 31),
        ).values_list("programme", flat=True)
    )
    campaigns = _campaigns(programmes, year)
    return [
        *(
            _of_passport(passport, is_approved=passport.pk in approved)
            for passport in passports.select_related("programme__community").order_by(
                "programme__code", "pk"
            )
        ),
        *(
            _of_programme(programme, year, campaigns, is_adopted=programme.pk in adopted)
            for programme in programmes.order_by("title", "pk")
        ),
    ]


def _of_passport(passport: Passport, *, is_approved: bool) -> Group:
    entries = tuple(
        Entry(f"{name}:{passport.pk}", kind.title, name in USUAL, passport)
        for name, kind in KINDS.items()
        if is_approved or name in _WITHOUT_APPROVAL
    )
    programme = passport.programme
    return Group(f"{programme.code} {programme.title}", entries, is_waiting=not is_approved)


def _campaigns(programmes: QuerySet[Programme], year: int) -> dict[int, list[Campaign]]:
    """Campaigns on periods of the year by programme, in the order of the periods."""
    found: dict[int, list[Campaign]] = {}
    rows = Campaign.objects.filter(programme__in=programmes.values("pk"), year=year)
    for campaign in rows.select_related("programme__community", "programme__responsible_unit"):
        found.setdefault(campaign.programme_id, []).append(campaign)
    return {pk: sorted(own, key=lambda each: each.period.place) for pk, own in found.items()}


def _of_programme(
    programme: Programme, year: int, campaigns: Mapping[int, list[Campaign]], *, is_adopted: bool
) -> Group:
    paper = ProgrammePaper(programme, as_of=dt.date(year, 12, 31))
    entries = tuple(
        Entry(f"{name}:{programme.pk}", kind.title, name in USUAL, paper)
        for name, kind in PROGRAMME_KINDS.items()
        if is_adopted and not kind.of_act
    )
    # Reported on: usual once nothing of it changes any more.
    entries += tuple(
        Entry(
            f"{name}:{campaign.pk}",
            f"{kind.title} {campaign.period.words(programme.year_from)}",
            campaign.is_closed,
            campaign,
        )
        for campaign in campaigns.get(programme.pk, ())
        for name, kind in PERIOD_KINDS.items()
    )
    return Group(" ".join(programme.title.split()), entries, is_waiting=not is_adopted)


def years(community: Community, person: User) -> list[int]:
    """Years of which the person may see something in this community, newest first."""
    found = set(
        _passports(person).filter(programme__community=community).values_list("year", flat=True)
    )
    spans = _programmes(person).filter(community=community).values_list("year_from", "year_to")
    for first, last in spans:
        found.update(range(first, min(last, first + _LONGEST_SPAN) + 1))
    return sorted(found, reverse=True)


def usual_year(community: Community, person: User, *, before: int) -> int | None:
    """The last year before this one whose execution can be reported: that is what books are made of."""
    passports = _passports(person).filter(programme__community=community, year__lt=before)
    newest = passport_selectors.approved(passports).first()
    return newest.year if newest else None


def may_see(keys: Iterable[str], person: User) -> bool:
    """True when the person may see, now, every document that the keys name."""
    passports: set[int] = set()
    programmes: set[int] = set()
    campaigns: set[int] = set()
    for key in keys:
        kind, _colon, pk = key.partition(":")
        of = (
            programmes
            if kind in PROGRAMME_KINDS
            else campaigns
            if kind in PERIOD_KINDS
            else passports
        )
        of.add(int(pk))
    seen = Campaign.objects.filter(programme__in=_programmes(person).order_by().values("pk"))
    return (
        _passports(person).filter(pk__in=passports).count() == len(passports)
        and _programmes(person).filter(pk__in=programmes).count() == len(programmes)
        and seen.filter(pk__in=campaigns).count() == len(campaigns)
    )  # fmt: skip


def _passports(person: User | None) -> QuerySet[Passport]:
    return permissions.visible_passports(person) if person is not None else Passport.objects.all()


def _programmes(person: User | None) -> QuerySet[Programme]:
    return permissions.visible_programmes(person) if person is not None else Programme.objects.all()
