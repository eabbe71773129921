"""The description tells the truth: whatever it allows or forbids is sent, and no answer is a failure or undocumented."""

import io
import json
from collections import Counter

import pytest
import requests
import schemathesis
import urllib3
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.api import description
from tests.api.conftest import token_of
from tests.api.standing import DESCRIBED, standing

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 6  # of each operation


@pytest.fixture(scope="module")
def described():
    return schemathesis.openapi.from_dict(json.loads(description.told("json")))


@pytest.fixture
def there(sample, officer, quick_package, settings, tmp_path):
    """Parameters of addresses by operation: what is really there, a draft of everything that is drafted."""
    settings.MEDIA_ROOT = tmp_path
    made = standing(sample, officer)

    def parameters(path):
        values = made.parameters(DESCRIBED[path])
        return {"id" if name == "pk" else name: value for name, value in values.items()}

    return parameters


def asked(case, client, token):
    """The case sent to the site, and its answer as schemathesis takes one."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    sent = {k: sent[k] for k in ("method", "url", "headers", "params", "json", "data", "files", "cookies") if k in sent}  # fmt: skip
    request = requests.Request(**sent).prepare()
    headers = {**request.headers, "Authorization": f"Bearer {token}"}
    headers.pop("Content-Length", None)
    kind = headers.pop("Content-Type", "application/octet-stream")
    body = request.body or b""
    if not isinstance(body, bytes | str):
        body = b"".join(body)
    came = client.generic(request.method, request.path_url, body, content_type=kind, headers=headers)  # fmt: skip
    raw = urllib3.HTTPResponse(
        io.BytesIO(came.getvalue()),
        headers=dict(came.headers),
        status=came.status_code,
        preload_content=False,
    )
    return requests.adapters.HTTPAdapter().build_response(request, raw)


def wrong_answers(described, there, token, *, reads):
    """What does not hold of the operations that read or of those that write, and how often each status came.

    That a token without the scope opens neither is tried of each in test_matrix.py.
    """
    client, wrong, statuses = Client(raise_request_exception=False), [], Counter()
    for result in described.get_all_operations():
        operation = result.ok()
        if (operation.method.upper() == "GET") != reads:
            continue
        real = there(operation.path)
        cases = st.one_of(
            operation.as_strategy(GenerationMode.POSITIVE, path_parameters=real),
            operation.as_strategy(GenerationMode.POSITIVE),
            operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=real),
        )

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def send(case):
            answer = asked(case, client, token)
            statuses[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        try:
            with transaction.atomic():
                send()
                transaction.set_rollback(True)
        except (Exception, BaseExceptionGroup) as failure:
            told = getattr(failure, "exceptions", [failure])
            wrong += [f"{operation.label}: {each}"[:1500] for each in told]
    return wrong, statuses


def test_the_description_is_valid_and_complete(capsys):
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "openapi: 3" in capsys.readouterr().out


def test_every_operation_shows_an_example_or_takes_nothing(described):
    without = []
    for path, operations in described.raw_schema["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {})
            without += [f"{method} {path}" for kind, content in body.items() if kind == "application/json" and "examples" not in content]  # fmt: skip
    assert without == []


def test_a_program_that_reads_meets_no_failure(described, there, officer, settings):
    settings.API_LIMIT, settings.DOWNLOAD_LIMIT = "100000/m/user", "100000/m/user"
    wrong, statuses = wrong_answers(
        described, there, token_of(officer, "read", "read_record"), reads=True
    )
    assert wrong == [], "\n\n".join(wrong)
    assert statuses[200] > 100
    assert statuses[404] > 60


def test_a_program_that_writes_meets_no_failure(described, there, officer, settings):
    settings.API_LIMIT, settings.DOWNLOAD_LIMIT = "100000/m/user", "100000/m/user"
    wrong, statuses = wrong_answers(described, there, token_of(officer), reads=False)
    assert wrong == [], "\n\n".join(wrong)
    assert statuses[422] > 60
    assert statuses[200] + statuses[201] > 10
