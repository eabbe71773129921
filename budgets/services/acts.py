"""The way of an act: draft → submitted → agreed → adopted, or withdrawn. Adoption puts its lines in force for good.

What is in force is never overwritten; a draft counts only in its own preview (see drafting.py).
"""

import datetime as dt
from collections.abc import Callable

from django.contrib.auth.models import User
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import ActKind, ActStatus
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Act, ActRow, BudgetLine, MeasurePosition, MeasureText, Programme
from budgets.money import print_amount
from budgets.permissions import Step
from budgets.selectors import drafts, soundness
from budgets.selectors import programmes as selectors
from budgets.services import act_files, kept_files
from budgets.services.record import recorded

NUMBER_LENGTH = 50
_TOLD = 3  # faults that a message names
_YEARS_BEFORE = 5  # a programme is approved at most so long before it begins


@recorded
def open_draft(
    *, programme: Programme, kind: str = ActKind.AMENDMENT, title: str = "", by: User
) -> Act:
    """Start an act from what is in force. A programme's first act approves it."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    last = selectors.acts(programme).last()
    if kind == ActKind.APPROVAL and last is not None:
        raise RuleViolation(
            _("Програму вже затверджено актом «%(act)s». Внесіть зміни.") % {"act": last}
        )
    if kind != ActKind.APPROVAL and last is None:
        raise RuleViolation(_("Програму ще не затверджено: немає до чого вносити зміни."))
    acts = Act.objects.filter(programme=programme)
    if kind == ActKind.APPROVAL and (one := acts.exclude(status=ActStatus.WITHDRAWN).first()):
        raise RuleViolation(
            _("Чернетку програми вже відкрито: № %(number)s. Продовжіть у ній.")
            % {"number": one.pk}
        )
    act = Act.objects.create(
        programme=programme,
        kind=kind,
        title=title,
        amends=last,
        based_at=timezone.now(),
        changed_by=by,
    )
    if kind == ActKind.APPROVAL and (withdrawn := acts.exclude(pk=act.pk).order_by("pk").last()):
        _begin_from(withdrawn, act)
    return act


def _begin_from(withdrawn: Act, act: Act) -> None:
    """A programme whose first draft was withdrawn is drafted anew from what that draft said."""
    parts: tuple[type[ActRow], ...] = (BudgetLine, MeasureText, MeasurePosition)
    for model in parts:
        rows = list(model._default_manager.filter(act=withdrawn))
        for row in rows:
            row.pk, row.act = None, act
        model._default_manager.bulk_create(rows)


@recorded
def submit(*, act: Act, version: int, by: User) -> None:
    """Hand the draft to the executive committee; refused while it changes nothing."""
    act = locked(act, version, Step.SUBMIT_ACT)
    changes = (act.budgetlines, act.measuretexts, act.measurepositions)
    if not any(rows.exists() for rows in changes):
        raise RuleViolation(_("Чернетка нічого не змінює. Внесіть зміни або відкличте її."))
    _expect_sound(act)
    _set_status(act, ActStatus.SUBMITTED, by)


@recorded
def agree(*, act: Act, version: int, by: User) -> None:
    act = locked(act, version, Step.AGREE_ACT)
    _set_status(act, ActStatus.AGREED, by)


@recorded
def return_to_draft(*, act: Act, version: int, by: User) -> None:
    act = locked(act, version, Step.RETURN_ACT)
    _set_status(act, ActStatus.DRAFT, by)


@recorded
def withdraw(*, act: Act, version: int, by: User) -> None:
    """Take the act back for good; its lines stay readable and count nowhere."""
    act = locked(act, version, Step.WITHDRAW_ACT)
    _set_status(act, ActStatus.WITHDRAWN, by)


def adopt(
    *,
    act: Act,
    number: str,
    date: dt.date,
    version: int,
    by: User,
    organ: str = "",
    in_force_from: dt.date | None = None,
    file: File | None = None,
) -> None:
    """The council adopted the act: it is in force from ``in_force_from`` (its date unless said otherwise).

    ``file`` is the decision as PDF; it stays only if everything else does. Refused: not agreed; no number; the same
    number on the same day twice; a date before the act it amends; a place that was changed by an act adopted
    meanwhile (rebase first); a figure that would fall below zero or, unconfirmed, below what is paid; no PDF.
    """
    if file is not None:
        act_files.expect_pdf(file)
    # With a file this is the outermost transaction, unless whoever opened one answers for files, too: one that
    # rolled back could leave the file behind.
    durable = file is not None and not kept_files.is_within()
    with kept_files.kept_only_with_success() as keep, transaction.atomic(durable=durable):
        _adopt(
            act=act,
            number=number,
            date=date,
            version=version,
            by=by,
            organ=organ,
            in_force_from=in_force_from or date,
            store=None if file is None else lambda row: keep(row.file, file, "pdf"),
        )


@recorded
def _adopt(
    *,
    act: Act,
    number: str,
    date: dt.date,
    version: int,
    by: User,
    organ: str,
    in_force_from: dt.date,
    store: Callable[[Act], None] | None,
) -> None:
    Programme.objects.select_for_update().get(pk=act.programme_id)  # one adoption at a time
    act = locked(act, version, Step.ADOPT_ACT)
    number = _expect_number(act, number, date)
    _expect_possible_day(act, date, in_force_from)
    _expect_after_parent(act, date, in_force_from)
    _expect_based_on_now(act)
    _expect_sound(act)
    _expect_confirmed_cuts(act)
    act.number, act.date = number, date
    act.organ = organ.strip() or act.organ
    act.in_force_from = in_force_from
    act.adopted_at = timezone.now()
    if store is not None:
        store(act)
    _set_status(act, ActStatus.ADOPTED, by)


def _expect_number(act: Act, number: str, date: dt.date) -> str:
    number = number.strip()
    if not number:
        raise RuleViolation(_("Вкажіть номер рішення."))
    if len(number) > NUMBER_LENGTH:
        raise RuleViolation(
            _("Номер рішення довший за %(limit)s знаків. Залиште лише номер.")
            % {"limit": NUMBER_LENGTH}
        )
    same = Act.objects.filter(programme=act.programme, number=number, date=date)
    if same.exclude(pk=act.pk).exists():
        raise RuleViolation(
            _("Рішення № %(number)s від %(date)s уже є. Перевірте номер і дату.")
            % {"number": number, "date": f"{date:%d.%m.%Y}"}
        )
    return number


def _expect_possible_day(act: Act, date: dt.date, in_force_from: dt.date) -> None:
    """A decision is entered after it was made, and belongs to the programme's time."""
    programme, today = act.programme, timezone.localdate()
    if date > today:
        raise RuleViolation(
            _("Рішення від %(date)s ще не могли ухвалити: сьогодні %(today)s. Перевірте дату.")
            % {"date": f"{date:%d.%m.%Y}", "today": f"{today:%d.%m.%Y}"}
        )
    if date.year < programme.year_from - _YEARS_BEFORE:
        raise RuleViolation(
            _("Рішення від %(date)s задавнє для програми %(first)s–%(last)s років. Перевірте дату.")
            % {"date": f"{date:%d.%m.%Y}", "first": programme.year_from, "last": programme.year_to}
        )
    if not date <= in_force_from <= dt.date(programme.year_to, 12, 31):
        raise RuleViolation(
            _(
                "Рішення не може діяти з %(day)s: воно від %(date)s, а програма триває до %(last)s року."
            )
            % {
                "day": f"{in_force_from:%d.%m.%Y}",
                "date": f"{date:%d.%m.%Y}",
                "last": programme.year_to,
            }
        )


def _expect_after_parent(act: Act, date: dt.date, in_force_from: dt.date) -> None:
    parent = act.amends
    if parent is not None and parent.date is not None and date < parent.date:
        raise RuleViolation(
            _(
                "Рішення від %(date)s раніше за рішення, яке воно змінює, від %(parent)s. Перевірте дату."
            )
            % {"date": f"{date:%d.%m.%Y}", "parent": f"{parent.date:%d.%m.%Y}"}
        )
    if parent is not None and parent.in_force_from and in_force_from < parent.in_force_from:
        raise RuleViolation(
            _(
                "Зміни діяли б з %(day)s, раніше за рішення, яке вони змінюють (з %(parent)s). Перевірте, з якого дня діє рішення."
            )
            % {"day": f"{in_force_from:%d.%m.%Y}", "parent": f"{parent.in_force_from:%d.%m.%Y}"}
        )


def _expect_based_on_now(act: Act) -> None:
    count = len(drafts.overtaken(act)) + len(drafts.overtaken_words(act))
    if count:
        raise RuleViolation(
            _(
                "Поки чернетку готували, інший акт змінив ті самі рядки (%(count)s). Поверніть її на доопрацювання. Перенесіть чернетку на чинні суми."
            )
            % {"count": count}
        )


def _expect_sound(act: Act) -> None:
    """Refuse what makes no sense on top of what is in force, each fault in a sentence."""
    if faults := soundness.faults(act):
        more = _(" Усього таких місць: %(count)s.") % {"count": len(faults)}
        raise RuleViolation(" ".join(faults[:_TOLD]) + (more if len(faults) > _TOLD else ""))


def _expect_confirmed_cuts(act: Act) -> None:
    """Cash paid while the draft was on its way may leave a cut below it that nobody confirmed."""
    cuts = act.budgetlines.filter(amount__lt=0)
    confirmed = {(line.measure_id, line.year) for line in cuts if line.is_below_paid}
    asked = {(line.measure_id, line.year) for line in cuts} - confirmed
    short = drafts.below_paid(act)
    for measure_id, year in sorted(asked & short.keys()):
        words = selectors.texts(act.programme, draft=act, measures=[measure_id])[measure_id]
        cut = short[measure_id, year]
        raise RuleViolation(
            _(
                "«%(title)s», %(year)s: сплачено %(paid)s грн, за чернеткою лишилося б %(planned)s грн. Поверніть чернетку і підтвердьте зменшення з причиною або збільште суму."
            )
            % {
                "title": words.title,
                "year": year,
                "paid": print_amount(cut.paid),
                "planned": print_amount(cut.planned),
            }
        )


def locked(act: Act, version: int | None = None, step: Step | None = None) -> Act:
    """The act as it stands, under a lock; refused when its version moved on or its status forbids the step."""
    current = (
        Act.objects.select_for_update(of=("self",))
        .select_related("programme", "changed_by")
        .get(pk=act.pk)
    )
    if version is not None and current.version != version:
        raise StaleVersion(
            _(
                "Поки ви редагували, акт змінив користувач %(who)s. Перевірте, що змінилося, і повторіть."
            )
            % {"who": current.changed_by},
            current=str(current.version),
        )
    if step is not None and not step.is_possible(current.status):
        raise RuleViolation(
            _("Акт у стані «%(status)s», для цієї дії потрібен стан «%(expected)s».")
            % {
                "status": current.get_status_display(),
                "expected": "», «".join(str(status.label) for status in step.when),
            }
        )
    return current


def _set_status(act: Act, status: ActStatus, by: User) -> None:
    act.status = status
    touch(act, by)


def touch(act: Act, by: User) -> None:
    """Store the act as a new version."""
    act.version += 1
    act.changed_by = by
    act.save()
