"""Drafts that are sound alone and contradict each other: found, told, and mended by rebasing."""

import datetime as dt
from decimal import Decimal

import pytest

from budgets.choices import ActKind, ActStatus, ProgrammeFund
from budgets.exceptions import CellErrors, RuleViolation
from budgets.models import Act, Measure, Programme
from budgets.selectors import drafts, programmes, soundness, tree
from budgets.selectors.placement import Point
from budgets.selectors.programmes import Place
from budgets.services import acts, draft_measures, drafting, rebasing
from budgets.services.drafting import NOTHING, PlaceEdit

pytestmark = pytest.mark.django_db
numbers = iter(range(100, 1000))


def fresh(act: Act) -> Act:
    return Act.objects.get(pk=act.pk)


def place(measure: Measure, year: int = 2024) -> Place:
    return Place(measure.pk, 0, year, ProgrammeFund.GENERAL, 0)


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
def by(officer):
    return officer


@pytest.fixture
def plan(by):
    def write(act: Act, where: Place, amount=None, quantity=None) -> None:
        now = programmes.planned(act.programme, draft=act).get(where, NOTHING)
        edit = PlaceEdit(where, amount, quantity, seen=now)
        drafting.plan(act=act, edits=[edit], by=by)

    return write


@pytest.fixture
def adopt(by):
    def write(act: Act, date: dt.date = dt.date(2024, 6, 1), in_force_from=None) -> None:
        acts.submit(act=act, version=fresh(act).version, by=by)
        acts.agree(act=act, version=fresh(act).version, by=by)
        acts.adopt(
            act=act,
            number=str(next(numbers)),
            date=date,
            in_force_from=in_force_from,
            version=fresh(act).version,
            by=by,
        )

    return write


@pytest.fixture
def add(by):
    def write(act: Act, title: str, parent: Measure | None = None) -> Measure:
        return draft_measures.add_measure(
            act=act,
            point=Point(parent_id=parent.pk if parent else None),
            words={"title": title},
            version=fresh(act).version,
            by=by,
        )

    return write


@pytest.fixture
def measures(programme, add, adopt, by) -> list[Measure]:
    """Two measures without money, in force from 1 February."""
    approval = acts.open_draft(programme=programme, kind=ActKind.APPROVAL, by=by)
    made = [add(approval, title) for title in ("Комп’ютери", "Антивірус")]
    adopt(approval, dt.date(2024, 2, 1))
    return made


@pytest.fixture
def pair(programme, measures, by) -> tuple[Act, Act]:
    """Two drafts opened at the same time."""
    one, other = (acts.open_draft(programme=programme, by=by) for _ in range(2))
    return one, other


def move_under(act: Act, measure: Measure, parent: Measure, by) -> None:
    draft_measures.move_measure(
        act=act,
        measure=measure,
        number="",
        point=Point(parent_id=parent.pk),
        version=fresh(act).version,
        by=by,
    )


def words(act: Act, measure: Measure, by, **changed) -> None:
    draft_measures.write_words(
        act=act, measure=measure, words=changed, version=fresh(act).version, by=by
    )


def test_two_drafts_cannot_put_measures_into_each_other(pair, measures, adopt, by):
    one, other = pair
    move_under(one, measures[0], measures[1], by)
    move_under(other, measures[1], measures[0], by)
    adopt(one)
    assert "стояв би в самому собі" in soundness.faults(fresh(other))[0]
    counted = programmes.acts(one.programme, draft=other)
    assert tree.load(one.programme, counted).loops  # shown, not followed for ever
    with pytest.raises(RuleViolation, match="стояв би в самому собі"):
        adopt(other)
    assert fresh(other).status == ActStatus.DRAFT


def test_a_draft_stands_on_the_moment_it_was_opened_whatever_the_days_of_acts(
    programme, measures, *, pair, plan, adopt, by
):
    one, other = pair
    plan(one, place(measures[0]), Decimal(100))
    plan(other, place(measures[1]), Decimal(70))
    adopt(one, in_force_from=dt.date(2025, 1, 1))
    adopt(other, in_force_from=dt.date(2024, 12, 1))
    third = acts.open_draft(programme=programme, by=by)
    plan(third, place(measures[1]), Decimal(200))
    assert drafts.overtaken(fresh(third)) == []
    with pytest.raises(RuleViolation, match=r"Зміни діяли б з 01\.07\.2024, раніше за рішення"):
        adopt(third, dt.date(2024, 7, 1))
    acts.return_to_draft(act=third, version=fresh(third).version, by=by)
    adopt(third, dt.date(2024, 7, 1), dt.date(2025, 2, 1))
    assert programmes.planned(programme)[place(measures[1])].amount == 200


def test_words_changed_meanwhile_are_a_conflict_and_are_merged(pair, measures, adopt, by):
    one, other = pair
    words(one, measures[0], by, title="Ноутбуки")
    words(other, measures[0], by, expected_result="50 робочих місць")
    adopt(one)
    assert drafts.overtaken_words(fresh(other)) == {measures[0].pk: fresh(one)}
    acts.submit(act=other, version=fresh(other).version, by=by)
    acts.agree(act=other, version=fresh(other).version, by=by)
    with pytest.raises(RuleViolation, match="інший акт змінив ті самі рядки \\(1\\)"):
        acts.adopt(
            act=other, number="77", date=dt.date(2024, 6, 2), version=fresh(other).version, by=by
        )
    acts.return_to_draft(act=other, version=fresh(other).version, by=by)
    rebasing.rebase(act=other, keep_figures=False, version=fresh(other).version, by=by)
    adopt(other, dt.date(2024, 6, 2))
    now = programmes.texts(one.programme)[measures[0].pk]
    assert (now.title, now.expected_result) == ("Ноутбуки", "50 робочих місць")


def test_a_measure_cancelled_meanwhile_stays_cancelled(pair, measures, plan, adopt, by):
    one, other = pair
    plan(other, place(measures[0], 2025), Decimal(55))
    words(other, measures[0], by, title="Ноутбуки")
    draft_measures.cancel_measure(
        act=one, measure=measures[0], reason="немає потреби", version=fresh(one).version, by=by
    )
    adopt(one)
    rebasing.rebase(act=other, keep_figures=False, version=fresh(other).version, by=by)
    text = fresh(other).measuretexts.get()
    assert (text.title, text.is_cancelled) == ("Ноутбуки", True)
    with pytest.raises(RuleViolation, match="захід скасовано, а кошти чи кількість"):
        adopt(other)


def test_money_outside_a_term_narrowed_meanwhile_is_refused(pair, measures, plan, adopt, by):
    one, other = pair
    words(one, measures[0], by, term="2024", term_from=2024, term_to=2024)
    plan(other, place(measures[0], 2026), Decimal(5))
    adopt(one)
    with pytest.raises(RuleViolation, match="2026: рік не входить у термін заходу \\(2024\\)"):
        adopt(other)


def test_money_on_a_measure_that_got_parts_meanwhile_is_refused(pair, measures, plan, add, adopt):
    one, other = pair
    plan(one, place(measures[0]), Decimal(7))
    add(other, "Частина", measures[0])
    adopt(one)
    with pytest.raises(RuleViolation, match="має підзаходи, тому власних сум мати не може"):
        adopt(other)


def test_a_part_that_only_another_draft_knows_locks_nothing(pair, measures, plan, add, by):
    one, other = pair
    add(one, "Частина", measures[0])
    plan(other, place(measures[0]), Decimal(5))
    acts.withdraw(act=one, version=fresh(one).version, by=by)
    plan(other, place(measures[0]), Decimal(6))
    third = acts.open_draft(programme=other.programme, by=by)
    add(third, "Своя частина", measures[0])
    with pytest.raises(CellErrors, match="складається з підзаходів"):
        plan(third, place(measures[0]), Decimal(5))


def test_keeping_figures_keeps_quantities_and_adds_no_amount(programme, measures, plan, adopt, by):
    first = acts.open_draft(programme=programme, by=by)
    plan(first, place(measures[0]), quantity=Decimal(10))
    adopt(first)
    one, other = (acts.open_draft(programme=programme, by=by) for _ in range(2))
    plan(one, place(measures[0]), quantity=Decimal(15))
    plan(other, place(measures[0]), quantity=Decimal(20))
    adopt(one)
    (found,) = drafts.overtaken(fresh(other))
    assert (found.figure, found.was, found.now, found.delta) == ("quantity", 10, 15, 10)
    rebasing.rebase(act=other, keep_figures=True, version=fresh(other).version, by=by)
    planned = programmes.planned(programme, draft=other)[place(measures[0])]
    assert (planned.amount, planned.quantity) == (None, 20)
    adopt(other)


@pytest.mark.parametrize(
    ("date", "in_force_from", "message"),
    [
        (dt.date(2099, 10, 2), None, "ще не могли ухвалити"),
        (dt.date(1, 1, 1), None, "задавнє для програми 2024–2026"),
        (dt.date(2024, 6, 1), dt.date(2027, 1, 1), "програма триває до 2026 року"),
        (dt.date(2024, 6, 1), dt.date(2024, 5, 31), "не може діяти з 31.05.2024"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    programme, measures, *, plan, adopt, by, date, in_force_from, message
):
    draft = acts.open_draft(programme=programme, by=by)
    plan(draft, place(measures[0]), Decimal(5))
    with pytest.raises(RuleViolation, match=message):
        adopt(draft, date, in_force_from)


def test_a_withdrawn_first_draft_is_begun_anew_from_what_it_said(programme, add, plan, adopt, by):
    first = acts.open_draft(programme=programme, kind=ActKind.APPROVAL, by=by)
    with pytest.raises(RuleViolation, match="Чернетку програми вже відкрито"):
        acts.open_draft(programme=programme, kind=ActKind.APPROVAL, by=by)
    measure = add(first, "Комп’ютери")
    plan(first, place(measure), Decimal(9))
    acts.withdraw(act=first, version=fresh(first).version, by=by)
    again = acts.open_draft(programme=programme, kind=ActKind.APPROVAL, by=by)
    adopt(again, dt.date(2024, 2, 1))
    assert programmes.planned(programme)[place(measure)].amount == 9
    assert programmes.texts(programme)[measure.pk].title == "Комп’ютери"
    assert fresh(first).budgetlines.count() == 1
