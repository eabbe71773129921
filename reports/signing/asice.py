"""ASiC: a ZIP with files and their signatures (ETSI EN 319 162-1); made and read with CAdES, ASiC-S read as well.

In ASiC-E a signature is put on a manifest, and the manifest holds the digests of files. So a finding says of the container: which
file was swapped, added, or lost, and whether the manifest is still the signed one.
"""

import datetime as dt
import hashlib
import io
import re
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from asn1crypto import cms as cms_formats
from asn1crypto import x509
from lxml import etree
from pyhanko.sign.timestamps import TimeStamper

from reports.signing import certificates, cms, containers, differences, xml_reading
from reports.signing.findings import Finding, Reason, UnreadableUpload, Verdict
from reports.signing.keys import Key
from reports.signing.signed_part import (
    NOBODY,
    Judge,
    SignedPart,
    attribute,
    changed,
    examine,
    unreadable,
)
from reports.signing.surroundings import Surroundings

FORMAT = "ASiC-E"
SIMPLE_FORMAT = "ASiC-S"
MIMETYPE = "application/vnd.etsi.asic-e+zip"
SIMPLE_MIMETYPE = "application/vnd.etsi.asic-s+zip"
ASIC = "http://uri.etsi.org/02918/v1.2.1#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
MANIFEST = re.compile(r"^META-INF/[^/]*ASiCManifest[^/]*\.xml$")
SIGNATURE = re.compile(r"^META-INF/[^/]*signature[^/]*\.p7s$", re.IGNORECASE)
XADES = re.compile(r"^META-INF/[^/]*signatures[^/]*\.xml$", re.IGNORECASE)
LARGEST_MANIFEST = 1024 * 1024  # bytes
EARLIEST = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # a ZIP knows no earlier day; the container's own dates mean nothing


# Making


def pack(
    files: Mapping[str, bytes],
    key: Key,
    *,
    at: dt.datetime | None = None,
    timestamp_service: TimeStamper | None = None,
) -> bytes:
    """A container of the files with one signature on all of them."""
    return _with_signature(dict(files), key, at=at, timestamp_service=timestamp_service)


def sign_again(
    container: bytes,
    key: Key,
    *,
    at: dt.datetime | None = None,
    timestamp_service: TimeStamper | None = None,
) -> bytes:
    """The same container with one signature more, beside those that are there."""
    files = containers.read(container)
    files.pop("mimetype", None)
    return _with_signature(files, key, at=at, timestamp_service=timestamp_service)


def _with_signature(
    files: dict[str, bytes], key: Key, *, at: dt.datetime | None, timestamp_service: TimeStamper | None
) -> bytes:  # fmt: skip
    number = sum(1 for name in files if SIGNATURE.match(name)) + 1
    place = f"META-INF/signature{number:03}.p7s"
    own = manifest(place, {name: data for name, data in files.items() if is_data(name)})
    files[f"META-INF/ASiCManifest{number:03}.xml"] = own
    files[place] = cms.sign_detached(own, key, at=at, timestamp_service=timestamp_service)
    return write(files)


def manifest(signature: str, files: Mapping[str, bytes]) -> bytes:
    root = etree.Element(f"{{{ASIC}}}ASiCManifest", nsmap={"asic": ASIC, "ds": xml_reading.DSIG})
    etree.SubElement(root, f"{{{ASIC}}}SigReference", URI=signature, MimeType="application/pkcs7-signature")  # fmt: skip
    for name, data in files.items():
        one = etree.SubElement(root, f"{{{ASIC}}}DataObjectReference", URI=quote(name))
        etree.SubElement(one, f"{{{xml_reading.DSIG}}}DigestMethod", Algorithm=SHA256)
        digest = etree.SubElement(one, f"{{{xml_reading.DSIG}}}DigestValue")
        digest.text = b64encode(hashlib.sha256(data).digest()).decode()
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def write(files: Mapping[str, bytes]) -> bytes:
    """The type of the container stands first and uncompressed: that is how programs tell it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", EARLIEST), MIMETYPE, zipfile.ZIP_STORED)
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), data, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def is_data(name: str) -> bool:
    return name != "mimetype" and not name.startswith("META-INF/")


# Reading


@dataclass(frozen=True, slots=True)
class Manifest:
    """``digests`` of files by name, with the digest's algorithm; ``name`` and ``content`` of the manifest itself."""

    name: str
    content: bytes
    signature: str
    digests: dict[str, tuple[str, bytes]]


def verify(upload: bytes, *, originals: Mapping[str, bytes], judge: Judge) -> tuple[Finding, ...]:
    """A finding for each signature of the container."""
    files = containers.read(upload)
    signatures = [name for name in files if SIGNATURE.match(name)]
    foreign = [name for name in files if XADES.match(name)]
    if not signatures and not foreign:
        raise UnreadableUpload(
            "Це не контейнер підпису: у ньому немає жодного підпису. Завантажте підписаний файл."
        )
    found: list[Finding] = []
    manifests = read_manifests(files)
    for name in signatures:
        found += signed_by(name, files, manifests, originals=originals, judge=judge)
    found += [xades(files[name], files, originals) for name in foreign]
    return tuple(found)


def read_manifests(files: Mapping[str, bytes]) -> list[Manifest]:
    found = []
    for name, content in files.items():
        if MANIFEST.match(name):
            try:
                found.append(read_manifest(name, content))
            except ValueError:
                continue  # its signature then has no manifest, and that is said
    return found


def read_manifest(name: str, content: bytes) -> Manifest:
    root = xml_reading.parse(content, limit=LARGEST_MANIFEST)
    reference = root.find(f"{{{ASIC}}}SigReference")
    if reference is None:
        raise ValueError("a manifest of no signature")
    digests: dict[str, tuple[str, bytes]] = {}
    for one in root.iterfind(f"{{{ASIC}}}DataObjectReference"):
        method, value = (
            one.find(f"{{{xml_reading.DSIG}}}{part}") for part in ("DigestMethod", "DigestValue")
        )
        if method is None or value is None or unquote(one.get("URI", "")) in digests:
            raise ValueError("a reference without a digest, or two to one file")
        algorithm = xml_reading.DIGESTS.get(method.get("Algorithm", ""), "")
        digests[unquote(one.get("URI", ""))] = (algorithm, b64decode(value.text or ""))
    return Manifest(
        name=name, content=content, signature=unquote(reference.get("URI", "")), digests=digests
    )


def signed_by(
    name: str,
    files: Mapping[str, bytes],
    manifests: list[Manifest],
    *,
    originals: Mapping[str, bytes],
    judge: Judge,
) -> list[Finding]:
    """Findings of one signature file: one, or several where people signed side by side."""
    data_files = {one: data for one, data in files.items() if is_data(one)}
    own = next((one for one in manifests if one.signature == name), None)
    is_simple = own is None and len(data_files) == 1 and not any(map(MANIFEST.match, files))
    kind = SIMPLE_FORMAT if is_simple else FORMAT
    try:
        parsed = cms.parse(files[name])
        data, whole = parsed["content"], parsed.dump()
        infos, around = list(data["signer_infos"]), Surroundings.of(data)
    except Exception:  # whatever a library makes of bytes from outside
        return [unreadable(kind)]
    if is_simple:
        content = next(iter(data_files.values()))
        problems = issued_problems(data_files, originals)
    elif own is not None:
        content = own.content
        problems = (*manifest_problems(own, data_files, originals), *issued_problems(data_files, originals))  # fmt: skip
    else:
        content, problems = b"", (no_manifest(name),)
    document = ", ".join(filter(None, (differences.same(one, originals) for one in data_files.values())))  # fmt: skip
    return [
        examine(
            SignedPart(
                info=info,
                around=around,
                content=lambda: content,
                whole=whole,
                index=index,
                format=kind,
                document=document,
                problems=(*problems, *manifest_changed(info, content, own)),
            ),
            judge,
        )
        for index, info in enumerate(infos[: cms.MOST_SIGNERS])
    ]


def manifest_changed(
    info: cms_formats.SignerInfo, content: bytes, own: Manifest | None
) -> tuple[Reason, ...]:
    stated = attribute(info, "message_digest")
    algorithm = info["digest_algorithm"]["algorithm"].native
    if own is None or stated is None or algorithm not in certificates.STRONG_DIGESTS:
        return ()
    if hashlib.new(algorithm, content).digest() == stated.native:
        return ()
    return (
        Reason(
            changed().code,
            f"Перелік файлів контейнера ({own.name}) змінено після підписання. Візьміть незмінений контейнер.",
        ),
    )


def manifest_problems(
    own: Manifest, files: Mapping[str, bytes], originals: Mapping[str, bytes]
) -> tuple[Reason, ...]:
    """Files the signature knows nothing of, files it misses, files that are no longer what was signed."""
    found = [extra_file(name) for name in files if name not in own.digests]
    for name, (algorithm, digest) in own.digests.items():
        if name not in files:
            found.append(missing_file(name))
        elif not algorithm:
            found.append(weak_reference(name))
        elif hashlib.new(algorithm, files[name]).digest() != digest:
            found.append(swapped_file(name, files[name], originals))
    return tuple(found)


def issued_problems(
    files: Mapping[str, bytes], originals: Mapping[str, bytes]
) -> tuple[Reason, ...]:
    """Files of the container that are none of the issued ones."""
    foreign = {name: data for name, data in files.items() if not differences.same(data, originals)}
    return tuple(differences.other_file(data, originals, name=name) for name, data in foreign.items())  # fmt: skip


def xades(content: bytes, files: Mapping[str, bytes], originals: Mapping[str, bytes]) -> Finding:
    """XAdES is not checked here; whose it is, is read for people."""
    certificate: x509.Certificate | None = None
    try:
        root = xml_reading.parse(content, limit=LARGEST_MANIFEST)
        text = root.findtext(f".//{{{xml_reading.DSIG}}}X509Certificate") or ""
        certificate = certificates.read(b64decode(text))
        signer = certificates.signer(certificate)
    except (ValueError, TypeError, KeyError):
        certificate, signer = None, NOBODY
    data_files = {name: data for name, data in files.items() if is_data(name)}
    problems = issued_problems(data_files, originals)
    return Finding(
        verdict=Verdict.INVALID if problems else Verdict.NOT_CHECKED, signer=signer, signed_at=None, is_timestamped=False,
        level="", format=FORMAT, algorithm="XAdES", is_test=False, reasons=(*problems, xades_not_checked()),
        certificate=certificate.dump() if certificate else b"",
    )  # fmt: skip


# Words


def extra_file(name: str) -> Reason:
    return Reason(
        "extra_file",
        f"У контейнері є файл «{name}», якого підпис не охоплює: його додано після підписання. Візьміть незмінений контейнер.",
    )


def missing_file(name: str) -> Reason:
    return Reason(
        "missing_file",
        f"У контейнері немає підписаного файла «{name}». Візьміть незмінений контейнер.",
    )


def swapped_file(name: str, data: bytes, originals: Mapping[str, bytes]) -> Reason:
    detail = differences.compared(data, originals)
    return Reason(
        "swapped_file",
        f"Файл «{name}» у контейнері підмінено після підписання.{detail} Візьміть незмінений контейнер.",
    )


def weak_reference(name: str) -> Reason:
    return Reason(
        "weak_algorithm",
        f"Відбиток файла «{name}» у контейнері заслабкий або невідомий. Підпишіть документ із SHA-256.",
    )


def no_manifest(name: str) -> Reason:
    return Reason(
        "no_manifest",
        f"До підпису {name} немає придатного переліку файлів (ASiCManifest), тому невідомо, що підписано.",
    )


def xades_not_checked() -> Reason:
    return Reason(
        "xades",
        "Підпис у форматі XAdES тут не перевіряється. Перевірте контейнер на czo.gov.ua або підпишіть у форматі CAdES (.p7s, ASiC-E CAdES).",
    )
