"""Signing in as a person does, with codes an application would show."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

PASSWORD = "eprogram-zrazok"


@pytest.fixture
def code_of() -> Callable[[str], str]:
    """What an application shows now; asked near the end of its half minute, it waits for the next."""

    def now(secret: str) -> str:
        left = 30 - time.time() % 30
        if left < 3:
            time.sleep(left + 0.1)
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    return now


@pytest.fixture
def try_password() -> Callable[..., Any]:
    def attempt(client: Client, username: str, password: str = PASSWORD, **more):
        address = more.pop("to", "")
        return client.post(
            reverse("login"), {"username": username, "password": password, "next": address}, **more
        )

    return attempt


@pytest.fixture
def with_codes() -> Callable[[User], str]:
    """Give the person an application with codes; returns its secret."""

    def enrol(user: User) -> str:
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
        return secret

    return enrol


@pytest.fixture
def database_cache(settings, db):
    """Counters where production keeps them."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "counters",
        }
    }
    cache.clear()
