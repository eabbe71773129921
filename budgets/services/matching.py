"""Writing why two of the four figures differ."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets.choices import Fund, MatchStep
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import MatchReason, Passport, SpendingLine
from budgets.permissions import Step
from budgets.services.record import recorded


@recorded
def explain(
    *,
    passport: Passport,
    step: str,
    line_id: int | None,
    fund: str,
    text: str,
    version: int,
    by: User,
) -> None:
    """Say why, or, with an empty text, take it back; ``version`` is 0 where nothing was said yet.

    Refused with StaleVersion when another person wrote meanwhile.
    """
    Passport.objects.select_for_update().get(pk=passport.pk)
    if not passport.revisions.filter(status__in=Step.EXPLAIN_MATCH.when).exists():
        raise RuleViolation(_("Паспорт ще не затверджено, звіряти нічого."))
    if step not in MatchStep.values or fund not in {"", *Fund.values}:
        raise RuleViolation(_("Такого порівняння немає. Оновіть сторінку."))
    lines = SpendingLine.objects.filter(origin__isnull=True, revision__passport=passport)
    if line_id is not None and not lines.filter(pk=line_id).exists():
        raise RuleViolation(_("Цей напрям не належить до паспорта. Оновіть сторінку."))
    stored = MatchReason.objects.filter(
        passport=passport, step=step, line=line_id, fund=fund
    ).first()
    if (stored.version if stored else 0) != version:
        current = stored.text if stored else _("причину забрали")
        raise StaleVersion(
            _("Поки ви писали, причину змінили. Зараз: «%(current)s». Ваш текст залишився у полі.")
            % {"current": current},
            current=current,
        )
    text = text.strip()
    if stored is None:
        if text:
            MatchReason.objects.create(
                passport=passport, step=step, line_id=line_id, fund=fund, text=text, changed_by=by
            )
    elif not text:
        stored.delete()
    elif text != stored.text:
        stored.text, stored.changed_by = text, by
        stored.version += 1
        stored.save()
