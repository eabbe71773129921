"""The decision itself as PDF: what came from a person's disk is judged by its content and kept under a name of ours."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files import File
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Act

MAX_SIZE = 20 * 1024 * 1024
_BEGINNING = b"%PDF-"


def expect_pdf(file: File) -> None:
    """Refuse what is empty, too large, or no PDF whatever its name says."""
    if not file.size:
        raise RuleViolation(_("Файл порожній. Оберіть рішення у форматі PDF."))
    if file.size > MAX_SIZE:
        raise RuleViolation(
            _("Файл більший за %(limit)s МБ. Стисніть PDF або відскануйте з меншою роздільністю.")
            % {"limit": MAX_SIZE // 1024**2}
        )
    file.seek(0)
    beginning = file.read(len(_BEGINNING))
    file.seek(0)
    if beginning != _BEGINNING:
        raise RuleViolation(_("Це не файл PDF. Збережіть рішення як PDF і додайте його ще раз."))


Stored = list[tuple[Act, str]]
_outer: ContextVar[Stored | None] = ContextVar("files_of_outer_block", default=None)


def is_within() -> bool:
    """Whether an outer block already answers for the files that are stored now."""
    return _outer.get() is not None


@contextmanager
def kept_only_with_success() -> Iterator[Callable[[Act, File], None]]:
    """Lets a file be stored within the block; when the block fails, the stored file is removed again.

    Of blocks within each other the outermost answers for all: it stands around the transaction.
    """
    stored: Stored = []
    outer = _outer.get()

    def keep(act: Act, file: File) -> None:
        act.file.save(f"{secrets.token_hex(16)}.pdf", file, save=False)
        (stored if outer is None else outer).append((act, str(act.file.name)))

    token = _outer.set(stored if outer is None else outer)
    try:
        yield keep
    except BaseException:
        for act, name in stored:
            act.file.storage.delete(name)
        raise
    finally:
        _outer.reset(token)
