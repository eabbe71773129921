"""Cash of target programmes: what was paid on each measure."""

import datetime as dt
from decimal import Decimal

from django.db.models import Sum

from budgets.models import CashEntry, Programme


def paid_between(
    programme: Programme, first_day: dt.date, last_day: dt.date
) -> dict[tuple[int, int], Decimal]:
    """Cash of the days, both included, by measure and by the spending unit that paid. Units: hryvnias."""
    rows = (
        CashEntry.objects.filter(
            measure__programme=programme, paid_on__gte=first_day, paid_on__lte=last_day
        )
        .order_by()
        .values_list("measure_id", "line__revision__passport__programme__responsible_unit_id")
        .annotate(total=Sum("amount"))
    )
    return {(measure, unit): total for measure, unit, total in rows}
