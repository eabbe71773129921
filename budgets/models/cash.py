from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from budgets.choices import CashOrigin, Fund
from budgets.fields import MoneyField
from budgets.models.classification import EconomicCode
from budgets.models.passports import SpendingLine
from budgets.models.programmes import Measure


class CashEntry(models.Model):
    """Касові видатки: one payment (or recovery, negative) that went through the Treasury. Units: hryvnias.

    A ledger: what was paid, when and from where never changes in place. A correction is a reversing entry
    that names what it corrects, and a new entry. Only the words around the figure (document number,
    counterparty, note) can be edited, with ``version`` guarding against silent overwriting.
    """

    frozen_columns: ClassVar[tuple[str, ...]] = (
        "id", "line_id", "measure_id", "fund", "economic_code_id", "paid_on", "amount", "origin", "reverses_id", "replaces_id", "created_at", "created_by_id",
    )  # fmt: skip

    # A closed month takes no cash, but from a person with an exception (see period_locks.py).
    closed_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_spendingline s"
        " JOIN budgets_passportrevision r ON r.id = s.revision_id"
        " JOIN budgets_passport p ON p.id = r.passport_id"
        " JOIN budgets_budgetprogramme b ON b.id = p.programme_id"
        " JOIN budgets_periodlock l ON l.unit_id = b.responsible_unit_id"
        " WHERE s.id = {row}.line_id AND l.reopened_at IS NULL"
        " AND {row}.paid_on BETWEEN l.first_day AND l.last_day"
        " AND NOT EXISTS (SELECT 1 FROM budgets_periodexception e WHERE e.lock_id = l.id"
        " AND e.person_id = {row}.created_by_id AND e.until >= CURRENT_DATE))"
    )

    line = models.ForeignKey(
        SpendingLine, models.PROTECT, related_name="cash_entries", verbose_name=_("напрям")
    )
    measure = models.ForeignKey(
        Measure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cash_entries",
        verbose_name=_("захід цільової програми"),
    )
    fund = models.CharField(_("фонд"), max_length=7, choices=Fund)
    economic_code = models.ForeignKey(
        EconomicCode, models.PROTECT, related_name="+", verbose_name=_("КЕКВ")
    )
    paid_on = models.DateField(_("дата"))
    amount = MoneyField(_("сума, грн"))
    document_number = models.CharField(_("№ платіжного документа"), max_length=50, blank=True)
    counterparty = models.CharField(_("контрагент"), max_length=300, blank=True)
    note = models.CharField(_("примітка"), max_length=500, blank=True)
    origin = models.CharField(
        _("походження"), max_length=8, choices=CashOrigin, default=CashOrigin.TYPED
    )
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("сторнує"),
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("замінює"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("внесено"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("вніс")
    )

    class Meta:
        ordering = ["paid_on", "id"]
        verbose_name = _("касовий видаток")
        verbose_name_plural = _("касові видатки")
        indexes = [models.Index(fields=["line", "fund", "economic_code", "paid_on"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="cash_entry_is_not_zero",
                violation_error_message=_("Сума платежу не може бути нульовою."),
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=False, origin="reversal")
                | (Q(reverses__isnull=True) & ~Q(origin="reversal")),
                name="reversal_names_what_it_reverses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_on:%d.%m.%Y} · {self.amount}"
