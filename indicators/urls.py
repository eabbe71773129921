from django.urls import path

from indicators import views

urlpatterns = [
    path("indicators/", views.index, name="indicators"),
    path("indicators/<int:pk>/", views.actuals, name="indicator_actuals"),
    path("indicators/<int:pk>/<int:root_id>/", views.save_one, name="indicator_save"),
    path(
        "passports/<int:pk>/revisions/<int:number>/edit/indicators/",
        views.edit_indicators,
        name="edit_indicators",
    ),
]
