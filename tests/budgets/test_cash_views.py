import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from budgets.choices import CashOrigin, Fund, Role, UnitLevel
from budgets.models import (
    BudgetProgramme,
    CashEntry,
    Community,
    EconomicCode,
    Membership,
    Passport,
    SpendingUnit,
)
from budgets.periods import Month
from budgets.selectors import cash as cash_selectors
from budgets.services import cash, passports
from budgets.services.cash import Payment

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


def make_person(unit: SpendingUnit, role: str, username: str) -> User:
    user = User.objects.create_user(username, password="secret")
    Membership.objects.create(user=user, unit=unit, role=role, valid_from=dt.date(2020, 1, 1))
    return user


def make_unit(name: str) -> SpendingUnit:
    return SpendingUnit.objects.create(
        community=Community.objects.create(name=name),
        code="0200000",
        name=f"Виконавчий комітет, {name}",
        edrpou="04053625",
        level=UnitLevel.KEY,
    )


def make_passport(unit: SpendingUnit, officer: User, *, year: int = 2023) -> Passport:
    """Line 1: 2240 general 100 000; line 2: 2210 general 50 000 and 3110 special 20 000."""
    programme, _created = BudgetProgramme.objects.get_or_create(
        community=unit.community,
        code="0217530",
        defaults={
            "type_code": "7530",
            "functional_code": "0460",
            "title": "Інформатика",
            "key_unit": unit,
            "responsible_unit": unit,
        },
    )
    revision = passports.create(programme=programme, year=year, by=officer)
    lines = [
        ("Супровід", [("2240", Decimal(100_000), Decimal(0))]),
        (
            "Обладнання",
            [("2210", Decimal(50_000), Decimal(0)), ("3110", Decimal(0), Decimal(20_000))],
        ),
    ]
    passports.save_lines(
        revision=revision,
        rows=[
            {"title": title, "local_programme": None, "allocations": allocations}
            for title, allocations in lines
        ],
        version=revision.version,
        by=officer,
    )
    revision.refresh_from_db()
    passports.agree(
        revision=revision,
        agreed_on=min(dt.date(year, 1, 10), timezone.localdate()),
        version=revision.version,
        by=officer,
    )
    revision.refresh_from_db()
    passports.approve(
        revision=revision,
        order_number="1",
        order_date=min(dt.date(year, 1, 12), timezone.localdate()),
        version=revision.version,
        by=officer,
    )
    return revision.passport


@pytest.fixture
def world(client: Client) -> SimpleNamespace:
    """A signed-in finance officer, an auditor, and a stranger of another community."""
    unit, foreign_unit = make_unit("Тестова громада"), make_unit("Чужа громада")
    officer = make_person(unit, Role.FINANCE_OFFICER, "kasyr")
    auditor = make_person(unit, Role.AUDITOR, "chytach")
    stranger = make_person(foreign_unit, Role.FINANCE_OFFICER, "chuzhyi")
    passport = make_passport(unit, officer)
    lines = list(passport.revisions.get().spendinglines.order_by("number"))
    client.force_login(officer)
    return SimpleNamespace(
        unit=unit,
        officer=officer,
        auditor=auditor,
        stranger=stranger,
        passport=passport,
        lines=lines,
        cell=f"{lines[0].pk}-general-2240",
    )


def entries(world: SimpleNamespace):
    return cash_selectors.entries(world.passport)


def pay(world: SimpleNamespace, amount: str = "1000", *, day: int = 5, **words: Any) -> CashEntry:
    payment = Payment(
        world.lines[0].pk, Fund.GENERAL, "2240", dt.date(2023, 6, day), Decimal(amount), **words
    )
    return cash.record(passport=world.passport, payment=payment, by=world.officer)


def post_cells(
    client: Client, world: SimpleNamespace, *cells, headers=JSON, month: int = 6, **extra
):
    names, seen, amounts = zip(*cells, strict=True)
    data = {"cell": names, "seen": seen, "amount": amounts} | extra
    return client.post(
        reverse("cash_cells", args=[world.passport.pk, month]), data, headers=headers
    )


def in_june(world: SimpleNamespace, line: int = 0, fund: str = "general", code: str = "2240"):
    grid = cash_selectors.month_grid(world.passport, Month(2023, 6))
    row = grid.row((world.lines[line].pk, fund, code))
    return row.in_month if row else None


def form_data(world: SimpleNamespace, **changes: object) -> dict[str, object]:
    return {
        "line": world.lines[0].pk,
        "fund": "general",
        "economic_code": "2240",
        "paid_on": "15.06.2023",
        "amount": "16 250,00",
        "document_number": "14",
        "counterparty": "ТОВ «Дія»",
        "note": "",
    } | changes


def payment_pages(world: SimpleNamespace, entry: CashEntry) -> list[str]:
    return [
        reverse("cash_year", args=[world.passport.pk]),
        reverse("cash_month", args=[world.passport.pk, 6]),
        reverse("cash_payments", args=[world.passport.pk, 6, world.cell]),
        reverse("payment_new", args=[world.passport.pk]),
        reverse("payment_correct", args=[entry.pk]),
        reverse("payment_reverse", args=[entry.pk]),
    ]


# Who may open what


def test_officer_opens_every_page_and_opening_writes_nothing(client, world):
    entry = pay(world)
    for url in [reverse("cash"), *payment_pages(world, entry)]:
        assert client.get(url).status_code == 200, url
    assert entries(world).count() == 1


def test_stranger_gets_404_everywhere(client, world):
    entry = pay(world)
    client.force_login(world.stranger)
    for url in payment_pages(world, entry):
        assert client.get(url).status_code == 404, url
    assert post_cells(client, world, (world.cell, "", "5")).status_code == 404


def test_reader_sees_figures_and_no_inputs(client, world):
    entry = pay(world)
    client.force_login(world.auditor)
    page = client.get(reverse("cash_month", args=[world.passport.pk, 6])).content.decode()
    assert "Лише перегляд" in page
    assert 'name="amount"' not in page
    for url in payment_pages(world, entry)[3:]:
        assert client.get(url).status_code == 403, url
        assert client.post(url).status_code == 403, url
    assert post_cells(client, world, (world.cell, "1 000,00", "5")).status_code == 403
    assert entries(world).count() == 1


def test_without_a_session_the_person_signs_in_and_comes_back(client, world):
    client.logout()
    url = reverse("cash_month", args=[world.passport.pk, 6])
    assert client.get(url).url == f"{reverse('login')}?next={url}"
    answer = post_cells(client, world, (world.cell, "", "5"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))
    assert not entries(world).exists()


def test_address_of_the_cells_leads_back_to_the_month(client, world):
    answer = client.get(reverse("cash_cells", args=[world.passport.pk, 6]))
    assert answer.url == reverse("cash_month", args=[world.passport.pk, 6])


def test_there_is_no_thirteenth_month(client, world):
    assert client.get(reverse("cash_month", args=[world.passport.pk, 13])).status_code == 404


# The list of programmes


def test_overview_names_plan_paid_and_left_and_links_to_the_last_month(client, world):
    pay(world, "40000")
    page = client.get(reverse("cash")).content.decode().replace("\xa0", " ")
    for figure in ("170 000,00", "40 000,00", "130 000,00", "23,53 %"):
        assert figure in page
    assert reverse("cash_month", args=[world.passport.pk, 12]) in page


def test_overview_says_what_to_do_first_when_there_is_nothing(client, world):
    client.force_login(world.stranger)
    assert "Спершу створіть і затвердьте паспорт" in client.get(reverse("cash")).content.decode()


def test_overview_takes_as_many_queries_for_many_programmes(
    client, world, django_assert_max_num_queries
):
    for year in range(2010, 2020):
        make_passport(world.unit, world.officer, year=year)
    with django_assert_max_num_queries(10):
        client.get(reverse("cash"))


# The month grid


def test_month_names_rows_and_totals(client, world):
    pay(world, "1000")
    page = client.get(reverse("cash_month", args=[world.passport.pk, 6])).content.decode()
    assert f'id="r-{world.cell}"' in page
    assert f'id="r-{world.lines[1].pk}-special-3110"' in page
    assert f'id="line-{world.lines[1].pk}"' in page  # line 2 has two rows, line 1 has one
    assert f'id="line-{world.lines[0].pk}"' not in page
    assert 'id="fund-general"' in page
    assert 'id="fund-special"' in page


def test_month_of_a_passport_not_approved_says_what_to_do(client, world):
    draft = passports.create(programme=world.passport.programme, year=2022, by=world.officer)
    page = client.get(reverse("cash_month", args=[draft.passport.pk, 6])).content.decode()
    assert "Паспорт ще не затверджено" in page


def test_month_that_has_not_come_takes_no_amounts(client, world):
    passport = make_passport(world.unit, world.officer, year=timezone.localdate().year + 1)
    page = client.get(reverse("cash_month", args=[passport.pk, 1])).content.decode()
    assert "ще не настав" in page
    assert 'name="amount"' not in page


def count_queries(client: Client, url: str, django_assert_max_num_queries) -> int:
    with django_assert_max_num_queries(100) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_month_takes_as_many_queries_for_300_entries_as_for_10(
    client, world, django_assert_max_num_queries
):
    url = reverse("cash_month", args=[world.passport.pk, 6])
    add_entries(world, 10)
    few = count_queries(client, url, django_assert_max_num_queries)
    add_entries(world, 290)
    assert count_queries(client, url, django_assert_max_num_queries) == few


def test_payments_behind_a_cell_take_a_fixed_number_of_queries(
    client, world, django_assert_max_num_queries
):
    url = reverse("cash_payments", args=[world.passport.pk, 6, world.cell])
    add_entries(world, 10)
    few = count_queries(client, url, django_assert_max_num_queries)
    add_entries(world, 100)
    assert count_queries(client, url, django_assert_max_num_queries) == few


def add_entries(world: SimpleNamespace, count: int) -> None:
    code = EconomicCode.objects.get(code="2240")
    CashEntry.objects.bulk_create(
        CashEntry(
            line=world.lines[0],
            fund=Fund.GENERAL,
            economic_code=code,
            paid_on=dt.date(2023, 1 + number % 6, 1 + number % 28),
            amount=Decimal("1.10"),
            created_by=world.officer,
        )
        for number in range(count)
    )


# Saving cells


def test_cell_is_saved_and_fresh_totals_come_back(client, world):
    answer = post_cells(client, world, (world.cell, "", "16 250"))
    assert answer.status_code == 200
    rows = {
        row: {name: text.replace("\xa0", " ") for name, text in figures.items()}
        for row, figures in answer.json()["rows"].items()
    }
    assert rows[f"r-{world.cell}"]["month"] == "16 250,00"
    assert rows[f"r-{world.cell}"]["left"] == "83 750,00"
    assert rows["fund-general"]["paid"] == "16 250,00"
    assert rows["total"]["left"] == "153 750,00"
    entry = entries(world).get()
    assert (entry.amount, entry.paid_on) == (Decimal("16250.00"), dt.date(2023, 6, 30))
    assert entry.origin == CashOrigin.TYPED


def test_empty_text_reverses_the_payment(client, world):
    pay(world, "1000")
    assert post_cells(client, world, (world.cell, "1 000,00", "")).status_code == 200
    assert in_june(world) == 0
    assert entries(world).filter(origin=CashOrigin.REVERSAL).count() == 1


def test_text_as_shown_writes_nothing(client, world):
    pay(world, "1000")
    assert post_cells(client, world, (world.cell, "1 000,00", "1 000,00")).status_code == 200
    assert entries(world).count() == 1


def test_pasted_cells_are_marked_as_pasted(client, world):
    second = f"{world.lines[1].pk}-special-3110"
    answer = post_cells(client, world, (world.cell, "", "10"), (second, "", "20"), origin="pasted")
    assert answer.status_code == 200
    assert {entry.origin for entry in entries(world)} == {CashOrigin.PASTED}


def test_paste_is_all_or_nothing_and_every_error_names_its_cell(client, world):
    third = f"{world.lines[1].pk}-special-3110"
    answer = post_cells(
        client,
        world,
        (world.cell, "", "10"),
        (f"{world.lines[1].pk}-general-2210", "", "сто"),
        (third, "", "20 000,01"),
    )
    assert answer.status_code == 422
    errors = {error["row"]: (error["cell"], error["message"]) for error in answer.json()["errors"]}
    assert set(errors) == {f"r-{world.lines[1].pk}-general-2210", f"r-{third}"}
    assert errors[f"r-{third}"][0] == "2 · спеціальний фонд · 3110"
    assert "План перевищено на 0,01 грн" in errors[f"r-{third}"][1]
    assert not entries(world).exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("десять", "не є числом"),
        ("1o00", "зайві знаки"),
        ("1,234", "має забагато знаків після коми"),
        ("100 000,01", "Зменшіть суму або оформіть зміни до паспорта"),
        ("-5", "Повернення перевищує сплачене"),
    ],
)
def test_bad_amount_is_refused_with_what_to_do(client, world, text, message):
    answer = post_cells(client, world, (world.cell, "", text))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["row"] == f"r-{world.cell}"
    assert message in error["message"]
    assert not entries(world).exists()


def test_cell_of_another_programme_is_refused(client, world):
    other = make_passport(world.unit, world.officer, year=2022)
    foreign = other.revisions.get().spendinglines.first()
    answer = post_cells(client, world, (f"{foreign.pk}-general-2240", "", "5"))
    assert answer.status_code == 422
    assert "не належить до паспорта" in answer.json()["errors"][0]["message"]


def test_stale_cell_shows_both_values(client, world):
    pay(world, "700")
    answer = post_cells(client, world, (world.cell, "", "900"))
    assert answer.status_code == 409
    (error,) = answer.json()["errors"]
    assert "тепер 700,00, ви ввели 900,00" in error["message"]
    assert answer.json()["rows"][f"r-{world.cell}"]["month"] == "700,00"
    assert in_june(world) == 700


def test_cell_of_several_payments_sends_to_the_payments(client, world):
    pay(world, "100")
    pay(world, "200", day=6)
    answer = post_cells(client, world, (world.cell, "300,00", "400"))
    assert answer.status_code == 422
    assert "виправте потрібний" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "data",
    [
        {"cell": "1-general-2240", "amount": "1"},
        {"cell": "x-general-2240", "amount": "1", "seen": ""},
        {"cell": "1-gold-2240", "amount": "1", "seen": ""},
        {"cell": "1-general-2240", "amount": "1", "seen": "abc"},
    ],
)
def test_request_no_page_sends_is_a_bad_request(client, world, data):
    url = reverse("cash_cells", args=[world.passport.pk, 6])
    assert client.post(url, data, headers=JSON).status_code == 400


def test_without_javascript_the_whole_month_is_saved(client, world):
    second = f"{world.lines[1].pk}-special-3110"
    answer = post_cells(
        client, world, (world.cell, "", "10"), (second, "", ""), headers={"Accept": "text/html"}
    )
    assert answer.url == reverse("cash_month", args=[world.passport.pk, 6])
    assert in_june(world) == 10


def test_without_javascript_a_refused_month_keeps_what_was_typed(client, world):
    answer = post_cells(client, world, (world.cell, "", "1o0"), headers={"Accept": "text/html"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="1o0"' in page
    assert f'<a href="#r-{world.cell}">' in page
    assert f'id="m-r-{world.cell}"' in page


# Payments behind a cell


def test_payments_show_live_ones_first_and_corrected_pairs_struck(client, world):
    entry = pay(world, "1000", document_number="14")
    pay(world, "5", day=20)
    changed = Payment(world.lines[0].pk, "general", "2240", dt.date(2023, 6, 6), Decimal(900), "14")
    cash.correct(entry=entry, payment=changed, version=1, by=world.officer)
    url = reverse("cash_payments", args=[world.passport.pk, 6, world.cell])
    page = client.get(url).content.decode().replace("\xa0", " ")
    row = client.get(url, {"columns": "8"}, headers={"HX-Request": "true"}).content.decode()
    assert row.lstrip().startswith("<tr")
    for shown in (page, row.replace("\xa0", " ")):
        amounts = re.findall(r'class="figure ([a-z ]*)">([^<]+)<', shown)
        assert [(style.strip().split(" ")[0], text) for style, text in amounts] == [
            ("", "900,00"),
            ("", "5,00"),
            ("struck", "1 000,00"),
            ("struck", "−1 000,00"),
        ]
        assert "виправлено" in shown
        assert "сторно" in shown


@pytest.mark.parametrize("cell", ["999999-general-2240", "x-general-2240", "1-gold-2240"])
def test_payments_of_a_cell_that_does_not_exist_are_404(client, world, cell):
    url = reverse("cash_payments", args=[world.passport.pk, 6, cell])
    assert client.get(url).status_code == 404


def test_journal_filters_by_line_and_month(client, world):
    pay(world, "111", day=5)
    url = reverse("cash_year", args=[world.passport.pk])
    assert "111,00" in client.get(url, {"month": "6"}).content.decode()
    assert "Змініть напрям або місяць" in client.get(url, {"month": "7"}).content.decode()
    assert "111,00" not in client.get(url, {"line": world.lines[1].pk}).content.decode()
    assert client.get(url, {"line": "x", "month": "x", "page": "x"}).status_code == 200


# A payment in full


def test_payment_is_entered_and_the_month_opens_at_its_row(client, world):
    answer = client.post(reverse("payment_new", args=[world.passport.pk]), form_data(world))
    month = reverse("cash_month", args=[world.passport.pk, 6])
    assert answer.url == f"{month}#r-{world.cell}"
    entry = entries(world).get()
    assert (entry.amount, entry.document_number) == (Decimal("16250.00"), "14")
    assert "Внесено: 16 250,00 грн від 15.06.2023, рядок 1, КЕКВ 2240" in client.get(
        month
    ).content.decode().replace("\xa0", " ")


def test_payment_for_a_code_that_is_not_in_the_grid_yet_needs_a_plan(client, world):
    answer = client.post(
        reverse("payment_new", args=[world.passport.pk]), form_data(world, economic_code="2230")
    )
    assert answer.status_code == 422
    assert "План перевищено" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "сто"}, "не є числом"),
        ({"amount": "1,234"}, "має забагато знаків"),
        ({"amount": "0"}, "не може бути нульовою"),
        ({"paid_on": "01.01.2024"}, "не належить до 2023 року"),
        ({"paid_on": "31.06.2023"}, "Це не дата"),
        ({"economic_code": "9876"}, "КЕКВ 9876 невідомий"),
        ({"economic_code": "2200"}, "груповий"),
        ({"fund": "gold"}, "gold"),
    ],
)
def test_bad_payment_is_refused_and_the_form_keeps_what_was_typed(client, world, changes, message):
    answer = client.post(
        reverse("payment_new", args=[world.passport.pk]), form_data(world, **changes)
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert 'value="ТОВ «Дія»"' in page
    assert not entries(world).exists()


def test_line_of_another_programme_is_refused(client, world):
    other = make_passport(world.unit, world.officer, year=2022)
    foreign = other.revisions.get().spendinglines.first()
    answer = client.post(
        reverse("payment_new", args=[world.passport.pk]), form_data(world, line=foreign.pk)
    )
    assert "Цей напрям не належить до паспорта 0217530 · 2023" in answer.content.decode()


def test_form_opens_with_the_cell_it_was_asked_for(client, world):
    page = client.get(
        reverse("payment_new", args=[world.passport.pk]), {"month": "6", "cell": world.cell}
    ).content.decode()
    assert 'value="30.06.2023"' in page
    assert 'value="2240"' in page
    assert f'value="{world.lines[0].pk}" selected' in page


def test_correction_reverses_and_replaces(client, world):
    entry = pay(world, "1000")
    url = reverse("payment_correct", args=[entry.pk])
    answer = client.post(url, form_data(world, amount="1 200,00", version=1))
    assert answer.status_code == 302
    assert in_june(world) == 1200
    assert entries(world).count() == 3


def test_stale_correction_shows_both_values_and_keeps_what_was_typed(client, world):
    entry = pay(world, "1000", document_number="14")
    words = Payment(
        world.lines[0].pk, "general", "2240", entry.paid_on, entry.amount, "15", "ТОВ «Інший»"
    )
    cash.correct(entry=entry, payment=words, version=1, by=world.officer)
    url = reverse("payment_correct", args=[entry.pk])
    answer = client.post(url, form_data(world, amount="1 300,00", document_number="16", version=1))
    page = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 409
    assert "<td>15</td>" in page
    assert "<td>1 000,00</td>" in page
    assert 'value="16"' in page
    assert "1 300,00" in page
    assert in_june(world) == 1000
    assert 'name="version" value="2"' in page
    assert client.post(url, form_data(world, amount="1 300,00", version=2)).status_code == 302
    assert in_june(world) == 1300


def test_correction_of_a_payment_corrected_meanwhile_shows_what_stands(client, world):
    entry = pay(world, "1000")
    changed = Payment(world.lines[0].pk, "general", "2240", entry.paid_on, Decimal(1100))
    cash.correct(entry=entry, payment=changed, version=1, by=world.officer)
    url = reverse("payment_correct", args=[entry.pk])
    answer = client.post(url, form_data(world, amount="1200", version=1))
    page = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 409
    assert "<td>1 100,00</td>" in page
    assert in_june(world) == 1100


def test_reversal_asks_first_and_keeps_the_reason(client, world):
    entry = pay(world, "1000")
    url = reverse("payment_reverse", args=[entry.pk])
    assert "Сторнувати платіж" in client.get(url).content.decode()
    answer = client.post(url, {"version": 1, "note": "подвійне введення"})
    assert answer.url.endswith(f"#r-{world.cell}")
    reversal = entries(world).get(origin=CashOrigin.REVERSAL)
    assert (reversal.amount, reversal.note) == (Decimal("-1000.00"), "подвійне введення")
    second = client.post(url, {"version": 1})
    assert second.status_code == 422
    assert "уже виправив" in second.content.decode()


def test_no_page_has_inline_scripts_or_styles(client, world):
    entry = pay(world)
    for url in [reverse("cash"), *payment_pages(world, entry)]:
        page = client.get(url).content.decode()
        assert not re.search(r"<[a-z]+[^>]*\s(style|on[a-z]+)=", page), url
        assert "<style" not in page
        for attributes, code in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
            assert "src=" in attributes, url
            assert not code.strip(), url
