"""Reading passports: which revision is in force, what it approves."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from budgets.choices import RevisionStatus
from budgets.funds import ByFund
from budgets.models import (
    BudgetCode,
    LineAllocation,
    Passport,
    PassportRevision,
    SpendingLine,
    SpendingUnit,
)


def revision_in_force(passport: Passport) -> PassportRevision | None:
    """The last approved revision: the one a report of the year compares with; None before the first approval.

    The service refuses orders dated after 31 December, so the last approved is the one in force at year's end.
    """
    return passport.revisions.filter(status=RevisionStatus.APPROVED).order_by("-number").first()


def in_force(passports: Iterable[Passport]) -> dict[int, PassportRevision]:
    """The revision in force of each passport that has one, by passport; one query."""
    approved = PassportRevision.objects.filter(
        passport__in=passports, status=RevisionStatus.APPROVED
    ).select_related("passport__programme__community")
    return {revision.passport_id: revision for revision in approved.order_by("number")}


def first_approved(passport: Passport) -> PassportRevision | None:
    return passport.revisions.filter(status=RevisionStatus.APPROVED).order_by("number").first()


def open_revision(passport: Passport) -> PassportRevision | None:
    """The revision being drafted or agreed, if any."""
    return passport.revisions.exclude(status=RevisionStatus.APPROVED).first()


def budget_code(passport: Passport) -> str:
    """The community's budget code valid at the end of the passport's year."""
    day = dt.date(passport.year, 12, 31)
    code = (
        BudgetCode.objects.filter(community=passport.programme.community, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .first()
    )
    return code.code if code else ""


def head(revision: PassportRevision) -> dict[str, list[str]]:
    """Points 1–3 of the form: as approved, or, in a draft, as reference data has them now."""
    if revision.head:
        approved: dict[str, list[str]] = revision.head
        return approved
    programme = revision.passport.programme
    return {
        "key_unit": _unit(programme.key_unit),
        "responsible_unit": _unit(programme.responsible_unit),
        "programme": [
            programme.code,
            programme.type_code,
            programme.functional_code,
            programme.title,
            budget_code(revision.passport),
        ],
    }


def _unit(unit: SpendingUnit) -> list[str]:
    return [unit.code, unit.name, unit.edrpou]


@dataclass(frozen=True, slots=True)
class ApprovedLine:
    """A spending line of a revision with what it approves, summed by the database from its allocations."""

    line: SpendingLine
    approved: ByFund


def approved_lines(revision: PassportRevision) -> list[ApprovedLine]:
    lines = revision.spendinglines.annotate(
        general=Coalesce(
            Sum("allocations__general"), 0, output_field=LineAllocation._meta.get_field("general")
        ),
        special=Coalesce(
            Sum("allocations__special"), 0, output_field=LineAllocation._meta.get_field("special")
        ),
    )
    # Summing drops the order of the model.
    return [
        ApprovedLine(line, ByFund.of(line.general, line.special))
        for line in lines.order_by("number", "id")
    ]


def approved_by_line(revisions: Iterable[PassportRevision]) -> dict[int, ByFund]:
    """What each spending line of the revisions approves; lines without allocations are left out. One query."""
    sums = LineAllocation.objects.filter(line__revision__in=revisions).order_by().values("line_id")
    return {
        row["line_id"]: ByFund.of(row["general"], row["special"])
        for row in sums.annotate(general=Sum("general"), special=Sum("special"))
    }


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one line may pay under one economic code."""

    root_id: int
    line_number: int
    line_title: str
    economic_code: str
    approved: ByFund


def allocations(revision: PassportRevision) -> list[Allocation]:
    """Every line × economic code of the revision, in the order of the form."""
    rows = (
        LineAllocation.objects.filter(line__revision=revision)
        .select_related("line", "economic_code")
        .order_by("line__number", "line_id", "economic_code__code")
    )
    return [
        Allocation(
            row.line.root_id,
            row.line.number,
            row.line.title,
            row.economic_code.code,
            ByFund.of(row.general, row.special),
        )
        for row in rows
    ]


def with_status(passports: QuerySet[Passport]) -> QuerySet[Passport]:
    """Passports with the numbers of their approved and open revisions, for a list."""
    return passports.annotate(
        approved_number=Max(
            "revisions__number", filter=Q(revisions__status=RevisionStatus.APPROVED)
        ),
        open_number=Max("revisions__number", filter=~Q(revisions__status=RevisionStatus.APPROVED)),
    ).order_by("-year", "programme__code")


def approved(passports: QuerySet[Passport]) -> QuerySet[Passport]:
    """Passports that have been approved at least once, newest year first."""
    found = passports.filter(revisions__status=RevisionStatus.APPROVED).distinct()
    return found.order_by("-year", "programme__code")
