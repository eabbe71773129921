import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets import codes, permissions
from budgets.forms.fields import DayField
from budgets.models import BudgetCode, BudgetProgramme, Community, SpendingUnit
from budgets.permissions import Action


class CommunityForm(forms.ModelForm):
    budget_code = forms.CharField(
        label=_("Код бюджету"), max_length=11, validators=[codes.budget_code]
    )
    valid_from = DayField(
        label=_("Код діє з"),
        help_text=_(
            "Коли код змінюється, додається новий, а старий лишається в документах минулих років."
        ),
    )

    class Meta:
        model = Community
        fields = ("name", "region")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.budget_codes.first() if self.instance.pk else None
        self.fields["budget_code"].initial = current.code if current else ""
        self.fields["valid_from"].initial = (
            current.valid_from if current else timezone.localdate().replace(month=1, day=1)
        )

    @transaction.atomic
    def save(self, commit: bool = True) -> Community:
        community: Community = super().save(commit)
        day = self.cleaned_data["valid_from"]
        BudgetCode.objects.filter(community=community, valid_from__lt=day, valid_to=None).update(
            valid_to=day - dt.timedelta(days=1)
        )
        BudgetCode.objects.update_or_create(
            community=community, valid_from=day, defaults={"code": self.cleaned_data["budget_code"]}
        )
        return community


class _OfCommunity(forms.ModelForm):
    """Choices stay inside the communities this person may see."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "community": permissions.communities_where(user, Action.CHANGE_REFERENCE),
            "parent": permissions.visible_units(user),
            "key_unit": permissions.visible_units(user),
            "responsible_unit": permissions.visible_units(user),
        }
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and name in choices:
                field.queryset = choices[name]


class SpendingUnitForm(_OfCommunity):
    class Meta:
        model = SpendingUnit
        fields = ("community", "code", "name", "edrpou", "level", "parent")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        parent = data.get("parent")
        if parent is not None and parent == self.instance:
            self.add_error(
                "parent", ValidationError(_now("Розпорядник не може підпорядковуватися собі."))
            )
        if (
            parent is not None
            and data.get("community")
            and parent.community_id != data["community"].pk
        ):
            self.add_error(
                "parent", ValidationError(_now("Розпорядник належить до іншої громади."))
            )
        return data


class BudgetProgrammeForm(_OfCommunity):
    class Meta:
        model = BudgetProgramme
        fields = (
            "community",
            "code",
            "type_code",
            "functional_code",
            "title",
            "key_unit",
            "responsible_unit",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        community = data.get("community")
        for name in ("key_unit", "responsible_unit"):
            unit = data.get(name)
            if community and unit and unit.community_id != community.pk:
                self.add_error(
                    name, ValidationError(_now("Розпорядник належить до іншої громади."))
                )
        frozen = {"community", "code"} & set(self.changed_data)
        if (
            self.instance.pk
            and frozen
            and self.instance.passports.filter(revisions__status="approved").exists()
        ):
            self.add_error(
                "code",
                ValidationError(
                    _now("Програма має затверджені паспорти: її код і громада вже не змінюються.")
                ),
            )
        if (
            data.get("code")
            and data.get("type_code")
            and not data["code"].endswith(data["type_code"])
        ):
            self.add_error(
                "type_code",
                ValidationError(_now("КПКВК МБ має закінчуватися кодом ТПКВКМБ: 0217530 і 7530.")),
            )
        return data
