"""What people write into reports beside the figures, and the campaigns in which units report."""

from reports.models.campaigns import (
    Campaign,
    MeasureReport,
    ReportingDeadline,
    ReportPhrase,
    UnitReport,
)
from reports.models.execution import (
    EffectivenessReport,
    ExecutionReport,
    LineExplanation,
    ReportSignatory,
)

__all__ = [
    "Campaign",
    "EffectivenessReport",
    "ExecutionReport",
    "LineExplanation",
    "MeasureReport",
    "ReportPhrase",
    "ReportSignatory",
    "ReportingDeadline",
    "UnitReport",
]
