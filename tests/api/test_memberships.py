"""Roles of people and their deputies through the API: what the administration of the site lets an administrator do, and no more."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission, User

from budgets.models import Event, Membership
from tests.api.conftest import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(program, administrator):
    administrator.user_permissions.set(Permission.objects.filter(content_type__model="membership"))
    return program(administrator)


@pytest.fixture
def person(db):
    return User.objects.create_user("nova")


def body(sample, **changed):
    return {"username": "nova", "unit": sample.programme.responsible_unit_id, "role": "auditor", "valid_from": "2026-01-01", **changed}  # fmt: skip


def test_a_role_is_given_changed_and_taken_back(sample, keeper, person, administrator):
    made = keeper.post("memberships/", body(sample))
    assert made.status_code == 201, made.content.decode()
    told = made.json()
    assert (told["user"]["username"], told["valid_to"]) == ("nova", None)
    event = Event.objects.latest("number")
    assert (event.action, event.person) == ("memberships.save", administrator)
    at = f"memberships/{told['id']}/"
    ended = keeper.put(at, body(sample, valid_to="2026-12-31", seen=told["mark"])).json()
    assert ended["valid_to"] == "2026-12-31"
    stale = refusal(keeper.put(at, body(sample, seen=told["mark"])), 409, "stale")
    assert (stale["stored"], stale["sent"]["seen"]) == (ended, told["mark"])
    refusal(keeper.delete(f"{at}?seen={told['mark']}"), 409, "stale")
    refusal(keeper.delete(at), 400, "bad-request")
    assert keeper.delete(f"{at}?seen={ended['mark']}").status_code == 204
    assert not person.memberships.exists()


def test_a_deputy_acts_for_a_colleague_until_a_day(sample, keeper, person, officer):
    said = body(sample, role="finance_officer", acting_for=officer.username)
    refusal(keeper.post("memberships/", said), 422, "invalid")
    made = keeper.post("memberships/", {**said, "valid_to": "2026-01-14"})
    assert made.json()["acting_for"]["id"] == officer.pk
    listed = keeper.get("memberships/?on=2026-01-14&role=finance_officer").json()["results"]
    assert person.pk in {each["user"]["id"] for each in listed}
    later = keeper.get(f"memberships/?on=2026-01-15&user={person.pk}").json()["results"]
    assert later == []


def test_nobody_raises_themselves_a_superuser_or_people_of_foreign_units(
    sample, keeper, person, administrator, elsewhere
):
    User.objects.create_superuser("root", password="x")
    for name in ("root", administrator.username, "nobody"):
        refusal(keeper.post("memberships/", body(sample, username=name)), 422, "invalid")
    refusal(keeper.post("memberships/", body(sample, unit=elsewhere.unit.pk)), 422, "invalid")
    own = administrator.memberships.earliest("pk")
    told = keeper.get(f"memberships/{own.pk}/").json()
    said = body(sample, role="finance_officer", seen=told["mark"])
    refusal(keeper.put(f"memberships/{own.pk}/", said), 422, "rule")
    refusal(keeper.delete(f"memberships/{own.pk}/?seen={told['mark']}"), 422, "rule")
    own.refresh_from_db()
    assert own.role == "administrator"
    foreign = elsewhere.officer.memberships.get()
    refusal(keeper.get(f"memberships/{foreign.pk}/"), 404, "not-found")
    refusal(keeper.put(f"memberships/{foreign.pk}/", said), 404, "not-found")


def test_a_role_alone_opens_no_roles(sample, finance, audit, program, administrator):
    """Each right of the administration by itself; being on its staff comes first."""
    one = f"memberships/{administrator.memberships.earliest('pk').pk}/"
    for asker in (finance, audit):
        refusal(asker.get("memberships/"), 403, "forbidden")
        refusal(asker.post("memberships/", body(sample)), 403, "forbidden")
    administrator.user_permissions.set(Permission.objects.filter(codename="view_membership"))
    reader = program(administrator)
    assert reader.get(one).status_code == 200
    for answer in (reader.post("memberships/", body(sample)), reader.put(one, {}), reader.delete(one)):  # fmt: skip
        refusal(answer, 403, "forbidden")
    User.objects.filter(pk=administrator.pk).update(is_staff=False)
    refusal(reader.get(one), 403, "forbidden")


def test_the_same_role_is_not_given_twice(sample, keeper, person):
    assert keeper.post("memberships/", body(sample)).status_code == 201
    refusal(keeper.post("memberships/", body(sample)), 422, "invalid")
    backwards = body(sample, role="signatory", valid_to="2025-12-31")
    refusal(keeper.post("memberships/", backwards), 422, "invalid")
    assert Membership.objects.filter(user=person).count() == 1


def test_people_of_a_community_are_named_to_who_closes_its_months(
    sample, finance, audit, elsewhere, officer
):
    at = f"communities/{sample.programme.community_id}/people/"
    people = {each["id"] for each in finance.get(at).json()["results"]}
    assert officer.pk in people
    assert elsewhere.officer.pk not in people
    refusal(audit.get(at), 403, "forbidden")
    refusal(finance.get(f"communities/{elsewhere.community.pk}/people/"), 404, "not-found")
    person = {"person": officer.pk, "until": f"{dt.date.today() + dt.timedelta(3)}", "reason": "рахунок"}  # noqa: DTZ011  # fmt: skip
    finance.post(f"passports/{sample.pk}/months/6/close/")
    assert finance.post(f"passports/{sample.pk}/months/6/exceptions/", person).status_code == 201
