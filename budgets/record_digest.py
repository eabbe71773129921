"""The digest of an event of the record: what writes the chain and what verifies it agree here."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Protocol


class EventLike(Protocol):
    previous: str
    number: int
    at: dt.datetime
    person_id: int | None
    acting_for_id: int | None
    action: str
    subject_type: str
    subject_id: int | None
    subject: str
    community_id: int | None
    reason: str
    request: str


class ChangeLike(Protocol):
    table_name: str
    row_id: int
    operation: str
    before: str | None
    after: str | None


def digest_of(event: EventLike, changes: Iterable[ChangeLike]) -> str:
    """SHA-256 over the digest before it, the event, and the rows it changed in their order."""
    told = [
        event.previous,
        event.number,
        event.at.astimezone(dt.UTC).isoformat(),
        event.person_id,
        event.acting_for_id,
        event.action,
        event.subject_type,
        event.subject_id,
        event.subject,
        event.community_id,
        event.reason,
        event.request,
        [
            (change.table_name, change.row_id, change.operation, change.before, change.after)
            for change in changes
        ],
    ]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
