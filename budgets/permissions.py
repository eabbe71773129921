"""May this person do this to this, now? Pages, admin, downloads and commands ask this module and nothing else.

A membership gives a role in a spending unit between two dates; it reaches the unit and those below it. A deputy's
membership names the colleague it acts for. Who reads for everybody (auditor, council clerk, administrator) sees the whole
community of their unit; the others see what their units spend. What a person may not see does not exist for them.

A ``Step`` is what is done with a thing that has a status: services refuse it in any other status, pages offer it only there.
"""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.utils import timezone

from budgets.choices import (
    ActStatus,
    DecisionStatus,
    IssuedStatus,
    MonthStatus,
    RevisionStatus,
    Role,
    UnitReportStatus,
)
from budgets.models import (
    BudgetProgramme,
    Community,
    Executor,
    Membership,
    Passport,
    Programme,
    SpendingUnit,
)
from budgets.reach import BELOW, READS_COMMUNITY, Reach, Subject, reached

Person = User | AnonymousUser


class Action(Enum):
    CHANGE_PASSPORT = "change_passport"
    ENTER_CASH = "enter_cash"
    CLOSE_PERIOD = "close_period"
    WRITE_REPORT = "write_report"
    CHANGE_REFERENCE = "change_reference"
    DRAFT_ACT = "draft_act"
    ADOPT_ACT = "adopt_act"
    RUN_CAMPAIGN = "run_campaign"
    ISSUE_REPORT = "issue_report"
    SIGN_REPORT = "sign_report"
    PUBLISH_REPORT = "publish_report"
    READ_RECORD = "read_record"


ALLOWED: dict[str, frozenset[Action]] = {
    Role.FINANCE_OFFICER: frozenset(Action),
    Role.PROGRAMME_HEAD: frozenset(
        {
            Action.CHANGE_PASSPORT,
            Action.WRITE_REPORT,
            Action.DRAFT_ACT,
            Action.RUN_CAMPAIGN,
            Action.ISSUE_REPORT,
        }
    ),
    Role.SIGNATORY: frozenset({Action.SIGN_REPORT}),
    Role.COUNCIL_CLERK: frozenset({Action.ADOPT_ACT, Action.PUBLISH_REPORT}),
    Role.AUDITOR: frozenset({Action.READ_RECORD}),
    Role.ADMINISTRATOR: frozenset({Action.CHANGE_REFERENCE, Action.READ_RECORD}),
}
"""What each role may do where its membership reaches; reading is every role's."""

Status = RevisionStatus | ActStatus | DecisionStatus | MonthStatus | UnitReportStatus | IssuedStatus


@dataclass(frozen=True, slots=True)
class Rule:
    """What a step does, in words; actions of which one is needed; statuses of the thing in which it is possible."""

    words: str
    needs: tuple[Action, ...]
    when: tuple[Status, ...]


class Step(Enum):
    """Everything that a status permits or forbids: of a passport's revision, an act, a decision on the budget, a month of cash, a unit's report, an issued report."""

    WRITE_REVISION = Rule("write the sections", (Action.CHANGE_PASSPORT,), (RevisionStatus.DRAFT,))
    AGREE_REVISION = Rule("agree", (Action.CHANGE_PASSPORT,), (RevisionStatus.DRAFT,))
    DISCARD_REVISION = Rule("remove the draft", (Action.CHANGE_PASSPORT,), (RevisionStatus.DRAFT,))
    RETURN_REVISION = Rule("return to draft", (Action.CHANGE_PASSPORT,), (RevisionStatus.AGREED,))
    APPROVE_REVISION = Rule(
        "approve by an order", (Action.CHANGE_PASSPORT,), (RevisionStatus.AGREED,)
    )
    REVISE_PASSPORT = Rule(
        "open the next revision", (Action.CHANGE_PASSPORT,), (RevisionStatus.APPROVED,)
    )
    COPY_REVISION = Rule(
        "copy to another year", (Action.CHANGE_PASSPORT,), (RevisionStatus.APPROVED,)
    )
    ENTER_ACTUALS = Rule(
        "enter actual indicators", (Action.WRITE_REPORT,), (RevisionStatus.APPROVED,)
    )
    OPEN_REPORT = Rule(
        "write the execution report", (Action.WRITE_REPORT,), (RevisionStatus.APPROVED,)
    )
    WRITE_CAUSES = Rule(
        "write why effectiveness is low", (Action.WRITE_REPORT,), (RevisionStatus.APPROVED,)
    )
    EXPLAIN_MATCH = Rule(
        "write why programme, budget, passport and cash differ",
        (Action.WRITE_REPORT,),
        (RevisionStatus.APPROVED,),
    )

    WRITE_ACT = Rule(
        "draft figures, measures, transfers; rebase", (Action.DRAFT_ACT,), (ActStatus.DRAFT,)
    )
    SUBMIT_ACT = Rule("submit", (Action.DRAFT_ACT,), (ActStatus.DRAFT,))
    AGREE_ACT = Rule("agree", (Action.ADOPT_ACT,), (ActStatus.SUBMITTED,))
    RETURN_ACT = Rule(
        "return to draft",
        (Action.ADOPT_ACT, Action.DRAFT_ACT),
        (ActStatus.SUBMITTED, ActStatus.AGREED),
    )
    ADOPT_ACT = Rule("enter the decision", (Action.ADOPT_ACT,), (ActStatus.AGREED,))
    WITHDRAW_ACT = Rule(
        "withdraw",
        (Action.DRAFT_ACT,),
        (ActStatus.DRAFT, ActStatus.SUBMITTED, ActStatus.AGREED),
    )
    WRITE_PARTS = Rule(
        "change what the act says of its programme: parts, indicators",
        (Action.DRAFT_ACT,),
        (ActStatus.DRAFT, ActStatus.ADOPTED, ActStatus.WITHDRAWN),
    )
    ENTER_VALUES = Rule(
        "enter actual indicators of its programme, add evidence",
        (Action.WRITE_REPORT,),
        (ActStatus.ADOPTED,),
    )

    WRITE_DECISION = Rule("write the amounts", (Action.ADOPT_ACT,), (DecisionStatus.DRAFT,))
    ADOPT_DECISION = Rule("put in force", (Action.ADOPT_ACT,), (DecisionStatus.DRAFT,))
    DISCARD_DECISION = Rule("remove the draft", (Action.ADOPT_ACT,), (DecisionStatus.DRAFT,))

    ENTER_CASH = Rule(
        "enter, correct and reverse cash",
        (Action.ENTER_CASH,),
        (MonthStatus.RUNNING, MonthStatus.OPEN, MonthStatus.EXCEPTED, MonthStatus.REOPENED),
    )
    CLOSE_MONTH = Rule("close", (Action.CLOSE_PERIOD,), (MonthStatus.OPEN, MonthStatus.REOPENED))
    REOPEN_MONTH = Rule(
        "reopen, with a reason", (Action.CLOSE_PERIOD,), (MonthStatus.CLOSED, MonthStatus.EXCEPTED)
    )
    EXCEPT_MONTH = Rule(
        "let one person in until a day",
        (Action.CLOSE_PERIOD,),
        (MonthStatus.CLOSED, MonthStatus.EXCEPTED),
    )
    REMOVE_EVIDENCE = Rule(
        "remove evidence of a programme's indicators (December, for its year)",
        (Action.WRITE_REPORT,),
        (MonthStatus.COMING, MonthStatus.RUNNING, MonthStatus.OPEN, MonthStatus.REOPENED),
    )

    WRITE_UNIT_REPORT = Rule(
        "write rows, head and signatory",
        (Action.WRITE_REPORT,),
        (UnitReportStatus.DRAFT, UnitReportStatus.RETURNED),
    )
    SUBMIT_UNIT_REPORT = Rule(
        "submit", (Action.WRITE_REPORT,), (UnitReportStatus.DRAFT, UnitReportStatus.RETURNED)
    )
    RETURN_UNIT_REPORT = Rule(
        "return with remarks",
        (Action.RUN_CAMPAIGN,),
        (UnitReportStatus.SUBMITTED, UnitReportStatus.ACCEPTED),
    )
    ACCEPT_UNIT_REPORT = Rule("accept", (Action.RUN_CAMPAIGN,), (UnitReportStatus.SUBMITTED,))
    POSTPONE_UNIT_REPORT = Rule(
        "set another deadline",
        (Action.RUN_CAMPAIGN,),
        (UnitReportStatus.DRAFT, UnitReportStatus.RETURNED),
    )
    CANCEL_CAMPAIGN = Rule(
        "cancel the campaign, while all are so, with a reason",
        (Action.RUN_CAMPAIGN,),
        (UnitReportStatus.DRAFT,),
    )
    CLOSE_CAMPAIGN = Rule(
        "close the campaign, when all are so", (Action.RUN_CAMPAIGN,), (UnitReportStatus.ACCEPTED,)
    )
    REOPEN_CAMPAIGN = Rule(
        "open the campaign again, with a reason", (Action.RUN_CAMPAIGN,), (UnitReportStatus.CLOSED,)
    )

    SIGN_ISSUED = Rule(
        "sign, or bring a signature, in turn",
        (Action.SIGN_REPORT,),
        (IssuedStatus.ISSUED, IssuedStatus.SIGNING),
    )
    RETURN_ISSUED = Rule(
        "return with a reason instead of signing",
        (Action.SIGN_REPORT,),
        (IssuedStatus.ISSUED, IssuedStatus.SIGNING),
    )
    PUBLISH_ISSUED = Rule("publish", (Action.PUBLISH_REPORT,), (IssuedStatus.SIGNED,))

    @property
    def when(self) -> tuple[Status, ...]:
        return self.value.when

    @property
    def statuses(self) -> type[Status]:
        """Every status that the thing may have."""
        return type(self.when[0])

    def is_possible(self, status: str) -> bool:
        return status in self.when


def current_memberships(user: Person, on: dt.date | None = None) -> QuerySet[Membership]:
    return Membership.objects.filter(current_on(on or timezone.localdate()), user=user.pk)


def current_on(day: dt.date) -> Q:
    """Roles that count on the day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def _roles(action: Action) -> list[str]:
    """Roles that cover the action."""
    return [role for role, actions in ALLOWED.items() if action in actions]


def grant(user: Person, action: Action, subject: Subject | None = None) -> Membership | None:
    """The membership that lets the person do this (here, when a subject is named): their own before a deputy's."""
    found = (
        current_memberships(user)
        .filter(role__in=_roles(action))
        .select_related("unit", "acting_for")
    )
    for membership in sorted(found, key=lambda each: (each.acting_for_id is not None, each.pk)):
        if subject is None or reached([membership]).of(subject):
            return membership
    return None


def covers(membership: Membership, action: Action, subject: Subject) -> bool:
    """Whether this one membership lets its person do this here."""
    return action in ALLOWED[membership.role] and reached([membership]).of(subject)


def allows(user: Person, action: Action, subject: Subject | None = None) -> bool:
    """True when one of the person's current roles (where it reaches the subject, when one is named) covers the action."""
    return user.is_superuser or grant(user, action, subject) is not None


def reach(user: Person, action: Action) -> Reach:
    """Where the person may do this, for asking about many things at once: two queries, then none."""
    return reached(current_memberships(user).filter(role__in=_roles(action)))


def steps(user: Person, subject: Subject, status: Status) -> frozenset[Step]:
    """What the person may do now with a thing of the subject that has this status."""
    possible = [step for step in Step if step.statuses is type(status) and step.is_possible(status)]
    needed = {action for step in possible for action in step.value.needs}
    allowed = {action for action in needed if allows(user, action, subject)}
    return frozenset(step for step in possible if allowed.intersection(step.value.needs))


def visible_communities(user: Person) -> QuerySet[Community]:
    if user.is_superuser:
        return Community.objects.all()
    homes = current_memberships(user).values("unit__community")
    return Community.objects.filter(pk__in=homes)


def communities_where(user: Person, action: Action) -> QuerySet[Community]:
    """Communities in which one of the person's current roles covers the action over what is the community's own."""
    if user.is_superuser:
        return Community.objects.all()
    found = current_memberships(user).filter(role__in=_roles(action))
    at_home = found.filter(Q(role__in=READS_COMMUNITY) | ~BELOW)
    return Community.objects.filter(pk__in=at_home.values("unit__community"))


def visible_units(user: Person) -> QuerySet[SpendingUnit]:
    return SpendingUnit.objects.filter(community__in=visible_communities(user))


def reached_units(user: Person) -> QuerySet[SpendingUnit]:
    """Units whose doings the person reads: their own with those below, or all of a community read whole."""
    if user.is_superuser:
        return SpendingUnit.objects.all()
    reach = reached(current_memberships(user))
    return SpendingUnit.objects.filter(Q(community__in=reach.communities) | Q(pk__in=reach.units))


def visible_memberships(user: Person) -> QuerySet[Membership]:
    return Membership.objects.filter(unit__in=visible_units(user))


def assignable_people(user: Person) -> QuerySet[User]:
    """Whom the person may give a role: nobody raises themselves or a superuser."""
    if user.is_superuser:
        return User.objects.all()
    return User.objects.filter(is_superuser=False).exclude(username=user.get_username())


def may_change_membership(user: Person, membership: Membership) -> bool:
    """One's own role is another administrator's to change."""
    return user.is_superuser or membership.user_id != user.pk


def visible_budget_programmes(user: Person) -> QuerySet[BudgetProgramme]:
    if user.is_superuser:
        return BudgetProgramme.objects.all()
    reach = reached(current_memberships(user))
    return BudgetProgramme.objects.filter(
        Q(community__in=reach.communities)
        | Q(key_unit__in=reach.units)
        | Q(responsible_unit__in=reach.units)
    )


def visible_programmes(user: Person) -> QuerySet[Programme]:
    """Target programmes that the person's units answer for or carry out; all of a community for those who read it whole."""
    programmes = Programme.objects.select_related("community")
    if user.is_superuser:
        return programmes
    reach = reached(current_memberships(user))
    carried_out = Executor.objects.filter(unit__isnull=False)
    nobodys = Q(responsible_unit=None) & ~Q(pk__in=carried_out.values("programme"))
    return programmes.filter(
        Q(community__in=reach.communities)
        | Q(responsible_unit__in=reach.units)
        | Q(pk__in=carried_out.filter(unit__in=reach.units).values("programme"))
        | (nobodys & Q(community__in=current_memberships(user).values("unit__community")))
    )


def visible_passports(user: Person) -> QuerySet[Passport]:
    return Passport.objects.filter(programme__in=visible_budget_programmes(user)).select_related(
        "programme__community"
    )
