"""What happens to accounts is on record though no watched row changes, in the chain, and without secrets."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from accounts import services
from budgets.models import Change, Event, frozen
from budgets.selectors import record as reading
from budgets.services import record
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "ne-toi-parol-2026"


@pytest.fixture
def told():
    """Actions noted since the test began, oldest first."""
    before = Event.objects.count()
    return lambda: list(Event.objects.order_by("number").values_list("action", flat=True)[before:])


def test_every_event_of_an_account_is_sealed_without_secrets(
    officer, administrator, try_password, with_codes, told
):
    secret = with_codes(officer)
    services.forget_second_factor(user=officer, by=administrator)
    try_password(Client(), "finansy", WRONG)
    services.unlock(user=officer, by=administrator)
    assert told() == ["services.forget_second_factor", "services.failed_sign_in", "services.unlock"]
    assert not Change.objects.filter(event__in=Event.objects.order_by("-number")[:3]).exists()
    assert reading.verify().faults == ()
    words = str(list(Event.objects.values()))
    assert WRONG not in words
    assert secret not in words
    last = Event.objects.latest("number")
    assert (last.person, last.subject_id) == (administrator, officer.pk)


def test_events_of_an_account_are_read_where_the_person_has_a_role(
    officer, administrator, elsewhere, sign_in, told
):
    services.unlock(user=officer, by=administrator)
    own = {"subject": f"auth.user-{officer.pk}"}
    seen = sign_in(administrator).get(reverse("record"), own).context["rows"]
    assert [seen[0][0].action] == told()
    assert not sign_in(elsewhere.officer).get(reverse("record"), own).context["rows"]


def test_a_lock_is_told_once_and_a_name_nobody_has_never(officer, try_password, told):
    for _attempt in range(8):
        try_password(Client(), "Finansy ", WRONG)
        try_password(Client(), "moi-parol-zamist-imeni", WRONG)
    assert told().count("services.failed_sign_in") == 5
    assert told().count("services.locked") == 1
    assert "moi-parol" not in str(list(Event.objects.values()))


def test_a_removed_event_without_changes_breaks_the_chain(officer, administrator):
    services.unlock(user=officer, by=administrator)
    services.unlock(user=officer, by=administrator)
    frozen.drop_triggers()
    Event.objects.filter(number=Event.objects.latest("number").number - 1).delete()
    frozen.install_triggers()
    assert reading.verify().faults


def test_a_new_password_and_ended_sessions_are_told(officer, sign_in, told):
    client = sign_in(officer)
    elsewhere = sign_in(officer)
    elsewhere.get(reverse("home"))
    new = "novyi-parol-dlia-proby-2026"
    client.post(
        reverse("password_change"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert told() == ["accounts.password_changed"]
    assert new not in str(list(Event.objects.values()))


def test_sessions_that_are_ended_are_told(officer, try_password, told):
    here, there = Client(), Client()
    for client in (here, there):
        try_password(client, "finansy")
    here.post(reverse("sessions"))
    assert told() == ["services.end_sessions"]
    here.post(reverse("sessions"))  # nothing left to end
    assert told() == ["services.end_sessions"]


def test_second_factors_are_told_by_their_kind(
    officer, sign_in, told, with_codes, django_capture_on_commit_callbacks
):
    with_codes(officer)
    client = sign_in(officer)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for page in ("mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse(page))
    assert told()[0] == "accounts.factor_renewed"
    assert set(told()[1:]) == {"accounts.factor_removed"}
    kinds = Event.objects.filter(action="accounts.factor_removed").values_list("reason", flat=True)
    assert str(Authenticator.Type.TOTP.label) in kinds


def test_a_wrong_code_is_told(officer, try_password, told, with_codes):
    with_codes(officer)
    client = Client()
    try_password(client, "finansy")
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert told() == ["accounts.factor_failed"]


def test_taking_the_record_away_is_told(officer, sign_in, told):
    answer = sign_in(officer).post(reverse("record_export") + "?day=01.01.2001")
    assert answer["Content-Type"].startswith("text/csv")
    assert set(told()) == {"record.exported"}  # one for each community
    assert Event.objects.latest("number").reason == "day=01.01.2001"


def test_an_event_without_changes_is_dropped_unless_it_is_kept(officer, told):
    with record.event("proba", by=officer):
        pass
    assert told() == []
    with record.event("proba", by=officer), record.event("vkladena", by=officer):
        record.keep()
    assert told() == ["proba"]
    assert User.objects.filter(pk=officer.pk).exists()
