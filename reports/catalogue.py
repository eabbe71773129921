"""Every kind of document the product makes, by the name that addresses, commands and files use."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from budgets.exceptions import RuleViolation
from budgets.models import Passport
from budgets.selectors import passports as passport_selectors
from reports.documents import cash_by_economic_code, passport, passport_execution
from reports.documents.base import Document


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """``build`` makes the document of a passport's year, or raises RuleViolation saying why there is none."""

    name: str
    title: str | Promise
    build: Callable[[Passport], Document]


def _passport_in_force(of: Passport) -> Document:
    revision = passport_selectors.revision_in_force(of) or passport_selectors.open_revision(of)
    if revision is None:
        raise RuleViolation(f"Паспорт {of.programme.code} на {of.year} рік порожній.")
    return passport.build(revision)


KINDS = {
    kind.name: kind
    for kind in (
        DocumentKind("passport", _("Паспорт бюджетної програми"), _passport_in_force),
        DocumentKind(
            "passport-execution", _("Звіт про виконання паспорта"), passport_execution.build
        ),
        DocumentKind(
            "cash-by-economic-code", _("План і касові видатки за КЕКВ"), cash_by_economic_code.build
        ),
    )
}
