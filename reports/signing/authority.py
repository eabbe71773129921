"""A test authority: keys for sample people, whose signatures say of themselves that they are tests.

It exists so that the whole way can be walked without a real key. Whoever trusts its root trusts nobody: its private keys lie where
the sample lies. So every subject says «ТЕСТОВИЙ», and every finding on its chains has ``is_test``.
"""

import datetime as dt
import json
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import keys as key_formats
from asn1crypto import x509 as plain_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper

from reports.signing.keys import Key, read_key
from reports.signing.trust import Trust, fingerprint

MARK = "ТЕСТОВИЙ"
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
          "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


def new_key(rsa_bits: int = 0) -> PrivateKey:
    if rsa_bits:
        return rsa.generate_private_key(public_exponent=65537, key_size=rsa_bits)
    return ec.generate_private_key(ec.SECP256R1())


def usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in names for name in USAGES})


def subject(name: str, **parts: str) -> x509.Name:
    """«ТЕСТОВИЙ» stands before the common name, which is what readers of PDF show, and as a unit."""
    oids = {
        "surname": NameOID.SURNAME, "given_name": NameOID.GIVEN_NAME, "serial_number": NameOID.SERIAL_NUMBER,
        "organisation": NameOID.ORGANIZATION_NAME, "organisation_identifier": NameOID.ORGANIZATION_IDENTIFIER,
    }  # fmt: skip
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "UA"),
            *(attribute(oids[kind], value) for kind, value in parts.items() if value),
            attribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK),
            attribute(NameOID.COMMON_NAME, f"{MARK} {name}"),
        ]
    )


def attribute(oid: x509.ObjectIdentifier, value: str) -> x509.NameAttribute:
    """X.520 allows 64 letters; the library counts bytes, of which Ukrainian letters have two each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return x509.NameAttribute(oid, value[:64], _validate=False)


@dataclass(slots=True)
class TestAuthority:
    """A root, an authority below it that issues to people, and its list of revoked certificates."""

    __test__ = False  # pytest would take it for tests

    root: x509.Certificate
    root_key: PrivateKey = field(repr=False)
    issuing: x509.Certificate
    issuing_key: PrivateKey = field(repr=False)
    revoked: dict[int, dt.datetime] = field(default_factory=dict)

    @classmethod
    def create(cls, *, at: dt.datetime | None = None, name: str = "центр") -> "TestAuthority":  # fmt: skip
        """A new one, valid from a day before ``at`` (now) for twenty years."""
        start = (at or dt.datetime.now(dt.UTC)) - dt.timedelta(days=1)
        root_key, issuing_key = new_key(), new_key()
        root_name = subject(f"кореневий {name}")
        end = start + dt.timedelta(days=20 * 365)
        root = certify(
            root_name, root_key, root_name, root_key, start=start, end=end, is_authority=True
        )
        issuing = certify(subject(name), issuing_key, root_name, root_key, start=start, end=end, is_authority=True)  # fmt: skip
        return cls(root=root, root_key=root_key, issuing=issuing, issuing_key=issuing_key)

    def issue(
        self, name: str, *, password: str, tax_number: str = "", edrpou: str = "", organisation: str = "",
        valid_from: dt.datetime | None = None, valid_until: dt.datetime | None = None, rsa_bits: int = 0,
    ) -> bytes:  # fmt: skip
        """PKCS#12 of a person (``name``: surname first) or, with ``edrpou`` and no ``tax_number``, of a seal.

        Valid from the authority's first day for two years unless told otherwise.
        """
        start = valid_from or self.issuing.not_valid_before_utc
        end = valid_until or start + dt.timedelta(days=730)
        is_seal = bool(edrpou and not tax_number)
        surname, _, given = ("", "", "") if is_seal else name.partition(" ")
        own = subject(
            name,
            surname=surname,
            given_name=given,
            serial_number=f"TINUA-{tax_number}" if tax_number else "",
            organisation=organisation,
            organisation_identifier=f"NTRUA-{edrpou}" if edrpou else "",
        )
        key = new_key(rsa_bits)
        certificate = certify(
            own, key, self.issuing.subject, self.issuing_key, start=start, end=end
        )
        return pkcs12.serialize_key_and_certificates(
            name.encode(), key, certificate, [self.issuing], BestAvailableEncryption(password.encode())
        )  # fmt: skip

    def key(self, name: str, *, at: dt.datetime | None = None, **parts: Any) -> Key:
        """The same, read back: a key for one signature that nobody stores."""
        file = self.issue(name, password="once", **parts)  # noqa: S106
        return read_key(file, "once", at=at or self.issuing.not_valid_before_utc)

    def revoke(self, serial: int | str, *, at: dt.datetime) -> None:
        """``serial`` as a number or as a finding prints it, in hexadecimal digits."""
        number = int(serial, 16) if isinstance(serial, str) else serial
        self.revoked[number] = at

    def revocation_lists(self, *, at: dt.datetime, days: int = 30) -> tuple[bytes, ...]:
        """Lists (DER) of the root and of the issuing authority as of ``at``, good for ``days``."""
        return (
            revocation_list(self.root.subject, self.root_key, {}, at, days),
            revocation_list(self.issuing.subject, self.issuing_key, self.revoked, at, days),
        )

    def trust(self, *, at: dt.datetime | None = None) -> Trust:
        """Trust in this authority; with lists of revoked certificates as of ``at`` where it is given."""
        root = self.root.public_bytes(Encoding.DER)
        return Trust(
            roots=(root,),
            intermediates=(self.issuing.public_bytes(Encoding.DER),),
            test_roots=frozenset({fingerprint(root)}),
            revocations=self.revocation_lists(at=at) if at else (),
            source=f"{MARK} центр",
        )

    def timestamp_service(self, *, at: dt.datetime | None = None) -> TimeStamper:
        """A service that stamps with the time ``at`` (or the clock's); its key is made anew each time."""
        key = new_key(rsa_bits=2048)  # the service of pyHanko signs with RSA only
        start = self.issuing.not_valid_before_utc
        certificate = certify(
            subject("сервіс позначок часу"), key, self.issuing.subject, self.issuing_key,
            start=start, end=start + dt.timedelta(days=3650), is_timestamping=True,
        )  # fmt: skip
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return DummyTimeStamper(
            tsa_cert=plain_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
            tsa_key=key_formats.PrivateKeyInfo.load(der),
            fixed_dt=at,
        )

    def save(self, password: str) -> bytes:
        """Everything the authority is, its keys encrypted with the password; for a file of a sample set-up."""

        def private(key: PrivateKey) -> str:
            locked = BestAvailableEncryption(password.encode())
            return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()

        return json.dumps(
            {
                "root": self.root.public_bytes(Encoding.PEM).decode(),
                "root_key": private(self.root_key),
                "issuing": self.issuing.public_bytes(Encoding.PEM).decode(),
                "issuing_key": private(self.issuing_key),
                "revoked": {f"{serial:X}": at.isoformat() for serial, at in self.revoked.items()},
            }
        ).encode()

    @classmethod
    def load(cls, saved: bytes, password: str) -> "TestAuthority":
        parts = json.loads(saved)

        def private(name: str) -> PrivateKey:
            key = load_pem_private_key(parts[name].encode(), password.encode())
            assert isinstance(key, PrivateKey)  # noqa: S101
            return key

        return cls(
            root=x509.load_pem_x509_certificate(parts["root"].encode()),
            root_key=private("root_key"),
            issuing=x509.load_pem_x509_certificate(parts["issuing"].encode()),
            issuing_key=private("issuing_key"),
            revoked={
                int(serial, 16): dt.datetime.fromisoformat(at)
                for serial, at in parts["revoked"].items()
            },
        )


def certify(
    name: x509.Name, key: PrivateKey, issuer: x509.Name, issuer_key: PrivateKey, *,
    start: dt.datetime, end: dt.datetime, is_authority: bool = False, is_timestamping: bool = False,
    more: Iterable[x509.ExtensionType] = (),
) -> x509.Certificate:  # fmt: skip
    usages = ("key_cert_sign", "crl_sign") if is_authority else ("digital_signature", "content_commitment")  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage(*usages), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if is_timestamping:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    for extension in more:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def revocation_list(
    issuer: x509.Name, key: PrivateKey, revoked: dict[int, dt.datetime], at: dt.datetime, days: int
) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(at)
        .next_update(at + dt.timedelta(days=days))
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
    )
    for serial, when in revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
