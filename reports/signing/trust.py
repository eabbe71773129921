"""Whom we believe: certificates at which chains may end, and what is known of revoked ones."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from asn1crypto import crl, ocsp, pem

from reports.signing import certificates

SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der"})


def fingerprint(certificate: bytes) -> bytes:
    return hashlib.sha256(certificate).digest()


@dataclass(frozen=True, slots=True)
class Trust:
    """Certificates (DER) that are believed, those between them and signers, and revocation lists.

    ``timestamp_roots`` are believed for timestamps only. ``test_roots`` are SHA-256 digests of roots whose signatures are
    test signatures. ``revocations`` are lists (CRL) and answers (OCSP), DER; each carries its issuer's signature, so nobody has
    to believe where they come from. ``source`` says where the list was read, for people.
    """

    roots: tuple[bytes, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    timestamp_roots: tuple[bytes, ...] = ()
    test_roots: frozenset[bytes] = field(default_factory=frozenset)
    revocations: tuple[bytes, ...] = ()
    source: str = ""
    issued_at: dt.datetime | None = None
    next_update_at: dt.datetime | None = None

    def __or__(self, other: "Trust") -> "Trust":
        """Both together: the state's list and the test authority of a sample set-up, for instance."""
        return Trust(
            roots=(*self.roots, *other.roots),
            intermediates=(*self.intermediates, *other.intermediates),
            timestamp_roots=(*self.timestamp_roots, *other.timestamp_roots),
            test_roots=self.test_roots | other.test_roots,
            revocations=(*self.revocations, *other.revocations),
            source="; ".join(filter(None, (self.source, other.source))),
            issued_at=self.issued_at or other.issued_at,
            next_update_at=self.next_update_at or other.next_update_at,
        )

    @property
    def is_empty(self) -> bool:
        return not self.roots


class TrustRefused(Exception):
    """What should say whom we believe cannot be believed itself; the text says why in Ukrainian."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def load_folder(folder: Path, *, is_test: bool = False) -> Trust:
    """Certificates (.pem, .crt, .cer, .der) and revocation data (.crl, .ocsp) of a folder; nothing below it.

    A certificate that signed itself is a root, any other an intermediate. Raises TrustRefused for a file that is not what its
    name says: a list that is read in part would believe less, or revoke less, than its owner thinks.
    """
    roots: list[bytes] = []
    between: list[bytes] = []
    revocations: list[bytes] = []
    for path in sorted(folder.iterdir()):
        suffix = path.suffix.lower()
        try:
            if suffix in SUFFIXES:
                for data in blocks(path.read_bytes()):
                    certificate = certificates.read(data)
                    is_root = certificate.self_signed != "no"
                    (roots if is_root else between).append(certificate.dump())
            elif suffix == ".crl":
                revocations += [
                    crl.CertificateList.load(data, strict=True).dump()
                    for data in blocks(path.read_bytes())
                ]
            elif suffix == ".ocsp":
                revocations.append(ocsp.OCSPResponse.load(path.read_bytes(), strict=True).dump())
        except (ValueError, TypeError, KeyError) as error:
            raise TrustRefused(
                f"Файл {path.name} не є тим, що каже його назва; виправте або приберіть його."
            ) from error
    return Trust(
        roots=tuple(roots),
        intermediates=tuple(between),
        test_roots=frozenset(map(fingerprint, roots)) if is_test else frozenset(),
        revocations=tuple(revocations),
        source=folder.name,
    )


def blocks(data: bytes) -> list[bytes]:
    """Each DER object of the file: one, or several where it is PEM."""
    if pem.detect(data):
        return [der for _, _, der in pem.unarmor(data, multiple=True)]
    return [data]
