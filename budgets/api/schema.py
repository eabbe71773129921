"""The description of the API: names of operations, the key of repeated requests, and every refusal by its status."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers

from budgets.api.paging import PageQuery
from budgets.api.problems import CONTENT_TYPE

KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,100}$"},
    OpenApiParameter.HEADER,
    description="Ключ повтору: той самий запит із тим самим ключем нічого не пише вдруге і має ту саму відповідь.",
)
# What is not approved yet has no document, match or analysis: reading is refused by a rule, too.
_READ = ("400", "401", "403", "404", "405", "406", "422", "429", "500")
_WRITE = (*_READ, "409", "413", "415")
_PROBLEM = {
    "type": "object",
    "description": "Відмова за RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Вид відмови: якір на сторінці /api/."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Що сталося, чому і що робити."},
        "current": {"type": "string", "description": "Що збережено зараз, словами (для 409)."},
        "stored": {
            "type": "object",
            "description": "Що збережено зараз: відповідь GET цієї ж адреси (для 409 на PUT і DELETE).",
        },
        "sent": {"type": "object", "description": "Що було надіслано (для 409)."},
        "confirm": {
            "type": "boolean",
            "description": "Підтвердження (is_confirmed) із причиною пропустило б запис.",
        },
        "errors": {
            "type": "array",
            "description": "Кожне поле чи комірка, яких стосується відмова.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "cell": {"type": "string"},
                    "place": {"type": "object", "description": "Місце чернетки."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


class Described(AutoSchema):
    """Operations are named by method and address."""

    def get_operation_id(self) -> str:
        words = [word.strip("{}") for word in self.path.removeprefix("/api/v1/").split("/") if word]
        return "_".join([self.method.lower(), *words]).replace("-", "_").replace(".", "_")

    def get_description(self) -> str:
        return ""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_override_parameters(self) -> list[Any]:
        return [KEY] if self.method in {"POST", "PUT", "PATCH", "DELETE"} else []


def add_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status in _READ if method == "get" else _WRITE:
                operation["responses"].setdefault(
                    status, {"description": _TITLES[status], "content": content}
                )
    return result


_TITLES = {
    "400": "Запит не можна прочитати.",
    "401": "Потрібен токен або вхід.",
    "403": "Роль чи токен цього не дозволяють.",
    "404": "Немає, або не для вас.",
    "405": "Метод не підходить.",
    "406": "Такого формату немає.",
    "409": "Дані вже змінила інша людина.",
    "413": "Запит завеликий.",
    "415": "Такий вміст не приймається.",
    "422": "Дані або правило не дозволяють.",
    "429": "Забагато запитів.",
    "500": "Помилка системи.",
}


def operation(
    summary: str,
    *,
    takes: Any = None,
    answers: Any = None,
    filters: type[serializers.Serializer] | None = None,
    is_list: bool = False,
    status: int = 200,
    example: Any = None,
    shown: Any = None,
) -> Any:
    """Describe a method: what it takes and answers; ``example`` of a request, ``shown`` of an answer."""
    examples = []
    if example is not None:
        examples.append(OpenApiExample("Запит", value=example, request_only=True))
    if shown is not None:
        examples.append(
            OpenApiExample("Відповідь", value=shown, response_only=True, status_codes=[str(status)])
        )
    parameters: list[Any] = [*([filters] if filters else []), *([PageQuery] if is_list else [])]
    return extend_schema(
        summary=summary,
        request=takes,
        responses={status: answers},
        parameters=parameters,
        examples=examples or None,
    )
