"""The row of a job on both databases: claimed once, found again after a kill, cancelled, failed with words, deleted when old."""

import datetime as dt
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from budgets.exceptions import RuleViolation
from budgets.models import Change, Community, Passport
from reports.background import queue, worker
from reports.background.base import JobKind, Result
from reports.background.kinds import KINDS
from reports.book import job as book
from reports.models import Job, JobState

ROOT = Path(__file__).parent.parent.parent
LONG_AGO = dt.timedelta(days=400)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def ask(sample, officer, monkeypatch):
    """``ask(run)``: a job whose work is the given function."""

    def ask(run=lambda job, progress: Result("naslidok.pdf", b"%PDF-"), by=officer):
        monkeypatch.setitem(KINDS, "probe", JobKind(run, lambda job, person: True))
        return queue.ask(
            kind="probe", asked={}, title="Проба", community=sample.programme.community, by=by
        )

    return ask


def now(job):
    return Job.objects.get(pk=job.pk)


def silent(job, seconds=61):
    """The worker of the job has said nothing for so long."""
    Job.objects.filter(pk=job.pk).update(
        heartbeat_at=timezone.now() - dt.timedelta(seconds=seconds)
    )


def test_a_job_is_done_and_its_file_kept_under_a_random_name(ask, settings):
    seen = []

    def run(job, progress):
        progress(1, 2, "Половина")
        seen.append(now(job))
        return Result("knyha.pdf", b"%PDF-1")

    job = ask(run)
    assert worker.work_once()
    assert (seen[0].state, seen[0].done, seen[0].steps, seen[0].words) == (
        JobState.RUNNING, 1, 2, "Половина",
    )  # fmt: skip
    done = now(job)
    assert (done.state, done.done, done.words, done.worker) == (JobState.DONE, 2, "", "")
    assert done.file_name == "knyha.pdf"
    assert "knyha" not in done.file.name
    assert done.file.read() == b"%PDF-1"
    assert not worker.work_once()


def test_jobs_run_in_the_order_they_were_asked_for(ask):
    order = []
    jobs = [ask(lambda job, _p: order.append(job.pk) or Result("a.pdf", b"x")) for _ in range(3)]
    while worker.work_once():
        pass
    assert order == [job.pk for job in jobs]


def test_a_person_has_only_so_many_open_jobs(ask, auditor):
    for _number in range(queue.MOST_OPEN):
        ask()
    with pytest.raises(RuleViolation, match="незавершених завдань"):
        ask()
    ask(by=auditor)
    worker.work_once()
    ask()


def test_a_job_left_by_a_killed_worker_is_tried_again_and_then_fails_with_words(ask):
    job = ask()
    for attempt in (1, 2, 3):
        claimed = queue.claim()
        assert claimed is not None
        assert (claimed.pk, claimed.attempts) == (job.pk, attempt)
        silent(job, 30)
        assert queue.claim() is None, "a worker that spoke half a minute ago is alive"
        silent(job)
    assert queue.claim() is None
    failed = now(job)
    assert failed.state == JobState.FAILED
    assert "зупинявся 3 рази поспіль" in failed.error


def test_a_worker_that_was_given_up_writes_nothing_more(ask, settings):
    job = ask()
    first = queue.claim()
    silent(job)
    second = queue.claim()
    for write in (
        lambda: queue.beat(first),
        lambda: queue.tell(first, done=1, steps=1, words="x"),
        lambda: queue.fail(first, "x"),
        lambda: queue.finish(first, content=b"late", file_name="a.pdf"),
    ):
        with pytest.raises(queue.Lost):
            write()
    assert list((settings.MEDIA_ROOT / "jobs").iterdir()) == []
    queue.finish(second, content=b"right", file_name="a.pdf")
    assert now(job).file.read() == b"right"


def test_a_cancelled_job_stops_at_its_next_step_and_leaves_no_file(ask, settings):
    reached = []

    def run(job, progress):
        progress(0, 2, "перший")
        queue.cancel(job=job)
        progress(1, 2, "другий")
        reached.append("далі")

    job = ask(run)
    assert worker.work_once()
    assert (now(job).state, reached) == (JobState.CANCELLED, [])
    assert not (settings.MEDIA_ROOT / "jobs").exists()
    with pytest.raises(RuleViolation, match="вже завершено"):
        queue.cancel(job=job)


def test_a_waiting_job_that_was_cancelled_is_not_begun(ask):
    job = ask()
    queue.cancel(job=job)
    assert not worker.work_once()
    assert now(job).state == JobState.CANCELLED


def test_a_refusal_of_the_domain_is_told_as_it_is(ask):
    def run(job, progress):
        raise RuleViolation("Паспорт порожній.")

    job = ask(run)
    worker.work_once()
    assert (now(job).state, now(job).error) == (JobState.FAILED, "Паспорт порожній.")


def test_an_error_of_the_program_is_told_in_words_and_logged(ask, caplog):
    def run(job, progress):
        raise KeyError("таємне")

    job = ask(run)
    worker.work_once()
    assert now(job).state == JobState.FAILED
    assert f"номер завдання — {job.pk}" in now(job).error
    assert "таємне" not in now(job).error
    assert "таємне" in caplog.text


def test_a_worker_that_is_asked_to_stop_gives_its_job_back(ask):
    def run(job, progress):
        progress(0, 1, "x")

    job = ask(run)
    assert worker.work_once(stop=lambda: True)
    assert (now(job).state, now(job).attempts) == (JobState.WAITING, 0)


def test_old_jobs_go_with_their_files_and_stray_files_too(ask, settings, capsys):
    kept, old, waiting = ask(), ask(), ask()
    worker.work_once()
    worker.work_once()
    Job.objects.filter(pk=old.pk).update(ended_at=timezone.now() - LONG_AGO)
    Job.objects.filter(pk=waiting.pk).update(asked_at=timezone.now() - LONG_AGO)
    folder = settings.MEDIA_ROOT / "jobs"
    for name, age in (("stray.pdf", LONG_AGO), ("fresh.pdf", dt.timedelta())):
        (folder / name).write_bytes(b"x")
        at = (timezone.now() - age).timestamp()
        os.utime(folder / name, (at, at))
    call_command("run_jobs", once=True)
    assert "Jobs done: 1; old ones deleted: 1." in capsys.readouterr().out
    assert set(Job.objects.values_list("pk", flat=True)) == {kept.pk, waiting.pk}
    names = {Path(now(job).file.name).name for job in (kept, waiting)}
    assert {path.name for path in folder.iterdir()} == {*names, "fresh.pdf"}


def test_the_database_refuses_a_job_that_makes_no_sense(ask):
    job = ask()
    for wrong in (
        {"state": JobState.RUNNING}, {"state": JobState.DONE}, {"state": JobState.FAILED}, {"done": 1},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**wrong)


def test_the_record_does_not_watch_jobs(ask):
    ask()
    worker.work_once()
    assert not Change.objects.filter(table_name="reports_job").exists()


# With real transactions, threads and processes


def probe():
    """A job like any other for work that needs no printing."""
    return queue.ask(
        kind="probe",
        asked={},
        title="Проба",
        community=Community.objects.earliest("pk"),
        by=User.objects.create_user(f"prokhach-{time.monotonic_ns()}"),
    )


def work_together():
    """Four workers take twelve jobs. Returns how often each was run, and what went wrong."""
    jobs = [probe() for _number in range(12)]
    runs, errors, start = [], [], Barrier(4)

    def run(job, progress):
        if connection.in_atomic_block:
            errors.append("a transaction is open while the work goes on")
        for step in range(3):
            progress(step, 3, "крок")
        runs.append(job.pk)
        return Result("a.pdf", b"x")

    KINDS["probe"] = JobKind(run, lambda job, person: True)

    def work(_number):
        try:
            start.wait(timeout=60)
            while worker.work_once():
                pass
        except Exception as error:
            errors.append(repr(error))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    del KINDS["probe"]
    states = Counter(Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list("state"))
    return {
        "runs": sorted(Counter(runs).values()),
        "states": {state: n for (state,), n in states.items()},
        "errors": errors,
    }


def keep_alive():
    """Work longer than a beat, without a word of its own: whether the heartbeat moved meanwhile."""
    worker.BEAT_EVERY = 0.05
    beats = []

    def run(job, progress):
        for _step in range(2):
            beats.append(Job.objects.get(pk=job.pk).heartbeat_at)
            time.sleep(0.5)
        return Result("a.pdf", b"x")

    KINDS["probe"] = JobKind(run, lambda job, person: True)
    probe()
    worker.work_once()
    del KINDS["probe"]
    worker.BEAT_EVERY = 10.0
    return beats[1] > beats[0]


ON_A_FILE = """
import json, django
django.setup()
from tests.reports.test_jobs import keep_alive, work_together
print(json.dumps([work_together(), keep_alive()]))
"""
EACH_ONCE = {"runs": [1] * 12, "states": {"done": 12}, "errors": []}
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own locks")


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="threads share a database in memory; the test on a file covers SQLite",
)
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_run_each_job_once():
    assert work_together() == EACH_ONCE
    assert keep_alive()


@pytest.fixture
def site(tmp_path, sample_file):
    """The environment of a site on a file of its own."""
    return {
        **os.environ,
        "DATABASE_URL": sample_file,
        "DJANGO_SETTINGS_MODULE": "eprogram.settings",
        "EPROGRAM_SAMPLE": "yes",
        "EPROGRAM_FILES": str(tmp_path / "files"),
    }


def manage(site, *command):
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=site, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@on_sqlite
def test_workers_at_once_run_each_job_of_a_file_once(site):
    out = manage(site, "-c", ON_A_FILE)
    assert json.loads(out.splitlines()[-1]) == [EACH_ONCE, True]


ASKED = """
import django
django.setup()
from django.contrib.auth.models import User
from budgets.models import Passport
from reports.book import job
passport = Passport.objects.get(year=2023)
job.ask(community=passport.programme.community, year=2023,
        keys=[f"passport-execution:{passport.pk}", f"passport:{passport.pk}"], by=User.objects.get(username="finansy"))
"""


@on_sqlite
def test_a_process_killed_while_printing_leaves_a_job_that_another_finishes(site, tmp_path):
    manage(site, "-c", ASKED)
    rows = sqlite3.connect(tmp_path / "site.sqlite3", timeout=30, isolation_level=None)

    def row():
        return rows.execute("SELECT state, attempts, words, file FROM reports_job").fetchone()

    with subprocess.Popen(
        [sys.executable, "manage.py", "run_jobs"], cwd=ROOT, env=site, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 60
        while not row()[2].startswith("Друкуємо") and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert row()[:2] == ("running", 1)
    assert "Jobs done: 0" in manage(site, "manage.py", "run_jobs", "--once"), "it may yet be alive"
    rows.execute("UPDATE reports_job SET heartbeat_at = '2023-01-01 00:00:00'")
    assert "Jobs done: 1" in manage(site, "manage.py", "run_jobs", "--once")
    state, attempts, _words, file = row()
    assert (state, attempts) == ("done", 2)
    assert (tmp_path / "files" / file).read_bytes().startswith(b"%PDF-")


@pytest.mark.django_db(transaction=True)
def test_the_loop_works_until_it_is_stopped(sample, officer, monkeypatch):
    """The loop of the thread, run here: it takes what waits, and stops when told."""
    stop = Event()

    def run(job, progress):
        stop.set()
        return Result("a.pdf", b"x")

    monkeypatch.setitem(KINDS, "probe", JobKind(run, lambda job, person: True))
    job = probe()
    worker.work(stop, Event(), keep_days=30)
    assert now(job).state == JobState.DONE


def test_web_processes_work_only_where_they_should(settings, monkeypatch):
    started = []
    monkeypatch.setattr(worker._embedded, "start", lambda: started.append(True))
    worker.wake()
    assert not started
    settings.JOBS_IN_PROCESS = True
    worker.wake()
    assert started
    worker._embedded.wake.clear()


def test_a_book_is_made_with_the_rights_its_asker_has_then(sample, officer):
    passport = Passport.objects.get(pk=sample.pk)
    job = book.ask(
        community=passport.programme.community, year=2023, keys=[f"passport:{sample.pk}"], by=officer
    )  # fmt: skip
    officer.memberships.update(valid_to=dt.date(2023, 12, 31))
    worker.work_once()
    assert now(job).state == JobState.FAILED
    assert "для вас немає: 1" in now(job).error


def test_a_book_of_a_closed_account_is_not_made(sample, officer):
    job = book.ask(
        community=sample.programme.community, year=2023, keys=[f"passport:{sample.pk}"], by=officer
    )
    User.objects.filter(pk=officer.pk).update(is_active=False)
    worker.work_once()
    assert "закрито" in now(job).error


def test_the_command_says_what_it_did_in_one_line(db, monkeypatch):
    out = io.StringIO()
    call_command("run_jobs", once=True, stdout=out)
    assert out.getvalue() == "Jobs done: 0; old ones deleted: 0.\n"
