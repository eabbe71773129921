"""Касові видатки: programmes of the years, and the month grid that people type into."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import permissions
from budgets.choices import Fund
from budgets.exceptions import CellErrors, RuleViolation, StaleVersion
from budgets.forms.cash import CellSheet
from budgets.models import Passport
from budgets.money import print_amount
from budgets.periods import MONTHS, Month
from budgets.permissions import Action, Step
from budgets.selectors import cash as cash_selectors
from budgets.selectors import cash_overview
from budgets.selectors import periods as period_selectors
from budgets.selectors.cash import GridRow, GridTotal, Key, MonthGrid
from budgets.services import cash as cash_services
from budgets.services import periods
from budgets.services.cash_limits import cell_name
from budgets.views.loading import SignedIn, load_passport, may


@require_safe
def cash(request: SignedIn) -> HttpResponse:
    years = cash_overview.by_year(permissions.visible_passports(request.user))
    today = timezone.localdate()
    return render(
        request,
        "budgets/cash/overview.html",
        {"years": [(year, month_to_open(year, today), rows) for year, rows in years]},
    )


@require_safe
def cash_month(request: SignedIn, passport_pk: int, month: int) -> HttpResponse:
    passport = load_passport(request, passport_pk)
    grid = cash_selectors.month_grid(passport, load_month(passport, month))
    return _month_page(request, passport, grid)


@require_http_methods(["GET", "POST"])
def cash_cells(request: SignedIn, passport_pk: int, month: int) -> HttpResponseBase:
    if request.method == "GET":  # the way back from signing in
        return redirect("cash_month", passport_pk, month)
    passport = load_passport(request, passport_pk, Action.ENTER_CASH)
    when = load_month(passport, month)
    sheet = CellSheet(request.POST)
    refusal = _save(request, passport, when, sheet)
    grid = cash_selectors.month_grid(passport, when)
    status = 200 if refusal is None else 409 if isinstance(refusal, StaleVersion) else 422
    errors = _errors(grid, sheet, refusal)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"rows": _figures(grid, sheet.typed), "errors": errors}, status=status)
    if errors:
        return _month_page(request, passport, grid, typed=sheet.typed, errors=errors, status=status)
    messages.success(request, _("Збережено комірок: %(count)s.") % {"count": len(sheet.edits)})
    return redirect("cash_month", passport_pk, month)


def _save(
    request: SignedIn, passport: Passport, month: Month, sheet: CellSheet
) -> RuleViolation | None:
    try:
        cash_services.set_cells(
            passport=passport,
            month=month,
            edits=sheet.edits,
            unreadable=sheet.unreadable,
            by=request.user,
            origin=sheet.origin,
        )
    except RuleViolation as refusal:
        return refusal
    return None


def _errors(
    grid: MonthGrid, sheet: CellSheet, refusal: RuleViolation | None
) -> list[dict[str, str]]:
    """What was refused, each with the row it stands in; a rule about the whole month has no row."""
    rows = {cell_name(grid.row(key), key): row_id(key) for key in sheet.typed}
    pairs: Iterable[tuple[str, str]] = ()
    if isinstance(refusal, CellErrors):
        pairs = refusal.errors
    elif isinstance(refusal, StaleVersion):
        pairs = [(name, str(refusal)) for name in rows]
    elif refusal is not None:
        pairs = [("", str(refusal))]
    return [
        {"row": rows.get(name, ""), "cell": name, "message": message} for name, message in pairs
    ]


def _figures(grid: MonthGrid, keys: Collection[Key]) -> dict[str, dict[str, str]]:
    """Fresh figures of the rows that were sent and of every total above them, as the page prints them."""
    figures: dict[str, dict[str, str]] = {}
    for key in keys:
        if row := grid.row(key):
            figures[row_id(key)] = _printed(row) | {
                "month": _cell_text(row),
                "payments": _payments(row),
            }
        figures[f"line-{key[0]}"] = _printed(grid.line_total(key[0]))
    for fund in Fund.values:
        figures[f"fund-{fund}"] = _printed(grid.of_fund(fund))
    return figures | {"total": _printed(grid.total)}


def _printed(figures: GridRow | GridTotal) -> dict[str, str]:
    return {
        "before": print_amount(figures.before),
        "month": print_amount(figures.in_month),
        "paid": print_amount(figures.paid),
        "left": print_amount(figures.left),
    }


def _cell_text(row: GridRow) -> str:
    """What stands in the cell: nothing where nothing was paid."""
    return print_amount(row.in_month) if row.in_month or row.payments else ""


def _payments(row: GridRow) -> str:
    """What opens the payments behind a cell."""
    if row.payments < 2:
        return _("1 платіж") if row.payments else ""
    return _("платежів: %(count)s") % {"count": row.payments}


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of the grid with the cell that is typed into."""

    row: GridRow
    text: str
    shown: str
    error: str

    @property
    def id(self) -> str:
        return row_id(self.row.key)

    @property
    def name(self) -> str:
        return cell_name(self.row, self.row.key)

    @property
    def payments(self) -> str:
        return _payments(self.row)

    @property
    def post_name(self) -> str:
        return self.id.removeprefix("r-")


@dataclass(frozen=True, slots=True)
class LineOfGrid:
    """The rows of one spending line, with their total where there are several."""

    cells: list[Cell]
    total: GridTotal | None


def _lines(
    grid: MonthGrid, typed: Mapping[Key, str], errors: Mapping[str, str]
) -> Iterator[LineOfGrid]:
    for _root_id, of_line in groupby(grid.rows, lambda row: row.root_id):
        rows = tuple(of_line)
        cells = [
            Cell(
                row,
                typed.get(row.key, _cell_text(row)),
                _cell_text(row),
                errors.get(row_id(row.key), ""),
            )
            for row in rows
        ]
        yield LineOfGrid(cells, GridTotal("", rows) if len(rows) > 1 else None)


def _month_page(
    request: SignedIn,
    passport: Passport,
    grid: MonthGrid,
    *,
    typed: Mapping[Key, str] | None = None,
    errors: Collection[Mapping[str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    now = period_selectors.state(passport.programme.responsible_unit_id, grid.month, request.user)
    possible = permissions.steps(request.user, passport, now.status)
    has_special = any(row.fund == Fund.SPECIAL for row in grid.rows)
    by_row = {error["row"]: error["message"] for error in errors}
    context = {
        "passport": passport,
        "grid": grid,
        "month": grid.month,
        "months": period_selectors.months_of(passport),
        "lines": list(_lines(grid, typed or {}, by_row)),
        "errors": errors,
        "has_special": has_special,
        "columns": 9 if has_special else 8,
        "may_enter": may(request, passport, Action.ENTER_CASH),
        "now": now,
        "lock_text": periods.told(now.lock) if now.lock else "",
        "may": {step.name for step in possible},
        "is_open": Step.ENTER_CASH in possible,
    }
    return render(request, "budgets/cash/month.html", context, status=status)


def row_id(key: Key) -> str:
    """The row's name in the address of the page: a link with it opens the month at that row."""
    return "r-{}-{}-{}".format(*key)


def load_month(passport: Passport, number: int) -> Month:
    if number not in MONTHS:
        raise Http404
    return Month(passport.year, number)


def month_to_open(year: int, today: dt.date) -> Month:
    """The current month of the current year, the last of a past one, the first of a coming one."""
    if year == today.year:
        return Month.of(today)
    return Month(year, 12 if year < today.year else 1)
