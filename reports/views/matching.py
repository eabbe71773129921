"""Звірка: where target programme, budget, passport and cash of a year part, what is behind it, and the typed reasons."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import permissions
from budgets.choices import MatchStep
from budgets.exceptions import RuleViolation, StaleVersion
from budgets.forms.fields import refusals
from budgets.models import Passport
from budgets.permissions import Action
from budgets.selectors import passports as passport_selectors
from budgets.selectors.match_rows import Difference, Ground
from budgets.selectors.matching import match
from budgets.services import matching as services
from budgets.views.loading import SignedIn, load_passport, may, read_version
from reports.checks.matching import contradiction
from reports.documents.four_way_match import explanations, place_of, reasons_of
from reports.forms.matching import ReasonForm


@require_safe
def index(request: SignedIn) -> HttpResponse:
    passports = passport_selectors.approved(permissions.visible_passports(request.user))
    return render(request, "reports/matching/index.html", {"passports": passports})


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: SignedIn, pk: int) -> HttpResponse:
    passport = load_passport(request, pk, Action.WRITE_REPORT if request.method == "POST" else None)
    form, refusal = ReasonForm(request.POST or None), None
    if request.method == "POST":
        refusal = _explain(request, passport, form)
        if refusal is None:
            messages.success(request, _("Причину збережено."))
            return redirect(f"{reverse('match', args=[pk])}#{form.cleaned_data['key']}")
    found = match(passport)
    if found is None:
        messages.error(request, _("Паспорт ще не затверджено, звіряти нічого."))
        return redirect("passport", pk)
    reasons = reasons_of(found, explanations(passport))
    sent = request.POST.get("key", "") if refusal is not None else ""
    context = {
        "passport": passport,
        "match": found,
        "differences": [
            {
                "difference": each,
                "place": place_of(each),
                "grounds": [(ground, _address(passport, ground)) for ground in each.grounds],
                "reason": reasons[each.key],
                "contradiction": contradiction(reasons[each.key], _paid(each)),
                "typed": request.POST.get("text", "") if sent == each.key else None,
                "refusal": refusal if sent == each.key else None,
            }
            for each in found.differences
        ],
        "formats": ("pdf", "xlsx", "json"),
        "refusal": refusal,
        "unexplained": sum(1 for reason in reasons.values() if not reason),
        "may_write": may(request, passport, Action.WRITE_REPORT),
        "may_link": may(request, passport, Action.ENTER_CASH),
    }
    status = 200 if refusal is None else 409 if isinstance(refusal, StaleVersion) else 422
    return render(request, "reports/matching/detail.html", context, status=status)


def _explain(request: SignedIn, passport: Passport, form: ReasonForm) -> RuleViolation | None:
    if not form.is_valid():
        return RuleViolation(refusals(form))
    data = form.cleaned_data
    try:
        services.explain(
            passport=passport,
            step=data["step"],
            line_id=data["line"],
            fund=data["fund"],
            text=data["text"],
            version=read_version(request),
            by=request.user,
        )
    except RuleViolation as refusal:
        return refusal
    return None


def _paid(difference: Difference) -> Decimal | None:
    return difference.after.amount if difference.step == MatchStep.PASSPORT_CASH else None


def _address(passport: Passport, ground: Ground) -> str:
    """Where a person sees what made the figure."""
    match ground.kind, ground.refs:
        case "act", (str(slug), int(number)):
            return reverse("act", args=[slug, number])
        case "decision", (int(number),):
            return reverse("decision", args=[number])
        case "revision", (int(number),):
            return reverse("revision", args=[passport.pk, number])
        case _:
            line = f"?line={ground.refs[0]}" if ground.refs else ""
            return reverse("cash_year", args=[passport.pk]) + line
