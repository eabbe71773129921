"""Is this copy what was issued? The answer of the public page and of ``manage.py verify_document``.

Every stored signature is checked anew, against whom the site believes today and as of the day it was accepted.
"""

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from django.conf import settings
from django.db.models import Q, QuerySet

from budgets.choices import IssuedStatus
from reports.issuing import package, stored, trusting
from reports.issuing.payload import digest
from reports.models import IssuedFile, IssuedReport, IssuedSignature
from reports.models.issued import CODE_LENGTH
from reports.renderers import differences
from reports.selectors import issued as selectors
from reports.signing import containers, verification
from reports.signing.findings import Finding, UnreadableUpload, Verdict

_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z])")
# How codes are read that people type: letters that look alike, of both alphabets.
_ALIKE = str.maketrans("OILАВСЕНІКМОРТХУ", "011ABCEH1KM0PTXY")
_log = logging.getLogger(__name__)


class Answer(StrEnum):
    """Only the first says that the copy can be relied on."""

    GENUINE = "genuine"
    SUPERSEDED = "superseded"
    CHANGED = "changed"
    INVALID = "invalid"
    NOT_CHECKED = "not checked"
    UNSIGNED = "unsigned"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CheckedSignature:
    """A kept signature with what checking it now says."""

    signature: IssuedSignature
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """``current`` is the version to rely on instead; ``notes`` say what the copy is, ``differences`` what it says otherwise."""

    answer: Answer
    report: IssuedReport | None = None
    current: IssuedReport | None = None
    signatures: tuple[CheckedSignature, ...] = ()
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_code(typed: str) -> str:
    """A code as it is stored, from how somebody typed it: small letters, spaces, hyphens, look-alikes."""
    letters = re.sub(r"[^0-9A-ZА-ЯІ]", "", typed.upper()).translate(_ALIKE)
    return letters if len(letters) == CODE_LENGTH else ""


def by_code(typed: str) -> Examined:
    """What is known of the report with this code; whether a copy in hand is that report only its bytes can say."""
    report = _reports().filter(code=read_code(typed) or None).first()
    return examined(report) if report is not None else Examined(Answer.UNKNOWN)


@dataclass(frozen=True)
class _Copy:
    """A file from outside; it is unpacked once, however often it is asked what it is."""

    content: bytes
    name: str

    @cached_property
    def inside(self) -> dict[str, bytes]:
        """Files of a ZIP, within bounds; nothing of anything else."""
        if not self.content.startswith(b"PK\x03\x04"):
            return {}
        try:
            return containers.read(self.content)
        except UnreadableUpload:
            return {}

    @property
    def is_workbook(self) -> bool:
        return "xl/workbook.xml" in self.inside

    @property
    def is_pdf(self) -> bool:
        return self.content.startswith(b"%PDF-")

    @property
    def is_data(self) -> bool:
        return self.content.lstrip().startswith(b"{")


def by_file(content: bytes, name: str) -> Examined:
    """Judge a copy by its bytes: an issued file, a signed one, or something made of one."""
    place = digest(content)
    file = IssuedFile.objects.filter(digest=place).first()
    signature = IssuedSignature.objects.filter(digest=place).order_by("-pk").first()
    if file is not None or signature is not None:
        report = _reports().get(pk=(signature or file).report_id)  # type: ignore[union-attr]
        return replace(examined(report), notes=tuple(_notes(report, file, signature)))
    copy = _Copy(content, name)
    claimed = _report_of(copy)
    if claimed is None:
        return Examined(Answer.UNKNOWN)
    if content == package.listing(claimed):
        note = "Це перелік файлів звіту, як він стоїть нині."
        return replace(examined(claimed), notes=(note,))
    return _of_other_bytes(claimed, copy)


def examined(report: IssuedReport) -> Examined:
    """The report as it stands: signed by all, every signature checked now, not superseded by a signed version."""
    signatures = tuple(_checked(report))
    current = selectors.signed_after(report)
    verdicts = {each.verdict for each in signatures}
    if report.status != IssuedStatus.SIGNED or not _is_signed_by_all(report, signatures):
        answer = Answer.UNSIGNED
    elif Verdict.INVALID in verdicts:
        answer = Answer.INVALID
    elif Verdict.NOT_CHECKED in verdicts:
        answer = Answer.NOT_CHECKED
    else:
        answer = Answer.SUPERSEDED if current else Answer.GENUINE
    return Examined(answer, report, current, signatures)


def _is_signed_by_all(report: IssuedReport, signatures: Sequence[CheckedSignature]) -> bool:
    """One signature of each signer that the payload names, whatever the other tables say."""
    told = json.loads(report.payload)["issued"]["signers"]
    named = [(each["position"], each["name"]) for each in told]
    signed = [(each.signature.signer.position, each.signature.signer.name) for each in signatures]
    return bool(named) and sorted(named) == sorted(signed)


def _reports() -> QuerySet[IssuedReport]:
    return IssuedReport.objects.select_related("community", "passport", "programme", "supersedes")


def _checked(report: IssuedReport) -> Sequence[CheckedSignature]:
    originals, believed = stored.originals(report), trusting.current()
    rows = [each for each in report.signatures.select_related("signer") if each.counts]
    files = {row.name: row for row in rows}
    # Of signed PDFs the last holds the signatures of those before it.
    signed = [row for row in files.values() if row.is_pdf]
    read = [*signed[-1:], *(row for row in files.values() if not row.is_pdf)]
    found: list[Finding] = []
    for row in read:
        found += verification.verify(
            stored.read(row),
            name=row.name,
            originals=originals,
            trust=believed,
            at=row.accepted_at,
            national=trusting.national_library(settings.NATIONAL_LIBRARY),
        )
    return [_match(row, found) for row in rows]


def _match(row: IssuedSignature, found: Sequence[Finding]) -> CheckedSignature:
    """The finding of a kept signature; none means that its file no longer holds it."""
    own = [each for each in found if _mark(each) == (row.serial, row.issuer)]
    if not own:
        return CheckedSignature(row, Verdict.INVALID, ("Підпису у збереженому файлі немає.",))
    worst = min(own, key=lambda each: list(_WORST_FIRST).index(each.verdict))
    return CheckedSignature(row, worst.verdict, tuple(each.text for each in worst.reasons))


_WORST_FIRST = (Verdict.INVALID, Verdict.NOT_CHECKED, Verdict.VALID)


def _notes(
    report: IssuedReport, file: IssuedFile | None, signature: IssuedSignature | None
) -> Sequence[str]:
    last = stored.current(report)
    if signature is not None:
        if signature.is_pdf and signature.name != last.name:
            return [f"У цьому файлі не всі підписи; усі — у файлі {last.name}."]
        return [f"Це файл {signature.name} без жодної зміни."]
    assert file is not None  # noqa: S101 - one of the two was found
    if file.format == "pdf" and report.signatures.exists():
        return [f"Це виданий файл {file.name} без підписів усередині; підписи збережено окремо."]
    return [f"Це файл {file.name} без жодної зміни."]


# A copy with other bytes


def _of_other_bytes(report: IssuedReport, copy: _Copy) -> Examined:
    """A copy that says it is of this report and is none of its files, byte by byte."""
    standing, last = examined(report), report.signatures.last()
    findings: Sequence[Finding] = ()
    try:
        if copy.is_pdf or (copy.content.startswith(b"PK\x03\x04") and not copy.is_workbook):
            findings = verification.verify(
                copy.content,
                name=copy.name,
                originals=stored.originals(report),
                trust=trusting.current(),
                at=last.accepted_at if last else report.issued_at,
                national=trusting.national_library(settings.NATIONAL_LIBRARY),
            )
    except UnreadableUpload as refusal:
        return replace(standing, answer=Answer.CHANGED, notes=(refusal.text,), differences=tuple(_different(report, copy)))  # fmt: skip
    strange = _strange(standing, findings)
    if not strange and _holds_all(standing, findings):
        note = "Усі підписи на місці, але файл не той, що зберігається: до нього дописано дані про чинність сертифікатів."
        return replace(standing, notes=(note,))
    reasons = {
        each.text: None for found in findings for each in found.reasons if not each.is_remark
    }
    for who in strange:
        reasons[f"Додано підпис, якого немає серед прийнятих: {who or 'невідомо чий'}."] = None
    return replace(
        standing,
        answer=Answer.CHANGED,
        differences=tuple(_different(report, copy)),
        notes=tuple(reasons),
    )


def _mark(finding: Finding) -> tuple[str, str]:
    """What tells a signer's certificate from others, as it is kept."""
    return finding.signer.serial[:64], finding.signer.issuer[:300]


def _kept(standing: Examined) -> set[tuple[str, str]]:
    return {(each.signature.serial, each.signature.issuer) for each in standing.signatures}


def _strange(standing: Examined, findings: Sequence[Finding]) -> list[str]:
    """Whose signatures are in the copy and not among the accepted ones."""
    kept = _kept(standing)
    return [each.signer.name for each in findings if _mark(each) not in kept]


def _holds_all(standing: Examined, findings: Sequence[Finding]) -> bool:
    """Every finding valid, and every kept signature among them."""
    there, kept = {_mark(each) for each in findings}, _kept(standing)
    all_valid = all(each.verdict is Verdict.VALID for each in findings)
    return bool(kept) and kept <= there and all_valid


def _different(report: IssuedReport, copy: _Copy) -> Sequence[str]:
    """What the copy says otherwise; a copy that cannot be read says nothing but that."""
    issued = {file.format: file for file in report.files.all()}
    try:
        if copy.is_pdf:
            found = differences.of_pdf(stored.read(issued["pdf"]), copy.content)
        elif copy.is_workbook:
            found = differences.of_workbook(stored.read(issued["xlsx"]), copy.content)
        elif copy.is_data:
            found = differences.of_data(stored.read(issued["json"]), copy.content)
        else:
            return []
    except Exception as error:
        _log.info("A changed copy of %s cannot be compared: %r", report.name, error)
        return ["Файл пошкоджено: його вміст не вдалося порівняти з виданим."]
    return found or ["Видимий вміст той самий, змінено самі байти файла."]


def _report_of(copy: _Copy) -> IssuedReport | None:
    """The report a copy says it is of: by a file inside a container, or by the code it carries."""
    if copy.inside:
        digests = [digest(each) for each in copy.inside.values()]
        found = _reports().filter(Q(files__digest__in=digests) | Q(signatures__digest__in=digests))
        if (holder := found.order_by("-pk").first()) is not None:
            return holder
    codes = [code.replace("-", "") for code in _codes(copy)]
    return _reports().filter(code__in=codes).order_by("-pk").first()


def _codes(copy: _Copy) -> Sequence[str]:
    """Codes the copy carries: in the open metadata of a PDF, in its text, in a workbook's properties, in data."""
    found = _CODE.findall(copy.content.decode("ascii", errors="replace"))
    try:
        if copy.is_pdf:
            found += _CODE.findall(differences.text_of_pdf(copy.content))
        elif copy.is_workbook:
            found.append(differences.code_in_workbook(copy.content))
        elif copy.is_data:
            told = json.loads(copy.content)
            found.append(str((told.get("issued") or told).get("code") or ""))
    except Exception as error:
        _log.info("A copy cannot be read: %r", error)
    return found
