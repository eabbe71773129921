"""Addresses of the API, below /api/v1/."""

from django.urls import path

from reports.api import (
    campaigns,
    comparison,
    documents,
    effectiveness,
    execution,
    issued,
    jobs,
    matching,
    unit_reports,
)

_revision = "passports/<int:pk>/revisions/<int:number>/"
_campaigns = "programmes/<slug:slug>/campaigns/"
_campaign = _campaigns + "<slug:period>/"
_unit = _campaign + "reports/<int:pk>/"
_issued = "issued/<int:pk>/"

urlpatterns = [
    path(_revision + "agree/", execution.AgreeRevision.as_view(), name="api_revision_agree"),
    path(
        _revision + "compared-with/<int:other>/",
        comparison.Comparison.as_view(),
        name="api_revision_compared",
    ),
    path(
        _revision + "findings/",
        comparison.RevisionFindings.as_view(),
        name="api_revision_findings",
    ),
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
        "passports/<int:pk>/documents/<slug:kind>/findings/",
        documents.DocumentFindings.as_view(),
        name="api_document_findings",
    ),
    path(
        "programmes/<slug:slug>/documents/<slug:kind>/findings/",
        documents.ProgrammeFindings.as_view(),
        name="api_programme_document_findings",
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
    # Effectiveness
    path(
        "passports/<int:pk>/effectiveness/",
        effectiveness.Effectiveness.as_view(),
        name="api_effectiveness",
    ),
    path(
        "communities/<int:pk>/effectiveness/<int:year>/",
        effectiveness.Ranking.as_view(),
        name="api_community_ranking",
    ),
    # Reporting on target programmes
    path("campaigns/", campaigns.Campaigns.as_view(), name="api_campaigns"),
    path(_campaigns, campaigns.ProgrammeCampaigns.as_view(), name="api_programme_campaigns"),
    path(_campaign, campaigns.OneCampaign.as_view(), name="api_campaign"),
    path(_campaign + "close/", campaigns.CloseCampaign.as_view(), name="api_campaign_close"),
    path(_campaign + "cancel/", campaigns.CancelCampaign.as_view(), name="api_campaign_cancel"),
    path(_campaign + "reopen/", campaigns.ReopenCampaign.as_view(), name="api_campaign_reopen"),
    path(
        _campaign + "findings/", campaigns.CampaignFindings.as_view(), name="api_campaign_findings"
    ),
    path(
        _campaign + "report.<slug:format_name>",
        campaigns.CampaignDocument.as_view(),
        name="api_campaign_document",
    ),
    path(_unit, unit_reports.OneReport.as_view(), name="api_unit_report"),
    path(
        _unit + "rows/<int:measure_pk>/",
        unit_reports.ReportRow.as_view(),
        name="api_unit_report_row",
    ),
    path(_unit + "head/", unit_reports.ReportHead.as_view(), name="api_unit_report_head"),
    path(_unit + "submit/", unit_reports.SubmitReport.as_view(), name="api_unit_report_submit"),
    path(_unit + "return/", unit_reports.ReturnReport.as_view(), name="api_unit_report_return"),
    path(_unit + "accept/", unit_reports.AcceptReport.as_view(), name="api_unit_report_accept"),
    path(
        _unit + "postpone/", unit_reports.PostponeReport.as_view(), name="api_unit_report_postpone"
    ),
    path(
        _unit + "findings/", unit_reports.ReportFindings.as_view(), name="api_unit_report_findings"
    ),
    path(
        _unit + "report.<slug:format_name>",
        unit_reports.ReportDocument.as_view(),
        name="api_unit_report_document",
    ),
    path(
        "communities/<int:pk>/reporting/",
        campaigns.Reporting.as_view(),
        name="api_community_reporting",
    ),
    # Issued reports
    path("issued/", issued.IssuedReports.as_view(), name="api_issued_reports"),
    path(_issued, issued.OneIssued.as_view(), name="api_issued"),
    path(_issued + "files/<slug:digest>/", issued.File.as_view(), name="api_issued_file"),
    path(_issued + "take/", issued.Take.as_view(), name="api_issued_take"),
    path(_issued + "signatures/", issued.Signatures.as_view(), name="api_issued_signatures"),
    path(_issued + "return/", issued.Return.as_view(), name="api_issued_return"),
    path(_issued + "publish/", issued.Publish.as_view(), name="api_issued_publish"),
    # Long work
    path("jobs/", jobs.Jobs.as_view(), name="api_jobs"),
    path("jobs/<int:pk>/", jobs.OneJob.as_view(), name="api_job"),
    path("jobs/<int:pk>/cancel/", jobs.CancelJob.as_view(), name="api_job_cancel"),
    path("jobs/<int:pk>/file/", jobs.JobFile.as_view(), name="api_job_file"),
    path("communities/<int:pk>/book/<int:year>/", jobs.Book.as_view(), name="api_community_book"),
]
