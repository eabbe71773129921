"""Founding target programmes and writing their parts: what may change, what the council has closed, what is taken over."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.choices import ActKind, ActStatus, Layout, PresentationUnit, ProgrammeFund
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import (
    Act,
    BudgetLine,
    Ceiling,
    Direction,
    Executor,
    FundingSource,
    Measure,
    MeasurePosition,
    MeasureText,
    PassportItem,
    Programme,
    SpendingUnit,
    Stage,
    StrategyLink,
    Task,
)
from budgets.models.programmes import ORDER_STEP
from budgets.selectors import programmes as selectors
from budgets.services import programme_copy, programme_parts, programmes
from budgets.transliteration import address, latin
from indicators.models import ProgrammeIndicator, ProgrammeIndicatorValue

pytestmark = pytest.mark.django_db


def described(sample, **changed):
    return {
        "community": sample.programme.community, "title": "Програма «Цифрове місто» на 2027-2029 роки",
        "short_title": "Цифрове місто", "slug": "", "year_from": 2027, "year_to": 2029,
        "responsible_unit": None, "unit": PresentationUnit.THOUSAND, "layout": Layout.YEARS,
        "marked_share": 25, **changed,
    }  # fmt: skip


@pytest.fixture
def act(sample, officer) -> Act:
    return programmes.create(**described(sample), by=officer)


@pytest.fixture
def programme(act) -> Programme:
    return act.programme


def fresh(programme: Programme) -> Programme:
    return Programme.objects.get(pk=programme.pk)


def write(programme, model, rows, by, version=None):
    programme_parts.write_rows(
        programme=programme,
        model=model,
        rows=rows,
        version=version or fresh(programme).version,
        by=by,
    )
    return list(model.objects.filter(programme=programme))


def adopt(act: Act) -> None:
    """As the council would: the rules of the way there have tests of their own."""
    Act.objects.filter(pk=act.pk).update(
        status=ActStatus.ADOPTED, number="1", date=dt.date(2027, 1, 20),
        in_force_from=dt.date(2027, 1, 20),
    )  # fmt: skip


# Words in Latin letters


@pytest.mark.parametrize(
    ("ukrainian", "expected"),
    [
        ("Згурський Розгін", "zghurskyi rozghin"), ("Єнакієве Гаєвич", "yenakiieve haievych"),
        ("Їжакевич Кадиївка", "yizhakevych kadyivka"), ("Йосипівка Стрий", "yosypivka stryi"),
        ("Юрій Крюківка", "yurii kriukivka"), ("Яготин Костянтин", "yahotyn kostiantyn"),
        ("Щербухи Гоща", "shcherbukhy hoshcha"), ("Знам’янка Ґалаґан", "znamianka galagan"),
        ("об'єкт", "obiekt"), ("Хвиля-2 «ІТ»", "khvylia-2 «it»"),
    ],
)  # fmt: skip
def test_names_are_written_as_the_official_table_shows(ukrainian, expected):
    assert latin(ukrainian) == expected


def test_an_address_ends_with_a_whole_word():
    assert address("Програма розвитку міста", most=20) == "prohrama-rozvytku"
    assert address("Програма розвитку", most=17) == "prohrama-rozvytku"
    assert address("№ №", most=10) == ""


# Founding


def test_a_new_programme_opens_the_draft_that_will_approve_it(act, programme, officer):
    assert (act.kind, act.status, act.changed_by) == (ActKind.APPROVAL, ActStatus.DRAFT, officer)
    assert programme.slug == "tsyfrove-misto"
    assert programmes.last_writer(programme) == "finansy"


def test_proposed_addresses_do_not_repeat(act, sample, officer):
    made = [programmes.create(**described(sample), by=officer).programme.slug for _ in range(2)]
    assert made == ["tsyfrove-misto-2", "tsyfrove-misto-3"]
    assert programmes.propose_slug("New") == "new-2"
    assert programmes.propose_slug("№") == "prohrama"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"slug": "new"}, "не слово new"),
        ({"slug": "цифрове"}, "латинські літери"),
        ({"slug": "Tsyfrove"}, "малі латинські"),
        ({"slug": "tsyfrove-misto"}, "уже є. Вкажіть іншу, наприклад tsyfrove-misto-2"),
        ({"year_to": 2026}, "не може бути раніше за перший"),
        ({"year_to": 2099}, "Перевірте роки"),
        ({"title": " "}, "Назва"),
        ({"layout": "пончик"}, "Вигляд таблиці"),
    ],
)
def test_a_programme_that_does_not_fit_is_refused(act, sample, officer, changed, message):
    before = Programme.objects.count()
    with pytest.raises(RuleViolation, match=message):
        programmes.create(**described(sample, **changed), by=officer)
    assert Programme.objects.count() == before


def test_a_foreign_unit_is_not_responsible(sample, officer, elsewhere):
    with pytest.raises(RuleViolation, match="іншої громади"):
        programmes.create(**described(sample, responsible_unit=elsewhere.unit), by=officer)


# Describing


def describe(programme, sample, by, version=None, **changed):
    words = described(sample, **changed)
    del words["community"], words["slug"]
    programmes.describe(
        programme=programme, version=version or fresh(programme).version, by=by, **words
    )


def test_what_is_said_about_a_programme_changes_with_its_version(programme, sample, officer):
    describe(programme, sample, officer, title="Інша", year_to=2030, marked_share=10)
    now = fresh(programme)
    assert (now.title, now.year_to, now.marked_share, now.version) == ("Інша", 2030, 10, 2)


def test_a_stale_description_names_who_wrote(programme, sample, officer, programme_head):
    describe(programme, sample, programme_head, short_title="Перша")
    with pytest.raises(StaleVersion, match="змінив користувач it"):
        describe(programme, sample, officer, version=1, short_title="Друга")
    assert fresh(programme).short_title == "Перша"


@pytest.mark.parametrize("changed", [{"title": "Інша"}, {"year_from": 2026}, {"year_to": 2030}])
def test_title_and_years_stay_as_the_council_approved_them(
    act, programme, sample, officer, changed
):
    adopt(act)
    with pytest.raises(RuleViolation, match="затверджено актом"):
        describe(programme, sample, officer, **changed)


def test_how_papers_look_changes_after_the_approval_too(act, programme, sample, officer):
    adopt(act)
    unit = sample.programme.key_unit
    describe(programme, sample, officer, layout=Layout.FUNDS, responsible_unit=unit, marked_share=5)
    now = fresh(programme)
    assert (now.layout, now.responsible_unit, now.marked_share) == (Layout.FUNDS, unit, 5)


def line(act, year=2029, **more):
    measure = Measure.objects.create(programme=act.programme, order=1000)
    MeasureText.objects.create(act=act, measure=measure, title="Сервери")
    amount = more.pop("amount", Decimal(100))
    return BudgetLine.objects.create(act=act, measure=measure, year=year, amount=amount, **more)


def test_a_year_with_sums_is_not_left_out(act, programme, sample, officer):
    line(act)
    with pytest.raises(RuleViolation, match="2029 рік не можна виключити"):
        describe(programme, sample, officer, year_to=2028)
    Act.objects.filter(pk=act.pk).update(status=ActStatus.WITHDRAWN)
    describe(programme, sample, officer, year_to=2028)


def test_stages_and_ceilings_stay_inside_the_years(programme, sample, officer):
    write(programme, Stage, [{"label": "І", "year_from": 2027, "year_to": 2029}], officer)
    with pytest.raises(RuleViolation, match="Етап І"):
        describe(programme, sample, officer, year_to=2028)
    write(programme, Stage, [], officer)
    write(programme, Ceiling, [{"year": 2029, "fund": "", "amount": Decimal(1)}], officer)
    with pytest.raises(RuleViolation, match="є граничний обсяг"):
        describe(programme, sample, officer, year_to=2028)


@pytest.mark.parametrize("status", [ActStatus.SUBMITTED, ActStatus.AGREED])
def test_title_and_years_wait_while_an_act_is_on_its_way(act, programme, sample, officer, status):
    Act.objects.filter(pk=act.pk).update(status=status)
    for changed in ({"title": "Інша"}, {"year_to": 2030}):
        with pytest.raises(RuleViolation, match="Поверніть акт на доопрацювання"):
            describe(programme, sample, officer, **changed)
    describe(programme, sample, officer, short_title="Місто", unit=PresentationUnit.HRYVNIA)
    Act.objects.filter(pk=act.pk).update(status=ActStatus.DRAFT)
    describe(programme, sample, officer, title="Інша")
    assert fresh(programme).title == "Інша"


# Parts


ROWS: dict[Any, dict[str, Any]] = {
    PassportItem: {"number": "1", "label": "Ініціатор", "value": "Виконавчий комітет"},
    Stage: {"label": "І", "year_from": 2027, "year_to": 2028},
    FundingSource: {"title": "Міський бюджет"},
    Executor: {"number": "1", "name": "Відділ ІТ", "total_label": "Разом", "unit": None},
    Direction: {"number": "1", "title": "Доступність"},
    Task: {"number": "1", "title": "Мережі", "direction": None, "executor": None},
    StrategyLink: {"item": "1.1", "priority": "Інновації", "goal": "", "task": ""},
    Ceiling: {"year": 2027, "fund": "", "amount": Decimal("100.50")},
}
WORD = {PassportItem: "label", Stage: "label", FundingSource: "title", Executor: "name",
        Direction: "title", Task: "title", StrategyLink: "item"}  # fmt: skip
ORDERED = [model for model in ROWS if model is not Ceiling]
OPEN = [FundingSource, Executor, Direction, Task]
CLOSED = [PassportItem, Stage, StrategyLink]


def name_of(model):
    return model.__name__


@pytest.mark.parametrize("model", ORDERED, ids=name_of)
def test_rows_keep_their_identity_and_take_the_given_order(programme, officer, model):
    word = WORD[model]
    first, second = write(
        programme, model, [{**ROWS[model], word: "А"}, {**ROWS[model], word: "Б"}], officer
    )
    third = {**ROWS[model], word: "В"}
    now = write(programme, model, [third, {**ROWS[model], word: "Б", "id": second.pk}], officer)
    assert [getattr(row, word) for row in now] == ["В", "Б"]
    assert [row.order for row in now] == [ORDER_STEP, 2 * ORDER_STEP]
    assert now[1].pk == second.pk
    assert not model.objects.filter(pk=first.pk).exists()
    assert fresh(programme).version == 3


@pytest.mark.parametrize("model", ROWS, ids=name_of)
@pytest.mark.parametrize("status", [ActStatus.SUBMITTED, ActStatus.AGREED])
def test_parts_wait_while_an_act_is_on_its_way(act, programme, officer, model, status):
    """What its papers say stays as it was handed in; ceilings are in none of them."""
    Act.objects.filter(pk=act.pk).update(status=status)
    if model is Ceiling:
        assert write(programme, model, [ROWS[model]], officer)
        return
    with pytest.raises(RuleViolation, match="Поверніть акт на доопрацювання"):
        write(programme, model, [ROWS[model]], officer)
    assert not model.objects.filter(programme=programme).exists()
    Act.objects.filter(pk=act.pk).update(status=ActStatus.WITHDRAWN)
    assert write(programme, model, [ROWS[model]], officer)


@pytest.mark.parametrize("model", ROWS, ids=name_of)
def test_a_stale_part_writes_nothing(programme, officer, programme_head, model):
    write(programme, model, [ROWS[model]], programme_head)
    with pytest.raises(StaleVersion, match="змінив користувач it"):
        write(programme, model, [], officer, version=1)
    assert model.objects.filter(programme=programme).count() == 1


def test_ceilings_may_swap_their_years(programme, officer):
    rows = [{"year": year, "fund": "", "amount": Decimal(year)} for year in (2027, 2028)]
    one, two = write(programme, Ceiling, rows, officer)
    swapped = [{**rows[1], "id": one.pk}, {**rows[0], "id": two.pk}]
    now = write(programme, Ceiling, swapped, officer)
    assert [(row.pk, row.year) for row in now] == [(two.pk, 2027), (one.pk, 2028)]


def ceiling(**changed):
    return {**ROWS[Ceiling], **changed}


@pytest.mark.parametrize(
    ("model", "rows", "message"),
    [
        (Stage, [{**ROWS[Stage], "year_from": 2026}], "Рядок 1: 2026 рік не належить до програми"),
        (Stage, [ROWS[Stage], {**ROWS[Stage], "year_to": 2030}], "Рядок 2: 2030 рік"),
        (Stage, [{**ROWS[Stage], "year_from": 2029}], "останній рік етапу"),
        (Ceiling, [ceiling(year=2030)], "2030 рік не належить"),
        (Ceiling, [ceiling(amount=Decimal(-1))], "не може бути від’ємним"),
        (Ceiling, [ceiling(), ceiling(amount=Decimal(5))], "усі фонди разом.*двічі"),
        (Ceiling, [ceiling(fund=ProgrammeFund.GENERAL)] * 2, "загальний фонд.*двічі"),
        (Direction, [{"title": ""}], "Напрям діяльності: "),
        (FundingSource, [{"title": "Я" * 201}], "Джерело: "),
    ],
)  # fmt: skip
def test_rows_that_do_not_fit_are_refused_together(programme, officer, model, rows, message):
    with pytest.raises(RuleViolation, match=message):
        write(programme, model, rows, officer)
    assert not model.objects.filter(programme=programme).exists()
    assert fresh(programme).version == 1


def test_rows_of_another_programme_are_not_taken(programme, officer, elsewhere):
    foreign = Direction.objects.exclude(programme=programme).first()
    with pytest.raises(RuleViolation, match="уже немає"):
        write(programme, Direction, [{"id": foreign.pk, "title": "Моя"}], officer)
    with pytest.raises(RuleViolation, match="належить до іншої програми"):
        write(programme, Task, [{"title": "Мережі", "direction": foreign}], officer)
    with pytest.raises(RuleViolation, match="іншої громади"):
        write(programme, Executor, [{"name": "Відділ", "unit": elsewhere.unit}], officer)


@pytest.mark.parametrize(
    ("model", "user"),
    [
        (Executor, "акт «затвердження"), (FundingSource, "акт «затвердження"),
        (Direction, "завдання «1 Мережі»"), (Task, "захід «Сервери»"),
    ],
)  # fmt: skip
def test_what_is_named_elsewhere_is_not_removed(act, programme, officer, model, user):
    (row,) = write(programme, model, [ROWS[model]], officer)
    made = line(act)
    if model in {Executor, FundingSource}:
        field = "executor" if model is Executor else "source"
        BudgetLine.objects.filter(pk=made.pk).update(**{field: row})
    elif model is Direction:
        write(programme, Task, [{**ROWS[Task], "direction": row}], officer)
    else:
        Measure.objects.filter(pk=made.measure_id).update(task=row)
    with pytest.raises(RuleViolation, match=f"{row}.* не можна вилучити: його називає {user}"):
        write(programme, model, [], officer)


@pytest.mark.parametrize(("model", "field"), [(Executor, "executors"), (FundingSource, "sources")])
def test_what_a_measure_names_is_not_removed_behind_its_back(act, programme, officer, model, field):
    (row,) = write(programme, model, [ROWS[model]], officer)
    getattr(line(act).measure, field).add(row)
    with pytest.raises(RuleViolation, match="його називає захід «Сервери»"):
        write(programme, model, [], officer)


def test_a_task_that_an_indicator_names_is_not_removed(programme, officer):
    (task,) = write(programme, Task, [ROWS[Task]], officer)
    ProgrammeIndicator.objects.create(programme=programme, order=1, title="Швидкість", task=task)
    with pytest.raises(RuleViolation, match="показник програми «Швидкість»"):
        write(programme, Task, [], officer)


@pytest.mark.parametrize("model", CLOSED, ids=name_of)
def test_the_council_closes_passport_stages_and_strategy(act, programme, officer, model):
    (row,) = write(programme, model, [ROWS[model]], officer)
    adopt(act)
    for rows in ([], [ROWS[model] | {"id": row.pk}, ROWS[model]]):
        with pytest.raises(RuleViolation, match="Цю частину затверджено актом"):
            write(programme, model, rows, officer)


@pytest.mark.parametrize("model", OPEN, ids=name_of)
def test_what_the_council_named_stays_and_new_rows_are_added(act, programme, officer, model):
    word = WORD[model]
    one, two = write(programme, model, [ROWS[model], {**ROWS[model], word: "Друге"}], officer)
    adopt(act)
    old = [{**ROWS[model], "id": one.pk}, {**ROWS[model], word: "Друге", "id": two.pk}]
    new = {**ROWS[model], word: "Нове"}
    for rows, message in (
        ([{**old[0], word: "Інакше"}, old[1]], "затверджено радою"),
        ([old[0]], "рядок не вилучають"),
        ([old[1], old[0]], "Порядок затверджених рядків"),
    ):
        with pytest.raises(RuleViolation, match=message):
            write(programme, model, rows, officer)
    now = write(programme, model, [old[0], new, old[1]], officer)
    assert [getattr(row, word) for row in now] == [ROWS[model][word], "Нове", "Друге"]


def test_lines_of_a_text_that_a_browser_sends_with_other_ends_are_the_same(act, programme, officer):
    (row,) = write(programme, Direction, [{"title": "Перше\nДруге"}], officer)
    adopt(act)
    sent = [{"id": row.pk, "title": "Перше\r\nДруге"}, {"title": "Нове\r\nслово"}]
    assert [r.title for r in write(programme, Direction, sent, officer)] == [
        "Перше\nДруге",
        "Нове\nслово",
    ]


def test_a_spending_unit_is_named_after_the_approval_too(act, programme, sample, officer):
    (row,) = write(programme, Executor, [ROWS[Executor]], officer)
    adopt(act)
    unit = sample.programme.key_unit
    (row,) = write(programme, Executor, [{**ROWS[Executor], "id": row.pk, "unit": unit}], officer)
    assert row.unit == unit


def test_ceilings_change_after_the_approval(act, programme, officer):
    (row,) = write(programme, Ceiling, [ceiling()], officer)
    adopt(act)
    (row,) = write(programme, Ceiling, [ceiling(id=row.pk, amount=Decimal(7))], officer)
    assert row.amount == 7


@pytest.mark.parametrize("model", [Executor, Task, PassportItem, Ceiling], ids=name_of)
def test_writing_a_part_takes_the_same_queries_for_any_number_of_rows(programme, officer, model):
    def rows(count):
        if model is Ceiling:
            return [ceiling(year=2027 + n % 3, fund=("", "general")[n // 3]) for n in range(count)]
        return [ROWS[model]] * count

    def queries(count):
        write(programme, model, [], officer)
        stored = write(programme, model, rows(count), officer)
        again = [{**one, "id": row.pk} for one, row in zip(rows(count), stored, strict=True)]
        with CaptureQueriesContext(connection) as captured:
            write(programme, model, again[1:] + rows(count)[:1], officer)
        return len(captured)

    assert queries(2) == queries(6)


# On the base of another


@pytest.fixture
def base(act, programme, officer):
    """Approved, with every part, three measures of which one is cancelled, one is moved, one has a part of its own."""
    for model in (PassportItem, Stage, FundingSource, Executor, Direction, StrategyLink, Ceiling):
        write(programme, model, [ROWS[model]], officer)
    direction, executor, source = (
        kind.objects.get(programme=programme) for kind in (Direction, Executor, FundingSource)
    )
    task, other = write(
        programme, Task,
        [{**ROWS[Task], "direction": direction}, {**ROWS[Task], "title": "Хмара", "executor": executor}],
        officer,
    )  # fmt: skip
    kept, part, gone = (
        Measure.objects.create(programme=programme, order=n * 1000, number=str(n), task=task)
        for n in (1, 2, 3)
    )
    Measure.objects.filter(pk=part.pk).update(parent=kept)
    kept.executors.add(executor)
    kept.sources.add(source)
    for measure in (kept, part, gone):
        MeasureText.objects.create(
            act=act, measure=measure, title=f"Захід {measure.number}", term="2027-2029 роки",
            term_from=2027, term_to=2029, is_cancelled=measure == gone,
        )  # fmt: skip
        for year in (2027, 2028, 2029):
            BudgetLine.objects.create(
                act=act, measure=measure, year=year, amount=Decimal(year), executor=executor,
                source=source, fund=ProgrammeFund.GENERAL, quantity=Decimal(2),
            )  # fmt: skip
    MeasurePosition.objects.create(
        act=act, measure=kept, number="9", order=9000, direction=direction, task=other
    )
    for measure in (None, kept, gone):
        one = ProgrammeIndicator.objects.create(
            programme=programme, order=1, title="Швидкість", measure=measure, task=task
        )
        for year, number in ((None, 9), (2027, 1), (2029, 3)):
            ProgrammeIndicatorValue.objects.create(indicator=one, year=year, number=number)
    adopt(act)
    return programme


def clone(base, sample, by, with_amounts=False, **changed):
    words = {"title": "Наступна", "short_title": "", "year_from": 2030, "year_to": 2032}
    return programme_copy.clone(
        source=base, as_of=dt.date(2028, 1, 1), with_amounts=with_amounts, by=by,
        **described(sample, **(words | changed)),
    )  # fmt: skip


def test_a_programme_is_taken_as_the_base_of_another(base, sample, officer):
    made = clone(base, sample, officer).programme
    for model in (PassportItem, FundingSource, Executor, Direction, Task, StrategyLink):
        words = [[getattr(row, WORD[model]) for row in model.objects.filter(programme=p)] for p in (base, made)]  # fmt: skip
        assert words[0] == words[1], model
    assert not made.ceilings.exists()
    stage = made.stages.get()
    assert (stage.year_from, stage.year_to) == (2030, 2031)
    assert all(task.programme == made for task in made.tasks.all())
    assert made.tasks.get(title="Мережі").direction.programme == made
    assert made.tasks.get(title="Хмара").executor.programme == made


def test_measures_come_as_they_stand_and_cancelled_ones_stay_behind(base, sample, officer):
    act = clone(base, sample, officer)
    made = act.programme
    words = {text.title: text for text in MeasureText.objects.filter(act=act)}
    assert set(words) == {"Захід 1", "Захід 2"}
    assert words["Захід 1"].term == "2030-2032 роки"
    assert (words["Захід 1"].term_from, words["Захід 1"].term_to) == (2030, 2032)
    kept, part = (words[title].measure for title in ("Захід 1", "Захід 2"))
    assert (kept.number, kept.task.title, kept.direction.title) == ("9", "Хмара", "Доступність")
    assert part.parent == kept
    assert part.order < kept.order
    assert {row.programme for row in (*kept.executors.all(), *kept.sources.all())} == {made}
    assert not act.budgetlines.exists()


def test_amounts_come_in_moved_years(base, sample, officer):
    act = clone(base, sample, officer, with_amounts=True, year_to=2031)
    figures = selectors.planned(act.programme, draft=act)
    assert sorted((place.year, figure.amount, figure.quantity) for place, figure in figures.items()) == [
        (2030, 2027, 2), (2030, 2027, 2), (2031, 2028, 2), (2031, 2028, 2),
    ]  # fmt: skip
    own = {row.pk for kind in (Executor, FundingSource) for row in kind.objects.filter(programme=act.programme)}  # fmt: skip
    assert {place.executor_id for place in figures} | {place.source_id for place in figures} <= own
    text = MeasureText.objects.filter(act=act).first()
    assert (text.term, text.term_from, text.term_to) == ("2030-2031", 2030, 2031)
    day = dt.date(2028, 1, 1)
    assert programme_copy.left_behind(base, act.programme, day) == {2029: 2 * 2029}
    longer = clone(base, sample, officer, with_amounts=True).programme
    assert programme_copy.left_behind(base, longer, day) == {}


def test_indicators_come_with_their_measures_and_moved_years(base, sample, officer):
    made = clone(base, sample, officer, year_to=2031).programme
    indicators = ProgrammeIndicator.objects.filter(programme=made)
    assert indicators.count() == 2  # that of the cancelled measure stayed behind
    assert {one.task.programme for one in indicators} == {made}
    values = ProgrammeIndicatorValue.objects.filter(indicator__programme=made)
    assert sorted(set(values.values_list("year", "number")), key=str) == [(2030, 1), (None, 9)]


def test_a_stage_outside_the_new_years_stays_behind(base, sample, officer):
    Stage.objects.create(
        programme=base, order=5000, label="ІІ (2029)", year_from=2029, year_to=2029
    )
    made = clone(base, sample, officer, year_to=2031).programme
    assert [stage.label for stage in made.stages.all()] == ["І"]
    longer = clone(base, sample, officer, year_to=2033).programme
    assert [stage.label for stage in longer.stages.all()] == ["І", "ІІ (2032)"]


def test_units_of_another_community_do_not_come_along(base, sample, elsewhere):
    unit = SpendingUnit.objects.get(pk=sample.programme.key_unit_id)
    Executor.objects.filter(programme=base).update(unit=unit)
    made = clone(base, sample, elsewhere.officer, community=elsewhere.community).programme
    assert [executor.unit for executor in made.executors.all()] == [None]


def test_taking_a_base_takes_the_same_queries_for_any_number_of_measures(base, sample, officer):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            clone(base, sample, officer, with_amounts=True)
        return len(captured)

    queries()  # content types are read once
    few = queries()
    later = Act.objects.create(programme=base, kind=ActKind.AMENDMENT)
    for n in range(12):
        line(later, year=2027 + n % 3)
    Act.objects.filter(pk=later.pk).update(
        status=ActStatus.ADOPTED, in_force_from=dt.date(2027, 6, 1)
    )
    assert queries() == few


@pytest.mark.parametrize(
    "slug", ["kropyvnytskyi-e-governance", "slavutych-electronic-city", "zhytomyr-e-misto"]
)
def test_the_programmes_of_the_sample_can_be_taken_over(sample, officer, slug):
    base = Programme.objects.get(slug=slug)
    day = dt.date(2026, 12, 31)
    act = programme_copy.clone(
        source=base, as_of=day, with_amounts=True, by=officer,
        **described(sample, year_from=2030, year_to=2030 + base.year_to - base.year_from),
    )  # fmt: skip
    total = selectors.total(selectors.planned(base, day).values())
    cancelled = [pk for pk, text in selectors.texts(base, day).items() if text.is_cancelled]
    lost = selectors.total(selectors.planned(base, day, measures=cancelled).values())
    made = selectors.total(selectors.planned(act.programme, draft=act).values())
    assert made.amount == total.amount - (lost.amount or 0)
