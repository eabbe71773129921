"""Cash of many programmes side by side, in a fixed number of queries."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from budgets.choices import RevisionStatus
from budgets.models import CashEntry, LineAllocation, Passport, PassportRevision
from budgets.money import ZERO, percent_of
from budgets.periods import Month
from budgets.selectors import periods


@dataclass(frozen=True, slots=True)
class ProgrammeCash:
    """A programme's year: what its passport in force approves, what was paid, and which months are closed. Units: hryvnias."""

    passport: Passport
    is_approved: bool
    plan: Decimal
    paid: Decimal
    closed: Container[int]

    @property
    def months(self) -> list[tuple[Month, bool]]:
        """Months of the year, each with whether the unit closed it."""
        return periods.marks(self.passport.year, self.closed)

    @property
    def left(self) -> Decimal:
        return self.plan - self.paid

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.paid, self.plan)


def by_year(passports: QuerySet[Passport]) -> list[tuple[int, list[ProgrammeCash]]]:
    """Years, newest first, each with its programmes in the order of their codes. Five queries."""
    rows = _programmes(passports)
    return [(year, list(of_year)) for year, of_year in groupby(rows, lambda row: row.passport.year)]


def _programmes(passports: QuerySet[Passport]) -> Iterable[ProgrammeCash]:
    approved = PassportRevision.objects.filter(status=RevisionStatus.APPROVED)
    in_force = approved.filter(passport=OuterRef("line__revision__passport")).order_by("-number")
    plans = {
        row["passport"]: row["general"] + row["special"]
        for row in LineAllocation.objects.filter(
            line__revision=Subquery(in_force.values("pk")[:1]),
            line__revision__passport__in=passports.order_by().values("pk"),
        )
        .order_by()
        .values(passport=F("line__revision__passport"))
        .annotate(general=Sum("general"), special=Sum("special"))
    }
    paid = {
        row["passport"]: row["paid"]
        for row in CashEntry.objects.filter(
            line__revision__passport__in=passports.order_by().values("pk")
        )
        .order_by()
        .values(passport=F("line__revision__passport"))
        .annotate(paid=Sum("amount"))
    }
    with_approval = set(approved.values_list("passport", flat=True))
    closed = periods.closed_by_passport(passports)
    for passport in passports.order_by("-year", "programme__code", "pk"):
        yield ProgrammeCash(
            passport,
            passport.pk in with_approval,
            plans.get(passport.pk, ZERO),
            paid.get(passport.pk, ZERO),
            closed.get((passport.programme.responsible_unit_id, passport.year), ()),
        )
