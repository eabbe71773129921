"""How long the yearly report takes as PDF and XLSX, beside LibreOffice converting the same workbook to PDF.

Run by hand: .venv/bin/python benchmarks/documents.py
Prints seconds (best of three, one for the longest) and ratios to the warm PDF of the same length; only ratios travel between machines.
"""

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "eprogram.settings",
    "DATABASE_URL": "sqlite://:memory:",
    "EPROGRAM_SAMPLE": "yes",
    "EPROGRAM_SECRET_KEY": "used-by-benchmarks-only-0123456789-0123456789",
}
sys.path.insert(0, str(Path(__file__).parent.parent))

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from reports import sample  # noqa: E402
from reports.documents import passport_execution  # noqa: E402
from reports.documents.base import Document  # noqa: E402
from reports.renderers import FORMATS, WORKING_COPY  # noqa: E402

LENGTHS = (40, 400, 4000)
LONGEST_REPEATED = 400


def main() -> None:
    call_command("migrate", verbosity=0)
    document = passport_execution.build(sample.load())
    FORMATS["pdf"].render(document)  # imports WeasyPrint, reads fonts
    print(
        "| indicator rows | PDF, s | XLSX ÷ PDF | working copy ÷ PDF | JSON ÷ PDF | LibreOffice ÷ PDF |"
    )
    print("|---|---|---|---|---|---|")
    for length in LENGTHS:
        longer = with_rows(document, length)
        times = 3 if length <= LONGEST_REPEATED else 1
        formats = (FORMATS["pdf"], FORMATS["xlsx"], WORKING_COPY, FORMATS["json"])
        pdf, xlsx, copy, data = (seconds(partial(each.render, longer), times) for each in formats)
        office = libreoffice(FORMATS["xlsx"].render(longer), times)
        told = f"{office / pdf:.2f}" if office else "not installed"
        print(
            f"| {length} | {pdf:.2f} | {xlsx / pdf:.2f} | {copy / pdf:.2f} | {data / pdf:.3f} | {told} |"
        )


def with_rows(document: Document, length: int) -> Document:
    """The report with its indicator lines repeated to the given number."""
    table = document.table("indicators")
    lines = [
        dataclasses.replace(table.lines[place % len(table.lines)], key=f"indicator-{place}")
        for place in range(length)
    ]
    longer = dataclasses.replace(table, rows=tuple(lines))
    sections = tuple(
        dataclasses.replace(section, blocks=(longer,)) if table in section.blocks else section
        for section in document.sections
    )
    return dataclasses.replace(document, sections=sections)


def seconds(work: Callable[[], object], times: int) -> float:
    """The best of several runs."""
    found = []
    for _run in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def libreoffice(workbook: bytes, times: int) -> float | None:
    """LibreOffice headless printing the workbook, start included, as a person would run it."""
    program = shutil.which("soffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.xlsx"
        source.write_bytes(workbook)
        command = [
            program,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
        ]
        command += ["--outdir", folder, str(source)]
        run = partial(subprocess.run, command, check=True, capture_output=True)
        run()  # the first start makes the profile
        return seconds(run, times)


if __name__ == "__main__":
    main()
