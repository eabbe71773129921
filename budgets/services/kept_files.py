"""Files that came from a person's disk: kept under random names of ours, and only when what names them is stored, too."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files import File
from django.db.models.fields.files import FieldFile

_outer: ContextVar[list[FieldFile] | None] = ContextVar("files_of_outer_block", default=None)


def is_within() -> bool:
    """Whether an outer block already answers for the files that are stored now."""
    return _outer.get() is not None


@contextmanager
def kept_only_with_success() -> Iterator[Callable[[FieldFile, File, str], None]]:
    """Lets files be stored within the block, each with its ending; when the block fails, they are removed again.

    Of blocks within each other the outermost answers for all: it stands around the transaction.
    """
    stored: list[FieldFile] = []
    outer = _outer.get()

    def keep(place: FieldFile, file: File, ending: str) -> None:
        place.save(f"{secrets.token_hex(16)}.{ending}", file, save=False)
        (stored if outer is None else outer).append(place)

    token = _outer.set(stored if outer is None else outer)
    try:
        yield keep
    except BaseException:
        for place in stored:
            place.storage.delete(str(place.name))
        raise
    finally:
        _outer.reset(token)
