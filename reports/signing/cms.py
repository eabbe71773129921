"""CAdES: signatures in files of their own (.p7s), detached or around what they sign; made here, and read for checking."""

import datetime as dt
import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping

from asn1crypto import cms, pem
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from reports.signing import differences
from reports.signing.findings import Finding, Reason, SigningRefused, UnreadableUpload
from reports.signing.keys import Key
from reports.signing.signed_part import Judge, SignedPart, attribute, examine, unreadable
from reports.signing.surroundings import Surroundings
from reports.signing.timestamps import NO_TIMESTAMP
from reports.signing.waiting import finish

FORMAT = "CAdES"
DIGEST = "sha256"
MOST_SIGNERS = 20
# Bytes of signatures, certificates and lists; what is signed comes on top
LARGEST_PARTS = 8 * 1024 * 1024


# Making


def sign_detached(
    data: bytes,
    key: Key,
    *,
    at: dt.datetime | None = None,
    timestamp_service: TimeStamper | None = None,
) -> bytes:
    """A .p7s (DER) that goes beside the file; baseline B, and T with a timestamp service.

    ``at`` is what the signature says of its time: now, unless a test says otherwise.
    """
    return sign(data, key, at=at, timestamp_service=timestamp_service, detached=True)


def sign_attached(
    data: bytes,
    key: Key,
    *,
    at: dt.datetime | None = None,
    timestamp_service: TimeStamper | None = None,
) -> bytes:
    """A .p7s (DER) with the file inside."""
    return sign(data, key, at=at, timestamp_service=timestamp_service, detached=False)


def sign(
    data: bytes,
    key: Key,
    *,
    at: dt.datetime | None,
    timestamp_service: TimeStamper | None,
    detached: bool,
) -> bytes:
    signing = key.for_pyhanko().async_sign_general_data(
        data,
        DIGEST,
        detached=detached,
        use_cades=True,
        timestamper=timestamp_service,
        signed_attr_settings=PdfCMSSignedAttributes(signing_time=at or dt.datetime.now(dt.UTC)),
    )
    try:
        return bytes(finish(signing).dump())
    except OSError as error:
        raise SigningRefused(NO_TIMESTAMP) from error


def join(first: bytes, *others: bytes) -> bytes:
    """One .p7s of several signatures on the same data.

    Raises ValueError for signatures whose content differs.
    """
    joined = parse(first)
    data = joined["content"]
    for other in others:
        more = parse(other)["content"]
        if more["encap_content_info"].dump() != data["encap_content_info"].dump():
            raise ValueError("signatures of different content")
        for group in ("certificates", "signer_infos", "digest_algorithms"):
            there = {one.dump() for one in data[group]}
            for one in more[group]:
                if one.dump() not in there:
                    data[group].append(one)
    return bytes(joined.dump(force=True))


# Reading


def parse(upload: bytes) -> cms.ContentInfo:
    """DER, PEM or bare Base64; portals hand out all three.

    Raises UnreadableUpload for what is no signature, or has more signers or certificates than anybody would look at.
    """
    try:
        if pem.detect(upload[:4096]):
            upload = pem.unarmor(upload)[2]
        elif re.fullmatch(rb"[A-Za-z0-9+/=\s]+", upload):
            upload = b64decode(upload, validate=False)
        read = cms.ContentInfo.load(upload)
        if read["content_type"].native != "signed_data":
            raise ValueError("no signed data")
        parts = [
            read["content"][group].contents or b""
            for group in ("signer_infos", "certificates", "crls")
        ]
    except Exception as error:  # whatever a library makes of bytes from outside
        raise UnreadableUpload(
            "Це не файл підпису. Завантажте підписаний PDF, файл .p7s або контейнер .asice."
        ) from error
    if sum(map(len, parts)) > LARGEST_PARTS:
        raise UnreadableUpload(
            "У файлі надто багато підписів або сертифікатів; такий не читається."
        )
    return read


def verify(upload: bytes, *, originals: Mapping[str, bytes], judge: Judge) -> tuple[Finding, ...]:
    """A finding for each signer of the file; there may be several side by side."""
    try:
        parsed = parse(upload)
        data, whole = parsed["content"], parsed.dump()
        infos = list(data["signer_infos"])
        around = Surroundings.of(data)
        content = enclosed(data)
    except UnreadableUpload:
        raise
    except Exception:  # whatever a library makes of bytes from outside
        return (unreadable(FORMAT),)
    if not infos:
        raise UnreadableUpload("У файлі немає жодного підпису. Завантажте підписаний файл.")
    if len(infos) > MOST_SIGNERS:
        raise UnreadableUpload(f"У файлі більше {MOST_SIGNERS} підписів; такий файл не читається.")
    found = []
    for index, info in enumerate(infos):
        try:
            part = part_of(info, around, content, originals, whole=whole, index=index)
        except Exception:  # whatever a library makes of bytes from outside
            found.append(unreadable(FORMAT))
        else:
            found.append(examine(part, judge))
    return tuple(found)


def enclosed(data: cms.SignedData) -> bytes | None:
    """What is signed, where the signature encloses it."""
    content = data["encap_content_info"]["content"]
    native = content.native if content is not None else None
    return native if isinstance(native, bytes) else None


def part_of(
    info: cms.SignerInfo,
    around: Surroundings,
    content: bytes | None,
    originals: Mapping[str, bytes],
    *,
    whole: bytes,
    index: int,
) -> SignedPart:
    """Which of the issued files is signed: the enclosed one, or the one with the digest that the signature states."""
    problems: tuple[Reason, ...] = ()
    candidates: Mapping[str, bytes] = {}
    if content is not None:
        document, signed = differences.same(content, originals), content
        if not document:
            problems = (differences.other_file(content, originals),)
    elif info["digest_algorithm"]["algorithm"].native not in hashlib.algorithms_available:
        document, signed, candidates = "", b"", originals
    else:
        document = stated(info, around, originals)
        signed = originals.get(document, b"")
        if not document:
            problems = (differences.other_digest(originals),)
    return SignedPart(
        info=info,
        around=around,
        content=lambda: signed,
        whole=whole,
        index=index,
        format=FORMAT,
        document=document,
        problems=problems,
        candidates=candidates,
    )


def stated(info: cms.SignerInfo, around: Surroundings, originals: Mapping[str, bytes]) -> str:
    """The issued file with the digest in the signed attributes; without any, the one whose signature holds."""
    value = attribute(info, "message_digest")
    name = info["digest_algorithm"]["algorithm"].native
    certificate = around.certificate_of(info)
    for document, data in originals.items():
        digest = hashlib.new(name, data).digest()
        if value is None and certificate is not None:
            is_signed = validate_sig_integrity(info, certificate, "data", digest) == (True, True)
        else:
            is_signed = value is not None and digest == value.native
        if is_signed:
            return document
    return ""
