"""What the analysis of effectiveness lacks before it can be issued, and what in it is worth a look."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from indicators.effectiveness import Grade
from reports.checks.base import Finding, Severity
from reports.documents.base import Document, Paragraph, Row, Table

_TABLES = ("efficiency", "quality")


def check_actuals(document: Document) -> Iterator[Finding]:
    """Until every actual value is entered the figures are not final."""
    for table in _working(document):
        for row in table.lines:
            if row.value("numerator") is None or row.value("denominator") is None:
                message = _("Показник %(number)s: немає фактичного значення.")
                yield Finding(
                    "actual-missing",
                    Severity.ERROR,
                    message % {"number": row.value("number")},
                    table.key,
                    row.key,
                )


def check_score(document: Document) -> Iterator[Finding]:
    if not document.meta["grade"]:
        message = _(
            "Оцінки немає: потрібні показники ефективності та якості, план яких не дорівнює нулю."
        )
        yield Finding("score-missing", Severity.ERROR, message, "score")


def check_causes(document: Document) -> Iterator[Finding]:
    """Low effectiveness is explained."""
    causes = next(
        block.text
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Paragraph) and block.key == "causes"
    )
    if document.meta["grade"] == Grade.LOW and not causes:
        message = _("Ефективність низька: напишіть аналіз причин (розділ 6).")
        yield Finding("causes-missing", Severity.ERROR, message, "causes")


def check_warnings(document: Document) -> Iterator[Finding]:
    """Indices that are to be read with care, those of one kind together."""
    for table in _working(document):
        told: dict[str, list[Row]] = {}
        for row in table.lines:
            if warning := str(row.value("warning") or ""):
                told.setdefault(warning, []).append(row)
        for warning, rows in told.items():
            message = _("%(warning)s. Показники: %(numbers)s.") % {
                "warning": warning,
                "numbers": ", ".join(str(row.value("number")) for row in rows),
            }
            yield Finding("index-warning", Severity.WARNING, message, table.key, rows[0].key)


def check_directions(document: Document) -> Iterator[Finding]:
    """What one thing costs is better when it is less; a plan in hryvnias that is better when more is a likely slip."""
    for row in document.table("efficiency").lines:
        in_money = str(row.value("unit")).rstrip(".").endswith("грн")
        if in_money and row.value("direction") == "більше":
            message = _(
                "Показник %(number)s у гривнях позначено «більше — краще». Якщо це середні витрати, оберіть «менше» у розділі 11 нової редакції паспорта."
            )
            yield Finding(
                "direction",
                Severity.WARNING,
                message % {"number": row.value("number")},
                "efficiency",
                row.key,
            )


def _working(document: Document) -> Iterator[Table]:
    return (document.table(key) for key in _TABLES)
