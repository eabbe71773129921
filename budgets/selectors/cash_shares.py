"""How a payment is divided among measures: what a person said, and what follows from plans where they said nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.money import ZERO, print_amount
from budgets.selectors.measure_cash import measures_of_line, planned_in_year
from budgets.shares import split


@dataclass(frozen=True, slots=True)
class Share:
    """A measure that a payment is for, and how much of it; without an amount it takes part in what remains. Hryvnias."""

    measure_id: int
    amount: Decimal | None = None


def of_line(
    line_id: int, said: Sequence[Share], amount: Decimal, day: dt.date
) -> dict[int, Decimal]:
    """Shares of a payment on a line: as a person said, or among the measures that the line pays for; none without any."""
    asked = said or [Share(measure) for measure in measures_of_line(line_id)]
    return fill(asked, amount, day) if asked and amount else {}


def fill(said: Sequence[Share], amount: Decimal, day: dt.date) -> dict[int, Decimal]:
    """Shares that sum to the amount: what remains goes to measures without an amount as planned for the year on the day.

    Raises RuleViolation where they cannot: a measure named twice, a share of zero or of another sign than the
    payment, shares that do not add up, nothing left for those without an amount.
    """
    if len({share.measure_id for share in said}) < len(said):
        raise RuleViolation(_("Той самий захід названо двічі. Залиште його один раз."))
    given = {share.measure_id: share.amount for share in said if share.amount is not None}
    for part in given.values():
        if not part:
            raise RuleViolation(_("Частка не може бути нульовою. Заберіть захід або вкажіть суму."))
        if (part < 0) != (amount < 0):
            raise RuleViolation(
                _("Частка %(part)s має інший знак, ніж платіж %(amount)s. Виправте знак.")
                % {"part": print_amount(part), "amount": print_amount(amount)}
            )
    shared = sum(given.values(), ZERO)
    open_to_all = [share.measure_id for share in said if share.amount is None]
    if not open_to_all:
        if shared != amount:
            raise RuleViolation(_not_equal(shared, amount))
        return given
    rest = amount - shared
    if not rest or (rest < 0) != (amount < 0):
        raise RuleViolation(
            _(
                "Частки разом %(shared)s, платіж %(amount)s: заходам без суми нічого не лишилося."
                " Зменште частки або заберіть ці заходи."
            )
            % {"shared": print_amount(shared), "amount": print_amount(amount)}
        )
    planned = planned_in_year(open_to_all, day.year, day) if len(open_to_all) > 1 else {}
    parts = split(rest, [planned.get(measure, ZERO) for measure in open_to_all])
    filled = given | dict(zip(open_to_all, parts, strict=True))
    return {share.measure_id: part for share in said if (part := filled[share.measure_id])}


def scaled(shares: dict[int, Decimal], amount: Decimal) -> list[Share]:
    """The same measures for another amount, in the proportion they had."""
    if not shares or not amount:
        return []
    parts = split(amount, [abs(part) for part in shares.values()])
    return [Share(pk, part) for pk, part in zip(shares, parts, strict=True) if part]


def _not_equal(shared: Decimal, amount: Decimal) -> str:
    return _(
        "Частки разом %(shared)s, а платіж %(amount)s: різниця %(difference)s."
        " Виправте частки або залиште одну без суми, вона візьме решту."
    ) % {
        "shared": print_amount(shared),
        "amount": print_amount(amount),
        "difference": print_amount(amount - shared),
    }
