"""Closed lists of indicators."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IndicatorKind(TextChoices):
    """The four kinds in the order in which every form prints them."""

    INPUT = "input", _("затрат")
    OUTPUT = "output", _("продукту")
    EFFICIENCY = "efficiency", _("ефективності")
    QUALITY = "quality", _("якості")


class Direction(TextChoices):
    """Whether more or less of the indicator is better."""

    MORE = "more", _("більше — краще")
    LESS = "less", _("менше — краще")
