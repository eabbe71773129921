"""Issuing a report: the document as it is now becomes a numbered version that never changes."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Community, Passport, Programme
from budgets.services.kept_files import kept_only_with_success
from budgets.services.record import recorded
from reports import checks
from reports.checks import Severity
from reports.documents.base import Document, Signature
from reports.issuing import payload, sealing
from reports.issuing.addresses import verification_address
from reports.issuing.wanted import Wanted
from reports.models import IssuedFile, IssuedReport, IssuedSigner
from reports.models.issued import CODE_LENGTH, grouped
from reports.renderers import FORMATS
from reports.renderers.read_back import figures_of, prove
from reports.selectors import issued as selectors

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another
TEST_MARK = "ЗРАЗОК. Тестовий підпис, юридичної сили не має"


@dataclass(frozen=True, slots=True)
class Signer:
    position: str
    name: str


def ready(wanted: Wanted, signers: Sequence[Signer] = ()) -> tuple[Document, list[checks.Finding]]:
    """The document as it would be issued, and what its checks find. ``signers`` are for papers that name none.

    Raises RuleViolation when there is no document, it is a draft, or nobody is to sign it.
    """
    return judged(wanted.build(), signers)


def judged(
    document: Document, signers: Sequence[Signer] = ()
) -> tuple[Document, list[checks.Finding]]:
    """``ready`` of a document that is built already."""
    if document.draft_mark:
        raise RuleViolation(_("Це проєкт: видають документ, який уже затверджено."))
    if signers and document.signatures:
        raise RuleViolation(
            _("Підписанти вже названі в самому документі: змініть їх там, де складають документ.")
        )
    if signers:
        document = replace(
            document, signatures=tuple(Signature(each.position, each.name) for each in signers)
        )
    if not document.signatures:
        raise RuleViolation(_("Документ не називає підписантів: вкажіть, хто його підписує."))
    if (seal := sealing.seal()) is not None:
        last = Signature(sealing.POSITION, seal.signer.name)
        document = replace(document, signatures=(*document.signatures, last))
    return document, checks.run(document)


@dataclass(frozen=True, slots=True)
class Printed:
    """A document with everything that was made of it, before any of it is stored."""

    document: Document
    findings: list[checks.Finding]
    before: IssuedReport | None
    head: payload.Head
    text: str
    files: Mapping[str, bytes]
    figures: int


def issue(
    *, wanted: Wanted, by: User | None, reason: str = "", signers: Sequence[Signer] = ()
) -> IssuedReport:
    """Issue the next version. Seconds: a PDF is printed, before the transaction, so that nobody waits for it.

    Refused: what ``ready`` refuses; any error of the checks; warnings without a reason, which stays with the report; data
    that changed while the PDF was printed. Raises FiguresDiffer when PDF, workbook and data do not say the same figures.
    """
    printed = _print(wanted, signers, reason)
    with kept_only_with_success():
        return _issue(wanted=wanted, signers=signers, printed=printed, by=by, reason=reason)


def _print(wanted: Wanted, signers: Sequence[Signer], reason: str) -> Printed:
    document, findings = ready(wanted, signers)
    errors = [each.message for each in findings if each.severity is Severity.ERROR]
    if errors:
        raise RuleViolation(_("Звіт не видано: %(errors)s") % {"errors": " ".join(errors)})
    if findings and not reason.strip():
        raise RuleViolation(
            _("Застережень: %(count)s. Усуньте їх або напишіть, чому звіт видається попри них.")
            % {"count": len(findings)}
        )
    before = selectors.versions(wanted).first()
    head = _head(wanted, document, before)
    text = payload.payload(head, document)
    files = _files(head, document, text)
    for format_name, content in files.items():
        prove(document, format_name, content)
    return Printed(document, findings, before, head, text, files, figures_of(document))


@recorded
def _issue(
    *, wanted: Wanted, signers: Sequence[Signer], printed: Printed, by: User | None, reason: str
) -> IssuedReport:
    subject, head, document = wanted.subject, printed.head, printed.document
    type(subject).objects.select_for_update(of=("self",)).get(pk=subject.pk)  # versions in turn
    if (
        ready(wanted, signers)[0] != document
        or selectors.versions(wanted).first() != printed.before
    ):
        raise RuleViolation(
            _("Поки звіт друкувався, його дані змінили. Перегляньте звіт і видайте його ще раз.")
        )
    report = IssuedReport.objects.create(
        community=_community(wanted),
        kind=wanted.kind,
        passport=subject if isinstance(subject, Passport) else None,
        programme=subject if isinstance(subject, Programme) else None,
        year=wanted.year,
        period=wanted.period,
        version=head.version,
        supersedes=printed.before,
        title=document.title,
        edition=document.edition,
        stem=document.file_stem,
        code=head.code,
        payload=printed.text,
        digest=payload.digest(printed.text.encode()),
        figures=printed.figures,
        warnings=[each.message for each in printed.findings],
        warnings_reason=reason.strip() if printed.findings else "",
        issued_at=head.issued_at,
        issued_by=by,
        is_test=head.is_test,
    )
    IssuedSigner.objects.bulk_create(
        IssuedSigner(report=report, order=order, position=each.position, name=each.name)
        for order, each in enumerate(document.signatures, start=1)
    )
    _keep(report, printed.files)
    return report


def _head(wanted: Wanted, document: Document, before: IssuedReport | None) -> payload.Head:
    version = before.version + 1 if before else 1
    return payload.Head(
        name=f"{document.file_stem}-v{version}",
        version=version,
        supersedes=before.name if before else None,
        code="".join(secrets.choice(_LETTERS) for _place in range(CODE_LENGTH)),
        issued_at=timezone.now().replace(microsecond=0),
        community=_community(wanted).name,
        year=wanted.year,
        period=wanted.period,
        signers=tuple((each.position, each.name) for each in document.signatures),
        is_test=settings.SAMPLE,
    )


def _community(wanted: Wanted) -> Community:
    subject = wanted.subject
    holder = subject.programme if isinstance(subject, Passport) else subject
    return holder.community


def _files(head: payload.Head, document: Document, text: str) -> Mapping[str, bytes]:
    """Data, workbook and PDF by format; the PDF holds the other two."""
    data = text.encode()
    properties = {"code": head.code, "version": str(head.version), "digest": payload.digest(data)}
    workbook = import_module("reports.renderers.xlsx").render(document, properties=properties)
    printer = import_module("reports.renderers.issued")  # WeasyPrint takes a second to import
    imprint = printer.Imprint(
        version=head.version,
        issued_at=timezone.localtime(head.issued_at),
        code=grouped(head.code),
        address=verification_address(head.code),
        marks=[printer.Mark(*signer) for signer in head.signers],
        supersedes=head.supersedes or "",
        test_mark=TEST_MARK if head.is_test else "",
    )
    enclosures = [
        printer.Enclosure(f"{head.name}.json", data, "Дані документа", is_source=True),
        printer.Enclosure(f"{head.name}.xlsx", workbook, "Таблиці документа"),
    ]
    return {"pdf": printer.render(document, imprint, enclosures), "xlsx": workbook, "json": data}


def _keep(report: IssuedReport, files: Mapping[str, bytes]) -> None:
    with kept_only_with_success() as keep:
        for format_name, content in files.items():
            extension = FORMATS[format_name].extension
            file = IssuedFile(
                report=report,
                format=format_name,
                name=f"{report.name}.{extension}",
                size=len(content),
                digest=payload.digest(content),
            )
            keep(file.file, ContentFile(content), extension)
            file.save()
