"""Saving a form with the version its author saw: what came of it, and how the page answers."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from budgets.exceptions import RuleViolation, StaleVersion
from budgets.forms.rows import RowFormSet
from budgets.views.loading import SignedIn, read_version


@dataclass(frozen=True, slots=True)
class Attempt:
    """Nothing sent yet, saved, or refused with words; refused as stale when another person wrote meanwhile."""

    is_sent: bool = False
    is_saved: bool = False
    error: str = ""
    is_stale: bool = False

    @property
    def status(self) -> int:
        return 409 if self.is_stale else 422 if self.is_sent else 200

    def version(self, request: SignedIn, current: int) -> int:
        """What the page sends next: what its author saw, or, after both values were shown, what is stored."""
        return read_version(request) if self.is_sent and not self.is_stale else current


def attempt(
    request: SignedIn, form: BaseForm | RowFormSet, write: Callable[[int], object]
) -> Attempt:
    """Write a form that was sent and can be read, under the version that came with it."""
    if request.method != "POST":
        return Attempt()
    if not form.is_valid():
        return Attempt(is_sent=True)
    try:
        write(read_version(request))
    except RuleViolation as refusal:
        return Attempt(True, error=str(refusal), is_stale=isinstance(refusal, StaleVersion))
    return Attempt(True, is_saved=True)


def step(
    request: SignedIn,
    form: BaseForm,
    write: Callable[[], HttpResponse],
    template: str,
    context: dict[str, Any],
    *,
    stored: Callable[[], Mapping[str, object]] | None = None,
) -> HttpResponse:
    """One form alone on its page: write what was sent and go where ``write`` leads, or show what was refused.

    Refused as stale, the page shows what is ``stored`` (by field, ``version`` among them) where it differs from what was
    typed, and takes its version: saving again replaces it knowingly.
    """
    status = 422
    if request.method == "POST" and form.is_valid():
        try:
            return write()
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            if stored is not None and isinstance(refusal, StaleVersion):
                status = 409
                context = context | {"stored": list(_beside(form, stored()))}
    status = status if form.errors else 200
    return render(request, template, context | {"form": form}, status=status)


def _beside(form: BaseForm, stored: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(label, what is stored) of each field whose typed value differs; the form takes the stored version."""
    form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict is not changed in place
    form.data["version"] = str(stored["version"])  # type: ignore[index]
    for field in form.visible_fields():
        value = stored[field.name]
        if form.cleaned_data.get(field.name) != value:
            shown = dict(getattr(field.field, "choices", ())).get(value, value)
            if isinstance(shown, dt.date):
                shown = f"{shown:%d.%m.%Y}"
            yield str(field.label), str(shown or "—")


def sent(request: SignedIn) -> QueryDict | None:
    """What a form sent; a form that sent nothing differs from one that is only opened."""
    return request.POST if request.method == "POST" else None
