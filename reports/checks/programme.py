"""What is worth a look in the papers of a target programme and of its acts."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from budgets.numbers import print_number
from reports.checks.base import Finding, Severity
from reports.documents.base import Document, Kind, Table

_PRINTED = ("printed-amounts", "printed-quantities")


def check_complete(document: Document) -> Iterator[Finding]:
    """Acts known only by number and date leave the figures after them incomplete."""
    if acts := document.meta.get("incomplete"):
        message = _("Суми неповні: рядки акта невідомі (%(acts)s).") % {"acts": acts}
        yield Finding("incomplete", Severity.WARNING, message)


def check_not_negative(document: Document) -> Iterator[Finding]:
    """A planned sum is never below zero; where lines of an act are unknown it may only seem so."""
    severity = Severity.WARNING if document.meta.get("incomplete") else Severity.ERROR
    for table in document.tables:
        if table.key in _PRINTED:
            continue
        for row in table.lines:
            for column in table.columns:
                value = row.figure(column.key)
                if column.kind is Kind.MONEY and value is not None and value < 0:
                    message = _("«%(row)s», %(column)s: від’ємна сума %(sum)s грн.") % {
                        "row": row.value("measure") or row.key,
                        "column": ", ".join(column.heading),
                        "sum": print_number(value),
                    }
                    yield Finding("negative", severity, message, table.key, row.key)


def check_printed_totals(document: Document) -> Iterator[Finding]:
    """Totals of a published document that its own lines do not give: facts, shown and never repaired."""
    for table in _printed(document):
        for row in table.lines:
            message = _(
                "Надрукований підсумок не дорівнює сумі рядків: %(row)s, %(year)s, %(column)s."
            )
            values = {key: row.value(name) for key, name in _NAMES.items()}
            yield Finding("printed-total", Severity.WARNING, message % values, table.key, row.key)


def check_reasons(document: Document) -> Iterator[Finding]:
    """Every changed line says why."""
    table = next((each for each in document.tables if each.key == "comparison"), None)
    for row in table.lines if table is not None else ():
        if not row.value("reason"):
            message = _("Зміна без обґрунтування: %(measure)s, %(year)s рік.") % {
                "measure": row.value("measure"),
                "year": row.value("year"),
            }
            yield Finding("reason-missing", Severity.WARNING, message, "comparison", row.key)


def check_planned_values(document: Document) -> Iterator[Finding]:
    """An indicator without a single planned value cannot be reported on."""
    table = document.table("indicators")
    periods = [column.key for column in table.columns if column.kind is Kind.QUANTITY]
    for row in table.lines:
        if all(row.value(key) in {None, ""} for key in periods if key != "baseline"):
            message = _("Показник без планових значень: %(title)s.") % {"title": row.value("title")}
            yield Finding("value-missing", Severity.WARNING, message, table.key, row.key)


def check_actual_values(document: Document) -> Iterator[Finding]:
    """Every deviation says why; words that differ from the plan do, too. What cannot be true is said by the document."""
    table = document.table("actuals")
    title = ""
    for row in table.lines:
        title = str(row.value("title") or title)
        plan, actual = row.value("plan"), row.value("actual")
        where = {"title": title, "year": row.value("year")}
        if None not in {plan, actual} and plan != actual and not row.value("explanation"):
            message = _("Відхилення без пояснення: %(title)s, %(year)s.") % where
            yield Finding("explanation-missing", Severity.WARNING, message, table.key, row.key)
        if doubt := row.value("doubts"):
            message = _("%(title)s, %(year)s: %(doubt)s") % {**where, "doubt": doubt}
            yield Finding("value-doubted", Severity.WARNING, message, table.key, row.key)


_NAMES = {"row": "label", "year": "year", "column": "column"}


def _printed(document: Document) -> Iterator[Table]:
    yield from (table for table in document.tables if table.key in _PRINTED)
