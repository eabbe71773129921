"""Dockerfile and docker-compose.yml are not built here, so what can be read from them is checked."""

import json
import os
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import environ
import pytest
import yaml

ROOT = Path(__file__).parent.parent
SECRETS = ("EPROGRAM_SECRET_KEY", "POSTGRES_PASSWORD")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, arguments), continued lines joined and comments left out."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(read("docker-compose.yml"))


@pytest.fixture(scope="module")
def server_command(instructions: list[tuple[str, str]]) -> list[str]:
    (command,) = [arguments for name, arguments in instructions if name == "CMD"]
    return json.loads(command)


def copied_sources(instructions: list[tuple[str, str]]) -> list[str]:
    copies = [arguments.split() for name, arguments in instructions if name == "COPY"]
    return [source.rstrip("/") for *sources, _target in copies for source in sources]


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def makefile_server() -> tuple[list[str], str]:
    """What `make run` starts, and the port it says."""
    makefile = re.sub(r"\\\n\s*", "", read("Makefile"))
    (command,) = re.findall(r"-m (gunicorn .*)", makefile)
    (port,) = re.findall(r"^PORT\s*[:?]?=\s*(\d+)$", makefile, flags=re.MULTILINE)
    return command.split(), port


def test_every_copied_source_exists(instructions):
    missing = [source for source in copied_sources(instructions) if not (ROOT / source).exists()]
    assert missing == []


def test_every_copied_source_passes_dockerignore(instructions):
    rules = [line for line in read(".dockerignore").splitlines() if line and line[0] != "#"]
    for source in copied_sources(instructions):
        verdicts = [rule[0] != "!" for rule in rules if fnmatch(source, rule.lstrip("!"))]
        assert verdicts[-1:] == [False], f".dockerignore holds {source} back"


def test_no_local_state_reaches_the_image():
    ignored = read(".dockerignore").splitlines()
    assert "*" in ignored
    for name in (".env", ".git", "db.sqlite3", "var"):
        assert f"!{name}" not in ignored


def test_every_layer_and_folder_of_the_site_is_copied(instructions):
    project = tomllib.loads(read("pyproject.toml"))
    needed = project["tool"]["importlinter"]["root_packages"] + ["manage.py", "templates", "static"]
    needed += [name for name in ("locale",) if (ROOT / name).exists()]
    assert set(needed) <= set(copied_sources(instructions))


def test_packages_are_installed_from_the_pinned_file_with_hashes(instructions):
    installs = [arguments for name, arguments in instructions if "pip install" in arguments]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "--requirement requirements/base.txt" in installs[0]


def test_the_image_prints_with_the_libraries_make_setup_installs(instructions):
    setup = re.findall(r"^ {4}need \S+ is_installed (\S+)$", read("scripts/setup.sh"), re.MULTILINE)
    system = " ".join(arguments for _, arguments in instructions if "apt-get install" in arguments)
    assert setup
    assert set(setup) <= set(system.split())


def test_image_and_project_speak_of_the_same_python(instructions):
    base = dict(instructions)["FROM"]
    supported = tomllib.loads(read("pyproject.toml"))["project"]["requires-python"]
    assert base.startswith(f"python:{supported.removeprefix('>=')}-")


def test_the_server_runs_without_root_and_after_everything_was_built(instructions):
    names = [name for name, _ in instructions]
    assert dict(instructions)["USER"] not in ("root", "0")
    assert "RUN" not in names[names.index("USER") :]


def test_no_secret_is_written_into_the_image(instructions):
    kept = " ".join(arguments for name, arguments in instructions if name in ("ENV", "ARG"))
    assert not any(secret in kept for secret in SECRETS)


def test_the_image_serves_what_make_run_serves(server_command):
    local, _ = makefile_server()
    assert server_command[:2] == local[:2] == ["gunicorn", "eprogram.wsgi"]
    assert (ROOT / "eprogram" / "wsgi.py").exists()
    for name in ("--workers", "--threads"):
        assert option(server_command, name) == option(local, name)


def test_one_port_everywhere(instructions, server_command, compose):
    _, port = makefile_server()
    (published,) = compose["services"]["web"]["ports"]
    assert option(server_command, "--bind") == f"0.0.0.0:{port}"
    assert dict(instructions)["EXPOSE"] == port
    assert published.split(":")[-1] == port
    assert f"127.0.0.1:{port}/healthz" in read("scripts/healthcheck.py")


def test_web_is_published_to_its_own_machine_only(compose):
    (published,) = compose["services"]["web"]["ports"]
    assert published.startswith("127.0.0.1:")
    assert "ports" not in compose["services"]["db"]


def test_compose_needs_every_secret_and_knows_no_default(compose):
    text = read("docker-compose.yml")
    variables = re.findall(r"\$\{(\w+)([^}]*)\}", text)
    assert {name for name, _ in variables} >= set(SECRETS)
    for name, rest in variables:
        assert rest.startswith(":?"), f"{name} must be required, with a sentence that says what"
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if name in SECRETS:
                assert value.startswith(f"${{{name}:?")


def test_compose_is_never_the_sample_set_up(compose):
    for service in compose["services"].values():
        assert not {"EPROGRAM_SAMPLE", "EPROGRAM_DEBUG"} & set(service.get("environment", {}))


def test_compose_hands_over_only_settings_that_are_read(compose):
    settings = read("eprogram/settings.py")
    for name in compose["services"]["web"]["environment"]:
        assert f'"{name}"' in settings, f"settings.py does not read {name}"


def test_database_address_matches_the_database_service(compose):
    db = compose["services"]["db"]["environment"]
    address = compose["services"]["web"]["environment"]["DATABASE_URL"]
    parsed = environ.Env.db_url_config(re.sub(r"\$\{[^}]*\}", "secret", address))
    assert (parsed["HOST"], parsed["PORT"]) == ("db", 5432)
    assert (parsed["USER"], parsed["NAME"]) == (db["POSTGRES_USER"], db["POSTGRES_DB"])
    assert parsed["ENGINE"] == "django.db.backends.postgresql"


def test_web_waits_for_a_healthy_database_and_its_migrations(compose):
    services = compose["services"]
    assert services["db"]["image"] == "postgres:16"
    assert "pg_isready" in services["db"]["healthcheck"]["test"]
    assert services["web"]["depends_on"]["db"]["condition"] == "service_healthy"
    wait = services["web"]["depends_on"]["migrate"]["condition"]
    assert wait == "service_completed_successfully"
    assert services["migrate"]["command"][:3] == ["python", "manage.py", "migrate"]


def test_the_data_outlive_the_container(compose):
    (volume,) = compose["services"]["db"]["volumes"]
    name, target = volume.split(":")
    assert name in compose["volumes"]
    assert target == "/var/lib/postgresql/data"


@pytest.mark.parametrize(("status", "is_well"), [(200, True), (500, False)])
def test_healthcheck_asks_under_the_sites_name(tmp_path, status, is_well):
    asked = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    script = tmp_path / "healthcheck.py"
    script.write_text(read("scripts/healthcheck.py").replace(":8000/", f":{server.server_port}/"))
    try:
        result = subprocess.run(
            [sys.executable, script],
            env={**os.environ, "EPROGRAM_ALLOWED_HOSTS": ".rada.example,other.example"},
            capture_output=True,
            check=False,
        )
    finally:
        server.shutdown()
        server.server_close()
    assert (result.returncode == 0) is is_well
    assert asked == [("/healthz", "rada.example")]


def test_uploaded_files_outlive_the_container(instructions, compose):
    site = compose["services"]["web"]
    folder = site["environment"]["EPROGRAM_FILES"]
    assert f"files:{folder}" in site["volumes"]
    assert "files" in compose["volumes"]
    assert any(
        name == "RUN" and f"--owner=eprogram {folder}" in arguments
        for name, arguments in instructions
    )
