"""Міська цільова програма: what a council plans for several years, and the tree of what is done.

Printed numbers are data and stand apart from order: real documents repeat and contradict them. Any level of the
tree may be absent. Amounts never stand here: they are sums of the lines of acts (see acts.py).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budgets.choices import Layout, PresentationUnit, ProgrammeFund
from budgets.fields import MoneyField
from budgets.models.organisations import Community, SpendingUnit


class Programme(models.Model):
    """Цільова програма of a community, with the span of years it covers.

    ``unit`` and ``layout`` belong to its printed documents; stored amounts are always in hryvnias.
    """

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="programmes", verbose_name=_("громада")
    )
    slug = models.SlugField(_("коротка назва латиницею"), unique=True, max_length=80)
    title = models.CharField(_("назва"), max_length=500)
    short_title = models.CharField(_("скорочена назва"), max_length=120, blank=True)
    year_from = models.PositiveSmallIntegerField(_("перший рік"))
    year_to = models.PositiveSmallIntegerField(_("останній рік"))
    responsible_unit = models.ForeignKey(
        SpendingUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responsible_for",
        verbose_name=_("відповідальний виконавець"),
    )
    unit = models.CharField(
        _("одиниця виміру сум"),
        max_length=8,
        choices=PresentationUnit,
        default=PresentationUnit.THOUSAND,
    )
    layout = models.CharField(
        _("вигляд таблиці заходів"), max_length=6, choices=Layout, default=Layout.YEARS
    )
    marked_share = models.PositiveSmallIntegerField(
        _("частка змін, понад яку їх позначають, %"), default=25
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["-year_from", "title"]
        verbose_name = _("цільова програма")
        verbose_name_plural = _("цільові програми")
        constraints = [
            models.CheckConstraint(
                condition=Q(year_to__gte=F("year_from")),
                name="programme_years_in_order",
                violation_error_message=_("Останній рік програми не може бути раніше за перший."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_title or self.title

    @property
    def years(self) -> range:
        return range(self.year_from, self.year_to + 1)

    def year_near(self, year: int) -> int:
        """The programme's year nearest to this one."""
        return min(max(year, self.year_from), self.year_to)


ORDER_STEP = 1000  # between neighbours of a new list, so that a row can be moved between them


class ProgrammeRow(models.Model):
    """A part of a programme in printed order. ``key`` names it in sample data and addresses of papers."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="%(class)ss")
    order = models.PositiveIntegerField()
    number = models.CharField(_("номер у документі"), max_length=20, blank=True)

    class Meta:
        abstract = True
        ordering = ["order", "id"]


class PassportItem(ProgrammeRow):
    """A row of the programme's passport, in the city's own wording and order."""

    label = models.CharField(_("назва рядка"), max_length=500)
    value = models.TextField(_("зміст"), blank=True)

    def __str__(self) -> str:
        return self.label


class Stage(ProgrammeRow):
    """Етап: a named span of years; stages may differ in length."""

    label = models.CharField(_("етап"), max_length=50)
    year_from = models.PositiveSmallIntegerField(_("з року"))
    year_to = models.PositiveSmallIntegerField(_("до року"))

    class Meta(ProgrammeRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(year_to__gte=F("year_from")), name="stage_years_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.label


class FundingSource(ProgrammeRow):
    """Джерело фінансування: local, state, oblast budget, technical assistance …"""

    title = models.CharField(_("джерело"), max_length=200)

    def __str__(self) -> str:
        return self.title


class Executor(ProgrammeRow):
    """Виконавець: a unit named in the programme; it may be a spending unit we know."""

    name = models.CharField(_("найменування"), max_length=500)
    total_label = models.CharField(_("назва рядка підсумку"), max_length=100, blank=True)
    unit = models.ForeignKey(
        SpendingUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="executor_of",
        verbose_name=_("розпорядник"),
    )

    def __str__(self) -> str:
        return self.name


class Direction(ProgrammeRow):
    """Напрям діяльності: the top level of the tree."""

    title = models.TextField(_("напрям діяльності"))

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class Task(ProgrammeRow):
    """Завдання: under a direction, under a spending unit, or on its own."""

    direction = models.ForeignKey(
        Direction, models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    executor = models.ForeignKey(
        Executor, models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    title = models.TextField(_("завдання"))

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class Measure(ProgrammeRow):
    """Захід: what is done and paid for. Its words stand in MeasureText, revisioned by act.

    Where it stands here is where it stood at first; an act that moves it says so in a MeasurePosition.
    A measure with sub-measures carries no amounts of its own: they are the sums of its parts.
    """

    direction = models.ForeignKey(
        Direction, models.PROTECT, null=True, blank=True, related_name="measures"
    )
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="measures")
    executor = models.ForeignKey(
        Executor, models.PROTECT, null=True, blank=True, related_name="measures"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="sub_measures"
    )
    quantity_unit = models.CharField(_("одиниця кількості"), max_length=30, blank=True)
    executors = models.ManyToManyField(Executor, blank=True, related_name="executes")
    sources = models.ManyToManyField(FundingSource, blank=True, related_name="pays_for")

    def __str__(self) -> str:
        return f"{self.number} №{self.pk}".strip()


class Ceiling(models.Model):
    """Граничний обсяг: what a year may cost, by fund or for all funds together. A warning, never a refusal.

    Units: hryvnias. It is a forecast of the budget, no part of an act: it changes as the forecast does.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="ceilings")
    year = models.PositiveSmallIntegerField(_("рік"))
    fund = models.CharField(
        _("фонд"), max_length=7, choices=ProgrammeFund, default=ProgrammeFund.UNSPLIT, blank=True
    )
    amount = MoneyField(_("граничний обсяг, грн"))

    class Meta:
        ordering = ["year", "fund"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "fund"], name="one_ceiling_of_a_year_and_fund"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.fund}: {self.amount}"


class StrategyLink(ProgrammeRow):
    """Зв'язок зі стратегією розвитку: priority, strategic goal, task of the concept."""

    item = models.TextField(_("пункт програми"))
    priority = models.TextField(_("пріоритет"), blank=True)
    goal = models.TextField(_("стратегічна ціль"), blank=True)
    task = models.TextField(_("завдання стратегії"), blank=True)

    def __str__(self) -> str:
        return self.item
