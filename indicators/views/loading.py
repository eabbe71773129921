"""Where pages and the API load what belongs to indicators: years of addresses, files of evidence, scales."""

import re

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from budgets import permissions
from budgets.models import Programme
from budgets.permissions import Action
from budgets.views.loading import SignedIn, require
from indicators.models import WHOLE, EffectivenessScale, IndicatorEvidence
from indicators.programme_figures import Year


def read_period(programme: Programme, period: str) -> Year:
    """The year of an address; None for the whole programme."""
    if period == WHOLE:
        return None
    if not re.fullmatch(r"[0-9]{4}", period, re.ASCII) or int(period) not in programme.years:
        raise Http404
    return int(period)


def load_evidence(programme: Programme, pk: int) -> IndicatorEvidence:
    rows = IndicatorEvidence.objects.select_related("indicator", "added_by")
    return get_object_or_404(rows, indicator__programme=programme, pk=pk)


def visible_scales(request: SignedIn) -> QuerySet[EffectivenessScale]:
    """The common scales and those of the communities that the person sees."""
    communities = permissions.visible_communities(request.user)
    return EffectivenessScale.objects.filter(
        Q(community__isnull=True) | Q(community__in=communities)
    )


def expect_scale_is_theirs(request: SignedIn, scale: EffectivenessScale | None) -> None:
    """The common scale is the superuser's; a new one belongs to a community the form lets them choose."""
    if scale is None:
        if not permissions.allows(request.user, Action.CHANGE_REFERENCE):
            raise PermissionDenied
    elif scale.community is not None:
        require(request, scale.community, Action.CHANGE_REFERENCE)
    elif not request.user.is_superuser:
        raise PermissionDenied
