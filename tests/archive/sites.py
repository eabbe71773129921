"""Whole sites beside the tests' own: a database, a folder of files, and commands in processes of their own."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Site:
    database: str
    files: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database,
            "EPROGRAM_FILES": str(self.files),
            "EPROGRAM_SAMPLE": "yes",
            "DJANGO_SETTINGS_MODULE": "eprogram.settings",
        }

    def run(self, *command, fails=False) -> str:
        done = subprocess.run(
            [sys.executable, *map(str, command)],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    def manage(self, *arguments, fails=False) -> str:
        return self.run("manage.py", *arguments, fails=fails)

    def call(self, name):
        """What a function of ``work`` returns on that site."""
        code = f"import django, json; django.setup(); from tests.archive import work; print(json.dumps(work.{name}()))"
        return json.loads(self.run("-c", code).splitlines()[-1])

    def stored(self) -> dict[str, str]:
        paths = [path for path in sorted(self.files.rglob("*")) if path.is_file()]
        return {
            str(path.relative_to(self.files)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
        }
