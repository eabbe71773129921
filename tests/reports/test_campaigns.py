"""Campaigns: what is opened, who may hand what in, what stops a report and what only wants a reason."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from budgets.choices import Role, UnitLevel, UnitReportStatus
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import CashEntry, Event, Measure, Membership, SpendingUnit
from reports import checks
from reports.checks.programme_execution import CHANGED_CODE
from reports.choices import PeriodKind
from reports.documents import programme_execution
from reports.models import Campaign, MeasureReport, UnitReport
from reports.periods import Due, ReportingPeriod
from reports.selectors import campaigns as selectors
from reports.selectors import execution
from reports.services import campaigns, reporting
from reports.services.campaigns import Head, RowWords
from tests.reports.programme_samples import Town, approved_town, town

pytestmark = pytest.mark.django_db
YEAR = ReportingPeriod.read("2024-year")
HEAD = Head(position="Начальник управління", name="Ім’я ПРІЗВИЩЕ", unit="hryvnia")


@pytest.fixture
def made(sample) -> Town:
    """Two units report on 2024."""
    made = approved_town(
        community=sample.programme.community, responsible_unit=sample.programme.responsible_unit
    )
    made.act(("3.1", 2024, "general", "500.00"), on=dt.date(2024, 2, 1), number="11")
    return made


@pytest.fixture
def campaign(made, officer) -> Campaign:
    return campaigns.open_campaign(programme=made.programme, period=YEAR, by=officer)


def report_of(campaign: Campaign, unit=None) -> UnitReport:
    return UnitReport.objects.select_related("campaign").get(campaign=campaign, executor=unit)


@pytest.fixture
def council(campaign, made) -> UnitReport:
    return report_of(campaign, made.units["council"])


def rows_of(report: UnitReport):
    return execution.load(report.campaign.programme, report.campaign.period).of(report.executor_id)


def fresh(report: UnitReport) -> UnitReport:
    return UnitReport.objects.select_related("campaign").get(pk=report.pk)


def write(report, measure, by, *, version=0, **words) -> MeasureReport:
    return campaigns.write_row(
        report=report, measure_id=measure.pk, words=RowWords(**words), version=version, by=by
    )


def seen(report: UnitReport) -> str:
    return selectors.seen_rows(report.rows.all())


def filled(report: UnitReport, by) -> UnitReport:
    campaigns.describe(report=report, head=HEAD, version=report.version, by=by)
    for row in rows_of(report):
        write(report, row.measure, by, text=f"Закупівлю за {row.number} перенесено.")
    return fresh(report)


def handed_in(report: UnitReport, by) -> UnitReport:
    ready = filled(report, by)
    campaigns.submit(report=ready, seen=seen(ready), version=ready.version, by=by)
    return fresh(report)


# Opening


def test_every_unit_with_something_to_report_gets_a_report(campaign, made):
    assert [report.executor for report in selectors.unit_reports(campaign)] == [
        made.units["council"],
        made.units["school"],
    ]
    assert campaign.due_on == dt.date(2025, 1, 15)
    assert {report.status for report in campaign.reports.all()} == {UnitReportStatus.DRAFT}


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("2023-year", "2023 рік не належить до програми (2024–2026)"),
        ("2024-final", "Підсумковий звіт складають за останній рік програми: 2026"),
        ("2099-year", "2099 рік не належить"),
        ("2026-year", "Період триває до 31.12.2026"),
    ],
)
def test_what_cannot_be_reported_is_not_opened(made, officer, key, said):
    with pytest.raises(RuleViolation) as refusal:
        campaigns.open_campaign(
            programme=made.programme, period=ReportingPeriod.read(key), by=officer
        )
    assert said in str(refusal.value)
    assert not made.programme.campaigns.exists()


def test_a_period_is_opened_once_and_a_programme_without_acts_never(campaign, made, officer):
    with pytest.raises(RuleViolation, match="уже відкрито"):
        campaigns.open_campaign(programme=made.programme, period=YEAR, by=officer)
    bare = town(community=made.programme.community)
    with pytest.raises(RuleViolation, match="не затверджено жодним актом"):
        campaigns.open_campaign(programme=bare.programme, period=YEAR, by=officer)


@pytest.mark.parametrize(
    ("key", "due", "day"),
    [
        ("2024-q1", Due(1, 15), dt.date(2024, 4, 15)),
        ("2024-9m", Due(1, 31), dt.date(2024, 10, 31)),
        ("2024-year", Due(2, 31), dt.date(2025, 2, 28)),
        ("2024-6m", Due(6, 30), dt.date(2024, 12, 30)),
    ],
)
def test_a_deadline_is_a_day_of_a_month_or_its_last(key, due, day):
    assert ReportingPeriod.read(key).due_on(due) == day


@pytest.mark.parametrize("key", ["2024", "2024-", "2024-8m", "24-9m", "٢٠٢٤-9m", "", "x-year"])
def test_what_names_no_period_is_refused(key):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is nobody's
        ReportingPeriod.read(key)


def test_a_community_sets_its_own_deadlines_and_phrases(made, officer):
    community = made.programme.community
    seen = reporting.version(community)
    reporting.describe(
        community=community, deadlines={PeriodKind.YEAR: Due(1, 20)}, phrases=["За потребою."], seen=seen, by=officer
    )  # fmt: skip
    opened = campaigns.open_campaign(programme=made.programme, period=YEAR, by=officer)
    assert opened.due_on == dt.date(2025, 1, 20)
    with pytest.raises(StaleVersion):
        reporting.describe(community=community, deadlines={}, phrases=[], seen=seen, by=officer)
    assert list(community.report_phrases.values_list("text", flat=True)) == ["За потребою."]


# Writing


def test_a_row_is_written_and_a_stale_one_is_refused_with_what_stands_there(council, made, officer, programme_head):  # fmt: skip
    write(
        council, made.measures["1.1"], officer, text=" Придбано. ", percent_of_work=Decimal("75.5")
    )
    with pytest.raises(StaleVersion) as refusal:
        write(council, made.measures["1.1"], programme_head, text="Інше")
    assert refusal.value.current == "Придбано."
    row = write(council, made.measures["1.1"], programme_head, version=1, text="Інше")
    assert (row.text, row.percent_of_work, row.version) == ("Інше", None, 2)


def test_a_measure_of_another_unit_is_refused(council, made, officer):
    with pytest.raises(RuleViolation, match="немає у звіті"):
        write(council, made.measures["3.1"], officer, text="x")


def test_a_fact_says_of_what_it_is(council, made, officer):
    with pytest.raises(RuleViolation, match="чого саме"):
        write(council, made.measures["1.1"], officer, fact=Decimal(64))
    with pytest.raises(RuleViolation, match="від’ємною"):
        write(council, made.measures["1.1"], officer, fact=Decimal(-3), fact_unit="осіб")
    assert write(council, made.measures["1.1"], officer, fact=Decimal(64), fact_unit="осіб").pk


@pytest.mark.parametrize("percent", ["-0.01", "100.01"])
def test_the_database_refuses_a_percent_that_is_none(council, made, officer, percent):
    with pytest.raises(DatabaseError), transaction.atomic():
        write(council, made.measures["1.1"], officer, text="x", percent_of_work=Decimal(percent))


# Handing in


def test_a_report_with_errors_is_not_handed_in_and_every_error_is_named(council, officer):
    with pytest.raises(RuleViolation) as refusal:
        campaigns.submit(
            report=council, seen="", version=1, by=officer, warnings_reason="дуже треба"
        )
    said = str(refusal.value)
    assert said.count("а пояснення немає") == len(rows_of(council)) == 4
    assert "Не вказано, хто підписує звіт" in said
    assert fresh(council).status == UnitReportStatus.DRAFT


def test_a_warning_wants_a_reason_that_stays_with_the_report(council, made, officer):
    ready = filled(council, officer)
    row = ready.rows.get(measure=made.measures["1.1"])
    write(
        council,
        made.measures["1.1"],
        officer,
        version=row.version,
        text="Виконано в повному обсязі.",
    )
    with pytest.raises(RuleViolation, match="Застережень: 1"):
        campaigns.submit(report=ready, seen=seen(ready), version=ready.version, by=officer)
    campaigns.submit(
        report=ready,
        seen=seen(ready),
        version=ready.version,
        by=officer,
        warnings_reason="Постачальник",
    )
    assert (fresh(council).status, fresh(council).warnings_reason) == ("submitted", "Постачальник")
    event = Event.objects.latest("number")
    assert (event.action, event.person, event.community) == (
        "campaigns.submit", officer, made.programme.community,
    )  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        ("Виконано в повному обсязі.", "0.01", {"explanation-contradicts"}),
        ("Виконано в повному обсязі.", "46000.00", set()),
        ("Не виконано в повному обсязі через воєнний стан.", "0.01", set()),
        ("", "46000.00", set()),
        ("", "45999.99", {"explanation-missing"}),
        ("Переплата", "46000.01", {"overspent"}),
        (".", "0.01", {"explanation-missing"}),
        ("Повністю виконано, усі кошти освоєно", "36800.00", {"explanation-contradicts"}),
        ("Видатків не було.", "0.01", {"explanation-contradicts"}),
        ("Нічого не зроблено, роботи не проводились", "46000.00", {"explanation-contradicts"}),
    ],
)
def test_words_are_held_against_the_money(council, made, officer, case):
    text, paid, codes = case
    filled(council, officer)
    entry = CashEntry.objects.create(
        programme=made.programme, fund="special", paid_on=dt.date(2024, 6, 1), amount=Decimal(paid), created_by=officer
    )  # fmt: skip
    entry.shares.create(measure=made.measures["1.1"], amount=entry.amount)
    write(council, made.measures["1.1"], officer, version=1, text=text)
    assert {each.code for each in campaigns.findings_of(fresh(council))} == codes


def test_one_text_on_three_rows_is_pointed_out_and_on_two_is_not(council, officer):
    filled(council, officer)
    rows = [row.measure for row in rows_of(council)]
    for number, measure in enumerate(rows[:3], start=1):
        write(council, measure, officer, version=1, text="Закупівлю  перенесено на рік.")
        same = [each for each in campaigns.findings_of(fresh(council)) if each.code == "same-text"]
        assert len(same) == (number == 3)


def test_a_percent_of_work_that_is_not_that_of_the_money_is_pointed_out(council, made, officer):
    filled(council, officer)
    write(
        council,
        made.measures["1.1"],
        officer,
        version=1,
        text="Роботи тривають.",
        percent_of_work=Decimal(40),
    )
    found = campaigns.findings_of(fresh(council))
    assert [each.code for each in found] == ["percent-contradicts"]
    assert "зазначено 40,00 % роботи, а коштів сплачено 0,00 %" in found[0].message


# Returning, accepting, closing


def test_a_returned_report_carries_remarks_and_writing_a_row_answers_its_remark(council, made, officer, programme_head):  # fmt: skip
    report = handed_in(council, officer)
    measure = made.measures["1.1"]
    with pytest.raises(RuleViolation, match="Напишіть, що виправити"):
        campaigns.return_report(
            report=report, remarks={measure.pk: "  "}, remark="", version=report.version, by=programme_head
        )  # fmt: skip
    campaigns.return_report(
        report=report, remarks={measure.pk: "Скільки придбано?"}, remark="", version=report.version, by=programme_head
    )  # fmt: skip
    row = report.rows.get(measure=measure)
    assert (row.remark, fresh(council).status) == ("Скільки придбано?", "returned")
    row = write(council, measure, officer, version=row.version, text="Придбано 1 з 2.")
    assert row.remark == ""
    again = fresh(council)
    campaigns.submit(report=again, seen=seen(again), version=again.version, by=officer)
    last = fresh(council)
    campaigns.accept(report=last, version=last.version, by=programme_head)
    assert fresh(council).decided_by == programme_head


def test_an_unanswered_remark_wants_a_reason_and_acceptance_settles_it(
    council, made, officer, programme_head
):
    report, measure = handed_in(council, officer), made.measures["1.1"]
    campaigns.return_report(
        report=report, remarks={measure.pk: "Скільки?"}, remark="", version=report.version, by=programme_head
    )  # fmt: skip
    report = fresh(report)
    (found,) = campaigns.findings_of(report)
    assert (found.code, found.row) == ("remark-unanswered", f"measure-{council.executor_id}-{measure.pk}")  # fmt: skip
    assert "на зауваження «Скільки?» не відповіли" in found.message
    with pytest.raises(RuleViolation, match="Застережень: 1"):
        campaigns.submit(report=report, version=report.version, seen=seen(report), by=officer)
    campaigns.submit(
        report=report, version=report.version, seen=seen(report), warnings_reason="Відповіли листом", by=officer
    )  # fmt: skip
    campaigns.accept(report=report, version=report.version + 1, by=programme_head)
    assert report.rows.get(measure=measure).remark == ""
    assert campaigns.findings_of(fresh(report)) == []


def test_columns_of_facts_stand_where_the_unit_has_facts(campaign, council, made, officer):
    write(council, made.measures["1.1"], officer, fact=Decimal(64), fact_unit="осіб")

    def columns(report: UnitReport | None) -> set[str]:
        document = programme_execution.build(campaign.programme, campaign.period, report=report)
        return {column.key for column in document.table("measures").columns}

    assert "fact" in columns(council)
    assert "fact" in columns(None)
    assert "fact" not in columns(report_of(campaign, made.units["school"]))


def test_a_remark_on_a_measure_that_is_not_there_is_refused(council, made, officer):
    report = handed_in(council, officer)
    with pytest.raises(RuleViolation, match="якого немає у звіті"):
        campaigns.return_report(
            report=report, remarks={made.measures["3.1"].pk: "x"}, remark="", version=report.version, by=officer
        )  # fmt: skip


def test_a_campaign_closes_when_every_report_is_accepted_and_nothing_changes_then(
    campaign, made, officer
):
    with pytest.raises(
        RuleViolation, match="Ще не прийнято звіти: Виконавчий комітет, Управління освіти"
    ):
        campaigns.close(campaign=campaign, by=officer)
    for report in campaign.reports.all():
        ready = handed_in(report, officer)
        campaigns.accept(report=ready, version=ready.version, by=officer)
    campaigns.close(campaign=campaign, by=officer)
    report = report_of(campaign, made.units["council"])
    with pytest.raises(RuleViolation, match="Кампанію закрито"):
        write(report, made.measures["1.1"], officer, version=1, text="x")
    for statement in (
        "UPDATE reports_unitreport SET remark = 'x'",
        "DELETE FROM reports_measurereport",
        "UPDATE reports_measurereport SET text = 'x'",
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:  # fmt: skip
            cursor.execute(statement)
    campaigns.reopen(campaign=campaign, reason="помилка у сумі", by=officer)
    assert Event.objects.latest("number").reason == "помилка у сумі"


# Taking back


def test_a_campaign_opened_by_mistake_is_cancelled_with_what_was_drafted(
    campaign, council, made, officer, client
):
    client.force_login(officer)
    write(council, made.measures["1.1"], officer, text="Чернетка.")
    at = [made.programme.slug, "2024-year"]
    assert "Скасувати кампанію" in client.get(reverse("campaign", args=at)).content.decode()
    assert client.post(reverse("campaign_cancel", args=at), {"reason": ""}).status_code == 422
    assert client.post(reverse("campaign_cancel", args=at), {"reason": "не той рік"}).status_code == 302  # fmt: skip
    assert not made.programme.campaigns.exists()
    event = Event.objects.latest("number")
    assert (event.action, event.reason) == ("campaigns.cancel", "не той рік")
    assert event.community == made.programme.community
    campaigns.open_campaign(programme=made.programme, period=YEAR, by=officer)


def test_a_campaign_with_a_report_handed_in_is_not_cancelled(campaign, council, officer):
    handed_in(council, officer)
    with pytest.raises(RuleViolation, match="звіти подавали Виконавчий комітет"):
        campaigns.cancel(campaign=campaign, reason="не той рік", by=officer)
    assert campaign.reports.count() == 2


# What comes after acceptance


def pay(made, officer, amount: str, measure: str = "1.1", *, reverses=None) -> CashEntry:
    entry = CashEntry.objects.create(
        programme=made.programme, fund="special", paid_on=dt.date(2024, 6, 1), amount=Decimal(amount),
        created_by=officer,
        reverses=reverses, origin="reversal" if reverses else "typed",
    )  # fmt: skip
    entry.shares.create(measure=made.measures[measure], amount=entry.amount)
    return entry


def changes_of(campaign: Campaign) -> list[str]:
    document = programme_execution.build(campaign.programme, campaign.period)
    return [each.message for each in checks.run(document) if each.code == CHANGED_CODE]


@pytest.fixture
def accepted(campaign, officer) -> Campaign:
    for report in campaign.reports.all():
        ready = handed_in(report, officer)
        campaigns.accept(report=ready, version=ready.version, by=officer)
    return campaign


def test_a_payment_after_acceptance_is_an_error_on_every_paper_until_it_is_reversed(
    accepted, council, made, officer
):
    assert changes_of(accepted) == []
    campaigns.close(campaign=accepted, by=officer)
    entry = pay(made, officer, "1000.00")
    (said,) = changes_of(accepted)
    assert said.startswith("Виконавчий комітет: № 1.1,")
    assert (
        "після прийняття дані змінилися: сплачено — було 0,00 грн, стало 1\xa0000,00 грн." in said
    )
    assert "Поверніть звіт виконавцю або сторнуйте платіж." in said
    document = programme_execution.build(accepted.programme, accepted.period, report=fresh(council))
    own = [block.text for part in document.sections if part.number == "4" for block in part.blocks]
    assert own[1] in said
    other = report_of(accepted, made.units["school"])
    assert CHANGED_CODE not in {each.code for each in campaigns.findings_of(other)}
    pay(made, officer, "-1000.00", reverses=entry)
    assert changes_of(accepted) == []


def test_an_act_of_an_earlier_date_is_seen_and_the_campaign_does_not_close_over_it(
    accepted, council, made, officer
):
    made.act(("3.1", 2024, "general", "250.00"), on=dt.date(2024, 3, 1), number="12")
    said = " ".join(changes_of(accepted))
    assert "стало 16\xa0250,00 грн; річний обсяг — було 500,00 грн, стало 750,00 грн." in said
    assert "Виконавчий комітет: рішення про Програму: після прийняття звіту змінилися" in said
    with pytest.raises(
        RuleViolation, match="Після прийняття змінилися дані звітів: Виконавчий комітет, Управл"
    ):
        campaigns.close(campaign=accepted, by=officer)


def test_a_row_that_was_not_there_is_named_and_a_report_returned_takes_the_new_figures(
    accepted, made, officer
):
    school = report_of(accepted, made.units["school"])
    kept = school.accepted_figures["rows"]
    assert [(row["annual"], row["paid"]) for row in kept] == [("500.00", "0.00")]
    pay(made, officer, "1.00", "3.1")
    campaigns.return_report(
        report=school, remarks={}, remark="нова каса", version=school.version, by=officer
    )
    assert fresh(school).accepted_figures is None
    assert changes_of(accepted) == []
    again = fresh(school)
    campaigns.submit(report=again, seen=seen(again), version=again.version, by=officer)
    campaigns.accept(report=again, version=again.version + 1, by=officer)
    assert fresh(school).accepted_figures["rows"][0]["paid"] == "1.00"
    campaigns.close(campaign=accepted, by=officer)


def test_accepted_figures_do_not_change_while_the_report_is_accepted(accepted, made):
    for statement in (
        "UPDATE reports_unitreport SET accepted_figures = '{}' WHERE status = 'accepted'",
        "UPDATE reports_unitreport SET accepted_figures = NULL WHERE status = 'accepted'",
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:  # fmt: skip
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        accepted.reports.update(status=UnitReportStatus.DRAFT)


def test_pages_of_a_closed_campaign_say_what_changed(accepted, council, made, officer, client):
    campaigns.close(campaign=accepted, by=officer)
    pay(made, officer, "1000.00")
    client.force_login(officer)
    at = [made.programme.slug, "2024-year"]
    for address in (reverse("campaign", args=at), reverse("unit_report", args=[*at, council.pk])):
        shown = client.get(address).content.decode()
        assert "прийняті суми вже інші" in shown
        assert "Відкрийте кампанію знову і поверніть звіт" in shown


def test_another_deadline_is_not_before_the_period_ends(council, officer):
    with pytest.raises(RuleViolation, match=r"Період триває до 31\.12\.2024"):
        campaigns.postpone(report=council, due_on=dt.date(2024, 12, 30), version=1, by=officer)
    campaigns.postpone(report=council, due_on=dt.date(2025, 2, 1), version=1, by=officer)
    assert fresh(council).due_on == dt.date(2025, 2, 1)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (dt.date(2024, 12, 31), r"Період триває до 31\.12\.2024"),
        (dt.date(2026, 1, 1), r"не пізніше року після кінця періоду: до 31\.12\.2025"),
        (dt.date(9999, 1, 1), "не пізніше року"),
    ],
)
def test_a_deadline_is_after_the_period_and_within_a_year(made, officer, day, said):
    with pytest.raises(RuleViolation, match=said):
        campaigns.open_campaign(programme=made.programme, period=YEAR, due_on=day, by=officer)
    opened = campaigns.open_campaign(
        programme=made.programme, period=YEAR, due_on=dt.date(2025, 12, 31), by=officer
    )
    with pytest.raises(RuleViolation, match=said):
        campaigns.postpone(
            report=report_of(opened, made.units["council"]), due_on=day, version=1, by=officer
        )


def test_last_texts_follow_periods_whatever_their_deadlines(made, officer):
    """The nine months were due after the year: what they say is still the text before the year's."""
    for key, due_on in (("2024-6m", None), ("2024-9m", dt.date(2025, 6, 1))):
        opened = campaigns.open_campaign(
            programme=made.programme, period=ReportingPeriod.read(key), due_on=due_on, by=officer
        )
        report = report_of(opened, made.units["council"])
        write(report, made.measures["1.1"], officer, text=f"Написано за {key}.")
    year = campaigns.open_campaign(programme=made.programme, period=YEAR, by=officer)
    assert selectors.last_texts(year) == {made.measures["1.1"].pk: "Написано за 2024-9m."}


def test_last_texts_come_from_the_campaign_before(made, officer):
    nine = campaigns.open_campaign(
        programme=made.programme, period=ReportingPeriod.read("2024-9m"), by=officer
    )
    write(
        report_of(nine, made.units["council"]),
        made.measures["1.1"],
        officer,
        text="Торги тривають.",
    )
    year = campaigns.open_campaign(programme=made.programme, period=YEAR, by=officer)
    assert selectors.last_texts(year) == {made.measures["1.1"].pk: "Торги тривають."}
    assert selectors.last_texts(nine) == {}


# Whose turn it is


def test_reminders_go_to_those_whose_turn_it_is(campaign, made, officer, settings):
    officer.email = "oblik@example.org"
    officer.save()
    call_command("remind_reporters")
    assert [message.to for message in mail.outbox] == [["oblik@example.org"]]
    assert "Виконавчий комітет" in mail.outbox[0].body


def test_a_unit_writes_its_own_report_and_not_another_ones(
    campaign, made, sample, django_user_model
):
    for executor in made.units.values():
        executor.unit = SpendingUnit.objects.create(
            community=sample.programme.community, name=executor.name, level=UnitLevel.LOWER
        )
        executor.save()
    school = made.units["school"]
    person = django_user_model.objects.create_user("osvita")
    Membership.objects.create(
        user=person, unit=school.unit, role=Role.PROGRAMME_HEAD, valid_from=dt.date(2023, 1, 1)
    )
    waiting = selectors.waiting_for(
        person, selectors.open_reports(type(made.programme).objects.all())
    )
    assert [(report.campaign, report.executor) for report in waiting] == [(campaign, school)]


# Pages of a unit's report


@pytest.fixture
def page(client, officer, made, council):
    """Posts to a page of the council's report: ``page("unit_report_row", measure, text="…")``."""
    client.force_login(officer)

    def post(name: str, /, *more: int, htmx: bool = False, **sent: object):
        address = reverse(name, args=[made.programme.slug, "2024-year", council.pk, *more])
        headers = {"HX-Request": "true"} if htmx else {}
        return client.post(address, sent, headers=headers)

    return post


def row_of(measure: Measure, version: int, **words: object) -> dict[str, object]:
    return {f"m{measure.pk}-{name}": value for name, value in {**words, "version": version}.items()}


@pytest.mark.parametrize("htmx", [False, True])
def test_a_conflict_over_a_row_shows_the_stored_percent_and_fact_too(
    council, made, programme_head, page, htmx
):
    measure = made.measures["1.1"]
    write(
        council, measure, programme_head, percent_of_work=Decimal(52), fact=Decimal(7), fact_unit="штук"
    )  # fmt: skip
    shown = page("unit_report_row", measure.pk, htmx=htmx, **row_of(measure, 0, text="Придбано."))
    assert shown.status_code == (200 if htmx else 409)
    text = shown.content.decode()
    stored = text[text.index("Збережено зараз:") :]
    assert "52,00 %" in stored[:600]
    assert "7 штук" in stored[:600]
    assert f'name="m{measure.pk}-version" value="1"' in text


def test_a_mistake_in_typing_is_no_conflict_and_keeps_the_version_its_author_saw(
    council, made, officer, page
):
    measure = made.measures["1.1"]
    write(council, measure, officer, text="Перше.")
    write(council, measure, officer, version=1, text="Друге.")
    shown = page("unit_report_row", measure.pk, **row_of(measure, 1, percent_of_work="abc"))
    text = shown.content.decode()
    assert shown.status_code == 422
    assert "Введіть відсоток від 0 до 100" in text
    assert "Введіть суму" not in text
    assert "Збережено зараз" not in text
    assert f'name="m{measure.pk}-version" value="1"' in text
    less = page("unit_report_row", measure.pk, **row_of(measure, 1, fact="−3", fact_unit="осіб"))
    assert "від’ємною вона не буває" in less.content.decode()
    fact = page("unit_report_row", measure.pk, **row_of(measure, 1, fact="x", fact_unit="осіб"))
    assert "Введіть кількість числом" in fact.content.decode()


def test_a_row_saved_without_a_script_says_so(made, page, client):
    measure = made.measures["1.1"]
    answer = page("unit_report_row", measure.pk, **row_of(measure, 0, text="Придбано."))
    assert answer["Location"].endswith(f"?saved={measure.pk}#measure-{measure.pk}")
    text = client.get(answer["Location"]).content.decode()
    assert text.count("✓ збережено") == 1
    state = text.index(f'id="state-{measure.pk}"')
    assert state < text.index("✓ збережено") < state + 200
    assert "<noscript>" in text


def test_what_its_author_has_not_seen_is_not_handed_in(
    council, made, officer, programme_head, page
):
    ready = filled(council, officer)
    tokens = seen(ready).split(",")
    write(council, made.measures["1.1"], programme_head, version=1, text="Інше, ніж було.")
    refused = page("unit_report_submit", version=ready.version, seen=tokens)
    text = refused.content.decode()
    assert refused.status_code == 409
    assert "у ньому змінено: № 1.1, " in text
    assert f"({programme_head})" in text
    assert fresh(council).status == UnitReportStatus.DRAFT
    # The page it came back with has been seen.
    given = re.findall(r'name="seen" value="([^"]*)" id="seen-\d+" form="submit"', text)
    assert f"{made.measures['1.1'].pk}:2" in given
    assert page("unit_report_submit", version=ready.version, seen=given).status_code == 302
    assert fresh(council).status == UnitReportStatus.SUBMITTED


def test_a_stale_head_shows_what_is_stored_and_can_be_saved_again(
    council, made, officer, programme_head, page
):
    campaigns.describe(report=council, head=HEAD, version=1, by=programme_head)
    typed = {"position": "Директор", "name": "Ім’я ПРІЗВИЩЕ", "unit": "thousand"}
    refused = page("unit_report_head", version=1, **typed)
    text = refused.content.decode()
    assert refused.status_code == 409
    stored = text[text.index("Збережено зараз, інакше") :]
    assert "<dt>Посада підписанта</dt><dd>Начальник управління</dd>" in stored
    assert "<dd>грн</dd>" in stored
    assert "Ім’я ПРІЗВИЩЕ</dd>" not in stored
    assert 'value="Директор"' in text
    (version,) = re.findall(r'name="version" value="(\d+)"', text)
    assert version == "2"
    assert page("unit_report_head", version=version, **typed).status_code == 302
    assert fresh(council).position == "Директор"


def test_a_stale_deadline_can_be_set_again(council, officer, programme_head, page):
    campaigns.postpone(report=council, due_on=dt.date(2025, 2, 1), version=1, by=programme_head)
    refused = page("unit_report_postpone", version=1, due_on="10.02.2025")
    text = refused.content.decode()
    assert "<dt>Подати до</dt><dd>01.02.2025</dd>" in text
    (version,) = re.findall(r'name="version" value="(\d+)"', text)
    assert page("unit_report_postpone", version=version, due_on="10.02.2025").status_code == 302
    assert fresh(council).due_on == dt.date(2025, 2, 10)


def test_a_report_past_its_day_says_so_until_it_is_handed_in(
    campaign, council, made, officer, client
):
    client.force_login(officer)
    at = [made.programme.slug, "2024-year"]
    late, listed = "строк минув", reverse("campaigns")
    unit = reverse("unit_report", args=[*at, council.pk])
    assert late in client.get(unit).content.decode()
    assert client.get(reverse("campaign", args=at)).content.decode().count(late) == 2
    assert late in client.get(listed).content.decode()
    handed_in(council, officer)
    assert late not in client.get(unit).content.decode()
    assert client.get(reverse("campaign", args=at)).content.decode().count(late) == 1


def test_the_consolidated_report_is_a_draft_until_every_report_is_accepted(campaign, officer):
    def mark() -> str:
        return programme_execution.build(campaign.programme, campaign.period).draft_mark

    assert mark() == "ПРОЄКТ"
    for report in campaign.reports.all():
        assert mark() == "ПРОЄКТ"
        ready = handed_in(report, officer)
        campaigns.accept(report=ready, version=ready.version, by=officer)
    assert mark() == ""
    quarter = ReportingPeriod.read("2024-q1")
    assert programme_execution.build(campaign.programme, quarter).draft_mark == "ПРОЄКТ"
