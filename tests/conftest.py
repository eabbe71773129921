"""What every test may ask for: the sample, people by role, and a second community.

The sample is loaded once, when the test database is made; every test is rolled back to it. A test that
needs a system without any data asks for ``empty_site``.
"""

import dataclasses
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client

from budgets.choices import Role
from budgets.economic_codes import ECONOMIC_CODES
from budgets.models import (
    BudgetCode,
    BudgetProgramme,
    Community,
    EconomicCode,
    Membership,
    Passport,
    PassportRevision,
    SpendingLine,
    SpendingUnit,
    frozen,
    recording,
)
from budgets.services import passports
from indicators.effectiveness import LETTER
from indicators.models import EffectivenessScale
from reports import sample as sample_data

_stored = tempfile.TemporaryDirectory(prefix="eprogram-tests-")


def pytest_configure() -> None:
    """The tests' own settings, whatever set-up ``.env`` describes."""
    settings.SAMPLE = True
    settings.SECURE_SSL_REDIRECT = False
    # {% static %} answers without collectstatic, and signing in takes no tenth of a second.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.MEDIA_ROOT = _stored.name  # never the site's own files
    settings.JOBS_IN_PROCESS = False  # tests do the work themselves, when they say so
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


TOGETHER = ("archive/", "reports/signing/", "reports/test_book.py", "reports/test_issuing.py")
"""Tests that share something slow to make: two processes would make it twice."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        for group in TOGETHER:
            if path.startswith(group):
                item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, kept_databases) -> None:
    with django_db_blocker.unblock():
        kept_databases.keep("empty")
        sample_data.load()
        kept_databases.keep("sample")


class KeptDatabases:
    """Copies of the tests' database, for tests that run whole sites in processes of their own.

    Taken while it is made: a copy costs a fraction of a second, migrating and loading takes ten.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[str] = []

    def keep(self, name: str) -> None:
        """Remember the tests' database as it is now: ``empty`` (migrated) or ``sample``."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self.folder / f"{name}.sqlite3")])
        else:
            self._copy(connection.settings_dict["NAME"], self._name(name))

    def copy_file(self, name: str, target: Path) -> str:
        """The address of a new SQLite file with that content."""
        shutil.copy(self.folder / f"{name}.sqlite3", target)
        return f"sqlite:///{target}"

    def copy_on_server(self, name: str, target: str) -> str:
        """The address of a new PostgreSQL database with that content."""
        self._copy(self._name(name), target)
        parts = urlsplit(os.environ["DATABASE_URL"])
        return urlunsplit(parts._replace(path=f"/{target}"))

    def drop(self) -> None:
        for name in self.made:
            self._server(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _name(self, name: str) -> str:
        return f"{connection.settings_dict['NAME']}_{name}"

    def _copy(self, origin: str, target: str) -> None:
        connection.close()  # a database in use is no template
        self._server(f'CREATE DATABASE "{target}" TEMPLATE "{origin}"')
        self.made.append(target)

    def _server(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture(scope="session")
def kept_databases(tmp_path_factory, django_db_blocker) -> Iterator[KeptDatabases]:
    kept = KeptDatabases(tmp_path_factory.mktemp("kept"))
    yield kept
    with django_db_blocker.unblock():
        kept.drop()


@pytest.fixture
def sample_file(django_db_setup, kept_databases, tmp_path) -> str:
    """The address of an SQLite file of its own with the sample; only where the tests run on SQLite."""
    return kept_databases.copy_file("sample", tmp_path / "site.sqlite3")


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    """Failed sign-ins and downloads of one test do not count in the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _flushable(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with real transactions ends by emptying every table: the triggers step aside for that.

    ``flush`` itself puts them back (post_migrate), and the next such test loads its data anew.
    """
    marker = request.node.get_closest_marker("django_db")
    if not (
        (marker and marker.kwargs.get("transaction"))
        or {"transactional_db", "live_server"} & set(request.fixturenames)
    ):
        yield
        return
    request.getfixturevalue("transactional_db")
    _load_anew()
    yield
    frozen.drop_triggers()
    recording.drop_triggers()


def _load_anew() -> None:
    _load_reference_data()
    if not Community.objects.exists():
        sample_data.load()


def _load_reference_data() -> None:
    """What migrations load, before triggers watch: no change past the application."""
    if EconomicCode.objects.exists():
        return
    recording.drop_triggers()
    stored: dict[str, EconomicCode] = {}
    for code, title, parent in ECONOMIC_CODES:
        stored[code] = EconomicCode.objects.create(
            code=code, title=title, parent=stored.get(parent)
        )
    EffectivenessScale.objects.create(
        grounds="лист", valid_from=dt.date(2013, 9, 19), **dataclasses.asdict(LETTER)
    )
    recording.install_triggers()


@pytest.fixture
def sample(db) -> Passport:
    """The passport of programme 0217530 for 2023, approved, with its payments and its report."""
    return Passport.objects.select_related("programme__community").get(
        programme__code="0217530", year=2023
    )


@pytest.fixture
def revision(sample) -> PassportRevision:
    """The approved revision of the sample."""
    return sample.revisions.get(number=1)


@pytest.fixture
def empty_site(db) -> None:
    """The database as ``migrate`` leaves it: economic codes, the common scale and nothing else."""
    keep = {EconomicCode, EffectivenessScale, *apps.get_app_config("contenttypes").get_models()}
    keep |= {apps.get_model("auth.Permission")}
    frozen.drop_triggers()
    recording.drop_triggers()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model not in keep:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
    connection.check_constraints()
    frozen.install_triggers()
    recording.install_triggers()


def _person(username: str) -> User:
    return User.objects.get(username=username)


@pytest.fixture
def officer(sample) -> User:
    """The finance officer: may do everything in the sample's community."""
    return _person("finansy")


@pytest.fixture
def programme_head(sample) -> User:
    return _person("it")


@pytest.fixture
def signatory(sample) -> User:
    return _person("pidpys")


@pytest.fixture
def clerk(sample) -> User:
    return _person("rada")


@pytest.fixture
def auditor(sample) -> User:
    """Reads everything in the sample's community, writes nothing."""
    return _person("audyt")


@pytest.fixture
def administrator(sample) -> User:
    return _person("admin")


@dataclass(frozen=True)
class OtherCommunity:
    """A community next door with the same programme code and year; its people see nothing of the sample."""

    community: Community
    unit: SpendingUnit
    programme: BudgetProgramme
    passport: Passport
    revision: PassportRevision
    line: SpendingLine
    officer: User


@pytest.fixture
def elsewhere(sample) -> OtherCommunity:

    community = Community.objects.create(name="Сусідня громада", region="Вінницька область")
    BudgetCode.objects.create(
        community=community, code="0255300000", valid_from=dt.date(2023, 1, 1)
    )
    unit = SpendingUnit.objects.create(
        community=community,
        code="0210000",
        name="Виконавчий комітет сусідньої ради",
        edrpou="03084813",
        level="key",
    )
    programme = BudgetProgramme.objects.create(
        community=community,
        code="0217530",
        type_code="7530",
        functional_code="0460",
        title="Інформатизація сусідньої громади",
        key_unit=unit,
        responsible_unit=unit,
    )
    officer = User.objects.create_user("susid", password="susid-password")
    Membership.objects.create(
        user=officer, unit=unit, role=Role.FINANCE_OFFICER, valid_from=dt.date(2023, 1, 1)
    )
    revision = passports.create(programme=programme, year=2023, by=officer)
    row = {
        "title": "Супровід сайту сусідньої громади",
        "local_programme": None,
        "allocations": [("2240", Decimal("1000.00"), Decimal("0.00"))],
    }
    passports.save_lines(revision=revision, rows=[row], version=1, by=officer)
    day = dt.date(2023, 1, 20)
    passports.agree(revision=revision, agreed_on=day, version=2, by=officer)
    passports.approve(revision=revision, order_number="1", order_date=day, version=3, by=officer)
    revision.refresh_from_db()
    return OtherCommunity(
        community=community,
        unit=unit,
        programme=programme,
        passport=revision.passport,
        revision=revision,
        line=revision.spendinglines.get(),
        officer=officer,
    )


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A client that this person signed in with."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def officer_client(sign_in, officer) -> Client:
    return sign_in(officer)


@pytest.fixture
def auditor_client(sign_in, auditor) -> Client:
    return sign_in(auditor)


@pytest.fixture
def stranger_client(sign_in, elsewhere) -> Client:
    return sign_in(elsewhere.officer)
