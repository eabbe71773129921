"""A published report as open data: its files, the same figures as CSV, and a description of them (Data Package)."""

from django.conf import settings
from django.urls import reverse

from reports.issuing.addresses import verification_address
from reports.models import IssuedReport
from reports.selectors import issued as selectors

DESCRIPTOR = "datapackage.json"


def csv_name(report: IssuedReport) -> str:
    return f"{report.name}.csv"


def names(report: IssuedReport) -> list[str]:
    """Files that everybody may take: what was issued and signed, CSV, the description."""
    own = [each.name for each in selectors.all_files(report)]
    return [*own, csv_name(report), DESCRIPTOR]


def descriptor(report: IssuedReport) -> dict[str, object]:
    """Metadata after Frictionless Data Package; fields of resolution № 835 where a report has them."""
    address = reverse("published_report", args=[report.code])
    resources: list[dict[str, object]] = [
        {
            "name": each.name,
            "path": each.name,
            "bytes": each.size,
            "hash": f"sha256:{each.digest}",
        }
        for each in selectors.all_files(report)
    ]
    resources.append(
        {"name": csv_name(report), "path": csv_name(report), "encoding": "utf-8", "format": "csv"}
    )
    return {
        "name": report.name,
        "title": report.title,
        "identifier": report.code,
        "version": str(report.version),
        "homepage": f"{settings.PUBLIC_ADDRESS}{address}",
        "verification": verification_address(report.code),
        "dateAccepted": report.issued_at.date().isoformat(),
        "publisherName": report.community.name,
        "year": report.year,
        "period": report.period or None,
        "supersedes": report.supersedes.name if report.supersedes else None,
        "isTest": report.is_test,
        "resources": resources,
    }
