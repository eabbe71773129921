"""The way of an act in the browser: opened, submitted, agreed, adopted or withdrawn; its file and its conflicts."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import permissions
from budgets.choices import ActStatus
from budgets.exceptions import RuleViolation
from budgets.forms.acts import AdoptForm, NewActForm, RebaseForm
from budgets.models import Act
from budgets.permissions import Action, Step
from budgets.selectors import draft_totals, drafts, placement, transfers
from budgets.selectors.draft_totals import Change
from budgets.selectors.drafts import row_of
from budgets.selectors.programmes import Place
from budgets.services import acts, opening, rebasing
from budgets.views.drafting import Done, act_url, change, press
from budgets.views.loading import SignedIn, load_act, load_programme, may, require
from budgets.views.saving import sent


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the act's page: what it says, where it leads, and whether pressing it writes at once."""

    label: str
    url: str
    is_post: bool = False
    kind: str = "quiet"


def act_actions(user: User, act: Act, *, overtaken: int = 0) -> list[Button]:
    """What this person may do with the act now; the next step of its way comes first and is primary.

    ``overtaken`` is how many of its rows other acts changed meanwhile.
    """
    possible = permissions.steps(user, act.programme, ActStatus(act.status))

    def url(name: str) -> str:
        return reverse(name, args=[act.programme.slug, act.pk])

    found: list[Button] = []
    if Step.SUBMIT_ACT in possible:
        found.append(Button(_("Подати на погодження"), url("act_submit"), True, "primary"))
    if Step.AGREE_ACT in possible:
        found.append(Button(_("Погодити"), url("act_agree"), True, "primary"))
    if Step.ADOPT_ACT in possible:
        found.append(Button(_("Внести рішення"), url("act_adopt"), kind="primary"))
    if Step.RETURN_ACT in possible:
        found.append(Button(_("Повернути на доопрацювання"), url("act_return"), True))
    if act.is_open and overtaken:
        label = _("Розбіжності з чинними сумами: %(count)s") % {"count": overtaken}
        found.append(Button(label, url("act_conflicts")))
    if Step.WITHDRAW_ACT in possible:
        found.append(Button(_("Відкликати"), url("act_withdraw")))
    if act.file:
        found.append(Button(_("Рішення (PDF)"), url("act_file")))
    return found


@require_POST
def new(request: SignedIn, slug: str) -> HttpResponse:
    programme = load_programme(request, slug, Action.DRAFT_ACT)
    form = NewActForm(request.POST)
    try:
        if not form.is_valid():
            raise RuleViolation(" ".join(map(str, form.errors["kind"])))
        act, is_new = opening.open_or_continue(
            programme=programme, **form.cleaned_data, by=request.user
        )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("programme", slug)
    if is_new:
        words = _("Чернетку відкрито. Чинні суми зміняться, лише коли її ухвалять.")
        messages.success(request, words)
    else:
        messages.info(request, _("Це ваша порожня чернетка, відкрита раніше: нової не створено."))
    return redirect("act", slug, act.pk)


@require_POST
def submit(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    words = _("Чернетку подано на погодження. Щоб змінити її, поверніть на доопрацювання.")
    return press(request, act, acts.submit, words)


@require_POST
def agree(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    act = load_act(request, slug, pk, Action.ADOPT_ACT)
    return press(
        request, act, acts.agree, _("Погоджено. Після сесії внесіть номер і дату рішення.")
    )


@require_POST
def return_to_draft(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    act = load_act(request, slug, pk)
    adopts = may(request, act.programme, Action.ADOPT_ACT)
    require(request, act.programme, Action.ADOPT_ACT if adopts else Action.DRAFT_ACT)
    return press(request, act, acts.return_to_draft, _("Чернетку повернуто на доопрацювання."))


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedIn, slug: str, pk: int) -> HttpResponseBase:
    act = load_act(request, slug, pk, Action.DRAFT_ACT)
    form = forms.Form(sent(request))

    def write(version: int) -> Done:
        acts.withdraw(act=act, version=version, by=request.user)
        return Done(_("Акт відкликано. Його рядки лишилися для читання."), act_url(act))

    context = {
        "title": _("Відкликати акт"),
        "lines": act.budgetlines.count(),
        "texts": act.measuretexts.count(),
    }
    return change(
        request,
        act,
        form,
        write,
        template="budgets/acts/withdraw.html",
        context=context,
        step=Step.WITHDRAW_ACT,
    )


@require_http_methods(["GET", "POST"])
def adopt(request: SignedIn, slug: str, pk: int) -> HttpResponseBase:
    act = load_act(request, slug, pk, Action.ADOPT_ACT)
    files = request.FILES if request.method == "POST" else None
    form = AdoptForm(sent(request), files, initial=AdoptForm.values_of(act))

    def write(version: int) -> Done:
        said = form.cleaned_data
        acts.adopt(act=act, **said, version=version, by=request.user)
        return Done(
            _("Рішення № %(number)s внесено, його суми діють з %(day)s.")
            % {
                "number": said["number"],
                "day": f"{said['in_force_from'] or said['date']:%d.%m.%Y}",
            },
            act_url(act),
        )

    rows = placement.rows(act)
    by_year = draft_totals.totals(act, rows.tree, "amount").get("programme", {})
    context = {
        "title": _("Внести рішення"),
        "by_year": sorted(by_year.items()),
        "total": sum(by_year.values(), Change()),
        "conflicts": drafts.overtaken(act),
    }
    return change(
        request,
        act,
        form,
        write,
        template="budgets/acts/adopt.html",
        context=context,
        step=Step.ADOPT_ACT,
    )


@require_safe
def file(request: SignedIn, slug: str, pk: int) -> HttpResponseBase:
    act = load_act(request, slug, pk)
    try:
        content = act.file.open("rb")
    except (ValueError, FileNotFoundError) as error:  # no file, or lost with its disk
        raise Http404 from error
    day = f"{act.date:%Y-%m-%d}" if act.date else act.pk
    name = get_valid_filename(f"rishennia-{act.number}-{day}.pdf")
    answer = FileResponse(
        content, as_attachment=True, filename=name, content_type="application/pdf"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "POST"])
def conflicts(request: SignedIn, slug: str, pk: int) -> HttpResponseBase:
    act = load_act(request, slug, pk, Action.DRAFT_ACT if request.method == "POST" else None)
    form = RebaseForm(sent(request))

    def write(version: int) -> Done:
        keep_figures = form.cleaned_data["keep"] == "figures"
        rebasing.rebase(act=act, keep_figures=keep_figures, version=version, by=request.user)
        return Done(
            _("Чернетку перенесено на чинні суми: нові суми ті, що ви задумали.")
            if keep_figures
            else _("Чернетку перенесено на чинні суми: ваші зміни додано до них."),
            act_url(act),
        )

    rows = placement.rows(act)
    overtaken, rivals = drafts.overtaken(act), drafts.rivals(act)
    names = transfers.row_names(
        act, rows, {row_of(place) for place in (*(each.place for each in overtaken), *rivals)}
    )
    context = {
        "title": _("Розбіжності з чинними сумами"),
        "conflicts": [
            {
                "name": names[row_of(each.place)],
                "found": each,
                "is_amount": each.figure == "amount",
                "kept_delta": each.now + each.delta,
                "kept_figure": each.was + each.delta,
            }
            for each in overtaken
        ],
        "words": [(rows.name(pk), by) for pk, by in sorted(drafts.overtaken_words(act).items())],
        "rivals": _rivals(rivals, names),
        "may_rebase": Step.WRITE_ACT
        in permissions.steps(request.user, act.programme, ActStatus(act.status)),
    }
    return change(
        request,
        act,
        form,
        write,
        template="budgets/acts/conflicts.html",
        context=context,
        step=None,
    )


def _rivals(found: dict[Place, list[Act]], names: dict[Any, str]) -> list[dict[str, Any]]:
    """Other drafts with the places that they share with this one."""
    shared: dict[int, dict[str, Any]] = {}
    for place in sorted(found):
        for act in found[place]:
            rival = shared.setdefault(act.pk, {"act": act, "places": []})
            rival["places"].append((names[row_of(place)], place.year))
    return list(shared.values())
