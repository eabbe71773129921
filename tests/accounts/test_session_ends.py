"""A session ends after idle minutes, and in any case after a working day."""

import time

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600


@pytest.fixture
def clock(monkeypatch):
    """``clock(seconds)`` moves time on."""
    now, passed = time.time, [0]
    monkeypatch.setattr("accounts.middleware.time.time", lambda: now() + passed[0])

    def move(seconds: int) -> None:
        passed[0] += seconds

    return move


def is_in(client: Client) -> bool:
    return client.get(reverse("home")).status_code == 200


def test_an_idle_session_ends_and_leads_back_to_where_it_was(officer, sign_in, clock):
    client = sign_in(officer)
    assert is_in(client)
    clock(59 * MINUTE)
    assert is_in(client)
    clock(59 * MINUTE)  # it was seen meanwhile
    assert is_in(client)
    clock(60 * MINUTE)
    answer = client.get(reverse("cash"))
    assert answer.url == f"{reverse('login')}?next={reverse('cash')}"
    assert "_auth_user_id" not in client.session
    assert not is_in(client)


def test_what_is_sent_after_the_end_is_not_written(officer, sign_in, clock, sample):
    client = sign_in(officer)
    clock(HOUR)
    answer = client.post(reverse("cash_cells", args=[sample.pk, 6]), headers={"Accept": "application/json"})  # fmt: skip
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))


def test_a_busy_session_ends_with_the_working_day(officer, sign_in, clock):
    client = sign_in(officer)
    for _half_hour in range(23):
        clock(30 * MINUTE)
        assert is_in(client)
    clock(30 * MINUTE)
    assert not is_in(client)


def test_the_idle_end_is_set_or_switched_off(officer, sign_in, clock, settings):
    settings.SESSION_IDLE_SECONDS = 10 * MINUTE
    client = sign_in(officer)
    clock(10 * MINUTE)
    assert not is_in(client)
    settings.SESSION_IDLE_SECONDS = 0
    client = sign_in(officer)
    clock(11 * HOUR)
    assert is_in(client)
    clock(HOUR)
    assert not is_in(client)


def test_a_page_a_minute_is_noted_once(officer, sign_in, clock):
    client = sign_in(officer)
    is_in(client)
    times = client.session["times"]
    clock(50)
    is_in(client)
    assert client.session["times"] == times
    clock(20)
    is_in(client)
    assert client.session["times"]["seen"] > times["seen"]
