"""Rows of a draft: one more for a measure, and money that moves between two of them."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from budgets.choices import PresentationUnit
from budgets.forms.measures import RowForm, TransferForm
from budgets.forms.sheet import read_row
from budgets.models import Act, Programme
from budgets.money import print_in_unit
from budgets.permissions import Action, Step
from budgets.selectors import placement, transfers
from budgets.selectors.drafts import RowKey
from budgets.selectors.programmes import Place
from budgets.selectors.sheet import row_name
from budgets.selectors.transfers import TransferRow
from budgets.services import drafting
from budgets.views.drafting import Done, change, load_row, read_unit, row_url, sent_back
from budgets.views.loading import SignedIn, load_act
from budgets.views.saving import sent

MOST_ROWS = 300
"""A longer list is narrowed by words before a row is chosen from it."""


@require_http_methods(["GET", "POST"])
def row_new(request: SignedIn, slug: str, pk: int) -> HttpResponseBase:
    """Writes nothing: a row is there once it has a figure."""
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    if not Step.WRITE_ACT.is_possible(act.status):
        return sent_back(request, act)
    rows = placement.rows(act)
    asked = request.GET.get("measure", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise Http404
    measure = load_row(rows, int(asked))
    form = RowForm(sent(request), programme=act.programme)
    if request.method == "POST" and form.is_valid():
        return redirect(row_url(act, form.row(measure.pk)))
    context = {
        "act": act,
        "programme": act.programme,
        "form": form,
        "title": _("Хто і з чого платить"),
        "name": rows.name(measure.pk),
        "has_parts": bool(rows.parts(measure.pk)),
    }
    status = 422 if form.errors else 200
    return render(request, "budgets/acts/row_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def transfer(request: SignedIn, slug: str, pk: int) -> HttpResponseBase:
    """The row that gives money is named by the address; without it, the page asks for one."""
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    programme = act.programme
    unit = read_unit(request, programme)
    query = request.GET.get("q", "").strip()
    if "from" not in request.GET:
        return _ask_for_giver(request, act, query)
    try:
        key = read_row(request.GET["from"])
    except BadRequest as error:
        raise Http404 from error
    rows = transfers.read(act, key)
    if key not in rows.all:
        raise Http404
    giver, is_long = rows.all[key], len(rows.takers) > MOST_ROWS
    found = rows.found(query if is_long else "")
    form = TransferForm(
        sent(request),
        programme=programme,
        unit=unit,
        from_years=[
            (year, f"{year}: {print_in_unit(amount, unit)}")
            for year, amount in sorted(giver.amounts.items())
            if amount > 0
        ],
        targets=[(row_name(row.key), row.name) for row in found[:MOST_ROWS]],
    )

    def write(version: int) -> Done:
        said = form.cleaned_data
        source, target = (
            _place(key, said["from_year"]),
            _place(read_row(said["target"]), said["to_year"]),
        )
        drafting.transfer(
            act=act,
            source=source,
            target=target,
            amount=said["amount"],
            reason=said["reason"],
            is_confirmed=said["is_confirmed"],
            version=version,
            by=request.user,
        )
        taker = next(row for row in found if row_name(row.key) == said["target"])
        words = _("Переміщено %(amount)s %(unit)s: %(source)s → %(target)s.") % {
            "amount": print_in_unit(said["amount"], unit),
            "unit": PresentationUnit(unit).label,
            "source": _named(giver, source.year),
            "target": _named(taker, target.year),
        }
        return Done(words, row_url(act, key))

    context = {
        "title": _("Перемістити кошти"),
        "giver": giver,
        "years": [(year, giver.amounts.get(year)) for year in _years(programme, giver)],
        "from": row_name(key),
        "query": query,
        "is_long": is_long,
        "found": len(found),
        "is_cut": len(found) > MOST_ROWS,
        "most": MOST_ROWS,
        "back": row_url(act, key),
    }
    return change(request, act, form, write, template="budgets/acts/transfer.html", context=context)


def _ask_for_giver(request: SignedIn, act: Act, query: str) -> HttpResponse:
    if not Step.WRITE_ACT.is_possible(act.status):
        return sent_back(request, act)
    rows = transfers.read(act)
    givers = [row for row in rows.found("") if any(row.amounts.values())]
    found = [row for row in rows.found(query) if any(row.amounts.values())]
    context = {
        "act": act,
        "programme": act.programme,
        "title": _("Перемістити кошти"),
        "givers": [
            (row_name(row.key), row.name, sum(row.amounts.values())) for row in found[:MOST_ROWS]
        ],
        "query": query,
        "is_long": len(givers) > MOST_ROWS,
        "found": len(found),
        "is_cut": len(found) > MOST_ROWS,
        "most": MOST_ROWS,
    }
    return render(request, "budgets/acts/transfer_from.html", context)


def _years(programme: Programme, row: TransferRow) -> list[int]:
    return sorted({*programme.years, *row.amounts})


def _named(row: TransferRow, year: int) -> str:
    return f"«{row.name}», {year}"


def _place(key: RowKey, year: int) -> Place:
    measure, unit, fund, source = key
    return Place(measure, unit, year, fund, source)
