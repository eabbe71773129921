"""How long the draft table of a programme of 5 000 measures over 6 years takes to open and to save a cell.

Run by hand: .venv/bin/python benchmarks/drafts.py
Beside it, in the same run: a plain SQL sum over the same 30 000 lines, and the view «as of a day» (the same sum, place by place).
Prints seconds (best of five) and ratios to the plain sum; only ratios travel between machines. DATABASE_URL chooses the database
(an empty one); without it the benchmark runs on SQLite in a file.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

folder = tempfile.TemporaryDirectory()
os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder.name}/drafts.sqlite3")
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "eprogram.settings",
    "EPROGRAM_SAMPLE": "yes",
    "EPROGRAM_SECRET_KEY": "used-by-benchmarks-only-0123456789-0123456789",
}
sys.path.insert(0, str(Path(__file__).parent.parent))

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from budgets.choices import ActKind, ActStatus  # noqa: E402
from budgets.models import (  # noqa: E402
    Act,
    BudgetLine,
    Community,
    Direction,
    Measure,
    MeasureText,
    Programme,
    Task,
)
from budgets.selectors import programmes  # noqa: E402
from budgets.services import acts  # noqa: E402

MEASURES, YEARS, TASKS, DIRECTIONS = 5000, range(2024, 2030), 50, 5
SUM = """
    SELECT SUM(l.amount) FROM budgets_budgetline l JOIN budgets_act a ON a.id = l.act_id
    WHERE a.programme_id = %s AND a.status = 'adopted'
"""


def main() -> None:
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    call_command("migrate", verbosity=0)
    user = User.objects.create_superuser("bench")
    programme = founded(user)
    draft = acts.open_draft(programme=programme, by=user)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    page = reverse("act", args=[programme.slug, draft.pk])
    cells = reverse("act_cells", args=[programme.slug, draft.pk])
    first = programme.measures.earliest("pk")
    texts = ["100,00"]

    def plain() -> None:
        with connection.cursor() as cursor:
            cursor.execute(SUM, [programme.pk])
            cursor.fetchone()

    def save() -> None:
        name = f"{first.pk}-0-unsplit-0-2024"
        data = {f"c-{name}": f"{len(texts)},00", f"s-{name}": texts[-1]}
        expect(client.post(f"{cells}?unit=hryvnia", data, headers={"Accept": "application/json"}))
        texts.append(f"{len(texts)},00")

    def opened(address: str) -> Callable[[], None]:
        def get() -> None:
            expect(client.get(address))

        return get

    base = seconds(plain)
    print(f"{connection.vendor}, {BudgetLine.objects.count()} lines; a plain SQL sum: {base:.4f} s")
    print("| what | seconds | ÷ plain sum |")
    print("|---|---|---|")
    for name, work in (
        ("figures as of a day, place by place", lambda: programmes.planned(programme)),
        ("open the draft table, all years", opened(page)),
        ("open the draft table, one year", opened(f"{page}?year=2024")),
        ("save one cell", save),
    ):
        took = seconds(work)
        print(f"| {name} | {took:.3f} | {took / base:.0f} |")


def founded(user: User) -> Programme:
    """A programme of 5 directions, 50 tasks and 5 000 measures with money in every year, adopted."""
    programme = Programme.objects.create(
        community=Community.objects.create(name="Велика"),
        slug="velyka",
        title="Велика програма",
        year_from=YEARS[0],
        year_to=YEARS[-1],
        unit="hryvnia",
    )
    act = acts.open_draft(programme=programme, kind=ActKind.APPROVAL, by=user)
    directions = Direction.objects.bulk_create(
        Direction(programme=programme, order=n, title=f"Напрям {n}") for n in range(DIRECTIONS)
    )
    tasks = Task.objects.bulk_create(
        Task(
            programme=programme,
            order=n,
            title=f"Завдання {n}",
            direction=directions[n % DIRECTIONS],
        )
        for n in range(TASKS)
    )
    measures = Measure.objects.bulk_create(
        Measure(programme=programme, order=n, number=str(n), task=tasks[n % TASKS])
        for n in range(MEASURES)
    )
    MeasureText.objects.bulk_create(
        MeasureText(act=act, measure=measure, title=f"Захід {measure.number}")
        for measure in measures
    )
    BudgetLine.objects.bulk_create(
        (
            BudgetLine(act=act, measure=measure, year=year, amount=Decimal("100.00"))
            for measure in measures
            for year in YEARS
        ),
        batch_size=2000,
    )
    Act.objects.filter(pk=act.pk).update(
        status=ActStatus.ADOPTED, number="1", date="2024-01-01", in_force_from="2024-01-01"
    )
    return programme


def expect(answer: HttpResponse) -> None:
    """A page that fails is no measure."""
    if answer.status_code != HTTPStatus.OK:
        raise SystemExit(f"{answer.status_code}: {answer.content[:500]!r}")


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """The best of several runs."""
    found = []
    for _run in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


if __name__ == "__main__":
    main()
