"""Production refuses to start unsafe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAFE = {
    "EPROGRAM_SECRET_KEY": "uN8s2kQz0fWb7Yp4Lr6Tg1Xc9Vh3Jm5D",
    "EPROGRAM_ALLOWED_HOSTS": "budget.example.org, .example.net",
    "EPROGRAM_SAMPLE": "no",
    "EPROGRAM_DEBUG": "no",
}


def start(**environment: str) -> "subprocess.CompletedProcess[str]":
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'eprogram.settings';"
        "from django.conf import settings as s;"
        "print(s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
    )
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("EPROGRAM_")
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**inherited, **SAFE, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_safe_settings_start_with_https_everywhere():
    started = start()
    assert started.returncode == 0, started.stderr
    assert started.stdout.split("] ")[0] == "['budget.example.org', '.example.net'"
    assert "https://*.example.net" in started.stdout
    assert started.stdout.strip().endswith("True True")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"EPROGRAM_SECRET_KEY": "short"}, "EPROGRAM_SECRET_KEY"),
        ({"EPROGRAM_SECRET_KEY": "a" * 50}, "EPROGRAM_SECRET_KEY"),
        ({"EPROGRAM_ALLOWED_HOSTS": ""}, "EPROGRAM_ALLOWED_HOSTS"),
        ({"EPROGRAM_ALLOWED_HOSTS": "*"}, "EPROGRAM_ALLOWED_HOSTS"),
        ({"EPROGRAM_DEBUG": "yes"}, "EPROGRAM_DEBUG"),
    ],
)
def test_unsafe_settings_do_not_start(changed, message):
    refused = start(**changed)
    assert refused.returncode != 0
    assert f"ImproperlyConfigured: {message}" in refused.stderr
