"""Walking every kind of row that a thing consists of, whichever app holds it."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.apps import apps
from django.db import models

Kind = TypeVar("Kind", bound=models.Model)


def kinds(base: type[Kind]) -> Iterator[type[Kind]]:
    """Every model that is a ``base``; a kind that others refer to comes before them."""
    waiting = [model for model in apps.get_models() if issubclass(model, base)]
    done: set[type[models.Model]] = set()
    while waiting:
        for model in waiting:
            if all(target in done or target is model for _, target in references(model, base)):
                done.add(model)
                waiting.remove(model)
                yield model
                break


def references(
    model: type[models.Model], base: type[Kind]
) -> list[tuple[models.ForeignKey[Any, Any], type[Kind]]]:
    """Foreign keys of the model that point to rows of the same thing."""
    return [
        (field, field.related_model)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, base)
    ]
