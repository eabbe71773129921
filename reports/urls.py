from django.urls import path

from reports.views import (
    book,
    campaigns,
    effectiveness,
    execution,
    issued,
    jobs,
    matching,
    passports,
    programmes,
    reporting,
    signing,
    site,
    unit_reports,
    verification,
)

_revision = "passports/<int:pk>/revisions/<int:number>/"
_campaign = "programmes/<slug:slug>/execution/<slug:period>/"
_unit = _campaign + "reports/<int:pk>/"

urlpatterns = [
    path("", site.home, name="home"),
    path("healthz", site.health, name="health"),
    path("passports/", passports.index, name="passports"),
    path("passports/<int:pk>/", passports.detail, name="passport"),
    path("passports/<int:pk>/compare/", passports.comparison, name="passport_compare"),
    path("passports/<int:pk>/revise/", passports.revise, name="passport_revise"),
    path(_revision, passports.detail, name="revision"),
    path(_revision + "agree/", passports.agree, name="revision_agree"),
    path(_revision + "return/", passports.return_to_draft, name="revision_return"),
    path(_revision + "approve/", passports.approve, name="revision_approve"),
    path(_revision + "discard/", passports.discard, name="revision_discard"),
    path(_revision + "copy/", passports.copy_to_year, name="revision_copy"),
    path(
        _revision + "passport.<str:format_name>",
        execution.download,
        {"kind": "passport"},
        name="revision_download",
    ),
    path("programmes/", programmes.index, name="programmes"),
    path("programmes/<slug:slug>/", programmes.detail, name="programme"),
    path("programmes/<slug:slug>/figure/", programmes.figure, name="programme_figure"),
    path("programmes/<slug:slug>/session-package.zip", programmes.package, name="session_package"),
    path(
        "programmes/<slug:slug>/<slug:kind>.<str:format_name>",
        programmes.download,
        name="programme_download",
    ),
    path(
        "programmes/<slug:slug>/<slug:kind>/issue/",
        issued.issue_of_programme,
        name="programme_issue",
    ),
    # Issued reports
    path("issued/", issued.index, name="issued"),
    path("issued/package.zip", issued.packages, name="issued_package"),
    path("issued/<int:pk>/", issued.detail, name="issued_report"),
    path("issued/<int:pk>/summary/", issued.summary, name="issued_summary"),
    path("issued/<int:pk>/take/", issued.take, name="issued_take"),
    path("issued/<int:pk>/files/<str:file_name>", issued.download, name="issued_file"),
    path("issued/<int:pk>/sign/", signing.sign, name="issued_sign"),
    path("issued/<int:pk>/return/", signing.give_back, name="issued_return"),
    path("issued/<int:pk>/publish/", issued.publish, name="issued_publish"),
    # For everybody
    path("v/", verification.verify, name="verify"),
    path("v/<str:code>/", verification.code, name="verify_code"),
    path("published/", verification.published, name="published"),
    path("published/<str:code>/", verification.published_report, name="published_report"),
    path(
        "published/<str:code>/<str:file_name>", verification.published_file, name="published_file"
    ),
    path("match/", matching.index, name="matches"),
    path("match/<int:pk>/", matching.detail, name="match"),
    path("reports/book/", book.ask, name="book"),
    path("jobs/", jobs.index, name="jobs"),
    path("jobs/<int:job_pk>/", jobs.detail, name="job"),
    path("jobs/<int:job_pk>/cancel/", jobs.cancel, name="job_cancel"),
    path("jobs/<int:job_pk>/file/", jobs.download, name="job_file"),
    # Reporting on target programmes
    path("execution/", campaigns.index, name="campaigns"),
    path("programmes/<slug:slug>/execution/", campaigns.new, name="campaign_new"),
    path(_campaign, campaigns.detail, name="campaign"),
    path(_campaign + "issue/", issued.issue_of_period, name="campaign_issue"),
    path(_campaign + "close/", campaigns.close, name="campaign_close"),
    path(_campaign + "cancel/", campaigns.cancel, name="campaign_cancel"),
    path(_campaign + "reopen/", campaigns.reopen, name="campaign_reopen"),
    path(_campaign + "report.<str:format_name>", campaigns.download, name="campaign_download"),
    path(_unit, unit_reports.detail, name="unit_report"),
    path(_unit + "rows/<int:measure_pk>/", unit_reports.save_row, name="unit_report_row"),
    path(_unit + "head/", unit_reports.head, name="unit_report_head"),
    path(_unit + "submit/", unit_reports.submit, name="unit_report_submit"),
    path(_unit + "return/", unit_reports.give_back, name="unit_report_return"),
    path(_unit + "accept/", unit_reports.accept, name="unit_report_accept"),
    path(_unit + "postpone/", unit_reports.postpone, name="unit_report_postpone"),
    path(_unit + "report.<str:format_name>", unit_reports.download, name="unit_report_download"),
    path("reference/communities/<int:pk>/reporting/", reporting.edit, name="reporting_edit"),
    # The execution of passports
    path("reports/", execution.index, name="reports"),
    path("reports/effectiveness/", effectiveness.ranking, name="effectiveness_ranking"),
    path("reports/effectiveness/<int:pk>/", effectiveness.detail, name="effectiveness"),
    path(
        "reports/effectiveness/<int:pk>/compare/",
        effectiveness.compare,
        name="effectiveness_compare",
    ),
    path("reports/<int:pk>/", execution.detail, name="report"),
    path("reports/<int:pk>/signatories/", execution.signatories, name="report_signatories"),
    path("reports/<int:pk>/<slug:kind>/issue/", issued.issue_of_passport, name="report_issue"),
    path("reports/<int:pk>/<slug:kind>/", execution.preview, name="report_preview"),
    path(
        "reports/<int:pk>/<slug:kind>.<str:format_name>", execution.download, name="report_download"
    ),
]
