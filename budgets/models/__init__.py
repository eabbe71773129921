"""Who spends what on which programme, by which act; and the cash that was paid."""

from budgets.models.cash import CashEntry
from budgets.models.classification import EconomicCode
from budgets.models.organisations import BudgetCode, Community, Membership, SpendingUnit
from budgets.models.passports import (
    ContinuedRow,
    Goal,
    LineAllocation,
    LocalProgramme,
    Passport,
    PassportRevision,
    PassportTask,
    RevisionRow,
    Signatory,
    SpendingLine,
)
from budgets.models.programmes import BudgetProgramme

__all__ = [
    "BudgetCode",
    "BudgetProgramme",
    "CashEntry",
    "Community",
    "ContinuedRow",
    "EconomicCode",
    "Goal",
    "LineAllocation",
    "LocalProgramme",
    "Membership",
    "Passport",
    "PassportRevision",
    "PassportTask",
    "RevisionRow",
    "Signatory",
    "SpendingLine",
    "SpendingUnit",
]
