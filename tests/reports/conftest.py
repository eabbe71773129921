import datetime as dt

import pytest

from budgets.models import Act
from tests.reports.programme_samples import Town, approved_town


@pytest.fixture
def town(db) -> Town:
    return approved_town()


@pytest.fixture
def draft(town: Town) -> Act:
    """Moves 10 000 from computers to the Internet, adds to the schools and repeats an amount."""
    return town.act(
        ("1.1", 2024, "special", "-10000.00", "-1"),
        ("2.1", 2024, "general", "10000.00"),
        ("3.1", 2025, "", "500.75"),
        restated=[("1.2.2", 2026, "general", "24000.00")],
        texts={"1.1": {"title": "Комп’ютери і монітори", "term": "2024-2025"}},
        title="Про внесення змін до програми",
    )


@pytest.fixture
def amended(town: Town) -> Town:
    """The programme with an amendment in force from 01.06.2024."""
    town.act(("1.2.1", 2024, "general", "150.00"), on=dt.date(2024, 6, 1), number="20")
    return town
