"""Cash of target programmes without a passport: payments on measures, and what each measure has left of its plan."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from budgets.api.base import ApiView
from budgets.api.cash import EntryInput, EntryOutput, PaidMeasureInput, ReversalInput, shares
from budgets.api.fields import Id, Money, Version, Year
from budgets.api.paging import paged
from budgets.api.schema import operation
from budgets.choices import Fund
from budgets.models import CashEntry
from budgets.permissions import Action
from budgets.selectors import cash as cash_selectors
from budgets.selectors import measure_cash as selectors
from budgets.services import measure_cash as services
from budgets.services.ledger import Payment


class ProgrammePaymentOutput(EntryOutput):
    programme = serializers.CharField(source="programme.slug")
    executor = serializers.IntegerField(source="executor_id", allow_null=True)
    economic_code = serializers.CharField(source="economic_code.code", allow_null=True, default=None)  # fmt: skip


class ProgrammePaymentInput(EntryInput):
    economic_code = serializers.RegexField(r"^([0-9]{4})?$", required=False, default="", allow_blank=True)  # fmt: skip
    executor = Id(required=False, allow_null=True, default=None, help_text="Хто сплатив.")
    shares = PaidMeasureInput(many=True, allow_empty=False, max_length=100)


class ProgrammeCorrectionInput(ProgrammePaymentInput):
    version = Version()


class ProgrammePaymentFilter(serializers.Serializer):
    year = Year(required=False)
    measure = Id(required=False)
    fund = serializers.ChoiceField(choices=Fund.choices, required=False)
    standing = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Лише ті, що не сторновані."
    )


class MeasureTotalOutput(serializers.Serializer):
    measure = serializers.IntegerField(source="measure_id")
    name = serializers.CharField()
    planned = Money()
    paid = Money(help_text="З паспортом і без нього.")
    left = Money()


class MeasureTotalsOutput(serializers.Serializer):
    year = serializers.IntegerField()
    rows = MeasureTotalOutput(many=True)


class YearQuery(serializers.Serializer):
    year = Year(required=False, help_text="Без нього — рік програми, найближчий до нинішнього.")


_EXAMPLE: dict[str, Any] = {"fund": "special", "paid_on": "2023-06-15", "amount": "1650.00", "shares": [{"measure": 12}], "document_number": "154"}  # fmt: skip


class _OfEntry(ApiView):
    def told(self, slug: str, pk: int, status: int = 200) -> Response:
        return Response(ProgrammePaymentOutput(self.load_programme_entry(slug, pk)).data, status)


class Payments(_OfEntry):
    needs = {"POST": Action.ENTER_CASH}

    @operation("Платежі програми без паспорта", answers=paged(ProgrammePaymentOutput), filters=ProgrammePaymentFilter, is_list=True)  # fmt: skip
    def get(self, request: Any, slug: str) -> Response:
        programme, asked = self.load_programme(slug), self.asked(ProgrammePaymentFilter)
        rows = CashEntry.objects.filter(programme=programme)
        if "measure" in asked:
            rows = rows.filter(pk__in=CashEntry.objects.filter(shares__measure=asked["measure"]))
        for name, field in (("year", "paid_on__year"), ("fund", "fund")):
            if name in asked:
                rows = rows.filter(**{field: asked[name]})
        if asked.get("standing"):
            rows = rows.filter(cash_selectors.IS_LIVE)
        rows = rows.select_related("programme", "economic_code", "created_by", "reversed_by")
        return self.page(rows.prefetch_related("shares"), ProgrammePaymentOutput, "-paid_on", "-pk")

    @operation("Внести платіж програми без паспорта", takes=ProgrammePaymentInput, answers=ProgrammePaymentOutput, status=201, example=_EXAMPLE)  # fmt: skip
    def post(self, request: Any, slug: str) -> Response:
        programme = self.load_programme(slug)
        said = self.body(ProgrammePaymentInput)
        entry = services.record(programme=programme, payment=_payment(said), by=request.user)
        return self.told(slug, entry.pk, 201)


class OnePayment(_OfEntry):
    needs = {"PUT": Action.ENTER_CASH}

    @operation("Один платіж програми без паспорта", answers=ProgrammePaymentOutput)
    def get(self, request: Any, slug: str, pk: int) -> Response:
        return self.told(slug, pk)

    @operation("Виправити: сторно і новий запис", takes=ProgrammeCorrectionInput, answers=ProgrammePaymentOutput, example={**_EXAMPLE, "amount": "1560.00", "version": 1})  # fmt: skip
    def put(self, request: Any, slug: str, pk: int) -> Response:
        entry, said = self.load_programme_entry(slug, pk), self.body(ProgrammeCorrectionInput)
        version = said.pop("version")
        made = services.correct(
            entry=entry, payment=_payment(said), version=version, by=request.user
        )
        return self.told(slug, made.pk)


class Reversal(_OfEntry):
    needs = {"POST": Action.ENTER_CASH}

    @operation("Сторнувати платіж програми без паспорта", takes=ReversalInput, answers=ProgrammePaymentOutput, status=201, example={"version": 1, "note": "проведено двічі"})  # fmt: skip
    def post(self, request: Any, slug: str, pk: int) -> Response:
        entry = self.load_programme_entry(slug, pk)
        made = services.reverse(entry=entry, by=request.user, **self.body(ReversalInput))
        return self.told(slug, made.pk, 201)


class Totals(ApiView):
    @operation("План, сплачено і залишок кожного заходу за рік", answers=MeasureTotalsOutput, filters=YearQuery)  # fmt: skip
    def get(self, request: Any, slug: str) -> Response:
        programme = self.load_programme(slug)
        year = self.asked(YearQuery).get("year") or programme.year_near(timezone.localdate().year)
        found = {"year": year, "rows": selectors.totals(programme, year)}
        return Response(MeasureTotalsOutput(found).data)


def _payment(said: dict[str, Any]) -> Payment:
    said = dict(said)
    named = shares(said.pop("shares"))
    return Payment(line_id=None, executor_id=said.pop("executor"), shares=named, **said)
