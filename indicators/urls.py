from django.urls import path

from indicators.views import passports, programmes

urlpatterns = [
    path("indicators/", passports.index, name="indicators"),
    path("indicators/<int:pk>/", passports.actuals, name="indicator_actuals"),
    path("indicators/<int:pk>/<int:root_id>/", passports.save_one, name="indicator_save"),
    path(
        "passports/<int:pk>/revisions/<int:number>/edit/indicators/",
        passports.edit_indicators,
        name="edit_indicators",
    ),
    path("programmes/<slug:slug>/indicators/", programmes.edit, name="target_indicators"),
]
