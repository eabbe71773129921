"""Closed lists of reporting (see docs/glossary.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PeriodKind(TextChoices):
    """How much of a year, or of a programme's life, a report covers; each begins on the first day."""

    QUARTER = "q1", _("I квартал")
    HALF = "6m", _("перше півріччя")
    NINE_MONTHS = "9m", _("9 місяців")
    YEAR = "year", _("рік")
    FINAL = "final", _("весь строк програми")
