"""Tables of reports: words beside the figures, campaigns in which units report, long work in the background."""

from reports.models.campaigns import (
    Campaign,
    MeasureReport,
    ReportingDeadline,
    ReportPhrase,
    UnitReport,
)
from reports.models.effectiveness import EffectivenessReport
from reports.models.execution import ExecutionReport, LineExplanation, ReportSignatory
from reports.models.issued import IssuedFile, IssuedReport, IssuedSigner
from reports.models.jobs import OPEN_STATES, Job, JobState

__all__ = [
    "OPEN_STATES",
    "Campaign",
    "EffectivenessReport",
    "ExecutionReport",
    "IssuedFile",
    "IssuedReport",
    "IssuedSigner",
    "Job",
    "JobState",
    "LineExplanation",
    "MeasureReport",
    "ReportPhrase",
    "ReportSignatory",
    "ReportingDeadline",
    "UnitReport",
]
