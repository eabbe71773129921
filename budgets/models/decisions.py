"""Рішення про місцевий бюджет: what the council gives each budget programme in a year, as a ledger of signed amounts.

given(programme, year, as of D) = Σ amounts of the year's decisions in force on or before D
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from budgets.choices import DecisionKind, DecisionStatus, Fund, MatchStep
from budgets.fields import MoneyField
from budgets.models.budget_programmes import BudgetProgramme
from budgets.models.organisations import Community
from budgets.models.passports import Passport, SpendingLine
from budgets.models.programmes import Programme


class BudgetDecision(models.Model):
    """The budget of a year, or a change of it: draft → adopted, frozen from then on.

    One that is known only by number and date has ``lines_known`` off: what the budget gives is incomplete then.
    """

    frozen_when: ClassVar[str] = "{row}.status = 'adopted'"

    community = models.ForeignKey(Community, models.PROTECT, related_name="budget_decisions")
    year = models.PositiveSmallIntegerField(_("рік бюджету"))
    kind = models.CharField(_("вид"), max_length=9, choices=DecisionKind)
    number = models.CharField(_("номер"), max_length=50)
    date = models.DateField(_("дата"))
    in_force_from = models.DateField(_("діє з"))
    lines_known = models.BooleanField(_("суми відомі"), default=True)
    status = models.CharField(
        _("стан"), max_length=7, choices=DecisionStatus, default=DecisionStatus.DRAFT
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "in_force_from", "id"]
        verbose_name = _("рішення про бюджет")
        verbose_name_plural = _("рішення про бюджет")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "number", "date"], name="decision_number_is_unique_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"рішення № {self.number} від {self.date:%d.%m.%Y}"

    @property
    def is_adopted(self) -> bool:
        return self.status == DecisionStatus.ADOPTED


class DecisionLine(models.Model):
    """What a decision adds to (or takes from) a budget programme under a fund, for a target programme if it says. Hryvnias."""

    frozen_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_budgetdecision d WHERE d.id = {row}.decision_id AND d.status = 'adopted')"
    )

    decision = models.ForeignKey(BudgetDecision, models.CASCADE, related_name="lines")
    programme = models.ForeignKey(
        BudgetProgramme,
        models.PROTECT,
        related_name="decision_lines",
        verbose_name=_("бюджетна програма"),
    )
    fund = models.CharField(_("фонд"), max_length=7, choices=Fund)
    target = models.ForeignKey(
        Programme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decision_lines",
        verbose_name=_("цільова програма"),
    )
    amount = MoneyField(_("сума, грн"))

    class Meta:
        ordering = ["decision", "id"]
        verbose_name = _("рядок рішення про бюджет")
        verbose_name_plural = _("рядки рішення про бюджет")
        constraints = [
            models.UniqueConstraint(
                F("decision"),
                F("programme"),
                F("fund"),
                Coalesce("target", 0),
                name="one_line_of_a_programme_in_a_decision",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="decision_line_is_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} · {self.fund}: {self.amount}"


class MatchReason(models.Model):
    """Причина розбіжності between two of the four figures: of a line (its root), or of the programme without one.

    Without a fund it is about both together.
    """

    passport = models.ForeignKey(Passport, models.CASCADE, related_name="match_reasons")
    line = models.ForeignKey(
        SpendingLine, models.CASCADE, null=True, blank=True, related_name="match_reasons"
    )
    fund = models.CharField(_("фонд"), max_length=7, choices=Fund, blank=True)
    step = models.CharField(_("що порівняно"), max_length=17, choices=MatchStep)
    text = models.CharField(_("причина"), max_length=1000)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["passport", "id"]
        verbose_name = _("причина розбіжності")
        verbose_name_plural = _("причини розбіжностей")
        constraints = [
            models.UniqueConstraint(
                F("passport"),
                Coalesce("line", 0),
                F("fund"),
                F("step"),
                name="one_reason_of_a_difference",
            )
        ]

    def __str__(self) -> str:
        return self.text
