"""Accounts: an administrator gives roles in what they see, and raises nobody, themselves included."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from budgets.models import Membership

pytestmark = pytest.mark.django_db


def test_an_administrator_cannot_become_superuser(sign_in, administrator):
    client = sign_in(administrator)
    address = reverse("admin:auth_user_change", args=[administrator.pk])
    assert client.get(address).status_code == 200
    client.post(
        address,
        {
            "username": administrator.username,
            "is_active": "on",
            "is_staff": "on",
            "is_superuser": "on",
        },
    )
    administrator.refresh_from_db()
    assert not administrator.is_superuser


def test_a_superuser_is_out_of_reach(sign_in, administrator):
    root = User.objects.create_superuser("root", password="Zrazok-2026-parol")
    response = sign_in(administrator).get(reverse("admin:auth_user_change", args=[root.pk]))
    assert response.status_code == 302  # the list, with «does not exist»


def test_an_administrator_does_not_change_their_own_role(sign_in, administrator):
    own = Membership.objects.filter(user=administrator)[0]
    client = sign_in(administrator)
    address = reverse("admin:budgets_membership_change", args=[own.pk])
    data = {
        "user": own.user_id,
        "unit": own.unit_id,
        "role": "finance_officer",
        "valid_from": "01.01.2023",
    }
    assert client.post(address, data).status_code == 403
    response = client.post(reverse("admin:budgets_membership_add"), data)
    assert response.status_code == 200
    assert not Membership.objects.filter(user=administrator, role="finance_officer").exists()


def test_an_administrator_makes_an_account_invites_and_gives_a_role(sign_in, administrator, sample):
    client = sign_in(administrator)
    answer = client.post(reverse("admin:auth_user_add"), {"username": "nova"})
    person = User.objects.get(username="nova")
    assert not person.has_usable_password()
    assert "/invitation/" in answer.content.decode()
    unit = sample.programme.responsible_unit
    client.post(
        reverse("admin:budgets_membership_add"),
        {"user": person.pk, "unit": unit.pk, "role": "auditor", "valid_from": "01.01.2026"},
    )
    assert person.memberships.get().role == "auditor"


def test_nobody_sets_the_password_of_another(sign_in, administrator, auditor):
    client = sign_in(administrator)
    address = reverse("admin:auth_user_password_change", args=[auditor.pk])
    assert client.get(address).status_code == 403
    page = client.get(reverse("admin:auth_user_change", args=[auditor.pk])).content.decode()
    assert 'type="password"' not in page
    assert f"{auditor.pk}/password/" not in page


@pytest.mark.parametrize(
    "name", ["auth_user_invite", "auth_user_unlock", "auth_user_forget_second_factor"]
)
def test_acting_on_an_account_is_for_its_administrator_and_by_post(
    sign_in, administrator, auditor, elsewhere, name
):
    own, foreign = (
        reverse(f"admin:{name}", args=[pk]) for pk in (auditor.pk, elsewhere.officer.pk)
    )
    client = sign_in(administrator)
    assert client.get(own).status_code == 405
    assert client.post(own).status_code in {200, 302}
    assert client.post(foreign).status_code == 404
    root = User.objects.create_superuser("root", password="Zrazok-2026-parol")
    assert client.post(reverse(f"admin:{name}", args=[root.pk])).status_code == 404
    assert sign_in(auditor).post(own).status_code in {302, 403}


def test_secrets_of_accounts_are_no_pages_of_the_administration(admin_client):
    page = admin_client.get(reverse("admin:index")).content.decode()
    for hidden in ("mfa/authenticator", "usersessions", "socialtoken", "socialapp", "emailaddress"):
        assert hidden not in page


def test_units_of_other_communities_are_no_choice(sign_in, administrator, elsewhere):
    page = sign_in(administrator).get(reverse("admin:budgets_membership_add")).content.decode()
    assert elsewhere.programme.title not in page
    assert elsewhere.programme.key_unit.name not in page
