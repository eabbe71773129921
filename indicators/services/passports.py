"""Writing indicators: the plan in a draft passport, actual values and explanations of the year."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets.exceptions import CellErrors, RuleViolation, StaleCells
from budgets.models import Passport, PassportRevision
from budgets.numbers import print_number
from budgets.permissions import Step
from budgets.services import passports
from budgets.services.record import recorded
from indicators.choices import IndicatorKind
from indicators.models import ActualValue, Indicator
from indicators.yearly import negative_count


@recorded
def save_indicators(
    *, revision: PassportRevision, rows: Sequence[passports.Values], version: int, by: User
) -> None:
    """Make ``rows`` the indicators of a draft, grouped by kind in statutory order and numbered through.

    Refused: a formula whose part has a formula itself (averages of averages mean nothing).
    """
    order = list(IndicatorKind)
    rows = sorted(rows, key=lambda row: order.index(IndicatorKind(row["kind"])))
    passports.save_rows(revision=revision, model=Indicator, rows=rows, version=version, by=by)
    nested = revision.indicators.filter(numerator__isnull=False).exclude(
        numerator__numerator__isnull=True, denominator__numerator__isnull=True
    )
    if nested.exists():
        raise RuleViolation(
            _(
                "Формула показника «%(title)s» посилається на показник, який сам є часткою. Оберіть показники затрат і продукту."
            )
            % {"title": nested[0].title}
        )


@dataclass(frozen=True, slots=True)
class ActualEdit:
    """New actual values and explanation of one indicator, by its root; ``version`` 0 when it had none yet."""

    root_id: int
    general: Decimal | None
    special: Decimal | None
    explanation: str
    version: int


@recorded
def save_actuals(*, passport: Passport, edits: Sequence[ActualEdit], by: User) -> None:
    """Store what changed, all or nothing. Values of lines and formulas are computed and cannot be typed.

    Raises StaleCells naming every indicator that another person changed meanwhile, with both values; CellErrors when
    something else is wrong, too.
    """
    passport = Passport.objects.select_for_update().get(pk=passport.pk)
    indicators = {
        indicator.root_id: indicator
        for indicator in Indicator.objects.filter(
            revision__passport=passport, revision__status__in=Step.ENTER_ACTUALS.when
        )
        .select_related("origin")
        .order_by("revision__number")
    }
    stored = {
        row.indicator_id: row
        for row in ActualValue.objects.filter(indicator__in=indicators).select_related("changed_by")
    }
    errors: list[tuple[str, str]] = []
    stale = 0
    for edit in edits:
        indicator = indicators.get(edit.root_id)
        if indicator is None:
            errors.append(
                (str(edit.root_id), _("Показник не належить до цього паспорта. Оновіть сторінку."))
            )
            continue
        row = stored.get(edit.root_id)
        if row is not None and (row.general, row.special, row.explanation) == (
            edit.general,
            edit.special,
            edit.explanation,
        ):
            continue
        if row is None and edit.general is None and edit.special is None and not edit.explanation:
            continue
        if (row.version if row else 0) != edit.version:
            errors.append((str(indicator.number), _stale(row, edit)))
            stale += 1
        elif not indicator.is_typed and (edit.general is not None or edit.special is not None):
            errors.append(
                (
                    str(indicator.number),
                    _("Значення цього показника обчислюється, його не вводять."),
                )
            )
        elif message := negative_count(indicator.unit_of_measure, edit.general, edit.special):
            errors.append((str(indicator.number), message))
        else:
            _store(row, edit, by)
    if errors:
        raise (StaleCells if stale == len(errors) else CellErrors)(errors)


def _store(row: ActualValue | None, edit: ActualEdit, by: User) -> None:
    row = row or ActualValue(indicator_id=edit.root_id, version=0)
    row.general, row.special, row.explanation = edit.general, edit.special, edit.explanation
    row.version += 1
    row.changed_by = by
    row.save()


def _stale(row: ActualValue | None, edit: ActualEdit) -> str:
    return _(
        "Поки ви вводили, показник змінив користувач %(who)s. Зараз: %(current)s. Ви ввели: %(typed)s."
    ) % {
        "who": row.changed_by if row else "—",
        "current": _values(row.general, row.special, row.explanation) if row else "—",
        "typed": _values(edit.general, edit.special, edit.explanation),
    }


def _values(general: Decimal | None, special: Decimal | None, explanation: str) -> str:
    figures = " / ".join(
        "—" if value is None else print_number(value, max_places=4) for value in (general, special)
    )
    return f"{figures}; {explanation}" if explanation else figures
