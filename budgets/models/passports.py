"""The passport of a budget programme (order of the Ministry of Finance № 836 of 26.08.2014, edition 359 of 01.11.2022).

By law each change approves the whole form again, so a revision is a complete copy with an order of its own.
Rows that go on from revision to revision point to their first appearance, their *root*: cash, actual values
and explanations hang on roots and so survive a change of the passport.
"""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budgets.choices import RevisionStatus, SignatoryRole
from budgets.fields import MoneyField
from budgets.models.budget_programmes import BudgetProgramme
from budgets.models.classification import EconomicCode


class Passport(models.Model):
    """Паспорт бюджетної програми of one year; what it says stands in its revisions.

    Its year and programme no longer change once a revision is approved.
    """

    frozen_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_passportrevision r WHERE r.passport_id = {row}.id AND r.status = 'approved')"
    )

    programme = models.ForeignKey(
        BudgetProgramme,
        models.PROTECT,
        related_name="passports",
        verbose_name=_("бюджетна програма"),
    )
    year = models.PositiveSmallIntegerField(
        _("рік"), validators=[MinValueValidator(2002), MaxValueValidator(2100)]
    )

    class Meta:
        ordering = ["-year", "programme__code"]
        verbose_name = _("паспорт")
        verbose_name_plural = _("паспорти")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year"],
                name="one_passport_a_year",
                violation_error_message=_("Паспорт цієї програми на цей рік уже є."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme.code} · {self.year}"


class PassportRevision(models.Model):
    """One edition of the whole form: draft → agreed by the finance body → approved by an order.

    An approved revision is frozen by database triggers (see frozen.py) and by the services.
    ``version`` grows with every write, so that two people never overwrite each other silently. ``head``
    keeps names and codes of points 1–3 as they were on approval: reference data may change later.
    """

    frozen_when: ClassVar[str] = "{row}.status = 'approved'"

    passport = models.ForeignKey(Passport, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("номер редакції"))
    status = models.CharField(
        _("стан"), max_length=10, choices=RevisionStatus, default=RevisionStatus.DRAFT
    )
    agreed_on = models.DateField(_("погоджено"), null=True, blank=True)
    order_number = models.CharField(_("номер наказу або розпорядження"), max_length=50, blank=True)
    order_date = models.DateField(_("дата наказу або розпорядження"), null=True, blank=True)
    legal_grounds = models.TextField(_("підстави для виконання бюджетної програми"), blank=True)
    purpose = models.TextField(_("мета бюджетної програми"), blank=True)
    head = models.JSONField(default=dict, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        ordering = ["passport", "number"]
        verbose_name = _("редакція паспорта")
        verbose_name_plural = _("редакції паспорта")
        constraints = [
            models.UniqueConstraint(
                fields=["passport", "number"], name="revision_numbers_are_unique"
            ),
            models.UniqueConstraint(
                fields=["passport"],
                condition=~Q(status="approved"),
                name="one_open_revision_of_a_passport",
                violation_error_message=_(
                    "Паспорт уже має відкритий проєкт змін. Завершіть або вилучіть його."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status="approved")
                | (Q(order_date__isnull=False) & ~Q(order_number="")),
                name="approved_revision_has_its_order",
                violation_error_message=_("Вкажіть номер і дату наказу, яким затверджено паспорт."),
            ),
            models.CheckConstraint(
                condition=Q(order_date__isnull=True)
                | Q(agreed_on__isnull=True)
                | Q(order_date__gte=F("agreed_on")),
                name="passport_is_agreed_before_its_order",
                violation_error_message=_(
                    "Наказ не може бути раніше за погодження фінансового органу."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.passport} · {self.number}"

    @property
    def is_approved(self) -> bool:
        return self.status == RevisionStatus.APPROVED

    @property
    def is_draft(self) -> bool:
        return self.status == RevisionStatus.DRAFT


class RevisionRow(models.Model):
    """A numbered row of a revision; frozen with it."""

    frozen_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_passportrevision r WHERE r.id = {row}.revision_id AND r.status = 'approved')"
    )

    revision = models.ForeignKey(PassportRevision, models.CASCADE, related_name="%(class)ss")
    number = models.PositiveSmallIntegerField(_("№ з/п"))

    class Meta:
        abstract = True
        ordering = ["number", "id"]


class ContinuedRow(RevisionRow):
    """A row that may continue a row of an earlier revision of the same passport."""

    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="continuations"
    )

    class Meta(RevisionRow.Meta):
        abstract = True

    origin_id: int | None

    @property
    def root_id(self) -> int:
        """The first appearance of this row; what cash, actual values and explanations hang on."""
        return self.origin_id or self.pk


class Goal(RevisionRow):
    """Ціль державної політики (passport section 6)."""

    text = models.TextField(_("ціль державної політики"))

    def __str__(self) -> str:
        return self.text


class PassportTask(RevisionRow):
    """Завдання бюджетної програми (passport section 8)."""

    text = models.TextField(_("завдання"))

    def __str__(self) -> str:
        return self.text


class LocalProgramme(RevisionRow):
    """Місцева програма carried out within the budget programme (passport section 10, report section 8).

    Its amounts and cash are the sums of the spending lines that name it.
    """

    title = models.TextField(_("найменування місцевої програми"))

    def __str__(self) -> str:
        return self.title


class SpendingLine(ContinuedRow):
    """Напрям використання бюджетних коштів (passport section 9, report section 7.1).

    Its amounts by fund are the sums of its allocations.
    """

    title = models.TextField(_("напрям використання бюджетних коштів"))
    local_programme = models.ForeignKey(
        LocalProgramme,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("місцева програма"),
    )

    class Meta(ContinuedRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "origin"], name="line_continues_once_in_a_revision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class LineAllocation(models.Model):
    """What a spending line may pay under one economic code, by fund. Units: hryvnias."""

    frozen_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_spendingline l JOIN budgets_passportrevision r ON r.id = l.revision_id"
        " WHERE l.id = {row}.line_id AND r.status = 'approved')"
    )

    line = models.ForeignKey(SpendingLine, models.CASCADE, related_name="allocations")
    economic_code = models.ForeignKey(
        EconomicCode, models.PROTECT, related_name="+", verbose_name=_("КЕКВ")
    )
    general = MoneyField(_("загальний фонд"), default=0)
    special = MoneyField(_("спеціальний фонд"), default=0)

    class Meta:
        ordering = ["line", "economic_code__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "economic_code"], name="one_allocation_of_a_code"
            ),
            models.CheckConstraint(
                condition=Q(general__gte=0) & Q(special__gte=0), name="allocation_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} · {self.economic_code_id}"


class Signatory(RevisionRow):
    """Підписант: who approves, signs or agrees the passport; the name as «Власне ім’я ПРІЗВИЩЕ»."""

    role = models.CharField(_("роль"), max_length=10, choices=SignatoryRole)
    position = models.CharField(_("посада"), max_length=200)
    name = models.CharField(_("Власне ім’я ПРІЗВИЩЕ"), max_length=200, blank=True)

    class Meta(RevisionRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["revision", "role"], name="one_signatory_of_a_role")
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}".strip()
