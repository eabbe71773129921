"""The record as a file: every event that was asked for, for a spreadsheet; taking it away goes on record itself."""

import csv
from collections.abc import Iterable, Iterator

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.models import Community, Event
from budgets.selectors import record_words
from budgets.services.record import note
from budgets.spreadsheets import as_words


def record_file(
    events: QuerySet[Event], *, communities: Iterable[Community], asked: str, by: User
) -> StreamingHttpResponse:
    """The events of the communities; ``asked`` is what narrowed them down."""
    for community in communities:
        note("record.exported", by=by, about=community, reason=asked)
    return _csv(events)


def _csv(events: QuerySet[Event]) -> StreamingHttpResponse:
    writer = csv.writer(_Echo(), delimiter=";")
    head = [_("№"), _("коли"), _("хто"), _("за кого"), _("дія"), _("що"), _("причина"), _("запит"), _("відбиток")]  # fmt: skip

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(head)
        for each in events.iterator(chunk_size=1000):
            yield writer.writerow(
                [
                    as_words(str(value))
                    for value in (
                        each.number,
                        f"{timezone.localtime(each.at):%d.%m.%Y %H:%M:%S}",
                        each.person or "",
                        each.acting_for or "",
                        record_words.action_name(each),
                        each.subject,
                        each.reason,
                        each.request,
                        each.digest,
                    )
                ]
            )

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="zhurnal.csv"'
    return answer


class _Echo:
    """What a csv.writer writes into: gives each line back."""

    def write(self, line: str) -> str:
        return line
