"""Putting a draft on what was adopted while it was being prepared."""

from django.contrib.auth.models import User
from django.utils import timezone

from budgets.models import Act, Programme
from budgets.permissions import Step
from budgets.selectors import drafts
from budgets.selectors import programmes as selectors
from budgets.selectors.drafts import line_place
from budgets.services.acts import locked, touch
from budgets.services.draft_measures import WORDS, forget_as_in_force
from budgets.services.record import recorded


@recorded
def rebase(*, act: Act, keep_figures: bool, version: int, by: User) -> None:
    """Put a draft on what was adopted meanwhile: keep its deltas, or keep the new figures its author meant.

    Words are merged field by field: what the draft changed stays, the rest follows what is in force now.
    """
    Programme.objects.select_for_update().get(pk=act.programme_id)
    act = locked(act, version, Step.WRITE_ACT)
    if keep_figures:
        lines = {line_place(line): line for line in act.budgetlines.all()}
        for found in drafts.overtaken(act):
            line = lines[found.place]
            setattr(line, found.figure, found.was + found.delta - found.now)
            line.save(update_fields=[found.figure])
    _merge_words(act)
    act.amends = selectors.acts(act.programme).last()
    act.based_at = timezone.now()
    touch(act, by)


def _merge_words(act: Act) -> None:
    changed = drafts.overtaken_words(act)
    since = set(drafts.adopted_since(act).values_list("pk", flat=True))
    counted = list(selectors.acts(act.programme))
    before = selectors.words_after(
        [each for each in counted if each.pk not in since], measures=changed
    )
    now = selectors.words_after(counted, measures=changed)
    for text in act.measuretexts.filter(measure__in=changed):
        base, theirs = before.get(text.measure_id), now.get(text.measure_id)
        if base is None or theirs is None:
            continue
        for name in (*WORDS, "is_cancelled"):
            if getattr(text, name) == getattr(base, name):
                setattr(text, name, getattr(theirs, name))
        text.save()
        forget_as_in_force(text)
