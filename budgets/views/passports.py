"""Drafting a passport: a new one, and the sections of a draft."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from budgets import permissions
from budgets.exceptions import RuleViolation
from budgets.forms import passports as forms
from budgets.forms.rows import RowForm, RowFormSet, numbered, open_rows
from budgets.models import (
    EconomicCode,
    Goal,
    LocalProgramme,
    PassportRevision,
    PassportTask,
    RevisionRow,
    Signatory,
)
from budgets.permissions import Action, Step
from budgets.services import passports
from budgets.views.loading import SignedIn, load_revision
from budgets.views.saving import attempt, sent


@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    if not permissions.allows(request.user, Action.CHANGE_PASSPORT):
        raise PermissionDenied
    communities = permissions.communities_where(request.user, Action.CHANGE_PASSPORT)
    programmes = permissions.visible_budget_programmes(request.user).filter(
        community__in=communities
    )
    form = forms.PassportForm(sent(request), programmes=programmes)
    if request.method == "POST" and form.is_valid():
        try:
            revision = passports.create(**form.cleaned_data, by=request.user)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("passport", revision.passport_id)
    status = 422 if form.errors else 200
    return render(request, "budgets/passports/new.html", {"form": form}, status=status)


@dataclass(frozen=True, slots=True)
class RowSection:
    """A section of the form made of numbered rows of one model."""

    title: str | Promise
    model: type[RevisionRow]
    form: type[RowForm]
    initial: Callable[[Any], dict[str, Any]]
    hint: str | Promise = ""


ROW_SECTIONS = {
    "goals": RowSection(
        _("6. Цілі державної політики"), Goal, forms.GoalForm, lambda row: {"text": row.text}
    ),
    "tasks": RowSection(
        _("8. Завдання бюджетної програми"),
        PassportTask,
        forms.TaskForm,
        lambda row: {"text": row.text},
    ),
    "local-programmes": RowSection(
        _("10. Місцеві програми"),
        LocalProgramme,
        forms.LocalProgrammeForm,
        lambda row: {"title": row.title},
        _("Суми рахуються з напрямів, які називають цю програму в розділі 9."),
    ),
    "signatories": RowSection(
        _("Підписанти"),
        Signatory,
        forms.SignatoryForm,
        lambda row: {"role": row.role, "position_title": row.position, "name": row.name},
    ),
}


@require_http_methods(["GET", "POST"])
def edit_texts(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    initial = {"legal_grounds": revision.legal_grounds, "purpose": revision.purpose}
    form = forms.TextsForm(sent(request), initial=initial)
    context = {"form": form, "stored": [revision.legal_grounds, revision.purpose]}
    return edit_section(
        request,
        "budgets/passports/edit_texts.html",
        revision,
        form,
        lambda version: passports.describe(
            revision=revision, **form.cleaned_data, version=version, by=request.user
        ),
        title=_("5 і 7. Підстави та мета"),
        context=context,
    )


@require_http_methods(["GET", "POST"])
def edit_rows(request: SignedIn, pk: int, number: int, section: str) -> HttpResponse:
    if section not in ROW_SECTIONS:
        raise Http404
    spec = ROW_SECTIONS[section]
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    stored = list(spec.model._default_manager.filter(revision=revision))
    initial = numbered({"id": row.pk, **spec.initial(row)} for row in stored)
    formset = open_rows(spec.form, sent(request), initial=initial)
    context = {"formset": formset, "hint": spec.hint, "stored": [str(row) for row in stored]}
    return edit_section(
        request,
        "budgets/passports/edit_rows.html",
        revision,
        formset,
        lambda version: passports.save_rows(
            revision=revision,
            model=spec.model,
            rows=formset.rows(),
            version=version,
            by=request.user,
        ),
        title=spec.title,
        context=context,
    )


@require_http_methods(["GET", "POST"])
def edit_lines(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    programmes = {str(row.pk): row for row in revision.localprogrammes.all()}
    formset = open_rows(
        forms.LineForm,
        sent(request),
        initial=forms.line_rows(revision),
        formset=forms.LineFormSet,
        form_kwargs={"programmes": programmes},
    )
    context = {
        "formset": formset,
        "hint": _(
            "Напрям може мати кілька КЕКВ: рядок без назви додає ще один до напряму, номер якого в ньому вказано."
        ),
        "stored": [str(line) for line in revision.spendinglines.all()],
        "economic_codes": EconomicCode.objects.filter(children__isnull=True),
    }
    title = _("9. Напрями використання бюджетних коштів")
    return edit_section(
        request,
        "budgets/passports/edit_rows.html",
        revision,
        formset,
        lambda version: passports.save_lines(
            revision=revision, rows=formset.rows(), version=version, by=request.user
        ),
        title=title,
        context=context,
    )


def edit_section(
    request: SignedIn,
    template: str,
    revision: PassportRevision,
    form: Form | RowFormSet,
    write: Callable[[int], object],
    *,
    title: str | Promise,
    context: dict[str, Any],
) -> HttpResponse:
    """Save one section with the version its author saw and go back to the revision, or show its editing page.

    After a stale save the page carries the new version and shows what is stored beside what was typed.
    """
    done = attempt(request, form, write)
    if done.is_saved:
        messages.success(request, _now("Розділ збережено."))
        return redirect("revision", revision.passport_id, revision.number)
    if not Step.WRITE_REVISION.is_possible(revision.status):
        messages.warning(
            request, _now("Ця редакція не змінюється. Щоб внести зміни, створіть нову редакцію.")
        )
        return redirect("revision", revision.passport_id, revision.number)
    revision.refresh_from_db(fields=["version"])
    shown = {
        "revision": revision,
        "passport": revision.passport,
        "title": title,
        "error": done.error,
        "version": done.version(request, revision.version),
        "stale": done.is_stale,
    }
    return render(request, template, {**shown, **context}, status=done.status)
