from django.urls import path

from accounts.idgovua import views

urlpatterns = [
    path("id-gov-ua/", views.login, name="id_gov_ua_login"),
    path("id-gov-ua/callback/", views.callback, name="id_gov_ua_callback"),
]
