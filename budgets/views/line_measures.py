"""Which measures of target programmes the lines of a passport pay for."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets.exceptions import RuleViolation, StaleVersion
from budgets.forms.line_measures import LineMeasuresForm
from budgets.permissions import Action
from budgets.selectors.cash import line_names
from budgets.selectors.cash_measures import payable
from budgets.selectors.measure_cash import linked, measure_names, measures_of_line
from budgets.services import line_measures as services
from budgets.views.loading import SignedIn, load_passport, may
from budgets.views.saving import sent


@require_safe
def lines(request: SignedIn, passport_pk: int) -> HttpResponse:
    passport = load_passport(request, passport_pk)
    links = linked(passport)
    names = measure_names({pk for measures in links.values() for pk in measures})
    context = {
        "passport": passport,
        "lines": [
            (root, name, [names[pk] for pk in links.get(root, [])])
            for root, name in line_names(passport)
        ],
        "may_enter": may(request, passport, Action.ENTER_CASH),
    }
    return render(request, "budgets/cash/lines.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: SignedIn, passport_pk: int, line_pk: int) -> HttpResponse:
    passport = load_passport(request, passport_pk, Action.ENTER_CASH)
    name = dict(line_names(passport)).get(line_pk)
    if name is None:
        raise Http404
    stored = measures_of_line(line_pk)
    form = LineMeasuresForm(
        sent(request), offered=payable(passport, stored), initial={"measures": stored}
    )
    stale: StaleVersion | None = None
    if request.method == "POST" and form.is_valid():
        try:
            services.link(passport=passport, line_id=line_pk, by=request.user, **form.cleaned_data)
        except StaleVersion as refusal:
            stale = refusal
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Збережено заходи напряму «%(line)s».") % {"line": name})
            return redirect(f"{reverse('cash_lines', args=[passport.pk])}#line-{line_pk}")
    context = {
        "passport": passport,
        "line": name,
        "form": form,
        "stale": stale,
        "seen": " ".join(map(str, stored))
        if stale or request.method != "POST"
        else request.POST.get("seen", ""),
    }
    status = 409 if stale else 422 if request.method == "POST" else 200
    return render(request, "budgets/cash/line.html", context, status=status)
