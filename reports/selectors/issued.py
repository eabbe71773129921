"""Issued reports: which a person sees, which is the last version, where each stands."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from budgets import permissions
from budgets.choices import IssuedStatus
from budgets.models import Passport
from budgets.permissions import Action, Person
from reports.issuing.wanted import Wanted
from reports.models import IssuedFile, IssuedReport, IssuedSignature, IssuedSigner


def versions(wanted: Wanted) -> QuerySet[IssuedReport]:
    """Every version of a document, the last one first."""
    by_subject = (
        Q(passport=wanted.subject.pk)
        if isinstance(wanted.subject, Passport)
        else Q(programme=wanted.subject.pk)
    )
    return IssuedReport.objects.filter(by_subject, kind=wanted.kind, period=wanted.period).order_by(
        "-version"
    )


def of_same_document(report: IssuedReport) -> QuerySet[IssuedReport]:
    """Every version of the report's document, the last one first."""
    return IssuedReport.objects.filter(
        kind=report.kind,
        passport=report.passport_id,
        programme=report.programme_id,
        period=report.period,
    ).order_by("-version")


def visible(user: Person) -> QuerySet[IssuedReport]:
    """Reports of what the person sees."""
    return IssuedReport.objects.filter(
        Q(passport__in=permissions.visible_passports(user).values("pk"))
        | Q(programme__in=permissions.visible_programmes(user).values("pk"))
    ).select_related(
        "community",
        "passport__programme__community",
        "programme__community",
        "supersedes",
        "issued_by",
    )


def numbered(number: int) -> IssuedReport | None:
    """The report that commands call by its number: its key."""
    return (
        IssuedReport.objects.select_related(
            "community", "passport__programme__community", "programme__community"
        )
        .filter(pk=number)
        .first()
    )


def waiting_signers(report: IssuedReport) -> QuerySet[IssuedSigner]:
    """Who has not signed yet, in the order of signing."""
    signed = IssuedSignature.objects.filter(report=report, counts=True)
    return IssuedSigner.objects.filter(report=report).exclude(pk__in=signed.values("signer"))


def next_signer(report: IssuedReport) -> IssuedSigner | None:
    """Whose turn it is."""
    return waiting_signers(report).select_related("report").first()


def signed_after(report: IssuedReport) -> IssuedReport | None:
    """The last signed version after this one: the one that is current."""
    return (
        of_same_document(report)
        .filter(version__gt=report.version, status=IssuedStatus.SIGNED)
        .first()
    )


@dataclass(frozen=True, slots=True)
class SignerState:
    """A signer with the signature that counts, once it is there."""

    signer: IssuedSigner
    signature: IssuedSignature | None


def signers(report: IssuedReport) -> list[SignerState]:
    """Everybody who signs, in order."""
    counted = {each.signer_id: each for each in report.signatures.all() if each.counts}
    return [SignerState(each, counted.get(each.pk)) for each in report.signers.all()]


def signed_files(report: IssuedReport) -> list[IssuedSignature]:
    """Each file that brought signatures, once."""
    return list({each.name: each for each in report.signatures.all()}.values())


def all_files(report: IssuedReport) -> list[IssuedFile | IssuedSignature]:
    return [*report.files.all(), *signed_files(report)]


def latest(reports: QuerySet[IssuedReport]) -> list[IssuedReport]:
    """The last version of each document, with what a list shows of it."""
    return list(_listed(reports.filter(superseded_by=None)))


def latest_signed(reports: QuerySet[IssuedReport]) -> list[IssuedReport]:
    """The last signed version of each document: the one to rely on."""
    signed = _listed(reports.filter(status=IssuedStatus.SIGNED)).order_by("version")
    last = {(each.kind, each.passport_id, each.programme_id, each.period): each for each in signed}
    return sorted(last.values(), key=lambda each: each.issued_at, reverse=True)


def waiting_for(user: Person) -> list[IssuedReport]:
    """Reports that wait for signatures and that the person may sign, or bring signatures for."""
    if not permissions.allows(user, Action.SIGN_REPORT):
        return []
    reach = permissions.reach(user, Action.SIGN_REPORT)
    waiting = visible(user).filter(status__in=IssuedReport.OPEN)
    return [each for each in latest(waiting) if user.is_superuser or reach.of(each.subject)]


def published() -> QuerySet[IssuedReport]:
    """What everybody may read, the last first."""
    return IssuedReport.objects.filter(published_at__isnull=False).select_related(
        "community", "passport__programme", "programme"
    )


def _listed(reports: QuerySet[IssuedReport]) -> QuerySet[IssuedReport]:
    return (
        reports.defer("payload")
        .select_related("superseded_by")
        .prefetch_related("signers", "signatures", "files", "programme__executors")
    )
