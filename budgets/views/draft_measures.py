"""Measures of a draft: a new one, its words and place, a split, a cancellation and the ways back."""

from collections.abc import Collection
from functools import partial

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from budgets.forms.measures import MeasureForm, NewMeasureForm, ReasonForm, SplitForm
from budgets.models import Act
from budgets.permissions import Action
from budgets.selectors import placement, transfers
from budgets.selectors import programmes as selectors
from budgets.selectors.drafts import row_of
from budgets.selectors.placement import Rows
from budgets.selectors.programmes import Place
from budgets.services import draft_measures
from budgets.views.drafting import Done, change, load_row, measure_url, press, read_unit
from budgets.views.loading import SignedIn, load_act
from budgets.views.saving import sent


@require_http_methods(["GET", "POST"])
def new(request: SignedIn, slug: str, pk: int) -> HttpResponseBase:
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    form = NewMeasureForm(
        sent(request),
        rows=placement.rows(act),
        initial={"point": request.GET.get("at", ""), "needs_funding": True},
    )

    def write(version: int) -> Done:
        said = form.cleaned_data
        measure = draft_measures.add_measure(
            act=act,
            point=said["point"],
            words=form.words,
            number=said["number"],
            quantity_unit=said["quantity_unit"],
            version=version,
            by=request.user,
        )
        return Done(
            _("Захід «%(title)s» додано. Тепер оберіть, хто і з чого за нього платить.")
            % {"title": said["title"]},
            f"{reverse('act_row_new', args=[slug, pk])}?{urlencode({'measure': measure.pk})}",
        )

    context = {"title": _("Новий захід"), "button": _("Додати захід")}
    return change(request, act, form, write, template="budgets/acts/measure.html", context=context)


@require_http_methods(["GET", "POST"])
def edit(request: SignedIn, slug: str, pk: int, measure_pk: int) -> HttpResponseBase:
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    rows = placement.rows(act)
    measure = load_row(rows, measure_pk)
    form = MeasureForm(
        sent(request),
        rows=rows,
        moving=measure_pk,
        initial=MeasureForm.values_of(rows, measure_pk),
    )

    def write(version: int) -> Done:
        draft_measures.write_measure(
            act=act,
            measure=measure,
            words=form.words,
            number=form.cleaned_data["number"],
            point=form.cleaned_data["point"],
            version=version,
            by=request.user,
        )
        return Done(
            _("Захід «%(title)s» змінено в чернетці.") % {"title": form.cleaned_data["title"]},
            measure_url(act, measure_pk),
        )

    in_force = selectors.texts(act.programme, measures=[measure_pk]).get(measure_pk)
    context = {
        "title": rows.name(measure_pk),
        "button": _("Зберегти в чернетці"),
        "measure": measure,
        "words": rows.words[measure_pk],
        "is_new": in_force is None,
        "is_cancelled_here": rows.words[measure_pk].is_cancelled
        and in_force is not None
        and not in_force.is_cancelled,
        "has_parts": bool(rows.parts(measure_pk)),
    }
    return change(request, act, form, write, template="budgets/acts/measure.html", context=context)


@require_http_methods(["GET", "POST"])
def split(request: SignedIn, slug: str, pk: int, measure_pk: int) -> HttpResponseBase:
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    rows = placement.rows(act)
    measure = load_row(rows, measure_pk)
    planned = selectors.planned(act.programme, draft=act, measures=[measure_pk])
    figures = {place: planned[place] for place in sorted(planned) if planned[place].amount}
    form = SplitForm(
        sent(request),
        unit=read_unit(request, act.programme),
        figures=figures,
        names=_place_names(act, rows, figures),
    )

    def write(version: int) -> Done:
        said = form.cleaned_data
        made = draft_measures.split_measure(
            act=act,
            measure=measure,
            title=said["title"],
            number=said["number"],
            amounts=form.amounts,
            reason=said["reason"],
            is_confirmed=said["is_confirmed"],
            version=version,
            by=request.user,
        )
        return Done(
            _("Із заходу «%(old)s» виділено захід «%(new)s». Загальна сума не змінилася.")
            % {"old": rows.name(measure_pk), "new": said["title"]},
            measure_url(act, made.pk),
        )

    context = {"title": _("Розділити захід"), "measure": measure, "name": rows.name(measure_pk)}
    return change(request, act, form, write, template="budgets/acts/split.html", context=context)


@require_http_methods(["GET", "POST"])
def cancel(request: SignedIn, slug: str, pk: int, measure_pk: int) -> HttpResponseBase:
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    rows = placement.rows(act)
    measure = load_row(rows, measure_pk)
    form = ReasonForm(sent(request))

    def write(version: int) -> Done:
        draft_measures.cancel_measure(
            act=act, measure=measure, **form.cleaned_data, version=version, by=request.user
        )
        return Done(
            _("Захід «%(title)s» скасовано в чернетці, його кошти обнулено.")
            % {"title": rows.name(measure_pk)},
            measure_url(act, measure_pk),
        )

    whole = [measure_pk, *(part.pk for part in rows.below(measure_pk))]
    planned = selectors.planned(act.programme, draft=act, measures=whole)
    figures = {place: planned[place] for place in sorted(planned) if planned[place].amount}
    names = _place_names(act, rows, figures)
    context = {
        "title": _("Скасувати захід"),
        "measure": measure,
        "name": rows.name(measure_pk),
        "parts": [rows.name(part.pk) for part in rows.below(measure_pk)],
        "figures": [
            (rows.name(place.measure_id), names[place], figure.amount)
            for place, figure in figures.items()
        ],
    }
    return change(request, act, form, write, template="budgets/acts/cancel.html", context=context)


@require_POST
def restore(request: SignedIn, slug: str, pk: int, measure_pk: int) -> HttpResponse:
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    rows = placement.rows(act)
    measure = load_row(rows, measure_pk)
    words = _("Скасування заходу «%(title)s» знято: діють чинні суми.")
    write = partial(draft_measures.restore_measure, measure=measure)
    return press(request, act, write, words % {"title": rows.name(measure_pk)})


@require_POST
def remove(request: SignedIn, slug: str, pk: int, measure_pk: int) -> HttpResponse:
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    rows = placement.rows(act)
    measure = load_row(rows, measure_pk)
    words = _("Захід «%(title)s» вилучено з чернетки разом із його сумами.")
    write = partial(draft_measures.remove_measure, measure=measure)
    return press(request, act, write, words % {"title": rows.name(measure_pk)})


def _place_names(act: Act, rows: Rows, places: Collection[Place]) -> dict[Place, str]:
    """«2025 · Управління освіти · загальний фонд»: what tells places of one measure apart."""
    names = transfers.row_names(act, rows, {row_of(place) for place in places})
    found = {}
    for place in places:
        rest = names[row_of(place)].removeprefix(rows.name(place.measure_id)).strip(" ·")
        found[place] = f"{place.year} · {rest}" if rest else str(place.year)
    return found
