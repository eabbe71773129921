"""What every request carries besides its answer."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from budgets.services import record

Answer = Callable[[HttpRequest], HttpResponse]


def name_the_request(answer: Answer) -> Answer:
    """Give the request a name: the record keeps it with what was written, the answer shows it in X-Request-ID."""

    def named(request: HttpRequest) -> HttpResponse:
        name = str(uuid.uuid4())
        with record.circumstances(name):
            response = answer(request)
        response["X-Request-ID"] = name
        return response

    return named
