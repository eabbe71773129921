import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reports.background import queue, worker


class Command(BaseCommand):
    help = (
        "Does the long work people ask for, in this process (EPROGRAM_JOBS=separate keeps web processes out of it)."
        " May run several times at once. Deletes finished jobs and their files when they are old."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what waits now, delete what is old, and end"
        )
        parser.add_argument(
            "--keep-days",
            type=int,
            default=settings.JOB_DAYS,
            help=f"delete jobs that ended more days ago ({settings.JOB_DAYS})",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        stop, wake = threading.Event(), threading.Event()

        def stopped(*_signal: Any) -> None:
            stop.set()
            wake.set()

        before = {
            number: signal.signal(number, stopped) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            if not options["once"]:
                worker.work(stop, wake, keep_days=options["keep_days"])
                return
            done = 0
            while not stop.is_set() and worker.work_once(stop.is_set):
                done += 1
            removed = queue.remove_old(options["keep_days"])
            self.stdout.write(f"Jobs done: {done}; old ones deleted: {removed}.")
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
