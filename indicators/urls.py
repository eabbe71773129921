from django.urls import path

from indicators.views import effectiveness, passports, programmes

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
]
