"""Writing the indicators of a target programme: what it should achieve, as its council approves it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from budgets.exceptions import RuleViolation
from budgets.models import Programme
from budgets.services import programme_parts, programmes
from budgets.services.record import recorded
from indicators.choices import Nature
from indicators.models import ProgrammeIndicator, ProgrammeIndicatorValue
from indicators.services import programme_formulas
from indicators.yearly import PlannedValue

APPROVED_WORDS = (
    "number", "kind", "title", "unit_of_measure", "task", "measure", "baseline", "quality",
)  # fmt: skip
"""What the council approves. How values are counted (nature, direction, formula) explains them and may be said later."""

_NO_WORDS = frozenset({"values", "formula"})
Values = Mapping[int | None, PlannedValue]


@recorded
def write_indicators(
    *, programme: Programme, rows: Sequence[programme_parts.Values], version: int, by: User
) -> None:
    """Make ``rows`` the indicators of the programme, in the given order; a row with ``id`` keeps its identity.

    Each row has the fields of an indicator, ``values``: planned values by year, under None that of the whole
    programme, and ``formula``: the places (from 0) of numerator and denominator among the rows, or None; a row without
    the key keeps its formula. Refused: a year outside the programme; once the council adopted the programme, any change
    of an indicator that it approved (new ones may be added); any change while an act is on its way; a task or measure of
    another programme; a formula of a formula; money that is no input or is counted in no unit of money.
    """
    programme = programmes.locked(programme, version)
    programmes.expect_only_drafts(programme)
    act = programmes.approving_act(programme)
    existing = {
        value.pk: value
        for value in ProgrammeIndicatorValue.objects.filter(indicator__programme=programme)
    }
    words = [_words(row) for row in rows]
    known = {row["id"] for row in rows if row.get("id")}
    _expect_own(programme, rows)
    programme_formulas.let_go(programme, rows)
    made = programme_parts.store_rows(
        programme, ProgrammeIndicator, words, approved=APPROVED_WORDS if act else ()
    )
    programme_formulas.write(made, rows)
    stored: dict[int, dict[int | None, PlannedValue]] = {}
    for value in existing.values():
        own = stored.setdefault(value.indicator_id, {})
        own[value.year] = PlannedValue(value.number, value.text)
    new = []
    for place, (indicator, row) in enumerate(zip(made, rows, strict=True), start=1):
        values: Values = row.get("values") or {}
        if act and indicator.pk in known and values != stored.get(indicator.pk, {}):
            raise RuleViolation(
                _(
                    "Рядок %(place)s: «%(row)s» затверджено радою, його значення не змінюються. Поверніть їх або додайте новий рядок."
                )
                % {"place": place, "row": indicator}
            )
        new += _values(programme, indicator, values)
    ProgrammeIndicatorValue.objects.filter(pk__in=list(existing)).delete()
    ProgrammeIndicatorValue.objects.bulk_create(new)
    programmes.touch(programme)


def _words(row: programme_parts.Values) -> dict[str, Any]:
    """The fields of a row. Money of years adds up whatever was chosen."""
    words = {name: row[name] for name in row if name not in _NO_WORDS}
    return words | {"nature": Nature.INCREMENT} if words.get("is_money") else words


def _expect_own(programme: Programme, rows: Sequence[programme_parts.Values]) -> None:
    for place, row in enumerate(rows, start=1):
        for part in (row.get("task"), row.get("measure")):
            if part is not None and part.programme_id != programme.pk:
                raise RuleViolation(
                    _("Рядок %(place)s: «%(part)s» належить до іншої програми.")
                    % {"place": place, "part": part}
                )


def _values(
    programme: Programme, indicator: ProgrammeIndicator, values: Values
) -> list[ProgrammeIndicatorValue]:
    for year in values:
        if year is not None and year not in programme.years:
            raise RuleViolation(
                _("«%(row)s»: %(year)s рік не належить до програми (%(first)s–%(last)s).")
                % {
                    "row": indicator,
                    "year": year,
                    "first": programme.year_from,
                    "last": programme.year_to,
                }
            )
    return [
        ProgrammeIndicatorValue(
            indicator=indicator, year=year, number=value.number, text=value.text
        )
        for year, value in values.items()
    ]
