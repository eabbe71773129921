"""What the settings ask before they trust the machine: where secrets lie, and on what disk the database."""

import os
from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# Filesystems other machines write to as well, and those of FUSE that reach over a network. SQLite locks the bytes of a
# file, and its write-ahead log is memory shared by processes of one machine: over a network both fail silently.
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre",
     "gpfs", "beegfs", "ocfs2", "gfs2", "davfs", "ncpfs", "coda", "virtiofs"}
)  # fmt: skip
_FUSE_OF_NETWORK = ("sshfs", "glusterfs", "ceph", "s3fs", "rclone", "davfs", "gcsfuse", "goofys")
_REPOSITORY_KEYS = ("django-insecure-", "used-by-", "change-me", "changeme")


def read_secret_files(names: Iterable[str]) -> None:
    """For each NAME of which NAME_FILE is in the environment, put the file's text there as NAME.

    Refused when both are given: nobody could tell which one counts.
    """
    for name in names:
        path = os.environ.get(f"{name}_FILE", "")
        if not path:
            continue
        if os.environ.get(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; leave one of them.")
        try:
            os.environ[name] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise ImproperlyConfigured(
                f"{name}_FILE cannot be read: {problem.strerror}."
            ) from problem


def is_known_key(key: str) -> bool:
    """True for keys that stand in this repository or in Django's templates: anybody knows them."""
    return key.lower().startswith(_REPOSITORY_KEYS)


def network_filesystem(folder: Path, mounts: str) -> str:
    """The type of the network filesystem the folder lies on, or "". ``mounts`` is the text of /proc/mounts."""
    found, longest = "", -1
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(fields[1].encode().decode("unicode_escape"))
        depth = len(point.parts)
        if depth >= longest and (point == folder or point in folder.parents):
            found, longest = fields[2], depth  # a later mount at the same point hides the earlier
    return found if _is_network(found) else ""


def _is_network(kind: str) -> bool:
    return kind in _NETWORK or (
        kind.startswith("fuse.") and any(name in kind for name in _FUSE_OF_NETWORK)
    )


def refuse_network_disk(database: str, mounts_file: Path = Path("/proc/mounts")) -> None:
    """Stops the start when an SQLite database lies on a network disk. A system without a mounts table is not judged."""
    if not database or database.startswith((":memory:", "file:")) or not mounts_file.exists():
        return
    folder = Path(database).resolve().parent
    kind = network_filesystem(folder, mounts_file.read_text(encoding="utf-8", errors="replace"))
    if kind:
        raise ImproperlyConfigured(
            f"DATABASE_URL names an SQLite file on a network disk ({kind}), where locks do not hold and data is lost. "
            "Move the file to a local disk, or use PostgreSQL."
        )
