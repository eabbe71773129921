"""The way of an act: draft → submitted → agreed → adopted, or withdrawn. Adoption puts its lines in force for good.

What is in force is never overwritten; a draft counts only in its own preview (see drafting.py).
"""

import datetime as dt

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import ActKind, ActStatus
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Act, Programme
from budgets.money import print_amount
from budgets.selectors import drafts
from budgets.selectors import programmes as selectors


@transaction.atomic
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
    return Act.objects.create(
        programme=programme, kind=kind, title=title, amends=last, changed_by=by
    )


@transaction.atomic
def submit(*, act: Act, version: int, by: User) -> None:
    """Hand the draft to the executive committee; refused while it changes nothing."""
    act = locked(act, version)
    expect(act, ActStatus.DRAFT)
    if not act.budgetlines.exists() and not act.measuretexts.exists():
        raise RuleViolation(_("Чернетка нічого не змінює. Внесіть зміни або вилучіть її."))
    _set_status(act, ActStatus.SUBMITTED, by)


@transaction.atomic
def agree(*, act: Act, version: int, by: User) -> None:
    act = locked(act, version)
    expect(act, ActStatus.SUBMITTED)
    _set_status(act, ActStatus.AGREED, by)


@transaction.atomic
def return_to_draft(*, act: Act, version: int, by: User) -> None:
    act = locked(act, version)
    expect(act, ActStatus.SUBMITTED, ActStatus.AGREED)
    _set_status(act, ActStatus.DRAFT, by)


@transaction.atomic
def withdraw(*, act: Act, version: int, by: User) -> None:
    """Take the act back for good; its lines stay readable and count nowhere."""
    act = locked(act, version)
    if not act.is_open:
        raise RuleViolation(_("Акт уже %(status)s.") % {"status": act.get_status_display()})
    _set_status(act, ActStatus.WITHDRAWN, by)


@transaction.atomic
def adopt(
    *,
    act: Act,
    number: str,
    date: dt.date,
    version: int,
    by: User,
    organ: str = "",
    in_force_from: dt.date | None = None,
) -> None:
    """The council adopted the act: it is in force from ``in_force_from`` (its date unless said otherwise).

    Refused: not agreed; no number; the same number on the same day twice; a date before the act it amends; a place
    that was changed by an act adopted meanwhile (rebase first); a figure that would fall below zero.
    """
    act = locked(act, version)
    expect(act, ActStatus.AGREED)
    number = number.strip()
    if not number:
        raise RuleViolation(_("Вкажіть номер рішення."))
    if (
        Act.objects.filter(programme=act.programme, number=number, date=date)
        .exclude(pk=act.pk)
        .exists()
    ):
        raise RuleViolation(
            _("Рішення № %(number)s від %(date)s уже є.")
            % {"number": number, "date": f"{date:%d.%m.%Y}"}
        )
    if act.amends is not None and act.amends.date is not None and date < act.amends.date:
        raise RuleViolation(
            _(
                "Рішення від %(date)s раніше за рішення, яке воно змінює, від %(parent)s. Перевірте дату."
            )
            % {"date": f"{date:%d.%m.%Y}", "parent": f"{act.amends.date:%d.%m.%Y}"}
        )
    if conflicts := drafts.overtaken(act):
        raise RuleViolation(
            _(
                "Поки чернетку готували, інший акт змінив ті самі рядки (%(count)s). Перенесіть чернетку на чинні суми."
            )
            % {"count": len(conflicts)}
        )
    for figure in selectors.planned(act.programme, draft=act).values():
        if figure.amount is not None and figure.amount < 0:
            raise RuleViolation(
                _("Після змін у рядку була б від’ємна сума %(sum)s.")
                % {"sum": print_amount(figure.amount)}
            )
    _expect_confirmed_cuts(act)
    act.number, act.date = number, date
    act.organ = organ or act.organ
    act.in_force_from = in_force_from or date
    act.adopted_at = timezone.now()
    _set_status(act, ActStatus.ADOPTED, by)


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


def locked(act: Act, version: int | None = None) -> Act:
    """The act as it stands, under a lock; refused when its version moved on from the one that is named."""
    current = (
        Act.objects.select_for_update(of=("self",))
        .select_related("programme", "changed_by")
        .get(pk=act.pk)
    )
    if version is not None and current.version != version:
        raise StaleVersion(
            _("Поки ви редагували, акт змінив користувач %(who)s. Оновіть сторінку і повторіть.")
            % {"who": current.changed_by},
            current=str(current.version),
        )
    return current


def expect(act: Act, *statuses: ActStatus) -> None:
    """Refuse unless the act is in one of the statuses."""
    if act.status not in statuses:
        raise RuleViolation(
            _("Акт у стані «%(status)s», для цієї дії потрібен стан «%(expected)s».")
            % {
                "status": act.get_status_display(),
                "expected": "», «".join(str(status.label) for status in statuses),
            }
        )


def _set_status(act: Act, status: ActStatus, by: User) -> None:
    act.status = status
    touch(act, by)


def touch(act: Act, by: User) -> None:
    """Store the act as a new version."""
    act.version += 1
    act.changed_by = by
    act.save()
