"""The book as long work: asked on a page, put together in the background with progress."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from importlib import import_module
from typing import cast

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Community
from budgets.transliteration import address
from reports.background import queue
from reports.background.base import Progress, Result
from reports.book import contents
from reports.book.contents import Entry, Group
from reports.book.values import Cover, Part
from reports.models import Job

KIND = "book"
MOST_DOCUMENTS = 300


def ask(*, community: Community, year: int, keys: Collection[str], by: User) -> Job:
    """A job that makes the book of these documents. Refused when none or too many are chosen, or one is not offered."""
    groups = chosen(contents.offered(community, year, by), keys)
    keys = [entry.key for group in groups for entry in group.entries]
    if not keys:
        raise RuleViolation(_("Оберіть хоча б один документ."))
    if len(keys) > MOST_DOCUMENTS:
        raise RuleViolation(
            _(
                "Обрано документів: %(count)s, а в одній книзі їх не більше %(most)s. Складіть дві книги."
            )
            % {"count": len(keys), "most": MOST_DOCUMENTS}
        )
    return queue.ask(
        kind=KIND,
        asked={"year": year, "documents": keys},
        title=_("Річна книга за %(year)s рік: %(community)s")
        % {"year": year, "community": community},
        community=community,
        by=by,
    )


def run(job: Job, progress: Progress) -> Result:
    """The book of a job, of what its asker may see at this moment."""
    if not job.asked_by.is_active:
        raise RuleViolation(_("Обліковий запис того, хто просив книгу, закрито."))
    year = job.asked["year"]
    groups = chosen(contents.offered(job.community, year, job.asked_by), job.asked["documents"])
    return Result(file_name(job.community, year), make(job.community, year, groups, progress))


def may_read(job: Job, person: User) -> bool:
    return contents.may_see(job.asked["documents"], person)


def file_name(community: Community, year: int) -> str:
    return f"{year}-{address(community.name, most=60)}-knyha.pdf"


def chosen(groups: Sequence[Group], keys: Collection[str]) -> list[Group]:
    """The groups with the entries that the keys name, in the order of the book; refused when one is not offered."""
    wanted = set(keys)
    if missing := wanted - {entry.key for group in groups for entry in group.entries}:
        raise RuleViolation(
            _(
                "Обраних документів, яких у цій громаді за цей рік для вас немає: %(count)s. Оновіть перелік і оберіть знову."
            )
            % {"count": len(missing)}
        )
    kept = (
        Group(group.title, tuple(each for each in group.entries if each.key in wanted))
        for group in groups
    )
    return [group for group in kept if group.entries]


def make(community: Community, year: int, groups: Sequence[Group], progress: Progress) -> bytes:
    """The PDF. All values are read first: a document that cannot be made is named before anything is printed."""
    entries = [(group, entry) for group in groups for entry in group.entries]
    steps = len(entries) * 2 + 1
    parts = []
    for number, (group, entry) in enumerate(entries):
        progress(number, steps, _("Читаємо дані: %(title)s") % {"title": _name(group, entry)})
        try:
            document = entry.build()
        except RuleViolation as refusal:
            raise RuleViolation(
                _(
                    "Документ «%(title)s» не складається. %(why)s Усуньте причину або складіть книгу без цього документа."
                )
                % {"title": _name(group, entry), "why": refusal}
            ) from refusal
        parts.append(Part(group.title, str(entry.kind_title), document))
    cover = Cover(community.name, year, timezone.localdate())
    return _render()(cover, parts, partial(_printed, parts, steps, progress))


def _printed(parts: Sequence[Part], steps: int, progress: Progress, number: int) -> None:
    """Say that the first ``number`` parts are printed, and what comes next."""
    words = _("З’єднуємо документи в книгу")
    if number < len(parts):
        words = _("Друкуємо %(number)s з %(count)s: %(title)s") % {
            "number": number + 1,
            "count": len(parts),
            "title": f"{parts[number].title}, {parts[number].group}",
        }
    progress(len(parts) + number, steps, words)


def _name(group: Group, entry: Entry) -> str:
    return f"{entry.kind_title}, {group.title}"


Render = Callable[[Cover, Sequence[Part], Callable[[int], None]], bytes]


def _render() -> Render:
    """WeasyPrint is imported by whoever prints, not by whoever asks (reports/renderers/__init__.py)."""
    return cast(Render, import_module("reports.renderers.book").render)
