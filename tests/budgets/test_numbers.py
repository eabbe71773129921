from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.numbers import NumberError, print_number, read_decimal, read_number, round_half_up


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # As people and published documents write them.
        ("45000,00", "45000.00"),
        ("27 395,4", "27395.4"),
        ("2 080 000, 00", "2080000.00"),
        ("+1612,0", "1612.0"),
        ("-439,060", "-439.060"),
        ("956.3", "956.3"),
        ("00,0", "0.0"),
        ("16 250,00", "16250.00"),
        ("1 000 000", "1000000"),
        ("007", "7"),
        # A dash alone is nothing spent.
        ("-", "0"),
        ("—", "0"),
        ("–", "0"),
        ("--", "0"),
        # Spaces: no-break, figure, thin, narrow no-break, tab.
        ("27\u00a0395,4", "27395.4"),
        ("27\u2007395,4", "27395.4"),
        ("27\u2009395,4", "27395.4"),
        ("27\u202f395,4", "27395.4"),
        ("27\t395,4", "27395.4"),
        ("\u00a0 45000,00 \r\n", "45000.00"),
        # Minus signs: true minus, hyphens, dashes; with and without a space.
        ("\u2212361 450,00", "-361450.00"),
        ("\u2212 361\u00a0450,00", "-361450.00"),
        ("\u201015,5", "-15.5"),
        ("\u201115,5", "-15.5"),
        ("–15,5", "-15.5"),
        ("—15,5", "-15.5"),
        # Both separators at once: the last is the decimal one.
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("12.345.678,90", "12345678.90"),
        ("12,345,678.90", "12345678.90"),
        # Units; Latin look-alikes stand inside Ukrainian words of scanned documents.
        ("45000,00 грн", "45000.00"),
        ("45000,00 грн.", "45000.00"),
        ("45000,00грн", "45000.00"),
        ("45 000 гривень", "45000"),
        ("45,0 тис. грн", "45000"),
        ("45,0 тис.грн.", "45000"),
        ("45,0 тис", "45000"),
        ("45,0 тис. гривень", "45000"),
        ("1,85 \u00a0тис. грн", "1850"),
        ("45,0 тиc. гpн", "45000"),  # Latin c and p
        ("45,0 тиc. грн", "45000"),  # Latin c
        ("-45,0 тис. грн", "-45000"),
        ("-439,060 тис. грн", "-439060"),
    ],
)
def test_every_spelling_met_in_documents_is_read(text, value):
    assert read_number(text).value == Decimal(value)


@pytest.mark.parametrize("text", ["", "   ", "\u00a0", "\r\n"])
def test_an_empty_text_is_no_number(text):
    with pytest.raises(NumberError, match="не є числом"):
        read_number(text)


@pytest.mark.parametrize(
    "text", ["сто", "грн", "abc", "№ 5", "(5)", "+", ",234.5", "=5+3", "१२३", "٣", "²", "NaN"]
)
def test_letters_signs_and_foreign_digits_are_no_number(text):
    with pytest.raises(NumberError, match="не є числом"):
        read_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "45 00",
        "1 2345",
        "1234 567",
        "12 34,5",
        "1.2.3",
        "1,2,3",
        "1.234.56",
        "12.34,5",
        "1234.567,8",
        "1 234.567,8 9",
        "5,",
        "5,0.0,0",
        "1,5 5",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_and_not_guessed(text):
    with pytest.raises(NumberError, match="можна прочитати по-різному"):
        read_number(text)


@pytest.mark.parametrize(
    "text", ["12abc", "5 шт", "5 + 3", "5-3", "12%", "1e5", "5 тисяч", "5 грн за од"]
)
def test_words_after_the_number_are_refused_where_only_a_number_fits(text):
    with pytest.raises(NumberError, match="зайві знаки"):
        read_number(text)


def test_words_after_the_number_are_kept_where_a_remark_is_allowed():
    text = "402,70 відповідно до рішення від 15.12.2022 № 636"
    number = read_number(text, allow_remark=True)
    assert number.value == Decimal("402.70")
    assert number.remark == "відповідно до рішення від 15.12.2022 № 636"
    assert number.raw == text


def test_a_remark_after_the_unit_does_not_lose_the_unit():
    number = read_number("402,70 тис. грн відповідно до рішення", allow_remark=True)
    assert (number.value, number.remark) == (Decimal(402700), "відповідно до рішення")


def test_the_raw_text_is_kept_as_it_came():
    assert read_number(" 27 395,4 ").raw == " 27 395,4 "


@pytest.mark.parametrize("digits", ["1" * 16, "1" * 14 + ",25", "1" * 400])
def test_a_number_of_more_than_fifteen_digits_is_refused(digits):
    with pytest.raises(NumberError, match="завелике"):
        read_number(digits)


def test_fifteen_digits_are_read_to_the_last_one():
    assert read_number("999 999 999 999 999").value == Decimal("999999999999999")
    assert read_number("9 999 999 999 999,99").value == Decimal("9999999999999.99")


def test_leading_zeros_do_not_count_as_digits():
    assert read_number("0" * 20 + "5").value == 5


def test_a_message_quotes_only_the_beginning_of_a_long_text():
    with pytest.raises(NumberError) as refusal:
        read_number("х" * 1000)
    assert len(str(refusal.value)) < 200


def test_a_further_decimal_is_refused_and_never_rounded():
    assert read_decimal("0,125", places=3) == Decimal("0.125")
    with pytest.raises(NumberError, match="забагато знаків"):
        read_decimal("0,125", places=2)
    with pytest.raises(NumberError, match="забагато знаків"):
        read_decimal("-439,060", places=2)


def test_minus_zero_is_zero():
    assert str(read_decimal("-0,00", places=2)) == "0.00"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("1000000", "1\u00a0000\u00a0000,00"),
        ("-361450", "\u2212361\u00a0450,00"),
        ("0", "0,00"),
        ("-0.00", "0,00"),
        ("999.99", "999,99"),
        ("1000", "1\u00a0000,00"),
        ("0.005", "0,01"),
        ("-0.005", "\u22120,01"),
        ("-0.004", "0,00"),
    ],
)
def test_amounts_are_printed_as_documents_print_them(value, printed):
    assert print_number(Decimal(value)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("1.8", "1,80"),
        ("0.1255", "0,1255"),
        ("0.12555", "0,1256"),
        ("97.300", "97,30"),
        ("4", "4,00"),
    ],
)
def test_an_indicator_shows_as_many_decimals_as_it_has(value, printed):
    assert print_number(Decimal(value), max_places=4) == printed


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.015", 2, "0.02"),
        ("0.025", 2, "0.03"),
        ("2.675", 2, "2.68"),
        ("1.004999", 2, "1.00"),
        ("63.855", 2, "63.86"),
        ("-0.004", 2, "0.00"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("1.85", 1, "1.9"),
    ],
)
def test_half_is_rounded_away_from_zero(value, places, rounded):
    assert str(round_half_up(Decimal(value), places)) == rounded


kopecks = st.integers(min_value=-(10**14) + 1, max_value=10**14 - 1)


@given(kopecks)
def test_what_is_printed_is_read_back_unchanged(amount):
    value = Decimal(amount).scaleb(-2)
    assert read_decimal(print_number(value), places=2) == value


@given(kopecks, st.sampled_from(["\u00a0", " ", "\u2009", "\u202f"]), st.sampled_from(",."))
def test_any_space_and_either_decimal_sign_mean_the_same(amount, space, point):
    text = print_number(Decimal(amount).scaleb(-2)).replace("\u00a0", space).replace(",", point)
    assert read_decimal(text, places=2) == Decimal(amount).scaleb(-2)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text):
    try:
        number = read_number(text, allow_remark=True)
    except NumberError:
        return
    assert number.value.is_finite()
    assert number.raw == text


def test_a_thousand_written_with_a_comma_alone_is_a_decimal():
    """«1,234» has one comma, and a comma alone is the decimal sign of Ukrainian documents."""
    assert read_number("1,234").value == Decimal("1.234")
    with pytest.raises(NumberError):
        read_decimal("1,234", places=2)
