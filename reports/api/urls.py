"""Addresses of the API, below /api/v1/."""

from django.urls import path

from reports.api import documents, execution, matching

_revision = "passports/<int:pk>/revisions/<int:number>/"

urlpatterns = [
    path(_revision + "agree/", execution.AgreeRevision.as_view(), name="api_revision_agree"),
    path("passports/<int:pk>/report/", execution.Report.as_view(), name="api_report"),
    path(
        "passports/<int:pk>/report/signatories/",
        execution.Signatories.as_view(),
        name="api_report_signatories",
    ),
    path("passports/<int:pk>/match/", matching.FourWayMatch.as_view(), name="api_match"),
    path("passports/<int:pk>/match/reasons/", matching.Reasons.as_view(), name="api_match_reasons"),
    path("passports/<int:pk>/report/findings/", execution.Findings.as_view(), name="api_findings"),
    path(
        "passports/<int:pk>/documents/<slug:kind>.<slug:format_name>",
        documents.PassportDocument.as_view(),
        name="api_passport_document",
    ),
    path(
        _revision + "passport.<slug:format_name>",
        documents.RevisionDocument.as_view(),
        name="api_revision_document",
    ),
    path(
        "programmes/<slug:slug>/documents/<slug:kind>.<slug:format_name>",
        documents.ProgrammeDocument.as_view(),
        name="api_programme_document",
    ),
    path(
        "programmes/<slug:slug>/acts/<int:pk>/session-package.zip",
        documents.SessionPackage.as_view(),
        name="api_session_package",
    ),
]
