"""Reading decisions on the local budget: what they give a budget programme in a year is their sum."""

import datetime as dt
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from budgets.choices import DecisionStatus
from budgets.models import BudgetDecision, BudgetProgramme, DecisionLine


def in_force(programme: BudgetProgramme, year: int, as_of: dt.date) -> QuerySet[BudgetDecision]:
    """Adopted decisions on the year's budget in force on the day, first to last."""
    return BudgetDecision.objects.filter(
        community=programme.community_id,
        year=year,
        status=DecisionStatus.ADOPTED,
        in_force_from__lte=as_of,
    ).order_by("in_force_from", "pk")


def given(programme: BudgetProgramme, year: int, as_of: dt.date) -> dict[str, Decimal]:
    """What the year's budget gives the programme as of the day, by fund. Units: hryvnias."""
    lines = DecisionLine.objects.filter(
        programme=programme, decision__in=in_force(programme, year, as_of)
    )
    return dict(lines.order_by().values_list("fund").annotate(total=Sum("amount")))


def behind(
    programme: BudgetProgramme, year: int, as_of: dt.date
) -> list[tuple[BudgetDecision, dict[str, Decimal]]]:
    """Each decision that speaks of the programme, with what it adds by fund; and each of unknown amounts."""
    lines = DecisionLine.objects.filter(
        programme=programme, decision__in=in_force(programme, year, as_of)
    )
    amounts: dict[int, dict[str, Decimal]] = {}
    for decision, fund, total in (
        lines.order_by().values_list("decision_id", "fund").annotate(total=Sum("amount"))
    ):
        amounts.setdefault(decision, {})[fund] = total
    found = in_force(programme, year, as_of).filter(Q(pk__in=amounts) | Q(lines_known=False))
    return [(decision, amounts.get(decision.pk, {})) for decision in found]
