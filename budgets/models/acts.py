"""Acts and their lines: figures are sums of acts.

    planned(line, as of D) = Σ delta of every act in force on or before D

The first decision is the first act, an amendment is an act whose lines are signed deltas, a new edition restates (its
deltas are the differences). An act that is known only by number and date has ``lines_known`` off: figures after it are
incomplete and are shown so, never guessed.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from budgets.choices import ActKind, ActStatus, LineKind, PrintedLevel, ProgrammeFund
from budgets.fields import ExactDecimalField, MoneyField
from budgets.models.programmes import (
    Direction,
    Executor,
    FundingSource,
    Measure,
    Programme,
    Task,
)


class Act(models.Model):
    """Рішення, розпорядження or наказ that puts figures in force: draft → submitted → agreed → adopted | withdrawn."""

    frozen_when: ClassVar[str] = "{row}.status IN ('adopted', 'withdrawn')"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="acts")
    kind = models.CharField(_("вид"), max_length=11, choices=ActKind)
    organ = models.CharField(_("орган"), max_length=300, blank=True)
    number = models.CharField(_("номер"), max_length=50, blank=True)
    date = models.DateField(_("дата"), null=True, blank=True)
    in_force_from = models.DateField(_("діє з"), null=True, blank=True)
    title = models.TextField(_("назва"), blank=True)
    status = models.CharField(_("стан"), max_length=9, choices=ActStatus, default=ActStatus.DRAFT)
    amends = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="amended_by",
        verbose_name=_("змінює"),
    )
    file = models.FileField(_("файл акта (PDF)"), upload_to="acts/%Y", max_length=200, blank=True)
    based_at = models.DateTimeField(_("стоїть на чинному станом на"), null=True, editable=False)
    adopted_at = models.DateTimeField(_("внесено як ухвалений"), null=True, editable=False)
    lines_known = models.BooleanField(_("рядки відомі"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        ordering = ["programme", F("in_force_from").asc(nulls_last=True), "id"]
        verbose_name = _("акт")
        verbose_name_plural = _("акти")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "number", "date"],
                condition=~Q(number=""),
                name="act_number_is_unique_on_a_day",
                violation_error_message=_("Акт із таким номером і датою вже є."),
            ),
            models.CheckConstraint(
                condition=~Q(status="adopted") | Q(in_force_from__isnull=False),
                name="adopted_act_is_in_force_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        number = f"№ {self.number}" if self.number else str(_("без номера"))
        return f"{self.get_kind_display()} {number}" + (
            f" від {self.date:%d.%m.%Y}" if self.date else ""
        )

    @property
    def shown_name(self) -> str:
        """How pages name the act: what the council adopted as its papers do, a draft by its number here."""
        if self.status == ActStatus.ADOPTED:
            return str(self)
        name = {
            ActKind.APPROVAL: _("Чернетка програми"),
            ActKind.AMENDMENT: _("Чернетка змін"),
            ActKind.NEW_EDITION: _("Чернетка нової редакції"),
        }[ActKind(self.kind)]
        return f"{name} № {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status not in {ActStatus.ADOPTED, ActStatus.WITHDRAWN}


class ActRow(models.Model):
    """A part of an act; frozen with it."""

    frozen_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_act a WHERE a.id = {row}.act_id AND a.status IN ('adopted', 'withdrawn'))"
    )

    act = models.ForeignKey(Act, models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


class BudgetLine(ActRow):
    """What an act adds to (or takes from) one measure × unit × year × fund × source. Units: hryvnias.

    A ``restated`` line repeats an amount in force and changes nothing: it enters no sum.
    ``amount`` is empty where a document gives a quantity without money.
    """

    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="lines", verbose_name=_("захід")
    )
    executor = models.ForeignKey(
        Executor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("виконавець"),
    )
    year = models.PositiveSmallIntegerField(_("рік"))
    fund = models.CharField(
        _("фонд"), max_length=7, choices=ProgrammeFund, default=ProgrammeFund.UNSPLIT, blank=True
    )
    source = models.ForeignKey(
        FundingSource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("джерело"),
    )
    amount = MoneyField(_("сума"), null=True, blank=True)
    quantity = ExactDecimalField(_("кількість"), places=3, null=True, blank=True)
    kind = models.CharField(_("вид"), max_length=8, choices=LineKind, default=LineKind.DELTA)
    reason = models.CharField(_("причина"), max_length=500, blank=True)
    is_below_paid = models.BooleanField(_("підтверджено суму, меншу за сплачену"), default=False)

    class Meta:
        ordering = ["act", "measure__order", "year", "fund", "id"]
        indexes = [models.Index(fields=["measure", "year", "fund"])]
        constraints = [
            models.UniqueConstraint(
                F("act"),
                F("measure"),
                Coalesce("executor", 0),
                F("year"),
                F("fund"),
                Coalesce("source", 0),
                name="one_line_of_a_place_in_an_act",
                violation_error_message=_(
                    "Цей захід уже має рядок на цей рік, фонд і джерело в акті."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} · {self.year} · {self.fund}: {self.amount}"


class MeasureText(ActRow):
    """The words of a measure from an act on: the latest in force as of a date is what is printed."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="texts")
    title = models.TextField(_("зміст заходу"))
    term = models.CharField(_("термін виконання"), max_length=100, blank=True)
    term_from = models.PositiveSmallIntegerField(_("з року"), null=True, blank=True)
    term_to = models.PositiveSmallIntegerField(_("до року"), null=True, blank=True)
    executors_text = models.TextField(_("виконавці"), blank=True)
    sources_text = models.TextField(_("джерела фінансування"), blank=True)
    expected_result = models.TextField(_("очікуваний результат"), blank=True)
    is_conditional = models.BooleanField(_("за умови"), default=False)
    needs_funding = models.BooleanField(_("потребує фінансування"), default=True)
    is_cancelled = models.BooleanField(_("скасовано"), default=False)

    class Meta:
        ordering = ["measure__order", "act"]
        constraints = [
            models.UniqueConstraint(
                fields=["act", "measure"], name="one_text_of_a_measure_in_an_act"
            ),
            models.CheckConstraint(
                condition=Q(term_to__isnull=True)
                | Q(term_from__isnull=True)
                | Q(term_to__gte=F("term_from")),
                name="term_years_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeasurePosition(ActRow):
    """Where a measure stands in the tree from an act on: its printed number, its place and what it belongs to."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="positions")
    number = models.CharField(_("номер у документі"), max_length=20, blank=True)
    order = models.PositiveIntegerField()
    direction = models.ForeignKey(
        Direction, models.PROTECT, null=True, blank=True, related_name="+"
    )
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="+")
    parent = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["act", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["act", "measure"], name="one_position_of_a_measure_in_an_act"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} №{self.measure_id}".strip()


class PrintedFigure(ActRow):
    """A total as a published document prints it, right or wrong: a fact of the document, never part of a sum.

    Shown beside the computed one; what it totals is named by one of the references, or by none for the programme.
    """

    level = models.CharField(_("рівень"), max_length=9, choices=PrintedLevel)
    label = models.CharField(_("назва рядка"), max_length=500, blank=True)
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="+")
    task = models.ForeignKey(
        "budgets.Task", models.PROTECT, null=True, blank=True, related_name="+"
    )
    direction = models.ForeignKey(
        "budgets.Direction", models.PROTECT, null=True, blank=True, related_name="+"
    )
    executor = models.ForeignKey(Executor, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.ForeignKey(
        FundingSource, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stage = models.ForeignKey(
        "budgets.Stage", models.PROTECT, null=True, blank=True, related_name="+"
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    fund = models.CharField(max_length=7, blank=True)
    amount = MoneyField(null=True, blank=True)
    quantity = ExactDecimalField(places=3, null=True, blank=True)
    printed = models.CharField(_("надруковано"), max_length=100, blank=True)

    class Meta:
        ordering = ["act", "id"]

    def __str__(self) -> str:
        return f"{self.label} {self.year or ''}: {self.printed}"
