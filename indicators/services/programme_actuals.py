"""Writing the actual values of a programme's indicators, with the version their author saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.exceptions import CellErrors, RuleViolation, StaleCells
from budgets.models import Programme
from budgets.numbers import print_number
from budgets.permissions import Step
from budgets.services.record import recorded
from indicators.models import VALUE_PLACES, ProgrammeIndicator, ProgrammeIndicatorActual
from indicators.yearly import negative_count


@dataclass(frozen=True, slots=True)
class ActualEdit:
    """New actual value and explanation of an indicator's year; ``version`` 0 when it had none yet."""

    indicator_id: int
    number: Decimal | None
    text: str
    explanation: str
    version: int

    @property
    def is_empty(self) -> bool:
        return self.number is None and not self.text and not self.explanation


@recorded
def save_actuals(
    *, programme: Programme, year: int | None, edits: Sequence[ActualEdit], by: User
) -> None:
    """Store what changed of one year (None: of the whole programme), all or nothing.

    Refused: a programme that no council adopted; a year outside it or not begun. Raises CellErrors by the indicator's
    id: values that are computed, and every value that another person changed meanwhile, with both; StaleCells when all are such.
    """
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    expect_reported(programme, year)
    indicators = ProgrammeIndicator.objects.filter(programme=programme).in_bulk()
    stored = {
        row.indicator_id: row
        for row in ProgrammeIndicatorActual.objects.filter(
            indicator__in=indicators, year=year
        ).select_related("changed_by")
    }
    errors: list[tuple[str, str]] = []
    stale = 0
    for edit in edits:
        row = stored.get(edit.indicator_id)
        if _is_unchanged(row, edit):
            continue
        indicator = indicators.get(edit.indicator_id)
        if indicator is not None and (row.version if row else 0) != edit.version:
            errors.append((str(edit.indicator_id), _stale(row, edit)))
            stale += 1
        elif message := _refusal(indicator, edit):
            errors.append((str(edit.indicator_id), message))
        else:
            _store(row, year, edit, by)
    if errors:
        raise (StaleCells if stale == len(errors) else CellErrors)(errors)


def expect_reported(programme: Programme, year: int | None) -> None:
    """Refuse what nobody can have achieved: before the council's decision, in years outside or to come."""
    if message := why_not_yet(programme, year):
        raise RuleViolation(message)


def why_not_yet(programme: Programme, year: int | None) -> str:
    """Why there can be no actual values of the year (None: of the whole programme), or nothing."""
    if not programme.acts.filter(status__in=Step.ENTER_VALUES.when).exists():
        return _(
            "Програму ще не затверджено, тому фактичних значень немає. Спершу внесіть рішення ради."
        )
    if year is not None and year not in programme.years:
        return _("%(year)s рік не належить до програми (%(first)s–%(last)s).") % {
            "year": year,
            "first": programme.year_from,
            "last": programme.year_to,
        }
    if (year or programme.year_from) > timezone.localdate().year:
        return _(
            "%(year)s рік ще не почався, фактичних значень немає. Введіть їх, коли він настане."
        ) % {"year": year or programme.year_from}
    return ""


def _is_unchanged(row: ProgrammeIndicatorActual | None, edit: ActualEdit) -> bool:
    if row is None:
        return edit.is_empty
    return (row.number, row.text, row.explanation) == (edit.number, edit.text, edit.explanation)


def _refusal(indicator: ProgrammeIndicator | None, edit: ActualEdit) -> str:
    if indicator is None:
        return _("Показник не належить до цієї програми. Оновіть сторінку.")
    if indicator.is_computed and (edit.number is not None or edit.text):
        return _("Значення цього показника обчислюється, його не вводять.")
    return negative_count(indicator.unit_of_measure, edit.number)


def _store(
    row: ProgrammeIndicatorActual | None, year: int | None, edit: ActualEdit, by: User
) -> None:
    if row is None:
        row = ProgrammeIndicatorActual(indicator_id=edit.indicator_id, year=year, version=0)
    row.number, row.text, row.explanation = edit.number, edit.text, edit.explanation
    row.version += 1
    row.changed_by = by
    row.save()


def _stale(row: ProgrammeIndicatorActual | None, edit: ActualEdit) -> str:
    return _(
        "Поки ви вводили, значення змінив користувач %(who)s. Зараз: %(current)s. Ви ввели: %(typed)s."
    ) % {
        "who": row.changed_by if row else "—",
        "current": _told(row.number, row.text, row.explanation) if row else "—",
        "typed": _told(edit.number, edit.text, edit.explanation),
    }


def _told(number: Decimal | None, text: str, explanation: str) -> str:
    value = text or "—" if number is None else print_number(number, max_places=VALUE_PLACES)
    return f"{value}; {explanation}" if explanation else value
