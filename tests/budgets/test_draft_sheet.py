"""The draft of an act as a table: figures, totals, and what saving a cell does and refuses."""

import datetime as dt
import html
import re
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.choices import ActKind
from budgets.exceptions import RuleViolation
from budgets.forms.sheet import cell_name
from budgets.models import (
    Act,
    BudgetLine,
    CashEntry,
    Ceiling,
    Measure,
    MeasurePosition,
    MeasureText,
    Programme,
    Task,
)
from budgets.selectors import drafts, programmes, sheet, tree
from budgets.selectors.programmes import Place
from budgets.services import acts

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
SLUGS = ("zhytomyr-e-misto", "slavutych-electronic-city", "kropyvnytskyi-e-governance")


@pytest.fixture
def programme(sample) -> Programme:
    """Directions, tasks and measures over 2021–2026 in thousands of hryvnias, one known act."""
    return Programme.objects.get(slug="zhytomyr-e-misto")


@pytest.fixture
def draft(programme, programme_head) -> Act:
    return acts.open_draft(programme=programme, by=programme_head)


@pytest.fixture
def head(sign_in, programme_head):
    return sign_in(programme_head)


@pytest.fixture
def place(programme) -> Place:
    """A place with 45,0 тис. грн in 2021, the first of its measure."""
    figures = programmes.planned(programme)
    return min(
        place for place, figure in figures.items() if figure.amount == 45_000 and place.year == 2021
    )


def address(draft: Act, name: str = "act_cells", **query: str) -> str:
    return reverse(name, args=[draft.programme.slug, draft.pk], query=query or None)


def save(
    client, draft: Act, cells: dict[Place | str, tuple[str, str]], html=False, extra=None, **query
):
    """Send texts with what the page showed, by place or by name of a cell."""
    data = dict(extra or {})
    for where, (shown, text) in cells.items():
        name = where if isinstance(where, str) else cell_name(where)
        data |= {f"c-{name}": text, f"s-{name}": shown}
    return client.post(address(draft, **query), data, headers={} if html else JSON)


def reason_of(place: Place) -> str:
    return cell_name(Place(place.measure_id, place.executor_id, 0, place.fund, place.source_id))


def becomes(draft: Act, place: Place) -> Decimal | None:
    return programmes.planned(draft.programme, draft=draft)[place].amount


# Reading


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("figure", ["amount", "quantity"])
def test_totals_are_the_sums_of_the_measures_below(sample, programme_head, slug, figure):
    programme = Programme.objects.get(slug=slug)
    draft = acts.open_draft(programme=programme, by=programme_head)
    shown = sheet.read(draft, figure=figure)
    expected: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for where, planned in programmes.planned(programme).items():
        value = getattr(planned, figure)
        measure = shown.tree.measures[where.measure_id]
        names = {f"fund-{where.fund or 'unsplit'}", f"source-{where.source_id}", "programme"}
        names.add(f"unit-{shown.tree.unit_id(where)}")
        while measure is not None:
            task = measure.task or (measure.parent.task if measure.parent else None)
            direction = measure.direction or (task.direction if task else None)
            names |= {f"task-{task.pk}"} if task else set()
            names |= {f"direction-{direction.pk}"} if direction else set()
            names |= {f"measure-{measure.parent_id}"} if measure.parent else set()
            measure = measure.parent
        for name in names:
            expected[name, where.year] += value or 0
    found = {
        (name, year): change.becomes
        for name, cells in shown.totals.items()
        for year, change in cells.items()
    }
    assert {key: value for key, value in expected.items() if value} == {
        key: value for key, value in found.items() if value
    }


def test_a_moved_measure_counts_where_the_draft_puts_it(draft, place):
    before = sheet.read(draft)
    old = before.tree.task(place.measure_id)
    new = Task.objects.filter(programme=draft.programme).exclude(pk=old.pk).last()
    MeasurePosition.objects.create(
        act=draft,
        measure_id=place.measure_id,
        number="9",
        order=1,
        direction=new.direction,
        task=new,
    )
    after = sheet.read(draft)
    moved = sum(
        (
            figure.amount or 0
            for where, figure in programmes.planned(draft.programme).items()
            if where.measure_id == place.measure_id and where.year == 2021
        ),
        Decimal(0),
    )

    def total(shown, task) -> Decimal:
        cells = shown.totals.get(f"task-{task.pk}", {})
        return (cells[2021].becomes or Decimal(0)) if 2021 in cells else Decimal(0)

    assert total(before, old) - total(after, old) == moved
    assert total(after, new) - total(before, new) == moved
    row = next(row for row in after.rows if row.measure_id == place.measure_id)
    assert row.number == "9"
    # What is in force stands where it stood.
    counted = programmes.acts(draft.programme)
    assert tree.load(draft.programme, counted).task(place.measure_id) == old


def large(community, by, measures: int) -> Act:
    programme = Programme.objects.create(
        community=community, slug=f"large-{measures}", title="Велика", year_from=2024, year_to=2026
    )
    act = acts.open_draft(programme=programme, kind=ActKind.APPROVAL, by=by)
    task = Task.objects.create(programme=programme, order=1, title="Завдання")
    rows = Measure.objects.bulk_create(
        Measure(programme=programme, order=n, number=str(n), task=task) for n in range(measures)
    )
    MeasureText.objects.bulk_create(
        MeasureText(act=act, measure=row, title=f"Захід {row.number}") for row in rows
    )
    BudgetLine.objects.bulk_create(
        BudgetLine(act=act, measure=row, year=year, amount=Decimal(100))
        for row in rows
        for year in (2024, 2025)
    )
    return act


def test_queries_do_not_grow_with_the_programme(sample, programme_head, head):
    community = sample.programme.community
    small, big = (large(community, programme_head, size) for size in (5, 150))

    def queries(act, call) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert call(act).status_code == 200
        return len(counted)

    def write(act):
        line = act.budgetlines.first()
        where = Place(line.measure_id, 0, line.year, "", 0)
        return save(head, act, {where: ("100,00", "200")}, unit="hryvnia")

    queries(small, lambda act: head.get(address(act, "act")))  # what a first request reads once
    for call in (lambda act: head.get(address(act, "act")), write):
        assert queries(small, call) == queries(big, call)


def test_pages_search_and_changed_rows(sample, programme_head, head):
    act = large(sample.programme.community, programme_head, 150)
    second = head.get(address(act, "act", page="2")).content.decode()
    assert ">Захід 149<" in second
    assert ">Захід 99<" not in second
    found = head.get(address(act, "act", q="ЗАХІД 77")).content.decode()
    assert ">Захід 77<" in found
    assert ">Захід 78<" not in found
    nothing = head.get(address(act, "act", q="немає такого")).content.decode()
    assert "Таких заходів немає" in nothing


def test_only_changed_measures_are_shown_on_request(head, draft, place):
    save(head, draft, {place: ("45,0", "50")})
    shown = sheet.read(draft, changed_only=True)
    assert {row.measure_id for row in shown.rows if row.key} == {place.measure_id}


# Saving


def test_a_new_figure_is_saved_with_every_total_above_it(head, draft, place):
    answer = save(head, draft, {place: ("45,0", "55,125")}).json()
    assert becomes(draft, place) == Decimal("55125.00")
    assert draft.budgetlines.get().amount == Decimal("10125.00")
    row = f"r-{cell_name(place).rpartition('-')[0]}"
    assert answer["figures"][f"{row}:2021:change"] == "+10,125"
    assert answer["figures"]["programme:2021:becomes"] == "4\u00a0184,125"
    assert answer["values"][cell_name(place)] == "55,125"
    assert answer["errors"] == []


def test_a_change_is_added_to_what_is_in_force(head, draft, place):
    save(head, draft, {place: ("", "−5,5")}, mode="change")
    assert becomes(draft, place) == Decimal("39500.00")
    save(head, draft, {place: ("−5,5", "+1")}, mode="change", unit="hryvnia")
    assert becomes(draft, place) == Decimal("39500.00")  # what was seen is not what stands there
    save(head, draft, {place: ("−5\u00a0500,00", "+1")}, mode="change", unit="hryvnia")
    assert becomes(draft, place) == Decimal("45001.00")


def test_a_quantity_is_saved_beside_the_amount(head, draft, place):
    save(head, draft, {place: ("", "12")}, mode="quantity")
    line = draft.budgetlines.get()
    assert (line.amount, line.quantity) == (None, Decimal(12))
    assert becomes(draft, place) == Decimal(45_000)


def test_an_emptied_cell_is_zero_and_nothing_where_nothing_was(head, draft, place):
    save(head, draft, {place: ("45,0", "")})
    assert becomes(draft, place) == 0
    new = Place(place.measure_id, 0, 2021, "special", 0)
    save(head, draft, {new: ("", "5")})
    assert becomes(draft, new) == Decimal(5000)
    save(head, draft, {new: ("5,0", "")})
    assert new not in programmes.planned(draft.programme, draft=draft)
    save(head, draft, {new: ("", "0")})  # planned without money: it prints 0,0
    assert becomes(draft, new) == 0


def test_every_refusal_comes_at_once_with_its_cell_and_nothing_is_saved(head, draft, place):
    early = Place(place.measure_id, place.executor_id, 2022, place.fund, place.source_id)
    late = Place(place.measure_id, place.executor_id, 2026, place.fund, place.source_id)
    foreign = Place(Measure.objects.exclude(programme=draft.programme).first().pk, 0, 2021, "", 0)
    MeasureText.objects.filter(act=draft).delete()
    words = programmes.texts(draft.programme)[place.measure_id]
    words.pk, words.act, words._state.adding = None, draft, True
    words.term, words.term_from, words.term_to = "2021–2025", 2021, 2025
    words.save()
    refused = save(
        head,
        draft,
        {place: ("45,0", "-3"), early: ("45,0", "12x"), late: ("45,0", "7"), foreign: ("", "1")},
    )
    assert refused.status_code == 422
    errors = {error["cell"]: error["message"] for error in refused.json()["errors"]}
    assert errors[cell_name(place)] == "Планова сума не може бути від’ємною."
    assert "зайві знаки «x»" in errors[cell_name(early)]
    assert "2026 рік не входить у термін заходу (2021–2025)" in errors[cell_name(late)]
    assert "не належить до цієї програми" in errors[cell_name(foreign)]
    assert not draft.budgetlines.exists()


def test_what_another_person_saved_meanwhile_is_not_overwritten(head, draft, place):
    save(head, draft, {place: ("45,0", "50")})
    refused = save(head, draft, {place: ("45,0", "60")})
    assert refused.status_code == 422
    assert "тут стало 50\u00a0000,00" in refused.json()["errors"][0]["message"]
    assert refused.json()["values"][cell_name(place)] == "50,0"
    assert save(head, draft, {place: ("50,0", "60")}).status_code == 200
    assert becomes(draft, place) == Decimal(60_000)


def test_a_reason_belongs_to_every_changed_line_of_the_row(head, draft, place):
    following = Place(place.measure_id, place.executor_id, 2022, place.fund, place.source_id)
    early = save(head, draft, {reason_of(place): ("", "дорожчає друк")})
    assert early.status_code == 422
    assert "Спершу введіть суму" in early.json()["errors"][0]["message"]
    both = {place: ("45,0", "50"), reason_of(place): ("", "дорожчає друк")}
    assert save(head, draft, both).status_code == 200
    assert save(head, draft, {following: ("45,0", "46")}).status_code == 200
    assert set(draft.budgetlines.values_list("reason", flat=True)) == {"дорожчає друк"}
    stale = save(head, draft, {reason_of(place): ("", "інше")})
    assert "причину змінили на «дорожчає друк»" in stale.json()["errors"][0]["message"]
    assert save(head, draft, {reason_of(place): ("дорожчає друк", "інше")}).status_code == 200
    assert set(draft.budgetlines.values_list("reason", flat=True)) == {"інше"}


@pytest.fixture
def paid(sample, place) -> CashEntry:
    """30 000,00 paid in 2021 on the measure, and another measure's cash that must not count."""
    entry = CashEntry.objects.filter(line__isnull=False).earliest("pk")
    made = CashEntry.objects.create(
        line=entry.line,
        fund=entry.fund,
        economic_code=entry.economic_code,
        paid_on=dt.date(2021, 6, 1),
        amount=Decimal(30_000),
        created_by=entry.created_by,
    )
    made.shares.create(measure_id=place.measure_id, amount=made.amount)
    return made


def test_a_cut_below_paid_cash_wants_a_confirmation_with_a_reason(head, draft, place, paid):
    assert save(head, draft, {place: ("45,0", "30")}).status_code == 200
    refused = save(head, draft, {place: ("30,0", "29,99")})
    assert refused.status_code == 422
    assert refused.json()["confirm"] is True
    assert "уже сплачено 30\u00a0000,00 грн" in refused.json()["errors"][0]["message"]
    assert becomes(draft, place) == Decimal(30_000)
    silent = save(head, draft, {place: ("30,0", "29,99")}, extra={"confirmed": "yes"})
    assert silent.json()["confirm"] is True
    meant = {"confirmed": "yes", "confirmation": "повернення коштів виконавцем"}
    assert save(head, draft, {place: ("30,0", "29,99")}, extra=meant).status_code == 200
    line = draft.budgetlines.get()
    assert (line.is_below_paid, line.reason) == (True, "повернення коштів виконавцем")
    assert save(head, draft, {place: ("29,99", "31")}).status_code == 200
    assert draft.budgetlines.get().is_below_paid is False


def test_cash_paid_after_the_draft_stops_its_adoption(draft, place, programme_head, request, head):
    save(head, draft, {place: ("45,0", "20")})
    draft.refresh_from_db()
    acts.submit(act=draft, version=draft.version, by=programme_head)
    acts.agree(act=draft, version=draft.version + 1, by=programme_head)
    request.getfixturevalue("paid")
    draft.refresh_from_db()
    with pytest.raises(
        RuleViolation, match="сплачено 30\u00a0000,00 грн, за чернеткою лишилося б 20\u00a0000,00"
    ):
        acts.adopt(
            act=draft,
            number="7",
            date=dt.date(2024, 1, 1),
            version=draft.version,
            by=programme_head,
        )


# The page


def test_without_a_script_the_whole_table_is_sent_and_nothing_typed_is_lost(head, draft, place):
    following = Place(place.measure_id, place.executor_id, 2022, place.fund, place.source_id)
    refused = save(head, draft, {place: ("45,0", "50"), following: ("45,0", "багато")}, html=True)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert f'name="c-{cell_name(place)}" value="50"' in page
    assert f'name="c-{cell_name(following)}" value="багато"' in page
    assert "не є числом" in page
    assert not draft.budgetlines.exists()
    accepted = save(
        head, draft, {place: ("45,0", "50"), following: ("45,0", "45,0")}, html=True, year="2021"
    )
    assert accepted.status_code == 302
    assert accepted.url == address(draft, "act", year="2021")
    assert draft.budgetlines.count() == 1


def test_who_may_only_read_types_nothing(sign_in, auditor, draft, place):
    client = sign_in(auditor)
    page = client.get(address(draft, "act"))
    assert page.status_code == 200
    assert f"c-{cell_name(place)}" not in page.content.decode()
    assert save(client, draft, {place: ("45,0", "50")}).status_code == 403


def test_people_of_another_community_see_no_draft(sign_in, elsewhere, draft, place):
    client = sign_in(elsewhere.officer)
    assert client.get(address(draft, "act")).status_code == 404
    assert save(client, draft, {place: ("45,0", "50")}).status_code == 404


def test_a_submitted_draft_is_read_only(head, draft, place, programme_head):
    save(head, draft, {place: ("45,0", "50")})
    draft.refresh_from_db()
    acts.submit(act=draft, version=draft.version, by=programme_head)
    assert f"c-{cell_name(place)}" not in head.get(address(draft, "act")).content.decode()
    refused = save(head, draft, {place: ("50,0", "60")})
    assert "потрібен стан «чернетка»" in refused.json()["errors"][0]["message"]
    assert becomes(draft, place) == Decimal(50_000)


@pytest.mark.parametrize(
    "name", ["x-1", "1-2-general-3-20x4", "1-2-other-3-2024", "1-2-general-2024", "-reason"]
)
def test_a_cell_that_no_page_names_is_refused(head, draft, name):
    assert save(head, draft, {name: ("", "1")}).status_code == 400


def test_the_page_warns_of_ceilings_and_of_large_changes(head, draft, place):
    Ceiling.objects.create(programme=draft.programme, year=2021, amount=Decimal(4_174_000))
    assert "граничний обсяг" not in head.get(address(draft, "act")).content.decode()
    notices = save(head, draft, {place: ("45,0", "45,01")}).json()["notices"]
    assert (
        "2021, усі фонди разом: заплановано 4\u00a0174\u00a0010,00 грн, граничний обсяг 4\u00a0174\u00a0000,00 грн."
        in notices
    )
    assert "обсягу програми" not in notices
    notices = save(head, draft, {place: ("45,01", "9000")}).json()["notices"]
    assert "обсягу програми — більше за 25 %" in notices


def test_a_row_without_figures_can_be_opened_for_typing(head, draft, place):
    key = (place.measure_id, 0, "special", 0)
    page = head.get(address(draft, "act", row=sheet.row_name(key))).content.decode()
    assert f'name="c-{sheet.row_name(key)}-2021"' in page
    assert head.get(address(draft, "act", row="no-such-row")).status_code == 400


def form_of(page: str) -> str:
    """Where the table's form is sent."""
    (found,) = re.findall(r'<form method="post" action="([^"]+)"[^>]*data-sheet', page)
    return html.unescape(found)


def test_a_figure_is_read_in_the_unit_that_its_page_showed(head, draft, place):
    """Even when another person chooses another unit for the programme meanwhile."""
    action = form_of(head.get(address(draft, "act")).content.decode())
    Programme.objects.filter(pk=draft.programme.pk).update(unit="hryvnia")
    name = cell_name(place)
    data = {f"c-{name}": "1,85", f"s-{name}": "45,0"}
    answer = head.post(action, data, headers=JSON)
    assert answer.status_code == 200
    assert becomes(draft, place) == Decimal("1850.00")
    assert answer.json()["values"][name] == "1,85"
    assert "mode=change" in form_of(head.get(address(draft, "act", mode="change")).content.decode())


@pytest.mark.parametrize(("seen", "typed"), [("", "999999999,99"), ("+1,0", "+999 999 999,99")])
def test_a_change_past_the_limit_is_refused_in_its_cell(head, draft, place, seen, typed):
    if seen:
        save(head, draft, {place: ("", "1")}, mode="change")
    refused = save(head, draft, {place: (seen, typed)}, mode="change")
    error = refused.json()["errors"][0]
    assert refused.status_code == 422
    assert error["cell"] == cell_name(place)
    assert "Сума більша за 999" in error["message"]
    assert becomes(draft, place) == Decimal(46_000 if seen else 45_000)


def test_a_figure_that_is_too_large_already_can_be_put_right(head, draft, place):
    BudgetLine.objects.create(
        act=draft, measure_id=place.measure_id, executor_id=place.executor_id or None,
        year=2021, fund=place.fund, source_id=place.source_id or None,
        amount=Decimal("999999999999.00"),
    )  # fmt: skip
    shown = "1 000 000 044,999"
    assert save(head, draft, {place: (shown, "46")}).status_code == 200
    assert becomes(draft, place) == Decimal(46_000)


def test_a_reason_that_is_too_long_is_refused_with_its_length(head, draft, place):
    save(head, draft, {place: ("45,0", "50")})
    page = head.get(address(draft, "act")).content.decode()
    assert "maxlength" not in re.search(rf'<input name="c-{reason_of(place)}"[^>]*>', page)[0]
    refused = save(head, draft, {reason_of(place): ("", "я" * 501)})
    error = refused.json()["errors"][0]
    assert (refused.status_code, error["cell"]) == (422, reason_of(place))
    assert "501" in error["message"]
    assert error["name"].endswith("Причина")
    assert draft.budgetlines.get().reason == ""
    assert save(head, draft, {reason_of(place): ("", "я" * 500)}).status_code == 200
    confirmed = {"confirmed": "yes", "confirmation": "я" * 501}
    refused = save(head, draft, {place: ("50,0", "51")}, extra=confirmed)
    assert "501" in refused.json()["errors"][0]["message"]


def test_changed_rows_without_a_reason_are_counted(head, draft, place):
    """A row counts once, whatever the number of its years."""
    following = Place(place.measure_id, place.executor_id, 2022, place.fund, place.source_id)
    assert "Без причини" not in head.get(address(draft, "act")).content.decode()
    answer = save(head, draft, {place: ("45,0", "50"), following: ("45,0", "46")}).json()
    assert f'{address(draft, "act", changed="yes")}">1</a>' in answer["notices"]
    answer = save(head, draft, {reason_of(place): ("", "дорожчає друк")}).json()
    assert "Без причини" not in answer["notices"]


def test_the_way_back_from_signing_in_is_not_there_for_strangers(
    head, sign_in, elsewhere, auditor, draft
):
    assert sign_in(elsewhere.officer).get(address(draft)).status_code == 404
    assert head.get(address(draft)).status_code == 302
    assert sign_in(auditor).get(address(draft)).status_code == 302


def test_an_old_copy_of_the_table_is_not_shown_again(head, draft):
    answer = head.get(address(draft, "act"))
    assert "no-store" in answer["Cache-Control"]
    inputs = re.findall(r'<input [^>]*name="[cs]-[^>]*>', answer.content.decode())
    assert inputs
    assert all('autocomplete="off"' in each for each in inputs)


def test_other_acts_are_asked_about_once_and_never_for_a_first_draft(
    sample, programme_head, head, draft, monkeypatch
):
    asked = []
    for name in ("overtaken", "rivals"):
        real = getattr(drafts, name)
        monkeypatch.setattr(
            drafts, name, lambda act, name=name, real=real: asked.append(name) or real(act)
        )
    assert head.get(address(draft, "act")).status_code == 200
    assert sorted(asked) == ["overtaken", "rivals"]
    asked.clear()
    first = large(sample.programme.community, programme_head, 3)
    assert head.get(address(first, "act")).status_code == 200
    assert asked == []
