"""Signatures of a PDF: what each covers, what was added after it, and whether the file goes on from the issued one.

Only a file that begins with the bytes of an issued PDF is opened with pyHanko; of any other the signatures are cut out by their byte
ranges, without unpacking anything: such a file is not ours whatever it holds, and a damaged one still tells whose signature broke.
"""

import hashlib
import re
import threading
from binascii import unhexlify
from collections.abc import Mapping
from functools import partial

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.constants import ACROFORM_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, ValidationInfoReadingError
from pyhanko.sign.validation.status import SignatureCoverageLevel

from reports.signing import differences
from reports.signing.findings import Finding, Reason, UnreadableUpload
from reports.signing.pdf_files import Reader
from reports.signing.signed_part import Judge, SignedPart, changed, examine, unreadable
from reports.signing.surroundings import Surroundings

FORMAT = "PAdES"
MOST_SIGNATURES = 20
LARGEST_UPDATE = (
    8 * 1024 * 1024
)  # bytes behind the issued file; a signature has 20 000, a list of revoked ones a million
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")  # fmt: skip

# Signing may add signatures, their fields, and data on revocation; nobody fills in other fields.
ADDED = (
    CatalogModificationRule(),
    XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
    DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
)
# Other programs note the time of the change in the document's properties when they sign; whoever signs next has signed that, too.
PROPERTIES = (
    DocInfoRule().as_qualified(ModificationLevel.LTA_UPDATES),
    MetadataUpdateRule().as_qualified(ModificationLevel.LTA_UPDATES),
)
FIELDS = FormUpdatingRule(
    field_rules=[SigFieldCreationRule(), SigFieldModificationRule()],
    ignored_acroform_keys=ACROFORM_EXEMPT_STRICT_COMPARISON | {"/SigFlags"},
)
UNTIL_THE_LAST = StandardDiffPolicy(global_rules=[*ADDED, *PROPERTIES], form_rule=FIELDS)
AFTER_THE_LAST = StandardDiffPolicy(global_rules=[*ADDED], form_rule=FIELDS)


def verify(upload: bytes, *, originals: Mapping[str, bytes], judge: Judge) -> tuple[Finding, ...]:
    issued = [
        name
        for name, data in originals.items()
        if data.startswith(b"%PDF-") and upload.startswith(data)
    ]
    document = max(issued, key=lambda name: len(originals[name]), default="")
    if document and len(upload) - len(originals[document]) > LARGEST_UPDATE:
        raise UnreadableUpload("До виданого PDF дописано надто багато; такий файл не читається.")
    parts = None
    if document:
        try:
            parts = opened(upload, document, originals[document])
        except Exception:  # a damaged update; what can be cut out is judged below
            parts = None
    if parts is None:
        parts = cut_out(upload, document, originals)
    if not parts:
        raise UnreadableUpload(
            "У цьому PDF немає жодного підпису. Завантажте підписаний файл, а не виданий."
        )
    if len(parts) > MOST_SIGNATURES:
        raise UnreadableUpload(
            f"У файлі більше {MOST_SIGNATURES} підписів; такий файл не читається."
        )
    return tuple(examine(part, judge) if isinstance(part, SignedPart) else part for part in parts)


# A file that goes on from the issued one


def opened(upload: bytes, document: str, original: bytes) -> list[SignedPart | Finding]:
    reader = Reader(upload)
    found = reader.embedded_regular_signatures[: MOST_SIGNATURES + 1]
    if not found:
        return []
    store = revocation_store(reader)
    found_problems = compared(reader, found, upload, original)
    return [
        part(one, upload, document=document, store=store, problems=own)
        for one, own in zip(found, found_problems, strict=True)
    ]


_compared: dict[tuple[bytes, bytes], tuple[tuple[Reason, ...], ...]] = {}
_comparing = threading.Lock()
MOST_COMPARED = 500


def compared(
    reader: Reader, found: list[EmbeddedPdfSignature], upload: bytes, original: bytes
) -> tuple[tuple[Reason, ...], ...]:
    """The problems of each signature that lie in the file, whoever signed.

    They follow from the bytes of both files alone, and finding them reads every object of a report several times; so the process remembers them
    by the digests of both, and a public page does not pay for the same file twice.
    """
    key = (hashlib.sha256(upload).digest(), hashlib.sha256(original).digest())
    with _comparing:
        known = _compared.get(key)
    if known is None:
        # What follows the last signature is signed by nobody, so it is every signature's fault.
        of_file = file_problems(reader, original) or problems(found[-1], upload, is_last=True)
        known = tuple(of_file or problems(one, upload, is_last=one is found[-1]) for one in found)
        with _comparing:
            while len(_compared) >= MOST_COMPARED:
                del _compared[next(iter(_compared))]
            _compared[key] = known
    return known


def part(
    signature: EmbeddedPdfSignature, upload: bytes, *, document: str, store: tuple[bytes, ...], problems: tuple[Reason, ...]
) -> SignedPart:  # fmt: skip
    return SignedPart(
        info=signature.signer_info,
        around=Surroundings.of(signature.signed_data, revocations=store),
        content=lambda: in_ranges(upload, *map(int, signature.byte_range)),
        whole=cms.ContentInfo.load(signature.pkcs7_content).dump(),  # without the padding
        index=0,
        format=FORMAT,
        document=document,
        problems=problems,
        claimed_at=signature.self_reported_timestamp,
    )


def file_problems(reader: PdfFileReader, original: bytes) -> tuple[Reason, ...]:
    """What lies between the issued file and the end: nothing but signatures and what belongs to them."""
    issued = Reader(original)
    base = issued.xrefs.total_revisions - 1
    follows = (
        reader.xrefs.total_revisions > base
        and reader.xrefs.get_startxref_for_revision(base)
        == issued.xrefs.get_startxref_for_revision(base)
        and not reader.xrefs.hybrid_xrefs_present
    )
    if not follows:
        return (updated("зміна не продовжує виданий файл"),)
    review = UNTIL_THE_LAST.review_file(reader, issued_view(reader, base))
    if not isinstance(review, DiffResult):
        return (updated("змінено те, чого підписування не змінює"),)
    there = {name for name, _, _ in enumerate_sig_fields(issued)}
    empty = [
        name
        for name, value, _ in enumerate_sig_fields(reader)
        if value is None and name not in there
    ]
    if empty:
        return (updated(f"додано порожнє поле підпису {empty[0]}"),)
    if any(is_drawn(field) for name, _, field in enumerate_sig_fields(reader) if name not in there):
        return (drawn(),)
    return ()


def is_drawn(reference: generic.IndirectObject) -> bool:
    """Whether the field of a signature shows on a page, where it could cover what the report says."""
    field = reference.get_object()
    widgets = [field, *(kid.get_object() for kid in field.get("/Kids", ()))]
    for widget in widgets:
        if "/Rect" in widget:
            left, bottom, right, top = widget["/Rect"]
            if left != right and bottom != top:
                return True
    return False


def drawn() -> Reason:
    return Reason(
        "visible_mark",
        "Підпис намальовано на сторінці, де він може закрити вміст звіту. Підпишіть PDF без видимої позначки.",
    )


def issued_view(reader: PdfFileReader, revision: int) -> HistoricalResolver:
    """The issued revision as pyHanko compares it; where it has no form, as if it had an empty one.

    pyHanko compares with signed revisions, which always have a form; the first signature brings it.
    """
    view = HistoricalResolver(reader, revision)
    if "/AcroForm" not in view.root:
        form = generic.DictionaryObject({generic.pdf_name("/Fields"): generic.ArrayObject()})
        view.root[generic.pdf_name("/AcroForm")] = form
    return view


def problems(signature: EmbeddedPdfSignature, upload: bytes, is_last: bool) -> tuple[Reason, ...]:
    """What one signature covers and what was added after it; after the last one, only data on revocation."""
    start, length, second, _ = map(int, signature.byte_range)
    gap = upload[length:second]
    whole = cms.ContentInfo.load(signature.pkcs7_content).dump()
    padding = signature.pkcs7_content[len(whole) :]
    if start != 0 or not re.fullmatch(rb"<[0-9A-Fa-f]*>", gap) or padding.strip(b"\0"):
        return (partly_signed(),)
    coverage = signature.evaluate_signature_coverage()
    if coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return ()
    later = signature.reader.xrefs.total_revisions - 1 - signature.signed_revision
    if coverage != SignatureCoverageLevel.ENTIRE_REVISION or not later:
        return (partly_signed(),)
    signature.coverage = coverage  # type: ignore[assignment] # asked for by the next line
    review = signature.evaluate_modifications(AFTER_THE_LAST if is_last else UNTIL_THE_LAST)
    if not isinstance(review, DiffResult):
        return (updated("змінено те, чого підписування не змінює"),)
    allowed = ModificationLevel.LTA_UPDATES if is_last else ModificationLevel.FORM_FILLING
    if review.modification_level > allowed:
        return (updated("змінено поля"),)
    return ()


def revocation_store(reader: PdfFileReader) -> tuple[bytes, ...]:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except (NoDSSFoundError, ValidationInfoReadingError):
        return ()
    references = [*store.crls, *store.ocsps]
    return tuple(reference.get_object().data for reference in references)


def in_ranges(upload: bytes, start: int, length: int, second: int, rest: int) -> bytes:
    """What a signature of a PDF covers: all but the place of the signature itself."""
    return upload[start : start + length] + upload[second : second + rest]


# Any other file


def cut_out(
    upload: bytes, document: str, originals: Mapping[str, bytes]
) -> list[SignedPart | Finding]:
    found: list[SignedPart | Finding] = []
    for match in BYTE_RANGE.finditer(upload):
        start, length, second, rest = map(int, match.groups())
        gap = upload[start + length : second]
        hexadecimal = gap.strip(b"<> \r\n\t")
        try:
            parsed = cms.ContentInfo.load(unhexlify(hexadecimal))
            data, whole = parsed["content"], parsed.dump()
            if data["encap_content_info"]["content_type"].native != "data":
                continue  # a timestamp of the document
            infos = list(data["signer_infos"])
            around = Surroundings.of(data)
        except Exception:  # whatever a library makes of bytes from outside
            found.append(unreadable(FORMAT, changed()))
            continue
        found += [
            SignedPart(
                info=info,
                around=around,
                content=partial(in_ranges, upload, start, length, second, rest),
                whole=whole,
                index=index,
                format=FORMAT,
                problems=(not_issued(upload, document, originals),),
            )
            for index, info in enumerate(infos)
        ]
        if len(found) > MOST_SIGNATURES:
            break
    return found


# Words


def not_issued(upload: bytes, document: str, originals: Mapping[str, bytes]) -> Reason:
    if document:
        return updated("дописане наприкінці файла не читається")
    return differences.other_file(upload, originals)


def updated(detail: str) -> Reason:
    return Reason(
        "changed_later",
        f"Після видачі або після підпису файл дописано чимось, крім підписів ({detail}). Візьміть незмінений файл.",
    )


def partly_signed() -> Reason:
    return Reason(
        "partly_signed",
        "Підпис охоплює не весь файл: те, що лишилося поза ним, не підписане ніким. Візьміть незмінений файл.",
    )
