"""A line pays for measures: payments that name none are divided by the plans of those on the payment's day."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import CashEntry, CashShare, Event, LineMeasure
from budgets.periods import Month
from budgets.selectors import measure_cash
from budgets.selectors.cash_shares import Share
from budgets.services import cash, line_measures
from budgets.services.cash import CellEdit, Payment
from tests.reports.programme_samples import approved_town

pytestmark = pytest.mark.django_db
JUNE = dt.date(2023, 6, 1)


@pytest.fixture
def town(sample):
    """Measures 1.1 and 2.1 planned for 2023 as 3 : 1, from July as 1 : 1."""
    made = approved_town(community=sample.programme.community, slug="mala", year_from=2022)
    made.act(
        ("1.1", 2023, "general", "300.00"),
        ("2.1", 2023, "special", "100.00"),
        on=dt.date(2023, 1, 10),
    )
    made.act(("2.1", 2023, "general", "200.00"), on=dt.date(2023, 7, 1))
    return made


@pytest.fixture
def line(revision):
    """Line 1, which pays for no measure yet."""
    root = revision.spendinglines.get(number=1).root_id
    LineMeasure.objects.filter(line=root).delete()
    return root


@pytest.fixture
def link(sample, officer, line):
    def made(*measures, seen=(), line_id=line):
        line_measures.link(
            passport=sample, line_id=line_id, measures=[row.pk for row in measures],
            seen=[row.pk for row in seen], by=officer,
        )  # fmt: skip

    return made


@pytest.fixture
def pay(sample, officer, line):
    def made(amount, day=JUNE, shares=()):
        payment = Payment(line, "general", "2282", day, Decimal(amount), shares=tuple(shares))
        return cash.record(passport=sample, payment=payment, by=officer)

    return made


def parts(entry, town) -> dict[str, str]:
    numbers = {measure.pk: number for number, measure in town.measures.items()}
    return {numbers[pk]: str(part) for pk, part in measure_cash.shares_of(entry).items()}


def test_a_payment_is_divided_by_the_plans_of_its_day(town, link, pay):
    link(town.measures["1.1"], town.measures["2.1"])
    assert parts(pay("100.01"), town) == {"1.1": "75.01", "2.1": "25.00"}
    july = pay("100.00", dt.date(2023, 7, 1))
    assert parts(july, town) == {"1.1": "50.00", "2.1": "50.00"}
    assert parts(pay("-10.00"), town) == {"1.1": "-7.50", "2.1": "-2.50"}


def test_one_link_takes_all_and_measures_without_a_plan_take_equal_parts(town, link, pay):
    one, other = town.measures["1.1"], town.measures["2.1"]
    link(one)
    assert parts(pay("100.00"), town) == {"1.1": "100.00"}
    link(town.measures["1.2.1"], town.measures["1.2.2"], seen=[one])
    assert parts(pay("0.03"), town) == {"1.2.1": "0.02", "1.2.2": "0.01"}
    assert parts(pay("0.01"), town) == {"1.2.1": "0.01"}  # no share of nothing
    link(seen=[town.measures["1.2.1"], town.measures["1.2.2"]])
    assert parts(pay("1.00"), town) == {}
    assert other.shares.count() == 0


def test_what_a_person_says_comes_before_links(town, link, pay):
    link(town.measures["1.1"])
    said = [Share(town.measures["2.1"].pk, Decimal("40.00")), Share(town.measures["1.2.1"].pk)]
    assert parts(pay("100.00", shares=said), town) == {"2.1": "40.00", "1.2.1": "60.00"}


def test_cells_of_the_month_are_divided_too_and_keep_their_proportion(
    sample, officer, line, town, link
):
    link(town.measures["1.1"], town.measures["2.1"])

    def cell(amount, seen):
        edit = CellEdit(line, "general", "2282", Decimal(amount), Decimal(seen))
        cash.set_cells(passport=sample, month=Month(2023, 5), edits=[edit], by=officer)
        return CashEntry.objects.filter(reverses=None).latest("pk")

    assert parts(cell("40.00", "0.00"), town) == {"1.1": "30.00", "2.1": "10.00"}
    link(town.measures["1.1"], seen=[town.measures["1.1"], town.measures["2.1"]])
    assert parts(cell("80.00", "40.00"), town) == {"1.1": "60.00", "2.1": "20.00"}


def test_a_correction_of_words_leaves_an_undivided_payment_as_it_is(officer, town, link, pay, line):
    entry = pay("100.00")
    link(town.measures["1.1"])
    payment = Payment(line, "general", "2282", JUNE, Decimal("100.00"), note="уточнено")
    same = cash.correct(entry=entry, payment=payment, version=1, by=officer)
    assert (same.pk, parts(same, town)) == (entry.pk, {})


def test_links_are_guarded_recorded_and_of_the_community(town, link, line, elsewhere):
    one, other = town.measures["1.1"], town.measures["2.1"]
    link(one)
    assert Event.objects.latest("number").action == "line_measures.link"
    with pytest.raises(StaleVersion, match=r"Зараз: 1\.1 Персональні"):
        link(other)
    foreign = approved_town(community=elsewhere.community, slug="susidnia", year_from=2022)
    with pytest.raises(RuleViolation, match="не належить до цільових програм"):
        link(foreign.measures["1.1"], seen=[one])
    with pytest.raises(RuleViolation, match="не належить до паспорта"):
        link(other, line_id=elsewhere.line.pk)
    assert measure_cash.measures_of_line(line) == [one.pk]


def test_cash_of_a_period_by_measure_and_unit(sample, town, link, pay, django_assert_num_queries):
    link(town.measures["1.1"], town.measures["2.1"])
    pay("100.00")
    pay("10.00", dt.date(2023, 7, 1))
    unit = sample.programme.responsible_unit_id
    with django_assert_num_queries(1):
        june = measure_cash.paid_between(town.programme, JUNE, dt.date(2023, 6, 30))
    assert june == {
        (town.measures["1.1"].pk, unit): Decimal("75.00"),
        (town.measures["2.1"].pk, unit): Decimal("25.00"),
    }
    year = measure_cash.paid_between(town.programme, dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    assert sum(year.values()) == Decimal("110.00")


# Shares are frozen with their entry


def test_a_share_neither_changes_nor_goes_nor_comes_later(town, link, pay):
    link(town.measures["1.1"], town.measures["2.1"])
    entry = pay("100.00")
    share = entry.shares.first()
    for attempt in (
        lambda: CashShare.objects.filter(pk=share.pk).update(amount=Decimal("1.00")),
        lambda: CashShare.objects.filter(pk=share.pk).update(measure=town.measures["3.1"].pk),
        lambda: CashShare.objects.filter(pk=share.pk).delete(),
        lambda: CashShare.objects.bulk_create(
            [CashShare(entry=entry, measure=town.measures["3.1"], amount=Decimal("1.00"))]
        ),
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            attempt()
    assert parts(entry, town) == {"1.1": "75.00", "2.1": "25.00"}


def test_the_check_finds_shares_that_do_not_sum(capsys, town, sample, line, officer):
    call_command("verify_cash")
    assert "27 shares" in capsys.readouterr().out
    entry = CashEntry.objects.create(
        line_id=line, fund="general", economic_code=CashEntry.objects.filter(line__isnull=False).first().economic_code,
        paid_on=JUNE, amount=Decimal("5.00"), created_by=officer,
    )  # fmt: skip
    entry.shares.create(measure=town.measures["1.1"], amount=Decimal("4.99"))
    with pytest.raises(CommandError, match="1"):
        call_command("verify_cash")
    assert "4,99" in capsys.readouterr().err
    connection.check_constraints()


# The pages


def test_links_are_chosen_on_a_page(sample, officer_client, auditor_client, town, line):
    one, other = town.measures["1.1"].pk, town.measures["2.1"].pk
    url = reverse("cash_line", args=[sample.pk, line])
    page = officer_client.get(url).content.decode()
    assert "1.1 Персональні комп’ютери" in page
    answer = officer_client.post(url, {"measures": [one, other], "seen": ""}, follow=True)
    assert "1.1 Персональні комп’ютери" in answer.content.decode()
    stale = officer_client.post(url, {"measures": [other], "seen": ""})
    assert stale.status_code == 409
    assert f'value="{one} {other}"' in stale.content.decode()  # what is stored now comes with it
    assert officer_client.post(url, {"measures": ["x"], "seen": ""}).status_code == 422
    assert (
        officer_client.post(url, {"measures": [other], "seen": f"{one} {other}"}).status_code == 302
    )
    listed = auditor_client.get(reverse("cash_lines", args=[sample.pk])).content.decode()
    assert "2.1 Оплата послуг Інтернет" in listed
    assert "Обрати заходи" not in listed
    assert officer_client.get(reverse("cash_line", args=[sample.pk, 999999])).status_code == 404
