"""Checks of documents: which rules apply to which kind, and what they found."""

from reports.checks import (
    arithmetic,
    effectiveness,
    execution,
    matching,
    passport,
    programme,
    programme_execution,
)
from reports.checks.base import Check, Finding, Severity
from reports.documents.base import Document

CHECKS: dict[str, tuple[Check, ...]] = {
    "passport": (
        arithmetic.check_arithmetic,
        passport.check_completeness,
        passport.check_volume,
        passport.check_local_programmes,
        passport.check_money_indicators,
    ),
    "passport-execution": (
        arithmetic.check_arithmetic,
        execution.check_line_explanations,
        execution.check_indicator_values,
        execution.check_indicator_explanations,
        execution.check_texts,
        execution.check_signatories,
    ),
    "cash-by-economic-code": (arithmetic.check_arithmetic,),
    "four-way-match": (arithmetic.check_arithmetic, matching.check_reasons),
    "effectiveness": (
        arithmetic.check_arithmetic,
        effectiveness.check_score,
        effectiveness.check_actuals,
        effectiveness.check_causes,
        effectiveness.check_warnings,
        effectiveness.check_directions,
        execution.check_signatories,
    ),
    "programme-passport": (programme.check_complete,),
    "programme-measures": (
        arithmetic.check_arithmetic,
        programme.check_complete,
        programme.check_not_negative,
        programme.check_printed_totals,
    ),
    "programme-resources": (
        arithmetic.check_arithmetic,
        programme.check_complete,
        programme.check_printed_totals,
    ),
    "programme-indicators": (programme.check_planned_values,),
    "programme-indicator-actuals": (
        arithmetic.check_arithmetic,
        programme.check_actual_values,
    ),
    "amendment-deltas": (arithmetic.check_arithmetic, programme.check_printed_totals),
    "amendment-comparison": (
        arithmetic.check_arithmetic,
        programme.check_complete,
        programme.check_reasons,
    ),
    "amendment-decision": (programme.check_complete,),
    "programme-execution": (
        arithmetic.check_arithmetic,
        programme_execution.check_texts,
        programme_execution.check_claims,
        programme_execution.check_same_texts,
        programme_execution.check_overspent,
        programme_execution.check_remarks,
        programme_execution.check_signatory,
        programme_execution.check_reports,
        programme_execution.check_unchanged,
        programme_execution.check_known,
    ),
    "amendment-note": (arithmetic.check_arithmetic, programme.check_complete),
}


def run(document: Document) -> list[Finding]:
    """All findings, errors first."""
    findings = [finding for check in CHECKS[document.kind] for finding in check(document)]
    return sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)


__all__ = ["CHECKS", "Finding", "Severity", "run"]
