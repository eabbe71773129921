"""Writing the row of a job: asked, claimed, told, finished, failed, cancelled, deleted when old.

Every write is one conditional UPDATE and commits by itself: two workers that want one job see on both databases that only
one of them changed the row, and no transaction stays open while the work goes on. Whoever runs a job names their
claim with each write; a job that was cancelled or given to somebody else meanwhile takes no more of them (``Lost``).
"""

import datetime as dt
import logging
import secrets
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Community
from reports.models import OPEN_STATES, Job, JobState

MOST_OPEN = 3
"""Jobs a person may have waiting or running: a book is minutes of a processor."""
MOST_ATTEMPTS = 3
STALE_AFTER = dt.timedelta(seconds=60)
"""Without a heartbeat for so long, whoever ran the job is taken for dead. Clocks of several machines must agree by seconds."""

_log = logging.getLogger(__name__)


class Lost(Exception):
    """The job is no longer this worker's: somebody cancelled it, or it was given to another after a silence."""


def ask(*, kind: str, asked: dict[str, Any], title: str, community: Community, by: User) -> Job:
    """A new job. Refused while the person has MOST_OPEN others that are not finished."""
    open_ = Job.objects.filter(asked_by=by, state__in=OPEN_STATES).count()
    if open_ >= MOST_OPEN:
        raise RuleViolation(
            _(
                "Ваших незавершених завдань уже %(open)s, і більше водночас не можна. Дочекайтеся їх або скасуйте зайве."
            )
            % {"open": open_}
        )
    return Job.objects.create(
        kind=kind, asked=asked, title=title[:300], community=community, asked_by=by
    )


def claim() -> Job | None:
    """The job that has waited longest, now running under a new claim; None when nothing waits."""
    recover()
    for pk in (
        Job.objects.filter(state=JobState.WAITING)
        .order_by("asked_at", "pk")
        .values_list("pk", flat=True)[:10]
    ):
        worker, now = secrets.token_hex(16), timezone.now()
        claimed = Job.objects.filter(pk=pk, state=JobState.WAITING).update(
            state=JobState.RUNNING,
            worker=worker,
            attempts=F("attempts") + 1,
            heartbeat_at=now,
            started_at=now,
            done=0,
            steps=0,
            words="",
        )
        if claimed:
            return Job.objects.select_related("asked_by", "community").get(pk=pk)
    return None


def recover() -> None:
    """Jobs of workers that fell silent wait again, or fail with words after MOST_ATTEMPTS."""
    silent = Job.objects.filter(
        state=JobState.RUNNING, heartbeat_at__lt=timezone.now() - STALE_AFTER
    )
    for job in silent:
        as_seen = Job.objects.filter(
            pk=job.pk, state=JobState.RUNNING, worker=job.worker, heartbeat_at=job.heartbeat_at
        )
        if job.attempts < MOST_ATTEMPTS:
            as_seen.update(state=JobState.WAITING, worker="", heartbeat_at=None)
            _log.warning("Job %s fell silent in attempt %s: it waits again", job.pk, job.attempts)
        else:
            error = _(
                "Процес, який це виконував, зупинявся %(times)s рази поспіль. Імовірно, йому бракує пам’яті: "
                "попросіть меншу частину або зверніться до адміністратора."
            ) % {"times": job.attempts}
            as_seen.update(state=JobState.FAILED, error=error, ended_at=timezone.now())
            _log.error("Job %s fell silent in attempt %s: failed", job.pk, job.attempts)


def beat(job: Job) -> None:
    """The worker lives."""
    _write(job, heartbeat_at=timezone.now())


def tell(job: Job, *, done: int, steps: int, words: str) -> None:
    """How far the work has come."""
    _write(job, done=done, steps=steps, words=words[:300], heartbeat_at=timezone.now())


def finish(job: Job, *, content: bytes, file_name: str) -> None:
    """The result, kept under a random name; ``file_name`` is what a download is called. Lost jobs leave no file."""
    extension = file_name.rpartition(".")[2]
    job.file.save(f"{secrets.token_hex(16)}.{extension}", ContentFile(content), save=False)
    try:
        _write(
            job,
            state=JobState.DONE,
            file=job.file.name,
            file_name=file_name,
            ended_at=timezone.now(),
            done=F("steps"),
            words="",
            worker="",
        )
    except BaseException:
        job.file.storage.delete(str(job.file.name))
        raise


def fail(job: Job, error: str) -> None:
    _write(job, state=JobState.FAILED, error=error, ended_at=timezone.now(), worker="")


def give_back(job: Job) -> None:
    """The worker is asked to stop: the job waits for another, and this attempt does not count."""
    _write(job, state=JobState.WAITING, attempts=F("attempts") - 1, worker="", heartbeat_at=None)


def cancel(*, job: Job) -> None:
    """Refused when the job is over already. A running worker notices at its next step."""
    cancelled = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(
        state=JobState.CANCELLED, ended_at=timezone.now(), worker=""
    )
    if not cancelled:
        raise RuleViolation(_("Завдання вже завершено, скасовувати нічого."))


def remove_old(days: int) -> int:
    """Delete jobs that ended more than ``days`` ago with their files, and files that no job names; returns how many jobs."""
    before = timezone.now() - dt.timedelta(days=days)
    old = list(Job.objects.exclude(state__in=OPEN_STATES).filter(ended_at__lt=before))
    for job in old:
        if job.file:
            job.file.storage.delete(str(job.file.name))
        job.delete()
    _remove_strays(before)
    return len(old)


def _remove_strays(before: dt.datetime) -> None:
    """A worker killed between storing its file and naming it in the row leaves the file behind."""
    field = Job._meta.get_field("file")
    storage, folder = field.storage, str(field.upload_to)
    if not storage.exists(folder):
        return
    named = set(Job.objects.exclude(file="").values_list("file", flat=True))
    for name in storage.listdir(folder)[1]:
        path = f"{folder}{name}"
        if path not in named and storage.get_modified_time(path) < before:
            storage.delete(path)


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, worker=job.worker)


def _write(job: Job, **changes: Any) -> None:
    if not _mine(job).update(**changes):
        raise Lost
