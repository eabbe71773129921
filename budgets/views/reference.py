"""Reference data: the community, its spending units and budget programmes, economic codes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import permissions
from budgets.codes import edrpou_warning
from budgets.forms import reference as forms
from budgets.models import BudgetProgramme, Community, EconomicCode, SpendingUnit
from budgets.permissions import Action
from budgets.services import reference
from budgets.views.loading import SignedIn


@require_safe
def index(request: SignedIn) -> HttpResponse:
    communities = permissions.visible_communities(request.user).prefetch_related(
        "budget_codes", "units", "budget_programmes"
    )
    changeable = set(
        permissions.communities_where(request.user, Action.CHANGE_REFERENCE).values_list(
            "pk", flat=True
        )
    )
    context = {
        "communities": [(community, community.pk in changeable) for community in communities],
        "economic_codes": EconomicCode.objects.select_related("parent"),
        "may_change": bool(changeable),
        "may_found": request.user.is_superuser,
    }
    return render(request, "budgets/reference/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_community(request: SignedIn, pk: int | None = None) -> HttpResponse:
    if pk is None and not request.user.is_superuser:
        raise PermissionDenied
    return _edit(
        request,
        forms.CommunityForm,
        permissions.visible_communities(request.user),
        pk,
        _("Громада"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_unit(request: SignedIn, pk: int | None = None) -> HttpResponse:
    return _edit(
        request,
        forms.SpendingUnitForm,
        permissions.visible_units(request.user),
        pk,
        _("Розпорядник"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_programme(request: SignedIn, pk: int | None = None) -> HttpResponse:
    programmes = permissions.visible_budget_programmes(request.user)
    return _edit(request, forms.BudgetProgrammeForm, programmes, pk, _("Бюджетна програма"))


def _edit(
    request: SignedIn, form_class: type[ModelForm], visible: Any, pk: int | None, title: str
) -> HttpResponse:
    instance: Model | None = None if pk is None else get_object_or_404(visible, pk=pk)
    if not permissions.allows(request.user, Action.CHANGE_REFERENCE, _community(instance)):
        raise PermissionDenied
    form = form_class(request.POST or None, instance=instance, user=request.user)  # type: ignore[call-arg]
    if request.method == "POST" and form.is_valid():
        saved = reference.save(form=form, by=request.user)
        messages.success(request, _("Збережено: %(what)s.") % {"what": saved})
        if (
            isinstance(saved, SpendingUnit)
            and saved.edrpou
            and (warning := edrpou_warning(saved.edrpou))
        ):
            messages.warning(request, warning)
        return redirect("reference")
    context = {"form": form, "title": title}
    return render(
        request, "budgets/reference/edit.html", context, status=422 if form.errors else 200
    )


def _community(instance: Model | None) -> Community | None:
    if isinstance(instance, SpendingUnit | BudgetProgramme):
        return instance.community
    return instance if isinstance(instance, Community) else None
