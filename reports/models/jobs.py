"""Long work that nobody waits for in front of an empty page."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budgets.models import Community


class JobState(models.TextChoices):
    WAITING = "waiting", _("чекає")
    RUNNING = "running", _("виконується")
    DONE = "done", _("готово")
    FAILED = "failed", _("не вийшло")
    CANCELLED = "cancelled", _("скасовано")


OPEN_STATES = (JobState.WAITING, JobState.RUNNING)


class Job(models.Model):
    """Завдання: what a person asked to be done in the background, how far it has come, and what came of it.

    The page asks this row, whichever engine runs it (docs/adr/0013). ``asked`` is read by the kind of work that ``kind``
    names (reports/background/kinds.py). ``worker`` names the claim: who runs the job writes only while it is theirs.
    A job is the office's errand, no fact of the budget: the record does not watch it, and old ones are deleted.
    """

    is_recorded: ClassVar[bool] = False

    kind = models.CharField(_("вид"), max_length=30)
    asked = models.JSONField(_("що просили"))
    title = models.CharField(_("назва"), max_length=300)
    community = models.ForeignKey(
        Community, models.CASCADE, related_name="jobs", verbose_name=_("громада")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs", verbose_name=_("хто просив")
    )
    state = models.CharField(
        _("стан"), max_length=9, choices=JobState, default=JobState.WAITING, editable=False
    )
    done = models.PositiveIntegerField(_("зроблено кроків"), default=0)
    steps = models.PositiveIntegerField(_("усього кроків"), default=0)
    words = models.CharField(_("що робиться"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("спроб"), default=0)
    worker = models.CharField(max_length=32, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(_("коли просили"), auto_now_add=True)
    started_at = models.DateTimeField(_("коли почато"), null=True, blank=True)
    ended_at = models.DateTimeField(_("коли завершено"), null=True, blank=True)
    file = models.FileField(_("файл"), upload_to="jobs/", max_length=200, blank=True)
    file_name = models.CharField(_("назва файла"), max_length=200, blank=True)
    error = models.TextField(_("чому не вийшло"), blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("завдання")
        verbose_name_plural = _("завдання")
        indexes = [models.Index(fields=["state", "asked_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(done__lte=F("steps")),
                name="job_progress_within_its_steps",
                violation_error_message=_("Зроблено більше, ніж усього."),
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING)
                | (Q(heartbeat_at__isnull=False) & ~Q(worker="")),
                name="running_job_has_a_worker",
                violation_error_message=_("Завдання, що виконується, має виконавця."),
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | ~Q(file=""),
                name="done_job_has_a_file",
                violation_error_message=_("Готове завдання має файл."),
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.FAILED) | ~Q(error=""),
                name="failed_job_says_why",
                violation_error_message=_("Завдання, що не вийшло, каже чому."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES
