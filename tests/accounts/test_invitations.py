"""Invitations: one link, one use, a few days; by the administration and by the command."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import Invitation
from budgets.exceptions import RuleViolation

pytestmark = pytest.mark.django_db
NEW = "Zovsim-novyi-parol"
PASSWORDS = {"new_password1": NEW, "new_password2": NEW}


@pytest.fixture
def newcomer(sample) -> User:
    return User.objects.create_user("nova")


@pytest.fixture
def link(newcomer, administrator) -> str:
    token = services.invite(user=newcomer, by=administrator)
    return reverse("invitation", args=[token])


def test_a_link_sets_the_password_once(link, newcomer, try_password):
    assert Client().get(link).status_code == 200
    assert Client().post(link, PASSWORDS).url == reverse("login")
    newcomer.refresh_from_db()
    assert newcomer.check_password(NEW)
    other = {"new_password1": "Inshyi-parol-2026", "new_password2": "Inshyi-parol-2026"}
    assert Client().post(link, other).status_code == 410
    assert Client().get(link).status_code == 410
    client = Client()
    try_password(client, "nova", NEW)
    assert "_auth_user_id" in client.session


def test_opening_a_link_uses_nothing_up(link):
    before = Invitation.objects.values().get()
    Client().get(link)
    Client().head(link)
    assert Invitation.objects.values().get() == before


def test_a_weak_password_is_refused_and_the_link_stays(link, newcomer):
    weak = {"new_password1": "12345", "new_password2": "12345"}
    assert Client().post(link, weak).status_code == 422
    assert Client().get(link).status_code == 200


def test_a_link_ends(link):
    past = timezone.now() - dt.timedelta(days=8)
    Invitation.objects.update(created_at=past, expires_at=past + dt.timedelta(days=7))
    assert Client().post(link, PASSWORDS).status_code == 410


def test_a_new_link_ends_the_earlier(link, newcomer, administrator):
    services.invite(user=newcomer, by=administrator)
    assert Client().get(link).status_code == 410


def test_a_link_of_an_account_switched_off_does_not_work(link, newcomer, administrator):
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    assert Client().post(link, PASSWORDS).status_code == 410
    newcomer.refresh_from_db()
    with pytest.raises(RuleViolation):
        services.invite(user=newcomer, by=administrator)


def test_the_database_does_not_hold_the_link(link):
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in str(Invitation.objects.values().get())
    assert len(token) >= 43


def test_the_page_with_a_link_is_kept_nowhere_and_names_itself_to_nobody(link):
    answer = Client().get(link)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_personal_data_of_an_invitation_goes_with_its_use(newcomer, administrator):
    claims = {"person_code": "1234567899", "email": "nova@rada.example"}
    token = services.invite(user=newcomer, by=administrator, **claims)
    services.accept(token=token, password=NEW)
    spent = Invitation.objects.get()
    assert (spent.person_code, spent.email) == ("", "")


def test_an_invitation_ends_sessions_and_the_lock_of_the_old_password(
    officer, administrator, try_password
):
    before = Client()
    try_password(before, "finansy")
    for _attempt in range(5):
        try_password(Client(), "finansy", "ne-toi-parol-2026")
    token = services.invite(user=officer, by=administrator)
    assert before.get(reverse("home")).status_code == 200
    Client().post(reverse("invitation", args=[token]), PASSWORDS)
    assert before.get(reverse("home")).status_code == 302
    client = Client()
    try_password(client, "finansy", NEW)
    assert "_auth_user_id" in client.session


def test_the_administration_shows_the_link_once(sign_in, administrator, auditor):
    client = sign_in(administrator)
    invite = reverse("admin:auth_user_invite", args=[auditor.pk])
    page = client.post(invite, {"person_code": "1234567899", "days": "3"})
    assert "http://testserver/invitation/" in page.content.decode()
    found = Invitation.objects.get()
    assert (found.person_code, found.created_by) == ("1234567899", administrator)
    assert found.expires_at - found.created_at == dt.timedelta(days=3)
    assert client.post(invite, {"person_code": "12"}).status_code == 302
    assert client.post(invite, {"days": "400"}).status_code == 302
    assert Invitation.objects.get() == found


def test_the_command_prints_a_link_and_makes_the_account(sample, capsys, settings):
    settings.SAMPLE, settings.ALLOWED_HOSTS = False, ["budget.example.org"]
    call_command("invite", "first", "--superuser", "--days", "1")
    link = capsys.readouterr().out.strip()
    assert link.startswith("https://budget.example.org/invitation/")
    first = User.objects.get(username="first")
    assert first.is_superuser
    assert first.is_staff
    assert not first.has_usable_password()
    assert Client().get(link.removeprefix("https://budget.example.org")).status_code in {200, 400}


def test_the_command_raises_nobody(officer):
    with pytest.raises(CommandError, match="no superuser"):
        call_command("invite", "finansy", "--superuser")
    with pytest.raises(CommandError):
        call_command("invite", "finansy", "--code", "12")
    officer.refresh_from_db()
    assert not officer.is_superuser
