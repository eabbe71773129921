"""What an execution report still lacks before it can be issued (domain rule 8)."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.numbers import print_number
from reports.checks import claims
from reports.checks.base import Finding, Severity
from reports.documents.base import Document, Paragraph, Row


def check_line_explanations(document: Document) -> Iterator[Finding]:
    """7.2: a deviation of cash needs an explanation that does not contradict it."""
    yield from _explanations(
        document, "lines", "line_explanations", _("Рядок %(number)s розділу 7.1")
    )


def check_indicator_values(document: Document) -> Iterator[Finding]:
    """9.1: every indicator needs its actual value."""
    for row in document.table("indicators").lines:
        if row.value("actual_total") is None:
            yield Finding(
                "actual-missing",
                Severity.ERROR,
                _("Показник %(number)s: немає фактичного значення.")
                % {"number": row.value("number")},
                "indicators",
                row.key,
            )


def check_indicator_explanations(document: Document) -> Iterator[Finding]:
    """9.2: a deviation of an indicator needs an explanation that does not contradict it."""
    yield from _explanations(
        document, "indicators", "indicator_explanations", _("Показник %(number)s")
    )


def check_texts(document: Document) -> Iterator[Finding]:
    """9.3 and 10 are written."""
    names = {
        "analysis": _("Розділ 9.3 «Аналіз стану виконання» порожній."),
        "conclusion": _("Розділ 10 «Узагальнений висновок» порожній."),
    }
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph) and block.key in names and not block.text:
                yield Finding("text-missing", Severity.ERROR, names[block.key], block.key)


def check_signatories(document: Document) -> Iterator[Finding]:
    if not document.signatures:
        yield Finding(
            "signatories-missing",
            Severity.ERROR,
            _("Не вказано, хто підписує звіт."),
            "signatories",
        )
    for signature in document.signatures:
        if not signature.name:
            yield Finding(
                "signatory-name-missing",
                Severity.WARNING,
                _("Підписант «%(position)s» без імені.") % {"position": signature.position},
                "signatories",
            )


def _explanations(document: Document, figures: str, texts: str, name: str) -> Iterator[Finding]:
    explained = {
        row.key: str(row.value("explanation") or "") for row in document.table(texts).lines
    }
    for row in document.table(figures).lines:
        if not _deviates(row):
            continue
        where = name % {"number": row.value("number")}
        deviation = row.value("deviation_total")
        values = {
            "where": where,
            "deviation": print_number(deviation, max_places=4)
            if isinstance(deviation, Decimal)
            else "",
        }
        text, paid = explained.get(row.key, ""), row.figure("cash_total")
        if not claims.explains(text):
            message = _("%(where)s: відхилення %(deviation)s без пояснення.") % values
            yield Finding("explanation-missing", Severity.ERROR, message, figures, row.key)
        elif claim := claims.fully_done(text):
            message = _("%(where)s: сказано «%(claim)s», а відхилення %(deviation)s.") % {
                **values,
                "claim": claim,
            }
            yield Finding("explanation-contradicts", Severity.WARNING, message, figures, row.key)
        elif paid and (claim := claims.nothing_spent(text)):
            message = _("%(where)s: сказано «%(claim)s», а сплачено %(paid)s.") % {
                **values,
                "claim": claim,
                "paid": print_number(paid, places=2),
            }
            yield Finding("explanation-contradicts", Severity.WARNING, message, figures, row.key)


def _deviates(row: Row) -> bool:
    return any(bool(row.value(f"deviation_{part}")) for part in ("general", "special", "total"))
