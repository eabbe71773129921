"""Writing the scales of effectiveness: reference data with the days they are valid."""

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Community
from budgets.services.record import recorded
from indicators.models import EffectivenessScale


@recorded
def save_scale(*, scale: EffectivenessScale, version: int, by: User) -> EffectivenessScale:
    """Store a new or a changed scale; ``version`` is the one its author saw, 1 of a new scale.

    Refused: days that another scale of the same community covers; StaleVersion when another person wrote meanwhile.
    """
    beside = EffectivenessScale.objects.filter(community=scale.community_id)
    # Who writes scales of one community waits here for the others, so that no two overlap.
    if scale.community_id is not None:
        Community.objects.select_for_update().get(pk=scale.community_id)
    stored = {row.pk: row for row in beside.select_for_update(of=("self",))}
    if scale.pk is not None and stored[scale.pk].version != version:
        raise StaleVersion(
            _(
                "Поки ви редагували, шкалу змінила інша людина. Введене залишилося у формі: порівняйте і збережіть ще раз."
            ),
            current=str(stored[scale.pk].version),
        )
    if (other := beside.exclude(pk=scale.pk).filter(_covers(scale)).first()) is not None:
        raise RuleViolation(
            _(
                "На ці дні вже є шкала «%(other)s». Спершу вкажіть, до якого дня вона діє, або змініть «діє з»."
            )
            % {"other": other}
        )
    scale.version, scale.changed_by = (version + 1 if scale.pk is not None else 1), by
    scale.save()
    return scale


def _covers(scale: EffectivenessScale) -> Q:
    """Scales valid on one of the days of this one."""
    found = Q(valid_to__isnull=True) | Q(valid_to__gte=scale.valid_from)
    return found if scale.valid_to is None else found & Q(valid_from__lte=scale.valid_to)
