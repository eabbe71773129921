"""What the year's cash on a line, fund and economic code must not break (domain rule 7)."""

from django.utils.translation import gettext as _

from budgets.choices import Fund
from budgets.exceptions import RuleViolation
from budgets.models import Passport
from budgets.money import ZERO, print_amount
from budgets.selectors import cash as cash_selectors
from budgets.selectors import passports as passport_selectors
from budgets.selectors.cash import Key


def limit_errors(passport: Passport, keys: set[Key]) -> list[tuple[Key, str]]:
    """What the year's cash on these keys breaks: more than approved, or less than nothing (domain rule 7)."""
    revision = passport_selectors.revision_in_force(passport)
    if revision is None:
        raise RuleViolation(
            _("Паспорт %(passport)s ще не затверджено, касові видатки вносити зарано.")
            % {"passport": passport}
        )
    allocations = passport_selectors.allocations(revision)
    plan = {
        (item.root_id, fund, item.economic_code): item.approved.fund(fund)
        for item in allocations
        for fund in Fund.values
    }
    numbers = {item.root_id: item.line_number for item in allocations}
    errors = []
    for key, paid in cash_selectors.paid_by_key(passport, keys).items():
        root_id, fund, code = key
        limit = plan.get(key, ZERO)
        values = {
            "line": numbers.get(root_id, "—"),
            "fund": Fund(fund).label,
            "code": code,
            "plan": print_amount(limit),
            "paid": print_amount(paid),
            "excess": print_amount(paid - limit if paid > 0 else -paid),
        }
        if paid > limit:
            errors.append((
                key,
                _(
                    "План перевищено на %(excess)s грн у рядку %(line)s (%(fund)s, КЕКВ %(code)s): план %(plan)s, разом було б"
                    " %(paid)s. Зменшіть суму або оформіть зміни до паспорта."
                )
                % values,
            ))  # fmt: skip
        elif paid < 0:
            errors.append((
                key,
                _(
                    "Повернення перевищує сплачене на %(excess)s грн у рядку %(line)s (%(fund)s, КЕКВ %(code)s)."
                    " Перевірте знак і суму."
                )
                % values,
            ))  # fmt: skip
    return errors


def cell_name(row: cash_selectors.GridRow | None, key: Key) -> str:
    """«line number · fund · code»: how CellErrors names a cell."""
    number = row.line_number if row else key[0]
    return f"{number} · {Fund(key[1]).label if key[1] in Fund.values else key[1]} · {key[2]}"
