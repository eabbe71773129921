"""Copying a revision: every kind of row it consists of, whichever app holds it, with references moved to the copies."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from budgets.models import (
    ContinuedRow,
    LineAllocation,
    Passport,
    PassportRevision,
    RevisionRow,
    SpendingLine,
)
from budgets.services import row_walk


def row_models() -> Iterator[type[RevisionRow]]:
    """Every kind of row a revision consists of, whichever app holds it; referenced kinds first."""
    return row_walk.kinds(RevisionRow)  # type: ignore[type-abstract]


def row_references(
    model: type[models.Model],
) -> list[tuple[models.ForeignKey[Any, Any], type[RevisionRow]]]:
    """Foreign keys of the model that point inside the same revision."""
    return [
        (field, target)
        for field, target in row_walk.references(model, RevisionRow)  # type: ignore[type-abstract]
        if field.name != "origin"
    ]


def copy_revision(
    source: PassportRevision, *, passport: Passport, number: int, by: User, continues: bool
) -> PassportRevision:
    """A draft with copies of all rows; references between rows are moved to the copies."""
    copy = PassportRevision.objects.create(
        passport=passport,
        number=number,
        legal_grounds=source.legal_grounds,
        purpose=source.purpose,
        changed_by=by,
    )
    copied: dict[tuple[type[models.Model], int], models.Model] = {}
    for model in row_models():
        references = row_references(model)
        rows = list(model._default_manager.filter(revision=source))
        for row in rows:
            old_pk = row.pk
            if isinstance(row, ContinuedRow):
                row.origin_id = row.root_id if continues else None
            row.pk, row.revision = None, copy
            row._state.adding = True
            for field, target in references:
                if target is not model and (old := getattr(row, field.attname)) is not None:
                    setattr(row, field.attname, copied[target, old].pk)
            row.save()
            copied[model, old_pk] = row
        own = [field for field, target in references if target is model]
        for row in rows if own else []:
            for field in own:
                if (old := getattr(row, field.attname)) is not None:
                    setattr(row, field.attname, copied[model, old].pk)
            row.save()
    allocations = list(LineAllocation.objects.filter(line__revision=source))
    for allocation in allocations:
        allocation.line_id = copied[SpendingLine, allocation.line_id].pk
        allocation.pk = None
    LineAllocation.objects.bulk_create(allocations)
    return copy
