"""The analysis of stored years, the scale that judges them, and the pages of scales."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.exceptions import RuleViolation, StaleVersion
from budgets.models import Community, Event, Passport
from budgets.services import passports
from indicators import analysis
from indicators.choices import Direction, IndicatorKind
from indicators.effectiveness import LETTER, Doubt, Grade
from indicators.forms.effectiveness import CONSTANTS
from indicators.models import EffectivenessScale, Indicator
from indicators.services.effectiveness import save_scale
from tests.indicators.effectiveness_samples import programme, year_of

pytestmark = pytest.mark.django_db

EFFICIENCY, QUALITY = IndicatorKind.EFFICIENCY, IndicatorKind.QUALITY
MORE, LESS = Direction.MORE, Direction.LESS


def scale(**changed) -> EffectivenessScale:
    values = {**dataclasses.asdict(LETTER), "grounds": "рішення", "valid_from": dt.date(2023, 1, 1)}
    return EffectivenessScale(**values | changed)


def test_the_published_year_scores_60_22_and_is_low(sample):
    score = analysis.analyse(sample).score
    assert [str(score.efficiency), str(score.quality), str(score.total)] == [
        "30.22",
        "30.00",
        "60.22",
    ]
    assert (score.grade, score.is_compared, score.growth, score.points) == (
        Grade.LOW,
        False,
        None,
        None,
    )


def test_a_year_is_compared_with_the_year_before(sample, officer):
    other = programme(sample.programme, "0217531")
    year_of(other, 2022, officer, [(EFFICIENCY, MORE, "100", "100"), (QUALITY, MORE, "1", "1")])
    later = year_of(
        other, 2023, officer, [(EFFICIENCY, MORE, "100", "90"), (QUALITY, MORE, "1", "1")]
    )
    found = analysis.analyse(later)
    assert found.last.efficiency == 100
    score = found.score
    assert (score.growth, score.points, score.total, score.grade) == (
        Decimal("0.9000"), Decimal(15), Decimal("205.00"), Grade.MEDIUM,
    )  # fmt: skip


@pytest.mark.parametrize("before", ["none", "draft", "zero"])
def test_without_a_year_to_compare_with_the_other_scale_judges(sample, officer, before):
    other = programme(sample.programme, "0217531")
    if before == "draft":
        passports.create(programme=other, year=2022, by=officer)
    if before == "zero":
        year_of(other, 2022, officer, [(EFFICIENCY, MORE, "5", "0"), (QUALITY, MORE, "1", "1")])
    score = analysis.analyse(year_of(other, 2023, officer)).score
    assert (score.points, score.total, score.grade) == (None, Decimal(200), Grade.HIGH)
    assert score.thresholds == (190, 165)


def test_what_nobody_entered_is_left_out_and_counted_as_missing(sample, officer):
    figures = [
        (EFFICIENCY, MORE, "5", "5"),
        (EFFICIENCY, MORE, "5", None),
        (QUALITY, MORE, "0", "3"),
    ]
    found = analysis.analyse(
        year_of(programme(sample.programme, "0217531"), 2023, officer, figures)
    )
    assert found.missing == 1
    assert [item.index.doubt for item in found.indexes] == [
        None,
        Doubt.ACTUAL_MISSING,
        Doubt.PLAN_ZERO,
    ]
    assert (found.score.efficiency, found.score.quality, found.score.total, found.score.grade) == (
        Decimal(100), None, None, None,
    )  # fmt: skip


def test_a_draft_has_no_analysis(sample, officer):
    draft = passports.create(programme=sample.programme, year=2024, by=officer)
    with pytest.raises(RuleViolation, match="ще не затверджено"):
        analysis.analyse(draft.passport)
    assert analysis.analyse_all([draft.passport]) == []


def test_many_programmes_cost_as_many_queries_as_one(sample, officer):
    with CaptureQueriesContext(connection) as one:
        analysis.ranking([sample])
    for number in range(1, 5):
        other = programme(sample.programme, f"021753{number}")
        year_of(other, 2022, officer)
        year_of(other, 2023, officer)
    many = list(Passport.objects.filter(year=2023).select_related("programme__community"))
    with CaptureQueriesContext(connection) as five:
        places = analysis.ranking(many)
    assert len(five) == len(one) == 7
    assert [place for place, _found in places] == [1, 1, 1, 1, 5]
    assert [found.passport.programme.code for _place, found in places][-1] == "0217530"


def test_directions_continue_into_the_next_year(sample, revision, officer):
    copy = passports.copy_to_year(source=revision, year=2024, by=officer)
    kinds = copy.indicators.filter(direction=LESS).values_list("kind", flat=True)
    assert list(kinds) == [EFFICIENCY] * 10


# Scales


def test_a_scale_of_the_community_comes_before_the_common_one_on_its_days(sample, officer):
    community = sample.programme.community
    own = scale(
        community=community,
        valid_to=dt.date(2023, 12, 31),
        high_alone=Decimal(60),
        medium_alone=Decimal(50),
    )
    save_scale(scale=own, version=1, by=officer)
    save_scale(
        scale=scale(community=community, valid_from=dt.date(2024, 1, 1)), version=1, by=officer
    )
    found = analysis.analyse(sample)
    assert (found.scale, found.score.grade) == (own, Grade.HIGH)


def test_a_year_without_a_scale_is_refused_with_words(sample):
    EffectivenessScale.objects.update(valid_from=dt.date(2024, 1, 1))
    with pytest.raises(RuleViolation, match=r"На 31\.12\.2023 немає чинної шкали"):
        analysis.analyse(sample)


@pytest.mark.parametrize(
    ("first", "second", "overlaps"),
    [
        (("2023-01-01", None), ("2024-01-01", None), True),
        (("2023-01-01", "2023-12-31"), ("2024-01-01", None), False),
        (("2023-01-01", "2024-01-01"), ("2024-01-01", None), True),
        (("2024-01-01", None), ("2023-01-01", "2023-12-31"), False),
        (("2024-01-01", None), ("2023-01-01", "2024-01-01"), True),
        (("2023-06-01", "2023-06-30"), ("2023-01-01", "2023-12-31"), True),
    ],
)
def test_days_of_two_scales_do_not_overlap(elsewhere, officer, first, second, overlaps):
    def one(days, community):
        valid_from, valid_to = (dt.date.fromisoformat(day) if day else None for day in days)
        return scale(community=community, valid_from=valid_from, valid_to=valid_to)

    community = Community.objects.exclude(pk=elsewhere.community.pk).earliest("pk")
    save_scale(scale=one(first, community), version=1, by=officer)
    save_scale(scale=one(second, elsewhere.community), version=1, by=officer)  # of no concern here
    if overlaps:
        with pytest.raises(RuleViolation, match="вже є шкала"):
            save_scale(scale=one(second, community), version=1, by=officer)
    else:
        save_scale(scale=one(second, community), version=1, by=officer)


def test_a_stale_scale_is_refused_and_a_change_is_on_record(sample, officer):
    stored = save_scale(scale=scale(community=sample.programme.community), version=1, by=officer)
    stored.high = Decimal(220)
    save_scale(scale=stored, version=1, by=officer)
    event = Event.objects.latest("number")
    assert (event.action, event.person) == ("effectiveness.save_scale", officer)
    assert event.community_id == sample.programme.community_id
    with pytest.raises(StaleVersion):
        save_scale(scale=stored, version=1, by=officer)


def typed(of, **changed):
    values = {name: str(getattr(LETTER, name)) for name in CONSTANTS}
    words = {"grounds": "рішення ради", "valid_from": "01.01.2023", "valid_to": "", "version": 1}
    return values | words | {"community": of.pk if of else ""} | changed


def test_a_scale_is_written_on_its_page(sample, officer_client):
    page = reverse("effectiveness_scale_new")
    assert officer_client.post(page, typed(sample.programme.community)).status_code == 302
    stored = EffectivenessScale.objects.get(community=sample.programme.community)
    assert stored.constants == LETTER
    again = officer_client.post(page, typed(sample.programme.community, valid_from="01.01.2024"))
    assert again.status_code == 422
    assert "вже є шкала" in again.content.decode()
    own = reverse("effectiveness_scale_edit", args=[stored.pk])
    assert (
        officer_client.post(own, typed(sample.programme.community, high="220,5")).status_code == 302
    )
    stale = officer_client.post(own, typed(sample.programme.community, high="230"))
    assert stale.status_code == 409
    shown = stale.content.decode()
    assert "220,5" in shown
    assert 'value="230' in shown
    assert 'name="version" value="2"' in shown
    stored.refresh_from_db()
    assert stored.high == Decimal("220.5")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"valid_from": "сто"}, "Це не дата"),
        ({"valid_to": "31.12.2022"}, "не може бути раніше"),
        ({"high": "190"}, "Межі мають спадати"),
        ({"growth_part": "1,5"}, "Межі мають спадати"),
        ({"factor": "0"}, "Межі мають спадати"),
        ({"high": "двісті"}, "не є числом"),
        ({"grounds": ""}, "обов"),
    ],
)
def test_a_scale_that_does_not_fit_is_refused_with_words(sample, officer_client, changed, message):
    answer = officer_client.post(
        reverse("effectiveness_scale_new"), typed(sample.programme.community, **changed)
    )
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert EffectivenessScale.objects.count() == 1


def test_scales_of_another_community_and_the_common_one_are_not_changed(
    sample, elsewhere, officer_client, officer
):
    common = EffectivenessScale.objects.get()
    page = reverse("effectiveness_scale_edit", args=[common.pk])
    assert officer_client.get(page).status_code == 403
    answer = officer_client.post(reverse("effectiveness_scale_new"), typed(elsewhere.community))
    assert answer.status_code == 422
    assert officer_client.post(
        reverse("effectiveness_scale_new"), typed(None)
    ).status_code == 422  # fmt: skip
    officer.is_superuser = True
    officer.save()
    assert officer_client.post(page, typed(None, valid_to="31.12.2030")).status_code == 302  # fmt: skip
    common.refresh_from_db()
    assert (common.community, common.valid_to) == (None, dt.date(2030, 12, 31))


# The editor of section 11


def test_the_direction_is_chosen_in_section_11(sample, officer, officer_client):
    draft = passports.revise(passport=sample, by=officer)
    page = reverse("edit_indicators", args=[sample.pk, draft.number])
    shown = officer_client.get(page).content.decode()
    assert shown.count('<option value="less" selected>') == 10
    row = {
        "rows-TOTAL_FORMS": 1,
        "rows-INITIAL_FORMS": 0,
        "rows-0-kind": "quality",
        "rows-0-title": "Час відповіді",
        "rows-0-unit_of_measure": "год",
        "rows-0-direction": "less",
        "rows-0-general": "3",
        "version": draft.version,
    }
    assert officer_client.post(page, row).status_code == 302
    assert Indicator.objects.get(revision=draft).direction == LESS
