"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

_api = [
    path("", include("accounts.api.urls")),
    path("", include("budgets.api.urls")),
    path("", include("indicators.api.urls")),
    path("", include("reports.api.urls")),
]

urlpatterns = [
    # One page changes passwords, with its limit of attempts.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(_api)),
    path("", include("accounts.urls")),
    path("", include("budgets.urls")),
    path("", include("indicators.urls")),
    path("", include("reports.urls")),
]

handler400 = "eprogram.errors.bad_request"
handler403 = "eprogram.errors.forbidden"
handler404 = "eprogram.errors.not_found"
handler500 = "eprogram.errors.server_error"
