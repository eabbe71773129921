"""How a community reports: its deadlines and its bank of phrases."""

import hashlib
from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets.exceptions import StaleVersion
from budgets.models import Community
from budgets.services.record import recorded
from reports.choices import PeriodKind
from reports.models import ReportingDeadline, ReportPhrase
from reports.periods import USUALLY_DUE, Due
from reports.selectors import campaigns


def version(community: Community) -> str:
    """A mark of what is stored now; a page sends back the one it saw."""
    due = sorted(
        (kind.value, each.months, each.day) for kind, each in campaigns.due(community).items()
    )
    texts = list(community.report_phrases.values_list("text", flat=True))
    return hashlib.sha256(repr((due, texts)).encode()).hexdigest()[:16]


@recorded
def describe(
    *,
    community: Community,
    deadlines: Mapping[PeriodKind, Due],
    phrases: Sequence[str],
    seen: str,
    by: User,
) -> None:
    """Write both. A deadline that is the usual one is not stored; StaleVersion when another person wrote meanwhile."""
    community = Community.objects.select_for_update().get(pk=community.pk)
    if version(community) != seen:
        raise StaleVersion(
            _("Поки ви редагували, строки або фрази змінили. Порівняйте і збережіть ще раз."),
            current="; ".join(community.report_phrases.values_list("text", flat=True)),
        )
    for kind, due in deadlines.items():
        stored = ReportingDeadline.objects.filter(community=community, kind=kind)
        if due == USUALLY_DUE[kind]:
            stored.delete()
        else:
            ReportingDeadline.objects.update_or_create(
                community=community, kind=kind, defaults={"months": due.months, "day": due.day}
            )
    texts = list(dict.fromkeys(text.strip() for text in phrases if text.strip()))
    if texts != list(community.report_phrases.values_list("text", flat=True)):
        community.report_phrases.all().delete()
        ReportPhrase.objects.bulk_create(
            ReportPhrase(community=community, order=order, text=text)
            for order, text in enumerate(texts, start=1)
        )
