"""Addresses of accounts. allauth's own list is not included whole: there is no sign-up and no reset by e-mail.

A page that allauth looks for by its own name has that name beside ours.
"""

from allauth.account.views import reauthenticate
from allauth.decorators import rate_limit
from django.contrib.auth import views as auth_views
from django.urls import include, path

from accounts import views
from accounts.api import pages

_change_password = rate_limit(action="change_password")(views.PasswordChange.as_view())

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("login/cancel/", views.sign_in_cancel, name="sign_in_cancel"),
    path("login/through/", include("accounts.idgovua.urls")),
    path("login/through/<slug:provider_id>/", views.openid_login, name="openid_connect_login"),
    path(
        "login/through/<slug:provider_id>/callback/",
        views.openid_callback,
        name="openid_connect_callback",
    ),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("password/", _change_password, name="password_change"),
    path(
        "password/done/", auth_views.PasswordChangeDoneView.as_view(), name="password_change_done"
    ),
    path("account/confirm/", reauthenticate, name="account_reauthenticate"),
    path("account/sessions/", views.sessions, name="sessions"),
    path("account/tokens/", pages.tokens, name="tokens"),
    path("api/", pages.about, name="api"),
    path("account/second-factor/", include("allauth.mfa.urls")),
]
