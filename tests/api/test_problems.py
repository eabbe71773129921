"""Every refusal is a problem: whoever refuses, and where nothing answers at all."""

import json

import pytest
from django.test import Client

from budgets.services import cash
from tests.api.conftest import refusal
from tests.api.test_cash import body, payment

__all__ = ["payment"]  # the fixture
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/api/v1/no/such/", "/api/v1/passports/x/", "/api/v2/passports/", "/api/v1/"])  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_is_told_as_a_problem(finance, address, method):
    refusal(finance.ask(method, address), 404, "not-found")
    refusal(getattr(Client(), method)(address), 404, "not-found")


def test_an_unknown_page_stays_a_page(officer_client):
    assert "html" in officer_client.get("/no/such/")["Content-Type"]
    assert "html" in officer_client.get("/api/no-such/")["Content-Type"]


def test_what_is_no_json_is_refused(sample, finance):
    at, headers = f"/api/v1/passports/{sample.pk}/payments/", {"Authorization": f"Bearer {finance.token}"}  # fmt: skip
    for sent in ("{", "NaN", '{"amount": Infinity}', b"\xff"):
        answer = finance.client.post(at, sent, content_type="application/json", headers=headers)
        refusal(answer, 400, "bad-request")
    for sent in ("[]", "1", '"x"', "null"):
        answer = finance.client.post(at, sent, content_type="application/json", headers=headers)
        refusal(answer, 422, "invalid")
    refusal(finance.client.post(at, {"a": "b"}, headers=headers), 415, "wrong-type")
    refusal(finance.get(at, Accept="text/csv"), 406, "not-acceptable")


def test_a_wrong_method_is_refused(sample, finance):
    answer = finance.delete(f"passports/{sample.pk}/payments/")
    refusal(answer, 405, "wrong-method")
    assert "GET" in answer["Allow"]


def test_a_body_over_the_limit_is_refused(sample, finance, settings, payment):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
    at = f"passports/{sample.pk}/payments/"
    refusal(finance.post(at, body(payment, note="x" * 2_600_000)), 413, "too-large")
    settings.MAX_REQUEST_BYTES = 1024**2
    refusal(finance.post(at, body(payment, note="x" * 1_100_000)), 413, "too-large")


def test_a_failure_tells_nothing_of_itself_and_writes_nothing(sample, finance, payment, monkeypatch, caplog):  # fmt: skip
    def broken(**_kwargs):
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr(cash, "record", broken)
    answer = finance.post(f"passports/{sample.pk}/payments/", body(payment))
    refusal(answer, 500, "failure")
    assert "secret" not in answer.content.decode()
    assert answer["X-Request-ID"]
    assert "a secret of the inside" in caplog.text


def test_texts_that_no_database_keeps_are_refused(sample, finance, payment):
    at = f"passports/{sample.pk}/payments/"
    for note in ("a\0b", "\ud800"):
        sent = json.dumps(body(payment, note=note))
        answer = finance.client.post(
            f"/api/v1/{at}", sent, content_type="application/json", headers={"Authorization": f"Bearer {finance.token}"}
        )  # fmt: skip
        refusal(answer, 422, "invalid")


def test_the_page_of_the_api_names_every_kind(officer_client):
    page = officer_client.get("/api/").content.decode()
    for kind in ("stale", "cells", "key-reused", "too-often"):
        assert f'id="{kind}"' in page
    assert "/api/v1/schema" in page
