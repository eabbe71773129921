"""Cash of a target programme without a passport: what was paid on its measures, entered, corrected, reversed."""

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets.exceptions import RuleViolation
from budgets.forms.cash import ProgrammeCorrectionForm, ProgrammePaymentForm, ReversalForm
from budgets.forms.cash_shares import open_shares
from budgets.models import CashEntry, EconomicCode, Programme
from budgets.money import print_amount
from budgets.permissions import Action
from budgets.selectors import cash_shares, periods
from budgets.selectors import measure_cash as selectors
from budgets.selectors.cash_measures import payable_of
from budgets.services import measure_cash as services
from budgets.services.ledger import Payment
from budgets.views.dividing import answer, compared_fields, shares_in_words, with_shares
from budgets.views.loading import SignedIn, load_programme, load_programme_entry, may
from budgets.views.saving import sent

PAGE_SIZE = 100


@require_safe
def index(request: SignedIn, slug: str) -> HttpResponse:
    """Plan, paid and left of each measure in a year, and the payments behind them."""
    programme = load_programme(request, slug)
    year = _year(request, programme)
    page = Paginator(selectors.payments(programme, year), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    page.object_list = with_shares(page.object_list)
    context = {
        "programme": programme,
        "year": year,
        "years": [(each, each == year) for each in programme.years],
        "rows": selectors.totals(programme, year),
        "page": page,
        "may_enter": may(request, programme, Action.ENTER_CASH),
        "payers": periods.payers(programme),
    }
    return render(request, "budgets/programme_cash/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, slug: str) -> HttpResponse:
    programme = load_programme(request, slug, Action.ENTER_CASH)
    offered = payable_of(programme)
    form = ProgrammePaymentForm(
        sent(request),
        programme=programme,
        shares=open_shares(sent(request), [(programme, offered)] if offered else []),
        initial={"paid_on": timezone.localdate()},
    )
    done = answer(
        request,
        form,
        divide=_divide,
        write=lambda payment: services.record(
            programme=programme, payment=payment, by=request.user
        ),
    )
    if done.entry:
        messages.success(request, _("Внесено: %(payment)s.") % {"payment": _in_words(done.entry)})
        return redirect(_address(done.entry, programme))
    context = {
        "programme": programme,
        "form": form,
        "codes": EconomicCode.objects.filter(children__isnull=True),
        "back": reverse("programme_cash", args=[slug]),
        "divided": done.divided,
    }
    return render(request, "budgets/programme_cash/payment.html", context, status=done.status)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    entry = load_programme_entry(request, slug, pk, Action.ENTER_CASH)
    programme, stored = entry.own_programme, selectors.shares_of(entry)
    form = ProgrammeCorrectionForm(
        sent(request),
        programme=programme,
        shares=open_shares(sent(request), [(programme, payable_of(programme, stored))], stored),
        initial=ProgrammeCorrectionForm.values_of(entry),
    )
    done = answer(
        request,
        form,
        divide=_divide,
        write=lambda payment: services.correct(
            entry=entry, payment=payment, version=form.cleaned_data["version"], by=request.user
        ),
    )
    if done.entry:
        messages.success(
            request, _("Виправлено: %(payment)s.") % {"payment": _in_words(done.entry)}
        )
        return redirect(_address(done.entry, programme))
    context = {
        "programme": programme,
        "entry": entry,
        "form": form,
        "codes": EconomicCode.objects.filter(children__isnull=True),
        "back": _address(entry, programme),
        "stale": done.stale,
        "compared": compared_fields(entry, form, done.stale.current) if done.stale else (),
        "divided": done.divided,
    }
    return render(request, "budgets/programme_cash/payment.html", context, status=done.status)


@require_http_methods(["GET", "HEAD", "POST"])
def reverse_payment(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    entry = load_programme_entry(request, slug, pk, Action.ENTER_CASH)
    programme = entry.own_programme
    form = ReversalForm(sent(request), initial={"version": entry.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.reverse(entry=entry, by=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Сторновано: %(payment)s.") % {"payment": _in_words(entry)})
            return redirect(_address(entry, programme))
    context = {
        "programme": programme,
        "entry": with_shares([entry])[0],
        "form": form,
        "back": _address(entry, programme),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "budgets/programme_cash/reverse.html", context, status=status)


def _divide(payment: Payment) -> dict[int, Decimal]:
    if not payment.shares:
        raise RuleViolation(services.no_measures())
    return cash_shares.fill(payment.shares, payment.amount, payment.paid_on)


def _year(request: SignedIn, programme: Programme) -> int:
    """The year asked for, or the programme's year nearest to now."""
    asked = request.GET.get("year", "")
    if asked in map(str, programme.years):
        return int(asked)
    return programme.year_near(timezone.localdate().year)


def _address(entry: CashEntry, programme: Programme) -> str:
    return f"{reverse('programme_cash', args=[programme.slug])}?year={entry.paid_on.year}"


def _in_words(entry: CashEntry) -> str:
    words = _("%(amount)s грн від %(date)s") % {
        "amount": print_amount(entry.amount),
        "date": f"{entry.paid_on:%d.%m.%Y}",
    }
    return f"{words}{shares_in_words(entry)}"
