"""What a certificate says: whose it is, which algorithms it stands on."""

import re
from contextlib import suppress
from typing import Any

from asn1crypto import core, pem, x509

from reports.signing.findings import Signer

# Order of ДСТУ ETSI EN 319 412-1: the country and the register stand before the number.
PERSON = re.compile(r"^(?:TINUA|PNOUA)-(\w{5,10})$")
INSTITUTION = re.compile(r"^(?:NTRUA|VATUA)-(\d{8,12})$")
# Ukrainian certificates before these rules keep the codes in the subject's directory attributes.
OLD_PERSON = "1.2.804.2.1.1.1.11.1.4.1.1"
OLD_INSTITUTION = "1.2.804.2.1.1.1.11.1.4.2.1"

NATIONAL = "1.2.804.2.1.1.1.1."  # ДСТУ 4145, 7564, ГОСТ 34.311: all national algorithms lie below
SMALLEST_RSA = 2048
SMALLEST_CURVE = 224
WEAK_DIGESTS = frozenset({"md2", "md5", "sha1"})
STRONG_DIGESTS = frozenset({"sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"})  # fmt: skip


def read(data: bytes) -> x509.Certificate:
    """DER or PEM.

    Raises ValueError for anything else.
    """
    if pem.detect(data):
        data = pem.unarmor(data)[2]
    certificate = x509.Certificate.load(data, strict=True)
    # asn1crypto parses when asked: what is broken shall fail here.
    if (
        not isinstance(certificate.subject.human_friendly, str)
        or certificate.not_valid_after is None
    ):
        raise ValueError("no certificate")
    return certificate


def first(name: x509.Name, field: str) -> str:
    value = name.native.get(field, "")
    return str(value[0] if isinstance(value, list) else value).strip()


def called(name: x509.Name) -> str:
    """The common name, or the institution, or all there is."""
    return (
        first(name, "common_name") or first(name, "organization_name") or str(name.human_friendly)
    )


def signer(certificate: x509.Certificate) -> Signer:
    """The person by surname and given names where they stand, otherwise by the common name (a seal)."""
    subject = certificate.subject
    person = f"{first(subject, 'surname')} {first(subject, 'given_name')}".strip()
    tax_number, edrpou = codes(certificate)
    return Signer(
        name=person or called(subject),
        tax_number=tax_number,
        edrpou=edrpou,
        organisation=first(subject, "organization_name"),
        serial=f"{certificate.serial_number:X}",
        issuer=called(certificate.issuer),
    )


def codes(certificate: x509.Certificate) -> tuple[str, str]:
    """РНОКПП and ЄДРПОУ, each empty where the certificate has none."""
    subject = certificate.subject
    number, institution = (
        first(subject, "serial_number"),
        first(subject, "organization_identifier"),
    )
    person_match, institution_match = PERSON.match(number), INSTITUTION.match(institution)
    old = directory_attributes(certificate)
    tax_number = person_match[1] if person_match else old.get(OLD_PERSON, "")
    edrpou = institution_match[1] if institution_match else old.get(OLD_INSTITUTION, "")
    return tax_number, edrpou


def directory_attributes(certificate: x509.Certificate) -> dict[str, str]:
    value = certificate.subject_directory_attributes_value
    found = {}
    for attribute in value or ():
        with suppress(ValueError, TypeError, IndexError):
            values = core.SetOf.load(attribute["values"].dump(), spec=core.Any)
            found[str(attribute["type"].dotted)] = str(values[0].native)
    return found


def algorithm_of_key(certificate: x509.Certificate) -> str:
    """The dotted number of the key's algorithm: names differ, numbers do not."""
    return str(certificate.public_key["algorithm"]["algorithm"].dotted)


def is_national(*algorithms: Any) -> bool:
    return any(str(number).startswith(NATIONAL) for number in algorithms)


def weakness(certificate: x509.Certificate) -> str:
    """What of the key or of the issuer's signature on it is too weak to be believed; empty where nothing is."""
    key = certificate.public_key
    if key.algorithm in {"rsa", "rsassa_pss"} and key.bit_size < SMALLEST_RSA:
        return f"ключ RSA завдовжки {key.bit_size} бітів"
    if key.algorithm == "ec" and key.bit_size < SMALLEST_CURVE:
        return f"ключ на еліптичній кривій завдовжки {key.bit_size} бітів"
    if key.algorithm == "dsa":
        return "ключ DSA"
    if certificate.self_signed == "no":
        with suppress(ValueError):
            digest = certificate["signature_algorithm"].hash_algo
            if digest in WEAK_DIGESTS:
                return f"сертифікат підписаний із відбитком {digest.upper()}"
    return ""
