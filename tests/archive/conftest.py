from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path

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
def worked_in(new_site) -> Callable[[str], Site]:
    """A filled site on that kind of database, with its archive beside it; made when first asked for. Nobody changes it."""

    @cache
    def filled(vendor: str) -> Site:
        site = new_site(vendor, "sample")
        site.call("fill")
        site.manage("backup", site.files.parent / "site.zip")
        return site

    return filled


@pytest.fixture
def archive(worked_in) -> Path:
    """The archive of a filled site on the kind of database the tests run on."""
    return worked_in(connection.vendor).files.parent / "site.zip"
