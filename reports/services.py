"""Writing the words of a report, whose figures are computed; agreeing a passport that its checks let through."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets.choices import SignatoryRole
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Passport, PassportRevision, Signatory, SpendingLine
from budgets.permissions import Step
from budgets.selectors import passports as passport_selectors
from budgets.services import passports
from budgets.services.record import recorded
from reports import checks
from reports.documents import passport as passport_document
from reports.models import EffectivenessReport, ExecutionReport, LineExplanation, ReportSignatory


def agree(*, revision: PassportRevision, agreed_on: dt.date, version: int, by: User) -> None:
    """Agree a draft, as ``passports.agree`` does, unless a check of its document finds an error."""
    errors = [
        finding.message
        for finding in checks.run(passport_document.build(revision))
        if finding.severity is checks.Severity.ERROR
    ]
    if errors:
        raise RuleViolation(" ".join(errors))
    passports.agree(revision=revision, agreed_on=agreed_on, version=version, by=by)


@recorded
def open_report(*, passport: Passport, by: User) -> ExecutionReport:
    """The execution report of the passport, made on first use with the signatories of the revision in force.

    Refused before the passport is approved.
    """
    passport = Passport.objects.select_for_update().get(pk=passport.pk)
    report = ExecutionReport.objects.filter(passport=passport).first()
    if report is not None:
        return report
    if not _has_revision(passport, Step.OPEN_REPORT):
        raise RuleViolation(_("Паспорт ще не затверджено, звітувати зарано."))
    report = ExecutionReport.objects.create(passport=passport, changed_by=by)
    for order, signer in enumerate(usual_signatories(passport), start=1):
        ReportSignatory.objects.create(
            report=report, order=order, position=signer.position, name=signer.name
        )
    return report


def usual_signatories(passport: Passport) -> list[Signatory]:
    """Who signs the report unless told otherwise: the head and the accountant of the passport in force."""
    revision = passport_selectors.revision_in_force(passport)
    if revision is None:
        return []
    return list(revision.signatorys.filter(role__in=[SignatoryRole.HEAD, SignatoryRole.ACCOUNTANT]))


@recorded
def write(
    *,
    report: ExecutionReport,
    explanations: Mapping[int, str],
    analysis: str,
    conclusion: str,
    version: int,
    by: User,
) -> None:
    """Write sections 7.2 (explanations by root line), 9.3 and 10. An empty explanation removes the old one.

    Refused with StaleVersion when another person wrote meanwhile.
    """
    report = _locked(report, version)
    lines = SpendingLine.objects.filter(
        revision__passport=report.passport_id, origin__isnull=True
    ).in_bulk(explanations)
    if unknown := explanations.keys() - lines.keys():
        raise RuleViolation(
            _("Напрямів %(lines)s немає в цьому паспорті. Оновіть сторінку.")
            % {"lines": sorted(unknown)}
        )
    LineExplanation.objects.filter(report=report, line__in=lines).delete()
    LineExplanation.objects.bulk_create(
        LineExplanation(report=report, line=lines[root_id], text=text.strip())
        for root_id, text in explanations.items()
        if text.strip()
    )
    report.analysis, report.conclusion = analysis.strip(), conclusion.strip()
    _touch(report, by)


@recorded
def write_causes(*, passport: Passport, causes: str, version: int, by: User) -> None:
    """Write why effectiveness is low. ``version`` is 1 while nobody has written.

    Refused before the passport is approved, and with StaleVersion when another person wrote meanwhile.
    """
    passport = Passport.objects.select_for_update(of=("self",)).get(pk=passport.pk)
    if not _has_revision(passport, Step.WRITE_CAUSES):
        raise RuleViolation(_("Паспорт ще не затверджено, аналізувати зарано."))
    words = (
        EffectivenessReport.objects.select_related("changed_by").filter(passport=passport).first()
    )
    if (words.version if words else 1) != version:
        raise StaleVersion(
            _(
                "Поки ви редагували, аналіз причин змінив користувач %(who)s. Ваш текст залишився у формі: порівняйте і збережіть ще раз."
            )
            % {"who": words.changed_by if words else "—"},
            current=str(words.version if words else 1),
        )
    words = words or EffectivenessReport(passport=passport)
    words.causes, words.changed_by = causes.strip(), by
    words.version += 1
    words.save()


@recorded
def set_signatories(
    *, report: ExecutionReport, signatories: Sequence[tuple[str, str]], version: int, by: User
) -> None:
    """Replace who signs the report: (position, name) in the order of signing."""
    report = _locked(report, version)
    report.signatories.all().delete()
    ReportSignatory.objects.bulk_create(
        ReportSignatory(report=report, order=order, position=position, name=name)
        for order, (position, name) in enumerate(signatories, start=1)
    )
    _touch(report, by)


def _has_revision(passport: Passport, step: Step) -> bool:
    """Whether a revision of the passport has a status that permits the step."""
    return passport.revisions.filter(status__in=step.when).exists()


def _locked(report: ExecutionReport, version: int) -> ExecutionReport:
    current = (
        ExecutionReport.objects.select_for_update(of=("self",))
        .select_related("changed_by")
        .get(pk=report.pk)
    )
    if current.version != version:
        raise StaleVersion(
            _(
                "Поки ви редагували, звіт змінив користувач %(who)s. Ваш текст залишився у формі: порівняйте і збережіть ще раз."
            )
            % {"who": current.changed_by},
            current=str(current.version),
        )
    return current


def _touch(report: ExecutionReport, by: User) -> None:
    report.version += 1
    report.changed_by = by
    report.save()
