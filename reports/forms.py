from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.forms.rows import RowForm


class WordsForm(forms.Form):
    """Sections 7.2, 9.3 and 10 of an execution report: one explanation field a line, then the two texts."""

    analysis = forms.CharField(
        label=_("9.3. Аналіз стану виконання результативних показників"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    conclusion = forms.CharField(
        label=_("10. Узагальнений висновок про виконання бюджетної програми"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, lines: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roots = []
        for root_id, title in lines:
            self.roots.append(root_id)
            self.fields[f"line-{root_id}"] = forms.CharField(
                label=title,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "aria-label": title}),
            )

    def explanation(self, root_id: int) -> forms.BoundField:
        return self[f"line-{root_id}"]

    @property
    def explanations(self) -> dict[int, str]:
        return {root_id: self.cleaned_data[f"line-{root_id}"] for root_id in self.roots}


class CausesForm(forms.Form):
    causes = forms.CharField(
        label=_("6. Поглиблений аналіз причин низької ефективності"),
        help_text=_("Чому не досягнуто запланованого. Потрібен, коли ефективність низька."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ReportSignatoryForm(RowForm):
    position_title = forms.CharField(label=_("Посада"), max_length=200, required=False)
    name = forms.CharField(label=_("Власне ім’я ПРІЗВИЩЕ"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("name") and not data.get("position_title"):
            self.add_error("position_title", _now("Вкажіть посаду."))
        return data
