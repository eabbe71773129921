"""Who spends what on which programme, by which act; and the cash that was paid."""

from budgets.models.acts import (
    Act,
    ActRow,
    BudgetLine,
    MeasurePosition,
    MeasureText,
    PrintedFigure,
)
from budgets.models.budget_programmes import BudgetProgramme
from budgets.models.cash import CashEntry, CashShare, LineMeasure
from budgets.models.classification import EconomicCode
from budgets.models.decisions import BudgetDecision, DecisionLine, MatchReason
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
from budgets.models.period_locks import PeriodException, PeriodLock
from budgets.models.programmes import (
    Ceiling,
    Direction,
    Executor,
    FundingSource,
    Measure,
    PassportItem,
    Programme,
    ProgrammeRow,
    Stage,
    StrategyLink,
    Task,
)
from budgets.models.record import ChainHead, Change, Event

__all__ = [
    "Act",
    "ActRow",
    "BudgetCode",
    "BudgetDecision",
    "BudgetLine",
    "BudgetProgramme",
    "CashEntry",
    "CashShare",
    "Ceiling",
    "ChainHead",
    "Change",
    "Community",
    "ContinuedRow",
    "DecisionLine",
    "Direction",
    "EconomicCode",
    "Event",
    "Executor",
    "FundingSource",
    "Goal",
    "LineAllocation",
    "LineMeasure",
    "LocalProgramme",
    "MatchReason",
    "Measure",
    "MeasurePosition",
    "MeasureText",
    "Membership",
    "Passport",
    "PassportItem",
    "PassportRevision",
    "PassportTask",
    "PeriodException",
    "PeriodLock",
    "PrintedFigure",
    "Programme",
    "ProgrammeRow",
    "RevisionRow",
    "Signatory",
    "SpendingLine",
    "SpendingUnit",
    "Stage",
    "StrategyLink",
    "Task",
]
