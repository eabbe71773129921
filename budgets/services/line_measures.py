"""Which measures of target programmes a spending line pays for: no part of the passport's form, so it may change at any time."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import LineMeasure, Passport, SpendingLine
from budgets.selectors.cash_measures import target_measures
from budgets.selectors.measure_cash import measure_names, measures_of_line
from budgets.services.record import recorded


@recorded
def link(
    *,
    passport: Passport,
    line_id: int,
    measures: Sequence[int],
    seen: Sequence[int],
    by: User,
) -> None:
    """Let the line pay for these measures and no others; payments made before keep their shares.

    Refused with StaleVersion when the line pays for other measures than its author saw, with RuleViolation for a
    line of another passport or a measure of no programme of the community and year.
    """
    Passport.objects.select_for_update().get(pk=passport.pk)
    line = SpendingLine.objects.filter(
        pk=line_id, origin__isnull=True, revision__passport=passport
    ).first()
    if line is None:
        raise RuleViolation(_("Цей напрям не належить до паспорта. Оберіть напрям зі списку."))
    stored = measures_of_line(line_id)
    if set(stored) != set(seen):
        names = measure_names(stored)
        current = "; ".join(names[pk] for pk in stored) or _("жодного заходу")
        raise StaleVersion(
            _("Поки ви обирали, заходи цього напряму змінили. Зараз: %(current)s.")
            % {"current": current},
            current=current,
        )
    wanted = list(dict.fromkeys(measures))
    added = [pk for pk in wanted if pk not in stored]
    if target_measures(passport).filter(pk__in=added).count() < len(added):
        raise RuleViolation(
            _("Цей захід не належить до цільових програм громади на %(year)s рік. Оберіть інший.")
            % {"year": passport.year}
        )
    LineMeasure.objects.filter(line=line).exclude(measure__in=wanted).delete()
    for pk in added:
        LineMeasure.objects.create(line=line, measure_id=pk)
