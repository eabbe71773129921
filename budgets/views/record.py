"""Журнал: what happened, of an object, a person or a day; one event with every field before and after; export."""

import datetime as dt
import re

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from budgets import permissions
from budgets.downloads import record_file
from budgets.models import Community, Event
from budgets.permissions import Action
from budgets.selectors import record, record_words
from budgets.views.loading import SignedIn

PAGE = 50


@require_safe
def index(request: SignedIn) -> HttpResponseBase:
    """Events newest first."""
    communities = _communities(request)
    events = _events(request, communities)
    people = User.objects.filter(events__community__in=communities).distinct().order_by("username")
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(event, record_words.action_name(event)) for event in page],
        "people": people,
        "person": _number(request, "person"),
        "day": request.GET.get("day", ""),
        "query": request.GET.urlencode(),
        "subject": record.name_of(events, *subject) if (subject := _subject(request)) else "",
    }
    return render(request, "budgets/record/index.html", context)


@require_POST
def export(request: SignedIn) -> StreamingHttpResponse:
    """Take away all that the page's address asks for; that goes on record itself."""
    communities = _communities(request)
    return record_file(
        _events(request, communities),
        communities=communities,
        asked=request.GET.urlencode(),
        by=request.user,
    )


@require_safe
def event(request: SignedIn, number: int) -> HttpResponse:
    found = get_object_or_404(record.events(_communities(request)), number=number)
    context = {
        "event": found,
        "action": record_words.action_name(found),
        "changes": list(record_words.rows(found.changes.order_by("pk")[:PAGE])),
        "count": found.changes.count(),
    }
    return render(request, "budgets/record/event.html", context)


def _communities(request: SignedIn) -> QuerySet[Community]:
    if not permissions.allows(request.user, Action.READ_RECORD):
        raise PermissionDenied
    return permissions.communities_where(request.user, Action.READ_RECORD)


def _events(request: SignedIn, communities: QuerySet[Community]) -> QuerySet[Event]:
    return record.events(
        communities,
        person_id=_number(request, "person"),
        day=_day(request),
        subject=_subject(request),
    )


def _number(request: SignedIn, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


def _day(request: SignedIn) -> dt.date | None:
    text = request.GET.get("day", "")
    try:
        return parse_date(text) or dt.datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _subject(request: SignedIn) -> tuple[str, int] | None:
    """«budgets.act-12» as a type and a number."""
    text = request.GET.get("subject", "")
    if not text:
        return None
    match = re.fullmatch(r"([a-z]{1,20}\.[a-z]{1,40})-([0-9]{1,9})", text, re.ASCII)
    if match is None:
        raise Http404
    return match[1], int(match[2])
