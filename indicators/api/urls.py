"""Addresses of the API, below /api/v1/."""

from django.urls import path

from indicators.api import effectiveness, evidence, passports, programme_actuals, programmes

_programme = "programmes/<slug:slug>/"
_year = _programme + "actuals/<slug:period>/"
_evidence = _programme + "evidence/<int:evidence_pk>/"

urlpatterns = [
    path("passports/<int:pk>/indicators/", passports.Actuals.as_view(), name="api_actuals"),
    path(
        "passports/<int:pk>/revisions/<int:number>/indicators/",
        passports.RevisionIndicators.as_view(),
        name="api_revision_indicators",
    ),
    path(
        _programme + "indicators/",
        programmes.Indicators.as_view(),
        name="api_programme_indicators",
    ),
    path(_programme + "actuals/", programme_actuals.Years.as_view(), name="api_programme_actuals"),
    path(_year, programme_actuals.OneYear.as_view(), name="api_programme_actuals_year"),
    path(_year + "<int:indicator_pk>/evidence/", evidence.Evidence.as_view(), name="api_evidence"),
    path(_evidence, evidence.OneEvidence.as_view(), name="api_one_evidence"),
    path(_evidence + "file/", evidence.EvidenceFile.as_view(), name="api_evidence_file"),
    # Reference data
    path("effectiveness-scales/", effectiveness.Scales.as_view(), name="api_scales"),
    path("effectiveness-scales/<int:pk>/", effectiveness.OneScale.as_view(), name="api_scale"),
]
