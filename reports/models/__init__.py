"""Tables of reports: the words of a report, and long work done in the background."""

from reports.models.execution import ExecutionReport, LineExplanation, ReportSignatory

__all__ = ["ExecutionReport", "LineExplanation", "ReportSignatory"]
