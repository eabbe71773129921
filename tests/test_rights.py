"""The whole matrix: role × action × how far a membership reaches, and role × page × method × own or foreign.

Pages are taken from the addresses of the site; one that says neither what it needs nor that it only reads fails here.
"""

import datetime as dt
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from budgets import permissions
from budgets.choices import Role, UnitLevel
from budgets.models import Event, Executor, Membership, Programme, SpendingUnit
from budgets.permissions import ALLOWED, Action
from budgets.reach import READS_COMMUNITY, Whole
from budgets.services import acts
from tests.test_architecture import (  # noqa: F401 - a fixture
    OPEN_TO_ALL,
    OWN_NAMES,
    addresses,
    patterns,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def member(unit: SpendingUnit, role: str, name: str = "osoba", **dates) -> User:
    user = User.objects.create_user(name, password="secret")
    Membership.objects.create(user=user, unit=unit, role=role, **{"valid_from": TODAY, **dates})
    return user


@pytest.fixture
def units(sample, elsewhere) -> dict[str, SpendingUnit]:
    """Units by where they stand to the programme of the sample."""
    programme = sample.programme
    community = programme.community
    made = {
        "key": programme.key_unit,
        "responsible": programme.responsible_unit,
        "beside": SpendingUnit.objects.create(
            community=community, name="Управління культури", level=UnitLevel.KEY
        ),
        "elsewhere": elsewhere.unit,
    }
    made["above"] = SpendingUnit.objects.create(
        community=community, name="Департамент", level=UnitLevel.KEY
    )
    made["key"].parent = made["above"]
    made["key"].save()
    return made


REACHES = {"key": True, "responsible": True, "above": True, "beside": False, "elsewhere": False}


@pytest.mark.parametrize("where", REACHES)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role.values)
def test_a_role_allows_what_the_table_says_where_it_reaches(sample, units, role, action, where):
    user = member(units[where], role)
    own = REACHES[where] or (where == "beside" and role in READS_COMMUNITY)
    assert permissions.allows(user, action, sample) == (own and action in ALLOWED[role])
    assert permissions.visible_passports(user).filter(pk=sample.pk).exists() == own
    assert (
        permissions.visible_budget_programmes(user).filter(pk=sample.programme_id).exists() == own
    )


@pytest.mark.parametrize("where", REACHES)
@pytest.mark.parametrize("role", Role.values)
def test_a_target_programme_is_seen_by_the_units_that_carry_it_out(sample, units, role, where):
    programme = Programme.objects.create(
        community=sample.programme.community,
        slug="odna",
        title="Одна",
        year_from=2024,
        year_to=2025,
        responsible_unit=units["responsible"],
    )
    user = member(units[where], role)
    own = REACHES[where] or (where == "beside" and role in READS_COMMUNITY)
    assert permissions.visible_programmes(user).filter(pk=programme.pk).exists() == own
    assert permissions.allows(user, Action.DRAFT_ACT, programme) == (
        own and Action.DRAFT_ACT in ALLOWED[role]
    )


def test_one_executor_does_not_answer_for_a_programme_of_several(sample, units):
    """Nobody runs the reporting of all, or settles what is the community's own, from one department below."""
    programme = Programme.objects.create(
        community=sample.programme.community,
        slug="dvi",
        title="Дві",
        year_from=2024,
        year_to=2025,
    )
    first, second = (
        SpendingUnit.objects.create(
            community=programme.community, name=name, level=UnitLevel.LOWER, parent=units["responsible"]
        )
        for name in ("Відділ А", "Відділ Б")
    )  # fmt: skip
    for unit in (first, second):
        Executor.objects.create(programme=programme, name=unit.name, unit=unit, order=unit.pk)
    one = member(first, Role.FINANCE_OFFICER)
    above = member(units["key"], Role.FINANCE_OFFICER, "vyshche")
    whole = Whole(programme)
    assert permissions.allows(one, Action.WRITE_REPORT, programme)
    assert not permissions.allows(one, Action.RUN_CAMPAIGN, whole)
    assert permissions.allows(above, Action.RUN_CAMPAIGN, whole)
    for owned in (programme.community, Programme.objects.get(slug="zhytomyr-e-misto")):
        assert not permissions.allows(one, Action.WRITE_REPORT, owned)
        assert permissions.allows(above, Action.WRITE_REPORT, owned)
    assert not permissions.communities_where(one, Action.ADOPT_ACT).exists()
    assert permissions.communities_where(above, Action.ADOPT_ACT).exists()
    programme.responsible_unit = first
    assert permissions.allows(one, Action.RUN_CAMPAIGN, whole)


@pytest.mark.parametrize(
    ("dates", "counts"),
    [
        ({}, True),
        ({"valid_to": TODAY}, True),
        ({"valid_from": TODAY + dt.timedelta(1)}, False),
        ({"valid_from": TODAY - dt.timedelta(9), "valid_to": TODAY - dt.timedelta(1)}, False),
    ],
)
def test_a_role_counts_between_its_dates(sample, units, dates, counts):
    user = member(units["key"], Role.FINANCE_OFFICER, **dates)
    assert permissions.allows(user, Action.ENTER_CASH, sample) == counts
    assert permissions.visible_passports(user).exists() == counts


def test_a_deputy_acts_for_a_colleague_and_the_record_says_so(sample, units, officer, sign_in):
    programme = Programme.objects.get(slug="zhytomyr-e-misto")
    unit = programme.community.units.earliest("pk")
    deputy = member(unit, Role.PROGRAMME_HEAD, acting_for=officer, valid_to=TODAY + dt.timedelta(5))
    client = Client()
    client.force_login(deputy)
    answer = client.post(reverse("act_new", args=[programme.slug]), {"kind": "amendment"})
    assert answer.status_code == 302
    event = Event.objects.latest("number")
    assert (event.person, event.acting_for) == (deputy, officer)
    # A role of one's own comes first.
    Membership.objects.create(
        user=deputy, unit=unit, role=Role.PROGRAMME_HEAD, valid_from=TODAY - dt.timedelta(1)
    )
    client.post(reverse("act_new", args=[programme.slug]), {"kind": "new_edition"})
    assert Event.objects.latest("number").acting_for is None


def test_the_table_in_the_documents_is_the_one_in_the_code(capsys):
    call_command("permissions")
    written = (Path(__file__).parent.parent / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == written


# Pages

DRAFT, CASH, PASSPORT = Action.DRAFT_ACT, Action.ENTER_CASH, Action.CHANGE_PASSPORT
NEEDS: dict[str, Action] = {
    **dict.fromkeys(("cash_cells", "payment_new", "payment_correct", "payment_reverse", "cash_line", "programme_payment_new",
                     "programme_payment_correct", "programme_payment_reverse"), CASH),
    **dict.fromkeys(
        ("passport_new", "passport_revise", "edit_texts", "edit_rows", "edit_lines", "edit_indicators", "revision_agree",
         "revision_return", "revision_approve", "revision_discard", "revision_copy"),
        PASSPORT,
    ),
    **dict.fromkeys(("indicator_save", "report_signatories", "target_actual_save", "target_evidence_remove"), Action.WRITE_REPORT),
    **dict.fromkeys(("reporting_edit", "community_edit", "unit_new", "unit_edit", "programme_new", "programme_edit",
         "effectiveness_scale_new", "effectiveness_scale_edit"), Action.CHANGE_REFERENCE),
    **dict.fromkeys(
        ("target_new", "target_about", "target_parts", "target_part", "target_indicators", "act_new", "act_cells",
         "act_submit", "act_withdraw", "act_transfer", "act_row_new", "act_measure", "act_measure_new", "act_measure_split",
         "act_measure_cancel", "act_measure_restore", "act_measure_remove"),
        DRAFT,
    ),
    **dict.fromkeys(
        ("act_agree", "act_adopt", "decision_new", "decision_edit", "decision_adopt", "decision_discard"),
        Action.ADOPT_ACT,
    ),
    **dict.fromkeys(("unit_report_row", "unit_report_head", "unit_report_submit"), Action.WRITE_REPORT),
    **dict.fromkeys(
        ("campaign_new", "campaign_close", "campaign_cancel", "campaign_reopen", "unit_report_return", "unit_report_accept", "unit_report_postpone"),
        Action.RUN_CAMPAIGN,
    ),
    **dict.fromkeys(("record", "record_export", "event"), Action.READ_RECORD),
    **dict.fromkeys(("report_issue", "programme_issue", "campaign_issue"), Action.ISSUE_REPORT),
    **dict.fromkeys(("issued_sign", "issued_return"), Action.SIGN_REPORT),
    "issued_publish": Action.PUBLISH_REPORT,
    **dict.fromkeys(("month_close", "month_reopen", "month_exception"), Action.CLOSE_PERIOD),
}  # fmt: skip
"""What a page needs whatever the method."""

POST_NEEDS: dict[str, tuple[Action, ...]] = {
    "act_conflicts": (DRAFT,),
    "act_return": (DRAFT, Action.ADOPT_ACT),
    "indicator_actuals": (Action.WRITE_REPORT,),
    "target_actuals_year": (Action.WRITE_REPORT,),
    "target_evidence": (Action.WRITE_REPORT,),
    "report": (Action.WRITE_REPORT,),
    "match": (Action.WRITE_REPORT,),
    "effectiveness": (Action.WRITE_REPORT,),
}
READS = {
    "home", "passports", "passport", "passport_compare", "revision", "revision_download", "programmes", "programme",
    "programme_figure", "session_package", "programme_download", "reports", "report", "report_preview", "report_download",
    "decisions", "decision", "matches", "match", "cash", "cash_year", "cash_lines", "programme_cash", "cash_month", "cash_payments", "unit_months",
    "indicators", "indicator_actuals", "reference", "act", "act_file", "act_conflicts", "act_return", "book", "effectiveness",
    "effectiveness_compare", "effectiveness_ranking", "effectiveness_scales", "jobs", "job", "job_cancel", "job_file",
    "target_actuals", "target_actuals_year", "target_evidence", "target_evidence_file",
    "campaigns", "campaign", "campaign_download", "unit_report", "unit_report_download",
    "issued", "issued_report", "issued_summary", "issued_take", "issued_file", "issued_package",
}  # fmt: skip
OWN_BUSINESS = {
    "logout", "password_change", "password_change_done", "sessions", "tokens", "api", *OPEN_TO_ALL,
    *(name for name in OWN_NAMES if name.startswith(("account_", "mfa_", "session", "socialaccount_"))),
}  # fmt: skip
"""Every person's own account, whatever their role."""
SUPERUSERS = {"community_new"}
GET_READS = {"cash_cells", "act_cells"}  # the way back from signing in


def test_every_page_says_what_it_needs():
    told = NEEDS.keys() | POST_NEEDS.keys() | READS | OWN_BUSINESS | SUPERUSERS
    assert set(OWN_NAMES) - told == set()
    assert told - set(OWN_NAMES) == set()


def required(name: str, method: str) -> tuple[Action, ...]:
    if method == "post" and name in POST_NEEDS:
        return POST_NEEDS[name]
    if name in NEEDS and not (method == "get" and name in GET_READS):
        return (NEEDS[name],)
    return ()


def has_object(url_name: str) -> bool:
    return any(name == url_name and "<" in route for name, route in patterns())


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", Role.values)
def test_every_page_answers_a_role_as_the_table_says(addresses, sample, role, method):  # noqa: F811
    user = member(sample.programme.key_unit, role)
    target = Programme.objects.get(slug="zhytomyr-e-misto")
    unit = target.community.units.earliest("pk")
    Membership.objects.get_or_create(
        user=user, unit=unit, role=role, defaults={"valid_from": TODAY}
    )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    wrong = []
    for name, urls in addresses.items():
        if name in OWN_BUSINESS | SUPERUSERS:
            continue
        needed = required(name, method)
        may = not needed or any(action in ALLOWED[role] for action in needed)
        status = getattr(client, method)(urls[0]).status_code
        if status != 405 and (status == 403) == may:
            wrong.append((name, status))
        if status >= 500:
            wrong.append((name, status))
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("where", ["beside", "elsewhere"])
def test_what_is_foreign_does_not_exist(addresses, sample, units, where, method):  # noqa: F811
    target = Programme.objects.get(slug="zhytomyr-e-misto")
    target.responsible_unit = SpendingUnit.objects.create(
        community=target.community, name="Чужий", level=UnitLevel.KEY
    )
    target.save()
    client = Client(raise_request_exception=False)
    client.force_login(member(units[where], Role.FINANCE_OFFICER))
    seen = (
        {
            "community_edit",
            "reporting_edit",
            "unit_edit",
            "event",
            "effectiveness_scale_edit",
            *(name for name in OWN_NAMES if name.startswith("decision")),
        }
        if where == "beside"
        else set()
    )  # reference data, decisions on the budget and the record are the community's
    wrong = []
    for name, urls in addresses.items():
        if name in OWN_BUSINESS | SUPERUSERS | seen or not has_object(name):
            continue
        status = getattr(client, method)(urls[0]).status_code
        if status not in {404, 405} and not (method == "get" and name in GET_READS):
            wrong.append((name, status))
    assert wrong == []


def test_a_superuser_may_everything(sample, officer):
    officer.is_superuser = True
    officer.save()
    Membership.objects.filter(user=officer).delete()
    assert all(permissions.allows(officer, action, sample) for action in Action)
    assert acts.open_draft(programme=Programme.objects.get(slug="zhytomyr-e-misto"), by=officer)
