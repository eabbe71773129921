"""The four-way match on the sample's published figures, and every way in which the four can part."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.choices import ActKind, DecisionKind, Fund, MatchStep
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import BudgetDecision, LineMeasure, MatchReason, frozen
from budgets.selectors.matching import match
from budgets.services import decisions, matching, passports
from budgets.services.decisions import Given, Said
from tests.reports.programme_samples import town

pytestmark = pytest.mark.django_db
DAY = dt.date(2022, 12, 20)


def money(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


@pytest.fixture
def decide(sample, officer):
    """Adopt a decision on the budget of 2023 that gives the sample's programme these amounts of the general fund."""

    def made(amount, number="700", day=DAY, adopted=True):
        said = Said(2023, DecisionKind.INITIAL, number, day, in_force_from=day)
        lines = [Given(sample.programme_id, Fund.GENERAL, money(amount))]
        decision = decisions.draft(
            community=sample.programme.community, said=said, lines=lines, by=officer
        )
        if adopted:
            decisions.adopt(decision=decision, version=1, by=officer)
        return decision

    return made


@pytest.fixture
def known_budget(sample):
    """The published decision, of which only the number is known, is out of the way, past the trigger that freezes it."""
    frozen.drop_triggers()
    BudgetDecision.objects.filter(year=2023).update(year=2021)
    frozen.install_triggers()


def difference(found, step, line=None, fund=""):
    (one,) = (
        each
        for each in found.differences
        if (each.step, each.row.number, each.row.fund) == (step, line, fund)
    )
    return one


def test_the_published_figures_of_2023(sample):
    """The approved programme «е-місто» (decision № 80), the passport and the cash of the published report."""
    found = match(sample)
    assert found.day == dt.date(2023, 12, 31)
    rows = [
        (row.number, row.target.amount, row.decision.amount, row.passport.amount, row.cash.amount)
        for row in found.rows
    ]
    assert rows == [
        (number, money(target), None, money(passport), money(cash))
        for number, target, passport, cash in (
            (1, "45000", "45000", "0"),
            (2, "195000", "195000", "195000"),
            (3, "50000", "50000", "0"),
            (4, "50000", "50000", "0"),
            (5, "50000", "50000", "0"),
            (6, "45000", "45000", "0"),
            (7, "150000", "150000", "150000"),
            (8, "150000", "15000", "0"),
            (9, "300000", "100000", "0"),
            (10, "300000", "300000", "293550"),
            (None, "1335000", "1000000", "638550"),
        )
    ]
    apart = {
        (each.row.number, each.amount)
        for each in found.differences
        if each.step == MatchStep.TARGET_PASSPORT
    }
    assert apart == {(8, money("-135000")), (9, money("-200000")), (None, money("-335000"))}
    unpaid = [each for each in found.differences if each.step == MatchStep.PASSPORT_CASH]
    assert sum(each.amount for each in unpaid if each.row.number) == money("-361450")


def test_each_figure_names_the_acts_that_made_it_and_they_sum_to_it(sample):
    found = match(sample)
    one = difference(found, MatchStep.TARGET_PASSPORT, 8)
    assert [(ground.text, ground.amount) for ground in one.grounds] == [
        ("е-місто: затвердження № 80 від 15.03.2021", money("150000")),
        ("паспорт, редакція 1: наказ № зразок від 20.01.2023", money("15000")),
    ]
    assert one.words == "Паспорт на 135 000,00 грн менший за програму.".replace(
        "135 0", "135\u00a00"
    )
    for row in found.rows:
        for figure in (row.target, row.passport, row.cash):
            assert sum(ground.amount for ground in figure.grounds) == figure.amount


def test_a_decision_known_only_by_number_is_named_and_nothing_is_subtracted(sample):
    one = difference(match(sample), MatchStep.DECISION_PASSPORT)
    assert one.amount is None
    assert one.words == "Сум не видно: рішення № 636 від 15.12.2022 відоме лише за номером і датою."


def test_decisions_add_up_and_drafts_and_later_ones_do_not_count(sample, known_budget, decide):
    decide("900000")
    decide("150000.01", number="701", day=dt.date(2023, 5, 1))
    decide("7", number="702", adopted=False)
    found = match(sample)
    (total,) = found.totals
    assert total.decision.amount == money("1050000.01")
    assert [ground.amount for ground in total.decision.grounds] == [
        money("900000"),
        money("150000.01"),
    ]
    assert difference(found, MatchStep.DECISION_PASSPORT).amount == money("-50000.01")
    assert difference(found, MatchStep.TARGET_DECISION).amount == money("-284999.99")
    assert not [
        each
        for each in found.differences
        if each.row.number is None and each.step == MatchStep.TARGET_PASSPORT
    ]  # the decision stands between


def test_without_any_decision_the_page_says_so(sample, known_budget):
    words = difference(match(sample), MatchStep.DECISION_PASSPORT).words
    assert words == "Рішень про бюджет року, що називають цю програму, не внесено."


def test_a_line_of_no_measure_says_so_and_the_total_names_it(sample):
    line = match(sample).lines[0].line_id
    LineMeasure.objects.filter(line=line).delete()
    found = match(sample)
    one = difference(found, MatchStep.TARGET_PASSPORT, 1, "general")
    assert (one.amount, one.words) == (None, "Напрям не пов’язано із заходами цільової програми.")
    (total,) = (row for row in found.totals if not row.fund)
    assert total.target.amount == money("1290000")
    assert "Без напрямів 1:" in total.target.why


@pytest.fixture
def shared(sample):
    """One measure of 100,00 that lines 1 (45 000,00) and 3 (50 000,00) pay for together, changed by 0,01 later."""
    made = town(community=sample.programme.community, slug="spilna", year_from=2022)
    made.act(("1.1", 2023, "general", "100.00"), on=dt.date(2022, 1, 1), kind=ActKind.APPROVAL)
    made.act(("1.1", 2023, "general", "0.01"), on=dt.date(2023, 3, 1))
    lines = {row.number: row.line_id for row in match(sample).lines}
    LineMeasure.objects.filter(line__in=[lines[1], lines[3]]).delete()
    for number in (1, 3):
        LineMeasure.objects.create(line_id=lines[number], measure=made.measures["1.1"])
    return made


def test_a_measure_of_two_lines_is_divided_exactly_and_so_is_each_act(sample, shared):
    rows = {row.number: row for row in match(sample).lines if row.fund == "general"}
    one, three = rows[1].target, rows[3].target
    assert (one.amount, three.amount) == (money("47.37"), money("52.64"))
    assert [ground.amount for ground in one.grounds] == [money("47.37")]
    assert [ground.amount for ground in three.grounds] == [money("52.63"), money("0.01")]
    assert "частка за сумами паспортів" in one.why


def test_a_programme_with_an_unknown_act_says_its_plan_is_incomplete(sample, shared):
    shared.act(on=dt.date(2023, 4, 1), number="9", lines_known=False)
    rows = {row.number: row for row in match(sample).lines if row.fund == "general"}
    assert "План неповний: " in rows[1].target.why
    assert rows[1].target.grounds[-1].amount is None
    (total,) = (row for row in match(sample).totals if not row.fund)
    assert "План неповний: " in total.target.why


def test_a_passport_before_approval_has_nothing_to_match(sample, officer):
    draft = passports.create(programme=sample.programme, year=2024, by=officer)
    assert match(draft.passport) is None


def test_queries_do_not_grow_with_lines_links_and_decisions(sample, decide, shared, officer):
    with CaptureQueriesContext(connection) as before:
        match(sample)
    for number in range(3):
        decide("1", number=f"80{number}")
    for row in match(sample).lines:
        LineMeasure.objects.create(line_id=row.line_id, measure=shared.measures["2.1"])
    with CaptureQueriesContext(connection) as after:
        match(sample)
    assert len(after) == len(before)


# Reasons


def explain(sample, by, text, version=0, **changed):
    said = {"step": MatchStep.TARGET_PASSPORT, "line_id": None, "fund": ""} | changed
    matching.explain(passport=sample, text=text, version=version, by=by, **said)


def test_a_reason_is_written_changed_and_taken_back(sample, officer):
    explain(sample, officer, " Асигнування зменшено. ")
    one = difference(match(sample), MatchStep.TARGET_PASSPORT)
    assert (one.reason.text, one.reason.version) == ("Асигнування зменшено.", 1)
    with pytest.raises(StaleVersion, match="Зараз: «Асигнування зменшено"):
        explain(sample, officer, "інше")
    explain(sample, officer, "Інше.", version=1)
    explain(sample, officer, "", version=2)
    assert not MatchReason.objects.exists()


def test_a_reason_of_nothing_is_refused(sample, officer, elsewhere):
    for changed in ({"step": "x"}, {"fund": "x"}, {"line_id": elsewhere.line.pk}):
        with pytest.raises(RuleViolation):
            explain(sample, officer, "а", **changed)
