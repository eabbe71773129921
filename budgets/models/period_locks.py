from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from budgets.choices import MonthStatus
from budgets.models.organisations import SpendingUnit


class PeriodLock(models.Model):
    """Закритий місяць of a spending unit: its cash stays as it is until the lock is reopened, with a reason."""

    frozen_columns: ClassVar[tuple[str, ...]] = (
        "id", "unit_id", "first_day", "last_day", "closed_at", "closed_by_id", "note",
    )  # fmt: skip

    unit = models.ForeignKey(SpendingUnit, models.PROTECT, related_name="period_locks")
    first_day = models.DateField(_("з"))
    last_day = models.DateField(_("до"))
    closed_at = models.DateTimeField(_("закрито"), auto_now_add=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("закрив")
    )
    note = models.CharField(_("підстава"), max_length=300, blank=True)
    reopened_at = models.DateTimeField(_("відкрито знову"), null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    reopen_reason = models.CharField(_("причина відкриття"), max_length=300, blank=True)

    class Meta:
        ordering = ["unit", "first_day", "id"]
        verbose_name = _("закритий місяць")
        verbose_name_plural = _("закриті місяці")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "first_day"],
                condition=Q(reopened_at__isnull=True),
                name="a_month_is_closed_once",
                violation_error_message=_("Місяць уже закрито."),
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | ~Q(reopen_reason=""),
                name="reopening_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.first_day:%m.%Y}"

    @property
    def status(self) -> MonthStatus:
        """What this lock makes of its month."""
        return MonthStatus.CLOSED if self.reopened_at is None else MonthStatus.REOPENED


class PeriodException(models.Model):
    """Виняток: one person may enter cash into a closed month until a day, for a reason."""

    frozen_columns: ClassVar[tuple[str, ...]] = (
        "id", "lock_id", "person_id", "until", "reason", "granted_at", "granted_by_id",
    )  # fmt: skip

    lock = models.ForeignKey(PeriodLock, models.PROTECT, related_name="exceptions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("кому")
    )
    until = models.DateField(_("до дня включно"))
    reason = models.CharField(_("причина"), max_length=300)
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["lock", "id"]
        verbose_name = _("виняток для закритого місяця")
        verbose_name_plural = _("винятки для закритих місяців")

    def __str__(self) -> str:
        return f"{self.lock}: {self.person} до {self.until:%d.%m.%Y}"
