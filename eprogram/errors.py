"""What is answered where no view answers: problem details below /api/v…, pages elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from budgets.api import problems
from budgets.api.problems import Refused


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.is_api(request):
        return problems.plain(Refused(400, "bad-request", _("Запит не можна прочитати.")))
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.is_api(request):
        return problems.plain(Refused(403, "forbidden", _("Запит відхилено.")))
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.is_api(request):
        return problems.plain(problems.not_found())
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest, *_args: Any) -> HttpResponse:
    if problems.is_api(request):
        return problems.plain(problems.failure())
    return defaults.server_error(request)
