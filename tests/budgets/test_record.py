"""The record: every change has an event, the chain holds, and tampering is found and located."""

import datetime as dt
import importlib
import inspect
import json
import pkgutil
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

import budgets.services
import indicators.services
import reports.services
from budgets.choices import Fund, Role
from budgets.exceptions import RuleViolation
from budgets.models import (
    CashEntry,
    ChainHead,
    Change,
    Community,
    Event,
    Membership,
    Programme,
    frozen,
    recording,
)
from budgets.selectors import record as reading
from budgets.selectors import record_words
from budgets.services import acts, cash, ledger, periods, record, reference, revision_copy
from budgets.services.cash import Payment
from indicators.services import evidence
from reports.services import execution as report_services
from reports.services import issuing, signatures

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(sample):
    return sample.revisions.get(number=1).spendinglines.get(number=3)


def pay(line, officer, amount="10.00", note="") -> CashEntry:
    payment = Payment(
        line.pk, Fund.GENERAL, "2240", dt.date(2023, 3, 1), Decimal(amount), note=note
    )
    return cash.record(passport=line.revision.passport, payment=payment, by=officer)


def last() -> Event:
    return Event.objects.latest("number")


def test_a_write_is_one_event_with_its_rows(line, officer):
    before = Event.objects.count()
    entry = pay(line, officer)
    assert Event.objects.count() == before + 1
    event = last()
    assert (event.person, event.action) == (officer, "cash.record")
    assert event.community == line.revision.passport.programme.community
    tables = {"budgets_cashentry", "budgets_cashshare"}  # the line pays for one measure
    assert set(event.changes.values_list("table_name", flat=True)) == tables
    change = event.changes.get(table_name="budgets_cashentry")
    assert (change.table_name, change.row_id, change.operation) == (
        "budgets_cashentry",
        entry.pk,
        "INSERT",
    )
    assert json.loads(change.after)["amount"] == 1000  # kopecks, as the database holds them
    assert change.before is None


def test_a_correction_names_its_reason_and_both_rows(line, officer):
    entry = pay(line, officer)
    cash.reverse(entry=entry, version=entry.version, by=officer, note="двічі внесено")
    event = last()
    assert event.action == "cash.reverse"
    assert event.reason == "двічі внесено"
    assert (event.subject_type, event.subject_id) == ("budgets.cashentry", entry.pk)
    assert {change.operation for change in event.changes.all()} <= {"INSERT", "UPDATE"}


def test_a_refused_write_leaves_no_event(line, officer):
    before = Event.objects.count()
    with pytest.raises(RuleViolation):
        pay(line, officer, "99999999.00")
    assert Event.objects.count() == before
    assert not Change.objects.filter(event=None).exists()


def test_one_service_inside_another_is_one_event(sample, programme_head):
    programme = Programme.objects.get(slug="zhytomyr-e-misto")
    before = Event.objects.count()
    with record.event("import.rows", by=programme_head, about=programme):
        acts.open_draft(programme=programme, by=programme_head)
        acts.open_draft(programme=programme, by=programme_head)
    assert Event.objects.count() == before + 1
    assert last().changes.filter(table_name="budgets_act").count() == 2


def test_what_changes_nothing_is_no_event(sample, officer):
    before = Event.objects.count()
    with record.event("nothing", by=officer):
        pass
    assert Event.objects.count() == before


def test_a_bulk_update_and_a_removal_are_seen_too(sample, officer):
    programme = Programme.objects.get(slug="zhytomyr-e-misto")
    with record.event("bulk", by=officer, about=programme):
        programme.strategylinks.all().update(goal="Нова ціль")
        programme.strategylinks.first().delete()
    kinds = {change.operation for change in last().changes.all()}
    assert kinds == {"UPDATE", "DELETE"}
    changed = last().changes.filter(operation="UPDATE").first()
    assert json.loads(changed.after)["goal"] == "Нова ціль" != json.loads(changed.before)["goal"]


def test_the_request_is_named_in_the_answer_and_in_the_record(officer_client, sample):
    community = sample.programme.community
    url = reverse("community_edit", args=[community.pk])
    form = officer_client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    answer = officer_client.post(url, {**data, "region": "Інша область"})
    assert answer.status_code == 302
    assert last().action == "reference.save"
    assert last().request == answer["X-Request-ID"]
    assert last().person.username == "finansy"


def test_accounts_are_recorded_without_secrets(sign_in, administrator, sample):
    client = sign_in(administrator)
    answer = client.post(reverse("admin:auth_user_add"), {"username": "nova"})
    assert answer.status_code == 200  # shows the link of the invitation, once
    event = last()
    assert (event.action, event.person) == ("admin.user", administrator)
    user = User.objects.get(username="nova")
    change = event.changes.get(table_name="auth_user")
    assert change.row_id == user.pk
    assert "password" not in json.loads(change.after)
    invitation = event.changes.get(table_name="accounts_invitation")
    assert not {"token_digest", "email", "person_code"} & json.loads(invitation.after).keys()
    unit = sample.programme.key_unit
    client.post(
        reverse("admin:budgets_membership_add"),
        {"user": user.pk, "unit": unit.pk, "role": Role.AUDITOR, "valid_from": "01.01.2024"},
    )
    assert Membership.objects.filter(user=user).exists()
    assert last().action == "admin.membership"


# The chain


def told() -> str:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", stdout=out, stderr=err)
    except CommandError as error:
        return f"{err.getvalue()}{error}"
    return out.getvalue()


@pytest.fixture
def chain(line, officer) -> list[Event]:
    for amount in ("1.00", "2.00", "3.00"):
        pay(line, officer, amount)
    assert "The record holds" in told()
    return list(Event.objects.order_by("number"))[-3:]


def raw(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_events_and_their_changes_refuse_raw_writes(chain):
    event = chain[1]
    change = event.changes.first()
    for statement, value in (
        ("UPDATE budgets_event SET reason = 'x' WHERE id = %s", event.pk),
        ("DELETE FROM budgets_event WHERE id = %s", event.pk),
        ("UPDATE budgets_change SET after = '{}' WHERE id = %s", change.pk),
        ("DELETE FROM budgets_change WHERE id = %s", change.pk),
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            raw(statement, value)


@pytest.fixture
def tampering(chain):
    """Whoever owns the database can take the triggers off; the chain still tells."""
    frozen.drop_triggers()
    recording.drop_triggers()
    yield chain
    recording.install_triggers()
    frozen.install_triggers()


def test_an_altered_event_is_located(tampering):
    raw("UPDATE budgets_event SET person_id = NULL WHERE id = %s", tampering[1].pk)
    assert f"Event {tampering[1].number} (" in told()
    assert "was altered" in told()


def test_an_altered_change_is_located(tampering):
    raw("UPDATE budgets_change SET after = '{}' WHERE event_id = %s", tampering[0].pk)
    assert f"Event {tampering[0].number} (" in told()


def test_a_removed_event_is_located(tampering):
    raw("DELETE FROM budgets_change WHERE event_id = %s", tampering[1].pk)
    raw("DELETE FROM budgets_event WHERE id = %s", tampering[1].pk)
    assert f"Event {tampering[1].number} is missing before event {tampering[2].number}" in told()


def test_a_removed_last_event_is_located(tampering):
    raw("DELETE FROM budgets_change WHERE event_id = %s", tampering[2].pk)
    raw("DELETE FROM budgets_event WHERE id = %s", tampering[2].pk)
    assert (
        f"The chain ends at event {tampering[1].number}, its end names event {tampering[2].number}"
        in told()
    )
    assert ChainHead.objects.get().number == tampering[2].number


def test_a_row_changed_past_the_application_is_named(chain, sample):
    raw("UPDATE budgets_community SET region = 'x' WHERE id = %s", sample.programme.community_id)
    text = told()
    assert (
        f"Row {sample.programme.community_id} of budgets_community was changed past the application: UPDATE"
        in text
    )
    with record.event("later"):
        Community.objects.filter(pk=sample.programme.community_id).update(region="y")
    assert "changed past the application" in told()  # a later event does not cover it


def test_the_verdict_names_the_end_of_the_chain(chain):
    verdict = reading.verify()
    assert (verdict.faults, verdict.digest) == ((), chain[-1].digest)
    assert chain[-1].digest in told()


# Nothing is forgotten


def services():
    for package in (budgets.services, indicators.services, reports.services):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def test_every_service_that_a_person_calls_is_recorded():
    """A public function of a service that takes ``by`` is one event, or calls one that is."""
    parts = {
        acts.adopt,
        evidence.add,
        acts.touch,
        revision_copy.copy_revision,
        periods.expect_open,
        periods.expect_open_for,
        ledger.add,
        ledger.reverse,
        report_services.agree,
        issuing.issue,
        signatures.sign,
        signatures.sign_with_key,
        signatures.sign_as_sample,
        signatures.sign_with_seal,
    }  # adopt, add, the agreeing after checks and the issuing after printing call one; the others are steps of one
    forgotten = [
        f"{module.__name__}.{name}"
        for module in services()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "by" in inspect.signature(function).parameters
        and not hasattr(function, "__wrapped__")
        and function not in parts
        and module is not record
    ]
    assert forgotten == []


def test_every_table_of_the_domain_is_watched(db):
    if connection.vendor == "postgresql":
        query = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%_recorded'"
    else:
        query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%%_recorded_%%'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        watched = {row[0].strip('"') for row in cursor.fetchall()}
    assert watched == {model._meta.db_table for model in recording.recorded_models()}
    assert {"budgets_cashentry", "budgets_measure_executors", "auth_user"} <= watched


def test_reference_data_is_written_by_its_service():
    assert hasattr(reference.save, "__wrapped__")


# Pages


def test_the_journal_lists_finds_and_explains(line, officer, officer_client):
    entry = pay(line, officer, "12.50")
    cash.reverse(entry=entry, version=entry.version, by=officer, note="двічі внесено")
    event = last()
    page = officer_client.get(reverse("record")).content.decode()
    assert "сторновано платіж" in page
    assert "двічі внесено" in page
    own = officer_client.get(reverse("record"), {"subject": f"budgets.cashentry-{entry.pk}"})
    assert (
        own.context["page"].paginator.count == 2
    )  # entered under the passport's name, reversed under its own
    told_event = officer_client.get(reverse("event", args=[event.number])).content.decode()
    assert "−12,50" in told_event  # kopecks are printed as hryvnias
    nobody = officer_client.get(reverse("record"), {"day": "01.01.2001"})
    assert "Таких записів немає" in nobody.content.decode()
    someone = officer_client.get(reverse("record"), {"person": officer.pk})
    assert {row.person for row in someone.context["page"]} == {officer}


def test_the_journal_is_taken_away_whole_and_holds_no_formulas(line, officer, officer_client):
    entry = pay(line, officer)
    cash.reverse(entry=entry, version=entry.version, by=officer, note="=1+1")
    answer = officer_client.post(reverse("record_export"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + Event.objects.count()
    assert ";'=1+1;" in text
    assert last().digest in text


def test_the_journal_of_a_community_is_closed_to_others(
    sign_in, programme_head, elsewhere, line, officer
):
    pay(line, officer)
    assert sign_in(programme_head).get(reverse("record")).status_code == 403
    client = sign_in(elsewhere.officer)
    assert client.get(reverse("event", args=[last().number])).status_code == 404
    assert "cash.record" not in {
        event.action for event in client.get(reverse("record")).context["page"]
    }


def test_every_action_of_the_services_has_a_name():
    recorded = {
        f"{module.__name__.rpartition('.')[2]}.{name.strip('_')}"
        for module in services()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and hasattr(function, "__wrapped__")
        and "by" in inspect.signature(function).parameters
        and module is not record
    }
    assert recorded - record_words.ACTIONS.keys() == set()


def test_pages_of_objects_lead_those_who_may_to_their_history(
    sample, line, officer, auditor_client, sign_in
):
    entry = pay(line, officer)
    report = sample.execution_report
    programme = Programme.objects.get(slug="zhytomyr-e-misto")
    open_act = acts.open_draft(programme=programme, by=officer)
    closed_act = programme.acts.exclude(pk=open_act.pk).first()
    own = sample.programme
    leads = [
        (reverse("revision", args=[sample.pk, 1]), sample.revisions.get()),
        (reverse("revision", args=[sample.pk, 1]), sample),
        (reverse("cash_year", args=[sample.pk]), sample),
        (reverse("cash_year", args=[sample.pk]), entry),
        (reverse("cash_payments", args=[sample.pk, entry.paid_on.month, f"{line.pk}-general-2240"]), entry),
        (reverse("indicator_actuals", args=[sample.pk]), sample),
        (reverse("report", args=[sample.pk]), report),
        (reverse("programme", args=[programme.slug]), programme),
        (reverse("act", args=[programme.slug, open_act.pk]), open_act),
        (reverse("act", args=[programme.slug, closed_act.pk]), closed_act),
        (reverse("reference"), own.community),
        (reverse("reference"), own.responsible_unit),
        (reverse("reference"), own),
    ]  # fmt: skip
    head = sign_in(User.objects.get(username="it"))
    for url, thing in leads:
        link = f'{reverse("record")}?subject={thing._meta.label_lower}-{thing.pk}"'
        page = auditor_client.get(url)
        assert link in page.content.decode(), (url, thing)
        assert auditor_client.get(link[:-1]).context["page"].paginator.count >= 1, thing
        assert link not in head.get(url).content.decode(), (url, thing)
    assert (
        f"subject=budgets.cashentry-{entry.pk}"
        in sign_in(officer).get(reverse("payment_correct", args=[entry.pk])).content.decode()
    )
