"""The front page and the health answer."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from budgets import permissions
from budgets.models import Passport
from budgets.money import ZERO, percent_of
from budgets.selectors import passports as passport_selectors
from budgets.views.loading import SignedIn
from reports import checks
from reports.documents import passport_execution
from reports.selectors import campaigns, issued

_SHOWN_AT_HOME = 6
_LOOKED_AT = 30  # open reports, the most urgent first


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """«ok» while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one passport's year stands, for the front page."""

    passport: Passport
    approved: Any
    draft: Any
    plan: Any
    paid: Any
    findings: int

    @property
    def percent(self) -> Any:
        return percent_of(self.paid, self.plan)


@require_safe
def home(request: SignedIn) -> HttpResponse:
    passports = permissions.visible_passports(request.user).order_by("-year", "programme__code")
    programmes = permissions.visible_programmes(request.user)
    reports = campaigns.open_reports(programmes)[:_LOOKED_AT]
    context = {
        "waiting": campaigns.waiting_for(request.user, reports),
        "today": timezone.localdate(),
        "to_sign": issued.waiting_for(request.user)[:_SHOWN_AT_HOME],
        "standings": [_standing(passport) for passport in passports[:_SHOWN_AT_HOME]],
        "hidden": max(0, passports.count() - _SHOWN_AT_HOME),
        "has_programmes": permissions.visible_budget_programmes(request.user).exists(),
        "may_change": permissions.allows(request.user, permissions.Action.CHANGE_PASSPORT),
        "may_refer": permissions.allows(request.user, permissions.Action.CHANGE_REFERENCE),
    }
    return render(request, "reports/home.html", context)


def _standing(passport: Passport) -> Standing:
    approved, draft = (
        passport_selectors.revision_in_force(passport),
        passport_selectors.open_revision(passport),
    )
    if approved is None:
        return Standing(passport, approved, draft, ZERO, ZERO, 0)
    document = passport_execution.build(passport)
    total = document.table("lines").row("total")
    plan, paid = (
        (total.value("approved_total"), total.value("cash_total")) if total else (ZERO, ZERO)
    )
    return Standing(passport, approved, draft, plan, paid, len(checks.run(document)))
