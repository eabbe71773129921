import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.archive.sites import Site

VENDORS = ["sqlite", "postgresql"] if connection.vendor == "postgresql" else ["sqlite"]
_numbers = count()


@pytest.fixture(scope="session")
def new_site(tmp_path_factory, worker_id, django_db_blocker) -> Iterator[Callable[[str], Site]]:
    """Makes a site without tables on the database of that kind; PostgreSQL where the tests run on it."""
    made = []

    def server(statement: str) -> None:
        # Past the tests' own database: these tests may run without it.
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute(statement)

    def make(vendor: str) -> Site:
        folder = tmp_path_factory.mktemp("site")
        if vendor == "sqlite":
            return Site(f"sqlite:///{folder / 'site.sqlite3'}", folder / "files")
        name = f"archive_{worker_id}_{next(_numbers)}"
        server(f'CREATE DATABASE "{name}"')
        made.append(name)
        parts = urlsplit(os.environ["DATABASE_URL"])
        return Site(urlunsplit(parts._replace(path=f"/{name}")), folder / "files")

    yield make
    for name in made:
        server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def worked_in(new_site) -> dict[str, Site]:
    """A filled site on each kind of database, with its archive beside it. Nobody changes it."""
    found = {}
    for vendor in VENDORS:
        site = new_site(vendor)
        site.call("fill")
        site.manage("backup", site.files.parent / "site.zip")
        found[vendor] = site
    return found


@pytest.fixture
def copy_of(worked_in, tmp_path) -> Callable[[], Site]:
    """A filled SQLite site that a test may change."""

    def make() -> Site:
        origin = worked_in["sqlite"].files.parent
        shutil.copytree(origin, tmp_path / "copy")
        return Site(f"sqlite:///{tmp_path / 'copy' / 'site.sqlite3'}", tmp_path / "copy" / "files")

    return make
