"""A name for every request, headers of every answer, and the limit of what a request may carry."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from budgets.api import problems
from budgets.services import record

GetResponse = Callable[[HttpRequest], HttpResponse]


def content_security_policy(form_targets: list[str]) -> str:
    """Everything from this site and nothing inline. ``form_targets``: providers a sign-in may lead to."""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",  # the code an application scans is an image inside the page
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": " ".join(["'self'", *form_targets]),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class PolicyHeaders:
    """Content-Security-Policy and Permissions-Policy on every answer, static files and refusals included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = content_security_policy(settings.SIGN_IN_ORIGINS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response


class PrivateAnswers:
    """Nothing a page says stays in a cache: neither of a proxy nor of a shared computer. Stands after static files."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store, private"
        return response


class LimitedUploads:
    """Refuses a request larger than MAX_REQUEST_BYTES before anything of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length) > settings.MAX_REQUEST_BYTES:
            limit = settings.MAX_REQUEST_BYTES // 1024**2
            if problems.is_api(request):
                return problems.plain(problems.too_large(limit))
            return render(request, "413.html", {"limit": limit}, status=413)
        return self.get_response(request)


class NamedRequests:
    """Gives the request a name: the record keeps it with what was written, the answer shows it in X-Request-ID."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = str(uuid.uuid4())
        with record.circumstances(name):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = name
        return response
