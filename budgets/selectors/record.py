"""Reading the record: events of an object, a person or a day, and whether the chain holds."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from budgets.models import ChainHead, Change, Community, Event, Membership
from budgets.record_digest import digest_of

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the chain says of itself; ``digest`` is its end, to be noted outside the system."""

    events: int
    changes: int
    digest: str
    faults: tuple[str, ...]


def verify() -> Verdict:
    """Read the whole record and say where it does not hold.

    Found are: an event altered, removed or out of its place, a change altered, removed or added under an event, an end
    of the chain that is missing, and rows that were changed past the application.
    """
    faults = []
    previous, number, changes = "", 0, 0
    for event, own in _with_changes():
        changes += len(own)
        if event.number != number + 1:
            faults.append(f"Event {number + 1} is missing before event {event.number}.")
        if event.previous != previous:
            faults.append(f"Event {event.number} does not follow the event before it.")
        if event.digest != digest_of(event, own):
            faults.append(f"Event {event.number} ({event}) or one of its changes was altered.")
        previous, number = event.digest, event.number
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    if (head.number, head.digest) != (number, previous):
        faults.append(f"The chain ends at event {number}, its end names event {head.number}.")
    faults += [
        f"Row {change.row_id} of {change.table_name} was changed past the application: {change.operation}."
        for change in Change.objects.filter(event=None).order_by("pk")
    ]
    return Verdict(number, changes, previous, tuple(faults))


def _with_changes() -> Iterator[tuple[Event, list[Change]]]:
    """Events from the first to the last, each with its changes; a bounded number at a time."""
    last = 0
    while events := list(Event.objects.filter(number__gt=last).order_by("number")[:_BATCH]):
        rows = Change.objects.filter(event__in=events).order_by("event__number", "pk")
        own = {pk: list(of) for pk, of in groupby(rows, key=lambda change: change.event_id)}
        for event in events:
            yield event, own.get(event.pk, [])
        last = events[-1].number


def events(
    communities: QuerySet[Community],
    *,
    person_id: int | None = None,
    day: dt.date | None = None,
    subject: tuple[str, int] | None = None,
) -> QuerySet[Event]:
    """Events of the communities and of the accounts of those who have a role there, newest first.

    Of a person, of a day, of an object where they are named.
    """
    people = Membership.objects.filter(unit__community__in=communities)
    of_accounts = Q(
        community=None, subject_type=User._meta.label_lower, subject_id__in=people.values("user")
    )
    found = Event.objects.filter(Q(community__in=communities) | of_accounts)
    found = found.select_related("person", "acting_for")
    if person_id is not None:
        found = found.filter(person=person_id)
    if day is not None:
        found = found.filter(at__date=day)
    if subject is not None:
        found = found.filter(_about(*subject))
    return found


def _about(label: str, pk: int) -> Q:
    """What is said of the object, and what changed its row under another name: a payment entered in the table of a month."""
    told = Q(subject_type=label, subject_id=pk)
    try:
        table = apps.get_model(label)._meta.db_table
    except LookupError:
        return told
    changes = Change.objects.filter(table_name=table, row_id=pk, event__isnull=False)
    return told | Q(pk__in=changes.values("event"))


def name_of(events: QuerySet[Event], label: str, pk: int) -> str:
    """What the object was called last, of the events that the person may read."""
    named = events.filter(subject_type=label, subject_id=pk).exclude(subject="")
    if found := named.values_list("subject", flat=True).first():
        return found
    try:
        return f"{apps.get_model(label)._meta.verbose_name} № {pk}"
    except LookupError:
        return ""
