"""Issued reports: which a person sees, which is the last version, where each stands."""

from django.db.models import Q, QuerySet

from budgets import permissions
from budgets.choices import IssuedStatus
from budgets.models import Passport
from budgets.permissions import Person
from reports.issuing.wanted import Wanted
from reports.models import IssuedReport, IssuedSignature, IssuedSigner


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
