"""Months of a unit's cash: closed, opened again, and who may still enter."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView, choose
from budgets.api.cash import load_month
from budgets.api.fields import Day, Id, PersonOutput, Text
from budgets.api.schema import operation
from budgets.models import Passport, PeriodLock
from budgets.periods import MONTHS, Month
from budgets.permissions import Action
from budgets.selectors import periods as selectors
from budgets.services import periods as services


class ExceptionOutput(serializers.Serializer):
    person = PersonOutput()
    until = serializers.DateField()
    reason = serializers.CharField()
    granted_by = PersonOutput()


class MonthOutput(serializers.Serializer):
    month = serializers.IntegerField()
    is_closed = serializers.BooleanField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = PersonOutput(allow_null=True)
    note = serializers.CharField()
    exceptions = ExceptionOutput(many=True)


class MonthsOutput(serializers.Serializer):
    unit = serializers.IntegerField()
    year = serializers.IntegerField()
    months = MonthOutput(many=True)


class CloseInput(serializers.Serializer):
    note = Text(max_length=300)


class ReopenInput(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class ExceptionInput(serializers.Serializer):
    person = Id()
    until = Day()
    reason = serializers.CharField(max_length=300)


def months(passport: Passport) -> Any:
    """The twelve months as they stand. Two queries."""
    unit = passport.programme.responsible_unit
    locks = selectors.closed(unit.pk, passport.year)
    exceptions: dict[int, list[Any]] = {}
    found = PeriodLock.objects.filter(pk__in=[lock.pk for lock in locks.values()])
    for each in found.prefetch_related("exceptions__person", "exceptions__granted_by"):
        exceptions[each.pk] = list(each.exceptions.all())
    rows = []
    for number in MONTHS:
        lock = locks.get(number)
        rows.append(
            {
                "month": number,
                "is_closed": lock is not None,
                "closed_at": lock.closed_at if lock else None,
                "closed_by": lock.closed_by if lock else None,
                "note": lock.note if lock else "",
                "exceptions": exceptions.get(lock.pk, []) if lock else [],
            }
        )
    return MonthsOutput({"unit": unit.pk, "year": passport.year, "months": rows}).data


class Months(ApiView):
    @operation("Які місяці закрито", answers=MonthsOutput)
    def get(self, request: Any, pk: int) -> Response:
        return Response(months(self.load_passport(pk)))


class CloseYear(ApiView):
    needs = {"POST": Action.CLOSE_PERIOD}

    @operation("Закрити всі місяці року", takes=CloseInput, answers=MonthsOutput, example={"note": "звірено з Казначейством"})  # fmt: skip
    def post(self, request: Any, pk: int) -> Response:
        passport = self.load_passport(pk)
        unit, note = passport.programme.responsible_unit, self.body(CloseInput)["note"]
        services.close_year(unit=unit, year=passport.year, by=request.user, note=note)
        return Response(months(passport))


class _OneMonth(ApiView):
    needs = {"POST": Action.CLOSE_PERIOD}

    def load(self, pk: int, month: int) -> tuple[Passport, Month]:
        passport = self.load_passport(pk)
        return passport, load_month(passport, month)

    def lock(self, passport: Passport, month: Month) -> PeriodLock:
        found = selectors.lock_of(passport.programme.responsible_unit_id, month.first_day)
        if found is None:
            raise Http404
        return found


class CloseMonth(_OneMonth):
    @operation("Закрити місяць", takes=CloseInput, answers=MonthsOutput, example={"note": "звірено з Казначейством"})  # fmt: skip
    def post(self, request: Any, pk: int, month: int) -> Response:
        passport, when = self.load(pk, month)
        unit, note = passport.programme.responsible_unit, self.body(CloseInput)["note"]
        services.close_month(unit=unit, month=when, by=request.user, note=note)
        return Response(months(passport))


class ReopenMonth(_OneMonth):
    @operation("Відкрити місяць знову", takes=ReopenInput, answers=MonthsOutput, example={"reason": "помилка в рахунку"})  # fmt: skip
    def post(self, request: Any, pk: int, month: int) -> Response:
        passport, when = self.load(pk, month)
        lock = self.lock(passport, when)
        services.reopen(lock=lock, reason=self.body(ReopenInput)["reason"], by=request.user)
        return Response(months(passport))


class Exceptions(_OneMonth):
    @operation("Виняток для закритого місяця", takes=ExceptionInput, answers=MonthsOutput, status=201, example={"person": 3, "until": "2026-12-31", "reason": "платіж за минулий місяць"})  # fmt: skip
    def post(self, request: Any, pk: int, month: int) -> Response:
        passport, when = self.load(pk, month)
        lock, said = self.lock(passport, when), self.body(ExceptionInput)
        person = choose(selectors.people_of(lock.unit.community), said["person"], "person")
        assert person is not None  # noqa: S101 - the body names one
        services.allow(
            lock=lock, person=person, until=said["until"], reason=said["reason"], by=request.user
        )
        return Response(months(passport), 201)
