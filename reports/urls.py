from django.urls import path

from reports.views import effectiveness, execution, passports, programmes, site

_revision = "passports/<int:pk>/revisions/<int:number>/"

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
    path("reports/<int:pk>/<slug:kind>/", execution.preview, name="report_preview"),
    path(
        "reports/<int:pk>/<slug:kind>.<str:format_name>", execution.download, name="report_download"
    ),
]
