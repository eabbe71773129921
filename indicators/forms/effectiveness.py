from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from budgets import permissions
from budgets.forms.fields import DayField
from budgets.permissions import Action
from indicators.effectiveness import LETTER
from indicators.models import EffectivenessScale

CONSTANTS = tuple(LETTER.__dataclass_fields__)


class ScaleForm(forms.ModelForm):
    """A scale of a community; whose it is does not change. A new one starts with the constants of the letter."""

    valid_from = DayField(label=_("Діє з"))
    valid_to = DayField(
        label=_("Діє до"),
        required=False,
        help_text=_("Порожньо — без кінця. Рік оцінюють за шкалою, чинною 31 грудня."),
    )

    class Meta:
        model = EffectivenessScale
        fields = ("community", "grounds", "valid_from", "valid_to", *CONSTANTS)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        community = self.fields["community"]
        assert isinstance(community, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        community.queryset = permissions.communities_where(user, Action.CHANGE_REFERENCE)
        community.required = not user.is_superuser
        community.empty_label = _("усі громади") if user.is_superuser else None
        if self.instance.pk is not None:
            community.disabled = True
        else:
            for name in CONSTANTS:
                self.initial.setdefault(name, getattr(LETTER, name))
