"""Formulas in a table of indicators: each part is named by the № of a row of that very table, new rows included."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from budgets.forms.rows import RowFormSet

PARTS = ("numerator", "denominator")


def need_both_parts(form: forms.Form, data: Mapping[str, Any]) -> None:
    """A formula with one part is none."""
    parts = [data.get(name) is not None for name in PARTS]
    if any(parts) and not all(parts) and not form.has_error("numerator"):
        form.add_error("denominator", _("Частка потребує і чисельника, і знаменника."))


class FormulaFormSet(RowFormSet):
    """Rows whose formulas name their parts by №: a № that is nobody's, or several rows', is refused."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        for form in self.kept():
            for name in PARTS:
                number = form.cleaned_data.get(name)
                if number is not None and (problem := self.problem(number)):
                    form.add_error(name, problem % {"number": number})

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """Places in the table of the rows with each №."""
        found: dict[int, list[int]] = defaultdict(list)
        for place, form in enumerate(self.kept()):
            found[form.cleaned_data["position"]].append(place)
        return dict(found)

    def place_of(self, number: int) -> int:
        """Of the row with this №; only after the table was found right."""
        return self.places[number][0]

    def problem(self, number: int) -> str:
        """Why no part can be named by this №."""
        named = len(self.places.get(number, ()))
        if not named:
            return _("Показника № %(number)s у таблиці немає.")
        if named > 1:
            return _("№ %(number)s мають кілька показників. Дайте їм різні номери.")
        return ""
