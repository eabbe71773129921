"""The folder of stored files: what lies in it, and how files of an archive come into it whole or not at all."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from archive import contents, manifest
from archive.exceptions import ArchiveRefused
from archive.manifest import StoredFile
from archive.reading import CHUNK, Archive


def folder() -> Path:
    return Path(settings.MEDIA_ROOT)


def stored_names() -> Iterator[str]:
    """Every regular file below the folder that travels, by its name in rows; links are not followed."""
    for at, folders, names in os.walk(folder()):
        here = Path(at)
        left = contents.left_out_folders() if here == folder() else set()
        folders[:] = sorted(
            name for name in folders if name not in left and not name.startswith(manifest.STAGING)
        )
        for name in sorted(names):
            path = here / name
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder()).as_posix()


def digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def strangers(files: Iterable[StoredFile]) -> list[str]:
    """Files in the folder that are not those of the archive; equal ones are what an interrupted restore left."""
    known = {file.name: file.member.sha256 for file in files}
    return [name for name in stored_names() if known.get(name) != digest(folder() / name)]


class Placing:
    """Files on their way from an archive into the folder. Copied beside first, moved in with one rename each."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._staging = folder() / f"{manifest.STAGING}{secrets.token_hex(8)}"
        self._staged: list[tuple[Path, Path]] = []
        self._moved: list[Path] = []
        self._set_aside: list[tuple[Path, Path]] = []

    def copy(self) -> None:
        """Write every file beside its place and onto the disk; its digest is compared on the way."""
        for stale in folder().glob(f"{manifest.STAGING}*"):
            shutil.rmtree(stale)
        self._staging.mkdir(mode=0o700, parents=True)
        needed = sum(file.member.size for file in self._archive.manifest.files)
        if needed > shutil.disk_usage(self._staging).free:
            raise ArchiveRefused(f"There is no room for {needed} bytes of files in {folder()}.")
        for number, file in enumerate(self._archive.manifest.files):
            copy = self._staging / f"new-{number}"
            with copy.open("xb") as target:
                for chunk in self._archive.chunks(file.member):
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            copy.chmod(settings.FILE_UPLOAD_PERMISSIONS)
            self._staged.append((copy, folder() / file.name))

    def move_in(self) -> None:
        root = folder().resolve()
        for number, (copy, place) in enumerate(self._staged):
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.parent.resolve().is_relative_to(root):
                raise ArchiveRefused(f"{place} leads out of the folder of files.")
            if place.exists() or place.is_symlink():
                aside = self._staging / f"old-{number}"
                place.replace(aside)
                self._set_aside.append((aside, place))
            copy.replace(place)
            self._moved.append(place)
        for changed in {place.parent for place in self._moved} | {folder()}:
            _onto_disk(changed)

    def take_back(self) -> None:
        for place in self._moved:
            place.unlink()
        for aside, place in self._set_aside:
            aside.replace(place)

    def clear(self) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)


@contextmanager
def placing(archive: Archive) -> Iterator[Placing]:
    """When the block fails, the folder is as it was."""
    files = Placing(archive)
    try:
        yield files
    except BaseException as error:
        files.take_back()
        if isinstance(error, OSError):
            raise ArchiveRefused(f"Files cannot be written: {error}.") from error
        raise
    finally:
        files.clear()


def remove(names: Iterable[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError):
            (folder() / name).unlink()


def _onto_disk(changed: Path) -> None:
    """A rename lasts once its folder is written."""
    descriptor = os.open(changed, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
