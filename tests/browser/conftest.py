"""A real server with the sample data, and Chromium in front of it.

The sample is loaded once; every test module gets its own copy and its own server, so modules may write.
Playwright lives no longer than a module: its event loop would stop Django's database calls in other tests.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "eprogram-zrazok"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _environment(database: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "EPROGRAM_SECRET_KEY": "used-by-browser-tests-only-0123456789",
        "EPROGRAM_SAMPLE": "yes",
        "EPROGRAM_DEBUG": "no",
        "EPROGRAM_FILES": str(database.parent / "files"),
    }


def _manage(database: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=_environment(database), check=True
    )


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Made by the first of the processes, with the static files; the others wait for it. Modules take copies."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    database, unfinished = shared / "sample.sqlite3", shared / "unfinished.sqlite3"
    with (shared / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists():
            _manage(unfinished, "migrate", "--verbosity", "0")
            _manage(unfinished, "load_sample")
            _manage(unfinished, "collectstatic", "--noinput", "--verbosity", "0")
            unfinished.rename(database)
    return database


@pytest.fixture(scope="module")
def site_database(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy of the sample."""
    database = tmp_path_factory.mktemp("site") / "site.sqlite3"
    shutil.copy(sample_database, database)
    return database


@pytest.fixture(scope="module")
def site_environment(site_database: Path) -> dict[str, str]:
    """What a command needs to work on the database of the running site."""
    return _environment(site_database)


@pytest.fixture(scope="module")
def site(site_database: Path) -> Iterator[str]:
    """The address of a running site with a fresh copy of the sample."""
    database, directory = site_database, site_database.parent
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = ["-m", "gunicorn", "eprogram.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    with (directory / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=_environment(database), stdout=log, stderr=log
        )
        try:
            _wait_for(f"{address}/login/", server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(100):
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own server
        except OSError:
            assert server.poll() is None, "the server stopped"
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{url} does not answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=site, locale="uk-UA", viewport={"width": 1366, "height": 768}
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab; the test fails when a script on its pages does."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors, errors


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """Sign a sample user in: ``sign_in(page)`` or ``sign_in(page, "audyt")``."""

    def sign_in(page: Page, username: str = "finansy") -> None:
        page.goto("/login/")
        page.locator("#id_username").fill(username)
        page.locator("#id_password").fill(PASSWORD)
        page.get_by_role("button", name="Увійти").click()
        page.wait_for_url(lambda url: "/login/" not in url)

    return sign_in


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """axe finds nothing on the page as it stands."""

    def check(page: Page) -> None:
        found = Axe().run(page)
        assert not found.response["violations"], found.generate_report()

    return check
