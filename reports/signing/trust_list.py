"""The state's trust list (ETSI TS 119 612): whom it lets issue certificates and set timestamps, if it is really the state's.

Ukraine publishes its list at czo.gov.ua; whose key signs it is known beforehand and given as ``signers``. Only services that are granted
now are believed: a service whose status was withdrawn is no longer, even for signatures made before.
"""

import datetime as dt
from base64 import b64decode
from collections.abc import Iterable, Iterator

from asn1crypto import pem
from lxml import etree

from reports.signing import certificates, xml_reading, xml_signature
from reports.signing.trust import Trust, TrustRefused

TSL = "http://uri.etsi.org/02231/v2#"
# The Ukrainian list names kinds and states of services under its own address, in the words of the standard.
BASES = ("http://uri.etsi.org/TrstSvc/", "http://czo.gov.ua/TrstSvc/")
# MR: services whose recognition with the European Union is mutual. The national root is not believed, for it vouches for withdrawn issuers, too;
# but it is known, because UAPKI wants every chain up to its end.
ISSUING = frozenset({"Svctype/CA/QC", "Svctype/MR-CA/QC"})
TIMESTAMPING = frozenset({"Svctype/TSA/QTST", "Svctype/MR-TSA/QTST", "Svctype/National-TSA/QTST"})
ABOVE = frozenset({"Svctype/NationalRootCA-QC"})
GRANTED = frozenset(
    {"TrustedList/Svcstatus/granted", "TrustedList/Svcstatus/recognisedatnationallevel"}
)
LARGEST_LIST = 20 * 1024 * 1024  # bytes


def load_list(xml: bytes, *, signers: Iterable[bytes], at: dt.datetime) -> Trust:
    """Trust in the granted services of the list.

    ``signers`` are the certificates (DER or PEM) whose keys may sign the list. Refused: what is no list, a signature that does not hold or is somebody
    else's, a signer whose certificate has ended, a list whose next one should already be out at ``at``, a list of nobody.
    """
    known = [pem.unarmor(one)[2] if pem.detect(one) else one for one in signers]
    try:
        root = xml_reading.parse(xml, limit=LARGEST_LIST)
        if root.tag != f"{{{TSL}}}TrustServiceStatusList":
            raise ValueError("another document")
        certificate = xml_signature.verify(root, known)
    except xml_signature.SignatureRefused as error:
        raise TrustRefused(
            f"Підпис довірчого списку неправильний ({error}). Завантажте список із czo.gov.ua ще раз або оновіть сертифікат його підписувача."
        ) from error
    except ValueError as error:
        raise TrustRefused("Це не довірчий список (ETSI TS 119 612) у форматі XML.") from error
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise TrustRefused("Сертифікат підписувача довірчого списку не діє. Завантажте чинний.")
    issued_at, next_update_at = moment(root, "ListIssueDateTime"), moment(root, "NextUpdate/{0}dateTime")  # fmt: skip
    if next_update_at is None or next_update_at < at:
        raise TrustRefused(
            "Довірчий список застарів: мав вийти наступний. Завантажте чинний із czo.gov.ua."
        )
    roots = tuple(dict.fromkeys(of_services(root, ISSUING)))
    if not roots:
        raise TrustRefused("У довірчому списку немає жодного чинного надавача.")
    operator = root.findtext(f".//{{{TSL}}}SchemeOperatorName/{{{TSL}}}Name") or ""
    return Trust(
        roots=roots,
        intermediates=tuple(dict.fromkeys(of_services(root, ABOVE))),
        timestamp_roots=tuple(dict.fromkeys(of_services(root, TIMESTAMPING))),
        source=operator,
        issued_at=issued_at,
        next_update_at=next_update_at,
    )


def moment(root: etree._Element, path: str) -> dt.datetime | None:
    name = f"{{{TSL}}}"
    text = root.findtext(f"{name}SchemeInformation/{name}{path.format(name)}")
    try:
        read = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def of_services(root: etree._Element, kinds: frozenset[str]) -> Iterator[bytes]:
    """Certificates (DER) of granted services of these kinds; one that cannot be read is left out: nobody can sign under it."""
    name = f"{{{TSL}}}"
    for service in root.iter(f"{name}ServiceInformation"):
        kind = word(service.findtext(f"{name}ServiceTypeIdentifier"))
        status = word(service.findtext(f"{name}ServiceStatus"))
        if kind not in kinds or status not in GRANTED:
            continue
        for text in service.iterfind(f"{name}ServiceDigitalIdentity/{name}DigitalId/{name}X509Certificate"):  # fmt: skip
            try:
                yield certificates.read(b64decode("".join((text.text or "").split()))).dump()
            except (ValueError, TypeError, KeyError):
                continue


def word(address: str | None) -> str:
    """What of the address of a kind or state says which it is; nothing where the address is another's."""
    found = (address or "").strip()
    return next((found.removeprefix(base) for base in BASES if found.startswith(base)), "")
