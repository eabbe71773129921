"""What a passport still lacks before it can be approved (forms.md, document 1)."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from reports.checks.base import Finding, Severity
from reports.documents.base import Amounts, Document, Paragraph


def check_volume(document: Document) -> Iterator[Finding]:
    """Point 4 equals «Усього» of point 9, by fund."""
    volume = next(
        block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Amounts)
    )
    total = document.table("lines").row("total")
    stated = [part for part in volume.parts if isinstance(part, Decimal)]
    listed = (
        [total.value(f"approved_{part}") for part in ("total", "general", "special")]
        if total
        else []
    )
    if stated != listed:
        yield Finding(
            "volume", Severity.ERROR, _("Обсяг у пункті 4 не дорівнює підсумку пункту 9."), "lines"
        )


def check_local_programmes(document: Document) -> Iterator[Finding]:
    """Point 10 does not exceed point 9, by fund."""
    lines, programmes = (
        document.table("lines").row("total"),
        document.table("local_programmes").row("total"),
    )
    for part in ("general", "special", "total"):
        approved = lines.value(f"approved_{part}") if lines else None
        local = programmes.value(f"approved_{part}") if programmes else None
        if isinstance(approved, Decimal) and isinstance(local, Decimal) and local > approved:
            message = _("Місцеві програми (пункт 10) перевищують напрями використання (пункт 9).")
            yield Finding("local-programmes", Severity.ERROR, message, "local_programmes")
            return


def check_completeness(document: Document) -> Iterator[Finding]:
    """Every point of the form says something."""
    names = {
        "legal_grounds": _("Пункт 5 «Підстави для виконання» порожній."),
        "purpose": _("Пункт 7 «Мета бюджетної програми» порожній."),
        "goals": _("Пункт 6: немає жодної цілі державної політики."),
        "tasks": _("Пункт 8: немає жодного завдання."),
        "lines": _("Пункт 9: немає жодного напряму використання коштів."),
        "indicators": _("Пункт 11: немає жодного показника."),
    }
    for section in document.sections:
        for block in section.blocks:
            empty = (
                not block.text
                if isinstance(block, Paragraph)
                else not getattr(block, "lines", True)
            )
            if empty and block.key in names:
                yield Finding("empty", Severity.ERROR, names[block.key], block.key)
    if not document.signatures:
        yield Finding(
            "signatories-missing",
            Severity.ERROR,
            _("Не вказано підписантів паспорта."),
            "signatories",
        )


def check_money_indicators(document: Document) -> Iterator[Finding]:
    """Indicators «затрат» in hryvnias agree with point 9: together they state its total."""
    table, total = document.table("indicators"), document.table("lines").row("total")
    stated, inside = Decimal(0), False
    for row in table.rows:
        if row.key.startswith("group-"):
            inside = row.key == "group-input"
        elif (
            inside
            and str(row.value("unit")).rstrip(".") == "грн"
            and isinstance(value := row.value("approved_total"), Decimal)
        ):
            stated += value
    if stated and total is not None and stated != total.value("approved_total"):
        message = _(
            "Показники затрат у гривнях разом не дорівнюють підсумку пункту 9. Перевірте, чи кожен напрям має показник."
        )
        yield Finding("input-indicators", Severity.WARNING, message, "indicators")
