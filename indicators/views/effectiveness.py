"""Scales of effectiveness: the list, and writing one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import permissions
from budgets.numbers import print_number
from budgets.permissions import Action
from budgets.views.loading import SignedIn, require
from budgets.views.saving import attempt, sent
from indicators.forms.effectiveness import CONSTANTS, ScaleForm
from indicators.models import EffectivenessScale
from indicators.services import effectiveness as services
from indicators.views.loading import expect_scale_is_theirs, visible_scales


@require_safe
def scales(request: SignedIn) -> HttpResponse:
    changeable = set(
        permissions.communities_where(request.user, Action.CHANGE_REFERENCE).values_list(
            "pk", flat=True
        )
    )
    context = {
        "scales": [
            (scale, request.user.is_superuser or scale.community_id in changeable)
            for scale in visible_scales(request).select_related("community")
        ],
        "may_change": request.user.is_superuser or bool(changeable),
    }
    return render(request, "indicators/scales/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_scale(request: SignedIn, pk: int | None = None) -> HttpResponse:
    scale = None if pk is None else get_object_or_404(visible_scales(request), pk=pk)
    expect_scale_is_theirs(request, scale)
    form = ScaleForm(sent(request), instance=scale, user=request.user)

    def write(version: int) -> EffectivenessScale:
        if form.instance.community is not None:
            require(request, form.instance.community, Action.CHANGE_REFERENCE)
        return services.save_scale(scale=form.instance, version=version, by=request.user)

    done = attempt(request, form, write)
    if done.is_saved:
        messages.success(request, _("Шкалу збережено."))
        return redirect("effectiveness_scales")
    stored = None if pk is None else EffectivenessScale.objects.get(pk=pk)
    context = {
        "form": form,
        "scale": stored,
        "constants": [form[name] for name in CONSTANTS],
        "error": done.error,
        "stale": done.is_stale,
        "stored": _told(stored) if stored is not None and done.is_stale else [],
        "version": done.version(request, stored.version if stored else 1),
    }
    return render(request, "indicators/scales/edit.html", context, status=done.status)


def _told(scale: EffectivenessScale) -> list[str]:
    names = {field.name: str(field.verbose_name) for field in scale._meta.fields}
    return [
        str(scale),
        *(
            f"{names[name]}: {print_number(getattr(scale, name), max_places=4)}"
            for name in CONSTANTS
        ),
    ]
