"""What the money should achieve and what it achieved."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budgets.fields import ExactDecimalField
from budgets.models import Community, ContinuedRow, Measure, ProgrammeRow, SpendingLine, Task
from indicators.choices import Direction, EvidenceFormat, IndicatorKind, Nature
from indicators.effectiveness import INDEX_PLACES, PLACES, Constants

VALUE_PLACES = 4
WHOLE = "whole"  # how forms and addresses name the value of the whole programme

_NO_VALUES = Q(general__isnull=True, special__isnull=True)
_NO_FORMULA = Q(numerator__isnull=True, denominator__isnull=True)
_VALUES_ARE_TYPED = Q(general__isnull=False, special__isnull=False, line__isnull=True) & _NO_FORMULA
_VALUES_OF_A_LINE = Q(line__isnull=False) & _NO_VALUES & _NO_FORMULA
_VALUES_BY_FORMULA = (
    Q(numerator__isnull=False, denominator__isnull=False, line__isnull=True) & _NO_VALUES
)


class Indicator(ContinuedRow):
    """Результативний показник of a passport (order 836, passport section 11, report section 9).

    Its values come from one of three places: they are typed; or they are the amounts and the cash of a
    spending line («обсяг видатків на …»); or they follow from a formula, numerator ÷ denominator, both of
    the same revision. Numbering runs through all kinds.
    """

    kind = models.CharField(_("вид"), max_length=10, choices=IndicatorKind)
    title = models.TextField(_("показник"))
    unit_of_measure = models.CharField(_("одиниця виміру"), max_length=50)
    source = models.CharField(_("джерело інформації"), max_length=300, blank=True)
    direction = models.CharField(
        _("напрям"), max_length=4, choices=Direction, default=Direction.MORE
    )
    general = ExactDecimalField(_("загальний фонд"), places=VALUE_PLACES, null=True, blank=True)
    special = ExactDecimalField(_("спеціальний фонд"), places=VALUE_PLACES, null=True, blank=True)
    numerator = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("чисельник формули"),
    )
    denominator = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("знаменник формули"),
    )
    line = models.ForeignKey(
        SpendingLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("обсяг видатків напряму"),
    )

    class Meta(ContinuedRow.Meta):
        verbose_name = _("показник")
        verbose_name_plural = _("показники")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "origin"], name="indicator_continues_once_in_a_revision"
            ),
            models.CheckConstraint(
                condition=_VALUES_ARE_TYPED | _VALUES_OF_A_LINE | _VALUES_BY_FORMULA,
                name="indicator_values_come_from_one_place",
                violation_error_message=_(
                    "Показник має щось одне: значення за фондами, напрям видатків або формулу з чисельником і знаменником."
                ),
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True) | ~Q(numerator=F("denominator")),
                name="formula_has_two_different_parts",
                violation_error_message=_(
                    "Чисельник і знаменник формули мають бути різними показниками."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def has_formula(self) -> bool:
        return self.numerator_id is not None

    @property
    def is_typed(self) -> bool:
        return self.numerator_id is None and self.line_id is None


class ActualValue(models.Model):
    """Фактичне значення of a year, by fund, on the root of an indicator; and why it differs from the plan."""

    indicator = models.OneToOneField(Indicator, models.PROTECT, related_name="actual")
    general = ExactDecimalField(_("загальний фонд"), places=VALUE_PLACES, null=True, blank=True)
    special = ExactDecimalField(_("спеціальний фонд"), places=VALUE_PLACES, null=True, blank=True)
    explanation = models.TextField(_("пояснення"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("фактичне значення показника")
        verbose_name_plural = _("фактичні значення показників")

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.general} + {self.special}"


class EffectivenessScale(models.Model):
    """Шкала оцінки ефективності with the days it is valid: the constants of the letter of the Ministry of Finance.

    A scale of no community counts for all that have none of their own on the day. Scales of one community do not
    overlap: the service sees to it.
    """

    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="effectiveness_scales",
        verbose_name=_("громада"),
    )
    valid_from = models.DateField(_("діє з"))
    valid_to = models.DateField(_("діє до"), null=True, blank=True)
    grounds = models.CharField(_("підстава"), max_length=300)
    factor = ExactDecimalField(_("множник середнього індексу"), places=PLACES)
    growth_full = ExactDecimalField(_("I1, від якого повні бали"), places=INDEX_PLACES)
    growth_part = ExactDecimalField(_("I1, від якого часткові бали"), places=INDEX_PLACES)
    points_full = ExactDecimalField(_("повні бали за I1"), places=PLACES)
    points_part = ExactDecimalField(_("часткові бали за I1"), places=PLACES)
    points_below = ExactDecimalField(_("бали за нижчий I1"), places=PLACES)
    high = ExactDecimalField(_("висока ефективність від"), places=PLACES)
    medium = ExactDecimalField(_("середня ефективність від"), places=PLACES)
    high_alone = ExactDecimalField(_("висока без порівняння з минулим роком від"), places=PLACES)
    medium_alone = ExactDecimalField(_("середня без порівняння з минулим роком від"), places=PLACES)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )

    class Meta:
        ordering = ["community__name", "-valid_from"]
        verbose_name = _("шкала ефективності")
        verbose_name_plural = _("шкали ефективності")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="scale_dates_in_order",
                violation_error_message=_("«Діє до» не може бути раніше за «діє з»."),
            ),
            models.CheckConstraint(
                condition=Q(
                    high__gt=F("medium"),
                    high_alone__gt=F("medium_alone"),
                    growth_full__gt=F("growth_part"),
                    growth_part__gte=0,
                    points_full__gte=F("points_part"),
                    points_part__gte=F("points_below"),
                    points_below__gte=0,
                    factor__gt=0,
                ),
                name="scale_steps_in_order",
                violation_error_message=_(
                    "Межі мають спадати: висока ефективність вище середньої, повні бали не менші за часткові, множник більший за нуль."
                ),
            ),
        ]

    def __str__(self) -> str:
        end = f" до {self.valid_to:%d.%m.%Y}" if self.valid_to else ""
        return f"{self.grounds}, з {self.valid_from:%d.%m.%Y}{end}"

    @property
    def constants(self) -> Constants:
        names = Constants.__dataclass_fields__
        return Constants(**{name: getattr(self, name) for name in names})


class ProgrammeIndicator(ProgrammeRow):
    """Показник результативності of a target programme, of the whole programme, a task or a measure.

    A planned value may be a number or words («Штатний розпис»); some documents name a baseline, some no values at all.
    What the programme gives no planned value for, and every actual value, may follow from a formula (numerator ÷
    denominator of the same programme) or from the money of the measure, the task or the whole programme.
    """

    kind = models.CharField(_("вид"), max_length=10, choices=IndicatorKind, blank=True)
    title = models.TextField(_("показник"))
    unit_of_measure = models.CharField(_("одиниця виміру"), max_length=50, blank=True)
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="indicators")
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="indicators"
    )
    baseline = models.CharField(_("вихідне значення"), max_length=200, blank=True)
    quality = models.TextField(_("якісний показник"), blank=True)
    nature = models.CharField(
        _("значення року"), max_length=9, choices=Nature, default=Nature.STOCK
    )
    direction = models.CharField(
        _("напрям"), max_length=4, choices=Direction, default=Direction.MORE
    )
    is_money = models.BooleanField(_("обсяг коштів заходу, завдання чи програми"), default=False)
    numerator = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("чисельник формули"),
    )
    denominator = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("знаменник формули"),
    )

    class Meta(ProgrammeRow.Meta):
        verbose_name = _("показник програми")
        verbose_name_plural = _("показники програми")
        constraints = [
            models.CheckConstraint(
                condition=_NO_FORMULA
                | Q(numerator__isnull=False, denominator__isnull=False, is_money=False),
                name="programme_formula_has_both_parts_and_no_money",
                violation_error_message=_(
                    "Показник має щось одне: обсяг коштів або формулу з чисельником і знаменником."
                ),
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True) | ~Q(numerator=F("denominator")),
                name="programme_formula_has_two_different_parts",
                violation_error_message=_(
                    "Чисельник і знаменник формули мають бути різними показниками."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_formula(self) -> bool:
        return self.numerator_id is not None

    @property
    def is_computed(self) -> bool:
        """Its actual values follow from other figures and are not typed."""
        return self.is_money or self.has_formula


class ProgrammeIndicatorValue(models.Model):
    """Planned value of a year (or, without a year, of the whole programme): a number or words."""

    indicator = models.ForeignKey(ProgrammeIndicator, models.CASCADE, related_name="values")
    year = models.PositiveSmallIntegerField(_("рік"), null=True, blank=True)
    number = ExactDecimalField(_("значення"), places=VALUE_PLACES, null=True, blank=True)
    text = models.CharField(_("значення словами"), max_length=200, blank=True)

    class Meta:
        ordering = ["indicator", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "year"], name="one_planned_value_of_a_year"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(text=""),
                name="planned_value_is_number_or_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year or ''}: {self.text or self.number}"


class _OfPeriod(models.Model):
    """Something of an indicator and a year (or, without a year, of the whole programme)."""

    year = models.PositiveSmallIntegerField(_("рік"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def period(self) -> str:
        """As addresses write it."""
        return WHOLE if self.year is None else str(self.year)


class ProgrammeIndicatorActual(_OfPeriod):
    """Фактичне значення of a year or of the whole programme: a number or words; and why it differs from the plan."""

    indicator = models.ForeignKey(ProgrammeIndicator, models.PROTECT, related_name="actuals")
    number = ExactDecimalField(_("факт"), places=VALUE_PLACES, null=True, blank=True)
    text = models.CharField(_("факт словами"), max_length=200, blank=True)
    explanation = models.TextField(_("пояснення"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["indicator", "year"]
        verbose_name = _("фактичне значення показника програми")
        verbose_name_plural = _("фактичні значення показників програми")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "year"], name="one_actual_value_of_a_year"
            ),
            models.UniqueConstraint(
                fields=["indicator"],
                condition=Q(year__isnull=True),
                name="one_actual_value_of_a_whole_programme",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(text=""),
                name="actual_value_is_number_or_words",
            ),
        ]

    def __str__(self) -> str:
        value = self.text if self.number is None else self.number
        return f"{self.indicator_id}, {self.period}: {value}"


class IndicatorEvidence(_OfPeriod):
    """A file that shows where an actual value comes from: an act of acceptance, a register, a picture."""

    indicator = models.ForeignKey(ProgrammeIndicator, models.PROTECT, related_name="evidence")
    file = models.FileField(_("файл"), upload_to="indicators/%Y", max_length=200)
    name = models.CharField(_("назва файла"), max_length=200)
    format = models.CharField(_("формат"), max_length=4, choices=EvidenceFormat)
    size = models.PositiveIntegerField(_("розмір, байтів"))
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "id"]
        verbose_name = _("підтвердження показника")
        verbose_name_plural = _("підтвердження показників")

    def __str__(self) -> str:
        return self.name
