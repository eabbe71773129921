"""The description of the API, beside what it describes."""

from django.urls import path

from accounts.api.description import Description

urlpatterns = [path("schema", Description.as_view(), name="api_schema")]
