"""How indicators of a target programme follow from others: formulas, and the money of what they belong to."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Programme
from budgets.services import programme_parts
from indicators.choices import IndicatorKind
from indicators.models import ProgrammeIndicator
from indicators.yearly import MONEY_UNITS

Parts = tuple[
    int | None, int | None
]  # numerator, denominator; None for a row that is not stored yet


def let_go(programme: Programme, rows: Sequence[programme_parts.Values]) -> None:
    """Formulas that change or go leave their parts first: a part that nothing names any more may be removed."""
    stored = {
        indicator.pk: indicator
        for indicator in ProgrammeIndicator.objects.filter(
            programme=programme, numerator__isnull=False
        )
    }
    wanted: dict[int, Parts | None] = {}
    for place, row in enumerate(rows, start=1):
        indicator = stored.get(row.get("id") or 0)
        parts = _parts(indicator) if indicator else None
        formula = row.get("formula")
        if "formula" in row:
            parts = (rows[formula[0]].get("id"), rows[formula[1]].get("id")) if formula else None
        if indicator:
            wanted[indicator.pk] = parts
        if parts and row.get("is_money"):
            message = _("Рядок %(place)s: залиште щось одне: обсяг коштів або частку.")
            raise RuleViolation(message % {"place": place})
    changed = [pk for pk, each in stored.items() if wanted.get(pk) != _parts(each)]
    if changed:
        ProgrammeIndicator.objects.filter(pk__in=changed).update(numerator=None, denominator=None)


def _parts(indicator: ProgrammeIndicator) -> Parts | None:
    return (indicator.numerator_id, indicator.denominator_id) if indicator.has_formula else None


def write(made: Sequence[ProgrammeIndicator], rows: Sequence[programme_parts.Values]) -> None:
    for indicator, row in zip(made, rows, strict=True):
        if "formula" in row:
            top, bottom = row["formula"] or (None, None)
            indicator.numerator = None if top is None else made[top]
            indicator.denominator = None if bottom is None else made[bottom]
    by_pk = {indicator.pk: indicator for indicator in made}
    for place, indicator in enumerate(made, start=1):
        parts = [by_pk[pk] for pk in _parts(indicator) or () if pk is not None]
        if message := _refusal(indicator, parts):
            raise RuleViolation(
                _("Рядок %(place)s: %(message)s") % {"place": place, "message": message}
            )
    ProgrammeIndicator.objects.bulk_update(
        [indicator for indicator in made if indicator.has_formula], ["numerator", "denominator"]
    )


def _refusal(indicator: ProgrammeIndicator, parts: Sequence[ProgrammeIndicator]) -> str:
    """Why the indicator cannot be computed in this way, or nothing."""
    if any(part.has_formula for part in parts):
        return _("показник, із якого рахують частку, сам є часткою. Оберіть інші показники.")
    if parts and parts[0].pk == parts[1].pk:
        return _("чисельник і знаменник формули мають бути різними показниками.")
    return _money_refusal(indicator) if indicator.is_money else ""


def _money_refusal(indicator: ProgrammeIndicator) -> str:
    if indicator.kind not in {"", IndicatorKind.INPUT}:
        return _("обсяг коштів — показник затрат. Оберіть цей вид або зніміть позначку.")
    if indicator.unit_of_measure not in MONEY_UNITS:
        return _(
            "обсяг коштів рахують у гривнях. Вкажіть одиницю «грн», «тис. грн» або «млн грн» чи зніміть позначку."
        )
    return ""
