"""The parts of a target programme: how much of each is there already, and what measures are called."""

from collections.abc import Iterable

from django.apps import apps

from budgets.models import Ceiling, Measure, MeasureText, Programme, ProgrammeRow


def counts(programme: Programme) -> dict[str, int]:
    """Rows of each kind by the name of their model, whichever app holds them; one query a kind."""
    kinds = [model for model in apps.get_models() if issubclass(model, ProgrammeRow | Ceiling)]
    return {
        str(model._meta.model_name): model._default_manager.filter(programme=programme).count()
        for model in kinds
    }


def measure_titles(measures: Iterable[Measure]) -> dict[int, str]:
    """Number and latest words of each measure, those of drafts included: what people know it by."""
    rows = {row.pk: row for row in measures}
    titles = dict(
        MeasureText.objects.filter(measure__in=rows)
        .order_by("act_id")
        .values_list("measure_id", "title")
    )
    return {pk: f"{row.number} {titles.get(pk, '')}".strip() for pk, row in rows.items()}
