"""Measures of a draft: what is in force stays until the draft is adopted."""

import datetime as dt
from decimal import Decimal

import pytest

from budgets.exceptions import BelowPaid, RuleViolation, StaleVersion
from budgets.models import BudgetLine, Measure, MeasurePosition
from budgets.models.programmes import ORDER_STEP
from budgets.selectors import placement, tree
from budgets.selectors import programmes as selectors
from budgets.selectors.placement import Point
from budgets.services import acts, draft_measures
from reports.documents import programme_measures
from tests.budgets.drafts import amounts, fresh, on_the_way, one_line, pay, place, town_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(sample):
    return town_of(sample.programme.community)


@pytest.fixture
def draft(town, officer):
    return acts.open_draft(programme=town.programme, by=officer)


@pytest.fixture
def do(draft, officer):
    """Call a service on the draft as it stands."""
    return lambda service, **said: service(
        act=draft, version=said.pop("version", fresh(draft).version), by=officer, **said
    )


def order(draft) -> list[str]:
    """Names of the rows of the draft as its tree reads."""
    rows = placement.rows(fresh(draft))
    return [rows.name(pk) for pk in sorted(rows.words, key=rows.tree.order)]


def after(draft, measure) -> Point:
    return placement.rows(fresh(draft)).after(measure.pk)


def table(town, draft=None) -> str:
    """The text of the table of measures: as in force, or with the draft."""
    document = programme_measures.build(town.programme, act=draft and fresh(draft))
    found = [
        row
        for section in document.sections
        for block in section.blocks
        for row in getattr(block, "rows", ())
    ]
    return "\n".join(
        str(cell.value)
        for row in found
        for cell in row.cells.values()
        if isinstance(cell.value, str)
    )


# Adding


def test_a_measure_stands_right_after_the_one_it_was_put_after(town, draft, do):
    made = do(
        draft_measures.add_measure,
        point=after(draft, town.measures["1.1"]),
        words={"title": " Сервер "},
        number="1.1а",
    )
    assert order(draft)[:3] == ["1.1. Персональні комп’ютери", "1.1а. Сервер", "1.2. Модернізація"]
    assert made.task == town.tasks["1"]
    assert "Сервер" not in table(town)
    assert "Сервер" in table(town, draft)


def test_a_measure_ends_a_task_a_direction_and_a_parent(town, draft, do):
    rows = placement.rows(draft)
    for name, group in (
        ("у завданні", ("task", town.tasks["2"].pk)),
        ("у напрямі", ("direction", town.tasks["2"].direction_id)),
        ("у заході", ("measure", town.measures["1.2"].pk)),
    ):
        do(draft_measures.add_measure, point=rows.last_in(group), words={"title": name})
    found = order(draft)
    assert found.index("у заході") == found.index("1.2.2. Диски") + 1
    assert found.index("у завданні") == found.index("2.1. Оплата послуг Інтернет") + 1
    assert found[-1] == "у напрямі"


def test_neighbours_without_room_are_spaced_anew_and_only_in_the_draft(town, draft, do):
    """Orders of this programme are 1, 2, 3 …: nothing fits between."""
    before = list(Measure.objects.filter(programme=town.programme).values_list("pk", "order"))
    for title in ("третій", "другий", "перший"):
        do(
            draft_measures.add_measure,
            point=after(draft, town.measures["1.1"]),
            words={"title": title},
        )
    assert order(draft)[1:4] == ["перший", "другий", "третій"]
    known = Measure.objects.filter(pk__in=[pk for pk, _order in before])
    assert list(known.values_list("pk", "order")) == before
    assert set(MeasurePosition.objects.values_list("act", flat=True)) == {draft.pk}
    moved = MeasurePosition.objects.get(measure=town.measures["1.2"])
    assert moved.order % ORDER_STEP == 0
    assert moved.number == "1.2"


def test_a_measure_with_money_takes_no_parts(town, draft, do):
    with pytest.raises(RuleViolation, match="має власні суми, тому не може мати підзаходів"):
        do(
            draft_measures.add_measure,
            point=Point(parent_id=town.measures["1.1"].pk),
            words={"title": "частина"},
        )
    assert not draft.measuretexts.exists()


# Words


def test_words_begin_from_those_in_force_and_return_without_a_trace(town, draft, do):
    measure = town.measures["1.1"]
    do(
        draft_measures.write_words,
        measure=measure,
        words={"title": "Комп’ютери", "is_conditional": True},
    )
    own = draft.measuretexts.get()
    assert (own.title, own.term, own.is_conditional) == ("Комп’ютери", "2024-2026", True)
    assert "Персональні комп’ютери" in table(town)
    do(
        draft_measures.write_words,
        measure=measure,
        words={"title": "Персональні комп’ютери", "is_conditional": False},
    )
    assert not draft.measuretexts.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"title": " "}, "Вкажіть назву заходу"),
        ({"term_from": 2023}, "2024–2026. Змініть 2023 рік"),
        ({"term_to": 2030}, "2024–2026. Змініть 2030 рік"),
        (
            {"term_from": 2026, "term_to": 2024},
            r"Останній рік терміну \(2024\) раніше за перший \(2026\)",
        ),
        ({"term_from": 2026, "term_to": 2026}, "лишилися б кошти або кількість: 2024, 2025"),
        ({"term_to": 2024}, "лишилися б кошти або кількість: 2025"),
    ],
)
def test_words_that_cannot_be_are_refused_whole(town, draft, do, words, message):
    with pytest.raises(RuleViolation, match=message):
        do(draft_measures.write_words, measure=town.measures["1.1"], words=words)
    assert not draft.measuretexts.exists()
    assert fresh(draft).version == 1


def test_a_year_may_leave_the_term_once_the_draft_took_its_money(town, draft, do):
    one_line(draft, place(town, "1.1", 2025, "special"), "-23000.50", quantity="-1")
    do(draft_measures.write_words, measure=town.measures["1.1"], words={"term_to": 2024})
    assert draft.measuretexts.get().term_to == 2024


# Moving


def test_a_moved_measure_stands_elsewhere_in_the_draft_alone(town, draft, do, officer):
    measure = town.measures["1.1"]
    do(
        draft_measures.move_measure,
        measure=measure,
        number="2.2",
        point=after(draft, town.measures["2.1"]),
    )
    assert "2.2. Персональні комп’ютери" in order(draft)
    assert "1.1. Персональні комп’ютери" in table(town)
    assert "2.2. Персональні комп’ютери" in table(town, draft)
    assert "1.1. Персональні" not in table(town, draft)
    in_force = tree.load(town.programme, selectors.acts(town.programme))
    assert in_force.measures[measure.pk].task_id == town.tasks["1"].pk
    acts.adopt(
        act=on_the_way(draft, officer),
        number="2",
        date=dt.date(2024, 6, 1),
        version=fresh(draft).version,
        by=officer,
    )
    assert "2.2. Персональні комп’ютери" in table(town)
    assert amounts(town)["1.1", 2024] == Decimal(46000)


def test_parts_go_with_their_measure(town, draft, do):
    do(
        draft_measures.move_measure,
        measure=town.measures["1.2"],
        number="2.2",
        point=after(draft, town.measures["2.1"]),
    )
    found = order(draft)
    assert found.index("1.2.2. Диски") == found.index("2.2. Модернізація") + 2
    rows = placement.rows(draft)
    assert rows.tree.task(town.measures["1.2.1"].pk) == town.tasks["2"]


def test_a_measure_returns_to_where_it_stands_in_force_without_a_trace(town, draft, do):
    measure = town.measures["1.1"]
    do(
        draft_measures.move_measure,
        measure=measure,
        number="9",
        point=placement.rows(draft).point(measure.pk),
    )
    assert draft.measurepositions.get().number == "9"
    do(
        draft_measures.move_measure,
        measure=measure,
        number="1.1",
        point=placement.rows(draft).point(measure.pk),
    )
    assert not draft.measurepositions.exists()


@pytest.mark.parametrize(
    ("what", "under", "message"),
    [
        ("1.2", "1.2", "не може стояти в самому собі"),
        ("1.2", "1.2.1", "не може стояти в самому собі"),
        ("3.1", "1.1", "має власні суми"),
    ],
)
def test_a_measure_moves_neither_into_itself_nor_into_one_with_money(
    town, do, what, under, message
):
    with pytest.raises(RuleViolation, match=message):
        do(
            draft_measures.move_measure,
            measure=town.measures[what],
            number="1",
            point=Point(parent_id=town.measures[under].pk),
        )
    assert not MeasurePosition.objects.filter(act__programme=town.programme).exists()


def test_a_neighbour_that_stands_elsewhere_is_refused(town, draft, do):
    with pytest.raises(RuleViolation, match="стоїть в іншому місці"):
        do(
            draft_measures.move_measure,
            measure=town.measures["1.1"],
            number="1",
            point=Point(task_id=town.tasks["2"].pk, after_id=town.measures["3.1"].pk),
        )


# Splitting


def split(do, town, taken, **said):
    return do(
        draft_measures.split_measure,
        **{
            "measure": town.measures["1.1"],
            "title": "Монітори",
            "number": "1.1.1",
            "amounts": {
                place(town, "1.1", year, "special"): Decimal(sum_) for year, sum_ in taken.items()
            },
            "reason": "окрема закупівля",
            **said,
        },
    )


def test_a_split_divides_the_money_and_changes_no_sum(town, draft, do):
    before = amounts(town)
    made = split(do, town, {2024: "6000.50", 2025: "0"})
    found = amounts(town, draft)
    assert (found["1.1", 2024], found[made.pk, 2024]) == (Decimal("39999.50"), Decimal("6000.50"))
    assert sum(found.values()) == sum(before.values())
    assert amounts(town) == before
    assert order(draft)[:2] == ["1.1. Персональні комп’ютери", "1.1.1. Монітори"]
    assert draft.measuretexts.get().term == "2024-2026"
    assert {line.reason for line in draft.budgetlines.all()} == {"окрема закупівля"}


@pytest.mark.parametrize(
    ("taken", "said", "message"),
    [
        ({2024: "46000.01"}, {}, r"від 0 до 46.000,00 грн, не 46.000,01"),
        ({2024: "-1"}, {}, "від 0 до"),
        ({2026: "1"}, {}, "від 0 до 0,00 грн"),
        ({2024: "0"}, {}, "Вкажіть, скільки коштів"),
        ({2024: "1"}, {"reason": " "}, "Вкажіть причину"),
        ({2024: "1"}, {"title": ""}, "Вкажіть назву заходу"),
    ],
)
def test_a_split_that_cannot_be_leaves_nothing_behind(town, do, taken, said, message):
    with pytest.raises(RuleViolation, match=message):
        split(do, town, taken, **said)
    assert Measure.objects.filter(programme=town.programme).count() == len(town.measures)
    assert not BudgetLine.objects.filter(
        act__status="draft", act__programme=town.programme
    ).exists()


def test_a_split_below_paid_cash_wants_a_consent(town, draft, do, sample, officer):
    pay(sample, town.measures["1.1"], "45000.00", officer)
    with pytest.raises(BelowPaid):
        split(do, town, {2024: "2000"})
    assert not draft.measuretexts.exists()
    split(do, town, {2024: "2000"}, is_confirmed=True)
    assert draft.budgetlines.get(measure=town.measures["1.1"]).is_below_paid


# Cancelling, and the ways back


def test_a_cancelled_measure_loses_its_money_and_gets_it_back(town, draft, do):
    do(draft_measures.cancel_measure, measure=town.measures["1.1"], reason="немає потреби")
    found = amounts(town, draft)
    assert (found["1.1", 2024], found["1.1", 2025]) == (0, 0)
    assert amounts(town)["1.1", 2024] == Decimal(46000)
    do(draft_measures.restore_measure, measure=town.measures["1.1"])
    assert amounts(town, draft) == amounts(town)
    assert not draft.measuretexts.exists()
    assert not draft.budgetlines.exists()


def test_a_cancelled_measure_takes_its_parts_with_it(town, draft, do):
    do(draft_measures.cancel_measure, measure=town.measures["1.2"], reason="немає потреби")
    found = amounts(town, draft)
    assert (found["1.2.1", 2024], found["1.2.2", 2026]) == (0, 0)
    do(draft_measures.restore_measure, measure=town.measures["1.2"])
    assert amounts(town, draft) == amounts(town)


def test_a_cancellation_wants_a_reason_and_a_consent_below_paid_cash(
    town, draft, do, sample, officer
):
    measure = town.measures["1.1"]
    with pytest.raises(RuleViolation, match="Вкажіть причину"):
        do(draft_measures.cancel_measure, measure=measure, reason="  ")
    pay(sample, measure, "100.00", officer)
    with pytest.raises(BelowPaid):
        do(draft_measures.cancel_measure, measure=measure, reason="немає потреби")
    assert not draft.measuretexts.exists()
    do(draft_measures.cancel_measure, measure=measure, reason="немає потреби", is_confirmed=True)


def test_only_what_this_draft_cancelled_is_restored(town, draft, do):
    with pytest.raises(RuleViolation, match="не скасовувала захід"):
        do(draft_measures.restore_measure, measure=town.measures["1.1"])


def test_a_measure_of_the_draft_is_removed_and_not_cancelled(town, draft, do):
    made = split(do, town, {2024: "10"})
    with pytest.raises(RuleViolation, match="додано цією чернеткою"):
        do(draft_measures.cancel_measure, measure=made, reason="помилка")
    do(draft_measures.remove_measure, measure=made)
    assert not Measure.objects.filter(pk=made.pk).exists()
    assert not draft.measuretexts.exists()
    assert amounts(town, draft)["1.1", 2024] == Decimal("45990.00")


def test_what_is_in_force_or_has_parts_is_not_removed(town, draft, do):
    with pytest.raises(RuleViolation, match="є в чинних актах"):
        do(draft_measures.remove_measure, measure=town.measures["1.1"])
    top = do(
        draft_measures.add_measure,
        point=after(draft, town.measures["2.1"]),
        words={"title": "ціле"},
    )
    inside = placement.rows(draft).last_in(("measure", top.pk))
    part = do(draft_measures.add_measure, point=inside, words={"title": "частина"})
    with pytest.raises(RuleViolation, match="має підзаходи"):
        do(draft_measures.remove_measure, measure=top)
    do(
        draft_measures.move_measure,
        measure=part,
        number="",
        point=after(draft, town.measures["2.1"]),
    )
    do(draft_measures.remove_measure, measure=top)


# Whose draft it is


def every_write(town, draft):
    measure = town.measures["1.1"]
    yield draft_measures.add_measure, {"point": after(draft, measure), "words": {"title": "x"}}
    yield draft_measures.write_words, {"measure": measure, "words": {"title": "x"}}
    yield (
        draft_measures.move_measure,
        {"measure": measure, "number": "", "point": after(draft, town.measures["2.1"])},
    )
    yield draft_measures.cancel_measure, {"measure": measure, "reason": "x"}
    yield draft_measures.restore_measure, {"measure": measure}
    yield draft_measures.remove_measure, {"measure": measure}


def test_stale_versions_and_acts_that_are_no_drafts_are_refused(town, draft, do, officer):
    for service, said in every_write(town, draft):
        with pytest.raises(StaleVersion):
            do(service, version=7, **said)
    one_line(draft, place(town, "1.1", 2024, "special"), "-1")
    on_the_way(draft, officer)
    for service, said in every_write(town, draft):
        with pytest.raises(RuleViolation, match="потрібен стан «чернетка»"):
            do(service, **said)


def test_a_measure_of_another_draft_or_programme_does_not_belong_here(town, draft, do, officer):
    other = acts.open_draft(programme=town.programme, by=officer)
    foreign = draft_measures.add_measure(
        act=other,
        point=after(draft, town.measures["1.1"]),
        words={"title": "чужий"},
        version=1,
        by=officer,
    )
    elsewhere = Measure.objects.exclude(programme=town.programme).first()
    for measure in (foreign, elsewhere):
        for service, said in list(every_write(town, draft))[1:]:
            with pytest.raises(RuleViolation, match="Захід не належить до цієї програми"):
                do(service, **{**said, "measure": measure})
    assert "чужий" not in order(draft)
