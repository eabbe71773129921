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


class Nature(TextChoices):
    """What a year's value tells, and so what several years come to."""

    STOCK = "stock", _("за станом на кінець року")  # years come to the last one
    INCREMENT = "increment", _("приріст за рік")  # years add up


class EvidenceFormat(TextChoices):
    """What a file of evidence may be, judged by its content; the value ends its name."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    JPEG = "jpg", "JPEG"
    XLSX = "xlsx", "XLSX"
