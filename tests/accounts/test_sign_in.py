"""Signing in: lockout of accounts and of addresses, sessions, the address one is sent on to."""

import time

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
WRONG = "ne-toi-parol-2026"
LOCKED = "Забагато невдалих спроб"


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def fail(try_password, username: str, times: int, **more) -> None:
    for _attempt in range(times):
        assert LOCKED not in try_password(Client(), username, WRONG, **more).content.decode()


@pytest.mark.usefixtures("database_cache")
def test_the_fifth_failure_locks_the_account_from_any_address(officer, try_password):
    for last in range(5):
        try_password(Client(), "finansy", WRONG, REMOTE_ADDR=f"10.0.0.{last}")
    client = Client()
    answer = try_password(client, "finansy", REMOTE_ADDR="10.9.9.9")
    assert LOCKED in answer.content.decode()
    assert not signed_in(client)
    others = Client()
    try_password(others, "audyt", REMOTE_ADDR="10.9.9.9")
    assert signed_in(others)


def test_a_lock_is_the_same_however_the_name_is_typed_and_whatever_the_host(
    officer, try_password, settings
):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    for name, host in (("finansy", "testserver"), ("FINANSY", "other.example"), (" finansy ", "testserver")):  # fmt: skip
        fail(try_password, name, 1, HTTP_HOST=host)
    fail(try_password, "Finansy", 2)
    assert LOCKED in try_password(Client(), "finansy").content.decode()


def test_many_failures_from_one_address_lock_the_address(officer, try_password):
    for number in range(30):
        fail(try_password, f"nihto-{number}", 1, REMOTE_ADDR="203.0.113.7")
    blocked = try_password(Client(), "finansy", REMOTE_ADDR="203.0.113.7")
    assert LOCKED in blocked.content.decode()
    client = Client()
    try_password(client, "finansy", REMOTE_ADDR="203.0.113.8")
    assert signed_in(client)


def test_a_visitor_does_not_choose_the_address_that_is_counted(officer, try_password, settings):
    for number in range(30):
        fail(try_password, f"nihto-{number}", 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert LOCKED in try_password(Client(), "finansy").content.decode()
    cache.clear()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(30):
        claimed = f"198.51.100.{number}, 203.0.113.7"  # the proxy adds the last
        fail(try_password, f"nihto-{number}", 1, HTTP_X_FORWARDED_FOR=claimed)
    blocked = try_password(Client(), "finansy", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert LOCKED in blocked.content.decode()


def test_an_account_opens_again_with_time(officer, try_password, monkeypatch):
    fail(try_password, "finansy", 5)
    now = time.time
    monkeypatch.setattr(
        "allauth.core.internal.ratelimit.time.time", lambda: now() + 15 * 60 + 1, raising=True
    )
    client = Client()
    try_password(client, "finansy")
    assert signed_in(client)


@pytest.mark.usefixtures("database_cache")
def test_an_administrator_unlocks_an_account(officer, administrator, sign_in, try_password):
    fail(try_password, "finansy", 5)
    assert LOCKED in try_password(Client(), "finansy").content.decode()
    sign_in(administrator).post(reverse("admin:auth_user_unlock", args=[officer.pk]))
    client = Client()
    try_password(client, "finansy")
    assert signed_in(client)


def test_success_does_not_forgive_earlier_failures(officer, try_password):
    fail(try_password, "finansy", 4)
    try_password(Client(), "finansy")
    fail(try_password, "finansy", 1)
    assert LOCKED in try_password(Client(), "finansy").content.decode()


def test_an_unknown_name_and_a_wrong_password_are_told_alike(officer, try_password):
    answers = [
        try_password(Client(), name, WRONG).context["form"].non_field_errors()
        for name in ("finansy", "nihto")
    ]
    assert answers[0]
    assert answers[0] == answers[1]


def test_an_account_switched_off_does_not_sign_in(officer, try_password):
    User.objects.filter(pk=officer.pk).update(is_active=False)
    client = Client()
    try_password(client, "finansy")
    assert not signed_in(client)


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(officer, try_password, address):
    answer = try_password(Client(), "finansy", to=address)
    assert answer.url == reverse("home")
    page = Client().get(reverse("login"), {"next": address}).content.decode()
    assert "evil" not in page


def test_another_name_of_the_site_is_another_site(officer, try_password, settings):
    settings.ALLOWED_HOSTS = ["testserver", ".example.org"]
    answer = try_password(Client(), "finansy", to="http://any.example.org/")
    assert answer.url == reverse("home")


def test_signing_in_makes_a_new_session(officer, try_password):
    client = Client()
    session = client.session
    session["kept"] = "before"
    session.save()
    before = session.session_key
    try_password(client, "finansy")
    assert signed_in(client)
    assert client.session.session_key != before


def test_signing_out_ends_the_session_on_the_server(officer, try_password):
    client = Client()
    try_password(client, "finansy")
    stolen = client.cookies["sessionid"].value
    client.post(reverse("logout"))
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get(reverse("home")).status_code == 302


def test_cookies_are_kept_from_scripts_and_other_sites_and_end_with_the_browser(
    officer, try_password
):
    client = Client()
    client.get(reverse("login"))
    try_password(client, "finansy")
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["samesite"] == "Lax"
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["max-age"] == ""
    assert client.session.get_expiry_age() <= 12 * 3600


def test_one_session_ends_another_and_then_all_others(officer, try_password):
    here, there, third, stranger = Client(), Client(), Client(), Client()
    for client in (here, there, third):
        try_password(client, "finansy", HTTP_USER_AGENT="Firefox")
    try_password(stranger, "audyt")
    page = here.get(reverse("sessions"))
    assert len(page.context["others"]) == 2
    assert len(stranger.get(reverse("sessions")).context["sessions"]) == 1

    foreign = UserSession.objects.get(user__username="audyt")
    assert here.post(reverse("sessions"), {"session": foreign.pk}).status_code == 404
    assert stranger.get(reverse("home")).status_code == 200

    other = UserSession.objects.get(session_key=there.session.session_key)
    here.post(reverse("sessions"), {"session": other.pk})
    assert there.get(reverse("home")).status_code == 302
    assert third.get(reverse("home")).status_code == 200
    here.post(reverse("sessions"))
    assert third.get(reverse("home")).status_code == 302
    assert here.get(reverse("home")).status_code == 200


def test_a_new_password_ends_other_sessions_and_keeps_this_one_listed(officer, try_password):
    here, there = Client(), Client()
    for client in (here, there):
        try_password(client, "finansy")
    new = {"new_password1": "Novyi-parol-2026", "new_password2": "Novyi-parol-2026"}
    here.post(reverse("password_change"), {"old_password": "eprogram-zrazok", **new})
    assert there.get(reverse("home")).status_code == 302
    assert [s.is_current for s in here.get(reverse("sessions")).context["sessions"]] != []


@pytest.mark.parametrize("password", ["korotkyi-1", "123456789012345", "password1234"])  # fmt: skip
def test_weak_passwords_are_refused(officer, officer_client, password):
    new = {"new_password1": password, "new_password2": password}
    answer = officer_client.post(
        reverse("password_change"), {"old_password": "eprogram-zrazok", **new}
    )
    assert answer.status_code == 200
    officer.refresh_from_db()
    assert officer.check_password("eprogram-zrazok")


def test_old_passwords_are_not_guessed_at_the_change_page(officer_client):
    data = {"old_password": WRONG, "new_password1": "x", "new_password2": "x"}
    statuses = [officer_client.post(reverse("password_change"), data).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_the_administration_has_no_sign_in_of_its_own(officer):
    answer = Client().post(
        reverse("admin:login"), {"username": "admin", "password": "eprogram-zrazok"}
    )
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))
    client = Client()
    client.force_login(User.objects.get(username="admin"))
    assert client.get(reverse("admin:password_change")).url == reverse("password_change")


def test_there_is_no_sign_up_and_no_reset_by_mail(client, db):
    for address in ("/signup/", "/accounts/signup/", "/password/reset/", "/account/email/"):
        assert client.get(address).status_code in {302, 404}
        assert client.post(address).status_code in {302, 403, 404}


def test_sign_ins_are_logged_with_name_and_address_and_without_the_password(
    client, officer, try_password, caplog
):
    caplog.set_level("INFO", logger="accounts")
    try_password(client, "nobody\nroot", "wrong-password-1")
    try_password(client, officer.username)
    assert [record.getMessage() for record in caplog.records] == [
        r"Failed sign-in as 'nobody\nroot' from 127.0.0.1",
        "Sign-in of 'finansy' from 127.0.0.1",
    ]
    assert "eprogram-zrazok" not in caplog.text
    assert "wrong-password" not in caplog.text
