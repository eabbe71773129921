"""The record: what changed, by whom, for whom and why; it is only ever added to.

Rows are written by two hands. Triggers (recording.py) write a ``Change`` for every row that any statement adds, changes or
removes, raw SQL included. The service that wrote them adds the ``Event`` that says who and why, in the same
transaction, and takes those changes under its digest (services/record.py). Each digest covers the one before it.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from budgets.models.organisations import Community


class Operation(models.TextChoices):
    INSERT = "INSERT", _("додано")
    UPDATE = "UPDATE", _("змінено")
    DELETE = "DELETE", _("вилучено")


class Event(models.Model):
    """Подія журналу: one act of one person, with every row it changed."""

    frozen_columns: ClassVar[tuple[str, ...]] = (
        "id", "number", "at", "person_id", "acting_for_id", "action", "subject_type", "subject_id", "subject", "community_id",
        "reason", "request", "previous", "digest",
    )  # fmt: skip

    number = models.PositiveIntegerField(_("№"), unique=True)
    at = models.DateTimeField(_("коли"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="events",
        verbose_name=_("хто"),
    )
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("за кого"),
    )
    action = models.CharField(_("дія"), max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject = models.CharField(_("що"), max_length=300, blank=True)
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("причина"), blank=True)
    request = models.CharField(_("запит"), max_length=36, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("подія журналу")
        verbose_name_plural = _("журнал")
        indexes = [
            models.Index(fields=["subject_type", "subject_id"]),
            models.Index(fields=["person", "at"]),
            models.Index(fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"№ {self.number} {self.action} {self.subject}".strip()


class Change(models.Model):
    """One row before and after, as a trigger saw it. Without an event it was made past the application.

    ``before`` and ``after`` are JSON of the columns as the database holds them: amounts in kopecks.
    """

    frozen_when: ClassVar[str] = "{row}.event_id IS NOT NULL"

    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="changes")
    transaction = models.BigIntegerField(default=0)
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=6, choices=Operation)
    before = models.TextField(null=True)  # noqa: DJ001 - no row is not an empty row
    after = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        ordering = ["id"]
        verbose_name = _("зміна рядка")
        verbose_name_plural = _("зміни рядків")
        indexes = [models.Index(fields=["table_name", "row_id"])]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id} {self.operation}"


class ChainHead(models.Model):
    """The end of the chain: one row, locked by whoever adds to it, so that numbers have no gaps."""

    number = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("кінець журналу")
        verbose_name_plural = _("кінець журналу")

    def __str__(self) -> str:
        return f"№ {self.number}"
