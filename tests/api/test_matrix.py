"""Role × address × method × own or foreign, taken from the addresses of the API.

An address that says neither what a write needs nor that it only reads fails here; so does one whose objects are not named.
"""

import re
from collections import defaultdict

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, resolve, reverse

from budgets.choices import Role, UnitLevel
from budgets.models import Membership, Programme, SpendingUnit
from budgets.permissions import ALLOWED, Action
from reports.catalogue import KINDS, PROGRAMME_KINDS
from tests.api.conftest import refusal, token_of
from tests.api.standing import ROUTES, standing
from tests.test_architecture import API, patterns, written
from tests.test_headers import check
from tests.test_rights import TODAY, member, units

__all__ = ["units"]  # the fixture
pytestmark = pytest.mark.django_db
DRAFT, CASH, PASSPORT = Action.DRAFT_ACT, Action.ENTER_CASH, Action.CHANGE_PASSPORT
REPORT, REFERENCE, CLOSE = Action.WRITE_REPORT, Action.CHANGE_REFERENCE, Action.CLOSE_PERIOD
ADOPT, RECORD = Action.ADOPT_ACT, Action.READ_RECORD
_PARTS = (
    "passport",
    "stages",
    "sources",
    "executors",
    "directions",
    "tasks",
    "strategy",
    "ceilings",
)

WRITES: dict[tuple[str, str], tuple[Action, ...]] = {
    **dict.fromkeys([("api_payments", "post"), ("api_payment", "put"), ("api_payment_reverse", "post"), ("api_month_cells", "put"),
                     ("api_line_measure", "put"), ("api_programme_payments", "post"), ("api_programme_payment", "put"), ("api_programme_payment_reverse", "post")], (CASH,)),
    **dict.fromkeys([(name, "post") for name in ("api_close_year", "api_month_close", "api_month_reopen", "api_month_exceptions")], (CLOSE,)),
    **dict.fromkeys(
        [("api_communities", "post"), ("api_community", "put"), ("api_budget_codes", "post"), ("api_units", "post"), ("api_unit", "put"),
         ("api_budget_programmes", "post"), ("api_budget_programme", "put"), ("api_scales", "post"), ("api_scale", "put"), ("api_community_reporting", "put"),
         ("api_memberships", "post"), ("api_membership", "put"), ("api_membership", "delete")],
        (REFERENCE,),
    ),
    **dict.fromkeys(
        [("api_passports", "post"), ("api_passport_revise", "post"), ("api_revision", "delete"), ("api_revision_indicators", "put"),
         *((f"api_revision_{step}", "post") for step in ("copy", "return", "approve", "agree")),
         *((f"api_revision_{part}", "put") for part in ("texts", "goals", "tasks", "local_programmes", "signatories", "lines"))],
        (PASSPORT,),
    ),
    **dict.fromkeys([("api_actuals", "put"), ("api_report", "put"), ("api_report_signatories", "put"), ("api_match_reasons", "put"),
                     ("api_programme_actuals_year", "put"), ("api_evidence", "post"), ("api_one_evidence", "delete"), ("api_effectiveness", "put"),
                     ("api_unit_report_row", "put"), ("api_unit_report_head", "put"), ("api_unit_report_submit", "post")], (REPORT,)),
    **dict.fromkeys([("api_programme_campaigns", "post"), *((f"api_{step}", "post") for step in ("campaign_close", "campaign_cancel", "campaign_reopen",
                     "unit_report_return", "unit_report_accept", "unit_report_postpone"))], (Action.RUN_CAMPAIGN,)),
    **dict.fromkeys(
        [("api_programmes", "post"), ("api_programme", "put"), ("api_programme_indicators", "put"), ("api_acts", "post"),
         *((f"api_part_{name}", "put") for name in _PARTS),
         *((f"api_act_{step}", "post") for step in ("submit", "withdraw", "rebase", "transfer", "measures", "measure_split", "measure_cancel", "measure_restore")),
         ("api_act_cells", "put"), ("api_act_measure", "put"), ("api_act_measure", "delete")],
        (DRAFT,),
    ),
    **dict.fromkeys(
        [("api_act_agree", "post"), ("api_act_adopt", "post"),
         ("api_decisions", "post"), ("api_decision", "put"), ("api_decision", "delete"), ("api_decision_adopt", "post")],
        (ADOPT,),
    ),
    ("api_act_return", "post"): (ADOPT, DRAFT),
    **dict.fromkeys([("api_issued_signatures", "post"), ("api_issued_return", "post")], (Action.SIGN_REPORT,)),
    ("api_issued_publish", "post"): (Action.PUBLISH_REPORT,),
    ("api_issued_take", "post"): (),  # whoever reads
    ("api_events_export", "post"): (RECORD,),
    **dict.fromkeys([("api_job_cancel", "post"), ("api_community_book", "post")], ()),  # whoever reads
}  # fmt: skip
"""What each write needs; whatever else the API takes is found by the test below."""

READS_NEED = {
    "api_events": (RECORD,),
    "api_event": (RECORD,),
    "api_community_people": (CLOSE, REFERENCE),
}
EVERYBODYS = {"api_schema", "api_economic_codes"}
"""Of no community."""
NO_ROLE = {
    ("api_communities", "post"),  # a superuser's
    *((name, method) for name in ("api_memberships", "api_membership") for method in ("get", "post", "put", "delete")),
}  # fmt: skip
"""What a role alone does not open: the administration of the site keeps roles of people (tests/api/test_memberships.py)."""
OF_THE_COMMUNITY = {
    "api_community",
    "api_unit",
    "api_budget_code",
    "api_event",
    "api_decision",
    "api_decision_adopt",
    "api_scale",
    "api_community_reporting",
    "api_community_ranking",
    "api_community_book",
    "api_community_people",
}
"""What a unit beside sees, too."""
METHODS = ("get", "post", "put", "patch", "delete")
NAMES = [name for name, route in patterns() if route.startswith(API)]


def view_of(name, url):
    return resolve(url).func.view_class


@pytest.fixture
def api_addresses(sample, officer, quick_package, settings, tmp_path):
    """Every address of the API with what stands in the sample and in drafts of it."""
    settings.MEDIA_ROOT = tmp_path
    there = standing(sample, officer)
    return {name: reverse(name, kwargs=there.parameters(name)) for name in ROUTES}


def operations(api_addresses):
    """(name, address, method) of all that the views take."""
    for name, url in api_addresses.items():
        for method in METHODS:
            if hasattr(view_of(name, url), method):
                yield name, url, method


def needs(name, method):
    """Actions of which one is needed; none where reading is enough."""
    return READS_NEED.get(name, ()) if method == "get" else WRITES[name, method]


def ask(client, url, method):
    """With a body that nothing accepts, so that a right is all that is tried."""
    return client.generic(method.upper(), url, "{}", content_type="application/json")


def test_every_write_says_what_it_needs(api_addresses):
    taken = {(name, method) for name, _url, method in operations(api_addresses) if method != "get"}
    assert taken == set(WRITES)
    assert set(_PARTS) == {
        name.removeprefix("api_part_") for name in NAMES if name.startswith("api_part_")
    }
    assert len(NAMES) == len(set(NAMES)) > 60


def test_no_address_stands_outside(api_addresses):
    """Every path of the resolver below /api/ is one of these."""
    below = [
        str(item.pattern)
        for item in get_resolver().url_patterns
        if str(item.pattern).startswith("api/")
    ]
    assert below == [API]
    assert set(api_addresses) == set(NAMES)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_may_what_the_table_says(api_addresses, sample, role):
    user = member(sample.programme.key_unit, role)
    unit = Programme.objects.get(slug="zhytomyr-e-misto").community.units.earliest("pk")
    Membership.objects.get_or_create(
        user=user, unit=unit, role=role, defaults={"valid_from": TODAY}
    )
    client = Client(raise_request_exception=False)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token_of(user)}"
    wrong = []
    for name, url, method in operations(api_addresses):
        needed = needs(name, method)
        may = not needed or any(action in ALLOWED[role] for action in needed)
        answer = ask(client, url, method)
        allowed = may and (name, method) not in NO_ROLE
        if (answer.status_code == 403) == allowed or answer.status_code >= 500:
            wrong.append((name, method, answer.status_code))
        elif not may:
            refusal(answer, 403, "forbidden")
    assert wrong == []


@pytest.mark.parametrize("where", ["beside", "elsewhere"])
def test_what_is_foreign_does_not_exist(api_addresses, units, where):
    target = Programme.objects.get(slug="zhytomyr-e-misto")
    target.responsible_unit = SpendingUnit.objects.create(
        community=target.community, name="Чужий", level=UnitLevel.KEY
    )
    target.save()
    client = Client(raise_request_exception=False)
    user = member(units[where], Role.FINANCE_OFFICER)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token_of(user)}"
    wrong = []
    for name, url, method in operations(api_addresses):
        is_list = not re.search(r"\d|zhytomyr", url.removeprefix("/api/v1"))
        seen = where == "beside" and name in OF_THE_COMMUNITY
        if is_list or seen or (name, method) in NO_ROLE:
            continue
        answer = ask(client, url, method)
        if answer.status_code != 404:
            wrong.append((name, method, answer.status_code))
    assert wrong == []
    for name in ("api_passports", "api_programmes", "api_budget_programmes"):
        listed = client.get(reverse(name)).json()["results"]
        assert sample_rows(listed) == [], name


def sample_rows(rows):
    return [
        row
        for row in rows
        if ("0217530" in str(row) and "сусідньої" not in str(row)) or "zhytomyr" in str(row)
    ]


def test_without_a_token_nothing_opens(api_addresses):
    for _name, url, method in operations(api_addresses):
        refusal(ask(Client(), url, method), 401, "not-signed-in")


def test_a_token_without_the_scope_opens_nothing(api_addresses, officer):
    """A superuser's token, too: scopes narrow whatever a person may."""
    officer.is_superuser = True
    officer.save()
    for name, url, method in operations(api_addresses):
        names = {action.value for action in needs(name, method)} or {"read"}
        others = {"read", *(action.value for action in Action)} - names
        client = Client()
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token_of(officer, *others)}"
        refusal(ask(client, url, method), 403, "insufficient-scope")


def test_other_methods_are_refused_as_problems(api_addresses, officer):
    client = Client(raise_request_exception=False)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token_of(officer)}"
    for name, url in api_addresses.items():
        for method in METHODS:
            if not hasattr(view_of(name, url), method):
                refusal(ask(client, url, method), 405, "wrong-method")


def test_reading_writes_nothing_and_has_the_headers(api_addresses, officer):
    token = token_of(officer)
    client = Client()
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    client.get(reverse("api_units"))  # the day of use is noted once
    statuses = defaultdict(set)
    for name, url, method in operations(api_addresses):
        if method != "get":
            continue
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
            answer.getvalue()
        assert written(queries) == [], url
        check(answer, url)
        statuses[answer.status_code].add(name)
    assert statuses.keys() == {200, 404}
    assert statuses[404] == {"api_act_file"}  # a draft has none


def test_refusals_have_the_headers_too(api_addresses):
    for url in (*api_addresses.values(), "/api/v1/no/such/"):
        check(Client().get(url), url)


def test_documents_of_every_kind_are_handed_out(sample, finance):
    for kind in KINDS:
        at = f"passports/{sample.pk}/documents/{kind}"
        assert finance.get(f"{at}.json").status_code == 200
        assert "findings" in finance.get(f"{at}/findings/").json()
    for kind, spec in PROGRAMME_KINDS.items():
        for what in (".json", "/findings/"):
            answer = finance.get(f"programmes/zhytomyr-e-misto/documents/{kind}{what}")
            assert answer.status_code == (404 if spec.of_act else 200), kind
