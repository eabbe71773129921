"""What people write into reports beside the figures, and the campaigns in which units report."""

from reports.models.campaigns import (
    Campaign,
    MeasureReport,
    ReportingDeadline,
    ReportPhrase,
    UnitReport,
)
from reports.models.execution import ExecutionReport, LineExplanation, ReportSignatory

__all__ = [
    "Campaign",
    "ExecutionReport",
    "LineExplanation",
    "MeasureReport",
    "ReportPhrase",
    "ReportSignatory",
    "ReportingDeadline",
    "UnitReport",
]
