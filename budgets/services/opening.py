"""Opening a draft of changes from its button: a button that is pressed twice opens one draft."""

from django.contrib.auth.models import User

from budgets.choices import ActStatus
from budgets.models import Act, Programme
from budgets.services import acts
from budgets.services.record import recorded


@recorded
def open_or_continue(*, programme: Programme, kind: str, by: User) -> tuple[Act, bool]:
    """A new draft, or the one that this person opened for the same and has not touched; and whether it is new.

    Refused as in ``acts.open_draft``.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    own = Act.objects.filter(
        programme=programme,
        kind=kind,
        status=ActStatus.DRAFT,
        changed_by=by,
        budgetlines=None,
        measuretexts=None,
        measurepositions=None,
    )
    if empty := own.order_by("pk").last():
        return empty, False
    return acts.open_draft(programme=programme, kind=kind, by=by), True
