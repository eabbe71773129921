"""Target programmes: founded, described; their measures and figures as of any day."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from budgets import permissions
from budgets.api.base import ApiView, choose, expect_valid
from budgets.api.fields import Day, Figure, Id, Money, Text, VersionInput, Year
from budgets.api.paging import paged
from budgets.api.schema import operation
from budgets.choices import Layout, PresentationUnit, ProgrammeFund
from budgets.forms.programmes import NewProgrammeForm
from budgets.models import Act, Measure, Programme, SpendingUnit
from budgets.permissions import Action
from budgets.selectors import programmes as selectors
from budgets.selectors import tree
from budgets.selectors.programmes import Place
from budgets.services import programme_copy
from budgets.services import programmes as services


class ProgrammeOutput(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    community = serializers.IntegerField(source="community_id")
    title = serializers.CharField()
    short_title = serializers.CharField()
    year_from = serializers.IntegerField()
    year_to = serializers.IntegerField()
    responsible_unit = serializers.IntegerField(source="responsible_unit_id", allow_null=True)
    unit = serializers.ChoiceField(choices=PresentationUnit.choices)
    layout = serializers.ChoiceField(choices=Layout.choices)
    marked_share = serializers.IntegerField()
    version = serializers.IntegerField()


class FoundedOutput(serializers.Serializer):
    programme = ProgrammeOutput()
    act = serializers.IntegerField(source="pk", help_text="Чернетка, що затвердить програму.")


class _Said(serializers.Serializer):
    title = serializers.CharField(max_length=500)
    short_title = Text(max_length=120)
    year_from = Year()
    year_to = Year()
    responsible_unit = Id(required=False, allow_null=True, default=None)
    unit = serializers.ChoiceField(
        choices=PresentationUnit.choices, default=PresentationUnit.THOUSAND
    )
    layout = serializers.ChoiceField(choices=Layout.choices, default=Layout.YEARS)


class ProgrammeInput(_Said):
    community = Id()
    slug = serializers.RegexField(r"^[a-z0-9-]{0,60}$", required=False, default="", allow_blank=True)  # fmt: skip
    based_on = Id(required=False, allow_null=True, default=None)
    with_amounts = serializers.BooleanField(default=False)


class AboutInput(_Said, VersionInput):
    marked_share = serializers.IntegerField(min_value=0, max_value=1000, default=25)


class ProgrammeFilter(serializers.Serializer):
    community = Id(required=False)
    year = Year(required=False, help_text="Програми, що тривають цього року.")


class WordsOutput(serializers.Serializer):
    title = serializers.CharField()
    term = serializers.CharField()
    term_from = serializers.IntegerField(allow_null=True)
    term_to = serializers.IntegerField(allow_null=True)
    executors_text = serializers.CharField()
    sources_text = serializers.CharField()
    expected_result = serializers.CharField()
    is_conditional = serializers.BooleanField()
    needs_funding = serializers.BooleanField()
    is_cancelled = serializers.BooleanField()


class MeasureOutput(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    direction = serializers.IntegerField(source="direction_id", allow_null=True)
    task = serializers.IntegerField(source="task_id", allow_null=True)
    parent = serializers.IntegerField(source="parent_id", allow_null=True)
    executor = serializers.IntegerField(source="executor_id", allow_null=True)
    quantity_unit = serializers.CharField()
    words = serializers.SerializerMethodField()

    @extend_schema_field(WordsOutput(allow_null=True))
    def get_words(self, measure: Measure) -> Any:
        words = self.context["words"].get(measure.pk)
        return None if words is None else WordsOutput(words).data


class PlannedOutput(serializers.Serializer):
    executor = serializers.IntegerField(allow_null=True)
    year = serializers.IntegerField()
    fund = serializers.ChoiceField(choices=ProgrammeFund.choices, allow_blank=True)
    source = serializers.IntegerField(allow_null=True)
    amount = Money(allow_null=True)
    quantity = Figure(allow_null=True)


class FiguresOutput(serializers.Serializer):
    measure = serializers.IntegerField(source="pk")
    places = serializers.SerializerMethodField()

    @extend_schema_field(PlannedOutput(many=True))
    def get_places(self, measure: Measure) -> Any:
        return PlannedOutput(self.context["places"][measure.pk], many=True).data


class AsOf(serializers.Serializer):
    as_of = Day(required=False, help_text="Станом на день; без нього — на сьогодні.")


class FiguresQuery(AsOf):
    act = Id(required=False, help_text="Так, ніби цю чернетку вже ухвалено.")
    year = Year(required=False)


class HistoryQuery(AsOf):
    """The place of the figure: its payer, fund and source; nothing where the programme names none."""

    executor = Id(required=False)
    fund = serializers.ChoiceField(choices=ProgrammeFund.choices, required=False)
    source = Id(required=False)


class StepOutput(serializers.Serializer):
    act = serializers.IntegerField(source="act.pk")
    title = serializers.CharField(source="act.title")
    number = serializers.CharField(source="act.number")
    date = serializers.DateField(source="act.date", allow_null=True)
    lines_known = serializers.BooleanField(source="act.lines_known")
    delta = Money(source="line.amount", allow_null=True, default=None)
    reason = serializers.CharField(source="line.reason", default="")
    amount_after = Money(allow_null=True)


class HistoryOutput(serializers.Serializer):
    steps = StepOutput(many=True)


class Programmes(ApiView):
    needs = {"POST": Action.DRAFT_ACT}

    @operation("Цільові програми", answers=paged(ProgrammeOutput), filters=ProgrammeFilter, is_list=True)  # fmt: skip
    def get(self, request: Any) -> Response:
        rows, asked = permissions.visible_programmes(request.user), self.asked(ProgrammeFilter)
        if "community" in asked:
            rows = rows.filter(community=asked["community"])
        if "year" in asked:
            rows = rows.filter(year_from__lte=asked["year"], year_to__gte=asked["year"])
        return self.page(rows, ProgrammeOutput, "-year_from", "pk")

    @operation("Нова програма, порожня або на основі іншої", takes=ProgrammeInput, answers=FoundedOutput, status=201, example={"community": 1, "title": "Програма «е-Місто» на 2027–2029 роки", "year_from": 2027, "year_to": 2029})  # fmt: skip
    def post(self, request: Any) -> Response:
        self.require_somewhere()
        form = NewProgrammeForm(self.body(ProgrammeInput), user=request.user)
        expect_valid(form)
        self.require(form.cleaned_data["community"])
        if form.base is None:
            act = services.create(**form.description, by=request.user)
        else:
            act = programme_copy.clone(
                source=form.base,
                as_of=timezone.localdate(),
                with_amounts=form.cleaned_data["with_amounts"],
                **form.description,
                by=request.user,
            )
        return Response(FoundedOutput(act).data, 201)


class OneProgramme(ApiView):
    needs = {"PUT": Action.DRAFT_ACT}

    @operation("Одна програма", answers=ProgrammeOutput)
    def get(self, request: Any, slug: str) -> Response:
        return Response(ProgrammeOutput(self.load_programme(slug)).data)

    @operation("Що сказано про програму", takes=AboutInput, answers=ProgrammeOutput, example={"title": "Програма «е-Місто»", "year_from": 2019, "year_to": 2023, "version": 1})  # fmt: skip
    def put(self, request: Any, slug: str) -> Response:
        programme, said = self.load_programme(slug), self.body(AboutInput)
        units = SpendingUnit.objects.filter(community=programme.community_id)
        unit = choose(units, said.pop("responsible_unit"), "responsible_unit")
        services.describe(programme=programme, **said, responsible_unit=unit, by=request.user)
        programme.refresh_from_db()
        return Response(ProgrammeOutput(programme).data)


class Measures(ApiView):
    @operation("Заходи програми зі словами, чинними на день", answers=paged(MeasureOutput), filters=AsOf, is_list=True)  # fmt: skip
    def get(self, request: Any, slug: str) -> Response:
        return measures_page(self, self.load_programme(slug), self.asked(AsOf).get("as_of"))


class Figures(ApiView):
    @operation("Планові суми програми за заходами на день", answers=paged(FiguresOutput), filters=FiguresQuery, is_list=True)  # fmt: skip
    def get(self, request: Any, slug: str) -> Response:
        programme, asked = self.load_programme(slug), self.asked(FiguresQuery)
        draft = self.load_act(slug, asked["act"]) if "act" in asked else None
        as_of = asked.get("as_of") or (None if draft else timezone.localdate())
        places: dict[int, list[dict[str, Any]]] = defaultdict(list)

        def read(page: list[Measure]) -> None:
            chosen = [measure.pk for measure in page]
            planned = selectors.planned(programme, as_of, draft, measures=chosen)
            for place in sorted(planned):
                if place.year == asked.get("year", place.year):
                    places[place.measure_id].append(
                        {
                            "executor": place.executor_id or None,
                            "year": place.year,
                            "fund": place.fund,
                            "source": place.source_id or None,
                            "amount": planned[place].amount,
                            "quantity": planned[place].quantity,
                        }
                    )

        rows = Measure.objects.filter(programme=programme)
        return self.page(rows, FiguresOutput, "order", "pk", read=read, places=places)


class History(ApiView):
    @operation("Звідки планова сума заходу на рік: кожен акт, що її змінив", answers=HistoryOutput, filters=HistoryQuery)  # fmt: skip
    def get(self, request: Any, slug: str, measure_pk: int, year: int) -> Response:
        programme = self.load_programme(slug)
        measure = get_object_or_404(Measure, programme=programme, pk=measure_pk)
        asked = self.asked(HistoryQuery)
        place = Place(measure.pk, asked.get("executor", 0), year, asked.get("fund", ""), asked.get("source", 0))  # fmt: skip
        steps = selectors.history(programme, place, asked.get("as_of") or timezone.localdate())
        return Response(HistoryOutput({"steps": steps}).data)


def measures_page(
    view: ApiView, programme: Programme, as_of: dt.date | None, draft: Act | None = None
) -> Response:
    """Measures where the acts put them, with the words in force on the day or, of a draft, in it."""
    day = None if draft is not None else as_of or timezone.localdate()
    counted = list(selectors.acts(programme, day, draft))
    places = tree.load(programme, counted).measures
    words: dict[int, Any] = {}

    def read(page: list[Measure]) -> None:
        chosen = [measure.pk for measure in page]
        words.update(selectors.words_after(counted, measures=chosen))
        page[:] = [places.get(measure.pk, measure) for measure in page]

    rows = Measure.objects.filter(programme=programme, texts__act__in=counted).distinct()
    return view.page(rows, MeasureOutput, "order", "pk", read=read, words=words)
