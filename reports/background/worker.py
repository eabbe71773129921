"""Doing the work: one job at a time, in a thread of a web process or in ``manage.py run_jobs``.

WeasyPrint computes in Python, so a second thread beside the first would make both slower: a process has one worker.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from reports.background import queue
from reports.background.kinds import KINDS
from reports.models import Job

BEAT_EVERY = 10.0
LOOK_EVERY = 2.0
"""Seconds. A job asked of this process starts at once; one asked of another process that is busy, after this."""
_SWEEP_EVERY = 3600.0
_AFTER_TROUBLE = 15.0

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """The worker was asked to stop; the job goes back."""


Stop = Callable[[], bool]


def work_once(stop: Stop = lambda: False) -> bool:
    """Claim one job and run it to its end; False when nothing waits."""
    job = queue.claim()
    if job is None:
        return False
    try:
        _run(job, stop)
    except queue.Lost:
        _log.info("Job %s: cancelled or taken over", job.pk)
    except Stopped:
        with suppress(queue.Lost):
            queue.give_back(job)
    return True


def _run(job: Job, stop: Stop) -> None:
    def progress(done: int, steps: int, words: str) -> None:
        if stop():
            raise Stopped
        queue.tell(job, done=done, steps=steps, words=words)

    try:
        with _heartbeat(job):
            result = KINDS[job.kind].run(job, progress)
        queue.finish(job, content=result.content, file_name=result.file_name)
    except RuleViolation as refusal:
        queue.fail(job, str(refusal))
    except (queue.Lost, Stopped):
        raise
    except Exception:
        _log.exception("Job %s failed", job.pk)
        queue.fail(
            job,
            _(
                "Сталася помилка програми. Спробуйте ще раз; якщо повториться, назвіть адміністраторові "
                "номер завдання — %(number)s: причина є в журналі сервера."
            )
            % {"number": job.pk},
        )


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Says every BEAT_EVERY seconds that the worker lives: one long table may print for minutes."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT_EVERY):
                try:
                    queue.beat(job)
                except queue.Lost:
                    return
                except Exception:
                    _log.exception("Job %s: no heartbeat", job.pk)
                    connection.close()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def work(stop: threading.Event, wake: threading.Event, *, keep_days: int) -> None:
    """Until stopped: take what waits, look again from time to time or when woken, delete what is old."""
    swept = -_SWEEP_EVERY
    while not stop.is_set():
        try:
            close_old_connections()
            if time.monotonic() - swept >= _SWEEP_EVERY:
                queue.remove_old(keep_days)
                swept = time.monotonic()
            if not work_once(stop.is_set):
                wake.wait(LOOK_EVERY)
                wake.clear()
        except Exception:
            # The database is away or not migrated yet; the site says so itself.
            _log.exception("The background worker waits %s seconds", _AFTER_TROUBLE)
            connection.close()
            stop.wait(_AFTER_TROUBLE)
    connection.close()


class _Embedded:
    """The thread of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None
        self.wake = threading.Event()

    def start(self) -> None:
        # A process forked from one that had the thread has none: it is not alive there.
        with self.lock:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(
                    target=work,
                    args=(threading.Event(), self.wake),
                    kwargs={"keep_days": settings.JOB_DAYS},
                    name="jobs",
                    daemon=True,
                )
                self.thread.start()


_embedded = _Embedded()


def start_in_process() -> None:
    """Start the thread of this process unless other processes do the work (EPROGRAM_JOBS=separate)."""
    if settings.JOBS_IN_PROCESS:
        _embedded.start()


def wake() -> None:
    """Look now: a job was asked of this process."""
    start_in_process()
    _embedded.wake.set()
