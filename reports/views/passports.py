"""Passports: the list, one passport with its revisions, and its way from draft to approval."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from budgets import permissions
from budgets.choices import RevisionStatus
from budgets.exceptions import RuleViolation
from budgets.forms.passports import AgreeForm, ApproveForm, YearForm
from budgets.models import PassportRevision
from budgets.permissions import Action
from budgets.selectors import passports as selectors
from budgets.services import passports
from budgets.views.loading import SignedIn, load_passport, load_revision, read_version
from reports import checks, services
from reports.documents import passport as passport_document
from reports.documents.comparison import compare
from reports.renderers import html


@require_safe
def index(request: SignedIn) -> HttpResponse:
    context = {
        "passports": selectors.with_status(permissions.visible_passports(request.user)),
        "may_change": permissions.allows(request.user, Action.CHANGE_PASSPORT),
    }
    return render(request, "reports/passports/index.html", context)


@require_safe
def detail(request: SignedIn, pk: int, number: int | None = None) -> HttpResponse:
    """One revision, by default the newest."""
    passport = load_passport(request, pk)
    revisions = passport.revisions.order_by("-number")
    revision = get_object_or_404(revisions, number=number) if number is not None else revisions[0]
    return _page(request, revision)


def _page(
    request: SignedIn,
    revision: PassportRevision,
    *,
    agree_form: AgreeForm | None = None,
    approve_form: ApproveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    passport = revision.passport
    document = passport_document.build(revision)
    context = {
        "passport": passport,
        "revision": revision,
        "revisions": list(passport.revisions.order_by("-number")),
        "in_force": selectors.revision_in_force(passport),
        "allocations": selectors.allocations(revision),
        "findings": [] if revision.is_approved else checks.run(document),
        "preview": html.render_fragment(document),
        "may": {
            step.name
            for step in permissions.steps(request.user, passport, RevisionStatus(revision.status))
        },
        "agree_form": agree_form or AgreeForm(),
        "approve_form": approve_form or ApproveForm(),
        "year_form": YearForm(initial={"year": passport.year + 1}),
    }
    return render(request, "reports/passports/detail.html", context, status=status)


@require_safe
def comparison(request: SignedIn, pk: int) -> HttpResponse:
    passport = load_passport(request, pk)
    revisions = list(passport.revisions.order_by("number"))
    old = _chosen(revisions, request.GET.get("old"), default=max(0, len(revisions) - 2))
    new = _chosen(revisions, request.GET.get("new"), default=len(revisions) - 1)
    context = {
        "passport": passport,
        "revisions": revisions,
        "old": old,
        "new": new,
        "sections": compare(
            passport_document.with_allocations(old), passport_document.with_allocations(new)
        ),
    }
    return render(request, "reports/passports/comparison.html", context)


def _chosen(
    revisions: list[PassportRevision], number: str | None, *, default: int
) -> PassportRevision:
    return next(
        (revision for revision in revisions if str(revision.number) == number), revisions[default]
    )


@require_POST
def revise(request: SignedIn, pk: int) -> HttpResponse:
    passport = load_passport(request, pk, Action.CHANGE_PASSPORT)
    return _act(request, pk, lambda: passports.revise(passport=passport, by=request.user))


@require_POST
def copy_to_year(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    return _act(
        request,
        pk,
        lambda: passports.copy_to_year(
            source=revision, year=_clean(YearForm(request.POST))["year"], by=request.user
        ),
    )


@require_POST
def agree(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    form = AgreeForm(request.POST)
    if form.is_valid():
        try:
            services.agree(
                revision=revision,
                **form.cleaned_data,
                version=read_version(request),
                by=request.user,
            )
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("passport", pk)
    return _page(request, revision, agree_form=form, status=422)


@require_POST
def return_to_draft(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    return _act(
        request,
        pk,
        lambda: passports.return_to_draft(
            revision=revision, version=read_version(request), by=request.user
        ),
    )


@require_POST
def approve(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            passports.approve(
                revision=revision,
                **form.cleaned_data,
                version=read_version(request),
                by=request.user,
            )
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("passport", pk)
    return _page(request, revision, approve_form=form, status=422)


@require_POST
def discard(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    try:
        passports.discard(revision=revision, version=read_version(request), by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("revision", pk, number)
    messages.success(request, _("Проєкт редакції %(number)s вилучено.") % {"number": number})
    return redirect("passports")


def _act(request: SignedIn, pk: int, act: Callable[[], Model | None]) -> HttpResponse:
    """Do it and return to the passport; a refusal is shown there."""
    try:
        made = act()
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("passport", pk)
    if isinstance(made, PassportRevision):
        return redirect("passport", made.passport_id)
    return redirect("passport", pk)


def _clean(form: Form) -> dict[str, Any]:
    if not form.is_valid():
        raise RuleViolation(
            " ".join(
                f"{form.fields[name].label}: {' '.join(map(str, errors))}"
                for name, errors in form.errors.items()
                if name in form.fields
            )
        )
    return form.cleaned_data
