from django.urls import path

from indicators.views import effectiveness, evidence, passports, programme_actuals, programmes

_actuals = "programmes/<slug:slug>/indicators/actuals/"

urlpatterns = [
    path("indicators/", passports.index, name="indicators"),
    path("indicators/<int:pk>/", passports.actuals, name="indicator_actuals"),
    path("indicators/<int:pk>/<int:root_id>/", passports.save_one, name="indicator_save"),
    path(
        "passports/<int:pk>/revisions/<int:number>/edit/indicators/",
        passports.edit_indicators,
        name="edit_indicators",
    ),
    path("reference/effectiveness/", effectiveness.scales, name="effectiveness_scales"),
    path("reference/effectiveness/new/", effectiveness.edit_scale, name="effectiveness_scale_new"),
    path(
        "reference/effectiveness/<int:pk>/",
        effectiveness.edit_scale,
        name="effectiveness_scale_edit",
    ),
    path("programmes/<slug:slug>/indicators/", programmes.edit, name="target_indicators"),
    path(_actuals, programme_actuals.years, name="target_actuals"),
    path(_actuals + "<slug:period>/", programme_actuals.year, name="target_actuals_year"),
    path(
        _actuals + "<slug:period>/<int:indicator_pk>/",
        programme_actuals.save_one,
        name="target_actual_save",
    ),
    path(
        _actuals + "<slug:period>/<int:indicator_pk>/evidence/",
        evidence.files,
        name="target_evidence",
    ),
    path(
        "programmes/<slug:slug>/evidence/<int:evidence_pk>/",
        evidence.file,
        name="target_evidence_file",
    ),
    path(
        "programmes/<slug:slug>/evidence/<int:evidence_pk>/remove/",
        evidence.remove,
        name="target_evidence_remove",
    ),
]
