"""Passports: the list, one passport with its revisions, and its way from draft to approval."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from budgets import permissions
from budgets.exceptions import RuleViolation
from budgets.forms.passports import AgreeForm, ApproveForm, YearForm
from budgets.models import PassportRevision
from budgets.permissions import Action
from budgets.selectors import passports as selectors
from budgets.services import passports
from budgets.views.loading import SignedIn, load_passport, load_revision
from reports import checks
from reports.checks import Severity
from reports.documents import passport as passport_document
from reports.documents.comparison import compare
from reports.renderers import html


@require_GET
def index(request: SignedIn) -> HttpResponse:
    context = {
        "passports": selectors.with_status(permissions.visible_passports(request.user)),
        "may_change": permissions.allows(request.user, Action.CHANGE_PASSPORT),
    }
    return render(request, "reports/passports/index.html", context)


@require_GET
def detail(request: SignedIn, pk: int, number: int | None = None) -> HttpResponse:
    """One revision, by default the open draft, else the one in force."""
    passport = load_passport(request, pk)
    revisions = list(passport.revisions.order_by("-number"))
    revision = (
        get_object_or_404(PassportRevision, passport=passport, number=number)
        if number is not None
        else revisions[0]
    )
    document = passport_document.build(revision)
    context = {
        "passport": passport,
        "revision": revision,
        "revisions": revisions,
        "in_force": selectors.revision_in_force(passport),
        "findings": [] if revision.is_approved else checks.run(document),
        "preview": html.render_fragment(document),
        "may_change": permissions.allows(
            request.user, Action.CHANGE_PASSPORT, passport.programme.community
        ),
        "agree_form": AgreeForm(),
        "approve_form": ApproveForm(),
        "year_form": YearForm(initial={"year": passport.year + 1}),
    }
    return render(request, "reports/passports/detail.html", context)


@require_GET
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
        "sections": compare(passport_document.build(old), passport_document.build(new)),
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

    def act() -> None:
        data = _clean(AgreeForm(request.POST))
        errors = [
            finding
            for finding in checks.run(passport_document.build(revision))
            if finding.severity is Severity.ERROR
        ]
        if errors:
            raise RuleViolation(" ".join(finding.message for finding in errors))
        passports.agree(revision=revision, **data, version=_version(request), by=request.user)

    return _act(request, pk, act)


@require_POST
def return_to_draft(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    return _act(
        request,
        pk,
        lambda: passports.return_to_draft(
            revision=revision, version=_version(request), by=request.user
        ),
    )


@require_POST
def approve(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    return _act(
        request,
        pk,
        lambda: passports.approve(
            revision=revision,
            **_clean(ApproveForm(request.POST)),
            version=_version(request),
            by=request.user,
        ),
    )


@require_POST
def discard(request: SignedIn, pk: int, number: int) -> HttpResponse:
    revision = load_revision(request, pk, number, Action.CHANGE_PASSPORT)
    try:
        passports.discard(revision=revision, version=_version(request))
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


def _version(request: SignedIn) -> int:
    version = request.POST.get("version", "")
    return int(version) if version.isdigit() else 0
