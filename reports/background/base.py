"""What every kind of long work takes and gives."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User

from reports.models import Job

Progress = Callable[[int, int, str], None]
"""done, steps, words; raises when the work must stop, so it is called at every step."""


@dataclass(frozen=True, slots=True)
class Result:
    """``file_name`` is what a download is called."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class JobKind:
    """``run`` does the work with the rights of who asked, or raises RuleViolation saying why not.

    ``may_read``: may this person see, now, everything the result holds?
    """

    run: Callable[[Job, Progress], Result]
    may_read: Callable[[Job, User], bool]
