"""Whether a draft still makes sense on top of what is in force: drafts that are sound alone may contradict each other."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from budgets.models import Act, MeasureText
from budgets.money import print_amount
from budgets.selectors import programmes as selectors
from budgets.selectors import tree as trees
from budgets.selectors.programmes import Place, Planned
from budgets.selectors.tree import Tree


def faults(act: Act) -> list[str]:
    """What is wrong with the measures that the draft touches, each in a sentence; empty when it can be adopted.

    Looked for are: measures put into each other or into a cancelled one, figures below zero, and figures of a measure
    that is cancelled, unknown, outside its term, or the sum of its parts.
    """
    counted = list(selectors.acts(act.programme, draft=act))
    tree = trees.load(act.programme, counted)
    words = selectors.words_after(counted)
    touched = _touched(act, tree)
    found = [
        _("«%(title)s» стояв би в самому собі: інший акт уже перемістив його. Перемістіть ще раз.")
        % {"title": words[pk].title}
        for pk in sorted(tree.loops & words.keys())
    ]
    found += _standing(tree, words, touched)
    parents = {row.parent_id for pk, row in tree.measures.items() if pk in words and row.parent_id}
    figures = selectors.planned(act.programme, draft=act, measures=touched)
    for place, figure in sorted(figures.items()):
        if (figure.amount or figure.quantity) and (
            why := _why_not(place, figure, words.get(place.measure_id), place.measure_id in parents)
        ):
            text = words.get(place.measure_id)
            found.append(f"«{text.title if text else place.measure_id}», {place.year}: {why}")
    return found


def _touched(act: Act, tree: Tree) -> set[int]:
    """Measures with lines, words or places of the draft, and those they stand in."""
    own = {
        *act.budgetlines.values_list("measure_id", flat=True),
        *act.measuretexts.values_list("measure_id", flat=True),
        *act.measurepositions.values_list("measure_id", flat=True),
    }
    return own | {above for pk in own for above in tree.ancestors(pk)}


def _standing(tree: Tree, words: Mapping[int, MeasureText], touched: set[int]) -> Iterator[str]:
    for pk in sorted(touched & words.keys()):
        parent = tree.measures[pk].parent_id
        if parent is None or words[pk].is_cancelled:
            continue
        if parent not in words:
            yield _("«%(title)s» стояв би в заході, якого в програмі немає. Перемістіть його.") % {
                "title": words[pk].title
            }
        elif words[parent].is_cancelled:
            yield _("«%(title)s» стояв би у скасованому заході «%(parent)s». Перемістіть його.") % {
                "title": words[pk].title,
                "parent": words[parent].title,
            }


def _why_not(place: Place, figure: Planned, text: MeasureText | None, is_parent: bool) -> str:
    for value in (figure.amount, figure.quantity):
        if value is not None and value < 0:
            return _("після змін було б %(value)s, менше за нуль.") % {"value": print_amount(value)}
    if text is None:
        return _("такого заходу в програмі немає.")
    if text.is_cancelled:
        return _("захід скасовано, а кошти чи кількість на ньому лишилися б. Обнуліть їх.")
    if is_parent:
        return _("захід має підзаходи, тому власних сум мати не може. Перенесіть їх у підзахід.")
    if (text.term_from and place.year < text.term_from) or (
        text.term_to and place.year > text.term_to
    ):
        return _("рік не входить у термін заходу (%(term)s). Змініть термін або рік.") % {
            "term": text.term or f"{text.term_from or ''}–{text.term_to or ''}"
        }
    return ""
