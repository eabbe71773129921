"""Roles of people in spending units; figures are never edited here. Accounts themselves are in ``accounts.admin``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from budgets import permissions
from budgets.models import Membership
from budgets.services import record


class RecordedAdmin(admin.ModelAdmin):
    """What is changed here goes into the record as everything else does."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        with self._event(request, object_id):
            return super().changeform_view(request, object_id, *args, **kwargs)

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        with self._event(request, object_id):
            return super().delete_view(request, object_id, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with self._event(request, None):
            return super().changelist_view(request, *args, **kwargs)

    @contextmanager
    def _event(self, request: HttpRequest, object_id: str | None) -> Iterator[None]:
        if request.method != "POST" or not isinstance(request.user, User):
            yield
            return
        about = self.get_object(request, object_id) if object_id else None
        with record.event(f"admin.{self.opts.model_name}", by=request.user, about=about):
            yield


@admin.register(Membership)
class MembershipAdmin(RecordedAdmin):
    list_display = ("user", "role", "unit", "acting_for", "valid_from", "valid_to")
    list_filter = ("role",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request) & permissions.visible_memberships(request.user)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "unit":
            kwargs["queryset"] = permissions.visible_units(request.user)
        if db_field.name in {"user", "acting_for"}:
            kwargs["queryset"] = permissions.assignable_people(request.user)
        field: ModelChoiceField | None = super().formfield_for_foreignkey(
            db_field, request, **kwargs
        )
        return field

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        may = obj is None or permissions.may_change_membership(request.user, obj)
        return may and super().has_change_permission(request, obj)
