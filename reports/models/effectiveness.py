"""What people write about why a programme was not effective."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from budgets.models import Passport


class EffectivenessReport(models.Model):
    """Результати аналізу ефективності of a year: why it is low, in words; every figure is computed."""

    passport = models.OneToOneField(Passport, models.PROTECT, related_name="effectiveness_report")
    causes = models.TextField(_("аналіз причин низької ефективності"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("аналіз ефективності")
        verbose_name_plural = _("аналізи ефективності")

    def __str__(self) -> str:
        return str(self.passport)
