from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budgets import codes
from budgets.choices import Role, UnitLevel


class Community(models.Model):
    """Територіальна громада: the municipality whose budget is spent."""

    name = models.CharField(_("назва"), max_length=300, unique=True)
    region = models.CharField(_("область"), max_length=200, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("громада")
        verbose_name_plural = _("громади")

    def __str__(self) -> str:
        return self.name


class BudgetCode(models.Model):
    """Код бюджету with the days it was valid: 10 digits since 2023, 11 before."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="budget_codes")
    code = models.CharField(_("код бюджету"), max_length=11, validators=[codes.budget_code])
    valid_from = models.DateField(_("діє з"))
    valid_to = models.DateField(_("діє до"), null=True, blank=True)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "valid_from"], name="one_budget_code_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="budget_code_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SpendingUnit(models.Model):
    """Розпорядник бюджетних коштів: an institution that spends, with its departmental code and ЄДРПОУ.

    A unit known only from a target programme has no codes; the passport form needs both.
    """

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="units", verbose_name=_("громада")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("підпорядковано"),
    )
    code = models.CharField(
        _("код розпорядника"), max_length=7, blank=True, validators=[codes.programme_code]
    )
    name = models.CharField(_("найменування"), max_length=300)
    edrpou = models.CharField(
        _("код за ЄДРПОУ"), max_length=8, blank=True, validators=[codes.validate_edrpou]
    )
    level = models.CharField(_("рівень"), max_length=12, choices=UnitLevel)

    class Meta:
        ordering = ["code", "name"]
        verbose_name = _("розпорядник")
        verbose_name_plural = _("розпорядники")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "code", "edrpou", "name"],
                name="one_unit_of_a_code",
                violation_error_message=_("Розпорядник із таким кодом, ЄДРПОУ і назвою вже є."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class Membership(models.Model):
    """A person's role in a spending unit between two dates. Signing in is stock ``auth.User``.

    A deputy's membership names the colleague whose role it is, and ends on a day.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("користувач"),
    )
    unit = models.ForeignKey(
        SpendingUnit, models.PROTECT, related_name="memberships", verbose_name=_("розпорядник")
    )
    role = models.CharField(_("роль"), max_length=20, choices=Role)
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("замість кого"),
        help_text=_("Для заступника на час відсутності: журнал скаже, за кого він діяв."),
    )
    valid_from = models.DateField(_("діє з"))
    valid_to = models.DateField(_("діє до"), null=True, blank=True)

    class Meta:
        ordering = ["user", "valid_from"]
        verbose_name = _("роль користувача")
        verbose_name_plural = _("ролі користувачів")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role", "valid_from"], name="one_role_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(acting_for__isnull=True)
                | (Q(valid_to__isnull=False) & ~Q(acting_for=F("user"))),
                name="deputy_acts_for_another_until_a_day",
                violation_error_message=_(
                    "Заступник діє за іншу людину і до певного дня: вкажіть «діє до»."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.unit.code}"
