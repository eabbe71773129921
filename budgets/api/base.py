"""What every address of the API does: loads as pages do, asks for the same rights, writes in one transaction."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.views import APIView

from budgets import permissions
from budgets.api.paging import Pages
from budgets.api.problems import Refused, of_domain, pointed
from budgets.models import Act, BudgetDecision, CashEntry, Passport, PassportRevision, Programme
from budgets.permissions import Action
from budgets.reach import Subject
from budgets.services import kept_files
from budgets.views import loading
from budgets.views.loading import SignedIn

Row = TypeVar("Row", bound=Model)
Keeper = Callable[[Any, Callable[[], Response]], Response]


class ApiView(APIView):
    """One address. ``needs`` names, by method, the action that is asked of the permissions; the rest only reads."""

    needs: ClassVar[Mapping[str, Action | tuple[Action, ...]]] = {}
    is_heavy: ClassVar[bool] = False

    def needed(self) -> tuple[Action, ...]:
        """The actions of which one is needed for this method; none for reading."""
        needs = self.needs.get(self._method(), ())
        return needs if isinstance(needs, tuple) else (needs,)

    def _method(self) -> str:
        method: str = self.request.method
        return "GET" if method == "HEAD" else method

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """DRF's own, but a write runs in a transaction together with the answer that is kept for it."""
        self.args, self.kwargs = args, kwargs
        self.request = request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(request, *args, **kwargs)
            handler = getattr(self, request.method.lower(), None)
            if handler is None or request.method.lower() not in self.http_method_names:
                answer = self.http_method_not_allowed(request, *args, **kwargs)
            elif request.method in SAFE_METHODS:
                answer = handler(request, *args, **kwargs)
            else:
                answer = self._write(handler, request, *args, **kwargs)
        except Exception as error:
            answer = self.handle_exception(self._with_both_values(error))
        self.response = self.finalize_response(request, answer, *args, **kwargs)
        return self.response

    def _write(self, handler: Callable[..., Response], *args: Any, **kwargs: Any) -> Response:
        self.request.data  # noqa: B018 - a slow sender is waited for before the transaction, not inside
        keeper: Keeper = import_string(settings.API_KEEPER)
        with kept_files.kept_only_with_success(), transaction.atomic():
            return keeper(self.request, lambda: handler(*args, **kwargs))

    def _with_both_values(self, error: Exception) -> Exception:
        """A stale write hears what it sent and, where this address can be read, what is stored now."""
        refused = of_domain(error)
        if refused is None or refused.status != 409:
            return error
        sent = self.request.data
        refused.more["sent"] = {name: sent[name] for name in sent if name not in self.request.FILES}
        read = getattr(self, "get", None)
        if read is None or self.request.method == "POST":
            return refused
        try:
            refused.more["stored"] = read(self.request, *self.args, **self.kwargs).data
        except Exception as gone:
            return gone
        return refused

    # Rights

    @property
    def asker(self) -> SignedIn:
        """The request, as the loading of pages takes it."""
        return cast("SignedIn", self.request)

    def require_somewhere(self) -> None:
        """For what has no object yet: the person has the right in some unit."""
        if not any(permissions.allows(self.request.user, action) for action in self.needed()):
            raise PermissionDenied

    def require(self, subject: Subject) -> None:
        loading.require(self.asker, subject, self._action(subject))

    def _action(self, subject: Subject | None = None) -> Action | None:
        """The needed action; of several, the one this person may do there."""
        needed = self.needed()
        if subject is not None:
            for action in needed:
                if loading.may(self.asker, subject, action):
                    return action
        return needed[0] if needed else None

    # Loading: what a person may not see does not exist for them

    def load_passport(self, pk: int) -> Passport:
        return loading.load_passport(self.asker, pk, self._action())

    def load_revision(self, pk: int, number: int) -> PassportRevision:
        return loading.load_revision(self.asker, pk, number, self._action())

    def load_entry(self, pk: int) -> CashEntry:
        return loading.load_entry(self.asker, pk, self._action())

    def load_programme(self, slug: str) -> Programme:
        programme = loading.load_programme(self.asker, slug)
        self.require(programme)
        return programme

    def load_programme_entry(self, slug: str, pk: int) -> CashEntry:
        return loading.load_programme_entry(self.asker, slug, pk, self._action())

    def load_decision(self, pk: int) -> BudgetDecision:
        return loading.load_decision(self.asker, pk, self._action())

    def load_act(self, slug: str, pk: int) -> Act:
        self.load_programme(slug)
        return loading.load_act(self.asker, slug, pk)

    # What was sent, and what is answered

    def body(self, kind: type[serializers.Serializer], **context: Any) -> dict[str, Any]:
        """What was sent, checked against its description."""
        sent = kind(data=self.request.data, context=context)
        sent.is_valid(raise_exception=True)
        return cast("dict[str, Any]", sent.validated_data)

    def asked(self, kind: type[serializers.Serializer]) -> dict[str, Any]:
        """The filters of the address; one that cannot be read is refused, never left out."""
        sent = kind(data=self.request.query_params)
        if not sent.is_valid():
            errors = list(pointed(sent.errors))
            told = _("Фільтр не підходить: виправте названі параметри адреси.")
            raise Refused(400, "bad-request", told, {"errors": errors})
        return {
            name: value for name, value in sent.validated_data.items() if value not in (None, "")
        }

    def page(
        self,
        rows: "QuerySet[Any]",
        kind: type[serializers.Serializer],
        *ordering: str,
        read: Callable[[list[Any]], None] | None = None,
        **context: Any,
    ) -> Response:
        """A page of rows in the order that is named; the last name makes it total.

        ``read`` gets the rows of the page before they are told, to load what belongs to them.
        """
        pages = Pages(ordering or ("pk",))
        found = pages.paginate_queryset(rows, self.request, view=self)
        if read is not None:
            read(found)
        told = kind(found, many=True, context=context).data
        return cast("Response", pages.get_paginated_response(told))


def choose(rows: "QuerySet[Row]", pk: int | None, field: str) -> Row | None:
    """The row that a body names; one this person may not see is refused like one that is not there."""
    if pk is None:
        return None
    found = rows.filter(pk=pk).first()
    if found is None:
        raise invalid(field, _("Такого рядка немає серед видимих вам."))
    return found


def invalid(field: str, message: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(message)]})


def expect_valid(form: Any) -> None:
    """Refuse what a form of the pages refuses, in its words."""
    if not form.is_valid():
        raise ValidationError({name: list(map(str, told)) for name, told in form.errors.items()})
