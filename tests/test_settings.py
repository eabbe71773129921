"""Production refuses to start unsafe."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from eprogram import safety

ROOT = Path(__file__).parent.parent
SAFE = {
    "EPROGRAM_SECRET_KEY": "uN8s2kQz0fWb7Yp4Lr6Tg1Xc9Vh3Jm5DaE7iRo2Ks6Pd4Zx8Bq1",
    "EPROGRAM_ALLOWED_HOSTS": "budget.example.org, .example.net",
    "EPROGRAM_SAMPLE": "no",
    "EPROGRAM_DEBUG": "no",
}


SHOWN = (
    "print(s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
)


def environment(**changed: str) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("EPROGRAM_")
    }
    return {**inherited, **SAFE, **changed}


def start(shown: str = SHOWN, **changed: str) -> "subprocess.CompletedProcess[str]":
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'eprogram.settings';"
        f"from django.conf import settings as s; {shown}"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(**changed),
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


def test_files_lie_on_the_disk_unless_a_bucket_is_named():
    shown = "print(s.STORAGES['default'], s.PUBLIC_ADDRESS)"
    assert "FileSystemStorage" in start(shown).stdout
    named = start(shown, EPROGRAM_S3_BUCKET="zvity", EPROGRAM_S3_ENDPOINT="https://s3.example.net")
    assert "storages.backends.s3.S3Storage" in named.stdout
    assert "'bucket_name': 'zvity', 'endpoint_url': 'https://s3.example.net'" in named.stdout
    assert named.stdout.strip().endswith("https://budget.example.org")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"EPROGRAM_SECRET_KEY": "short"}, "EPROGRAM_SECRET_KEY"),
        ({"EPROGRAM_SECRET_KEY": "a" * 60}, "EPROGRAM_SECRET_KEY"),
        ({"EPROGRAM_SECRET_KEY": "used-by-" + SAFE["EPROGRAM_SECRET_KEY"]}, "EPROGRAM_SECRET_KEY"),
        (
            {"EPROGRAM_SECRET_KEY": "django-insecure-" + SAFE["EPROGRAM_SECRET_KEY"]},
            "EPROGRAM_SECRET_KEY",
        ),
        (
            {"EPROGRAM_SECRET_KEY_FILE": "/dev/null"},
            "EPROGRAM_SECRET_KEY and EPROGRAM_SECRET_KEY_FILE",
        ),
        (
            {"DATABASE_URL": "", "DATABASE_URL_FILE": "/no/such/file"},
            "DATABASE_URL_FILE cannot be read",
        ),
        ({"EPROGRAM_ALLOWED_HOSTS": ""}, "EPROGRAM_ALLOWED_HOSTS"),
        ({"EPROGRAM_ALLOWED_HOSTS": "*"}, "EPROGRAM_ALLOWED_HOSTS"),
        ({"EPROGRAM_DEBUG": "yes"}, "EPROGRAM_DEBUG"),
    ],
)
def test_unsafe_settings_do_not_start(changed, message):
    refused = start(**changed)
    assert refused.returncode != 0
    assert f"ImproperlyConfigured: {message}" in refused.stderr


def test_secrets_may_lie_in_files(tmp_path):
    key, database = tmp_path / "key", tmp_path / "database"
    key.write_text(SAFE["EPROGRAM_SECRET_KEY"][::-1] + "\n")
    database.write_text("postgres://eprogram:hidden@db/eprogram\n")
    started = start(
        "print(s.SECRET_KEY, s.DATABASES['default']['PASSWORD'])",
        EPROGRAM_SECRET_KEY="",
        EPROGRAM_SECRET_KEY_FILE=str(key),
        DATABASE_URL="",
        DATABASE_URL_FILE=str(database),
    )
    assert started.stdout.split() == [SAFE["EPROGRAM_SECRET_KEY"][::-1], "hidden"], started.stderr


MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw 0 0
server:/export /srv/shared nfs4 rw 0 0
//server/files /srv/two\\040words cifs rw 0 0
/dev/sdb1 /srv/shared/local xfs rw 0 0
me@server: /mnt/ssh fuse.sshfs rw 0 0
host /mnt/host 9p rw 0 0
/dev/fuse /mnt/ntfs fuseblk rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv", ""),
        ("/srv/shared", "nfs4"),
        ("/srv/shared/deep/er", "nfs4"),
        ("/srv/sharedish", ""),
        ("/srv/shared/local/db", ""),
        ("/srv/two words/db", "cifs"),
        ("/mnt/ssh", "fuse.sshfs"),
        ("/mnt/host/db", "9p"),
        ("/mnt/ntfs", ""),
    ],
)
def test_a_network_disk_is_known_by_the_mounts_table(folder, kind):
    assert safety.network_filesystem(Path(folder), MOUNTS) == kind


def test_a_later_mount_hides_the_earlier():
    assert safety.network_filesystem(Path("/srv"), MOUNTS + "s:/x / nfs rw 0 0\n") == "nfs"


def test_sqlite_on_a_network_disk_is_refused(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\ns:/x {tmp_path} nfs rw 0 0\n")
    with pytest.raises(ImproperlyConfigured, match=r"network disk \(nfs\)"):
        safety.refuse_network_disk(str(tmp_path / "db.sqlite3"), mounts)
    safety.refuse_network_disk("/db.sqlite3", mounts)
    safety.refuse_network_disk(":memory:", mounts)
    safety.refuse_network_disk(str(tmp_path / "db.sqlite3"), tmp_path / "no-table")


@pytest.mark.parametrize("whole_domain", ["no", "yes"])
def test_the_deployment_check_of_django_finds_nothing(whole_domain):
    more = {"EPROGRAM_HSTS_WHOLE_DOMAIN": whole_domain, "EPROGRAM_BEHIND_PROXY": "yes"}
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_an_unknown_role_is_found_before_anybody_signs_in():
    checked = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment(EPROGRAM_SECOND_FACTOR_ROLES="administrator,mayor"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode != 0
    assert "accounts.E001" in checked.stderr


def test_administrators_need_a_second_factor_unless_the_owner_says_otherwise():
    shown = "print(s.SECOND_FACTOR_ROLES)"
    assert start(shown).stdout.strip() == "['administrator']"
    assert start(shown, EPROGRAM_SECOND_FACTOR_ROLES="").stdout.strip() == "[]"


def test_providers_are_off_until_their_client_is_named():
    shown = "print(list(s.SOCIALACCOUNT_PROVIDERS), s.SIGN_IN_ORIGINS)"
    assert start(shown).stdout.strip() == "[] []"
    on = {"EPROGRAM_ID_GOV_UA_CLIENT": "city", "EPROGRAM_ID_GOV_UA_SECRET": "secret"}
    assert start(shown, **on).stdout.strip() == "['id_gov_ua'] ['https://id.gov.ua']"


def test_a_line_of_the_log_says_when_and_what_kind():
    """Also of Django's own loggers, whose refusals count as events of security."""
    shown = (
        "import django, logging; django.setup();"
        "logging.getLogger('django.security').warning('seen')"
    )
    line = start(shown).stderr.strip()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+]0[23]00 WARNING django.security: seen", line
    )


def test_a_refusal_is_one_line_of_the_log_and_an_error_has_its_traceback():
    told = """
import django, logging; django.setup()
try: 1 / 0
except ZeroDivisionError:
    logging.getLogger('django.request').warning('refused', exc_info=True)
    logging.getLogger('django.request').error('broken', exc_info=True)
"""
    lines = start(told).stderr.strip().splitlines()
    assert lines[0].endswith("WARNING django.request: refused")
    assert lines[1].endswith("ERROR django.request: broken")
    assert lines[-1] == "ZeroDivisionError: division by zero"
