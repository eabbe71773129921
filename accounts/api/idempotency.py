"""Requests that may be sent again: with an ``Idempotency-Key``, the first answer is kept and repeated.

The answer is stored in the transaction of the write: either both are there or neither. A refused write leaves
nothing, so that the same key may carry the corrected request only if its first one was refused.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.models import KeptAnswer
from budgets.api.problems import Refused

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,100}", re.ASCII)


def keep(request: Any, write: Callable[[], Response]) -> Response:
    """Perform the write, or repeat what it answered. The caller has opened the transaction."""
    key = request.headers.get(HEADER)
    if key is None:
        return write()
    if not _KEY.fullmatch(key):
        raise Refused(
            400,
            "bad-key",
            _("Idempotency-Key — від 1 до 100 видимих знаків латиниці, наприклад UUID."),
        )
    digest = _digest(request)
    _forget_old()
    kept, is_new = KeptAnswer.objects.get_or_create(
        user=request.user, key=key, defaults={"request_digest": digest}
    )
    if not is_new:
        return _repeated(kept, digest)
    answer = write()
    if not isinstance(answer, Response):  # a file is told anew each time
        kept.delete()
        return answer
    kept.status = answer.status_code
    kept.body = "" if answer.data is None else JSONRenderer().render(answer.data).decode()
    kept.save(update_fields=["status", "body"])
    return answer


def _repeated(kept: KeptAnswer, digest: str) -> Response:
    if kept.request_digest != digest:
        raise Refused(
            422,
            "key-reused",
            _(
                "Цей Idempotency-Key уже супроводжував інший запит. Для нового запиту створіть новий ключ."
            ),
        )
    body = json.loads(kept.body) if kept.body else None
    return Response(body, status=kept.status, headers={"Idempotency-Replayed": "true"})


def _digest(request: Any) -> str:
    """What was asked: method, address and body; of a form with a file, its fields and the content of the file."""
    told = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    files = request.FILES
    if not files:
        told.update(
            json.dumps(request.data, sort_keys=True, ensure_ascii=True, default=str).encode()
        )
        return told.hexdigest()
    for name in sorted(request.data):
        if name not in files:
            told.update(json.dumps([name, request.data.getlist(name)]).encode())
    for name in sorted(files):
        told.update(name.encode())
        for chunk in files[name].chunks():
            told.update(chunk)
        files[name].seek(0)
    return told.hexdigest()


def _forget_old() -> None:
    limit = timezone.now() - timedelta(hours=settings.KEPT_ANSWER_HOURS)
    KeptAnswer.objects.filter(created_at__lt=limit).delete()
