"""Writing passports: draft → agreed by the finance body → approved; an approved revision never changes.

Every write of a draft names the version its author saw and is refused with StaleVersion when another
person wrote meanwhile.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import Fund, RevisionStatus
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import (
    BudgetProgramme,
    EconomicCode,
    LineAllocation,
    Passport,
    PassportRevision,
    RevisionRow,
    SpendingLine,
)
from budgets.money import ZERO, print_amount
from budgets.permissions import Step
from budgets.selectors import cash as cash_selectors
from budgets.selectors import passports as selectors
from budgets.services.record import recorded
from budgets.services.revision_copy import copy_revision, row_models, row_references

Values = Mapping[str, Any]
Row = TypeVar("Row", bound=RevisionRow)


@recorded
def create(*, programme: BudgetProgramme, year: int, by: User) -> PassportRevision:
    """Open the first draft of a programme's passport for a year."""
    if Passport.objects.filter(programme=programme, year=year).exists():
        raise RuleViolation(
            _("Паспорт %(code)s на %(year)s рік уже є.") % {"code": programme.code, "year": year}
        )
    passport = Passport.objects.create(programme=programme, year=year)
    return PassportRevision.objects.create(passport=passport, number=1, changed_by=by)


@recorded
def revise(*, passport: Passport, by: User) -> PassportRevision:
    """Open a draft that continues the revision in force: its rows keep their cash and actual values."""
    passport = Passport.objects.select_for_update().get(pk=passport.pk)
    if (draft := selectors.open_revision(passport)) is not None:
        raise RuleViolation(
            _("Паспорт уже має відкриту редакцію %(number)s. Завершіть її або вилучіть.")
            % {"number": draft.number}
        )
    source = selectors.revision_in_force(passport)
    if source is None:
        raise RuleViolation(_("Немає затвердженої редакції, до якої вносити зміни."))
    return copy_revision(source, passport=passport, number=source.number + 1, by=by, continues=True)


@recorded
def copy_to_year(*, source: PassportRevision, year: int, by: User) -> PassportRevision:
    """Start another year's passport from this revision; rows begin anew, without cash or actual values."""
    _expect(source, Step.COPY_REVISION)
    programme = source.passport.programme
    if Passport.objects.filter(programme=programme, year=year).exists():
        raise RuleViolation(
            _("Паспорт %(code)s на %(year)s рік уже є.") % {"code": programme.code, "year": year}
        )
    passport = Passport.objects.create(programme=programme, year=year)
    return copy_revision(source, passport=passport, number=1, by=by, continues=False)


@recorded
def describe(
    *, revision: PassportRevision, legal_grounds: str, purpose: str, version: int, by: User
) -> None:
    """Write sections 5 and 7 of a draft."""
    revision = _locked(revision, version, Step.WRITE_REVISION)
    revision.legal_grounds, revision.purpose = legal_grounds, purpose
    _touch(revision, by)


@recorded
def save_rows(
    *,
    revision: PassportRevision,
    model: type[RevisionRow],
    rows: Sequence[Values],
    version: int,
    by: User,
) -> None:
    """Make ``rows`` the rows of one section of a draft, numbered from 1 in the given order.

    A row with ``id`` keeps its identity; rows left out are removed. Refused when a row in use elsewhere
    in the form would be removed.
    """
    revision = _locked(revision, version, Step.WRITE_REVISION)
    _store_rows(revision, model, rows)
    _touch(revision, by)


@recorded
def save_lines(
    *, revision: PassportRevision, rows: Sequence[Values], version: int, by: User
) -> None:
    """Make ``rows`` the spending lines of a draft.

    Each row has ``title``, ``local_programme`` and ``allocations``: a sequence of (economic code, general,
    special) with amounts in hryvnias.
    """
    revision = _locked(revision, version, Step.WRITE_REVISION)
    lines = _store_rows(
        revision,
        SpendingLine,
        [{key: value for key, value in row.items() if key != "allocations"} for row in rows],
    )
    LineAllocation.objects.filter(line__in=lines).delete()
    codes = EconomicCode.objects.filter(children__isnull=True).in_bulk(
        [code for row in rows for code, *_amounts in row["allocations"]], field_name="code"
    )
    allocations = []
    for line, row in zip(lines, rows, strict=True):
        seen: set[str] = set()
        for code, general, special in row["allocations"]:
            if code not in codes:
                raise RuleViolation(
                    _("Рядок %(line)s: КЕКВ %(code)s невідомий або груповий.")
                    % {"line": line.number, "code": code}
                )
            if code in seen:
                raise RuleViolation(
                    _("Рядок %(line)s: КЕКВ %(code)s вказано двічі. Об’єднайте суми.")
                    % {"line": line.number, "code": code}
                )
            if general < 0 or special < 0:
                raise RuleViolation(
                    _("Рядок %(line)s: план не може бути від’ємним.") % {"line": line.number}
                )
            seen.add(code)
            allocations.append(
                LineAllocation(
                    line=line, economic_code=codes[code], general=general, special=special
                )
            )
    LineAllocation.objects.bulk_create(allocations)
    _touch(revision, by)


@recorded
def discard(*, revision: PassportRevision, version: int, by: User) -> None:
    """Remove a draft; a passport left without any revision goes with it."""
    revision = _locked(revision, version, Step.DISCARD_REVISION)
    for model in reversed(list(row_models())):
        _delete_rows(model._default_manager.filter(revision=revision))
    passport = revision.passport
    revision.delete()
    if not passport.revisions.exists():
        passport.delete()


@recorded
def agree(*, revision: PassportRevision, agreed_on: dt.date, version: int, by: User) -> None:
    """The finance body agreed the draft on this day; its content is closed until approval or return."""
    revision = _locked(revision, version, Step.AGREE_REVISION)
    _check_day(agreed_on, revision.passport)
    revision.status, revision.agreed_on = RevisionStatus.AGREED, agreed_on
    _touch(revision, by)


@recorded
def return_to_draft(*, revision: PassportRevision, version: int, by: User) -> None:
    revision = _locked(revision, version, Step.RETURN_REVISION)
    revision.status, revision.agreed_on = RevisionStatus.DRAFT, None
    _touch(revision, by)


@recorded
def approve(
    *, revision: PassportRevision, order_number: str, order_date: dt.date, version: int, by: User
) -> None:
    """Put the agreed revision in force by an order; from now on it never changes.

    Refused: no spending lines; an order before the agreement, before the previous order or after the
    passport's year; an amount below the cash already paid on it (domain rule 6).
    """
    revision = _locked(revision, version, Step.APPROVE_REVISION)
    passport = Passport.objects.select_for_update().get(pk=revision.passport_id)
    if not order_number.strip():
        raise RuleViolation(_("Вкажіть номер наказу або розпорядження, яким затверджено паспорт."))
    if revision.agreed_on and order_date < revision.agreed_on:
        raise RuleViolation(
            _("Наказ від %(order)s раніше за погодження %(agreed)s. Перевірте дати.")
            % {"order": f"{order_date:%d.%m.%Y}", "agreed": f"{revision.agreed_on:%d.%m.%Y}"}
        )
    _check_day(order_date, passport)
    if order_date.year > passport.year:
        raise RuleViolation(
            _(
                "Наказ від %(order)s пізніше за %(year)s рік. Паспорт діє лише до 31 грудня свого року."
            )
            % {"order": f"{order_date:%d.%m.%Y}", "year": passport.year}
        )
    previous = selectors.revision_in_force(passport)
    if previous is not None and previous.order_date and order_date < previous.order_date:
        raise RuleViolation(
            _("Наказ від %(order)s раніше за наказ попередньої редакції від %(previous)s.")
            % {"order": f"{order_date:%d.%m.%Y}", "previous": f"{previous.order_date:%d.%m.%Y}"}
        )
    if not revision.spendinglines.exists():
        raise RuleViolation(
            _("Паспорт не має жодного напряму використання коштів. Заповніть розділ 9.")
        )
    if cuts := _cuts_below_cash(revision):
        raise RuleViolation(" ".join(cuts))
    revision.head = selectors.head(revision)
    revision.status, revision.order_number, revision.order_date = (
        RevisionStatus.APPROVED,
        order_number.strip(),
        order_date,
    )
    _touch(revision, by)


def _check_day(day: dt.date, passport: Passport) -> None:
    """A passport is agreed and approved between the year before its own and today."""
    if day > timezone.localdate():
        raise RuleViolation(
            _("Дата %(day)s ще не настала. Вкажіть дату документа.") % {"day": f"{day:%d.%m.%Y}"}
        )
    if day.year < passport.year - 1:
        raise RuleViolation(
            _("Дата %(day)s надто рання для паспорта на %(year)s рік. Перевірте рік.")
            % {"day": f"{day:%d.%m.%Y}", "year": passport.year}
        )


def _cuts_below_cash(revision: PassportRevision) -> list[str]:
    plan: dict[cash_selectors.Key, Decimal] = {
        (item.root_id, fund, item.economic_code): item.approved.fund(fund)
        for item in selectors.allocations(revision)
        for fund in Fund.values
    }
    paid = (
        cash_selectors.entries(revision.passport)
        .order_by()
        .values("line_id", "line__title", "fund", "economic_code__code")
        .annotate(paid=models.Sum("amount"))
    )
    return [
        _(
            "«%(title)s» (%(fund)s, КЕКВ %(code)s): затверджується %(plan)s, а вже сплачено %(paid)s."
        )
        % {
            "title": row["line__title"],
            "fund": Fund(row["fund"]).label,
            "code": row["economic_code__code"],
            "plan": print_amount(limit),
            "paid": print_amount(row["paid"]),
        }
        for row in paid
        if row["paid"]
        > (limit := plan.get((row["line_id"], row["fund"], row["economic_code__code"]), ZERO))
    ]


def _locked(revision: PassportRevision, version: int, step: Step) -> PassportRevision:
    current = (
        PassportRevision.objects.select_for_update(of=("self",))
        .select_related("passport", "changed_by")
        .get(pk=revision.pk)
    )
    if current.version != version:
        raise StaleVersion(
            _(
                "Поки ви редагували, цю редакцію змінив користувач %(who)s. Ваші дані залишилися у формі: порівняйте і збережіть ще раз."
            )
            % {"who": current.changed_by},
            current=str(current.version),
        )
    _expect(current, step)
    return current


def _expect(revision: PassportRevision, step: Step) -> None:
    """Refuse unless the revision's status permits the step."""
    if not step.is_possible(revision.status):
        words = _(
            "Редакція %(number)s у стані «%(status)s», для цієї дії потрібен стан «%(expected)s»."
        ) % {
            "number": revision.number,
            "status": revision.get_status_display(),
            "expected": "», «".join(str(status.label) for status in step.when),
        }
        if revision.is_approved:
            words += " " + _("Затверджене не змінюється: щоб внести зміни, створіть нову редакцію.")
        raise RuleViolation(words)


def _touch(revision: PassportRevision, by: User) -> None:
    revision.version += 1
    revision.changed_by = by
    revision.save()


def _store_rows(revision: PassportRevision, model: type[Row], rows: Sequence[Values]) -> list[Row]:
    """The rows as one set: two may swap unique values, and a value may be another of ``rows`` itself."""
    manager = model._default_manager
    existing = {row.pk: row for row in manager.filter(revision=revision)}
    names = {pk: str(row) for pk, row in existing.items()}  # with the numbers that the page shows
    kept = {row["id"] for row in rows if row.get("id")}
    if len(kept) < sum(1 for row in rows if row.get("id")):
        raise RuleViolation(_("Той самий рядок надіслано двічі. Нічого не збережено."))
    if unknown := sorted(kept - existing.keys()):
        raise RuleViolation(
            _("Рядків %(rows)s уже немає в цій редакції. Оновіть сторінку.") % {"rows": unknown}
        )
    is_referenced = any(
        f.auto_created and not f.concrete for f in model._meta.get_fields(include_hidden=True)
    )
    if not is_referenced:  # such rows leave their places and come back under the same ids
        manager.filter(revision=revision).delete()
    numbered = list(enumerate(rows, start=1))
    numbered.sort(key=lambda pair: any(isinstance(value, Mapping) for value in pair[1].values()))
    stored: dict[int, Row] = {}
    for number, values in numbered:
        row = existing.get(values.get("id") or 0) or model(revision=revision)
        row.number = number
        for name, value in values.items():
            if name != "id":
                setattr(row, name, stored.get(id(value)) if isinstance(value, Mapping) else value)
        try:
            row.full_clean(exclude=["revision"])
            row.save(force_insert=not is_referenced)
        except ValidationError as error:
            text, told = (
                _("Рядок %(number)s не можна зберегти: %(error)s"),
                " ".join(error.messages),
            )
            raise RuleViolation(text % {"number": number, "error": told}) from error
        except IntegrityError as error:
            text = _("Рядок %(number)s повторює інший рядок цього розділу. Залиште один із них.")
            raise RuleViolation(text % {"number": number}) from error
        stored[id(values)] = row
    try:
        _delete_rows(manager.filter(pk__in=existing.keys() - kept))
    except models.ProtectedError as error:
        text = _(
            "Рядок не можна вилучити: на нього посилається «%(user)s». Спершу змініть це посилання."
        )
        user = next(iter(error.protected_objects))
        told = names.get(user.pk, "") if isinstance(user, model) else str(user)
        raise RuleViolation(text % {"user": told}) from error
    return [stored[id(values)] for values in rows]


def _delete_rows(rows: models.QuerySet[Row]) -> None:
    """Delete rows of one model; those that refer to others of their kind (formulas) go first."""
    for field, target in row_references(rows.model):
        if target is rows.model:
            rows.filter(**{f"{field.name}__isnull": False}).delete()
    rows.delete()
