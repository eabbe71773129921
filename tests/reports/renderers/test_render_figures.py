import datetime as dt
from decimal import Decimal

import pytest
from openpyxl.compat import safe_string

from reports.documents.base import Kind, Value
from reports.renderers.figures import exact, printed


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (Decimal("1000000"), Kind.MONEY, "1\u00a0000\u00a0000,00"),
        (Decimal("-361450.00"), Kind.MONEY, "\u2212361\u00a0450,00"),
        (Decimal("0.1255"), Kind.VALUE, "0,1255"),
        (Decimal("1.5000"), Kind.VALUE, "1,50"),
        (Decimal("63.86"), Kind.PERCENT, "63,86"),
        (9, Kind.VALUE, "9,00"),
        (12, Kind.ORDINAL, "12"),
        (None, Kind.PERCENT, ""),
        ("х", Kind.MONEY, "х"),
        (dt.date(2023, 12, 31), Kind.DATE, "31.12.2023"),
        (dt.date(2023, 2, 1), Kind.TEXT, "01.02.2023"),
    ],
)
def test_values_print_as_documents_write_them(value: Value, kind: Kind, text: str):
    assert printed(value, kind) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("638550", "638550.00"), ("0.1255", "0.1255"), ("1E+3", "1000.00"), ("-0.5", "-0.50")],
)
def test_exact_text_keeps_every_digit(value: str, text: str):
    assert exact(Decimal(value)) == text


def test_exact_text_refuses_what_is_no_number():
    with pytest.raises(TypeError):
        exact(Decimal("NaN"))


def test_every_amount_up_to_ten_thousand_survives_json_and_xlsx():
    for kopecks in range(1_000_001):
        amount = Decimal(kopecks).scaleb(-2)
        assert exact(amount) == f"{kopecks // 100}.{kopecks % 100:02d}"
        # A workbook holds what openpyxl writes; a reader gets the nearest binary number back.
        assert repr(float(safe_string(amount))) == repr(kopecks / 100)
