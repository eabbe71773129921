"""Every kind of document the product makes, by the name that addresses, commands and files use.

Two families: documents of a budget programme's year (from its passport) and documents of a target programme (from its
acts). A session package is the papers of one act in one archive.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from budgets.exceptions import RuleViolation
from budgets.models import Act, Passport, Programme
from budgets.selectors import passports as passport_selectors
from reports.documents import (
    amendment,
    amendment_texts,
    cash_by_economic_code,
    effectiveness,
    four_way_match,
    passport,
    passport_execution,
    programme_execution,
    programme_indicator_actuals,
    programme_indicators,
    programme_measures,
    programme_passport,
    programme_resources,
)
from reports.documents.base import Document

SESSION_PACKAGE = "session-package"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """``build`` makes the document of a passport's year, or raises RuleViolation saying why there is none."""

    name: str
    title: str | Promise
    build: Callable[[Passport], Document]


@dataclass(frozen=True, slots=True)
class ProgrammePaper:
    """What a paper of a target programme is asked for: after an act (a draft is previewed) or as of a day."""

    programme: Programme
    act: Act | None = None
    as_of: dt.date | None = None
    layout: str | None = None

    @property
    def required_act(self) -> Act:
        if self.act is None:
            raise RuleViolation("Цей документ складають з одного акта: оберіть акт.")
        return self.act


@dataclass(frozen=True, slots=True)
class ProgrammeKind:
    """``build`` makes the paper of a target programme, or raises RuleViolation saying why there is none."""

    name: str
    title: str | Promise
    build: Callable[[ProgrammePaper], Document]
    of_act: bool = False


def _passport_in_force(of: Passport) -> Document:
    revision = passport_selectors.revision_in_force(of) or passport_selectors.open_revision(of)
    if revision is None:
        raise RuleViolation(f"Паспорт {of.programme.code} на {of.year} рік порожній.")
    return passport.build(revision)


def _programme_passport(of: ProgrammePaper) -> Document:
    return programme_passport.build(of.programme, as_of=of.as_of, act=of.act)


def _programme_measures(of: ProgrammePaper) -> Document:
    return programme_measures.build(of.programme, as_of=of.as_of, act=of.act, layout=of.layout)


def _programme_resources(of: ProgrammePaper) -> Document:
    return programme_resources.build(of.programme, as_of=of.as_of, act=of.act, layout=of.layout)


def _programme_indicators(of: ProgrammePaper) -> Document:
    return programme_indicators.build(of.programme, layout=of.layout)


def _programme_indicator_actuals(of: ProgrammePaper) -> Document:
    return programme_indicator_actuals.build(of.programme)


def _deltas(of: ProgrammePaper) -> Document:
    return amendment.deltas(of.required_act, layout=of.layout)


def _comparison(of: ProgrammePaper) -> Document:
    return amendment.comparison(of.required_act)


def _decision(of: ProgrammePaper) -> Document:
    return amendment_texts.decision(of.required_act)


def _note(of: ProgrammePaper) -> Document:
    return amendment_texts.note(of.required_act)


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
        DocumentKind(four_way_match.KIND, _("Звірка чотирьох сум"), four_way_match.build),
        DocumentKind(effectiveness.KIND, _("Результати аналізу ефективності"), effectiveness.build),
    )
}
"""Documents of a budget programme's year."""

PROGRAMME_KINDS = {
    kind.name: kind
    for kind in (
        ProgrammeKind(programme_passport.KIND, _("Паспорт програми"), _programme_passport),
        ProgrammeKind(programme_measures.KIND, _("Завдання і заходи"), _programme_measures),
        ProgrammeKind(programme_resources.KIND, _("Ресурсне забезпечення"), _programme_resources),
        ProgrammeKind(
            programme_indicators.KIND, _("Показники результативності"), _programme_indicators
        ),
        ProgrammeKind(
            programme_indicator_actuals.KIND,
            _("Виконання показників"),
            _programme_indicator_actuals,
        ),
        ProgrammeKind(amendment.DELTAS, _("Зміни до переліку заходів"), _deltas, of_act=True),
        ProgrammeKind(amendment.COMPARISON, _("Порівняльна таблиця"), _comparison, of_act=True),
        ProgrammeKind(amendment_texts.DECISION, _("Проєкт рішення"), _decision, of_act=True),
        ProgrammeKind(amendment_texts.NOTE, _("Пояснювальна записка"), _note, of_act=True),
    )
}
"""Documents of a target programme and of its acts."""


@dataclass(frozen=True, slots=True)
class PeriodKind:
    """``build`` makes the report of a target programme over a period; of one unit where its report is given."""

    name: str
    title: str | Promise
    build: Callable[..., Document]


PERIOD_KINDS = {
    programme_execution.KIND: PeriodKind(
        programme_execution.KIND, _("Звіт про виконання програми"), programme_execution.build
    )
}
"""Reports of a target programme over a period."""
