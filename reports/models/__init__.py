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
from reports.models.issued import (
    IssuedFile,
    IssuedReceipt,
    IssuedReport,
    IssuedSignature,
    IssuedSigner,
    SampleAuthority,
)
from reports.models.jobs import OPEN_STATES, Job, JobState

__all__ = [
    "OPEN_STATES",
    "Campaign",
    "EffectivenessReport",
    "ExecutionReport",
    "IssuedFile",
    "IssuedReceipt",
    "IssuedReport",
    "IssuedSignature",
    "IssuedSigner",
    "Job",
    "JobState",
    "LineExplanation",
    "MeasureReport",
    "ReportPhrase",
    "ReportSignatory",
    "ReportingDeadline",
    "SampleAuthority",
    "UnitReport",
]
