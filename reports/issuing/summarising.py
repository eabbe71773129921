"""What an issued report says on one page: totals of its tables and its conclusion, read from the payload itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from budgets.spreadsheets import as_words
from reports.documents.base import Kind, Role, Unit
from reports.models import IssuedReport
from reports.renderers.figures import printed

_CONCLUSIONS = ("conclusion", "analysis")


@dataclass(frozen=True, slots=True)
class Total:
    """The total row of a table: captions of its columns with the figure under each, printed."""

    section: str
    unit: str
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    percent: str
    totals: tuple[Total, ...]
    conclusions: tuple[tuple[str, str], ...]


def summary(report: IssuedReport) -> Summary:
    document = json.loads(report.payload)["document"]
    return Summary(
        percent=str(document["meta"].get("percent_executed", "")).replace(".", ","),
        totals=tuple(_totals(document)),
        conclusions=tuple(_conclusions(document)),
    )


def csv_rows(report: IssuedReport) -> Iterator[tuple[str, ...]]:
    """Every cell of every table, a row each: table, row, column, role, value. Figures with a decimal point."""
    yield ("table", "row", "role", "column", "value")
    for section in json.loads(report.payload)["document"]["sections"]:
        for block in section["blocks"]:
            if block["type"] != "table":
                continue
            figures = {each["key"] for each in block["columns"] if Kind(each["kind"]).is_figure}
            for row in block["rows"]:
                for column, value in row["cells"].items():
                    text = "" if value is None else str(value)
                    shown = text if column in figures else as_words(text)
                    yield block["key"], row["key"], row["role"], column, shown


def _totals(document: dict[str, Any]) -> Iterator[Total]:
    for section in document["sections"]:
        for block in section["blocks"]:
            if block["type"] != "table":
                continue
            for row in block["rows"]:
                figures = tuple(_figures(block["columns"], row["cells"]))
                if row["role"] == Role.TOTAL and figures:
                    yield Total(section["title"] or block["caption"], block["unit"], figures)


def _figures(columns: list[dict[str, Any]], cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for column in columns:
        kind, value = Kind(column["kind"]), cells.get(column["key"])
        if not kind.is_figure or value is None:
            continue
        try:
            text = printed(Decimal(str(value)), kind, Unit(column.get("unit", Unit.HRYVNIA)))
        except InvalidOperation:  # a word in place of a figure: «х»
            text = str(value)
        yield ": ".join(column["heading"]), text


def _conclusions(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for section in document["sections"]:
        for block in section["blocks"]:
            if block["type"] == "paragraph" and block["key"] in _CONCLUSIONS and block["text"]:
                yield section["title"], block["text"]
