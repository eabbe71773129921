"""A person's key or an institution's seal from a PKCS#12 file, in memory only."""

import datetime as dt
from dataclasses import dataclass, field

from asn1crypto import core, x509
from asn1crypto import keys as key_formats
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reports.signing import certificates
from reports.signing.findings import Signer

NATIONAL_NUMBER = core.ObjectIdentifier(certificates.NATIONAL.rstrip(".")).contents
NATIONAL_KEY = (
    "Алгоритм цього ключа (ДСТУ 4145 або інший національний) тут не підтримується: підпишіть файл на czo.gov.ua і завантажте"
    " результат."
)
LARGEST_FILE = 256 * 1024  # bytes; real ones have a few thousand


class KeyRefused(Exception):
    """The key cannot be used; the text says why and what to do, in Ukrainian."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs, its certificate and the certificates above it (DER).

    The key never leaves the object and is not printed with it.
    """

    certificate: bytes
    others: tuple[bytes, ...]
    private: key_formats.PrivateKeyInfo = field(repr=False, compare=False)

    @property
    def signer(self) -> Signer:
        return certificates.signer(certificates.read(self.certificate))

    def for_pyhanko(self) -> SimpleSigner:
        return SimpleSigner(
            signing_cert=x509.Certificate.load(self.certificate),
            signing_key=self.private,
            cert_registry=SimpleCertificateStore.from_certs(
                [x509.Certificate.load(one) for one in self.others]
            ),
        )


def read_key(pkcs12_file: bytes, password: str, *, at: dt.datetime | None = None) -> Key:
    """The key of the file.

    Refused, each with words of its own: a file that is no PKCS#12 (Key-6.dat of Ukrainian providers, for instance), a wrong
    password, no key inside, a national algorithm, a weak key, a certificate that is expired or not valid yet at ``at`` (now).
    """
    if len(pkcs12_file) > LARGEST_FILE or not pkcs12_file.startswith(b"\x30"):
        raise KeyRefused(
            "Це не файл ключа PKCS#12 (.p12, .pfx). Ключі Key-6.dat, .jks і .zs2 тут не читаються:"
            " підпишіть файл у програмі свого надавача або на czo.gov.ua і завантажте результат."
        )
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(
            pkcs12_file, password.encode()
        )
    except ValueError as error:
        if (
            NATIONAL_NUMBER in pkcs12_file
        ):  # its seal is of a national algorithm, so no password fits here
            raise KeyRefused(NATIONAL_KEY) from error
        if "password" in str(error).lower():
            raise KeyRefused("Пароль до файла ключа неправильний. Введіть його ще раз.") from error
        raise KeyRefused("Файл ключа пошкоджений або не є PKCS#12.") from error
    except (
        Exception
    ) as error:  # UnsupportedAlgorithm and whatever a library below makes of national algorithms
        raise KeyRefused(NATIONAL_KEY) from error
    if certificate is None or private is None:
        raise KeyRefused("У файлі немає ключа із сертифікатом. Оберіть файл особистого ключа.")
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise KeyRefused("Ключ має бути RSA або ECDSA.")
    own = x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    refuse_unfit(own, at or dt.datetime.now(dt.UTC))
    return Key(
        certificate=own.dump(),
        others=tuple(one.public_bytes(Encoding.DER) for one in others),
        private=key_formats.PrivateKeyInfo.load(
            private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
    )


def refuse_unfit(certificate: x509.Certificate, at: dt.datetime) -> None:
    if at > certificate.not_valid_after:
        raise KeyRefused(
            f"Сертифікат ключа прострочений {certificate.not_valid_after:%d.%m.%Y}. Отримайте новий ключ у свого надавача."
        )
    if at < certificate.not_valid_before:
        raise KeyRefused(
            f"Сертифікат ключа почне діяти лише {certificate.not_valid_before:%d.%m.%Y}."
        )
    if weakness := certificates.weakness(certificate):
        raise KeyRefused(
            f"Ключ заслабкий: {weakness}. Отримайте новий ключ (RSA від 2048 бітів або ECDSA)."
        )
