"""Campaigns: the system opens a report for each unit, units fill in and submit, the responsible unit returns or accepts."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import UnitReportStatus
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Programme
from budgets.permissions import Step
from budgets.services.record import recorded
from reports import checks
from reports.checks import Finding, Severity
from reports.documents import programme_execution
from reports.models import Campaign, MeasureReport, UnitReport
from reports.periods import ReportingPeriod
from reports.selectors import accepted, execution
from reports.selectors import campaigns as selectors

SUBMITTED, RETURNED, ACCEPTED = (
    UnitReportStatus.SUBMITTED,
    UnitReportStatus.RETURNED,
    UnitReportStatus.ACCEPTED,
)


@dataclass(frozen=True, slots=True)
class RowWords:
    """What a unit says of one measure. ``percent_of_work`` 0–100; ``fact`` counts ``fact_unit``: 64, «осіб»."""

    text: str = ""
    percent_of_work: Decimal | None = None
    fact: Decimal | None = None
    fact_unit: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What a unit prints around its table; empty decisions are those of the acts in force."""

    subject: str = ""
    decisions: str = ""
    unit: str = ""
    position: str = ""
    name: str = ""


@recorded
def open_campaign(
    *, programme: Programme, period: ReportingPeriod, by: User, due_on: dt.date | None = None
) -> Campaign:
    """Open a report for every unit that has something to report, due on the community's usual day unless another is given.

    Refused: a period outside the programme or not begun, no act in force, nothing to report, opened already, a day before
    the period's end or more than a year after it.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    _expect_period(programme, period)
    if selectors.find(programme, period):
        raise RuleViolation(_("Кампанію за цей період уже відкрито."))
    found = execution.load(programme, period)
    if not found.plan.acts:
        raise RuleViolation(
            _("До %(day)s програму не затверджено жодним актом: звітувати немає про що.")
            % {"day": f"{period.last_day:%d.%m.%Y}"}
        )
    if not found.rows:
        raise RuleViolation(_("У цьому періоді програма не має заходів: звітувати немає про що."))
    due_on = due_on or period.due_on(selectors.due(programme.community)[period.kind])
    _expect_due(period, due_on)
    campaign = Campaign.objects.create(
        programme=programme, year=period.year, kind=period.kind, due_on=due_on, opened_by=by
    )
    for executor in found.executors:
        UnitReport.objects.create(
            campaign=campaign, executor=executor, due_on=due_on, unit=programme.unit, changed_by=by
        )
    return campaign


@recorded
def write_row(
    *, report: UnitReport, measure_id: int, words: RowWords, version: int, by: User
) -> MeasureReport:
    """Write what the unit says of a measure; ``version`` 0 is a row nobody has written yet. Answers its remark by clearing it.

    Refused: the report is submitted or accepted, a measure of another unit's report, StaleVersion when another
    person wrote the row meanwhile.
    """
    report = _locked(report)
    _expect(report, Step.WRITE_UNIT_REPORT)
    row = report.rows.filter(measure=measure_id).select_related("changed_by").first()
    if (row.version if row else 0) != version:
        raise StaleVersion(
            _("Поки ви писали, рядок змінив користувач %(who)s. Порівняйте і збережіть ще раз.")
            % {"who": row.changed_by if row else ""},
            current=row.text if row else "",
        )
    if row is None:
        campaign = report.campaign
        rows = execution.load(campaign.programme, campaign.period).of(report.executor_id)
        if measure_id not in {each.measure.pk for each in rows}:
            raise RuleViolation(_("Цього заходу немає у звіті. Оновіть сторінку."))
        row = MeasureReport(report=report, measure_id=measure_id, version=0)
    row.text, row.percent_of_work = words.text.strip(), words.percent_of_work
    row.fact, row.fact_unit = words.fact, words.fact_unit.strip()
    if row.fact is not None and not row.fact_unit:
        raise RuleViolation(
            _("Вкажіть, чого саме %(fact)s: осіб, штук, послуг.") % {"fact": row.fact}
        )
    if row.fact is not None and row.fact < 0:
        raise RuleViolation(_("Факт — кількість: від’ємною вона не буває."))
    row.remark, row.changed_by = "", by
    row.version += 1
    row.save()
    return row


@recorded
def describe(*, report: UnitReport, head: Head, version: int, by: User) -> None:
    """Write the head of the report and who signs it."""
    report = _locked(report, version)
    _expect(report, Step.WRITE_UNIT_REPORT)
    report.subject, report.decisions = head.subject.strip(), head.decisions.strip()
    report.position, report.name = head.position.strip(), head.name.strip()
    report.unit = head.unit or report.unit
    _touch(report, by)


@recorded
def submit(
    *, report: UnitReport, version: int, seen: str, by: User, warnings_reason: str = ""
) -> None:
    """Hand the report in. ``seen`` are the rows its author saw (``selectors.seen_rows``).

    Refused with every error found; past warnings only with a reason, which stays with the report; with StaleVersion when
    another person wrote the head or a row meanwhile.
    """
    report = _locked(report, version)
    _expect(report, Step.SUBMIT_UNIT_REPORT)
    _expect_seen(report, seen)
    findings = findings_of(report)
    errors = [each.message for each in findings if each.severity is Severity.ERROR]
    if errors:
        raise RuleViolation(_("Звіт не подано: %(errors)s") % {"errors": " ".join(errors)})
    if findings and not warnings_reason.strip():
        raise RuleViolation(
            _("Застережень: %(count)s. Виправте їх або напишіть, чому звіт подається попри них.")
            % {"count": len(findings)}
        )
    report.warnings_reason = warnings_reason.strip() if findings else ""
    report.status, report.remark = SUBMITTED, ""
    report.submitted_at, report.submitted_by = timezone.now(), by
    _touch(report, by)


@recorded
def return_report(
    *, report: UnitReport, remarks: Mapping[int, str], remark: str, version: int, by: User
) -> None:
    """Give a submitted or accepted report back with remarks, on rows (by measure) or on the whole; one at least."""
    report = _locked(report, version)
    _expect(report, Step.RETURN_UNIT_REPORT)
    remarks = {pk: text.strip() for pk, text in remarks.items() if text.strip()}
    if not remarks and not remark.strip():
        raise RuleViolation(_("Напишіть, що виправити: зауваження до рядка або до всього звіту."))
    campaign = report.campaign
    known = {
        row.measure.pk
        for row in execution.load(campaign.programme, campaign.period).of(report.executor_id)
    }
    if remarks.keys() - known:
        raise RuleViolation(_("Зауваження до заходу, якого немає у звіті. Оновіть сторінку."))
    rows = {row.measure_id: row for row in report.rows.filter(measure__in=remarks)}
    for measure_id, text in remarks.items():
        row = rows.get(measure_id) or MeasureReport(report=report, measure_id=measure_id, version=0)
        row.remark, row.changed_by = text, by
        row.version += 1
        row.save()
    report.status, report.remark = RETURNED, remark.strip()
    report.accepted_figures = None
    report.decided_at, report.decided_by = timezone.now(), by
    _touch(report, by)


@recorded
def accept(*, report: UnitReport, version: int, by: User) -> None:
    """Take a submitted report into the consolidated one, keeping the figures it was accepted with."""
    report = _locked(report, version)
    _expect(report, Step.ACCEPT_UNIT_REPORT)
    campaign = report.campaign
    report.accepted_figures = accepted.statement(
        execution.load(campaign.programme, campaign.period), report.executor_id
    )
    report.rows.exclude(remark="").update(remark="")  # who accepts, settles what was asked
    report.status, report.decided_at, report.decided_by = ACCEPTED, timezone.now(), by
    _touch(report, by)


@recorded
def postpone(*, report: UnitReport, due_on: dt.date, version: int, by: User) -> None:
    """Give one unit another deadline, within a year of the period's end."""
    report = _locked(report, version)
    _expect(report, Step.POSTPONE_UNIT_REPORT)
    _expect_due(report.campaign.period, due_on)
    report.due_on = due_on
    _touch(report, by)


@recorded
def cancel(*, campaign: Campaign, reason: str, by: User) -> None:
    """Take back a campaign opened by mistake, with what was drafted in it; the record keeps both, and the reason.

    Refused once a unit has handed its report in.
    """
    campaign = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("programme__community")
        .get(pk=campaign.pk)
    )
    if not reason.strip():
        raise RuleViolation(_("Вкажіть причину: вона залишиться в журналі."))
    reports = list(selectors.unit_reports(campaign))
    if handed := [
        each.unit_name for each in reports if not Step.CANCEL_CAMPAIGN.is_possible(each.met_status)
    ]:
        raise RuleViolation(
            _("Кампанію вже не скасувати: звіти подавали %(units)s.") % {"units": ", ".join(handed)}
        )
    MeasureReport.objects.filter(report__campaign=campaign).delete()
    UnitReport.objects.filter(campaign=campaign).delete()
    campaign.delete()


@recorded
def close(*, campaign: Campaign, by: User) -> None:
    """End the campaign: every report is accepted, with the figures it still has, and stays as it is from now on."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    _expect_running(campaign)
    reports = selectors.unit_reports(campaign)
    if waiting := [each.unit_name for each in reports if each.status != ACCEPTED]:
        raise RuleViolation(_("Ще не прийнято звіти: %(units)s.") % {"units": ", ".join(waiting)})
    found = execution.load(campaign.programme, campaign.period)
    if changed := [each.unit_name for each in reports if any(accepted.changes(found, each))]:
        raise RuleViolation(
            _(
                "Після прийняття змінилися дані звітів: %(units)s. Поверніть їх виконавцям або сторнуйте платежі."
            )
            % {"units": ", ".join(changed)}
        )
    campaign.closed_at, campaign.closed_by = timezone.now(), by
    campaign.save()


@recorded
def reopen(*, campaign: Campaign, reason: str, by: User) -> None:
    """Open a closed campaign again; the reason stays on record."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not campaign.is_closed:
        raise RuleViolation(_("Кампанію вже відкрито знову. Оновіть сторінку."))
    if not reason.strip():
        raise RuleViolation(_("Вкажіть причину: вона залишиться в журналі."))
    campaign.closed_at, campaign.closed_by, campaign.reopen_reason = None, None, reason.strip()
    campaign.save()


def findings_of(report: UnitReport) -> list[Finding]:
    """What stands in the way of the report, errors first, then warnings."""
    campaign = report.campaign
    return checks.run(programme_execution.build(campaign.programme, campaign.period, report=report))


def _locked(report: UnitReport, version: int | None = None) -> UnitReport:
    """The campaign's row is the lock: nobody closes it while a report of it is written."""
    Campaign.objects.select_for_update().get(pk=report.campaign_id)
    current = UnitReport.objects.select_related(
        "campaign__programme__community",
        "campaign__programme__responsible_unit",
        "executor",
        "changed_by",
    ).get(pk=report.pk)
    _expect_running(current.campaign)
    if version is not None and current.version != version:
        raise StaleVersion(
            _("Поки ви працювали, звіт змінив користувач %(who)s. Перегляньте його і повторіть.")
            % {"who": current.changed_by},
            current=str(current.get_status_display()),
        )
    return current


def _expect_seen(report: UnitReport, seen: str) -> None:
    """Nobody hands in words they have not read."""
    known = set(seen.split(","))
    rows = report.rows.select_related("changed_by")
    unseen = {row.measure_id: row for row in rows if selectors.seen_row(row) not in known}
    if not unseen:
        return
    campaign = report.campaign
    found = execution.load(campaign.programme, campaign.period).of(report.executor_id)
    # A row whose measure has left the report is on no page: nobody could have seen it.
    changed = [
        f"{row.title} ({unseen[row.measure.pk].changed_by})"
        for row in found
        if row.measure.pk in unseen
    ]
    if changed:
        raise StaleVersion(
            _("Поки ви дивилися звіт, у ньому змінено: %(rows)s. Перегляньте і подайте ще раз.")
            % {"rows": "; ".join(changed)},
            current=selectors.seen_rows(rows),
        )


def _expect_running(campaign: Campaign) -> None:
    if campaign.closed_at is not None:
        raise RuleViolation(
            _(
                "Кампанію закрито %(day)s. Щоб змінити звіт, відповідальний виконавець має відкрити її знову."
            )
            % {"day": f"{timezone.localtime(campaign.closed_at):%d.%m.%Y}"}
        )


def _expect(report: UnitReport, step: Step) -> None:
    if step.is_possible(report.met_status):
        return
    message = _("Звіт у стані «%(status)s»: ця дія вже неможлива. Оновіть сторінку.")
    if step in {Step.WRITE_UNIT_REPORT, Step.SUBMIT_UNIT_REPORT}:
        message = _(
            "Звіт у стані «%(status)s»: його можна змінити, коли відповідальний виконавець поверне його."
        )
    raise RuleViolation(message % {"status": report.get_status_display()})


def _expect_period(programme: Programme, period: ReportingPeriod) -> None:
    if period.year not in programme.years:
        raise RuleViolation(
            _("%(year)s рік не належить до програми (%(first)s–%(last)s).")
            % {"year": period.year, "first": programme.year_from, "last": programme.year_to}
        )
    if period.is_final and period.year != programme.year_to:
        raise RuleViolation(
            _("Підсумковий звіт складають за останній рік програми: %(year)s.")
            % {"year": programme.year_to}
        )
    if period.last_day > timezone.localdate():
        raise RuleViolation(
            _("Період триває до %(day)s: звітувати зарано.")
            % {"day": f"{period.last_day:%d.%m.%Y}"}
        )


def _expect_due(period: ReportingPeriod, due_on: dt.date) -> None:
    """A report is due after its period, and within a year of its end: a later day is a slip of the hand."""
    if due_on <= period.last_day:
        raise RuleViolation(
            _("Період триває до %(day)s: строк має бути пізніше.")
            % {"day": f"{period.last_day:%d.%m.%Y}"}
        )
    latest = period.latest_due
    if due_on > latest:
        raise RuleViolation(
            _("Строк — не пізніше року після кінця періоду: до %(day)s.")
            % {"day": f"{latest:%d.%m.%Y}"}
        )


def _touch(report: UnitReport, by: User) -> None:
    report.version += 1
    report.changed_by = by
    report.save()
