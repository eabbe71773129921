"""Roles of people in spending units; figures are never edited here. Accounts themselves are in ``accounts.admin``."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from budgets import permissions
from budgets.models import Membership


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("user", "role", "unit", "valid_from", "valid_to")
    list_filter = ("role",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return (
            super().get_queryset(request).filter(unit__in=permissions.visible_units(request.user))
        )

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "unit":
            kwargs["queryset"] = permissions.visible_units(request.user)
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(is_superuser=False).exclude(
                username=request.user.get_username()
            )
        field: ModelChoiceField | None = super().formfield_for_foreignkey(
            db_field, request, **kwargs
        )
        return field

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        own = obj is not None and obj.user == request.user and not request.user.is_superuser
        return not own and super().has_change_permission(request, obj)
