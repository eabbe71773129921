"""Addresses of the API, below /api/v1/."""

from django.urls import path

from indicators.api import passports, programmes

urlpatterns = [
    path("passports/<int:pk>/indicators/", passports.Actuals.as_view(), name="api_actuals"),
    path(
        "passports/<int:pk>/revisions/<int:number>/indicators/",
        passports.RevisionIndicators.as_view(),
        name="api_revision_indicators",
    ),
    path(
        "programmes/<slug:slug>/indicators/",
        programmes.Indicators.as_view(),
        name="api_programme_indicators",
    ),
]
