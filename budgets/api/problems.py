"""Refusals as problem details (RFC 9457): every error of the API is told in this one shape."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelError
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from budgets.exceptions import CellErrors, RuleViolation, StaleCells, StaleVersion

CONTENT_TYPE = "application/problem+json"
PREFIX = "/api/"
logger = logging.getLogger("django.request")

TITLES: Mapping[str, Promise] = {
    "bad-request": gettext_lazy("Запит не можна прочитати"),
    "bad-key": gettext_lazy("Ключ повтору не підходить"),
    "not-signed-in": gettext_lazy("Потрібен токен або вхід"),
    "forbidden": gettext_lazy("Це вам не дозволено"),
    "insufficient-scope": gettext_lazy("Токен не має такого права"),
    "not-found": gettext_lazy("Такого немає"),
    "wrong-method": gettext_lazy("Так до цієї адреси не звертаються"),
    "not-acceptable": gettext_lazy("Такого формату немає"),
    "stale": gettext_lazy("Дані вже змінила інша людина"),
    "too-large": gettext_lazy("Запит завеликий"),
    "wrong-type": gettext_lazy("Такий вміст не приймається"),
    "invalid": gettext_lazy("Дані не відповідають опису"),
    "rule": gettext_lazy("Правило не дозволяє цієї дії"),
    "cells": gettext_lazy("Кілька комірок не можна зберегти"),
    "key-reused": gettext_lazy("Ключ повтору вже використано"),
    "too-often": gettext_lazy("Забагато запитів"),
    "failure": gettext_lazy("Помилка системи"),
}
"""Kinds of problems; the page of the API tells of each."""


@dataclass
class Refused(Exception):
    """A refusal of the API itself."""

    status: int
    kind: str
    detail: str
    more: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def document(refused: Refused) -> dict[str, Any]:
    return {
        "type": f"{PREFIX}#{refused.kind}",
        "title": str(TITLES[refused.kind]),
        "status": refused.status,
        "detail": refused.detail,
        **refused.more,
    }


def answer(error: Exception, context: Mapping[str, Any]) -> Response:
    """What DRF asks when a view raised: a refusal, or a failure that is logged and told without its details."""
    refused = of_domain(error) or _of_request(error)
    if refused is None:
        request = context["request"]
        logger.error("API failure: %s", request.path, exc_info=error)
        got_request_exception.send(sender=None, request=request._request)
        refused = failure()
    return Problem(document(refused), refused.status, headers=refused.headers)


class Problem(Response):
    """JSON whatever the view answers otherwise: files and descriptions are refused in the same shape."""

    @property
    def rendered_content(self) -> bytes:
        self["Content-Type"] = CONTENT_TYPE
        told: bytes = JSONRenderer().render(self.data)
        return told


def plain(refused: Refused) -> JsonResponse:
    """The same outside the views of the API: addresses that are none, bodies nobody reads."""
    return JsonResponse(document(refused), status=refused.status, content_type=CONTENT_TYPE)


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(f"{PREFIX}v")


def not_found() -> Refused:
    return Refused(404, "not-found", _("За цією адресою для вас нічого немає. Перевірте її."))


def too_large(limit: int) -> Refused:
    return Refused(
        413, "too-large", _("Приймається не більше %(limit)s МБ за раз.") % {"limit": limit}
    )


def failure() -> Refused:
    return Refused(
        500,
        "failure",
        _("Нічого не збережено. Повторіть пізніше; якщо не мине, назвіть адміністраторові X-Request-ID відповіді."),
    )  # fmt: skip


def of_domain(error: Exception) -> Refused | None:
    """What a service or the API itself refuses."""
    if isinstance(error, Refused):
        return error
    for kind, told in _DOMAIN.items():
        if isinstance(error, kind):
            return told(error)
    return None


def _stale(error: Any) -> Refused:
    return Refused(409, "stale", str(error), {"current": error.current})


def _cells(error: Any) -> Refused:
    errors = [{"cell": cell, "detail": message} for cell, message in error.errors]
    if isinstance(error, StaleCells):
        return stale_cells(errors)
    return Refused(422, "cells", _("Нічого не збережено."), {"errors": errors})


def stale_cells(errors: list[dict[str, Any]]) -> Refused:
    """Cells that other people changed meanwhile; each says what is stored now."""
    return Refused(
        409,
        "stale",
        _("Нічого не збережено: комірки змінили інші люди. Прочитайте їх знову і повторіть."),
        {"errors": errors},
    )


def _model(error: Any) -> Refused:
    errors = [{"detail": message} for message in error.messages]
    return Refused(422, "invalid", _("Нічого не збережено."), {"errors": errors})


def _forbidden(_error: Any) -> Refused:
    return Refused(
        403, "forbidden", _("Ваша роль не дозволяє цього тут. Ролі надає адміністратор.")
    )


_DOMAIN: Mapping[type[Exception], Callable[[Any], Refused]] = {
    StaleVersion: _stale,
    CellErrors: _cells,
    RuleViolation: lambda error: Refused(422, "rule", str(error)),
    ModelError: _model,
    Http404: lambda _error: not_found(),
    PermissionDenied: _forbidden,
    RequestDataTooBig: lambda _error: too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2),
    BadRequest: lambda error: Refused(400, "bad-request", str(error)),
}
"""The first that fits; a special refusal stands above the general one."""


def _of_request(error: Exception) -> Refused | None:
    """What DRF itself refuses."""
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        found = list(pointed(error.detail))
        return Refused(422, "invalid", _("Нічого не збережено: виправте названі поля."), {"errors": found})  # fmt: skip
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))
    kind = _KINDS.get(error.status_code, "bad-request")
    if kind == "forbidden" and getattr(error, "detail", None) and error.detail.code == "insufficient_scope":  # fmt: skip
        kind = "insufficient-scope"
    return Refused(error.status_code, kind, str(error.detail), headers=headers)


_KINDS = {
    400: "bad-request",
    401: "not-signed-in",
    403: "forbidden",
    404: "not-found",
    405: "wrong-method",
    406: "not-acceptable",
    415: "wrong-type",
    429: "too-often",
}


_WHOLE = {"non_field_errors", "__all__"}


def pointed(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """What a serializer refuses, each message with a pointer to its place in the body."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from pointed(inner, pointer if name in _WHOLE else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            is_row = isinstance(inner, dict | list)
            yield from pointed(inner, f"{pointer}/{place}" if is_row else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail)}
