"""Tokens: made on a page, shown once, kept as a digest, good for their scopes, ended with the password and the account."""

import datetime as dt
import re
import time

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.choices import Scope
from accounts.models import ApiToken
from budgets.exceptions import RuleViolation
from budgets.models import Change
from budgets.permissions import Action
from budgets.selectors import record
from tests.api.conftest import refusal

pytestmark = pytest.mark.django_db
PASSWORD = "eprogram-zrazok"


@pytest.fixture
def confirmed(officer):
    """A browser whose person has just given the password."""
    client = Client()
    client.force_login(officer)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def typed(**changed):
    day = timezone.localdate() + dt.timedelta(days=30)
    return {"name": "Обмін", "scopes": ["read"], "expires_on": f"{day:%d.%m.%Y}", **changed}


def test_scopes_are_reading_and_the_actions_of_the_permissions():
    assert {*Scope.values} - {Scope.READ} == {action.value for action in Action}


def test_a_token_is_shown_once_and_kept_as_a_digest(confirmed, sample, officer):
    page = confirmed.post(reverse("tokens"), typed()).content.decode()
    secret = re.search(r"epr_[\w-]{43}", page)[0]
    assert secret not in confirmed.get(reverse("tokens")).content.decode()
    token = ApiToken.objects.get(user=officer)
    assert secret not in str(vars(token))
    assert len(token.digest) == 64
    assert not Change.objects.filter(after__contains=token.digest).exists()
    answer = Client().get(f"/api/v1/passports/{sample.pk}/months/", headers={"Authorization": f"Bearer {secret}"})  # fmt: skip
    assert answer.status_code == 200
    token.refresh_from_db()
    assert token.last_used_on == timezone.localdate()
    assert record.verify().faults == ()


def test_the_page_asks_for_the_password_once_more(officer_client, officer):
    for answer in (officer_client.get(reverse("tokens")), officer_client.post(reverse("tokens"), typed())):  # fmt: skip
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": " "}, "Назвіть токен"),
        ({"scopes": []}, "Оберіть, що дозволяє токен"),
        ({"scopes": ["everything"]}, "everything"),
        ({"expires_on": "01.01.2020"}, "Токен діє не довше"),
        ({"expires_on": "01.01.2099"}, "Токен діє не довше"),
        ({"expires_on": "завтра"}, "Це не дата"),
    ],
)
def test_a_token_that_does_not_fit_is_refused(confirmed, changed, message):
    answer = confirmed.post(reverse("tokens"), typed(**changed))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_the_service_refuses_what_no_form_sends(officer):
    day = timezone.localdate()
    for said in ({"name": " ", "scopes": ["read"]}, {"name": "а", "scopes": ["x"]}):
        with pytest.raises(RuleViolation):
            services.make_token(user=officer, by=officer, expires_on=day, **said)


def test_a_token_is_revoked_by_its_owner_only(confirmed, sample, program, officer, auditor):
    own, other = program(officer), program(auditor)
    foreign = ApiToken.objects.get(user=auditor)
    assert confirmed.post(reverse("tokens"), {"revoke": foreign.pk}).status_code == 404
    mine = ApiToken.objects.get(user=officer)
    assert confirmed.post(reverse("tokens"), {"revoke": mine.pk}).url == reverse("tokens")
    assert confirmed.post(reverse("tokens"), {"revoke": "x"}).url == reverse("tokens")
    refusal(own.get(f"passports/{sample.pk}/months/"), 401, "not-signed-in")
    assert other.get(f"passports/{sample.pk}/months/").status_code == 200
    assert "відкликано" in confirmed.get(reverse("tokens")).content.decode()


def test_another_password_ends_tokens_for_good(sample, officer, finance):
    address = f"passports/{sample.pk}/months/"
    old = officer.password
    officer.set_password("Zovsim-inshyi-2026")
    officer.save()
    refusal(finance.get(address), 401, "not-signed-in")
    User.objects.filter(pk=officer.pk).update(password=old)  # the token itself is revoked
    refusal(finance.get(address), 401, "not-signed-in")


def test_a_password_changed_past_the_application_ends_them_too(sample, officer, finance):
    User.objects.filter(pk=officer.pk).update(password="!")
    refusal(finance.get(f"passports/{sample.pk}/months/"), 401, "not-signed-in")


def test_a_page_that_changes_the_password_ends_tokens(confirmed, sample, finance):
    new = "Zovsim-inshyi-2026"
    said = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert confirmed.post(reverse("password_change"), said).status_code == 302
    refusal(finance.get(f"passports/{sample.pk}/months/"), 401, "not-signed-in")
    assert ApiToken.objects.get().revoked_at is not None


def test_an_account_that_is_switched_off_loses_its_tokens(sample, officer, finance):
    officer.is_active = False
    officer.save()
    officer.is_active = True
    officer.save()
    refusal(finance.get(f"passports/{sample.pk}/months/"), 401, "not-signed-in")
    assert [fault for fault in record.verify().faults if "token" in fault] == []


def test_signing_in_ends_no_token(sample, officer, confirmed, finance):
    Client().post(reverse("login"), {"username": officer.username, "password": PASSWORD})
    assert finance.get(f"passports/{sample.pk}/months/").status_code == 200


def test_a_token_ends_with_its_last_day(sample, finance):
    ApiToken.objects.update(expires_on=timezone.localdate())
    assert finance.get(f"passports/{sample.pk}/months/").status_code == 200
    ApiToken.objects.update(expires_on=timezone.localdate() - dt.timedelta(days=1))
    refusal(finance.get(f"passports/{sample.pk}/months/"), 401, "not-signed-in")


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer epr_x y", "bearer \xff", "Basic x"])  # fmt: skip
def test_what_is_no_token_opens_nothing(sample, header):
    answer = Client().get(f"/api/v1/passports/{sample.pk}/months/", headers={"Authorization": header})  # fmt: skip
    refusal(answer, 401, "not-signed-in")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_guessing_tokens_is_slowed_down(sample, settings, finance):
    settings.API_FAILED_LIMIT = "2/m/ip"
    ask = [Client().get(f"/api/v1/passports/{sample.pk}/months/", headers={"Authorization": "Bearer x"}) for _ in range(3)]  # fmt: skip
    assert [answer.status_code for answer in ask] == [401, 401, 429]
    assert refusal(ask[2], 429, "too-often")
    assert finance.get(f"passports/{sample.pk}/months/").status_code == 200


def test_scopes_narrow_what_a_role_allows(sample, program, officer):
    reader, writer = program(officer, "read"), program(officer, "enter_cash")
    address = f"passports/{sample.pk}/payments/"
    assert reader.get(address).status_code == 200
    told = refusal(reader.post(address, {}), 403, "insufficient-scope")
    assert "enter_cash" in told["detail"]
    refusal(writer.get(address), 403, "insufficient-scope")
    refusal(writer.post(address, {}), 422, "invalid")
    refusal(writer.post(f"passports/{sample.pk}/months/6/close/"), 403, "insufficient-scope")


def test_a_role_that_wants_a_second_factor_needs_it_here_too(
    sample, officer, finance, settings, sign_in
):
    settings.SECOND_FACTOR_ROLES = ["finance_officer"]
    address = f"/api/v1/passports/{sample.pk}/months/"
    refusal(finance.get(address), 403, "forbidden")
    browser = sign_in(officer)
    refusal(browser.get(address), 403, "forbidden")
    assert browser.get(reverse("tokens")).url == reverse("mfa_index")


def test_a_browser_needs_its_csrf_token_to_write(sample, officer):
    address = f"/api/v1/passports/{sample.pk}/months/6/close/"
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(officer)
    assert browser.get(f"/api/v1/passports/{sample.pk}/months/").status_code == 200
    refusal(browser.post(address, "{}", content_type="application/json"), 403, "forbidden")
    browser.get(reverse("home"))
    token = browser.cookies["csrftoken"].value
    answer = browser.post(address, "{}", content_type="application/json", headers={"X-CSRFToken": token})  # fmt: skip
    assert answer.status_code == 200, answer.content


def test_requests_of_a_person_are_counted(sample, settings, finance, audit):
    settings.API_LIMIT = "3/m/user"
    address = f"passports/{sample.pk}/months/"
    answers = [finance.get(address) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refusal(answers[3], 429, "too-often")
    assert answers[3]["Retry-After"] == "60"
    assert audit.get(address).status_code == 200


def test_a_token_is_found_by_one_query(sample, finance, django_assert_max_num_queries):
    address = f"passports/{sample.pk}/months/"
    finance.get(address)
    started = time.monotonic()
    with django_assert_max_num_queries(16):
        finance.get(address)
    assert time.monotonic() - started < 5
