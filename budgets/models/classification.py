from django.db import models
from django.utils.translation import gettext_lazy as _

from budgets import codes


class EconomicCode(models.Model):
    """КЕКВ: economic classification of budget expenditures (order of the Ministry of Finance № 11 of 14.01.2011).

    Group codes (2000, 2200, 3100 …) only sum their leaves; cash and plans stand on leaves.
    """

    code = models.CharField(_("код"), max_length=4, unique=True, validators=[codes.economic_code])
    title = models.CharField(_("назва"), max_length=300)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("група"),
    )
    valid_from = models.DateField(_("діє з"), null=True, blank=True)
    valid_to = models.DateField(_("діє до"), null=True, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("код економічної класифікації")
        verbose_name_plural = _("коди економічної класифікації")

    def __str__(self) -> str:
        return self.code
