"""ZIP archives that are the same bytes whenever their content is the same: office files and packages of files."""

import io
import zipfile
from collections.abc import Iterable

# Entries must say when they were made; an issued document's own dates are in it, so this is a constant.
_EPOCH = (2000, 1, 1, 0, 0, 0)


def packed(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of the entries (name and content) in the given order."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return written.getvalue()


def repacked(written: io.BytesIO) -> bytes:
    """The same archive without the clock of the library that wrote it."""
    with zipfile.ZipFile(written) as source:
        return packed((name, source.read(name)) for name in source.namelist())
