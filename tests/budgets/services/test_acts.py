"""Acts and drafts: what is planned is the sum of what was adopted."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.choices import ActKind, ActStatus, ProgrammeFund
from budgets.exceptions import CellErrors, RuleViolation, StaleVersion
from budgets.models import Act, BudgetLine, Measure, Programme
from budgets.selectors import drafts, programmes
from budgets.selectors.placement import Point
from budgets.selectors.programmes import Place, Planned
from budgets.services import acts, draft_measures, drafting, rebasing
from budgets.services.drafting import PlaceEdit

pytestmark = pytest.mark.django_db


def fresh(act: Act) -> Act:
    return Act.objects.get(pk=act.pk)


def adopt(act: Act, by, number: str, date: dt.date) -> Act:
    acts.submit(act=act, version=fresh(act).version, by=by)
    acts.agree(act=act, version=fresh(act).version, by=by)
    acts.adopt(act=act, number=number, date=date, version=fresh(act).version, by=by)
    return fresh(act)


def edit(act: Act, by, *edits: PlaceEdit) -> None:
    """As a person does who sees what the draft makes of the places now."""
    now = programmes.planned(act.programme, draft=act)
    seen = [replace(one, seen=now.get(one.place, drafting.NOTHING)) for one in edits]
    drafting.plan(act=act, edits=seen, by=by)


@pytest.fixture
def programme(sample) -> Programme:
    return Programme.objects.create(
        community=sample.programme.community,
        slug="proba",
        title="Програма інформатизації",
        year_from=2024,
        year_to=2026,
    )


@pytest.fixture
def approval(programme, officer) -> Act:
    """Two measures of 100,0 and 50,0 тис. грн in 2024, adopted on 1 February."""
    act = acts.open_draft(programme=programme, kind=ActKind.APPROVAL, by=officer)
    for title in ("Комп’ютери", "Антивірус"):
        draft_measures.add_measure(
            act=act,
            point=Point(after_id=getattr(programme.measures.last(), "pk", None)),
            words={"title": title},
            version=fresh(act).version,
            by=officer,
        )
    first, second = programme.measures.all()
    edit(
        act,
        officer,
        PlaceEdit(place(first), Decimal(100_000)),
        PlaceEdit(place(second), Decimal(50_000)),
    )
    return adopt(act, officer, "1", dt.date(2024, 2, 1))


def place(measure: Measure, year: int = 2024, fund: str = ProgrammeFund.GENERAL) -> Place:
    return Place(measure.pk, 0, year, fund, 0)


@pytest.fixture
def measures(approval) -> list[Measure]:
    return list(approval.programme.measures.all())


def amounts(programme: Programme, as_of: dt.date | None = None, draft: Act | None = None):
    return {
        where: planned.amount
        for where, planned in programmes.planned(programme, as_of, draft).items()
    }


def test_a_draft_counts_only_in_its_own_preview(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(120_000), reason="дорожче"))
    line = draft.budgetlines.get()
    assert (line.amount, line.reason) == (Decimal(20_000), "дорожче")
    assert amounts(programme)[place(measures[0])] == Decimal(100_000)
    assert amounts(programme, draft=draft)[place(measures[0])] == Decimal(120_000)


def test_figures_as_of_a_day_are_those_of_acts_in_force(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(70_000)))
    adopt(draft, officer, "2", dt.date(2024, 6, 1))
    assert amounts(programme, dt.date(2024, 1, 31)) == {}
    assert amounts(programme, dt.date(2024, 5, 31))[place(measures[0])] == Decimal(100_000)
    assert amounts(programme, dt.date(2024, 6, 1))[place(measures[0])] == Decimal(70_000)


def test_where_a_figure_comes_from(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(70_000), reason="економія"))
    adopt(draft, officer, "2", dt.date(2024, 6, 1))
    steps = programmes.history(programme, place(measures[0]))
    assert [
        (step.act.number, step.line.amount, step.amount_after) for step in steps if step.line
    ] == [
        ("1", Decimal(100_000), Decimal(100_000)),
        ("2", Decimal(-30_000), Decimal(70_000)),
    ]
    assert steps[1].line is not None
    assert steps[1].line.reason == "економія"


def test_a_transfer_is_zero_sum(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    drafting.transfer(
        act=draft,
        source=place(measures[0]),
        target=place(measures[1]),
        amount=Decimal(50_000),
        reason="закупівля антивірусу",
        version=draft.version,
        by=officer,
    )
    assert sorted(line.amount for line in draft.budgetlines.all()) == [
        Decimal(-50_000),
        Decimal(50_000),
    ]
    with pytest.raises(RuleViolation, match=r"У рядку лише 50,0 тис\. грн"):
        drafting.transfer(
            act=draft,
            source=place(measures[0]),
            target=place(measures[1]),
            amount=Decimal("50000.01"),
            reason="",
            version=fresh(draft).version,
            by=officer,
        )


def test_a_place_that_returns_to_what_is_in_force_keeps_no_line(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(1)))
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(100_000)))
    assert not draft.budgetlines.exists()


def test_all_refusals_come_at_once_and_nothing_is_kept(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    draft_measures.write_words(
        act=draft,
        measure=measures[1],
        words={"term": "2024", "term_from": 2024, "term_to": 2024},
        version=draft.version,
        by=officer,
    )
    with pytest.raises(CellErrors) as refusal:
        edit(
            draft,
            officer,
            PlaceEdit(place(measures[0]), Decimal(5)),
            PlaceEdit(place(measures[0], 2030), Decimal(5)),
            PlaceEdit(place(measures[1], 2025), Decimal(5)),
            PlaceEdit(place(measures[0], 2025), Decimal(-5)),
            PlaceEdit(Place(0, 0, 2024, "general", 0), Decimal(5)),
        )
    messages = [message for _cell, message in refusal.value.errors]
    assert [message.split(" ")[0] for message in messages] == ["2030", "2025", "Планова", "Захід"]
    assert not draft.budgetlines.exists()


def test_a_cancelled_measure_goes_to_zero_and_takes_no_more_money(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    draft_measures.cancel_measure(
        act=draft, measure=measures[0], reason="немає потреби", version=draft.version, by=officer
    )
    assert amounts(programme, draft=draft)[place(measures[0])] == 0
    adopt(draft, officer, "2", dt.date(2024, 6, 1))
    later = acts.open_draft(programme=programme, by=officer)
    with pytest.raises(CellErrors, match="Захід скасовано"):
        edit(later, officer, PlaceEdit(place(measures[0]), Decimal(10)))


def test_adoption_refuses_a_date_before_its_parent_and_a_number_twice(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(5)))
    acts.submit(act=draft, version=fresh(draft).version, by=officer)
    acts.agree(act=draft, version=fresh(draft).version, by=officer)
    for number, date, message in (
        ("2", dt.date(2024, 1, 31), "раніше за рішення, яке воно змінює"),
        ("1", dt.date(2024, 2, 1), "уже є"),
        (" ", dt.date(2024, 6, 1), "Вкажіть номер"),
    ):
        with pytest.raises(RuleViolation, match=message):
            acts.adopt(
                act=draft, number=number, date=date, version=fresh(draft).version, by=officer
            )
    assert fresh(draft).status == ActStatus.AGREED


@pytest.mark.parametrize(
    ("keep_figures", "outcome"), [(True, (30_000, 120_000)), (False, (20_000, 110_000))]
)
def test_a_draft_overtaken_by_another_rebases(programme, measures, officer, keep_figures, outcome):
    first, second = (acts.open_draft(programme=programme, by=officer) for _draft in range(2))
    edit(first, officer, PlaceEdit(place(measures[0]), Decimal(90_000)))
    edit(second, officer, PlaceEdit(place(measures[0]), Decimal(120_000)))
    assert drafts.rivals(second) == {place(measures[0]): [first]}
    adopt(first, officer, "2", dt.date(2024, 6, 1))
    with pytest.raises(RuleViolation, match="Перенесіть чернетку на чинні суми"):
        adopt(second, officer, "3", dt.date(2024, 7, 1))
    acts.return_to_draft(act=second, version=fresh(second).version, by=officer)
    (found,) = drafts.overtaken(fresh(second))
    assert (found.was, found.now, found.delta) == (
        Decimal(100_000),
        Decimal(90_000),
        Decimal(20_000),
    )
    rebasing.rebase(
        act=second, keep_figures=keep_figures, version=fresh(second).version, by=officer
    )
    assert second.budgetlines.get().amount == Decimal(outcome[0])
    adopt(second, officer, "3", dt.date(2024, 7, 1))
    assert amounts(programme)[place(measures[0])] == Decimal(outcome[1])


def test_a_figure_another_person_changed_meanwhile_is_not_overwritten(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(5)))
    seen = Planned(Decimal(100_000), None)  # what is in force: the page was opened before
    with pytest.raises(
        CellErrors, match=r"тут стало 5,00 грн\. Ваше значення \(6,00 грн\) не збережено"
    ):
        drafting.plan(
            act=draft, edits=[PlaceEdit(place(measures[0]), Decimal(6), seen=seen)], by=officer
        )
    assert amounts(programme, draft=draft)[place(measures[0])] == Decimal(5)


def test_a_stale_version_is_refused(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(5)))
    with pytest.raises(StaleVersion):
        acts.submit(act=draft, version=1, by=officer)


def test_an_adopted_act_does_not_change_by_any_path(approval, measures):
    line = approval.budgetlines.first()
    for write in (
        lambda: BudgetLine.objects.filter(pk=line.pk).update(amount=1),
        line.delete,
        lambda: BudgetLine.objects.create(act=approval, measure=measures[0], year=2026, amount=1),
        lambda: Act.objects.filter(pk=approval.pk).update(number="9"),
        lambda: approval.measuretexts.update(title="інше"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


CHANGES = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(0, 1), st.integers(2024, 2026), st.integers(0, 10**12)),
            min_size=1,
            max_size=4,
        ),
        st.integers(0, 40),
    ),
    max_size=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=CHANGES)
def test_consolidated_is_the_sum_of_deltas_at_every_date(approval, measures, officer, changes):
    """Any sequence of amendments: planned as of each day = initial + Σ deltas up to it."""
    programme, day = approval.programme, dt.date(2024, 2, 1)
    with transaction.atomic():
        expected = {day: dict(amounts(programme))}
        for number, (edits, later) in enumerate(changes, start=2):
            day += dt.timedelta(days=later)
            draft = acts.open_draft(programme=programme, by=officer)
            figures = dict(amounts(programme))
            for which, year, kopecks in edits:
                where, amount = place(measures[which], year), Decimal(kopecks).scaleb(-2)
                edit(draft, officer, PlaceEdit(where, amount))
                figures[where] = amount
            if draft.budgetlines.exists():
                adopt(draft, officer, str(number), day)
                expected[day] = figures
        for date, figures in expected.items():
            assert amounts(programme, date) == figures
        transaction.set_rollback(True)


def test_a_withdrawn_draft_counts_nowhere_and_goes_no_further(programme, measures, officer):
    draft = acts.open_draft(programme=programme, by=officer)
    edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(1)))
    acts.withdraw(act=draft, version=fresh(draft).version, by=officer)
    assert amounts(programme)[place(measures[0])] == Decimal(100_000)
    with pytest.raises(RuleViolation, match="Акт у стані «відкликано»"):
        acts.withdraw(act=draft, version=fresh(draft).version, by=officer)
    with pytest.raises(RuleViolation, match="потрібен стан «чернетка»"):
        edit(draft, officer, PlaceEdit(place(measures[0]), Decimal(2)))
