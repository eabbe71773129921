"""Every cell of the table step × status against the services, and of role × step × status against the permission module.

Services that write are found by their mark (``@recorded``): one that is neither called here nor known to have no status fails.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from budgets import permissions
from budgets.choices import (
    ActKind,
    ActStatus,
    DecisionKind,
    DecisionStatus,
    Fund,
    IssuedStatus,
    MatchStep,
    MonthStatus,
    RevisionStatus,
    Role,
    UnitReportStatus,
)
from budgets.exceptions import CellErrors, RuleViolation
from budgets.models import (
    Act,
    BudgetDecision,
    CashEntry,
    EconomicCode,
    FundingSource,
    Goal,
    Measure,
    Membership,
    Passport,
    PassportRevision,
    PeriodLock,
    Programme,
    SpendingUnit,
)
from budgets.periods import Month
from budgets.permissions import ALLOWED, Status, Step
from budgets.selectors import cash as cash_selectors
from budgets.selectors import periods as period_selectors
from budgets.selectors.cash_shares import Share
from budgets.selectors.placement import Point
from budgets.selectors.programmes import Planned
from budgets.services import (
    acts,
    cash,
    decisions,
    draft_measures,
    drafting,
    line_measures,
    matching,
    measure_cash,
    memberships,
    opening,
    passports,
    periods,
    programme_copy,
    programme_parts,
    programmes,
    rebasing,
    reference,
)
from budgets.services.cash import CellEdit, Payment
from budgets.services.decisions import Given, Said
from budgets.services.drafting import PlaceEdit
from indicators.choices import EvidenceFormat, IndicatorKind
from indicators.models import IndicatorEvidence, ProgrammeIndicator
from indicators.selectors import indicator_figures
from indicators.services import evidence, programme_actuals
from indicators.services import passports as indicator_services
from indicators.services import programmes as programme_indicators
from indicators.services.passports import ActualEdit
from reports.models import IssuedReport, UnitReport
from reports.periods import ReportingPeriod
from reports.selectors import execution
from reports.selectors.campaigns import seen_rows
from reports.services import campaigns, delivery, issuing, reporting, signatures
from reports.services import execution as report_services
from reports.services.campaigns import Head, RowWords
from tests.budgets.drafts import fresh, on_the_way, one_line, place, town_of
from tests.indicators import target_programmes
from tests.reports import issued_samples
from tests.reports.programme_samples import Town, approved_town, town

Calls = list[tuple[Step, list[Any], Callable[..., Any]]]
"""The step, the services it tries, and how."""

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 1, 20)
MODULES = (
    acts, cash, decisions, draft_measures, drafting, line_measures, matching, measure_cash, memberships, opening, passports, periods,
    programme_copy, programme_parts, programmes, rebasing, reference, indicator_services, programme_indicators, programme_actuals,
    evidence, report_services, campaigns, reporting, issuing, signatures, delivery,
)  # fmt: skip


# Passports


def a_revision(sample, status: RevisionStatus, by: User) -> PassportRevision:
    """A passport of 2024 with one line and one indicator, whose only revision has this status."""
    revision = passports.create(programme=sample.programme, year=2024, by=by)
    line = {
        "title": "Супровід",
        "local_programme": None,
        "allocations": [("2240", Decimal(9), Decimal(0))],
    }
    passports.save_lines(revision=revision, rows=[line], version=1, by=by)
    indicator = {
        "kind": IndicatorKind.OUTPUT,
        "title": "Кількість",
        "unit_of_measure": "од.",
        "source": "",
        "general": Decimal(1),
        "special": Decimal(0),
    }
    indicator_services.save_indicators(revision=revision, rows=[indicator], version=2, by=by)
    if status != RevisionStatus.DRAFT:
        passports.agree(revision=revision, agreed_on=DAY, version=3, by=by)
    if status == RevisionStatus.APPROVED:
        passports.approve(revision=revision, order_number="1", order_date=DAY, version=4, by=by)
    return PassportRevision.objects.select_related("passport__programme").get(pk=revision.pk)


def _of(revision: PassportRevision) -> dict[str, Any]:
    return {"revision": revision, "version": revision.version}


def _write_report(revision: PassportRevision, by: User) -> None:
    report = report_services.open_report(passport=revision.passport, by=by)
    report_services.write(
        report=report, explanations={}, analysis="а", conclusion="б", version=1, by=by
    )
    report_services.set_signatories(report=report, signatories=[], version=2, by=by)


def _enter_actual(revision: PassportRevision, by: User) -> None:
    shown = indicator_figures(revision)[0].indicator
    edit = ActualEdit(shown.root_id, Decimal(1), None, "", 0)
    indicator_services.save_actuals(passport=revision.passport, edits=[edit], by=by)


REVISION_CALLS: Calls = [
    (Step.WRITE_REVISION, [passports.describe],
     lambda it, by: passports.describe(legal_grounds="а", purpose="б", by=by, **_of(it))),
    (Step.WRITE_REVISION, [passports.save_rows],
     lambda it, by: passports.save_rows(model=Goal, rows=[{"text": "в"}], by=by, **_of(it))),
    (Step.WRITE_REVISION, [passports.save_lines],
     lambda it, by: passports.save_lines(rows=[], by=by, **_of(it))),
    (Step.WRITE_REVISION, [indicator_services.save_indicators],
     lambda it, by: indicator_services.save_indicators(rows=[], by=by, **_of(it))),
    (Step.AGREE_REVISION, [passports.agree],
     lambda it, by: passports.agree(agreed_on=DAY, by=by, **_of(it))),
    (Step.DISCARD_REVISION, [passports.discard],
     lambda it, by: passports.discard(by=by, **_of(it))),
    (Step.RETURN_REVISION, [passports.return_to_draft],
     lambda it, by: passports.return_to_draft(by=by, **_of(it))),
    (Step.APPROVE_REVISION, [passports.approve],
     lambda it, by: passports.approve(order_number="7", order_date=DAY, by=by, **_of(it))),
    (Step.REVISE_PASSPORT, [passports.revise],
     lambda it, by: passports.revise(passport=it.passport, by=by)),
    (Step.COPY_REVISION, [passports.copy_to_year],
     lambda it, by: passports.copy_to_year(source=it, year=2025, by=by)),
    (Step.ENTER_ACTUALS, [indicator_services.save_actuals], _enter_actual),
    (Step.OPEN_REPORT,
     [report_services.open_report, report_services.write, report_services.set_signatories],
     _write_report),
    (Step.WRITE_CAUSES, [report_services.write_causes],
     lambda it, by: report_services.write_causes(passport=it.passport, causes="а", version=1, by=by)),
    (Step.EXPLAIN_MATCH, [matching.explain],
     lambda it, by: matching.explain(
         passport=it.passport, step=MatchStep.DECISION_PASSPORT, line_id=None, fund="", text="а", version=0, by=by
     )),
]  # fmt: skip


# Acts


@dataclass(frozen=True)
class Case:
    """An act of changes in some status, with its programme; in it 1.1 costs less and a measure is new."""

    town: Town
    act: Act
    new: Measure
    cancelled: Measure

    @property
    def version(self) -> int:
        return fresh(self.act).version

    @property
    def end(self) -> Point:
        return Point(task_id=self.town.tasks["1"].pk, after_id=self.town.measures["1.1"].pk)


def an_act(sample, status: ActStatus, by: User) -> Case:
    town = town_of(sample.programme.community)
    act = acts.open_draft(programme=town.programme, by=by)
    case = Case(town, act, town.measures["1.1"], town.measures["3.1"])
    one_line(act, place(town, "1.1", 2024, "special"), "-1")
    made = draft_measures.add_measure(
        act=act, point=case.end, words={"title": "x"}, version=case.version, by=by
    )
    draft_measures.cancel_measure(
        act=act, measure=case.cancelled, reason="x", version=case.version, by=by
    )
    if status in {ActStatus.SUBMITTED, ActStatus.AGREED, ActStatus.ADOPTED}:
        on_the_way(act, by, to="submitted" if status == ActStatus.SUBMITTED else "agreed")
    if status == ActStatus.ADOPTED:
        acts.adopt(act=act, number="5", date=dt.date(2024, 3, 1), version=case.version, by=by)
    if status == ActStatus.WITHDRAWN:
        acts.withdraw(act=act, version=case.version, by=by)
    return Case(town, fresh(act), made, case.cancelled)


def _way(service):
    return lambda it, by: service(act=it.act, version=it.version, by=by)


def _at(service, **said):
    return lambda it, by: service(
        act=it.act, version=it.version, by=by, measure=it.town.measures["1.1"], **said
    )


def _split(it: Case, by: User) -> None:
    draft_measures.split_measure(
        act=it.act, measure=it.town.measures["1.1"], title="x", number="", reason="x",
        amounts={place(it.town, "1.1", 2025, "special"): Decimal(1)}, version=it.version, by=by,
    )  # fmt: skip


def _plan(it: Case, by: User) -> None:
    where = place(it.town, "2.1", 2024, "general")
    edit = PlaceEdit(where, Decimal(1), seen=Planned(Decimal("76900.00"), Decimal(1)))
    drafting.plan(act=it.act, edits=[edit], by=by)


def _transfer(it: Case, by: User) -> None:
    source, target = place(it.town, "1.1", 2024, "special"), place(it.town, "2.1", 2025, "general")
    drafting.transfer(
        act=it.act, source=source, target=target, amount=Decimal(1), reason="x", version=it.version, by=by
    )  # fmt: skip


def _write_parts(it: Case, by: User) -> None:
    sources = [
        {"id": row.pk, "number": row.number, "title": row.title} for row in it.town.sources.values()
    ]
    programme_parts.write_rows(
        programme=it.town.programme,
        model=FundingSource,
        rows=[*sources, {"number": "", "title": "Гранти"}],
        version=it.town.programme.version,
        by=by,
    )


def _write_indicators(it: Case, by: User) -> None:
    programme_indicators.write_indicators(
        programme=it.town.programme, rows=[], version=it.town.programme.version, by=by
    )


def _indicator_beside(it: Case, by: User) -> ProgrammeIndicator:
    """Of a programme whose only act has the status of this one."""
    unit = SpendingUnit.objects.filter(community=it.town.programme.community).first()
    assert unit is not None
    programme = target_programmes.found(unit, by)
    Act.objects.filter(programme=programme).update(
        status=it.act.status, number="7", in_force_from=dt.date(2020, 12, 1)
    )
    return ProgrammeIndicator.objects.create(programme=programme, title="Камери", order=1)


def _enter_value(it: Case, by: User) -> None:
    indicator = _indicator_beside(it, by)
    edit = programme_actuals.ActualEdit(indicator.pk, Decimal(1), "", "", 0)
    programme_actuals.save_actuals(programme=indicator.programme, year=2024, edits=[edit], by=by)


def _add_evidence(it: Case, by: User) -> None:
    evidence._add(
        indicator=_indicator_beside(it, by), year=2024, name="акт.pdf", found=EvidenceFormat.PDF, size=1,
        store=lambda _row: None, by=by,
    )  # fmt: skip


ACT_CALLS: Calls = [
    (Step.WRITE_ACT, [drafting.plan], _plan),
    (Step.WRITE_ACT, [drafting.transfer], _transfer),
    (Step.WRITE_ACT, [draft_measures.add_measure],
     lambda it, by: draft_measures.add_measure(act=it.act, point=it.end, words={"title": "y"}, version=it.version, by=by)),
    (Step.WRITE_ACT, [draft_measures.write_words], _at(draft_measures.write_words, words={"title": "y"})),
    (Step.WRITE_ACT, [draft_measures.move_measure],
     lambda it, by: _at(draft_measures.move_measure, number="9", point=Point(task_id=it.town.tasks["1"].pk))(it, by)),
    (Step.WRITE_ACT, [draft_measures.write_measure],
     lambda it, by: _at(
         draft_measures.write_measure, words={"title": "y"}, number="9", point=Point(task_id=it.town.tasks["1"].pk)
     )(it, by)),
    (Step.WRITE_ACT, [draft_measures.split_measure], _split),
    (Step.WRITE_ACT, [draft_measures.cancel_measure], _at(draft_measures.cancel_measure, reason="x")),
    (Step.WRITE_ACT, [draft_measures.restore_measure],
     lambda it, by: draft_measures.restore_measure(act=it.act, measure=it.cancelled, version=it.version, by=by)),
    (Step.WRITE_ACT, [draft_measures.remove_measure],
     lambda it, by: draft_measures.remove_measure(act=it.act, measure=it.new, version=it.version, by=by)),
    (Step.WRITE_ACT, [rebasing.rebase],
     lambda it, by: rebasing.rebase(act=it.act, keep_figures=True, version=it.version, by=by)),
    (Step.SUBMIT_ACT, [acts.submit], _way(acts.submit)),
    (Step.AGREE_ACT, [acts.agree], _way(acts.agree)),
    (Step.RETURN_ACT, [acts.return_to_draft], _way(acts.return_to_draft)),
    (Step.WITHDRAW_ACT, [acts.withdraw], _way(acts.withdraw)),
    (Step.ADOPT_ACT, [acts._adopt],
     lambda it, by: acts.adopt(act=it.act, number="6", date=dt.date(2024, 4, 1), version=it.version, by=by)),
    (Step.WRITE_PARTS, [programme_parts.write_rows], _write_parts),
    (Step.WRITE_PARTS, [programme_indicators.write_indicators], _write_indicators),
    (Step.ENTER_VALUES, [programme_actuals.save_actuals], _enter_value),
    (Step.ENTER_VALUES, [evidence._add], _add_evidence),
]  # fmt: skip


# Decisions on the budget


def a_decision(sample, status: DecisionStatus, by: User) -> BudgetDecision:
    decision = decisions.draft(
        community=sample.programme.community, said=said("7"), lines=[Given(sample.programme_id, Fund.GENERAL, Decimal(1))], by=by
    )  # fmt: skip
    if status == DecisionStatus.ADOPTED:
        decisions.adopt(decision=decision, version=decision.version, by=by)
        decision.refresh_from_db()
    return decision


def said(number: str) -> Said:
    return Said(2024, DecisionKind.INITIAL, number, DAY, in_force_from=DAY)


DECISION_CALLS: Calls = [
    (Step.WRITE_DECISION, [decisions.write],
     lambda it, by: decisions.write(decision=it, said=said("8"), lines=[], version=it.version, by=by)),
    (Step.ADOPT_DECISION, [decisions.adopt], lambda it, by: decisions.adopt(decision=it, version=it.version, by=by)),
    (Step.DISCARD_DECISION, [decisions.discard],
     lambda it, by: decisions.discard(decision=it, version=it.version, by=by)),
]  # fmt: skip


# Months: today is 15.06.2023, in the middle of the sample's year


@dataclass(frozen=True)
class Cash:
    """A month of the sample in some status, with a payment on a line in it, and one on a measure without a passport."""

    passport: Passport
    month: Month
    status: MonthStatus
    entry: CashEntry
    town: Town
    own: CashEntry
    lock: PeriodLock | None = None

    @property
    def payment(self) -> Payment:
        return Payment(*self.entry.key, self.month.first_day, Decimal("0.01"))

    @property
    def own_payment(self) -> Payment:
        share = Share(self.town.measures["1.1"].pk)
        return Payment(
            None, Fund.GENERAL, "", self.month.first_day, Decimal("0.01"), shares=(share,)
        )


def a_month(sample, status: MonthStatus, by: User) -> Cash:
    number = {MonthStatus.COMING: 7, MonthStatus.RUNNING: 6}.get(status, 5)
    month = Month(2023, number)
    unit = sample.programme.responsible_unit
    line = sample.revisions.get(number=1).spendinglines.get(number=3)
    code = EconomicCode.objects.get(code="2240")
    entry = CashEntry.objects.create(
        line=line, fund=Fund.GENERAL, economic_code=code, paid_on=month.first_day, amount=Decimal("5.00"), created_by=by
    )  # fmt: skip
    made = town_without_passport(sample, unit)
    own = CashEntry.objects.create(
        programme=made.programme, fund=Fund.GENERAL, paid_on=month.first_day, amount=Decimal("5.00"), created_by=by
    )  # fmt: skip
    own.shares.create(measure=made.measures["1.1"], amount=own.amount)
    of_month = Cash(sample, month, status, entry, made, own)
    return replace(of_month, lock=_lock(unit, month, status, by))


def town_without_passport(sample, unit: SpendingUnit) -> Town:
    """A target programme that the unit answers for; 1.1 has 100,00 for 2023."""
    made = town(
        community=sample.programme.community, slug="bez-pasporta", year_from=2022, responsible_unit=unit
    )  # fmt: skip
    made.act(("1.1", 2023, "general", "100.00"), on=dt.date(2022, 1, 1), kind=ActKind.APPROVAL)
    return made


def _lock(unit: SpendingUnit, month: Month, status: MonthStatus, by: User) -> PeriodLock | None:
    if status not in {MonthStatus.CLOSED, MonthStatus.EXCEPTED, MonthStatus.REOPENED}:
        return None
    lock = periods.close_month(unit=unit, month=month, by=by)
    if status == MonthStatus.EXCEPTED:
        until = dt.date.today() + dt.timedelta(days=9)  # noqa: DTZ011 - the database asks its own clock
        periods.allow(lock=lock, person=by, until=until, reason="x", by=by)
    if status == MonthStatus.REOPENED:
        periods.reopen(lock=lock, reason="x", by=by)
        lock.refresh_from_db()
    return lock


def _set_cells(it: Cash, by: User) -> None:
    row = cash_selectors.month_grid(it.passport, it.month).row(it.entry.key)
    assert row is not None
    edit = CellEdit(*it.entry.key, row.in_month + 1, row.in_month)
    cash.set_cells(passport=it.passport, month=it.month, edits=[edit], by=by)


def _of_lock(write: Callable[[PeriodLock], object]) -> Callable[[Cash, User], object]:
    def inner(it: Cash, by: User) -> None:
        if it.lock is None:  # what was never closed has no lock: the page answers 404
            raise RuleViolation("no lock")
        write(it.lock)

    return inner


def _remove_evidence(it: Cash, by: User) -> None:
    """Of a year whose December has the status of the month."""
    december = Month(it.month.year, 12)
    days = {MonthStatus.COMING: dt.date(2023, 11, 30), MonthStatus.RUNNING: dt.date(2023, 12, 31)}
    unit = it.passport.programme.responsible_unit
    programme = Programme.objects.create(
        community=unit.community, title="x", slug="x", year_from=2023, year_to=2024, responsible_unit=unit
    )  # fmt: skip
    indicator = ProgrammeIndicator.objects.create(programme=programme, title="Камери", order=1)
    row = IndicatorEvidence.objects.create(
        indicator=indicator, year=2023, name="акт.pdf", format=EvidenceFormat.PDF, size=1, added_by=by
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        day = days.get(it.status, dt.date(2024, 1, 1))
        patch.setattr(timezone, "localdate", lambda *_args: day)
        _lock(unit, december, it.status, by)
        assert period_selectors.state(unit.pk, december, by).status == it.status
        evidence.remove(evidence=row, by=by)


MONTH_CALLS: Calls = [
    (Step.ENTER_CASH, [cash.record], lambda it, by: cash.record(passport=it.passport, payment=it.payment, by=by)),
    (Step.ENTER_CASH, [cash.correct],
     lambda it, by: cash.correct(entry=it.entry, payment=it.payment, version=it.entry.version, by=by)),
    (Step.ENTER_CASH, [cash.reverse], lambda it, by: cash.reverse(entry=it.entry, version=it.entry.version, by=by)),
    (Step.ENTER_CASH, [cash.set_cells], _set_cells),
    (Step.ENTER_CASH, [measure_cash.record],
     lambda it, by: measure_cash.record(programme=it.town.programme, payment=it.own_payment, by=by)),
    (Step.ENTER_CASH, [measure_cash.correct],
     lambda it, by: measure_cash.correct(entry=it.own, payment=it.own_payment, version=it.own.version, by=by)),
    (Step.ENTER_CASH, [measure_cash.reverse],
     lambda it, by: measure_cash.reverse(entry=it.own, version=it.own.version, by=by)),
    (Step.CLOSE_MONTH, [periods.close_month],
     lambda it, by: periods.close_month(unit=it.passport.programme.responsible_unit, month=it.month, by=by)),
    (Step.REOPEN_MONTH, [periods.reopen],
     lambda it, by: _of_lock(lambda lock: periods.reopen(lock=lock, reason="x", by=by))(it, by)),
    (Step.EXCEPT_MONTH, [periods.allow],
     lambda it, by: _of_lock(
         lambda lock: periods.allow(lock=lock, person=by, until=timezone.localdate(), reason="x", by=by)
     )(it, by)),
    (Step.REMOVE_EVIDENCE, [evidence.remove], _remove_evidence),
]  # fmt: skip


# Reports of units: one unit reports, so its report is all of the campaign


def a_unit_report(sample, status: UnitReportStatus, by: User) -> UnitReport:
    made = approved_town(
        community=sample.programme.community, responsible_unit=sample.programme.responsible_unit
    )
    period = ReportingPeriod.read("2024-year")
    campaign = campaigns.open_campaign(programme=made.programme, period=period, by=by)
    for report in campaign.reports.all():
        _fill(report, by)
        if status in {UnitReportStatus.ACCEPTED, UnitReportStatus.CLOSED}:
            campaigns.submit(
                report=report,
                version=2,
                seen=seen_rows(report.rows.all()),
                warnings_reason="x",
                by=by,
            )
            campaigns.accept(report=report, version=3, by=by)
    if status == UnitReportStatus.CLOSED:
        campaigns.close(campaign=campaign, by=by)
    if status in {UnitReportStatus.SUBMITTED, UnitReportStatus.RETURNED}:
        campaigns.submit(
            report=report,
            version=2,
            seen=seen_rows(report.rows.all()),
            warnings_reason="x",
            by=by,
        )
    if status == UnitReportStatus.RETURNED:
        campaigns.return_report(report=report, remarks={}, remark="x", version=3, by=by)
    return UnitReport.objects.select_related("campaign").get(pk=report.pk)


def _fill(report: UnitReport, by: User) -> None:
    head = Head(position="Начальник", name="Ім’я ПРІЗВИЩЕ", unit="hryvnia")
    campaigns.describe(report=report, head=head, version=1, by=by)
    found = execution.load(report.campaign.programme, report.campaign.period)
    for row in found.of(report.executor_id):
        words = RowWords(text=f"Закупівлю {row.number} перенесено на наступний рік.")
        campaigns.write_row(report=report, measure_id=row.measure.pk, words=words, version=0, by=by)


def _submit(it: UnitReport, by: User, version: int | None = None) -> None:
    seen = seen_rows(it.rows.all())
    campaigns.submit(
        report=it, version=version or it.version, seen=seen, warnings_reason="x", by=by
    )


def _row(it: UnitReport, by: User) -> None:
    row = it.rows.get(pk=it.rows.earliest("pk").pk)
    campaigns.write_row(
        report=it, measure_id=row.measure_id, words=RowWords(text="y"), version=row.version, by=by
    )


def _on(service, **said):
    return lambda it, by: service(report=it, version=it.version, by=by, **said)


UNIT_REPORT_CALLS: Calls = [
    (Step.WRITE_UNIT_REPORT, [campaigns.write_row], _row),
    (Step.WRITE_UNIT_REPORT, [campaigns.describe], _on(campaigns.describe, head=Head(name="Ім’я ПРІЗВИЩЕ", unit="hryvnia"))),
    (Step.SUBMIT_UNIT_REPORT, [campaigns.submit],
     _submit),
    (Step.RETURN_UNIT_REPORT, [campaigns.return_report], _on(campaigns.return_report, remarks={}, remark="x")),
    (Step.ACCEPT_UNIT_REPORT, [campaigns.accept], _on(campaigns.accept)),
    (Step.POSTPONE_UNIT_REPORT, [campaigns.postpone], _on(campaigns.postpone, due_on=dt.date(2025, 3, 1))),
    (Step.CANCEL_CAMPAIGN, [campaigns.cancel],
     lambda it, by: campaigns.cancel(campaign=it.campaign, reason="x", by=by)),
    (Step.CLOSE_CAMPAIGN, [campaigns.close], lambda it, by: campaigns.close(campaign=it.campaign, by=by)),
    (Step.REOPEN_CAMPAIGN, [campaigns.reopen],
     lambda it, by: campaigns.reopen(campaign=it.campaign, reason="x", by=by)),
]  # fmt: skip

# Issued reports


def an_issued_report(sample, status: IssuedStatus, by: User) -> IssuedReport:
    report = issued_samples.issued(sample, by)
    if status in {IssuedStatus.SIGNING, IssuedStatus.SIGNED}:
        issued_samples.signed(report, 1 if status == IssuedStatus.SIGNING else 9)
    if status == IssuedStatus.RETURNED:
        signatures.return_report(report=report, reason="x", by=by)
    return IssuedReport.objects.get(pk=report.pk)


ISSUED_CALLS: Calls = [
    (Step.SIGN_ISSUED, [signatures._sign], lambda it, by: signatures.sign_as_sample(report=it, by=by)),
    (Step.RETURN_ISSUED, [signatures.return_report], lambda it, by: signatures.return_report(report=it, reason="x", by=by)),
    (Step.PUBLISH_ISSUED, [delivery.publish], lambda it, by: delivery.publish(report=it, by=by)),
]  # fmt: skip

CALLS: Calls = [
    *REVISION_CALLS,
    *ACT_CALLS,
    *DECISION_CALLS,
    *MONTH_CALLS,
    *UNIT_REPORT_CALLS,
    *ISSUED_CALLS,
]
MADE: dict[type[Status], Callable[..., Any]] = {
    RevisionStatus: a_revision,
    ActStatus: an_act,
    DecisionStatus: a_decision,
    MonthStatus: a_month,
    UnitReportStatus: a_unit_report,
    IssuedStatus: an_issued_report,
}
WITHOUT_STATUS = {
    memberships.save, memberships.remove,
    acts.open_draft, decisions.draft, opening.open_or_continue, passports.create, programme_copy.clone, programmes.create, reference.save,
    campaigns.open_campaign, reporting.describe, issuing._issue, delivery.take,
    line_measures.link,  # no part of a passport's revision, so it may change at any time
    periods.close_year,  # every month of it that close_month lets it
    programmes.describe,  # its title and years, which are parts of the act: see below
}  # fmt: skip


def recorded_services(module: ModuleType) -> set[Callable[..., Any]]:
    return {
        each
        for each in vars(module).values()
        if callable(each) and hasattr(each, "__wrapped__") and each.__module__ == module.__name__
    }


def test_every_step_and_every_service_is_tried():
    tried = {service for _step, services, _call in CALLS for service in services}
    written = {service for module in MODULES for service in recorded_services(module)}
    assert written - tried == WITHOUT_STATUS
    assert {step for step, _services, _call in CALLS} == set(Step)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param((step, call, status), id=f"{services[0].__name__}-{status}")
        for step, services, call in CALLS
        for status in step.statuses
    ],
)
def test_a_service_refuses_what_the_status_forbids(cell, sample, officer, monkeypatch):
    step, call, status = cell
    if step.statuses is MonthStatus:
        monkeypatch.setattr(timezone, "localdate", lambda *_args: dt.date(2023, 6, 15))
    thing = MADE[step.statuses](sample, status, officer)
    if step.is_possible(status):
        call(thing, officer)
    else:
        with pytest.raises((RuleViolation, CellErrors)):
            call(thing, officer)


@pytest.mark.parametrize(
    "status",
    [*RevisionStatus, *ActStatus, *DecisionStatus, *MonthStatus, *UnitReportStatus, *IssuedStatus],
)
@pytest.mark.parametrize("role", Role.values)
def test_pages_offer_a_role_what_the_table_says(sample, role, status):
    user = User.objects.create_user("osoba", password="secret")
    Membership.objects.create(
        user=user, unit=sample.programme.key_unit, role=role, valid_from=dt.date(2023, 1, 1)
    )
    offered = permissions.steps(user, sample, status)
    for step in Step:
        needed = ALLOWED[role].intersection(step.value.needs)
        possible = step.statuses is type(status) and status in step.value.when
        assert (step in offered) == bool(needed and possible)
