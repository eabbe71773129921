"""An amount typed in the page arrives unchanged in the database, the PDF, the workbook and the JSON.

Here four hundred amounts between 0,00 and 10 000,00 travel the whole way in one request. Each step is tested for every
one of the 1 000 001 amounts where it lives: reading and printing in tests/budgets/test_money.py, the database in
tests/budgets/test_fields.py, the formats in tests/reports/renderers.
"""

import datetime as dt
import io
import json
import random
import re
from decimal import Decimal

import openpyxl
import pypdf
import pytest
from django.urls import reverse

from budgets.models import CashEntry, PassportRevision
from budgets.money import print_amount
from budgets.services import passports
from reports.documents import passport_execution
from reports.renderers import FORMATS

pytestmark = pytest.mark.django_db

EDGES = [
    "0.00",
    "0.01",
    "0.10",
    "0.99",
    "1.00",
    "999.99",
    "1000.00",
    "1000.01",
    "9999.99",
    "10000.00",
]
SPELLINGS = (
    print_amount,
    str,
    lambda amount: str(amount).replace(".", ","),
    lambda amount: f"{amount:,}".replace(",", " ").replace(".", ","),
    lambda amount: f"+{amount}",
)


@pytest.fixture
def revision(sample, officer) -> PassportRevision:
    """A passport of 2022 with a line of 10 000,00 for each amount."""
    draft = passports.copy_to_year(source=sample.revisions.get(), year=2022, by=officer)
    draft.indicators.filter(numerator__isnull=False).delete()
    draft.indicators.all().delete()
    rows = [
        {
            "title": f"Напрям {number}",
            "local_programme": None,
            "allocations": [("2240", Decimal(10000), Decimal(0))],
        }
        for number in range(400)
    ]
    passports.save_lines(revision=draft, rows=rows, version=draft.version, by=officer)
    draft.refresh_from_db()
    passports.agree(
        revision=draft, agreed_on=dt.date(2022, 1, 10), version=draft.version, by=officer
    )
    draft.refresh_from_db()
    passports.approve(
        revision=draft,
        order_number="1",
        order_date=dt.date(2022, 1, 11),
        version=draft.version,
        by=officer,
    )
    return draft


def test_amounts_arrive_unchanged(revision, officer_client):
    chance = random.Random(20230612)  # noqa: S311 - the same amounts each time
    amounts = [*map(Decimal, EDGES)]
    amounts += [
        Decimal(chance.randrange(1_000_001)).scaleb(-2) for _place in range(400 - len(EDGES))
    ]
    lines = list(revision.spendinglines.all())
    typed = [SPELLINGS[place % len(SPELLINGS)](amount) for place, amount in enumerate(amounts)]
    response = officer_client.post(
        reverse("cash_cells", args=[revision.passport_id, 3]),
        {
            "cell": [f"{line.pk}-general-2240" for line in lines],
            "amount": typed,
            "seen": [""] * 400,
        },
        headers={"accept": "application/json"},
    )
    assert response.status_code == 200, response.content[:500]

    stored = dict(CashEntry.objects.filter(line__in=lines).values_list("line_id", "amount"))
    assert [stored.get(line.pk, Decimal(0)) for line in lines] == amounts

    document = passport_execution.build(revision.passport)
    rows = document.table("lines").lines
    assert [row.value("cash_general") for row in rows] == amounts

    data = json.loads(FORMATS["json"].render(document))
    table = next(
        block
        for section in data["sections"]
        for block in section["blocks"]
        if block.get("key") == "lines"
    )
    told = [Decimal(row["cells"]["cash_general"]) for row in table["rows"] if row["role"] == "line"]
    assert told == amounts

    sheet = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(document)))["7.1"]
    written = {
        row[0].value: Decimal(str(row[5].value))
        for row in sheet.iter_rows()
        if isinstance(row[0].value, int) and str(row[1].value).startswith("Напрям ")
    }
    assert [written[row.value("number")] for row in rows] == amounts

    text = "".join(
        page.extract_text()
        for page in pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].render(document))).pages
    )
    printed = re.findall(r"Напрям (\d+)\s+((?:\u2212?[\d\u00a0]+,\d\d\s+){4})", text)
    found = {
        int(number): re.findall(r"[\d\u00a0]+,\d\d", figures)[3] for number, figures in printed
    }
    assert found == {place: print_amount(amount) for place, amount in enumerate(amounts)}
