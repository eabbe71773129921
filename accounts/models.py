"""Invitations, and what programs need: tokens, and answers kept for them. Accounts themselves are stock ``auth.User``;
factors, sessions and identities are allauth's.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Invitation(models.Model):
    """Запрошення: the one way into the system. An administrator hands its link over; whoever opens it sets the password.

    The link itself is never stored, only its digest, so neither a copy of the database nor another
    administrator can use it. ``person_code`` (РНОКПП, or ЄДРПОУ of an institution's seal) and ``email`` say
    which outside identity may claim the account instead of a password; both go once the invitation is used.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="invitations",
        verbose_name=_("користувач"),
    )
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    person_code = models.CharField(_("РНОКПП або код за ЄДРПОУ"), max_length=10, blank=True)
    email = models.EmailField(_("електронна адреса"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("запросив"),
    )
    created_at = models.DateTimeField(_("створено"), default=timezone.now)
    expires_at = models.DateTimeField(_("діє до"))
    accepted_at = models.DateTimeField(_("використано"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("запрошення")
        verbose_name_plural = _("запрошення")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(accepted_at__isnull=True),
                name="one_open_invitation_of_an_account",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")),
                name="invitation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.expires_at:%d.%m.%Y}"


class ApiToken(models.Model):
    """Токен: lets a program act for one person, within scopes and until a day. Only its digest is kept.

    ``password_digest`` is of the stored (hashed) password of the moment: another password ends the token.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="api_tokens",
        verbose_name=_("користувач"),
    )
    name = models.CharField(_("назва"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    password_digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("права"), default=list)
    created_at = models.DateTimeField(_("створено"), default=timezone.now)
    expires_on = models.DateField(_("діє до"))
    last_used_on = models.DateField(_("останнє звернення"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("відкликано"), null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("токен")
        verbose_name_plural = _("токени")

    def __str__(self) -> str:
        return f"{self.user} · {self.name}"


class KeptAnswer(models.Model):
    """Збережена відповідь: what a write with an ``Idempotency-Key`` answered, so that a repeated request writes nothing.

    It is stored in the transaction of the write itself and is no part of the record.
    """

    is_recorded: ClassVar[bool] = False

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_of_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.key}"
