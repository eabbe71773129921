"""A document that somebody wants issued: how it is built, and among which versions it is counted."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from budgets.models import Act, Passport, Programme
from reports.catalogue import KINDS, PERIOD_KINDS, PROGRAMME_KINDS, ProgrammePaper
from reports.documents.base import Document
from reports.periods import ReportingPeriod


@dataclass(frozen=True, slots=True)
class Wanted:
    """``build`` makes the document or raises RuleViolation. Versions count within kind, subject and ``period``."""

    kind: str
    subject: Passport | Programme
    build: Callable[[], Document]
    year: int | None = None
    period: str = ""


def of_passport(kind: str, passport: Passport) -> Wanted:
    """A document of a passport's year; ``kind`` is one of KINDS."""
    return Wanted(kind, passport, lambda: KINDS[kind].build(passport), year=passport.year)


def of_programme(kind: str, paper: ProgrammePaper) -> Wanted:
    """A paper of a target programme, after an act or as of a day; ``kind`` is one of PROGRAMME_KINDS."""
    return Wanted(
        kind,
        paper.programme,
        lambda: PROGRAMME_KINDS[kind].build(paper),
        period=" ".join(filter(None, (_moment(paper.act, paper.as_of), paper.layout))),
    )


def of_period(kind: str, programme: Programme, period: ReportingPeriod) -> Wanted:
    """The report of a target programme over a period, of all its units; ``kind`` is one of PERIOD_KINDS."""
    return Wanted(
        kind,
        programme,
        lambda: PERIOD_KINDS[kind].build(programme, period),
        year=period.year,
        period=period.key,
    )


def _moment(act: Act | None, as_of: dt.date | None) -> str:
    if act is not None:
        return f"act-{act.pk}"
    return as_of.isoformat() if as_of else ""
