"""What people write into a report beside the figures."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from budgets.models import Passport, SpendingLine


class ExecutionReport(models.Model):
    """Звіт про виконання паспорта of a year (order 836): its words; every figure is computed."""

    passport = models.OneToOneField(Passport, models.PROTECT, related_name="execution_report")
    analysis = models.TextField(
        _("аналіз стану виконання результативних показників (9.3)"), blank=True
    )
    conclusion = models.TextField(
        _("узагальнений висновок про виконання бюджетної програми (10)"), blank=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("звіт про виконання паспорта")
        verbose_name_plural = _("звіти про виконання паспорта")

    def __str__(self) -> str:
        return str(self.passport)


class LineExplanation(models.Model):
    """Пояснення of a deviation of cash (report section 7.2), on the root of a spending line."""

    report = models.ForeignKey(ExecutionReport, models.CASCADE, related_name="line_explanations")
    line = models.OneToOneField(SpendingLine, models.PROTECT, related_name="explanation")
    text = models.TextField(_("пояснення"))

    class Meta:
        ordering = ["line__number"]
        verbose_name = _("пояснення відхилення")
        verbose_name_plural = _("пояснення відхилень")

    def __str__(self) -> str:
        return self.text


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


class ReportSignatory(models.Model):
    """Підписант звіту, in the order of signing."""

    report = models.ForeignKey(ExecutionReport, models.CASCADE, related_name="signatories")
    order = models.PositiveSmallIntegerField(_("черга"))
    position = models.CharField(_("посада"), max_length=200)
    name = models.CharField(_("Власне ім’я ПРІЗВИЩЕ"), max_length=200, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("підписант звіту")
        verbose_name_plural = _("підписанти звіту")
        constraints = [
            models.UniqueConstraint(fields=["report", "order"], name="one_signatory_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}".strip()
