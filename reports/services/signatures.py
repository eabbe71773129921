"""Signing an issued report in order: each signature is checked, put to the signer whose turn it is, and kept.

What is made elsewhere, by a key file and by the test authority of the sample comes the same way: as bytes that are verified.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import IssuedStatus, SignatureVerdict, SignatureWay
from budgets.exceptions import RuleViolation
from budgets.permissions import Step
from budgets.services.kept_files import kept_only_with_success
from budgets.services.record import recorded
from reports.issuing import identity, sealing, stored, trusting
from reports.issuing.payload import digest
from reports.models import IssuedReport, IssuedSignature, IssuedSigner
from reports.selectors import issued as selectors
from reports.signing import pdf, verification
from reports.signing.findings import Finding, UnreadableUpload, Verdict
from reports.signing.keys import Key
from reports.signing.timestamps import TimestampService
from reports.signing.trust import Trust, TrustRefused

_ENDINGS = {b"%PDF-": "pdf", b"PK\x03\x04": "asice"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that holds signatures, as it came; ``name`` is what its owner calls it."""

    content: bytes
    name: str

    @property
    def ending(self) -> str:
        return next((end for head, end in _ENDINGS.items() if self.content.startswith(head)), "p7s")


def sign(*, report: IssuedReport, upload: Upload, by: User | None) -> list[IssuedSignature]:
    """Accept signatures made elsewhere: a signed PDF, a ``.p7s``, an ``.asice``. Returns what was kept.

    Refused: a status or a newer version that lets nobody sign; what is no signature; an invalid one; one of another file or report;
    one by anybody but the signer whose turn it is; a PDF that does not go on from the signatures before it. A signature that
    could not be checked is kept and does not count, unless UNCHECKED_SIGNATURES_COUNT says so.
    """
    with kept_only_with_success():
        kept = _sign(report=report, upload=upload, way=SignatureWay.UPLOADED, by=by)
    return [*kept, *_seal(report, by)]


def sign_with_key(*, report: IssuedReport, key: Key, by: User | None) -> list[IssuedSignature]:
    """Sign the PDF here with a person's key, which is used once and kept nowhere. Refused as ``sign`` refuses."""
    return [*_sign_here(report, key, SignatureWay.KEY, by), *_seal(report, by)]


def sign_as_sample(*, report: IssuedReport, by: User | None) -> list[IssuedSignature]:
    """Sign for the signer whose turn it is with a key of the test authority; refused outside of the sample set-up."""
    if not settings.SAMPLE:
        raise RuleViolation(_("Тестовий підпис є лише у зразку системи."))
    signer = expect_turn(report)
    surname_first = " ".join(reversed((signer.name or signer.position).split(maxsplit=1)))
    now = timezone.now()
    key = trusting.sample_authority().key(surname_first, at=now)
    return [*_sign_here(report, key, SignatureWay.TEST, by), *_seal(report, by)]


def sign_with_seal(*, report: IssuedReport, by: User | None) -> list[IssuedSignature]:
    """Put the institution's seal when it is its turn: where it could not be put after the last person's signature."""
    expect_turn(report)
    if not (kept := _seal(report, by)):
        raise RuleViolation(_("Печатку ставлять після підписів усіх підписантів."))
    return kept


def expect_turn(report: IssuedReport) -> IssuedSigner:
    """The signer whose turn it is. Refused where nobody may sign now."""
    if not Step.SIGN_ISSUED.is_possible(report.status):
        raise RuleViolation(
            _("Звіт %(name)s: %(status)s. Підписувати нічого.")
            % {"name": report.name, "status": report.get_status_display()}
        )
    if newer := selectors.of_same_document(report).filter(version__gt=report.version).first():
        raise RuleViolation(
            _("Видано новішу версію: %(name)s. Підписують її.") % {"name": newer.name}
        )
    signer = selectors.next_signer(report)
    if signer is None:
        raise RuleViolation(_("Усі вже підписали."))
    return signer


@recorded
def return_report(*, report: IssuedReport, reason: str, by: User) -> None:
    """Refuse to sign: the report goes back to whoever issued it, and only a next version can be signed."""
    report = IssuedReport.objects.select_for_update().get(pk=report.pk)
    if not Step.RETURN_ISSUED.is_possible(report.status):
        raise RuleViolation(
            _("Звіт %(name)s: %(status)s. Повертати нічого.")
            % {"name": report.name, "status": report.get_status_display()}
        )
    if not reason.strip():
        raise RuleViolation(_("Напишіть, чому повертаєте звіт: це побачить той, хто його видав."))
    report.status, report.return_reason = IssuedStatus.RETURNED, reason.strip()
    report.returned_at, report.returned_by = timezone.now(), by
    report.save(update_fields=["status", "return_reason", "returned_at", "returned_by"])


def _sign_here(
    report: IssuedReport, key: Key, way: SignatureWay, by: User | None
) -> list[IssuedSignature]:
    signer = expect_turn(report)
    reason = _("Підписую: %(name)s, %(position)s") % {
        "name": report.name,
        "position": signer.position,
    }
    try:
        signed = pdf.sign_pdf(
            stored.current_pdf(report).content,
            key,
            reason=reason,
            timestamp_service=_timestamp_service(),
            revocation=_revocation(),
        )
    except (pdf.SigningRefused, TrustRefused) as refusal:
        raise RuleViolation(refusal.text) from refusal
    with kept_only_with_success():
        return _sign(report=report, upload=Upload(signed, f"{report.name}.pdf"), way=way, by=by)


def _seal(report: IssuedReport, by: User | None) -> list[IssuedSignature]:
    """The seal signs by itself once its turn has come."""
    seal = sealing.seal()
    if seal is None or not sealing.is_seal(selectors.next_signer(report)):
        return []
    fresh = IssuedReport.objects.get(pk=report.pk)
    return _sign_here(fresh, seal, SignatureWay.SEAL, by)


def _timestamp_service() -> TimestampService | None:
    """Level T where a service is set, B otherwise."""
    return TimestampService(settings.TIMESTAMP_SERVICE) if settings.TIMESTAMP_SERVICE else None


def _revocation() -> Trust | None:
    """What proves that certificates are not revoked goes into the PDF, level LT, where the settings hold such lists."""
    believed = trusting.current()
    return believed if believed.revocations else None


@recorded
def _sign(
    *, report: IssuedReport, upload: Upload, way: SignatureWay, by: User | None
) -> list[IssuedSignature]:
    report = IssuedReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    expect_turn(report)
    findings = _new(report, _read(report, upload))
    _expect_going_on(report, upload)
    kept = _assign(report, findings)
    saved = _keep(report, upload, way, kept, by)
    if any(each.counts for each in saved):
        signed = selectors.next_signer(report) is None
        report.status = IssuedStatus.SIGNED if signed else IssuedStatus.SIGNING
        report.save(update_fields=["status"])
    return saved


def _read(report: IssuedReport, upload: Upload) -> Sequence[Finding]:
    """Every signature in the upload, none of them invalid."""
    try:
        findings = verification.verify(
            upload.content,
            name=upload.name,
            originals=stored.originals(report),
            trust=trusting.current(),
            at=timezone.now(),
            national=trusting.national_library(settings.NATIONAL_LIBRARY),
        )
    except (UnreadableUpload, TrustRefused) as refusal:
        raise RuleViolation(refusal.text) from refusal
    for each in findings:
        if each.verdict is Verdict.INVALID:
            words = " ".join(reason.text for reason in each.reasons if not reason.is_remark)
            raise RuleViolation(
                _("Підпис не прийнято (%(who)s). %(why)s")
                % {"who": each.signer.name or _("невідомо чий"), "why": words}
            )
    return findings


def _new(report: IssuedReport, findings: Sequence[Finding]) -> list[Finding]:
    """Those that are not accepted yet: a PDF brings along the signatures before it."""
    known = Counter(report.signatures.filter(counts=True).values_list("serial", "issuer"))
    fresh = []
    for each in findings:
        mark = (each.signer.serial, each.signer.issuer)
        if known[mark]:
            known[mark] -= 1
        else:
            fresh.append(each)
    if not fresh:
        raise RuleViolation(_("Підписи цього файла вже прийнято: нового підпису в ньому немає."))
    return fresh


def _expect_going_on(report: IssuedReport, upload: Upload) -> None:
    """A signed PDF continues the one before it, byte by byte."""
    current = stored.current_pdf(report)
    if upload.ending == "pdf" and not upload.content.startswith(current.content):
        raise RuleViolation(
            _(
                "Цей PDF не містить попередніх підписів. Завантажте зі сторінки файл %(name)s, підпишіть саме його і поверніть сюди."
            )
            % {"name": current.name}
        )


def _assign(
    report: IssuedReport, findings: Sequence[Finding]
) -> list[tuple[IssuedSigner, Finding]]:
    """Each signature with the signer whose turn it is."""
    waiting = list(selectors.waiting_signers(report))
    pdfs = stored.pdf_names(report)
    kept = []
    for finding in findings:
        if not pdfs & set(finding.document.split(", ")):
            raise RuleViolation(
                _("Підписано %(what)s, а підписують PDF звіту: завантажте його зі сторінки.")
                % {"what": finding.document}
            )
        if not waiting:
            raise RuleViolation(_("У файлі більше підписів, ніж підписантів."))
        signer = waiting[0]
        if not identity.may_stand_for(signer, finding.signer):
            raise RuleViolation(_out_of_turn(waiting, finding))
        kept.append((signer, finding))
        if _counts(finding):
            waiting.pop(0)
    return kept


def _out_of_turn(waiting: Sequence[IssuedSigner], finding: Finding) -> str:
    turn, person = waiting[0], finding.signer.name
    if any(identity.may_stand_for(later, finding.signer) for later in waiting[1:]):
        return _("%(person)s підписує пізніше: зараз черга «%(turn)s».") % {
            "person": person,
            "turn": turn,
        }
    return _(
        "Сертифікат виданий на ім’я %(person)s, а зараз черга «%(turn)s». Підпис приймають лише від підписанта або його заступника."
    ) % {"person": person, "turn": turn}


def _counts(finding: Finding) -> bool:
    return finding.verdict is Verdict.VALID or (
        finding.verdict is Verdict.NOT_CHECKED and settings.UNCHECKED_SIGNATURES_COUNT
    )


def _keep(
    report: IssuedReport,
    upload: Upload,
    way: SignatureWay,
    kept: Sequence[tuple[IssuedSigner, Finding]],
    by: User | None,
) -> list[IssuedSignature]:
    """One row a signature; they share the file that brought them."""
    ending = upload.ending
    saved: list[IssuedSignature] = []
    with kept_only_with_success() as keep:
        for signer, finding in kept:
            signature = IssuedSignature(
                report=report,
                signer=signer,
                way=way,
                counts=_counts(finding),
                verdict=SignatureVerdict(finding.verdict.value),
                format=finding.format,
                level=finding.level,
                algorithm=finding.algorithm[:100],
                is_test=finding.is_test,
                is_timestamped=finding.is_timestamped,
                signed_at=finding.signed_at,
                person=finding.signer.name[:300],
                tax_number=finding.signer.tax_number[:10],
                edrpou=finding.signer.edrpou[:12],
                organisation=finding.signer.organisation[:300],
                serial=finding.signer.serial[:64],
                issuer=finding.signer.issuer[:300],
                reasons=[reason.text for reason in finding.reasons],
                document=finding.document[:500],
                name=_name(report, signer, ending),
                size=len(upload.content),
                digest=digest(upload.content),
                accepted_at=timezone.now(),
                accepted_by=by,
            )
            if saved:
                signature.name, signature.file = saved[0].name, saved[0].file
            else:
                keep(signature.file, ContentFile(upload.content), ending)
            signature.save()
            saved.append(signature)
    return saved


def _name(report: IssuedReport, signer: IssuedSigner, ending: str) -> str:
    """«2023-0217530-zvit-v2-pidpys-1.pdf»; a second file of one signer, whose first was not checked, gets a mark."""
    name = f"{report.name}-pidpys-{signer.order}.{ending}"
    if report.signatures.filter(name=name).exists():
        name = f"{report.name}-pidpys-{signer.order}-{secrets.token_hex(2)}.{ending}"
    return name
