"""Writing the parts of a target programme: its passport, stages, sources, executors, tree, ceilings.

Until the council adopts the first act everything may change. From then on what it approved stays: the passport, the
stages and the links with the strategy are closed; sources, executors, directions and tasks keep their words and
their order, and new ones may be added for measures to come. While an act is on its way to the council nothing that its
papers say changes. Ceilings are a forecast of the budget and always change.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from budgets.choices import ProgrammeFund
from budgets.exceptions import RuleViolation
from budgets.models import (
    ActRow,
    Ceiling,
    Direction,
    Executor,
    FundingSource,
    Measure,
    PassportItem,
    Programme,
    Stage,
    StrategyLink,
    Task,
)
from budgets.models.programmes import ORDER_STEP
from budgets.selectors import programme_parts as selectors
from budgets.services.programmes import approving_act, expect_only_drafts, locked, told, touch
from budgets.services.record import recorded

Values = Mapping[str, Any]
Part = TypeVar("Part", bound=models.Model)

CLOSED_BY_APPROVAL = frozenset({PassportItem, Stage, StrategyLink})
APPROVED_WORDS: Mapping[type[models.Model], tuple[str, ...]] = {
    FundingSource: ("number", "title"),
    Executor: ("number", "name"),
    Direction: ("number", "title"),
    Task: ("number", "title", "direction", "executor"),
}


@recorded
def write_rows(
    *,
    programme: Programme,
    model: type[models.Model],
    rows: Sequence[Values],
    version: int,
    by: User,
) -> None:
    """Make ``rows`` one part of the programme, in the given order; a row with ``id`` keeps its identity.

    Refused: any change while an act is on its way; a change of what the council approved; the removal of a row that something names; a stage or a ceiling
    outside the programme's years; two ceilings of one year and fund; a row of another programme.
    """
    programme = locked(programme, version)
    if model is not Ceiling:
        expect_only_drafts(programme)
    act = approving_act(programme)
    if act and model in CLOSED_BY_APPROVAL:
        raise RuleViolation(
            _("Цю частину затверджено актом «%(act)s», вона не змінюється.") % {"act": act}
        )
    approved = APPROVED_WORDS.get(model, ()) if act else ()
    store_rows(programme, model, rows, approved=approved)
    touch(programme)


def store_rows(
    programme: Programme,
    model: type[Part],
    rows: Sequence[Values],
    *,
    approved: Sequence[str] = (),
) -> list[Part]:
    """The rows as one set, in a fixed number of queries. Fields named in ``approved`` stay as they are in rows that exist.

    The caller holds the programme's lock.
    """
    named = [f.name for f in model._meta.concrete_fields if f.is_relation]
    stored = model._default_manager.filter(programme=programme).select_related(*named)
    existing = {row.pk: row for row in stored}
    kept = [row["id"] for row in rows if row.get("id")]
    if len(set(kept)) < len(kept):
        raise RuleViolation(_("Той самий рядок надіслано двічі. Нічого не збережено."))
    if unknown := sorted(set(kept) - existing.keys()):
        raise RuleViolation(
            _("Рядків %(rows)s уже немає в цій програмі. Оновіть сторінку.") % {"rows": unknown}
        )
    removed = [row for pk, row in existing.items() if pk not in kept]
    if approved:
        _expect_approved_stays(existing, kept, removed)
    _expect_unused(removed)
    made = [
        _fill(
            existing.get(values.get("id") or 0) or model(programme=programme), values, n, approved
        )
        for n, values in enumerate(rows, start=1)
    ]
    if model is Ceiling:
        _expect_one_of_a_year_and_fund(made)
    _save(model, made, removed)
    return made


def _fill(row: Part, values: Values, place: int, approved: Sequence[str]) -> Part:
    """The row with its new values, checked but not stored."""
    for name, typed in values.items():
        value = _plain_lines(typed)
        if name == "id" or (row.pk and _is_same(row, name, value)):
            continue
        if row.pk and name in approved:
            raise RuleViolation(
                _(
                    "Рядок %(place)s: «%(row)s» затверджено радою, його слова не змінюються. Поверніть їх або додайте новий рядок."
                )
                % {"place": place, "row": row}
            )
        setattr(row, name, value)
    if hasattr(row, "order"):
        row.order = place * ORDER_STEP
    relations = [f.name for f in row._meta.concrete_fields if f.is_relation]
    try:
        row.clean_fields(exclude=relations)
    except ValidationError as error:
        raise RuleViolation(
            _("Рядок %(place)s не можна зберегти. %(error)s")
            % {"place": place, "error": told(row, error)}
        ) from error
    if message := _refusal(row):
        raise RuleViolation(
            _("Рядок %(place)s: %(message)s") % {"place": place, "message": message}
        )
    return row


def _plain_lines(value: Any) -> Any:
    """A text as it is stored; a browser sends lines with other ends."""
    if isinstance(value, str):
        return "\n".join(line.rstrip() for line in value.strip().splitlines())
    return value


def _is_same(row: models.Model, name: str, value: Any) -> bool:
    field = row._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        return bool(getattr(row, field.attname) == (value.pk if value else None))
    return bool(_plain_lines(getattr(row, name)) == value)


def _refusal(row: models.Model) -> str:
    """Why the programme cannot have this row, or nothing."""
    match row:
        case Stage():
            return _stage_refusal(row)
        case Task():
            for part in (row.direction, row.executor):
                if part is not None and part.programme_id != row.programme_id:
                    return _("«%(part)s» належить до іншої програми.") % {"part": part}
        case Executor():
            if row.unit is not None and row.unit.community_id != row.programme.community_id:
                return _("розпорядник належить до іншої громади. Оберіть розпорядника цієї.")
        case Ceiling():
            if row.year not in row.programme.years:
                return _outside(row.programme, row.year)
            if row.amount < 0:
                return _("граничний обсяг не може бути від’ємним.")
    return ""


def _stage_refusal(stage: Stage) -> str:
    if stage.year_to < stage.year_from:
        return _("останній рік етапу не може бути раніше за перший.")
    for year in (stage.year_from, stage.year_to):
        if year not in stage.programme.years:
            return _outside(stage.programme, year)
    return ""


def _outside(programme: Programme, year: int) -> str:
    return _("%(year)s рік не належить до програми (%(first)s–%(last)s).") % {
        "year": year,
        "first": programme.year_from,
        "last": programme.year_to,
    }


def _expect_one_of_a_year_and_fund(ceilings: Sequence[Any]) -> None:
    for (year, fund), count in Counter((row.year, row.fund) for row in ceilings).items():
        if count > 1:
            label = ProgrammeFund(fund).label if fund else _("усі фонди разом")
            raise RuleViolation(
                _("Граничний обсяг на %(year)s рік (%(fund)s) вказано двічі. Залиште один рядок.")
                % {"year": year, "fund": label}
            )


def _expect_approved_stays(
    existing: Mapping[int, models.Model], kept: Sequence[int], removed: Sequence[models.Model]
) -> None:
    if removed:
        raise RuleViolation(
            _("«%(row)s» затверджено радою, рядок не вилучають. Поверніть його.")
            % {"row": removed[0]}
        )
    if kept != list(existing):
        raise RuleViolation(
            _("Порядок затверджених рядків не змінюється. Нові рядки можна додати між ними.")
        )


def _expect_unused(removed: Sequence[models.Model]) -> None:
    """Refuse to remove what an act, a measure or another part names, saying what it is."""
    if not removed:
        return
    by_pk = {row.pk: row for row in removed}
    for relation in removed[0]._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.field.model is None:
            continue
        field = relation.field
        if field.remote_field.on_delete is models.CASCADE and not field.model._meta.auto_created:
            continue  # what belongs to the row goes with it
        user = field.model._default_manager.filter(**{f"{field.name}__in": by_pk}).first()
        if user is not None:
            raise RuleViolation(
                _(
                    "«%(row)s» не можна вилучити: його називає %(user)s. Спершу змініть це посилання."
                )
                % {"row": by_pk[getattr(user, field.attname)], "user": _name(user)}
            )


def _name(user: models.Model) -> str:
    """What names a part, in words."""
    measure = getattr(user, "measure", None)
    match user:
        case ActRow():
            return _("акт «%(act)s»") % {"act": user.act}
        case Task():
            return _("завдання «%(task)s»") % {"task": user}
        case Measure():
            return _measure_name(user)
        case _ if user._meta.auto_created and isinstance(measure, Measure):
            return _measure_name(measure)
    return f"{user._meta.verbose_name} «{user}»"


def _measure_name(measure: Measure) -> str:
    return _("захід «%(title)s»") % {"title": selectors.measure_titles([measure])[measure.pk]}


def _save(model: type[Part], rows: Sequence[Part], removed: Sequence[Part]) -> None:
    """Store the set. Kinds that nothing names leave their places first and come back under the same ids."""
    manager = model._default_manager
    is_named = any(
        isinstance(field, models.ManyToOneRel)
        for field in model._meta.get_fields(include_hidden=True)
    )
    if not is_named:
        manager.filter(pk__in=[row.pk for row in (*rows, *removed) if row.pk]).delete()
        manager.bulk_create(rows)
        return
    manager.filter(pk__in=[row.pk for row in removed]).delete()
    changing = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    manager.bulk_update([row for row in rows if row.pk], changing)
    manager.bulk_create([row for row in rows if not row.pk])
