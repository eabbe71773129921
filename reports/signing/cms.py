"""CAdES: signatures in files of their own (.p7s), detached or around what they sign; made here, and read for checking."""

import datetime as dt
import hashlib
import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping

from asn1crypto import cms, pem
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper

from reports.signing import differences
from reports.signing.findings import Finding, Reason, UnreadableUpload
from reports.signing.keys import Key
from reports.signing.signed_part import Judge, SignedPart, attribute, examine, unreadable
from reports.signing.surroundings import Surroundings
from reports.signing.waiting import finish

FORMAT = "CAdES"
DIGEST = "sha256"
MOST_SIGNERS = 50


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
    signed = finish(
        key.for_pyhanko().async_sign_general_data(
            data,
            DIGEST,
            detached=detached,
            use_cades=True,
            timestamper=timestamp_service,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=at or dt.datetime.now(dt.UTC)),
        )
    )
    return bytes(signed.dump())


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

    Raises UnreadableUpload for what is no signature.
    """
    try:
        if pem.detect(upload[:4096]):
            upload = pem.unarmor(upload)[2]
        elif re.fullmatch(rb"[A-Za-z0-9+/=\s]+", upload):
            upload = b64decode(upload, validate=False)
        read = cms.ContentInfo.load(upload)
        if read["content_type"].native == "signed_data" and read["content"]["signer_infos"]:
            return read
    except (ValueError, TypeError, BadBase64):
        pass
    raise UnreadableUpload(
        "Це не файл підпису. Завантажте підписаний PDF, файл .p7s або контейнер .asice."
    )


def verify(upload: bytes, *, originals: Mapping[str, bytes], judge: Judge) -> tuple[Finding, ...]:
    """A finding for each signer of the file; there may be several side by side."""
    try:
        parsed = parse(upload)
        data, whole = parsed["content"], parsed.dump()
        infos = list(data["signer_infos"])
        around = Surroundings.of(data)
        content = enclosed(data)
    except (ValueError, TypeError, KeyError):
        return (unreadable(FORMAT),)
    if len(infos) > MOST_SIGNERS:
        raise UnreadableUpload(f"У файлі більше {MOST_SIGNERS} підписів; такий файл не читається.")
    return tuple(
        examine(part_of(info, around, content, originals, whole=whole, index=index), judge)
        for index, info in enumerate(infos)
    )


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
        document = stated(info, originals)
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


def stated(info: cms.SignerInfo, originals: Mapping[str, bytes]) -> str:
    """The issued file with the digest in the signed attributes."""
    value = attribute(info, "message_digest")
    name = info["digest_algorithm"]["algorithm"].native
    if value is None:
        return ""
    for document, data in originals.items():
        if hashlib.new(name, data).digest() == value.native:
            return document
    return ""
