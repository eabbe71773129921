"""Writing the record: every service that changes something runs as one event, and its changes go under one digest.

``@recorded`` replaces ``@transaction.atomic`` on a service. The outermost one opens the transaction and, before it ends,
seals what the triggers saw: who (``by``), for whom, what (the first object it was given), why (``reason`` or ``note``).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from budgets.models import Community
from budgets.models.record import ChainHead, Change, Event
from budgets.record_digest import digest_of

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a service does not know of the write it performs: which request asked, and for whom the person acts."""

    request: str = ""
    acting_for_id: int | None = None


_NONE = Circumstances()
_circumstances: ContextVar[Circumstances] = ContextVar("circumstances", default=_NONE)
_open: ContextVar["Told | None"] = ContextVar("open_event", default=None)


@contextmanager
def circumstances(request: str) -> Iterator[None]:
    """Everything written within belongs to this request."""
    token = _circumstances.set(Circumstances(request))
    try:
        yield
    finally:
        _circumstances.reset(token)


def act_for(person: User | None) -> None:
    """Say for whom the person of this request acts: a deputy for an absent colleague."""
    _circumstances.set(
        replace(_circumstances.get(), acting_for_id=person.pk if person is not None else None)
    )


def recorded(write: Callable[P, R]) -> Callable[P, R]:
    """Run a service in a transaction of its own as one event; inside another service it is a part of that event."""
    action = f"{write.__module__.rpartition('.')[2]}.{write.__name__.strip('_')}"

    @wraps(write)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with event(action, by=_by(kwargs), reason=_reason(kwargs)) as told:
            given = _given(kwargs)
            told.subject = _subject(given)
            result = write(*args, **kwargs)
            shown = given if given is not None and given.pk else None
            if shown is None and isinstance(result, models.Model) and told.subject is None:
                shown = result
            told.subject = _subject(shown) or told.subject
        return result

    return inner


@dataclass(frozen=True, slots=True)
class Subject:
    """The object an event is about, as it was called then."""

    type: str
    pk: int
    label: str
    community_id: int | None


@dataclass
class Told:
    """What is said of an event while it is written."""

    action: str
    by: User | None = None
    subject: Subject | None = None
    reason: str = ""
    is_kept: bool = False


@contextmanager
def event(
    action: str, *, by: User | None = None, about: models.Model | None = None, reason: str = ""
) -> Iterator[Told]:
    """Everything written within is one event; nothing written leaves no event, unless ``keep`` says so."""
    told = Told(action, by, _subject(about), reason)
    if _open.get() is not None:
        with transaction.atomic():
            yield told
        return
    token = _open.set(told)
    try:
        with transaction.atomic():
            before = Change.objects.aggregate(last=Max("pk"))["last"] or 0
            yield told
            _seal(told, before)
    finally:
        _open.reset(token)


def keep() -> None:
    """The event that is being written stays although no watched row may change: what it did is not in our tables."""
    if (told := _open.get()) is not None:
        told.is_kept = True


def note(
    action: str, *, by: User | None = None, about: models.Model | None = None, reason: str = ""
) -> None:
    """An event of its own for what was done elsewhere: by a library, or by reading."""
    with event(action, by=by, about=about, reason=reason):
        keep()


def _seal(told: Told, before: int) -> None:
    own = Change.objects.filter(event=None, pk__gt=before)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT txid_current()")
            own = own.filter(transaction=cursor.fetchone()[0])
    changes = list(own.order_by("pk"))
    if not changes and not told.is_kept:
        return
    ChainHead.objects.get_or_create(pk=1)
    head = ChainHead.objects.select_for_update().get(pk=1)
    about, subject = _circumstances.get(), told.subject or Subject("", 0, "", None)
    made = Event(
        number=head.number + 1,
        at=timezone.now(),
        person=told.by,
        acting_for_id=about.acting_for_id,
        action=told.action,
        subject_type=subject.type,
        subject_id=subject.pk or None,
        subject=subject.label,
        community_id=subject.community_id,
        reason=told.reason,
        request=about.request,
        previous=head.digest,
    )
    made.digest = digest_of(made, changes)
    made.save(force_insert=True)
    if changes:
        own.filter(pk__lte=changes[-1].pk).update(event=made)
    head.number, head.digest = made.number, made.digest
    head.save()


_WAY = (
    "community",
    "programme",
    "passport",
    "revision",
    "line",
    "act",
    "unit",
    "report",
    "indicator",
)


def community_of(subject: models.Model | None) -> Community | None:
    """The community an object belongs to, found along the names by which the domain leads there."""
    for _step in _WAY:
        if subject is None or isinstance(subject, Community):
            return subject
        names = {field.name for field in subject._meta.fields}
        subject = next((getattr(subject, name) for name in _WAY if name in names), None)
    return None


def _subject(about: models.Model | None) -> Subject | None:
    if about is None or about.pk is None:
        return None
    community = community_of(about)
    return Subject(
        about._meta.label_lower, about.pk, str(about)[:300], community.pk if community else None
    )


def _by(kwargs: dict[str, Any]) -> User | None:
    by = kwargs.get("by")
    return by if isinstance(by, User) else None


def _reason(kwargs: dict[str, Any]) -> str:
    return str(kwargs.get("reason") or kwargs.get("note") or "")


def _given(kwargs: dict[str, Any]) -> models.Model | None:
    """What the service was given to change: its first object that is no person and no community."""
    for name, value in kwargs.items():
        if name != "by" and isinstance(value, models.Model) and not isinstance(value, Community):
            return value
    return None
