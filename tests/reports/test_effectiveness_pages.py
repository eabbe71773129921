"""Pages of effectiveness: the analysis of a year, two years side by side, all programmes."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.models import Event
from budgets.services import passports
from indicators.choices import Direction, IndicatorKind
from indicators.models import EffectivenessScale
from reports.models import EffectivenessReport
from tests.indicators.effectiveness_samples import programme, year_of

pytestmark = pytest.mark.django_db

RANKING = reverse("effectiveness_ranking")


def text(answer):
    """What a person reads, in one line."""
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(plain.replace("\u00a0", " ").split())


def links(answer):
    return re.findall(r'href="([^"]+)"', answer.content.decode())


def test_the_analysis_is_two_clicks_from_home(sample, auditor_client):
    page = reverse("effectiveness", args=[sample.pk])
    (reports,) = {url for url in links(auditor_client.get(reverse("home"))) if url == "/reports/"}
    assert {page, RANKING} <= set(links(auditor_client.get(reports)))


def test_the_analysis_shows_every_index_with_its_parts_scale_and_warning(sample, auditor_client):
    answer = auditor_client.get(reverse("effectiveness", args=[sample.pk]))
    shown = text(answer)
    assert "E = 60,22 Низька ефективність" in shown
    assert "бо паспорта за 2022 рік немає: висока від 190,00" in shown
    assert "менше план ÷ факт 1 200,00 1 174,20 1,022" in shown
    assert "5 000,00 0,00 0,00 ! Факт 0, а менше — краще: i = 0" in shown
    assert "більше факт ÷ план 0,00 97,30 0,00" in shown
    indicators = sample.revisions.get(number=1).indicators.filter(
        kind__in=["efficiency", "quality"]
    )
    page = reverse("indicator_actuals", args=[sample.pk])
    assert {f"{page}#indicator-{row.root_id}" for row in indicators} <= set(links(answer))


def test_a_figure_of_the_preview_leads_to_its_indicator(sample, auditor_client):
    answer = auditor_client.get(reverse("report_preview", args=[sample.pk, "effectiveness"]))
    root = sample.revisions.get(number=1).indicators.get(number=30).root_id
    assert f"/indicators/{sample.pk}/#indicator-{root}" in links(answer)


def test_causes_are_written_read_and_kept_from_being_overwritten(sample, officer_client, officer):
    page = reverse("effectiveness", args=[sample.pk])
    stored = EffectivenessReport.objects.get()
    data = {"causes": " Бракувало часу. ", "version": stored.version}
    assert officer_client.post(page, data).status_code == 302
    event = Event.objects.latest("number")
    assert (event.action, event.person) == ("services.write_causes", officer)
    stale = officer_client.post(page, data | {"causes": "Інше"})
    assert stale.status_code == 409
    assert "Збережено зараз: Бракувало часу." in text(stale)
    assert ">\nІнше</textarea>" in stale.content.decode()
    assert EffectivenessReport.objects.get().causes == "Бракувало часу."
    again = re.search(r'name="version" value="(\d+)"', stale.content.decode())
    assert (
        officer_client.post(page, data | {"causes": "Інше", "version": again[1]}).status_code == 302
    )


def test_the_first_causes_of_a_year_are_written_once(sample, officer, officer_client):
    passport = year_of(programme(sample.programme, "0217531"), 2023, officer)
    page = reverse("effectiveness", args=[passport.pk])
    assert officer_client.post(page, {"causes": "а", "version": 1}).status_code == 302
    assert officer_client.post(page, {"causes": "б", "version": 1}).status_code == 409


def test_readers_write_no_causes(sample, auditor_client):
    page = reverse("effectiveness", args=[sample.pk])
    assert auditor_client.post(page, {"causes": "а", "version": 2}).status_code == 403
    assert "<textarea" not in auditor_client.get(page).content.decode()


def test_before_approval_the_page_says_why_there_is_nothing(sample, officer, officer_client):
    draft = passports.create(programme=sample.programme, year=2024, by=officer)
    page = reverse("effectiveness", args=[draft.passport_id])
    assert "ще не затверджено, аналізу немає" in text(officer_client.get(page, follow=True))
    assert officer_client.post(page, {"causes": "а", "version": 1}).status_code == 302
    assert not EffectivenessReport.objects.filter(passport=draft.passport).exists()


# Two years


def test_two_years_stand_side_by_side(sample, officer, officer_client):
    other = programme(sample.programme, "0217531")
    figures = [(IndicatorKind.EFFICIENCY, Direction.MORE, "10", "5"), (IndicatorKind.QUALITY, Direction.MORE, "1", "1")]  # fmt: skip
    year_of(other, 2021, officer, figures)
    year_of(other, 2022, officer, figures)
    later = year_of(other, 2023, officer)
    page = reverse("effectiveness_compare", args=[later.pk])
    shown = text(officer_client.get(page))
    assert "I(еф) 50,00 100,00 +50,00" in shown
    assert "I1 1,00 2,00 +1,00" in shown
    assert "E 175,00 225,00 +50,00" in shown
    assert "Показник 1 5,00 10,00 0,50 100,00 100,00 1,00 +0,50" in shown
    assert "оцінено без порівняння" not in shown
    earlier = text(officer_client.get(page, {"with": "2021"}))
    assert "E 150,00 225,00 +75,00" in earlier
    assert "Один із двох років оцінено без порівняння" in earlier
    assert "E 175,00 225,00" in text(officer_client.get(page, {"with": "сто"}))


def test_one_year_has_nothing_beside_it(sample, auditor_client):
    answer = auditor_client.get(reverse("effectiveness_compare", args=[sample.pk]))
    assert "Порівнювати ні з чим" in text(answer)


# All programmes


@pytest.fixture
def programmes(sample, officer):
    """One with full points, one without a score, one in draft, one without a passport."""
    made = [programme(sample.programme, f"021753{number}") for number in range(1, 5)]
    year_of(made[0], 2023, officer)
    year_of(made[1], 2023, officer, [(IndicatorKind.QUALITY, Direction.MORE, "1", None)])
    passports.create(programme=made[2], year=2023, by=officer)
    return made


def test_programmes_stand_by_their_points(programmes, officer_client):
    shown = text(officer_client.get(RANKING))
    assert "1 0217531 Програма 0217531 100,00 100,00 — без порівняння з минулим роком 200,00 Висока ефективність" in shown  # fmt: skip
    assert "2 0217530" in shown
    assert "— 0217532" in shown
    assert "Оцінки немає без факту: 1" in shown
    assert "0217533 Програма 0217533: паспорт ще не затверджено" in shown
    assert "0217534 Програма 0217534: паспорта на цей рік немає" in shown
    places = [shown.index(code) for code in ("0217531", "0217530", "0217532", "0217533", "0217534")]
    assert places == sorted(places)


def test_the_ranking_costs_as_many_queries_for_many_as_for_one(sample, officer, officer_client):
    officer_client.get(RANKING)
    with CaptureQueriesContext(connection) as one:
        officer_client.get(RANKING)
    for number in range(1, 6):
        other = programme(sample.programme, f"021753{number}")
        year_of(other, 2022, officer)
        year_of(other, 2023, officer)
    with CaptureQueriesContext(connection) as six:
        shown = officer_client.get(RANKING, {"year": 2023})
    assert "0217535" in text(shown)
    assert len(six) == len(one)


def test_a_year_and_a_community_are_chosen(sample, elsewhere, officer, officer_client):
    year_of(programme(sample.programme, "0217531"), 2022, officer)
    assert "0217531 Програма 0217531 100,00" not in text(officer_client.get(RANKING))
    shown = text(officer_client.get(RANKING, {"year": "2022", "community": elsewhere.community.pk}))
    assert "за 2022 рік" in shown
    assert "0217531 Програма 0217531 100,00" in shown
    assert "0217530" in shown  # has no passport of that year
    assert "Сусідня громада" not in shown


def test_strangers_see_only_their_own(sample, stranger_client):
    shown = text(stranger_client.get(RANKING))
    assert "Інформатизація сусідньої громади" in shown
    assert sample.programme.title not in shown
    for name in ("effectiveness", "effectiveness_compare"):
        assert stranger_client.get(reverse(name, args=[sample.pk])).status_code == 404


def test_without_a_scale_the_pages_say_what_to_do(sample, officer_client):
    EffectivenessScale.objects.all().delete()
    assert "немає чинної шкали" in text(officer_client.get(RANKING))
    page = officer_client.get(reverse("effectiveness", args=[sample.pk]), follow=True)
    assert "немає чинної шкали" in text(page)


def test_nobody_ranks_an_empty_site(empty_site, sign_in, django_user_model):
    client = sign_in(django_user_model.objects.create_user("nova"))
    assert "Оцінювати ще нічого" in text(client.get(RANKING))
