"""Writing decisions on the local budget: drafted, then adopted and frozen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.choices import DecisionStatus, Fund
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import BudgetDecision, BudgetProgramme, Community, DecisionLine, Programme
from budgets.permissions import Step
from budgets.services.record import recorded


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says about a decision."""

    year: int
    kind: str
    number: str
    date: dt.date
    in_force_from: dt.date
    lines_known: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """A signed amount for a budget programme. Units: hryvnias."""

    programme_id: int
    fund: str
    amount: Decimal
    target_id: int | None = None


@recorded
def draft(*, community: Community, said: Said, lines: Sequence[Given], by: User) -> BudgetDecision:
    """Open a decision with its lines."""
    decision = BudgetDecision(community=community, changed_by=by)
    _write(decision, said, lines)
    return decision


@recorded
def write(
    *, decision: BudgetDecision, said: Said, lines: Sequence[Given], version: int, by: User
) -> None:
    """Replace what a draft says. Refused with StaleVersion when another person wrote meanwhile."""
    decision = _locked(decision, version, Step.WRITE_DECISION)
    decision.changed_by = by
    decision.version += 1
    _write(decision, said, lines)


@recorded
def adopt(*, decision: BudgetDecision, version: int, by: User) -> None:
    """Put the decision in force; it does not change from then on. Refused without lines, unless they are unknown."""
    decision = _locked(decision, version, Step.ADOPT_DECISION)
    if decision.lines_known and not decision.lines.exists():
        raise RuleViolation(
            _("У рішенні немає жодної суми. Внесіть рядки або позначте, що суми невідомі.")
        )
    if decision.date > timezone.localdate():
        raise RuleViolation(
            _("Дата рішення %(date)s ще не настала.") % {"date": f"{decision.date:%d.%m.%Y}"}
        )
    decision.status, decision.changed_by = DecisionStatus.ADOPTED, by
    decision.version += 1
    decision.save()


@recorded
def discard(*, decision: BudgetDecision, version: int, by: User) -> None:
    """Remove a draft."""
    _locked(decision, version, Step.DISCARD_DECISION).delete()


def _locked(decision: BudgetDecision, version: int, step: Step) -> BudgetDecision:
    stored = BudgetDecision.objects.select_for_update(of=("self",)).filter(pk=decision.pk).first()
    if stored is None:
        raise RuleViolation(_("Цю чернетку вилучено."))
    if not step.is_possible(stored.status):
        raise RuleViolation(
            _("Рішення вже внесено як ухвалене, воно не змінюється. Зміну внесіть новим рішенням.")
        )
    if stored.version != version:
        raise StaleVersion(
            _(
                "Поки ви редагували, чернетку змінив користувач %(who)s. Ваші дані залишилися у формі."
            )
            % {"who": stored.changed_by},
            current=str(stored),
        )
    return stored


def _write(decision: BudgetDecision, said: Said, lines: Sequence[Given]) -> None:
    if said.in_force_from < said.date:
        raise RuleViolation(_("Рішення не може діяти раніше за свою дату. Перевірте «діє з»."))
    namesakes = BudgetDecision.objects.filter(
        community=decision.community_id, number=said.number, date=said.date
    )
    if namesakes.exclude(pk=decision.pk).exists():
        raise RuleViolation(
            _("Рішення № %(number)s від %(date)s уже внесено.")
            % {"number": said.number, "date": f"{said.date:%d.%m.%Y}"}
        )
    if lines and not said.lines_known:
        raise RuleViolation(_("Позначено, що суми невідомі, але рядки внесено. Залиште щось одне."))
    _expect_own(decision.community_id, lines)
    for name in ("year", "kind", "number", "date", "in_force_from", "lines_known"):
        setattr(decision, name, getattr(said, name))
    decision.save()
    decision.lines.all().delete()
    for line in lines:
        DecisionLine.objects.create(
            decision=decision,
            programme_id=line.programme_id,
            fund=line.fund,
            target_id=line.target_id,
            amount=line.amount,
        )


def _expect_own(community_id: int, lines: Sequence[Given]) -> None:
    """Refuse programmes of another community, unknown funds, zeros and the same place twice."""
    own = BudgetProgramme.objects.filter(community=community_id)
    targets = Programme.objects.filter(community=community_id)
    for ids, known, words in (
        ({line.programme_id for line in lines}, own, _("Бюджетна програма не цієї громади.")),
        ({line.target_id for line in lines if line.target_id is not None}, targets, _("Цільова програма не цієї громади.")),
    ):  # fmt: skip
        if known.filter(pk__in=ids).count() < len(ids):
            raise RuleViolation(words)
    if any(line.fund not in Fund.values for line in lines):
        raise RuleViolation(_("Невідомий фонд. Оберіть загальний або спеціальний."))
    if not all(line.amount for line in lines):
        raise RuleViolation(_("Сума рядка не може бути нульовою: заберіть рядок."))
    places = [(line.programme_id, line.fund, line.target_id) for line in lines]
    if len(set(places)) < len(places):
        raise RuleViolation(
            _("Та сама програма, фонд і цільова програма стоять двічі. Додайте суми в один рядок.")
        )
