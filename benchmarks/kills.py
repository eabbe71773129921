"""Kills the server at random moments while people type and paste cash, and checks after each restart that nothing is lost or half written.

Run by hand: .venv/bin/python benchmarks/kills.py [200]
Three clients send cells to gunicorn (SQLite in a file, two workers): one by one, and pasted in blocks that must be all or nothing. After a random
time the whole process group gets SIGKILL. Then: every acknowledged amount is stored; of the request that was on its way either
all cells or none; the record holds; the file passes SQLite's own check. Prints what was counted; the first fault stops it.
"""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parent.parent
folder = tempfile.TemporaryDirectory()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "eprogram.settings",
    "DATABASE_URL": f"sqlite:///{folder.name}/kills.sqlite3",
    "EPROGRAM_SAMPLE": "yes",
    "EPROGRAM_SECRET_KEY": "used-by-benchmarks-only-0123456789-0123456789-0123456789",
}
sys.path.insert(0, str(ROOT))

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from budgets.choices import Fund  # noqa: E402
from budgets.models import LineAllocation, Passport  # noqa: E402
from budgets.money import print_amount  # noqa: E402
from budgets.periods import Month  # noqa: E402
from budgets.selectors import cash, record  # noqa: E402

CSRF = "k" * 32
MONTH = 5
CLIENTS = ((1,), (3, 4), (5, 6, 8))  # lines on which the sample has paid nothing in May


@dataclass
class Typist:
    """A client with cells of its own: what was acknowledged, and what was on its way when the server died."""

    keys: list[cash.Key]
    limit: Decimal
    address: str
    session: str
    dice: random.Random
    known: dict[cash.Key, Decimal] = field(default_factory=dict)
    flying: dict[cash.Key, Decimal] = field(default_factory=dict)
    acknowledged: int = 0
    fault: str = ""

    def type(self, stop: threading.Event) -> None:
        while not stop.is_set():
            keys = self.keys if self.dice.random() < 0.5 else [self.dice.choice(self.keys)]
            self.flying = {
                key: Decimal(self.dice.randint(1, int(self.limit * 100))) / 100 for key in keys
            }
            try:
                self.send()
            except (OSError, http.client.HTTPException):
                return
            if self.fault:
                return
            self.known |= self.flying
            self.flying = {}
            self.acknowledged += 1

    def send(self) -> None:
        fields = [
            pair
            for key, amount in self.flying.items()
            for pair in (
                ("cell", f"{key[0]}-{key[1]}-{key[2]}"),
                ("amount", print_amount(amount)),
                ("seen", print_amount(self.known[key]) if self.known.get(key) else ""),
            )
        ]
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.address,
            data=urllib.parse.urlencode(fields).encode(),
            headers={
                "Accept": "application/json",
                "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
                "X-CSRFToken": CSRF,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                answer.read()
                self.fault = "" if answer.url == self.address else f"sent on to {answer.url}"
        except urllib.error.HTTPError as error:
            self.fault = f"{error.code}: {error.read().decode()[:500]}"


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    call_command("migrate", verbosity=0)
    call_command("load_sample", verbosity=0)
    call_command("collectstatic", "--noinput", verbosity=0)
    passport = Passport.objects.get(year=2023)
    dice = random.Random(2023)  # noqa: S311 - no secret
    port = free_port()
    typists = made(passport, f"http://127.0.0.1:{port}/cash/{passport.pk}/{MONTH}/cells/", dice)
    halves = 0
    for number in range(1, kills + 1):
        server = started(port)
        stop = threading.Event()
        threads = [threading.Thread(target=typist.type, args=[stop]) for typist in typists]
        for thread in threads:
            thread.start()
        time.sleep(dice.uniform(0.05, 0.6))
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        stop.set()
        for thread in threads:
            thread.join()
        for typist in typists:
            expect(not typist.fault, typist.fault)
        halves += sum(settle(passport, typist) for typist in typists)
        expect(not (faults := record.verify().faults), "; ".join(faults))
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            expect(cursor.fetchone() == ("ok",), "the file is damaged")
        if number % 20 == 0:
            print(
                f"{number} kills, {sum(t.acknowledged for t in typists)} requests acknowledged",
                flush=True,
            )
    print(
        f"{kills} kills: {sum(t.acknowledged for t in typists)} acknowledged requests all stored; "
        f"{halves} requests on their way had been stored whole, the others not at all."
    )


def made(passport: Passport, address: str, dice: random.Random) -> list[Typist]:
    session = SessionStore()
    user = User.objects.get(username="finansy")
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    found = []
    for lines in CLIENTS:
        rows = LineAllocation.objects.filter(
            line__revision__passport=passport, line__number__in=lines, general__gt=0
        ).select_related("line", "economic_code")
        keys = [(row.line.root_id, str(Fund.GENERAL), row.economic_code.code) for row in rows]
        limit = min(row.general for row in rows)
        found.append(
            Typist(keys, limit, address, session.session_key or "", random.Random(dice.random()))  # noqa: S311
        )
    for typist in found:
        typist.known = stored(passport, typist)
    return found


def stored(passport: Passport, typist: Typist) -> dict[cash.Key, Decimal]:
    grid = cash.month_grid(passport, Month(passport.year, MONTH))
    found = {}
    for key in typist.keys:
        row = grid.row(key)
        found[key] = row.in_month if row else Decimal(0)
    return found


def settle(passport: Passport, typist: Typist) -> bool:
    """Compare with what the client knows; True where the request on its way had been stored."""
    now = stored(passport, typist)
    untouched = {key: now[key] for key in typist.keys if key not in typist.flying}
    expect(
        untouched == {key: typist.known[key] for key in untouched},
        f"acknowledged {typist.known}, stored {now}",
    )
    whole = bool(typist.flying) and all(now[key] == typist.flying[key] for key in typist.flying)
    none = all(now[key] == typist.known[key] for key in typist.flying)
    expect(whole or none, f"half written: {typist.flying} over {typist.known}, stored {now}")
    typist.known, typist.flying = now, {}
    return whole


def started(port: int) -> "subprocess.Popen[bytes]":
    command = ["-m", "gunicorn", "eprogram.wsgi", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        [sys.executable, *command, "--workers", "2", "--threads", "2", "--no-control-socket"],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _attempt in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return server
    sys.exit("the server does not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def expect(holds: bool, fault: str) -> None:
    if not holds:
        sys.exit(f"Fault: {fault}")


if __name__ == "__main__":
    main()
