import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from budgets.choices import CashOrigin, Fund
from budgets.exceptions import CellErrors, RuleViolation, StaleVersion
from budgets.models import CashEntry, EconomicCode
from budgets.periods import Month
from budgets.selectors import cash as cash_selectors
from budgets.services import cash, passports
from budgets.services.cash import CellEdit, Payment

JUNE, JULY = Month(2023, 6), Month(2023, 7)


@pytest.fixture
def root(revision):
    """The number of a line → the key cash stands on."""
    return {line.number: line.root_id for line in revision.spendinglines.all()}


@pytest.fixture
def payment(root):
    """45 000,00 is the whole plan of line 1, and nothing is paid on it yet."""
    return Payment(root[1], Fund.GENERAL, "2282", dt.date(2023, 6, 1), Decimal("45000.00"))


@pytest.fixture
def record(sample, officer):
    return lambda payment: cash.record(passport=sample, payment=payment, by=officer)


@pytest.fixture
def set_cells(sample, officer):
    return lambda *edits, month=JULY, **more: cash.set_cells(
        passport=sample, month=month, edits=edits, by=officer, **more
    )


def paid(root_id):
    return CashEntry.objects.filter(line_id=root_id).aggregate(s=Sum("amount", default=0))["s"]


def cell(root_id, amount, seen="0.00", *, code="2240", fund=Fund.GENERAL):
    return CellEdit(root_id, fund, code, Decimal(amount), Decimal(seen))


# Recording


def test_a_payment_is_recorded_with_all_that_was_said(record, payment, officer):
    said = replace(payment, document_number="77", counterparty="ТОВ «Мережа»", note="аванс")
    stored = CashEntry.objects.select_related("economic_code").get(pk=record(said).pk)
    assert (stored.line_id, stored.fund, stored.economic_code.code) == said.key
    assert (stored.paid_on, stored.amount) == (said.paid_on, said.amount)
    assert (stored.document_number, stored.counterparty, stored.note) == (
        "77",
        "ТОВ «Мережа»",
        "аванс",
    )
    assert (stored.origin, stored.created_by, stored.version) == (CashOrigin.TYPED, officer, 1)


def test_a_plan_can_be_spent_to_the_last_kopeck_and_not_a_kopeck_further(record, payment, root):
    record(replace(payment, amount=Decimal("44999.99")))
    with pytest.raises(
        RuleViolation, match=r"План перевищено на 0,01 грн у рядку 1 .* план 45.000,00"
    ):
        record(replace(payment, amount=Decimal("0.02")))
    assert paid(root[1]) == Decimal("44999.99")
    record(replace(payment, amount=Decimal("0.01")))
    assert paid(root[1]) == Decimal("45000.00")


def test_each_economic_code_of_a_line_has_its_own_limit(record, payment, root):
    """Line 9 has 75 000,00 under 2210 and 25 000,00 under 2240: they do not lend to each other."""
    record(replace(payment, line_id=root[9], economic_code="2210", amount=Decimal(75000)))
    with pytest.raises(RuleViolation, match=r"на 0,01 грн у рядку 9 \(загальний фонд, КЕКВ 2240\)"):
        record(replace(payment, line_id=root[9], economic_code="2240", amount=Decimal("25000.01")))


def test_each_fund_has_its_own_limit(record, payment):
    with pytest.raises(
        RuleViolation, match=r"План перевищено на 1,00 грн .*спеціальний фонд.*план 0,00"
    ):
        record(replace(payment, fund=Fund.SPECIAL, amount=Decimal(1)))


def test_a_code_without_a_plan_takes_no_cash(record, payment):
    with pytest.raises(RuleViolation, match="План перевищено на 10,00"):
        record(replace(payment, economic_code="2240", amount=Decimal(10)))


def test_a_recovery_gives_the_plan_back(record, payment, root):
    record(payment)
    record(replace(payment, amount=Decimal("-5000.00")))
    assert paid(root[1]) == Decimal("40000.00")
    record(replace(payment, amount=Decimal("5000.00")))


def test_no_more_is_recovered_than_was_paid(record, payment, root):
    record(replace(payment, amount=Decimal("100.00")))
    with pytest.raises(RuleViolation, match="Повернення перевищує сплачене на 0,01 грн у рядку 1"):
        record(replace(payment, amount=Decimal("-100.01")))
    assert paid(root[1]) == Decimal("100.00")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": Decimal("0.00")}, "не може бути нульовою"),
        ({"fund": "reserve"}, "Невідомий фонд"),
        ({"economic_code": "9999"}, "КЕКВ 9999 невідомий на 01.06.2023"),
        ({"economic_code": ""}, "невідомий"),
        ({"economic_code": "2200"}, r"КЕКВ 2200 — груповий\. Оберіть один із кодів групи: 2210, "),
        ({"economic_code": "2000"}, "груповий"),
        ({"paid_on": dt.date(2022, 12, 31)}, "Дата 31.12.2022 не належить до 2023 року"),
        ({"paid_on": dt.date(2024, 1, 1)}, "Вкажіть дату з 01.01.2023 до 31.12.2023"),
        ({"line_id": 10**9}, "не належить до паспорта 0217530 · 2023"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_words_that_help(record, payment, change, message):
    before = CashEntry.objects.count()
    with pytest.raises(RuleViolation, match=message):
        record(replace(payment, **change))
    assert CashEntry.objects.count() == before


def test_a_line_of_another_passport_is_refused(record, payment, elsewhere):
    with pytest.raises(RuleViolation, match="не належить до паспорта"):
        record(replace(payment, line_id=elsewhere.line.root_id, economic_code="2240"))
    assert paid(elsewhere.line.root_id) == 0


def test_cash_is_booked_on_the_first_appearance_of_a_line_only(sample, record, payment, officer):
    draft = passports.revise(passport=sample, by=officer)
    copy = draft.spendinglines.get(number=1)
    with pytest.raises(RuleViolation, match="не належить до паспорта"):
        record(replace(payment, line_id=copy.pk))
    record(replace(payment, line_id=copy.root_id))


def test_a_day_that_has_not_come_is_refused(revision, officer):
    year = timezone.localdate().year + 1
    next_year = passports.copy_to_year(source=revision, year=year, by=officer)
    line = next_year.spendinglines.get(number=1)
    day = dt.date(year, 1, 15)
    with pytest.raises(RuleViolation, match=rf"Дата 15\.01\.{year} ще не настала"):
        cash.record(
            passport=next_year.passport,
            payment=Payment(line.root_id, Fund.GENERAL, "2282", day, Decimal(1)),
            by=officer,
        )


def test_a_code_is_known_only_while_it_is_valid(record, payment):
    EconomicCode.objects.filter(code="2282").update(valid_to=dt.date(2023, 5, 31))
    with pytest.raises(RuleViolation, match=r"КЕКВ 2282 невідомий на 01\.06\.2023"):
        record(payment)
    record(replace(payment, paid_on=dt.date(2023, 5, 31)))


def test_nothing_is_paid_before_the_passport_is_approved(revision, officer):
    draft = passports.copy_to_year(source=revision, year=2022, by=officer)
    line = draft.spendinglines.get(number=1)
    payment = Payment(line.root_id, Fund.GENERAL, "2282", dt.date(2022, 6, 1), Decimal(1))
    with pytest.raises(RuleViolation, match="ще не затверджено"):
        cash.record(passport=draft.passport, payment=payment, by=officer)
    assert paid(line.pk) == 0


# Reversing and correcting


def test_a_reversal_cancels_a_payment_and_both_stay_on_record(record, payment, root, officer):
    entry = record(payment)
    reversing = cash.reverse(entry=entry, version=1, by=officer, note="двічі введено")
    assert paid(root[1]) == 0
    assert (reversing.amount, reversing.paid_on) == (-entry.amount, entry.paid_on)
    assert (reversing.origin, reversing.reverses) == (CashOrigin.REVERSAL, entry)
    assert CashEntry.objects.filter(line_id=root[1]).count() == 2


def test_a_reversal_itself_is_not_reversed(record, payment, officer):
    reversing = cash.reverse(entry=record(payment), version=1, by=officer)
    with pytest.raises(RuleViolation, match="Сторнувальний запис не виправляють"):
        cash.reverse(entry=reversing, version=1, by=officer)


def test_a_payment_is_not_reversed_twice(record, payment, officer, root):
    entry = record(payment)
    cash.reverse(entry=entry, version=1, by=officer)
    with pytest.raises(StaleVersion, match="уже виправив користувач finansy") as refusal:
        cash.reverse(entry=entry, version=1, by=officer)
    assert refusal.value.current == "сторновано"
    assert paid(root[1]) == 0


def test_a_reversal_that_would_leave_a_recovery_uncovered_is_refused(
    record, payment, officer, root
):
    entry = record(payment)
    record(replace(payment, amount=Decimal("-1000.00")))
    with pytest.raises(RuleViolation, match=r"Повернення перевищує сплачене на 1\s000,00"):
        cash.reverse(entry=entry, version=1, by=officer)
    assert paid(root[1]) == Decimal("44000.00")


def test_a_correction_leaves_three_entries_that_sum_to_the_right_amount(
    record, payment, officer, root
):
    entry = record(payment)
    right = cash.correct(
        entry=entry, payment=replace(payment, amount=Decimal("44999.50")), version=1, by=officer
    )
    amounts = (
        CashEntry.objects.filter(line_id=root[1]).order_by("id").values_list("amount", flat=True)
    )
    assert list(amounts) == [Decimal("45000.00"), Decimal("-45000.00"), Decimal("44999.50")]
    assert paid(root[1]) == Decimal("44999.50")
    assert (
        cash_selectors.entries(entry.line.revision.passport)
        .filter(cash_selectors.IS_LIVE, line_id=root[1])
        .get()
        == right
    )


def test_a_correction_may_move_a_payment_to_another_line_and_day(record, payment, officer, root):
    entry = record(replace(payment, amount=Decimal("400.00")))
    moved = replace(
        payment,
        line_id=root[3],
        economic_code="2240",
        paid_on=dt.date(2023, 7, 3),
        amount=Decimal("400.00"),
    )
    right = cash.correct(entry=entry, payment=moved, version=1, by=officer)
    assert (paid(root[1]), paid(root[3])) == (0, Decimal("400.00"))
    assert right.paid_on == dt.date(2023, 7, 3)


def test_a_correction_past_the_plan_is_refused_and_the_payment_stands(
    record, payment, officer, root
):
    entry = record(payment)
    with pytest.raises(RuleViolation, match="План перевищено на 0,01"):
        cash.correct(
            entry=entry, payment=replace(payment, amount=Decimal("45000.01")), version=1, by=officer
        )
    assert CashEntry.objects.filter(line_id=root[1]).get() == entry


def test_words_are_corrected_in_place(record, payment, officer, root):
    entry = record(payment)
    same = cash.correct(entry=entry, payment=replace(payment, note="аванс"), version=1, by=officer)
    assert same.pk == entry.pk
    entry.refresh_from_db()
    assert (entry.note, entry.version) == ("аванс", 2)
    assert CashEntry.objects.filter(line_id=root[1]).count() == 1


def test_two_people_correcting_one_payment_both_see_both_values(
    record, payment, officer, programme_head, root
):
    entry = record(payment)
    cash.correct(
        entry=entry,
        payment=replace(payment, amount=Decimal("100.00")),
        version=1,
        by=programme_head,
    )
    with pytest.raises(StaleVersion, match="Ви ввели: 200,00") as refusal:
        cash.correct(
            entry=entry, payment=replace(payment, amount=Decimal("200.00")), version=1, by=officer
        )
    assert "уже виправив користувач it" in str(refusal.value)
    assert refusal.value.current == "100,00"
    assert paid(root[1]) == Decimal("100.00")


def test_words_edited_meanwhile_are_not_overwritten(record, payment, officer):
    entry = record(payment)
    cash.correct(entry=entry, payment=replace(payment, note="перша"), version=1, by=officer)
    with pytest.raises(StaleVersion) as refusal:
        cash.correct(entry=entry, payment=replace(payment, note="друга"), version=1, by=officer)
    assert refusal.value.current == "45\u00a0000,00, перша"
    entry.refresh_from_db()
    assert entry.note == "перша"


# The month grid


def test_an_empty_cell_becomes_one_payment_on_the_last_day_of_a_past_month(set_cells, root):
    set_cells(cell(root[3], "400.00"))
    entry = CashEntry.objects.get(line_id=root[3])
    assert (entry.amount, entry.paid_on) == (Decimal("400.00"), dt.date(2023, 7, 31))


def test_a_cell_of_one_payment_is_corrected_and_keeps_its_words_and_day(set_cells, root):
    """Line 2 has one payment of July: 16 250,00 on the 28th, document 168."""
    set_cells(cell(root[2], "16249.99", "16250.00"))
    live = CashEntry.objects.filter(cash_selectors.IS_LIVE, line_id=root[2], paid_on__month=7).get()
    assert (live.amount, live.paid_on, live.document_number) == (
        Decimal("16249.99"),
        dt.date(2023, 7, 28),
        "168",
    )
    assert paid(root[2]) == Decimal("194999.99")


def test_zero_in_a_cell_reverses_its_payment(set_cells, root):
    set_cells(cell(root[2], "0.00", "16250.00"))
    assert paid(root[2]) == Decimal("178750.00")


def test_an_unchanged_cell_writes_nothing(set_cells, root):
    before = CashEntry.objects.count()
    set_cells(cell(root[2], "16250.00", "16250.00"))
    assert CashEntry.objects.count() == before


def test_a_cell_of_several_payments_is_refused(set_cells, root):
    with pytest.raises(CellErrors, match="У цій комірці кілька платежів \\(3\\)") as refusal:
        set_cells(cell(root[10], "1.00", "293550.00"), month=JUNE)
    assert refusal.value.errors[0][0] == "10 · загальний фонд · 2240"
    assert paid(root[10]) == Decimal("293550.00")


def test_cells_are_written_all_or_none_and_every_refusal_is_told_in_order(set_cells, root):
    before = CashEntry.objects.count()
    with pytest.raises(CellErrors) as refusal:
        set_cells(
            cell(root[3], "400.00"),  # would be right alone
            cell(root[2], "20000.00", "16250.00"),  # past the plan by 3 750,00
            cell(root[4], "50000.01"),  # past the plan by a kopeck
            cell(root[5], "10.00", "5.00"),  # another amount was there
            cell(root[1], "10.00", code="2200"),  # a group code
        )
    assert CashEntry.objects.count() == before
    assert paid(root[3]) == 0
    told = dict(refusal.value.errors)
    assert len(told) == 4
    assert any(name.endswith("· 2200") and "груповий" in told[name] for name in told)
    assert "перевищено на 3\u00a0750,00" in told["2 · загальний фонд · 2240"]
    assert "перевищено на 0,01" in told["4 · загальний фонд · 2240"]
    assert "було 5,00, тепер 0,00, ви ввели 10,00" in told["5 · загальний фонд · 2240"]


def test_a_single_stale_cell_shows_both_values(set_cells, root):
    with pytest.raises(StaleVersion) as refusal:
        set_cells(cell(root[2], "100.00", "0.00"))
    assert refusal.value.current == "16\u00a0250,00"
    assert "було 0,00, тепер 16\u00a0250,00, ви ввели 100,00" in str(refusal.value)


def test_unreadable_cells_are_told_together_with_what_the_rules_refuse(set_cells, root):
    with pytest.raises(CellErrors) as refusal:
        set_cells(
            cell(root[4], "50000.01"),
            unreadable=[((root[3], Fund.GENERAL, "2240"), "«сто» не є числом.")],
        )
    assert [name for name, _message in refusal.value.errors] == [
        "3 · загальний фонд · 2240",
        "4 · загальний фонд · 2240",
    ]


def test_money_moves_between_cells_of_one_paste(set_cells, root):
    """The limit is judged after the whole paste: taking from one month and adding to another is fine."""
    set_cells(
        cell(root[9], "25000.00"),
        cell(root[9], "75000.00", code="2210"),
        cell(root[2], "16000.00", "16250.00"),
    )
    assert paid(root[9]) == Decimal("100000.00")


def test_the_origin_of_a_paste_is_kept(set_cells, root):
    set_cells(cell(root[3], "400.00"), origin=CashOrigin.PASTED)
    assert CashEntry.objects.get(line_id=root[3]).origin == CashOrigin.PASTED


def test_a_month_that_has_not_come_takes_no_cash(revision, officer):
    year = timezone.localdate().year + 1
    draft = passports.copy_to_year(source=revision, year=year, by=officer)
    line = draft.spendinglines.get(number=3)
    edit = cell(line.pk, "400.00")
    with pytest.raises(RuleViolation):
        cash.set_cells(passport=draft.passport, month=Month(year, 1), edits=[edit], by=officer)
    assert paid(line.pk) == 0


def test_the_grid_shows_what_the_ledger_sums_to(sample, set_cells, root):
    set_cells(cell(root[3], "400.00"))
    grid = cash_selectors.month_grid(sample, JULY)
    assert (grid.total.plan, grid.total.paid) == (
        Decimal("1000000.00"),
        # Paid by the end of July: seven payments of line 2, one of line 7, three of line 10, and 400,00.
        Decimal("113750.00") + Decimal("37500.00") + Decimal("293550.00") + Decimal("400.00"),
    )
    row = grid.row((root[10], Fund.GENERAL, "2240"))
    assert (row.before, row.in_month, row.left, row.percent) == (
        Decimal("293550.00"),
        0,
        Decimal("6450.00"),
        Decimal("97.85"),
    )
