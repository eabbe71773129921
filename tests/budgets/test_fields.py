"""Money through the database. Every test runs on SQLite and on PostgreSQL with the same expectations."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from budgets.choices import Fund
from budgets.fields import ExactDecimalField, ExactDecimalFormField, MoneyField
from budgets.models import CashEntry, EconomicCode, LineAllocation, SpendingLine
from budgets.money import MAX_AMOUNT, ZERO
from budgets.services import passports
from indicators.models import ActualValue, Indicator

DAY = dt.date(2023, 6, 1)
# The line of the sample that has no payments, so that sums are those of the test alone.
EMPTY_LINE = 1


def pay(line, amounts, *, by, fund=Fund.GENERAL, day=DAY):
    code = EconomicCode.objects.get(code="2240")
    return CashEntry.objects.bulk_create(
        [
            CashEntry(
                line=line, fund=fund, economic_code=code, paid_on=day, amount=amount, created_by=by
            )
            for amount in amounts
        ],
        batch_size=2000,
    )


@pytest.fixture
def line(revision):
    return revision.spendinglines.get(number=EMPTY_LINE)


@pytest.fixture
def entries(line, officer):
    """Amounts that binary floats add up wrongly: 0,10 + 0,20 is 0.30000000000000004."""
    amounts = [Decimal(text) for text in ("0.10", "0.20", "-0.30", "0.70", "0.10")]
    pay(line, amounts, by=officer)
    return CashEntry.objects.filter(line=line).order_by("id")


def exactly(value, text):
    """Equal, a Decimal, and with the kopecks in place."""
    return isinstance(value, Decimal) and str(value) == text


@pytest.mark.parametrize(
    "text",
    [
        "0.01",
        "-0.01",
        "0.10",
        "956.30",
        "10000.00",
        "90071992547.93",
        "-999999999999.99",
        "999999999999.99",
    ],
)
def test_an_amount_comes_back_as_it_went_in(line, officer, text):
    pay(line, [Decimal(text)], by=officer)
    (entry,) = CashEntry.objects.filter(line=line)
    assert exactly(entry.amount, text)


def test_the_database_holds_whole_kopecks(entries):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amount FROM budgets_cashentry WHERE line_id = %s ORDER BY id",
            [entries[0].line_id],
        )
        assert cursor.fetchall() == [(10,), (20,), (-30,), (70,), (10,)]


def test_a_sum_is_exact(entries):
    assert exactly(entries.aggregate(s=Sum("amount"))["s"], "0.80")


def test_the_sum_of_nothing_is_none_or_the_zero_asked_for(line):
    nothing = CashEntry.objects.filter(line=line)
    assert nothing.aggregate(s=Sum("amount"))["s"] is None
    field = MoneyField()
    assert exactly(nothing.aggregate(s=Coalesce(Sum("amount"), 0, output_field=field))["s"], "0.00")
    assert exactly(nothing.aggregate(s=Sum("amount", default=ZERO))["s"], "0.00")


def test_a_sum_minus_a_sum_is_exact(entries):
    plus, minus = Sum("amount", filter=Q(amount__gt=0)), Sum("amount", filter=Q(amount__lt=0))
    assert exactly(entries.aggregate(d=plus - minus)["d"], "1.40")
    assert exactly(entries.aggregate(d=plus + minus)["d"], "0.80")


def test_a_literal_is_money_too(entries):
    shifted = entries.annotate(more=F("amount") + Value(Decimal("0.05"), output_field=MoneyField()))
    assert [str(entry.more) for entry in shifted] == ["0.15", "0.25", "-0.25", "0.75", "0.15"]


def test_columns_are_added_subtracted_and_multiplied_exactly(revision):
    rows = LineAllocation.objects.filter(line__revision=revision).annotate(
        both=F("general") + F("special"),
        gap=F("special") - F("general"),
        twice=F("general") * Value(2, output_field=models.IntegerField()),
    )
    for row in rows:
        assert exactly(row.both, str(row.general + row.special))
        assert exactly(row.gap, str(row.special - row.general))
        assert exactly(row.twice, str(row.general * 2))


def test_case_and_subquery_answer_money(entries, revision, line):
    signed = entries.annotate(
        paid=Case(
            When(amount__gt=0, then=F("amount")), default=Value(ZERO, output_field=MoneyField())
        )
    )
    assert exactly(signed.aggregate(s=Sum("paid"))["s"], "1.10")
    paid = (
        CashEntry.objects.filter(line=OuterRef("pk"))
        .order_by()
        .values("line")
        .annotate(s=Sum("amount"))
        .values("s")
    )
    found = SpendingLine.objects.annotate(paid=Subquery(paid)).get(pk=line.pk)
    assert exactly(found.paid, "0.80")


def test_a_running_total_is_exact(entries):
    running = entries.annotate(
        place=Window(RowNumber(), order_by="id"), total=Window(Sum("amount"), order_by="id")
    )
    assert [str(entry.total) for entry in running] == ["0.10", "0.30", "0.00", "0.70", "0.80"]


def test_a_condition_on_a_sum_compares_money(revision):
    by_line = (
        CashEntry.objects.exclude(line=None)
        .order_by()
        .values("line__number")
        .annotate(paid=Sum("amount"))
    )
    numbers = by_line.filter(paid__gte=Decimal("195000.00")).order_by("line__number")
    assert [(row["line__number"], str(row["paid"])) for row in numbers] == [
        (2, "195000.00"),
        (10, "293550.00"),
    ]
    assert not by_line.filter(paid__gt=Decimal("293550.00")).exists()


def test_ranges_and_comparisons_take_money(entries):
    def found(**condition):
        return [str(entry.amount) for entry in entries.filter(**condition)]

    assert found(amount__range=(Decimal("0.10"), Decimal("0.20"))) == ["0.10", "0.20", "0.10"]
    assert found(amount__lt=ZERO) == ["-0.30"]
    assert found(amount__in=[Decimal("0.70"), Decimal("0.2")]) == ["0.20", "0.70"]
    assert found(amount=Decimal("0.10")) == ["0.10", "0.10"]


def test_a_plan_equal_to_its_cash_shows_no_deviation(revision, officer):
    """Where decimals are floats, this shows false deviations."""
    line = revision.spendinglines.get(number=EMPTY_LINE)
    pay(line, [Decimal("4500.10")] * 9 + [Decimal("4499.10")], by=officer)
    plan = LineAllocation.objects.filter(line=OuterRef("pk")).order_by().values("line")
    paid = CashEntry.objects.filter(line=OuterRef("pk")).order_by().values("line")
    found = SpendingLine.objects.annotate(
        left=Subquery(plan.annotate(s=Sum("general")).values("s"))
        - Subquery(paid.annotate(s=Sum("amount")).values("s"))
    ).get(pk=line.pk)
    assert exactly(found.left, "0.00")
    assert (
        SpendingLine.objects.filter(pk=line.pk)
        .annotate(
            left=Subquery(plan.annotate(s=Sum("general")).values("s"))
            - Subquery(paid.annotate(s=Sum("amount")).values("s"))
        )
        .filter(left=ZERO)
        .exists()
    )


def test_a_fixture_carries_money_as_text_and_brings_it_back(sample, officer, tmp_path):
    """dumpdata, then loaddata over changed rows, gives the same amounts."""
    draft = passports.revise(passport=sample, by=officer)
    rows = LineAllocation.objects.filter(line__revision=draft)
    amounts = {row.pk: (row.general, row.special) for row in rows}
    fixture = tmp_path / "allocations.json"
    keys = ",".join(str(pk) for pk in amounts)
    call_command("dumpdata", "budgets.LineAllocation", primary_keys=keys, output=str(fixture))
    dumped = json.loads(fixture.read_text())
    assert {row["fields"]["general"] for row in dumped} >= {"45000.00", "195000.00"}
    rows.update(general=ZERO)
    call_command("loaddata", str(fixture), verbosity=0)
    assert {row.pk: (row.general, row.special) for row in rows.all()} == amounts


@pytest.mark.parametrize("value", [0.1, 1e3, float("nan"), True])
def test_a_float_is_refused_everywhere(line, officer, value):
    with pytest.raises(TypeError, match="not exact"):
        pay(line, [value], by=officer)
    with pytest.raises(TypeError, match="not exact"):
        CashEntry.objects.filter(amount=value).exists()
    with pytest.raises(TypeError, match="not exact"):
        LineAllocation.objects.filter(line=line).update(general=value)


@pytest.mark.parametrize(
    "value", [Decimal("0.001"), Decimal("NaN"), Decimal("Infinity"), "0.001", "сто"]
)
def test_a_third_decimal_and_what_is_no_amount_are_refused(value):
    with pytest.raises(ValidationError):
        MoneyField().get_prep_value(value)


def test_amounts_past_the_limit_are_refused():
    field = MoneyField()
    assert field.get_prep_value(MAX_AMOUNT) == 99_999_999_999_999
    with pytest.raises(ValidationError):
        field.get_prep_value(MAX_AMOUNT + Decimal("0.01"))


def test_an_indicator_keeps_four_decimals_and_fifteen_digits(sample, revision):
    typed = Indicator.objects.filter(revision=revision, line=None, numerator=None).first()
    row = ActualValue.objects.get(indicator=typed)
    for text in ("0.0001", "-0.1255", "99999999999.9999"):
        ActualValue.objects.filter(pk=row.pk).update(general=Decimal(text))
        row.refresh_from_db()
        assert exactly(row.general, text)
    with pytest.raises(ValidationError):
        ActualValue.objects.filter(pk=row.pk).update(general=Decimal("0.00001"))


def test_fifteen_digit_sums_are_exact_to_the_kopeck(line, officer):
    """A binary float has 53 bits: 9 007 199 254 740 993 kopecks is the first whole number it loses."""
    pay(line, [MAX_AMOUNT] * 90 + [Decimal("0.01")], by=officer)
    total = CashEntry.objects.filter(line=line).aggregate(s=Sum("amount"))["s"]
    assert exactly(total, "89999999999999.11")


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="needs no database; the SQLite run has it"
)
def test_every_amount_from_zero_to_ten_thousand_converts_both_ways():
    """All 1 000 001 kopeck amounts through the two functions that stand before and behind the database."""
    field = MoneyField()
    wrong = [
        kopecks
        for kopecks in range(1_000_001)
        if field.get_prep_value(amount := Decimal(kopecks).scaleb(-2)) != kopecks
        or field.from_db_value(kopecks, None, None) != amount
    ]
    assert wrong == []


def test_amounts_from_zero_to_ten_thousand_survive_the_database(line, officer):
    """Every 41st kopeck amount: 24 390 rows. A million rows takes a minute and a half on either database,
    and the conversion around the database is tried on every amount above."""
    amounts = [Decimal(kopecks).scaleb(-2) for kopecks in range(1, 1_000_001, 41)]
    pay(line, amounts, by=officer)
    stored = CashEntry.objects.filter(line=line).order_by("id")
    assert list(stored.values_list("amount", flat=True)) == amounts
    assert stored.aggregate(s=Sum("amount"))["s"] == sum(amounts)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("27 395,4", "27395.40"),
        ("-439,06", "-439.06"),
        ("45,0 тис. грн", "45000.00"),
        ("-", "0.00"),
    ],
)
def test_a_form_reads_amounts_as_people_type_them(text, amount):
    assert exactly(ExactDecimalFormField().clean(text), amount)


@pytest.mark.parametrize("text", ["сто", "1.2.3", "0,125", "45 00", "1 000 000 000 000"])
def test_a_form_refuses_what_is_no_amount_with_a_message(text):
    with pytest.raises(ValidationError) as refusal:
        ExactDecimalFormField().clean(text)
    assert refusal.value.messages[0]


def test_a_form_field_may_be_empty_only_when_told_so():
    assert ExactDecimalFormField(required=False).clean("") is None
    with pytest.raises(ValidationError):
        ExactDecimalFormField().clean("")


def test_a_form_shows_amounts_as_documents_print_them_and_sees_no_change_in_them():
    field = ExactDecimalFormField()
    shown = field.prepare_value(Decimal("-361450.00"))
    assert shown == "−361\u00a0450,00"
    assert field.clean(shown) == Decimal("-361450.00")
    assert not field.has_changed(Decimal("-361450.00"), shown)
    assert field.has_changed(Decimal("-361450.00"), "−361 450,01")
    assert field.has_changed(None, "сто")


def test_a_model_form_uses_the_exact_field():
    made = LineAllocation._meta.get_field("general").formfield()
    assert isinstance(made, ExactDecimalFormField)
    assert made.places == 2
    assert ActualValue._meta.get_field("general").formfield().places == 4


def test_a_migration_keeps_the_number_of_decimals():
    _name, _path, args, kwargs = ExactDecimalField(places=4).deconstruct()
    assert ExactDecimalField(*args, **kwargs).places == 4
