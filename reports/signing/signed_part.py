"""One SignerInfo of a CMS, whatever file it came in, and the order in which it is checked.

Digest over the issued bytes, the signature itself, time, chain and period, revocation. The identity is read first, so that a
finding names whom it speaks of even where nothing else holds.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.sign.general import check_ess_certid
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import get_signing_cert_attr, validate_sig_integrity

from reports.signing import certificates, chain, differences, national, timestamps
from reports.signing.findings import Finding, Reason, Signer, Verdict
from reports.signing.national import Judgement, NationalLibrary
from reports.signing.surroundings import Surroundings
from reports.signing.trust import Trust

NOBODY = Signer(name="")


@dataclass(frozen=True, slots=True)
class SignedPart:
    """Signature ``index`` of the CMS ``whole`` (DER), and what it is put on.

    ``content`` gives the signed bytes; where only a library can tell which file is signed (a national digest), ``candidates`` holds all.
    ``problems`` were found by who opened the file
    (another file, changed later, …). ``document`` names the issued file the bytes are, ``claimed_at`` is the signer's clock where
    the file tells it and the CMS does not.
    """

    info: cms.SignerInfo
    around: Surroundings
    content: Callable[[], bytes]
    whole: bytes
    index: int
    format: str
    document: str = ""
    content_type: str = "data"
    problems: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()
    claimed_at: dt.datetime | None = None
    candidates: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judge:
    """For whom and with what signatures are judged: trust, the time for those without a timestamp, national algorithms."""

    trust: Trust
    at: dt.datetime
    national: NationalLibrary | None = None


def examine(part: SignedPart, judge: Judge) -> Finding:
    """The finding of one signature; never raises for what stands in it."""
    try:
        return _examine(part, judge)
    except (
        Exception
    ):  # whatever a library makes of bytes from outside: a signature that cannot be read is none
        return unreadable(part.format, *part.problems)


def unreadable(format_name: str, *problems: Reason) -> Finding:
    reason = Reason(
        "unreadable_signature",
        "Підпис пошкоджений: його не вдалося прочитати. Завантажте файл ще раз або підпишіть документ заново.",
    )
    return Finding(
        verdict=Verdict.INVALID, signer=NOBODY, signed_at=None, is_timestamped=False, level="", format=format_name,
        algorithm="", is_test=False, reasons=(*problems, reason), certificate=b"",
    )  # fmt: skip


def _examine(part: SignedPart, judge: Judge) -> Finding:
    trust, at = judge.trust, judge.at
    certificate = part.around.certificate_of(part.info)
    finding = Finding(
        verdict=Verdict.INVALID if part.problems else Verdict.NOT_CHECKED,
        signer=certificates.signer(certificate) if certificate else NOBODY,
        signed_at=claimed_time(part.info) or part.claimed_at,
        is_timestamped=False,
        level="",
        format=part.format,
        algorithm=algorithm(part.info, certificate),
        is_test=False,
        reasons=(*part.problems, *part.remarks),
        certificate=certificate.dump() if certificate else b"",
        document=part.document,
    )
    if certificate is None:
        return with_reasons(finding, no_certificate())
    if is_national(part.info, certificate):
        return by_library(finding, part, certificate, judge)
    problems, unchecked = list(integrity(part, certificate)), []
    stamp = timestamps.check(part.info, trust=trust, at=at)
    moment = stamp.at or at
    if trust.is_empty:
        checked = chain.Chain()
        unchecked.append(no_trust())
    else:
        checked = chain.check(certificate, around=part.around, trust=trust, moment=moment)
    problems += checked.problems
    remarks = (*stamp.remarks, *checked.remarks)
    is_wrong = bool(part.problems or problems)
    verdict = Verdict.INVALID if is_wrong else Verdict.NOT_CHECKED if unchecked else Verdict.VALID
    finding = replace(
        finding,
        verdict=verdict,
        signed_at=stamp.at or finding.signed_at,
        is_timestamped=stamp.at is not None,
        is_test=checked.is_test,
        level=level(part, checked, stamp.at, trust) if not problems else "",
    )
    return replace(finding, reasons=(*finding.reasons, *problems, *unchecked, *remarks))


def with_reasons(finding: Finding, *reasons: Reason) -> Finding:
    return replace(finding, reasons=(*finding.reasons, *reasons))


def by_library(
    finding: Finding, part: SignedPart, certificate: x509.Certificate, judge: Judge
) -> Finding:
    """A national signature: as the installed library says, never better than what was found before."""
    if judge.national is None or judge.trust.is_empty:
        missing = national.not_checked() if judge.national is None else no_trust()
        return with_reasons(finding, missing)
    document, said = asked_of_library(judge.national, part, certificate, judge.trust)
    period = tuple(chain.period_problems(certificate, judge.at))
    verdict = Verdict.INVALID if part.problems or period else said.verdict
    is_remarkable = verdict == Verdict.VALID and not said.has_revocation
    attributes = part.info["signed_attrs"]
    is_baseline = said.verdict == Verdict.VALID and attributes and get_signing_cert_attr(attributes)
    return replace(
        finding,
        verdict=verdict,
        document=document,
        level="B-B" if is_baseline else "",
        reasons=(*finding.reasons, *said.reasons, *period, *([chain.unknown_revocation()] if is_remarkable else [])),
    )  # fmt: skip


def asked_of_library(
    library: NationalLibrary, part: SignedPart, certificate: x509.Certificate, trust: Trust
) -> tuple[str, Judgement]:
    """The signed file and the judgement on it; of several files the first whose digest the library finds right."""
    own = certificate.dump()
    said = Judgement(Verdict.NOT_CHECKED)
    for name, content in (part.candidates or {part.document: part.content()}).items():
        said = library.judge(part.whole, part.index, content, certificate=own, trust=trust)
        if not any(one.code == "changed" for one in said.reasons):
            is_known = said.verdict == Verdict.VALID or not part.candidates
            return (name if is_known else ""), said
    if part.candidates:
        said = Judgement(Verdict.INVALID, (differences.other_digest(part.candidates),))
    return part.document, said


# Digest and signature


def integrity(part: SignedPart, certificate: x509.Certificate) -> list[Reason]:
    digest_name = part.info["digest_algorithm"]["algorithm"].native
    if digest_name not in certificates.STRONG_DIGESTS:
        return [weak_digest(digest_name)]
    signature_digest = digest_of_signature(part.info)
    if signature_digest in certificates.WEAK_DIGESTS:
        return [weak_digest(signature_digest)]
    digest = hashlib.new(digest_name, part.content()).digest()
    try:
        is_intact, is_genuine = validate_sig_integrity(
            part.info, certificate, part.content_type, digest
        )
    except (SignatureValidationError, InvalidSignature, UnsupportedAlgorithm, ValueError) as error:
        return [broken_signature(str(error))]
    found = []
    if not is_genuine:
        found.append(broken_signature(""))
    if not is_intact and not any(one.code in {"changed", "other_document"} for one in part.problems):  # fmt: skip
        found.append(changed())
    return found


def digest_of_signature(info: cms.SignerInfo) -> str:
    try:
        return str(info["signature_algorithm"].hash_algo)
    except ValueError:
        return ""


def is_national(info: cms.SignerInfo, certificate: x509.Certificate) -> bool:
    return certificates.is_national(
        info["signature_algorithm"]["algorithm"].dotted,
        info["digest_algorithm"]["algorithm"].dotted,
        certificates.algorithm_of_key(certificate),
    )


def algorithm(info: cms.SignerInfo, certificate: x509.Certificate | None) -> str:
    """For people: "ECDSA P-256, SHA-256", "RSA 3072, SHA-512", "ДСТУ 4145"."""
    number = info["signature_algorithm"]["algorithm"].dotted
    if certificates.is_national(number, *([certificates.algorithm_of_key(certificate)] if certificate else [])):  # fmt: skip
        return "ДСТУ 4145"
    digest = str(info["digest_algorithm"]["algorithm"].native).upper()
    digest = digest.replace("SHA", "SHA-", 1) if not digest.startswith("SHA3") else digest
    if certificate is None:
        return digest
    key = certificate.public_key
    if key.algorithm == "ec":
        return f"ECDSA P-{key.bit_size}, {digest}"
    if key.algorithm in {"rsa", "rsassa_pss"}:
        return f"RSA {key.bit_size}, {digest}"
    return f"{key.algorithm}, {digest}"


# Time and level


def attribute(info: cms.SignerInfo, kind: str, *, group: str = "signed_attrs") -> Any:
    """The first value of an attribute, or nothing."""
    for one in info[group] or ():
        if one["type"].native == kind:
            return one["values"][0]
    return None


def claimed_time(info: cms.SignerInfo) -> dt.datetime | None:
    value = attribute(info, "signing_time")
    native = value.native if value is not None else None
    return native if isinstance(native, dt.datetime) else None


def level(
    part: SignedPart, checked: chain.Chain, stamped_at: dt.datetime | None, trust: Trust
) -> str:
    attributes = part.info["signed_attrs"]
    named = get_signing_cert_attr(attributes) if attributes else None
    certificate = checked.path[-1] if checked.path else None
    if named is None or (certificate and not check_ess_certid(certificate, named["certs"][0])):
        return ""
    if stamped_at is None:
        return "B-B"
    if chain.has_own_evidence(checked, around=part.around, trust=trust, moment=stamped_at):
        return "B-LT"
    return "B-T"


# Words


def changed() -> Reason:
    return Reason(
        "changed",
        "Файл змінено після підписання: відбиток не збігається. Візьміть незмінений файл або підпишіть документ заново.",
    )


def broken_signature(detail: str) -> Reason:
    text = "Підпис не відповідає ключу сертифіката: його підроблено або пошкоджено."
    return Reason("broken_signature", f"{text} ({detail})" if detail else text)


def weak_digest(name: str) -> Reason:
    known = name in certificates.WEAK_DIGESTS
    text = (
        f"Підпис стоїть на заслабкому відбитку {name.upper()}. Підпишіть документ із SHA-256 або довшим."
        if known
        else f"Відбиток {name} тут невідомий. Підпишіть документ із SHA-256."
    )
    return Reason("weak_algorithm", text)


def no_certificate() -> Reason:
    return Reason(
        "no_certificate",
        "У підписі немає сертифіката підписувача, тому його не можна перевірити. Підпишіть із вкладеним сертифікатом.",
    )


def no_trust() -> Reason:
    return Reason(
        "no_trust_list",
        "Довірчий список не налаштовано, тому невідомо, чи вірити тому, хто видав сертифікат. Зверніться до адміністратора.",
    )
