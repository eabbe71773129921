"""Tables of reports: the words of a report, and long work done in the background."""

from reports.models.effectiveness import EffectivenessReport
from reports.models.execution import ExecutionReport, LineExplanation, ReportSignatory
from reports.models.jobs import OPEN_STATES, Job, JobState

__all__ = [
    "OPEN_STATES",
    "EffectivenessReport",
    "ExecutionReport",
    "Job",
    "JobState",
    "LineExplanation",
    "ReportSignatory",
]
