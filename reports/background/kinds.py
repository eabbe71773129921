"""Every kind of long work, by the name its jobs keep."""

from reports.background.base import JobKind
from reports.book import job as book

KINDS: dict[str, JobKind] = {book.KIND: JobKind(book.run, book.may_read)}
