import shutil
from collections.abc import Callable
from itertools import count

import pytest
from django.db import connection

from tests.archive.sites import Site

VENDORS = ["sqlite", "postgresql"] if connection.vendor == "postgresql" else ["sqlite"]
_numbers = count()


@pytest.fixture(scope="session")
def new_site(
    tmp_path_factory, worker_id, django_db_setup, django_db_blocker, kept_databases
) -> Callable[..., Site]:
    """Makes a site on the database of that kind, ``empty`` or with the ``sample``; PostgreSQL where the tests run on it."""

    def make(vendor: str, content: str = "empty") -> Site:
        folder = tmp_path_factory.mktemp("site")
        path, files = folder / "site.sqlite3", folder / "files"
        if vendor == "postgresql":
            with django_db_blocker.unblock():  # these tests may run without the tests' own database
                name = f"archive_{worker_id}_{next(_numbers)}"
                return Site(kept_databases.copy_on_server(content, name), files)
        if connection.vendor == "sqlite":
            return Site(kept_databases.copy_file(content, path), files)
        site = Site(f"sqlite:///{path}", files)
        site.manage("migrate", "--verbosity", "0")
        if content == "sample":
            site.manage("load_sample")
        return site

    return make


@pytest.fixture(scope="session")
def worked_in(new_site) -> dict[str, Site]:
    """A filled site on each kind of database, with its archive beside it. Nobody changes it."""
    found = {}
    for vendor in VENDORS:
        site = new_site(vendor, "sample")
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
