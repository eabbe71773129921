"""Invitations. Accounts themselves are stock ``auth.User``; factors, sessions and identities are allauth's."""

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
