"""What the pages that change a draft have in common: loading its rows, saving under its version, showing both values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.choices import PresentationUnit
from budgets.exceptions import BelowPaid, RuleViolation
from budgets.forms.measures import ReasonForm
from budgets.models import Act, Measure, Programme
from budgets.permissions import Step
from budgets.selectors import programmes as selectors
from budgets.selectors.drafts import RowKey, row_of
from budgets.selectors.placement import Rows
from budgets.selectors.sheet import row_name
from budgets.views.comparing import shown
from budgets.views.loading import SignedIn, read_version
from budgets.views.saving import attempt


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in words, and where the person goes on."""

    words: str
    url: str


Write = Callable[[int], Done]


def change(
    request: SignedIn,
    act: Act,
    form: forms.Form,
    write: Write,
    *,
    template: str,
    context: dict[str, Any],
    step: Step | None = Step.WRITE_ACT,
) -> HttpResponseBase:
    """Save a form under the version of the act its author saw and go on, or show the page of the form.

    After a stale save the page carries the new version and shows what is stored beside what was typed.
    """
    done: list[Done] = []

    def run(version: int) -> None:
        try:
            done.append(write(version))
        except BelowPaid as refusal:
            if isinstance(form, ReasonForm):
                form.ask(refusal)
            raise

    result = attempt(request, form, run)
    if result.is_saved:
        messages.success(request, done[0].words)
        return redirect(done[0].url)
    act.refresh_from_db(fields=["version", "status"])
    if not result.is_sent and step is not None and not step.is_possible(act.status):
        return sent_back(request, act)
    unit = read_unit(request, act.programme)
    values = {
        "act": act,
        "programme": act.programme,
        "unit": unit,
        "unit_label": PresentationUnit(unit).label,
        "form": form,
        "error": "" if form.errors else result.error,
        "stale": result.is_stale,
        "compared": compared(form) if result.is_stale else (),
        "version": result.version(request, act.version),
    }
    return render(request, template, {**values, **context}, status=result.status)


def sent_back(request: SignedIn, act: Act) -> HttpResponseRedirect:
    """From a page that changes drafts to an act that is none any more."""
    words = _("Акт у стані «%(status)s»: тут його вже не змінюють.")
    messages.warning(request, words % {"status": act.get_status_display()})
    return HttpResponseRedirect(act_url(act))


def read_unit(request: SignedIn, programme: Programme) -> str:
    """The unit of the sums on a page, which its form sends back: another person may choose another one meanwhile."""
    unit = request.POST.get("unit", "")
    return unit if unit in PresentationUnit.values else programme.unit


def press(
    request: SignedIn, act: Act, write: Callable[..., object], words: str
) -> HttpResponseRedirect:
    """Do what a button says, under the version its page showed, and return to the act; a refusal is shown there."""
    try:
        write(act=act, version=read_version(request), by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return HttpResponseRedirect(act_url(act))


def load_row(rows: Rows, pk: int) -> Measure:
    """The measure as the draft knows it; what only other drafts know does not exist."""
    if pk not in rows.words or pk not in rows.tree.measures:
        raise Http404
    return rows.tree.measures[pk]


def row_url(act: Act, key: RowKey) -> str:
    """The draft's table at the row, which is shown even while it has no figures."""
    name = row_name(key)
    return f"{act_url(act)}?row={name}#r-{name}"


def measure_url(act: Act, measure_id: int) -> str:
    """The draft's table at the first row of the measure."""
    planned = selectors.planned(act.programme, draft=act, measures=[measure_id])
    if not planned:
        return f"{act_url(act)}#measure-{measure_id}"
    return row_url(act, row_of(min(planned)))


def act_url(act: Act) -> str:
    return reverse("act", args=[act.programme.slug, act.pk])


def compared(form: forms.Form) -> list[tuple[str, str, str]]:
    """(label, stored now, typed) of every field whose stored value is not the typed one."""
    pairs = [
        (
            str(field.label),
            shown(field.field, form.initial[field.name]),
            shown(field.field, field.value()),
        )
        for field in form.visible_fields()
        if field.name in form.initial
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]
