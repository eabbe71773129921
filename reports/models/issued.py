"""Видані звіти: a document as it was handed out, its files, who is to sign it and who has.

What was issued never changes: a mistake is mended by the next version, which names the one it supersedes. What moves is
only where the report stands on its way (``status``), that it was published, and what is added beside it.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budgets.choices import IssuedStatus, SignatureVerdict, SignatureWay
from budgets.models import Community, Passport, Programme

CODE_LENGTH = 12


def grouped(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


class IssuedReport(models.Model):
    """Виданий звіт: one version of a document of a passport's year or of a target programme.

    Versions are numbered within a kind, a subject, a year and a period. ``payload`` is canonical JSON of the whole
    document (reports/issuing/payload.py), ``digest`` its SHA-256. ``figures`` is how many figures the proof found equal in
    PDF, workbook and data. ``code`` is printed on the copy and opens its public verification page.
    """

    frozen_columns: ClassVar[tuple[str, ...]] = (
        "id", "community_id", "kind", "passport_id", "programme_id", "year", "period", "version", "supersedes_id", "title",
        "edition", "stem", "code", "payload", "digest", "figures", "warnings", "warnings_reason", "issued_at", "issued_by_id",
        "is_test",
    )  # fmt: skip

    OPEN = (IssuedStatus.ISSUED, IssuedStatus.SIGNING)

    community = models.ForeignKey(Community, models.PROTECT, related_name="issued_reports")
    kind = models.CharField(_("документ"), max_length=40)
    passport = models.ForeignKey(
        Passport,
        models.PROTECT,
        null=True,
        related_name="issued_reports",
        verbose_name=_("паспорт"),
    )
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        null=True,
        related_name="issued_reports",
        verbose_name=_("програма"),
    )
    year = models.PositiveSmallIntegerField(_("рік"), null=True)
    period = models.CharField(_("період або акт"), max_length=40, blank=True)
    version = models.PositiveSmallIntegerField(_("версія"))
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        related_name="superseded_by",
        verbose_name=_("замінює"),
    )
    title = models.CharField(_("назва"), max_length=500)
    edition = models.CharField(_("форма"), max_length=200, blank=True)
    stem = models.CharField(_("початок імен файлів"), max_length=150)
    code = models.CharField(_("код перевірки"), max_length=CODE_LENGTH, unique=True)
    payload = models.TextField(_("дані"))
    digest = models.CharField("SHA-256", max_length=64)
    figures = models.PositiveIntegerField(_("звірено цифр"))
    warnings = models.JSONField(_("застереження"), default=list)
    warnings_reason = models.TextField(_("чому видано попри застереження"), blank=True)
    issued_at = models.DateTimeField(_("видано"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    is_test = models.BooleanField(_("зразок"), default=False)
    status = models.CharField(
        _("стан"), max_length=8, choices=IssuedStatus, default=IssuedStatus.ISSUED
    )
    return_reason = models.TextField(_("чому повернуто"), blank=True)
    returned_at = models.DateTimeField(_("повернуто"), null=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(_("оприлюднено"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("виданий звіт")
        verbose_name_plural = _("видані звіти")
        constraints = [
            models.UniqueConstraint(
                F("kind"),
                F("passport"),
                F("period"),
                F("version"),
                condition=Q(passport__isnull=False),
                name="one_issued_version_of_a_passport",
                violation_error_message=_("Цю версію вже видано. Оновіть сторінку."),
            ),
            models.UniqueConstraint(
                F("kind"),
                F("programme"),
                F("period"),
                F("version"),
                condition=Q(programme__isnull=False),
                name="one_issued_version_of_a_programme",
                violation_error_message=_("Цю версію вже видано. Оновіть сторінку."),
            ),
            models.CheckConstraint(
                condition=Q(passport__isnull=False, programme__isnull=True)
                | Q(passport__isnull=True, programme__isnull=False),
                name="issued_report_is_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(version=1, supersedes__isnull=True)
                | Q(version__gt=1, supersedes__isnull=False),
                name="later_version_supersedes_one",
            ),
            models.CheckConstraint(
                condition=~Q(status=IssuedStatus.RETURNED) | ~Q(return_reason=""),
                name="returned_report_says_why",
                violation_error_message=_("Напишіть, чому звіт повернуто."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.title}"

    @property
    def name(self) -> str:
        """«2023-0217530-zvit-v2»: how its files begin."""
        return f"{self.stem}-v{self.version}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for signatures."""
        return self.status in self.OPEN

    @property
    def turn(self) -> "IssuedSigner | None":
        """Whose turn it is to sign; read from what is prefetched, where it is."""
        signed = {each.signer_id for each in self.signatures.all() if each.counts}
        return next((each for each in self.signers.all() if each.pk not in signed), None)

    @property
    def subject(self) -> Passport | Programme:
        """What rights over the report are rights over."""
        subject = self.passport or self.programme
        assert subject is not None  # noqa: S101 - a constraint says so
        return subject

    @property
    def shown_code(self) -> str:
        return grouped(self.code)


class IssuedFile(models.Model):
    """Файл виданого звіту: its PDF, workbook or data as they were made on issue."""

    frozen_columns: ClassVar[tuple[str, ...]] = (
        "id", "report_id", "format", "name", "size", "digest", "file",
    )  # fmt: skip

    report = models.ForeignKey(IssuedReport, models.PROTECT, related_name="files")
    format = models.CharField(_("формат"), max_length=4)
    name = models.CharField(_("назва файла"), max_length=200)
    size = models.PositiveIntegerField(_("розмір, байтів"))
    digest = models.CharField("SHA-256", max_length=64, db_index=True)
    file = models.FileField(_("файл"), upload_to="issued/%Y", max_length=200)

    class Meta:
        ordering = ["report", "pk"]
        verbose_name = _("файл виданого звіту")
        verbose_name_plural = _("файли виданих звітів")
        constraints = [
            models.UniqueConstraint(fields=["report", "format"], name="one_issued_file_of_a_format")
        ]

    def __str__(self) -> str:
        return self.name


class IssuedSigner(models.Model):
    """Підписант виданого звіту, in the order of signing: the position and name that the document prints."""

    frozen_columns: ClassVar[tuple[str, ...]] = ("id", "report_id", "order", "position", "name")

    # Whoever is to sign is named with the report: once that is on record, nobody is added.
    closed_when: ClassVar[str] = (
        "EXISTS (SELECT 1 FROM budgets_change c WHERE c.table_name = 'reports_issuedreport'"
        " AND c.row_id = {row}.report_id AND c.event_id IS NOT NULL)"
    )

    report = models.ForeignKey(IssuedReport, models.PROTECT, related_name="signers")
    order = models.PositiveSmallIntegerField(_("черга"))
    position = models.CharField(_("посада"), max_length=200)
    name = models.CharField(_("Власне ім’я ПРІЗВИЩЕ"), max_length=200, blank=True)

    class Meta:
        ordering = ["report", "order"]
        verbose_name = _("підписант виданого звіту")
        verbose_name_plural = _("підписанти виданих звітів")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "order"], name="one_signer_a_place_of_an_issued_report"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}".strip()


class IssuedSignature(models.Model):
    """Підпис виданого звіту, as it was accepted: whose it is, how it was checked, and the file that holds it.

    ``counts`` says that it stands for its signer: one that could not be checked is kept and does not. Of a PDF the file is the
    whole PDF with this signature and those before it; a ``.p7s`` or ``.asice`` stands beside the PDF it signs (``document``).
    """

    frozen_columns: ClassVar[tuple[str, ...]] = (
        "id", "report_id", "signer_id", "way", "counts", "verdict", "format", "level", "algorithm", "is_test", "is_timestamped",
        "signed_at", "person", "tax_number", "edrpou", "organisation", "serial", "issuer", "reasons", "document", "name", "size",
        "digest", "file", "accepted_at", "accepted_by_id",
    )  # fmt: skip

    report = models.ForeignKey(IssuedReport, models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(
        IssuedSigner, models.PROTECT, related_name="signatures", verbose_name=_("підписант")
    )
    way = models.CharField(_("як підписано"), max_length=8, choices=SignatureWay)
    counts = models.BooleanField(_("зараховано"))
    verdict = models.CharField(_("перевірка"), max_length=11, choices=SignatureVerdict)
    format = models.CharField(_("формат"), max_length=10)
    level = models.CharField(_("рівень"), max_length=5, blank=True)
    algorithm = models.CharField(_("алгоритм"), max_length=100, blank=True)
    is_test = models.BooleanField(_("тестовий"))
    is_timestamped = models.BooleanField(_("є позначка часу"))
    signed_at = models.DateTimeField(_("підписано"), null=True)
    person = models.CharField(_("підписувач за сертифікатом"), max_length=300)
    tax_number = models.CharField(_("РНОКПП"), max_length=10, blank=True)
    edrpou = models.CharField(_("ЄДРПОУ"), max_length=12, blank=True)
    organisation = models.CharField(_("установа"), max_length=300, blank=True)
    serial = models.CharField(_("номер сертифіката"), max_length=64)
    issuer = models.CharField(_("хто видав сертифікат"), max_length=300)
    reasons = models.JSONField(_("зауваги перевірки"), default=list)
    document = models.CharField(_("підписаний файл"), max_length=500)
    name = models.CharField(_("назва файла"), max_length=200)
    size = models.PositiveIntegerField(_("розмір, байтів"))
    digest = models.CharField("SHA-256", max_length=64, db_index=True)
    file = models.FileField(_("файл"), upload_to="issued/%Y", max_length=200)
    accepted_at = models.DateTimeField(_("прийнято"))
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["report", "pk"]
        verbose_name = _("підпис виданого звіту")
        verbose_name_plural = _("підписи виданих звітів")
        constraints = [
            models.UniqueConstraint(
                fields=["signer"],
                condition=Q(counts=True),
                name="one_signature_of_a_signer_counts",
                violation_error_message=_("Цей підписант уже підписав."),
            ),
            models.CheckConstraint(
                condition=~Q(verdict=SignatureVerdict.INVALID),
                name="invalid_signatures_are_not_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.name}"

    @property
    def is_pdf(self) -> bool:
        return self.name.endswith(".pdf")


class SampleAuthority(models.Model):
    """Тестовий центр of the sample set-up: makes keys for sample signatures; nobody outside of it trusts them.

    ``kept`` is what reports.signing.authority writes; its private keys are encrypted with the site's own secret.
    """

    frozen_columns: ClassVar[tuple[str, ...]] = ("id", "kept", "made_at")

    kept = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("тестовий центр")
        verbose_name_plural = _("тестові центри")

    def __str__(self) -> str:
        return f"{self.made_at:%d.%m.%Y}"


class IssuedReceipt(models.Model):
    """Отримання: who took which version of an issued report, and when."""

    frozen_columns: ClassVar[tuple[str, ...]] = ("id", "report_id", "person_id", "what", "at")

    report = models.ForeignKey(IssuedReport, models.PROTECT, related_name="receipts")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("хто")
    )
    what = models.CharField(_("що"), max_length=200)
    at = models.DateTimeField(_("коли"), auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("отримання звіту")
        verbose_name_plural = _("отримання звітів")

    def __str__(self) -> str:
        return f"{self.person} · {self.what}"
