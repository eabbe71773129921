"""The indicators of a target programme."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from budgets.forms.programmes import offer
from budgets.forms.rows import open_rows
from budgets.permissions import Action
from budgets.selectors import programme_parts as selectors
from budgets.services import programmes
from budgets.views.loading import SignedIn, load_programme
from budgets.views.programmes import edit_section
from budgets.views.saving import sent
from indicators.forms import programmes as forms
from indicators.models import ProgrammeIndicator
from indicators.services import programmes as services


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, slug: str) -> HttpResponse:
    programme = load_programme(request, slug, Action.DRAFT_ACT)
    act = programmes.approving_act(programme)
    stored = list(ProgrammeIndicator.objects.filter(programme=programme).prefetch_related("values"))
    measures = list(programme.measures.all())
    formset = open_rows(
        forms.indicator_form(programme),
        sent(request),
        formset=forms.ProgrammeIndicatorFormSet,
        initial=forms.indicator_rows(stored),
        form_kwargs={
            "approved": {row.pk for row in stored} if act else (),
            "offered": {
                "task": offer(programme.tasks.all()),
                "measure": offer(measures, selectors.measure_titles(measures)),
            },
        },
    )
    return edit_section(
        request,
        "budgets/programmes/edit_part.html",
        programme,
        formset,
        lambda version: services.write_indicators(
            programme=programme, rows=formset.rows(), version=version, by=request.user
        ),
        title=_("Показники результативності"),
        context={
            "formset": formset,
            "hint": _(
                "Значення року — число або слова, наприклад «Штатний розпис». Показник можна прив’язати до завдання чи заходу. Приріст за рік додається рік до року, стан на кінець року — ні. «Обсяг коштів» і частки рахуються: план — з актів, факт — із каси; частку задають номерами показників цієї таблиці."
            ),
            "stored": [_shown(row) for row in forms.indicator_rows(stored)],
            "approved_by": act,
            "has_approved": bool(act and stored),
        },
    )


def _shown(row: dict[str, Any]) -> str:
    """A stored indicator in one line, with its values."""
    values = forms.printed_values(row)
    said = " ".join(filter(None, (row["number"], row["title"], row["unit_of_measure"])))
    return ": ".join(filter(None, (said, ", ".join(values))))
