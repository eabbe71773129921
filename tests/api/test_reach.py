"""Every service that writes is reached by the API, or is named here with the reason why not. Read from the sources."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve

from tests.api.standing import ROUTES

ROOT = Path(__file__).parent.parent.parent
APPS = ("accounts", "budgets", "indicators", "reports")
SOURCES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if not {"migrations", "views", "management"} & set(path.parts)
)

NOT_REACHED = {
    "accounts.services.invite": "a one-time link is a way into an account: it is shown on a page, once, to a person",
    "accounts.services.accept": "an invited person has no token yet",
    "accounts.services.unlock": "accounts and their factors are changed by an administrator who is signed in, with a second factor",
    "accounts.services.forget_second_factor": "as unlock",
    "accounts.services.end_sessions": "sessions are of browsers, ended in one",
    "accounts.services.make_token": "made on a page after the password once more: a token never makes tokens",
    "accounts.services.revoke_token": "as make_token; a token that is lost is not at hand to revoke itself",
    "accounts.services.end_tokens_of": "follows by itself from another password or an account that is off",
    "reports.services.issuing.*": "prints for seconds before its transaction, and a write of the API is one transaction: a page and a command",
    "reports.sample.load": "loads the sample into an empty system by a command",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in module.body if isinstance(node, ast.FunctionDef))


def is_recorded(function: ast.FunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "recorded" for each in function.decorator_list)  # fmt: skip


def names_in(module: ast.Module) -> dict[str, str]:
    """What the imported names of a module stand for."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def named(node: ast.AST, module: str, imported: dict[str, str]) -> Iterator[str]:
    """Everything that a piece of code names: functions of its own module, imported ones, and those of imported modules."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield imported.get(each.id, f"{module}.{each.id}")
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            yield f"{imported.get(each.value.id, each.value.id)}.{each.attr}"


def addresses() -> list[str]:
    """Every address of the API, with something in its places."""
    some = {"int": "1", "slug": "x-1"}
    return ["/" + re.sub(r"<(\w+):\w+>", lambda found: some[found[1]], route) for route in ROUTES.values()]  # fmt: skip


def reached() -> set[str]:
    """Functions that modules of the API's views name, and those that these name in turn."""
    found_views: list[Any] = [resolve(url).func for url in addresses()]
    views = {view.view_class.__module__ for view in found_views}
    calls: dict[str, set[str]] = defaultdict(set)
    found: set[str] = set()
    for path in SOURCES:
        module, parsed = module_of(path), tree(path)
        imported = names_in(parsed)
        if module in views:
            found |= set(named(parsed, module, imported))
        for function in functions(parsed):
            calls[f"{module}.{function.name}"] |= set(named(function, module, imported))
    waiting = list(found)
    while waiting:
        for name in calls.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


RECORDED = {
    f"{module_of(path)}.{function.name}"
    for path in SOURCES
    for function in functions(tree(path))
    if is_recorded(function)
}


@pytest.fixture(scope="module")
def in_reach() -> set[str]:
    return reached()


def test_services_that_write_are_found():
    assert len(RECORDED) > 70
    assert "budgets.services.cash.record" in RECORDED


@pytest.mark.parametrize("service", sorted(RECORDED))
def test_a_service_that_writes_is_reached_or_says_why_not(service, in_reach):
    module = service.rpartition(".")[0]
    assert service in in_reach or {service, f"{module}.*"} & NOT_REACHED.keys()


def test_what_a_module_of_pages_names_is_not_reached(in_reach):
    assert not {"accounts.services.make_token", "accounts.services.unlock"} & in_reach


def test_no_reason_outlives_its_service():
    assert {name for name in NOT_REACHED if not name.endswith("*")} <= RECORDED
