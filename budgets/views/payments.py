"""Payments behind the figures of the month grid: read, entered in full, corrected, reversed."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from budgets.choices import CashOrigin
from budgets.exceptions import RuleViolation
from budgets.forms.cash import CorrectionForm, PaymentForm, ReversalForm, read_key
from budgets.forms.cash_shares import open_shares
from budgets.models import CashEntry, EconomicCode, Passport
from budgets.money import ZERO, print_amount
from budgets.periods import MONTHS, Month
from budgets.permissions import Action
from budgets.selectors import cash as cash_selectors
from budgets.selectors import cash_shares
from budgets.selectors import periods as period_selectors
from budgets.selectors.cash_measures import payable
from budgets.selectors.measure_cash import off_plan, shares_of
from budgets.services import cash as cash_services
from budgets.services.ledger import Payment
from budgets.views.cash import load_month, month_to_open, row_id
from budgets.views.dividing import answer, compared_fields, shares_in_words, with_shares
from budgets.views.loading import SignedIn, load_entry, load_passport, may
from budgets.views.saving import sent

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Undone:
    """A payment that no longer stands, and the entry that reversed it."""

    payment: CashEntry
    reversal: CashEntry


@require_safe
@vary_on_headers("HX-Request")
def cash_payments(request: SignedIn, passport_pk: int, month: int, cell: str) -> HttpResponse:
    passport = load_passport(request, passport_pk)
    when = load_month(passport, month)
    try:
        key = read_key(cell)
    except BadRequest as error:
        raise Http404 from error
    entries = with_shares(cash_selectors.payments(passport, key=key, month=when))
    row = cash_selectors.month_grid(passport, when).row(key)
    if row is None and not entries:
        raise Http404
    live, undone = _live_and_undone(entries)
    context = {
        "passport": passport,
        "month": when,
        "row": row,
        "row_id": row_id(key),
        "cell": cell,
        "live": live,
        "undone": undone,
        "total": sum((entry.amount for entry in entries), ZERO),
        "may_enter": may(request, passport, Action.ENTER_CASH),
        "columns": request.GET.get("columns", "9"),
    }
    page = "payments_row.html" if request.headers.get("HX-Request") else "payments.html"
    return render(request, f"budgets/cash/{page}", context)


def _live_and_undone(entries: Iterable[CashEntry]) -> tuple[list[CashEntry], list[Undone]]:
    reversals = {entry.reverses_id: entry for entry in entries if entry.reverses_id}
    payments = [entry for entry in entries if entry.origin != CashOrigin.REVERSAL]
    live = [entry for entry in payments if entry.pk not in reversals]
    return live, [Undone(entry, reversals[entry.pk]) for entry in payments if entry.pk in reversals]


@require_safe
def cash_year(request: SignedIn, passport_pk: int) -> HttpResponse:
    passport = load_passport(request, passport_pk)
    lines = dict(cash_selectors.line_names(passport))
    line, month = request.GET.get("line", ""), request.GET.get("month", "")
    entries: QuerySet[CashEntry] = cash_selectors.payments(
        passport,
        month=Month(passport.year, int(month)) if month in map(str, MONTHS) else None,
    )
    if line in map(str, lines):
        entries = entries.filter(line_id=int(line))
    page = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = with_shares(page.object_list)
    context = {
        "passport": passport,
        "page": page,
        "lines": [(str(pk), label, str(pk) == line) for pk, label in lines.items()],
        "months": [
            (str(number), Month(passport.year, number).name, str(number) == month)
            for number in MONTHS
        ],
        "is_filtered": bool(line or month),
        "closed": period_selectors.months_of(passport),
        "month": month_to_open(passport.year, timezone.localdate()),
        "may_enter": may(request, passport, Action.ENTER_CASH),
    }
    return render(request, "budgets/cash/journal.html", context)


@require_http_methods(["GET", "POST"])
def payment_new(request: SignedIn, passport_pk: int) -> HttpResponseBase:
    passport = load_passport(request, passport_pk, Action.ENTER_CASH)
    form = PaymentForm(
        sent(request),
        passport=passport,
        lines=cash_selectors.line_names(passport),
        shares=open_shares(sent(request), payable(passport)),
        initial=_asked_for(request, passport),
    )
    done = answer(
        request,
        form,
        divide=_divide,
        write=lambda payment: cash_services.record(
            passport=passport, payment=payment, by=request.user
        ),
    )
    if done.entry:
        messages.success(request, _("Внесено: %(payment)s.") % {"payment": _in_words(done.entry)})
        _warn_of_overspent(request, done.entry)
        return redirect(_address(done.entry, passport))
    context = {"passport": passport, "form": form, "codes": _codes(), "divided": done.divided}
    return render(request, "budgets/cash/payment_new.html", context, status=done.status)


@require_http_methods(["GET", "POST"])
def payment_correct(request: SignedIn, pk: int) -> HttpResponseBase:
    entry = load_entry(request, pk, Action.ENTER_CASH)
    passport = entry.passport
    stored = shares_of(entry)
    form = CorrectionForm(
        sent(request),
        passport=passport,
        lines=cash_selectors.line_names(passport),
        shares=open_shares(sent(request), payable(passport, stored), stored),
        initial=CorrectionForm.values_of(entry),
    )
    done = answer(
        request,
        form,
        divide=_divide,
        write=lambda payment: cash_services.correct(
            entry=entry, payment=payment, version=form.cleaned_data["version"], by=request.user
        ),
    )
    if done.entry:
        messages.success(
            request, _("Виправлено: %(payment)s.") % {"payment": _in_words(done.entry)}
        )
        _warn_of_overspent(request, done.entry)
        return redirect(_address(done.entry, passport))
    context = {
        "passport": passport,
        "entry": entry,
        "form": form,
        "codes": _codes(),
        "back": _address(entry, passport),
        "stale": done.stale,
        "compared": compared_fields(entry, form, done.stale.current) if done.stale else (),
        "divided": done.divided,
    }
    return render(request, "budgets/cash/payment_correct.html", context, status=done.status)


@require_http_methods(["GET", "POST"])
def payment_reverse(request: SignedIn, pk: int) -> HttpResponseBase:
    entry = load_entry(request, pk, Action.ENTER_CASH)
    passport = entry.passport
    form = ReversalForm(request.POST or None, initial={"version": entry.version})
    if request.method == "POST" and form.is_valid():
        try:
            cash_services.reverse(entry=entry, by=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Сторновано: %(payment)s.") % {"payment": _in_words(entry)})
            return redirect(_address(entry, passport))
    context = {
        "passport": passport,
        "entry": entry,
        "form": form,
        "back": _address(entry, passport),
    }
    return render(
        request, "budgets/cash/payment_reverse.html", context, status=422 if form.errors else 200
    )


def _warn_of_overspent(request: SignedIn, entry: CashEntry) -> None:
    """The passport limits its cash; that a measure of a target programme got more than its plan is told, not refused."""
    for name, plan, paid in off_plan(shares_of(entry), entry.paid_on.year):
        if paid <= plan:
            continue
        messages.warning(
            request,
            _(
                "За захід «%(name)s» у %(year)s році сплачено %(paid)s грн, а план програми %(plan)s грн."
                " Перевірте захід або внесіть зміни до програми."
            )
            % {
                "name": name,
                "year": entry.paid_on.year,
                "paid": print_amount(paid),
                "plan": print_amount(plan),
            },
        )


def _divide(payment: Payment) -> dict[int, Decimal]:
    return cash_shares.of_line(payment.key[0], payment.shares, payment.amount, payment.paid_on)


def _codes() -> QuerySet[EconomicCode]:
    return EconomicCode.objects.filter(children__isnull=True)


def _asked_for(request: SignedIn, passport: Passport) -> dict[str, Any]:
    """What the address says about the payment to enter: a cell and a month of the grid."""
    today = timezone.localdate()
    month, cell = request.GET.get("month", ""), request.GET.get("cell", "")
    when = (
        Month(passport.year, int(month))
        if month in map(str, MONTHS)
        else month_to_open(passport.year, today)
    )
    asked: dict[str, Any] = {"paid_on": when.day_for_entry(today)}
    if cell:
        asked["line"], asked["fund"], asked["economic_code"] = read_key(cell)
    return asked


def _address(entry: CashEntry, passport: Passport) -> str:
    """The month grid at the row of the payment."""
    month = reverse("cash_month", args=[passport.pk, entry.paid_on.month])
    return f"{month}#{row_id(entry.key)}"


def _in_words(entry: CashEntry) -> str:
    """The payment and, where it is divided, each measure's part to the kopeck."""
    words = _("%(amount)s грн від %(date)s, рядок %(line)s, КЕКВ %(code)s") % {
        "amount": print_amount(entry.amount),
        "date": f"{entry.paid_on:%d.%m.%Y}",
        "line": entry.line.number if entry.line else "",
        "code": entry.key[2],
    }
    return f"{words}{shares_in_words(entry)}"
