"""Pages about the API: a person's tokens, and where a programmer begins."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors, services
from accounts.choices import Scope
from accounts.forms import TokenForm
from accounts.models import ApiToken
from budgets.api.problems import TITLES
from budgets.exceptions import RuleViolation
from budgets.views.loading import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def tokens(request: SignedIn) -> HttpResponse:
    """The person's tokens; POST makes one, which is shown once, or revokes one by its number."""
    if "revoke" in request.POST:
        return _revoke(request)
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            secret = services.make_token(user=request.user, **form.cleaned_data, by=request.user)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            return _page(request, TokenForm(), secret=secret)
    return _page(request, form, status=422 if form.errors else 200)


@sensitive_variables("secret")
def _page(
    request: SignedIn, form: TokenForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    found = ApiToken.objects.filter(user=request.user).select_related("user")
    context: dict[str, Any] = {
        "form": form,
        "secret": secret,
        "tokens": [
            {
                "row": token,
                "scopes": [Scope(scope).label for scope in token.scopes],
                "is_live": selectors.is_live(token),
            }
            for token in found
        ],
        "longest": settings.TOKEN_DAYS,
    }
    return render(request, "accounts/tokens.html", context, status=status)


def _revoke(request: SignedIn) -> HttpResponse:
    number = request.POST.get("revoke", "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        return redirect("tokens")
    token = get_object_or_404(ApiToken, user=request.user, pk=int(number))
    services.revoke_token(token=token, by=request.user)
    messages.success(request, _("Токен «%(name)s» відкликано.") % {"name": token.name})
    return redirect("tokens")


@require_safe
def about(request: SignedIn) -> HttpResponse:
    context = {"problems": TITLES.items(), "scopes": Scope.choices}
    return render(request, "accounts/api.html", context)
