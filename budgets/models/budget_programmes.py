from django.db import models
from django.utils.translation import gettext_lazy as _

from budgets import codes
from budgets.models.organisations import Community, SpendingUnit


class BudgetProgramme(models.Model):
    """Бюджетна програма: КПКВК МБ of seven digits = department 2 + responsible executor 1 + type 4.

    Source: order of the Ministry of Finance № 836 of 26.08.2014, passport form, point 3.
    """

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="budget_programmes", verbose_name=_("громада")
    )
    code = models.CharField(_("КПКВК МБ"), max_length=7, validators=[codes.programme_code])
    type_code = models.CharField(_("ТПКВКМБ"), max_length=4, validators=[codes.type_code])
    functional_code = models.CharField(_("ФКВКБ"), max_length=4, validators=[codes.functional_code])
    title = models.CharField(_("найменування бюджетної програми"), max_length=500)
    key_unit = models.ForeignKey(
        SpendingUnit,
        models.PROTECT,
        related_name="key_programmes",
        verbose_name=_("головний розпорядник"),
    )
    responsible_unit = models.ForeignKey(
        SpendingUnit,
        models.PROTECT,
        related_name="responsible_programmes",
        verbose_name=_("відповідальний виконавець"),
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("бюджетна програма")
        verbose_name_plural = _("бюджетні програми")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "code"],
                name="one_programme_of_a_code",
                violation_error_message=_("Бюджетна програма з таким кодом уже є."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
