"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    # One page changes passwords, with its limit of attempts.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("budgets.urls")),
    path("", include("indicators.urls")),
    path("", include("reports.urls")),
]
