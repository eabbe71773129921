"""Reading an archive without trusting it: sizes and digests are those of the manifest, memory is bounded, names stay inside."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from archive import manifest
from archive.exceptions import ArchiveRefused
from archive.manifest import Manifest, Member

CHUNK = 1024**2
LONGEST_MANIFEST = 64 * 1024**2
LONGEST_LINE = 64 * 1024**2
MOST_INFLATED = 400
"""Rows pack 10 to 30 times smaller; members that claim more than this times the whole file are no rows."""


class Archive:
    """An open archive whose directory agrees with its manifest; ``verify`` reads all of it."""

    def __init__(self, packed: zipfile.ZipFile, length: int) -> None:
        self._packed = packed
        entries = packed.infolist()
        names = [entry.filename for entry in entries]
        if names.count(manifest.NAME) != 1:
            raise ArchiveRefused("This is no archive of this system.")
        content = self._bytes(manifest.NAME, LONGEST_MANIFEST)
        self.digest = hashlib.sha256(content).hexdigest()
        self.manifest: Manifest = manifest.loaded(content)
        members = {member.path: member.size for member in self.manifest.members}
        if sorted(names) != sorted([*members, manifest.NAME]):
            raise ArchiveRefused("The archive does not hold exactly what its manifest names.")
        if sum(members.values()) > MOST_INFLATED * length:
            raise ArchiveRefused("The archive claims to unpack into far too much.")
        for entry in entries:
            if entry.filename != manifest.NAME and entry.file_size != members[entry.filename]:
                raise ArchiveRefused(f"{entry.filename} has not the size that the manifest names.")

    def verify(self) -> None:
        """Read every member once and compare its digest; nothing is kept."""
        for member in self.manifest.members:
            for _chunk in self.chunks(member):
                pass

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The member piece by piece; refused at its end at the latest when it is not what the manifest names."""
        digest, size = hashlib.sha256(), 0
        with _readable(member.path), self._packed.open(member.path) as source:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > member.size:
                    break
                digest.update(chunk)
                yield chunk
        if (size, digest.hexdigest()) != (member.size, member.sha256):
            raise ArchiveRefused(f"{member.path} was altered or damaged: its digest differs.")

    def lines(self, member: Member) -> Iterator[bytes]:
        rest = b""
        for chunk in self.chunks(member):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > LONGEST_LINE:
                raise ArchiveRefused(f"{member.path} holds a line that is too long.")
        if rest:
            raise ArchiveRefused(f"{member.path} ends within a line.")

    def _bytes(self, path: str, most: int) -> bytes:
        with _readable(path), self._packed.open(path) as source:
            content = source.read(most + 1)
        if len(content) > most:
            raise ArchiveRefused(f"{path} is too long.")
        return content


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive in the file; the same open file is read to the end, whatever happens to its name."""
    with _source(path) as source:
        length = source.seek(0, io.SEEK_END)
        with _readable(path.name):
            packed = zipfile.ZipFile(source)
        with packed:
            yield Archive(packed, length)


@contextmanager
def _source(path: Path) -> Iterator[IO[bytes]]:
    try:
        source = path.open("rb")
    except OSError as error:
        raise ArchiveRefused(f"Cannot read {path}: {error.strerror}.") from error
    with source:
        yield source


@contextmanager
def _readable(what: str) -> Iterator[None]:
    """Whatever the ZIP reader finds wrong is one refusal; RuntimeError is its word for a password."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
        NotImplementedError,
        OSError,
    ) as error:
        raise ArchiveRefused(f"{what} cannot be read: {error}.") from error
