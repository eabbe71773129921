from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from budgets.choices import CashOrigin, Fund
from budgets.fields import MoneyField
from budgets.models.classification import EconomicCode
from budgets.models.passports import Passport, SpendingLine
from budgets.models.programmes import Executor, Measure, Programme


class CashEntry(models.Model):
    """Касові видатки: one payment (or recovery, negative) that went through the Treasury. Units: hryvnias.

    A ledger: what was paid, when and from where never changes in place. A correction is a reversing entry
    that names what it corrects, and a new entry. It is paid on a line of a passport or, where a target programme has
    none, on the programme itself, by one of its executors if known. Only the words around the figure (document number,
    counterparty, note) can be edited, with ``version`` guarding against silent overwriting.
    """

    frozen_columns: ClassVar[tuple[str, ...]] = (
        "id", "line_id", "programme_id", "executor_id", "fund", "economic_code_id", "paid_on", "amount", "origin", "reverses_id", "replaces_id", "created_at", "created_by_id",
    )  # fmt: skip

    # A closed month of who pays takes no cash, but from a person with an exception (see period_locks.py). Under a passport
    # that is its responsible unit; else the executor's unit or the programme's, with the units above (SQLite allows no
    # recursion in a trigger; there are three levels), or any unit of the community while nobody knows who paid.
    closed_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_periodlock l JOIN budgets_spendingunit c ON c.id = l.unit_id"
        " WHERE l.reopened_at IS NULL AND {row}.paid_on BETWEEN l.first_day AND l.last_day"
        " AND (l.unit_id = (SELECT b.responsible_unit_id FROM budgets_spendingline s"
        " JOIN budgets_passportrevision r ON r.id = s.revision_id"
        " JOIN budgets_passport p ON p.id = r.passport_id"
        " JOIN budgets_budgetprogramme b ON b.id = p.programme_id WHERE s.id = {row}.line_id)"
        " OR EXISTS (SELECT 1 FROM budgets_programme t"
        " LEFT JOIN budgets_executor x ON x.id = {row}.executor_id"
        " LEFT JOIN budgets_spendingunit u ON u.id = COALESCE(x.unit_id, t.responsible_unit_id)"
        " LEFT JOIN budgets_spendingunit a ON a.id = u.parent_id WHERE t.id = {row}.programme_id"
        " AND (l.unit_id IN (u.id, a.id, a.parent_id) OR (u.id IS NULL AND c.community_id = t.community_id))))"
        " AND NOT EXISTS (SELECT 1 FROM budgets_periodexception e WHERE e.lock_id = l.id"
        " AND e.person_id = {row}.created_by_id AND e.until >= CURRENT_DATE))"
    )

    line = models.ForeignKey(
        SpendingLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cash_entries",
        verbose_name=_("напрям"),
    )
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cash_entries",
        verbose_name=_("цільова програма"),
    )
    executor = models.ForeignKey(
        Executor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cash_entries",
        verbose_name=_("виконавець"),
    )
    fund = models.CharField(_("фонд"), max_length=7, choices=Fund)
    economic_code = models.ForeignKey(
        EconomicCode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("КЕКВ"),
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
            models.CheckConstraint(
                condition=Q(
                    line__isnull=False,
                    economic_code__isnull=False,
                    programme__isnull=True,
                    executor__isnull=True,
                )
                | Q(line__isnull=True, programme__isnull=False),
                name="cash_is_of_a_line_or_of_a_programme",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_on:%d.%m.%Y} · {self.amount}"

    @property
    def passport(self) -> Passport:
        """Whose plan limits it; of an entry on a line."""
        assert self.line is not None  # noqa: S101 - a programme's cash has no passport
        return self.line.revision.passport

    @property
    def own_programme(self) -> Programme:
        """The target programme without a passport that it is paid on."""
        assert self.programme is not None  # noqa: S101 - cash of a line has none
        return self.programme

    @property
    def key(self) -> tuple[int, str, str]:
        """Root line, fund and economic code it is booked on; of an entry on a line."""
        assert self.line_id is not None  # noqa: S101 - the same
        assert self.economic_code is not None  # noqa: S101 - a constraint of the table
        return self.line_id, self.fund, self.economic_code.code


class CashShare(models.Model):
    """Частка платежу: how much of an entry went to one measure. Units: hryvnias, of the entry's sign.

    Shares of an entry are none or sum exactly to it; they are written with it and never change.
    """

    frozen_columns: ClassVar[tuple[str, ...]] = ("id", "entry_id", "measure_id", "amount")

    # What is on record already takes no more shares.
    closed_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_change c WHERE c.table_name = 'budgets_cashentry'"
        " AND c.row_id = {row}.entry_id AND c.event_id IS NOT NULL)"
    )

    entry = models.ForeignKey(
        CashEntry, models.PROTECT, related_name="shares", verbose_name=_("платіж")
    )
    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="shares", verbose_name=_("захід")
    )
    amount = MoneyField(_("частка, грн"))

    class Meta:
        ordering = ["entry", "id"]
        verbose_name = _("частка платежу")
        verbose_name_plural = _("частки платежів")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "measure"], name="one_share_of_a_measure_in_an_entry"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="cash_share_is_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.measure_id}: {self.amount}"


class LineMeasure(models.Model):
    """Зв'язок напряму із заходом: a measure that a spending line (its root) pays for.

    No part of the passport's form, so it changes at any time; payments made before keep the shares they have.
    """

    line = models.ForeignKey(
        SpendingLine, models.CASCADE, related_name="measures", verbose_name=_("напрям")
    )
    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="paid_by", verbose_name=_("захід")
    )

    class Meta:
        ordering = ["line", "id"]
        verbose_name = _("зв’язок напряму із заходом")
        verbose_name_plural = _("зв’язки напрямів із заходами")
        constraints = [
            models.UniqueConstraint(fields=["line", "measure"], name="a_line_names_a_measure_once")
        ]

    def __str__(self) -> str:
        return f"{self.line_id} → {self.measure_id}"
