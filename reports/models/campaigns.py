"""Звітування про виконання цільової програми: units say what was done, the responsible unit consolidates.

Only words and what nobody can compute stand here. Plan, cash and percents are sums of acts and payments, read when
the report is shown.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from budgets.choices import PresentationUnit, UnitReportStatus
from budgets.fields import ExactDecimalField
from budgets.models import Community, Executor, Measure, Programme
from reports.choices import PeriodKind
from reports.periods import ReportingPeriod

FACT_PLACES = 3


class Campaign(models.Model):
    """Звітна кампанія: every reporting unit of a programme reports on one period.

    While it is closed, nothing of its reports changes; opening it again wants a reason.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="campaigns")
    year = models.PositiveSmallIntegerField(_("рік"))
    kind = models.CharField(_("період"), max_length=5, choices=PeriodKind)
    due_on = models.DateField(_("подати до"))
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("закрито"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    reopen_reason = models.CharField(_("причина відкриття"), max_length=300, blank=True)

    class Meta:
        ordering = ["-year", "-due_on", "programme"]
        verbose_name = _("звітна кампанія")
        verbose_name_plural = _("звітні кампанії")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "kind"],
                name="one_campaign_of_a_period",
                violation_error_message=_("Кампанію за цей період уже відкрито."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} · {self.period.words(self.programme.year_from)}"

    @property
    def period(self) -> ReportingPeriod:
        return ReportingPeriod(self.year, PeriodKind(self.kind))

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class UnitReport(models.Model):
    """Звіт виконавця in a campaign: draft → submitted → returned with remarks, or accepted.

    Without an executor it is the responsible unit's own: measures that name nobody. ``decisions`` and ``subject`` say
    what the unit prints in its head where that differs from what the acts here say. ``unit`` is how it prints sums.
    ``accepted_figures`` are the figures at acceptance (reports/statement.py); they stay while the report is accepted, so
    that a later payment or act is seen.
    """

    frozen_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM reports_campaign c WHERE c.id = {row}.campaign_id AND c.closed_at IS NOT NULL)"
    )
    kept_columns: ClassVar[tuple[str, ...]] = ("accepted_figures",)
    kept_while: ClassVar[str] = "{row}.status = 'accepted'"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reports")
    executor = models.ForeignKey(
        Executor, models.PROTECT, null=True, related_name="reports", verbose_name=_("виконавець")
    )
    due_on = models.DateField(_("подати до"))
    status = models.CharField(
        _("стан"), max_length=9, choices=UnitReportStatus, default=UnitReportStatus.DRAFT
    )
    subject = models.CharField(_("про що звіт"), max_length=300, blank=True)
    decisions = models.CharField(_("рішення про програму, як у звіті"), max_length=500, blank=True)
    unit = models.CharField(_("одиниця виміру сум"), max_length=8, choices=PresentationUnit)
    position = models.CharField(_("посада підписанта"), max_length=200, blank=True)
    name = models.CharField(_("Власне ім’я ПРІЗВИЩЕ"), max_length=200, blank=True)
    warnings_reason = models.TextField(_("чому подано попри застереження"), blank=True)
    remark = models.TextField(_("зауваження до звіту"), blank=True)
    submitted_at = models.DateTimeField(_("подано"), null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(_("прийнято чи повернуто"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    accepted_figures = models.JSONField(_("прийняті суми"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["campaign", F("executor__order").asc(nulls_first=True), "id"]
        verbose_name = _("звіт виконавця")
        verbose_name_plural = _("звіти виконавців")
        constraints = [
            models.UniqueConstraint(
                F("campaign"),
                Coalesce("executor", 0),
                name="one_report_of_an_executor",
                violation_error_message=_("Цей виконавець уже має звіт у кампанії."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_figures__isnull=True) | Q(status=UnitReportStatus.ACCEPTED),
                name="only_an_accepted_report_keeps_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name} · {self.campaign}"

    @property
    def unit_name(self) -> str:
        if self.executor is not None:
            return self.executor.name
        responsible = self.campaign.programme.responsible_unit
        return responsible.name if responsible else str(_("без виконавця"))

    @property
    def met_status(self) -> UnitReportStatus:
        """The status as it counts now: a closed campaign closes its reports."""
        return UnitReportStatus.CLOSED if self.campaign.is_closed else UnitReportStatus(self.status)

    @property
    def is_open(self) -> bool:
        """Its unit still has to hand it in."""
        return self.met_status in {UnitReportStatus.DRAFT, UnitReportStatus.RETURNED}


class MeasureReport(models.Model):
    """What the unit says of one measure: what was done or why not, percent of work, a fact such as persons or pieces.

    ``remark`` is what the responsible unit wants mended; saving the row answers it.
    """

    frozen_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM reports_unitreport u JOIN reports_campaign c ON c.id = u.campaign_id"
        " WHERE u.id = {row}.report_id AND c.closed_at IS NOT NULL)"
    )

    report = models.ForeignKey(UnitReport, models.CASCADE, related_name="rows")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="reports")
    text = models.TextField(_("інформація про виконання або причини невиконання"), blank=True)
    percent_of_work = ExactDecimalField(_("виконано роботи, %"), places=2, null=True, blank=True)
    fact = ExactDecimalField(_("факт"), places=FACT_PLACES, null=True, blank=True)
    fact_unit = models.CharField(_("чого"), max_length=50, blank=True)
    remark = models.TextField(_("зауваження"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["report", "measure__order", "id"]
        verbose_name = _("рядок звіту виконавця")
        verbose_name_plural = _("рядки звітів виконавців")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "measure"], name="one_row_of_a_measure_in_a_report"
            ),
            models.CheckConstraint(
                condition=Q(percent_of_work__isnull=True)
                | Q(percent_of_work__gte=0, percent_of_work__lte=100),
                name="percent_of_work_is_0_to_100",
                violation_error_message=_("Відсоток роботи — від 0 до 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id}: {self.text}"


class ReportingDeadline(models.Model):
    """When reports of a community's programmes are due, where it is not the usual day (reports/periods.py)."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="reporting_deadlines")
    kind = models.CharField(_("період"), max_length=5, choices=PeriodKind)
    months = models.PositiveSmallIntegerField(_("місяців після кінця періоду"))
    day = models.PositiveSmallIntegerField(_("день місяця"))

    class Meta:
        ordering = ["community", "kind"]
        verbose_name = _("строк звітування")
        verbose_name_plural = _("строки звітування")
        constraints = [
            models.UniqueConstraint(fields=["community", "kind"], name="one_deadline_of_a_period"),
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=31, months__gte=1, months__lte=12),
                name="deadline_is_a_day_of_a_month",
                violation_error_message=_("Строк: 1–12 місяців після періоду, день 1–31."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.day}"


class ReportPhrase(models.Model):
    """Фраза, яку часто пишуть у звіті: a community's bank of wordings, offered beside each text."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="report_phrases")
    order = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("фраза"), max_length=500)

    class Meta:
        ordering = ["community", "order", "id"]
        verbose_name = _("фраза для звітів")
        verbose_name_plural = _("фрази для звітів")

    def __str__(self) -> str:
        return self.text
