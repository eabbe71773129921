import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from budgets.models import Act
from tests.reports.programme_samples import Town, approved_town


@pytest.fixture
def recalculated(tmp_path: Path) -> Callable[[bytes], Path]:
    """LibreOffice opens a workbook, counts every formula anew and writes it; with a profile of its own, so that tests run at once."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")

    def recalculate(workbook: bytes) -> Path:
        source = tmp_path / "working.xlsx"
        source.write_bytes(workbook)
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        subprocess.run(
            [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return tmp_path / "out" / "working.xlsx"

    return recalculate


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
