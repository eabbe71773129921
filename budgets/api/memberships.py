"""Roles of people in spending units and their deputies, for who keeps them in the administration; people of a community."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView, choose, invalid
from budgets.api.fields import Day, Id, PersonOutput
from budgets.api.paging import paged
from budgets.api.schema import operation
from budgets.choices import Role
from budgets.models import Membership
from budgets.permissions import Action
from budgets.selectors import periods
from budgets.services import memberships as services

NEEDS = Action.CHANGE_REFERENCE
_DO = {"GET": "view", "POST": "add", "PUT": "change", "DELETE": "delete"}


class NamedPerson(PersonOutput):
    username = serializers.CharField()


class MembershipOutput(serializers.Serializer):
    id = serializers.IntegerField()
    user = NamedPerson()
    unit = serializers.IntegerField(source="unit_id")
    role = serializers.ChoiceField(choices=Role.choices)
    acting_for = NamedPerson(allow_null=True, help_text="За кого діє заступник.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    mark = serializers.SerializerMethodField(
        help_text="Позначка збереженого: її повертають у seen."
    )

    def get_mark(self, membership: Membership) -> str:
        return services.mark(membership)


class MembershipInput(serializers.Serializer):
    """A deputy's role names the colleague and ends on a day."""

    username = serializers.CharField(max_length=150)
    unit = Id()
    role = serializers.ChoiceField(choices=Role.choices)
    acting_for = serializers.CharField(
        max_length=150, required=False, allow_null=True, default=None
    )
    valid_from = Day()
    valid_to = Day(required=False, allow_null=True, default=None)


class Seen(serializers.Serializer):
    seen = serializers.CharField(max_length=64, help_text="mark, яку бачив автор.")


class MembershipChange(MembershipInput, Seen):
    pass


class MembershipFilter(serializers.Serializer):
    unit = Id(required=False)
    user = Id(required=False)
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    on = Day(required=False, help_text="Лише ті, що діють цього дня.")


_SAID = {
    "username": "zastupnyk",
    "unit": 2,
    "role": "finance_officer",
    "acting_for": "finansy",
    "valid_from": "2027-01-11",
    "valid_to": "2027-01-24",
}


class _Memberships(ApiView):
    def rows(self) -> Any:
        """Roles in the units that the person sees, for who may do this with roles in the administration, too."""
        user = self.request.user
        if not (user.is_staff and user.has_perm(f"budgets.{_DO[self._method()]}_membership")):
            raise PermissionDenied
        return permissions.visible_memberships(user).select_related("user", "acting_for")

    def one(self, pk: int) -> Membership:
        found: Membership = get_object_or_404(self.rows(), pk=pk)
        return found

    def written(self, membership: Membership, said: dict[str, Any]) -> Membership:
        user = self.request.user
        unit = choose(permissions.visible_units(user), said["unit"], "unit")
        assert unit is not None  # noqa: S101 - the body names one
        membership.unit, membership.role = unit, said["role"]
        membership.user = self._person("username", said["username"])
        membership.acting_for = None
        if said["acting_for"] is not None:
            membership.acting_for = self._person("acting_for", said["acting_for"])
        membership.valid_from, membership.valid_to = said["valid_from"], said["valid_to"]
        return services.save(membership=membership, seen=said.get("seen", ""), by=user)

    def _person(self, field: str, username: str) -> User:
        people = permissions.assignable_people(self.request.user)
        person: User | None = people.filter(username=username).first()
        if person is None:
            raise invalid(field, _("Такої людини немає серед тих, кому ви надаєте ролі."))
        return person


class Memberships(_Memberships):
    needs = {"POST": NEEDS}

    @operation("Ролі людей у розпорядниках і заступники", answers=paged(MembershipOutput), filters=MembershipFilter, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        rows, asked = self.rows(), self.asked(MembershipFilter)
        if day := asked.pop("on", None):
            rows = rows.filter(permissions.current_on(day))
        return self.page(rows.filter(**asked), MembershipOutput)

    @operation("Надати роль, або призначити заступника", takes=MembershipInput, answers=MembershipOutput, status=201, example=_SAID)  # fmt: skip
    def post(self, request: Any) -> Response:
        self.rows()
        made = self.written(Membership(), self.body(MembershipInput))
        return Response(MembershipOutput(made).data, 201)


class OneMembership(_Memberships):
    needs = {"PUT": NEEDS, "DELETE": NEEDS}

    @operation("Одна роль", answers=MembershipOutput)
    def get(self, request: Any, pk: int) -> Response:
        return Response(MembershipOutput(self.one(pk)).data)

    @operation("Змінити роль, наприклад її останній день", takes=MembershipChange, answers=MembershipOutput, example={**_SAID, "seen": "0f1e2d3c4b5a6978"})  # fmt: skip
    def put(self, request: Any, pk: int) -> Response:
        membership = self.one(pk)
        return Response(MembershipOutput(self.written(membership, self.body(MembershipChange))).data)  # fmt: skip

    @operation("Вилучити роль, надану помилково", filters=Seen, status=204)
    def delete(self, request: Any, pk: int) -> Response:
        membership = self.one(pk)
        services.remove(membership=membership, **self.asked(Seen), by=request.user)
        return Response(status=204)


class People(ApiView):
    needs = {"GET": (Action.CLOSE_PERIOD, NEEDS)}

    @operation("Люди громади: кого називають у винятках і ролях", answers=paged(NamedPerson), is_list=True)  # fmt: skip
    def get(self, request: Any, pk: int) -> Response:
        community = get_object_or_404(permissions.visible_communities(request.user), pk=pk)
        self.require(community)
        return self.page(periods.people_of(community), NamedPerson)
