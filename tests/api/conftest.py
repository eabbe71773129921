"""Programs with tokens."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services
from accounts.choices import Scope
from reports import session_package

ROOT = "/api/v1/"


@dataclass(frozen=True)
class Program:
    """Asks the API with a token; what it sends and gets is JSON."""

    token: str
    client: Client

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        sent = (
            {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        )
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        url = address if address.startswith("/") else ROOT + address
        return getattr(self.client, method)(url, headers=headers, **sent)

    def get(self, address: str, **headers: str) -> Any:
        return self.ask("get", address, **headers)

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.ask("post", address, {} if body is None else body, **headers)

    def put(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.ask("put", address, {} if body is None else body, **headers)

    def delete(self, address: str, **headers: str) -> Any:
        return self.ask("delete", address, **headers)


def token_of(user: User, *scopes: str) -> str:
    return services.make_token(
        user=user,
        name="Програма",
        scopes=scopes or Scope.values,
        expires_on=timezone.localdate() + dt.timedelta(days=30),
        by=user,
    )


@pytest.fixture
def program() -> Callable[..., Program]:
    """A program with a token of this person; with all scopes unless some are named."""

    def made(user: User, *scopes: str) -> Program:
        return Program(token_of(user, *scopes), Client(raise_request_exception=False))

    return made


@pytest.fixture
def finance(program, officer) -> Program:
    return program(officer)


@pytest.fixture
def audit(program, auditor) -> Program:
    return program(auditor)


def refusal(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The problem that an answer tells, checked for its shape."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["status"]) == (f"/api/#{kind}", status)
    assert told["title"]
    assert told["detail"]
    return told


@dataclass
class Queries:
    """How many queries an address took, each time it was asked."""

    program: Program
    address: str
    counts: list[int] = field(default_factory=list)

    def ask(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            answer = self.program.get(self.address)
        assert answer.status_code == 200, answer.content.decode()
        self.counts.append(len(queries))


@contextmanager
def constant_queries(program: Program, address: str) -> Iterator[Queries]:
    """Rows made after the first ``ask()`` cost the address no more queries."""
    queries = Queries(program, address)
    program.get("units/")  # the day of use is noted once
    yield queries
    queries.ask()
    assert len(queries.counts) == 2
    assert queries.counts[0] == queries.counts[1]


@pytest.fixture
def quick_package(monkeypatch):
    """A session package takes seconds to print; where only rights and shapes are tried, it is empty."""
    made = SimpleNamespace(content=b"PK", file_name="paket.zip")
    monkeypatch.setattr(session_package, "build", lambda _act: made)
