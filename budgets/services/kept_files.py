"""Files that came from a person's disk: kept under random names of ours, and only when what names them is stored, too."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.files import File
from django.db.models.fields.files import FieldFile


@contextmanager
def kept_only_with_success() -> Iterator[Callable[[FieldFile, File, str], None]]:
    """Lets files be stored within the block, each with its ending; when the block fails, they are removed again."""
    stored: list[FieldFile] = []

    def keep(place: FieldFile, file: File, ending: str) -> None:
        place.save(f"{secrets.token_hex(16)}.{ending}", file, save=False)
        stored.append(place)

    try:
        yield keep
    except BaseException:
        for place in stored:
            place.storage.delete(str(place.name))
        raise
