"""The second factor: asked for at sign-in, required by role, kept encrypted, removed by an administrator."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.adapters import SecondFactorAdapter

pytestmark = pytest.mark.django_db


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_password_alone_signs_nobody_with_codes_in(officer, with_codes, try_password, code_of):
    secret = with_codes(officer)
    client = Client()
    assert try_password(client, "finansy").url.startswith(reverse("mfa_authenticate"))
    assert not signed_in(client)
    assert client.get(reverse("home")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not signed_in(client)
    before = client.session.session_key
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert signed_in(client)
    assert client.session.session_key != before


@pytest.mark.usefixtures("database_cache")
def test_a_code_works_once(officer, with_codes, try_password, code_of):
    secret = with_codes(officer)
    code, outcomes = code_of(secret), []
    for client in (Client(), Client()):
        try_password(client, "finansy")
        client.post(reverse("mfa_authenticate"), {"code": code})
        outcomes.append(signed_in(client))
    assert outcomes == [True, False]


def test_guessing_codes_is_locked_and_a_right_one_does_not_help_then(
    officer, with_codes, try_password, code_of
):
    secret = with_codes(officer)
    client = Client()
    try_password(client, "finansy")
    for guess in range(5):
        client.post(reverse("mfa_authenticate"), {"code": f"00000{guess}"})
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "Забагато невдалих спроб" in answer.content.decode()
    assert not signed_in(client)


def test_going_back_from_the_second_step_forgets_the_first(officer, with_codes, try_password):
    with_codes(officer)
    client = Client()
    try_password(client, "finansy")
    assert client.post(reverse("sign_in_cancel")).url == reverse("login")
    assert client.get(reverse("mfa_authenticate")).url == reverse("login")


def test_what_codes_are_made_of_is_encrypted_in_the_database(officer, with_codes, settings):
    secret = with_codes(officer)
    stored = Authenticator.objects.get(user=officer, type="totp")
    assert secret not in str(stored.data)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert SecondFactorAdapter().decrypt(stored.data["secret"]) == secret


def test_changing_the_second_factor_asks_for_the_password_once_more(officer_client):
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        answer = officer_client.get(reverse(name))
        assert answer.status_code == 302, name
        assert answer.url.startswith(reverse("account_reauthenticate")), name


def test_confirming_leads_to_no_other_site(officer_client):
    answer = officer_client.post(
        reverse("account_reauthenticate") + "?next=https://evil.example/",
        {"password": "eprogram-zrazok", "next": "https://evil.example/"},
    )
    assert answer.status_code == 302
    assert "evil" not in answer.url


ROLES = ["finance_officer", "administrator"]


def test_a_role_that_wants_a_second_factor_opens_nothing_without_one(
    sample, officer, sign_in, settings, with_codes
):
    settings.SECOND_FACTOR_ROLES = ROLES
    client = sign_in(officer)
    for address in (reverse("home"), reverse("passport", args=[sample.pk]), reverse("sessions"), reverse("mfa_list_webauthn")):  # fmt: skip
        assert client.get(address).url == reverse("mfa_index"), address
        assert client.post(address).url == reverse("mfa_index"), address
    htmx = client.get(reverse("home"), headers={"HX-Request": "true"})
    assert htmx.headers["HX-Redirect"] == reverse("mfa_index")
    page = client.get(reverse("mfa_index"))
    assert "Ваша роль вимагає другого фактора" in page.content.decode()
    with_codes(officer)
    assert client.get(reverse("home")).status_code == 200


def test_other_roles_work_as_before(auditor_client, settings):
    settings.SECOND_FACTOR_ROLES = ROLES
    assert auditor_client.get(reverse("home")).status_code == 200


def test_a_superuser_counts_as_an_administrator(sample, sign_in, settings):
    settings.SECOND_FACTOR_ROLES = ROLES
    client = sign_in(User.objects.create_superuser("root", password="Zrazok-2026-parol"))
    assert client.get(reverse("admin:index")).url == reverse("mfa_index")


def test_recovery_codes_alone_are_no_second_factor(officer, sign_in, settings, with_codes):
    settings.SECOND_FACTOR_ROLES = ROLES
    with_codes(officer)
    Authenticator.objects.filter(user=officer, type="totp").delete()
    assert sign_in(officer).get(reverse("home")).url == reverse("mfa_index")


def test_the_last_factor_of_such_a_role_stays(officer, try_password, settings, with_codes, code_of):
    settings.SECOND_FACTOR_ROLES = ROLES
    secret = with_codes(officer)
    client = Client()
    try_password(client, "finansy")
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    confirmed = {"password": "eprogram-zrazok", "next": reverse("mfa_deactivate_totp")}
    client.post(reverse("account_reauthenticate"), confirmed)
    page = client.post(reverse("mfa_deactivate_totp"))
    assert "Ваша роль вимагає другого фактора" in page.content.decode()
    assert Authenticator.objects.filter(user=officer, type="totp").exists()


def test_an_administrator_removes_a_lost_factor(
    officer, administrator, sign_in, with_codes, try_password
):
    with_codes(officer)
    page = sign_in(administrator).get(reverse("admin:auth_user_change", args=[officer.pk]))
    assert "Зняти другий фактор" in page.content.decode()
    sign_in(administrator).post(reverse("admin:auth_user_forget_second_factor", args=[officer.pk]))
    client = Client()
    try_password(client, "finansy")
    assert signed_in(client)


def test_heavy_downloads_are_counted_for_each_person(sample, officer_client, auditor_client, settings):  # fmt: skip
    settings.DOWNLOAD_LIMIT = "2/m/user"
    address = reverse("report_download", args=[sample.pk, "passport", "json"])
    assert [officer_client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    assert auditor_client.get(address).status_code == 200
    assert officer_client.get(reverse("home")).status_code == 200
    cache.clear()
    assert officer_client.get(address).status_code == 200
