"""Evidence of actual values: files judged by their content, handed out again only by a page that asks for rights."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Programme
from budgets.periods import Month
from budgets.permissions import Step
from budgets.selectors import periods
from budgets.services import kept_files
from budgets.services.record import recorded
from indicators.choices import EvidenceFormat
from indicators.models import IndicatorEvidence, ProgrammeIndicator
from indicators.services.evidence_contents import format_of
from indicators.services.programme_actuals import expect_reported

MAX_SIZE = 10 * 1024 * 1024
MOST = 20  # files of one indicator's year
_NAME_LENGTH = 200


def add(
    *, indicator: ProgrammeIndicator, year: int | None, file: File, name: str, by: User
) -> IndicatorEvidence:
    """Keep a file as evidence of the indicator's year.

    Refused: what is empty, too large or none of the known formats whatever its name says; one file too many; years
    outside the programme or to come.
    """
    found = judged(file)
    # The outermost transaction, unless whoever opened one answers for files, too: one that rolled back could leave
    # the file behind.
    durable = not kept_files.is_within()
    with kept_files.kept_only_with_success() as keep, transaction.atomic(durable=durable):
        return _add(
            indicator=indicator,
            year=year,
            name=name,
            found=found,
            size=file.size or 0,
            store=lambda row: keep(row.file, file, found.value),
            by=by,
        )


@recorded
def remove(*, evidence: IndicatorEvidence, by: User) -> None:
    """Take a file away. Refused once the year is closed for the responsible unit: what was reported with it stays."""
    programme = Programme.objects.select_for_update(of=("self",)).get(
        pk=evidence.indicator.programme_id
    )
    _expect_open(programme, programme.year_to if evidence.year is None else evidence.year, by)
    file = evidence.file
    evidence.delete()
    transaction.on_commit(lambda: file.storage.delete(str(file.name)))


def judged(file: File) -> EvidenceFormat:
    """What the file is by its content."""
    if not file.size:
        raise RuleViolation(_("Файл порожній. Оберіть інший."))
    if file.size > MAX_SIZE:
        raise RuleViolation(
            _("Файл більший за %(limit)s МБ. Стисніть його або поділіть на частини.")
            % {"limit": MAX_SIZE // 1024**2}
        )
    found = format_of(file)
    file.seek(0)
    if found is None:
        raise RuleViolation(
            _(
                "Це не PDF, PNG, JPEG чи XLSX без макросів і вкладених файлів, або файл пошкоджений. Збережіть документ в одному з цих форматів і додайте його ще раз."
            )
        )
    return found


def _expect_open(programme: Programme, year: int, by: User) -> None:
    if programme.responsible_unit_id is None:
        return
    state = periods.state(programme.responsible_unit_id, Month(year, 12), by)
    if not Step.REMOVE_EVIDENCE.is_possible(state.status) and state.lock is not None:
        raise RuleViolation(
            _(
                "%(year)s рік закрито %(day)s (%(who)s), тому підтвердження не вилучають. Відкрийте грудень знову або додайте правильний файл поруч."
            )
            % {
                "year": year,
                "day": f"{state.lock.closed_at:%d.%m.%Y}",
                "who": state.lock.closed_by,
            }
        )


@recorded
def _add(
    *,
    indicator: ProgrammeIndicator,
    year: int | None,
    name: str,
    found: EvidenceFormat,
    size: int,
    store: Callable[[IndicatorEvidence], None],
    by: User,
) -> IndicatorEvidence:
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=indicator.programme_id)
    expect_reported(programme, year)
    if IndicatorEvidence.objects.filter(indicator=indicator, year=year).count() >= MOST:
        raise RuleViolation(
            _("Тут уже %(most)s файлів, більше не додають. Об’єднайте документи в один файл.")
            % {"most": MOST}
        )
    row = IndicatorEvidence(
        indicator=indicator,
        year=year,
        name=_shown(name, found),
        format=found,
        size=size,
        added_by=by,
    )
    store(row)
    row.save()
    return row


def _shown(name: str, found: EvidenceFormat) -> str:
    """The name as its owner knows it, without folders and characters that no page should print, and its true ending."""
    plain = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(char for char in plain if char.isprintable() and char not in '"<>').strip()
    stem, dot, ending = plain.rpartition(".")
    endings = {found.value, "jpeg"} if found is EvidenceFormat.JPEG else {found.value}
    stem = stem if dot and ending.lower() in endings else plain
    return f"{stem[: _NAME_LENGTH - 5] or _('файл')}.{found.value}"
