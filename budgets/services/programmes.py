"""Founding and describing a target programme: what it is called, which years it covers, how its papers print sums.

What the council approved stays as it was approved: from the first adopted act on, the title and the years are
fixed. Every write names the version of the programme its author saw and is refused with StaleVersion when another
person wrote meanwhile; who wrote what stands in the record.
"""

import re
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from budgets import transliteration
from budgets.choices import ActKind, ActStatus
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Act, BudgetLine, Change, Community, Programme, SpendingUnit
from budgets.permissions import Step
from budgets.selectors import programmes as selectors
from budgets.services import acts
from budgets.services.record import recorded

MOST_YEARS = 30  # a longer programme is a slip of the keyboard
SLUG_LENGTH = 60  # of a proposed one
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TAKEN_BY_PAGES = {"new"}


@recorded
def create(
    *,
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
    """Found a programme and open the draft of the act that will approve it; an empty ``slug`` is made from the title.

    Refused: an address that is taken, reserved or not Latin; years out of order; a unit of another community.
    """
    programme = Programme(
        community=community,
        title=title.strip(),
        short_title=short_title.strip(),
        slug=slug or propose_slug(short_title or title),
        year_from=year_from,
        year_to=year_to,
        responsible_unit=responsible_unit,
        unit=unit,
        layout=layout,
        marked_share=marked_share,
    )
    _check_slug(programme.slug)
    _check_description(programme)
    programme.save()
    return acts.open_draft(programme=programme, kind=ActKind.APPROVAL, by=by)


@recorded
def describe(
    *,
    programme: Programme,
    title: str,
    short_title: str,
    year_from: int,
    year_to: int,
    responsible_unit: SpendingUnit | None,
    unit: str,
    layout: str,
    marked_share: int,
    version: int,
    by: User,
) -> None:
    """Change what is said about the programme itself.

    Refused: another title or other years once the council approved them; years that leave out a year with sums, a
    stage or a ceiling; a unit of another community; a title or years while an act is on its way to the council.
    """
    programme = locked(programme, version)
    new = {"title": title.strip(), "year_from": year_from, "year_to": year_to}
    is_new = any(getattr(programme, name) != value for name, value in new.items())
    if is_new and (act := approving_act(programme)):
        raise RuleViolation(
            _(
                "Назву і роки програми затверджено актом «%(act)s», вони не змінюються. Продовження строку оформіть новою програмою на основі цієї."
            )
            % {"act": act}
        )
    if is_new:
        expect_only_drafts(programme)
    new |= {
        "short_title": short_title.strip(),
        "responsible_unit": responsible_unit,
        "unit": unit,
        "layout": layout,
        "marked_share": marked_share,
    }
    for name, value in new.items():
        setattr(programme, name, value)
    _check_description(programme)
    _check_years_in_use(programme)
    touch(programme)


def propose_slug(title: str) -> str:
    """An address for a programme, from its title: Latin letters of the official table, and a number where it is taken."""
    base = transliteration.address(title, most=SLUG_LENGTH) or "prohrama"
    taken = _TAKEN_BY_PAGES | set(
        Programme.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    number, proposal = 1, base
    while proposal in taken:
        number += 1
        proposal = f"{base}-{number}"
    return proposal


def approving_act(programme: Programme) -> Act | None:
    """The first act the council adopted; None while nothing of the programme is approved."""
    return selectors.acts(programme).first()


def act_on_its_way(programme: Programme) -> Act | None:
    """An act that was handed in and not yet adopted: its papers say what the programme says now."""
    return programme.acts.exclude(status__in=Step.WRITE_PARTS.when).first()


def expect_only_drafts(programme: Programme) -> None:
    """Refuse a change of what an act on its way to the council says. The caller holds the programme's lock."""
    drafts = programme.acts.select_for_update(of=("self",)).filter(status=ActStatus.DRAFT)
    list(drafts)  # one that is being handed in right now is waited for
    if act := act_on_its_way(programme):
        raise RuleViolation(
            _(
                "«%(act)s» уже в стані «%(status)s», і програма має лишатися такою, як у ньому. Поверніть акт на доопрацювання, тоді змінюйте."
            )
            % {"act": act.shown_name, "status": act.get_status_display()}
        )


def locked(programme: Programme, version: int) -> Programme:
    """The programme as it stands, under a lock; refused when its version moved on."""
    current = (
        Programme.objects.select_for_update(of=("self",))
        .select_related("community")
        .get(pk=programme.pk)
    )
    if current.version != version:
        raise StaleVersion(
            _(
                "Поки ви редагували, програму змінив користувач %(who)s. Ваші дані залишилися у формі: порівняйте і збережіть ще раз."
            )
            % {"who": last_writer(current) or "—"},
            current=str(current.version),
        )
    return current


def touch(programme: Programme) -> None:
    """Store the programme as a new version."""
    programme.version += 1
    programme.save()


def last_writer(programme: Programme) -> str:
    """Who wrote the programme or its parts last; empty when nobody did it here."""
    changes = Change.objects.filter(
        table_name=Programme._meta.db_table, row_id=programme.pk, event__isnull=False
    )
    return changes.order_by("-pk").values_list("event__person__username", flat=True).first() or ""


def _check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug) or slug in _TAKEN_BY_PAGES:
        raise RuleViolation(
            _(
                "Адреса «%(slug)s» не підходить: потрібні малі латинські літери, цифри й дефіси, і не слово new. Наприклад, e-misto-2027."
            )
            % {"slug": slug}
        )
    if Programme.objects.filter(slug=slug).exists():
        raise RuleViolation(
            _("Програма з адресою «%(slug)s» уже є. Вкажіть іншу, наприклад %(free)s.")
            % {"slug": slug, "free": propose_slug(slug)}
        )


def _check_description(programme: Programme) -> None:
    if programme.year_to < programme.year_from:
        raise RuleViolation(_("Останній рік програми не може бути раніше за перший."))
    if len(programme.years) > MOST_YEARS:
        raise RuleViolation(
            _("У програми забагато років: %(count)s, можна не більше %(most)s. Перевірте роки.")
            % {"count": len(programme.years), "most": MOST_YEARS}
        )
    unit = programme.responsible_unit
    if unit is not None and unit.community_id != programme.community_id:
        raise RuleViolation(
            _("Відповідальний виконавець належить до іншої громади. Оберіть розпорядника цієї.")
        )
    try:
        programme.clean_fields(exclude=["community", "responsible_unit"])
    except ValidationError as error:
        raise RuleViolation(told(programme, error)) from error


def _check_years_in_use(programme: Programme) -> None:
    years = {"year_from": programme.year_from, "year_to": programme.year_to}
    outside = BudgetLine.objects.filter(act__programme=programme).exclude(
        act__status=ActStatus.WITHDRAWN
    )
    line = outside.exclude(year__in=programme.years).select_related("act").first()
    if line is not None:
        raise RuleViolation(
            _(
                "%(year)s рік не можна виключити з програми: на нього вже є суми в акті «%(act)s». Спершу приберіть їх."
            )
            % {"year": line.year, "act": line.act}
        )
    for stage in programme.stages.all():
        if stage.year_from not in programme.years or stage.year_to not in programme.years:
            raise RuleViolation(
                _(
                    "Етап %(stage)s (%(first)s–%(last)s) вийшов би за роки програми %(year_from)s–%(year_to)s. Спершу змініть етапи."
                )
                % {"stage": stage, "first": stage.year_from, "last": stage.year_to, **years}
            )
    if ceiling := programme.ceilings.exclude(year__in=programme.years).first():
        raise RuleViolation(
            _(
                "%(year)s рік не можна виключити з програми: на нього є граничний обсяг. Спершу вилучіть його."
            )
            % {"year": ceiling.year}
        )


def told(row: Any, error: ValidationError) -> str:
    """What a model refuses, each message with the Ukrainian name of its field."""
    return " ".join(
        capfirst(f"{row._meta.get_field(name).verbose_name}: {' '.join(messages)}")
        for name, messages in error.message_dict.items()
    )
