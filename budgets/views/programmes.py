"""Creating a target programme, describing it, and editing its parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import permissions
from budgets.choices import ActStatus
from budgets.exceptions import RuleViolation
from budgets.forms import programmes as forms
from budgets.forms.rows import RowFormSet, numbered, open_rows
from budgets.models import (
    Act,
    Ceiling,
    Direction,
    Executor,
    FundingSource,
    PassportItem,
    Programme,
    SpendingUnit,
    Stage,
    StrategyLink,
    Task,
)
from budgets.money import ZERO, print_amount
from budgets.permissions import Action
from budgets.selectors import programme_parts as selectors
from budgets.services import programme_copy, programme_parts, programmes
from budgets.views.loading import SignedIn, load_programme
from budgets.views.saving import attempt, sent


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a programme made of rows of one model, and what its page says about it."""

    title: str | Promise
    model: type[Model]
    form: type[forms.PartForm]
    hint: str | Promise
    shown: Callable[[Any], str] = str
    is_optional: bool = False
    offered: Callable[[Programme], forms.Offered] = lambda _programme: {}

    def initial(self, row: Any) -> dict[str, Any]:
        """What the form shows of a stored row."""
        return {"id": row.pk} | {
            name: getattr(row, row._meta.get_field(name).attname) for name in self.columns
        }

    @property
    def columns(self) -> dict[str, Any]:
        """Labels of what a row says, by field."""
        fields = self.form.base_fields
        return {name: fields[name].label for name in fields if name not in {"id", "position"}}

    @property
    def key(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def is_closed_by_approval(self) -> bool:
        return self.model in programme_parts.CLOSED_BY_APPROVAL


def _units(programme: Programme) -> forms.Offered:
    units = SpendingUnit.objects.filter(community=programme.community_id)
    return {"unit": forms.offer(units)}


def _tree(programme: Programme) -> forms.Offered:
    return {
        "direction": forms.offer(programme.directions.all()),
        "executor": forms.offer(programme.executors.all()),
    }


def _numbered_words(row: Any) -> str:
    return f"{row.number} {row}".strip()


PARTS = {
    "passport": Part(
        _("Паспорт програми"),
        PassportItem,
        forms.PassportItemForm,
        _("Рядки паспорта словами міста, у порядку друку: ініціатор, мета, строки, очікувані результати."),
        lambda row: f"{_numbered_words(row)}: {row.value}",
    ),
    "stages": Part(
        _("Етапи"),
        Stage,
        forms.StageForm,
        _("Етапи — відрізки років у межах програми; вони можуть мати різну довжину."),
        is_optional=True,
        shown=lambda row: f"{row.label} ({row.year_from}–{row.year_to})",
    ),
    "sources": Part(
        _("Джерела фінансування"),
        FundingSource,
        forms.FundingSourceForm,
        _("Бюджети й інші кошти, з яких платять за заходи."),
    ),
    "executors": Part(
        _("Виконавці"),
        Executor,
        forms.ExecutorForm,
        _("Назви так, як їх друкує програма. Розпорядник із довідника пов’язує виконавця з касою."),
        _numbered_words,
        offered=_units,
    ),
    "directions": Part(
        _("Напрями діяльності"),
        Direction,
        forms.DirectionForm,
        _("Верхній рівень дерева: під ним стоять завдання або одразу заходи."),
        is_optional=True,
    ),
    "tasks": Part(
        _("Завдання"),
        Task,
        forms.TaskForm,
        _("Завдання стоїть під напрямом, під виконавцем або саме по собі."),
        is_optional=True,
        offered=_tree,
    ),
    "strategy": Part(
        _("Зв’язок зі стратегією"),
        StrategyLink,
        forms.StrategyLinkForm,
        _("Яким пріоритетам і цілям стратегії розвитку служить програма."),
        is_optional=True,
        shown=lambda row: " · ".join(filter(None, (row.item, row.priority, row.goal, row.task))),
    ),
    "ceilings": Part(
        _("Граничні обсяги"),
        Ceiling,
        forms.CeilingForm,
        _("Скільки може коштувати рік за прогнозом бюджету. Перевищення попереджає, а не забороняє."),
        is_optional=True,
        shown=lambda row: f"{row.year}, {row.get_fund_display() if row.fund else forms.ALL_FUNDS}: {print_amount(row.amount)}",
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Found a programme, from nothing or on the base of another that this person may see."""
    if not permissions.allows(request.user, Action.DRAFT_ACT):
        raise PermissionDenied
    form = forms.NewProgrammeForm(sent(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            act = _found(request, form)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("target_parts", act.programme.slug)
    status = 422 if form.errors else 200
    return render(request, "budgets/programmes/new.html", {"form": form}, status=status)


def _found(request: SignedIn, form: forms.NewProgrammeForm) -> Act:
    if form.base is None:
        act = programmes.create(**form.description, by=request.user)
        messages.success(request, _now("Програму створено. Внесіть її частини, тоді заходи."))
        return act
    act = programme_copy.clone(
        source=form.base,
        as_of=timezone.localdate(),
        with_amounts=form.cleaned_data["with_amounts"],
        **form.description,
        by=request.user,
    )
    if form.cleaned_data["with_amounts"]:
        _tell_left_behind(request, form.base, act.programme)
    messages.success(
        request,
        _now(
            "Програму створено на основі «%(base)s». Перевірте рядки паспорта: слова в них лишилися старі."
        )
        % {"base": form.base},
    )
    return act


def _tell_left_behind(request: SignedIn, base: Programme, made: Programme) -> None:
    """Say which years of money a shorter programme did not take over."""
    sums = programme_copy.left_behind(base, made, timezone.localdate())
    if not sums:
        return
    words = _now(
        "Не все перейшло: сум на %(years)s (разом %(total)s грн) у новій програмі немає, бо вона коротша за основу. Якщо вони потрібні, продовжте роки й внесіть їх у чернетку."
    )
    years = ", ".join(map(str, sorted(sums)))
    total = print_amount(sum(sums.values(), ZERO))
    messages.warning(request, words % {"years": years, "total": total})


@require_safe
def parts(request: SignedIn, slug: str) -> HttpResponse:
    """What the programme consists of, what is still empty, and the way to its drafts."""
    programme = load_programme(request, slug, Action.DRAFT_ACT)
    counts = selectors.counts(programme)
    open_acts = programme.acts.exclude(status__in=[ActStatus.ADOPTED, ActStatus.WITHDRAWN])
    context = {
        "programme": programme,
        "parts": [(name, part, counts[part.key]) for name, part in PARTS.items()],
        "counts": counts,
        "approved_by": programmes.approving_act(programme),
        "drafts": open_acts,
        "on_its_way": programmes.act_on_its_way(programme),
    }
    return render(request, "budgets/programmes/parts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_part(request: SignedIn, slug: str, part: str) -> HttpResponse:
    if part not in PARTS:
        raise Http404
    spec = PARTS[part]
    programme = load_programme(request, slug, Action.DRAFT_ACT)
    act = programmes.approving_act(programme)
    stored = list(spec.model._default_manager.filter(programme=programme))
    formset = open_rows(
        spec.form,
        sent(request),
        formset=forms.PartFormSet,
        initial=numbered(spec.initial(row) for row in stored),
        form_kwargs={
            "approved": {row.pk for row in stored} if act and spec.model is not Ceiling else (),
            "offered": spec.offered(programme),
        },
    )
    return edit_section(
        request,
        "budgets/programmes/edit_part.html",
        programme,
        formset,
        lambda version: programme_parts.write_rows(
            programme=programme,
            model=spec.model,
            rows=formset.rows(),
            version=version,
            by=request.user,
        ),
        title=spec.title,
        context={
            "formset": formset,
            "hint": spec.hint,
            "stored": [spec.shown(row) for row in stored],
            "approved_by": act,
            "has_approved": bool(act and stored) and spec.model is not Ceiling,
            "is_closed": bool(act) and spec.is_closed_by_approval,
            "is_always_open": spec.model is Ceiling,
            "headings": spec.columns.values(),
            "rows": [[getattr(row, name) for name in spec.columns] for row in stored],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: SignedIn, slug: str) -> HttpResponse:
    programme = load_programme(request, slug, Action.DRAFT_ACT)
    act = programmes.approving_act(programme)
    form = forms.AboutForm(sent(request), programme=programme, is_approved=bool(act))
    return edit_section(
        request,
        "budgets/programmes/about.html",
        programme,
        form,
        lambda version: programmes.describe(
            programme=programme, **form.cleaned_data, version=version, by=request.user
        ),
        title=_("Про програму"),
        context={
            "form": form,
            "approved_by": act,
            "stored": [
                programme.title,
                programme.short_title,
                f"{programme.year_from}–{programme.year_to}",
                programme.responsible_unit,
                programme.get_unit_display(),
                programme.get_layout_display(),
                f"{programme.marked_share} %",
            ],
        },
    )


def edit_section(
    request: SignedIn,
    template: str,
    programme: Programme,
    form: Form | RowFormSet,
    write: Callable[[int], object],
    *,
    title: str | Promise,
    context: dict[str, Any],
) -> HttpResponse:
    """Save one part with the version its author saw and go back to the list of parts, or show its editing page.

    A page that says ``is_always_open`` in its ``context`` does not tell of acts on their way to the council.

    After a stale save the page carries the new version and shows what is stored beside what was typed.
    """
    done = attempt(request, form, write)
    if done.is_saved:
        messages.success(request, _now("Збережено: %(what)s.") % {"what": title})
        return redirect("target_parts", programme.slug)
    programme.refresh_from_db(fields=["version"])
    shown = {
        "programme": programme,
        "on_its_way": None
        if context.get("is_always_open")
        else programmes.act_on_its_way(programme),
        "title": title,
        "error": done.error,
        "version": done.version(request, programme.version),
        "stale": done.is_stale,
    }
    return render(request, template, {**shown, **context}, status=done.status)
