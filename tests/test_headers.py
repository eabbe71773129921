"""What every answer says to browsers and caches, and how much a request may carry."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from eprogram.middleware import content_security_policy
from tests.test_architecture import ADMIN_PAGES, addresses

__all__ = ["addresses"]  # the fixture
INLINE = re.compile(r"<[a-z][^>]*\sstyle\s*=|<style\b|<[a-z][^>]*\son[a-z]+\s*=|javascript:", re.IGNORECASE)  # fmt: skip
# A block of data is no script: browsers run none but the types they know.
SCRIPT = re.compile(r"<script\b(?![^>]*(?:\bsrc=|type=.application/json))", re.IGNORECASE)


def check(answer, url):
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy, url
    assert policy.startswith("default-src 'none'"), url
    assert answer.headers["Cache-Control"] == "no-store, private", url
    assert answer.headers["X-Content-Type-Options"] == "nosniff", url
    assert answer.headers["X-Frame-Options"] == "DENY", url
    assert answer.headers["Referrer-Policy"] == "same-origin", url
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/html") and "attachment" not in answer.get("Content-Disposition", ""):
        page = answer.content.decode()
        assert INLINE.findall(page) == [], url
        assert SCRIPT.findall(page) == [], url


def test_every_page_has_a_strict_policy_and_obeys_it(addresses, officer_client):
    for urls in addresses.values():
        for url in urls:
            check(officer_client.get(url), url)
            check(Client().get(url), url)


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_the_administration_obeys_it_too(admin_client, name):
    check(admin_client.get(reverse(name)), name)


def test_the_page_of_one_account_obeys_it_too(admin_client, officer):
    url = reverse("admin:auth_user_change", args=[officer.pk])
    check(admin_client.get(url), url)
    invite = reverse("admin:auth_user_invite", args=[officer.pk])
    check(admin_client.post(invite), invite)


def test_refusals_have_the_headers_too(officer_client, db):
    for url in ("/no/such/page/", reverse("passport", args=[99_999])):
        answer = officer_client.get(url)
        assert answer.status_code == 404
        check(answer, url)


def test_forms_lead_to_providers_that_are_on_and_nowhere_else():
    assert "form-action 'self';" in content_security_policy([])
    assert "form-action 'self' https://id.gov.ua;" in content_security_policy(["https://id.gov.ua"])


def test_a_request_that_is_too_large_is_refused_unread(officer_client, settings):
    settings.MAX_REQUEST_BYTES = 1024**2
    url = reverse("passport_new")
    refused = officer_client.post(url, {"title": "я" * 600_000})
    assert refused.status_code == 413
    assert "не більше 1 МБ" in refused.content.decode()
    check(refused, url)
