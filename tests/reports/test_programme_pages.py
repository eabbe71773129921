"""Target programmes in the browser's eyes: the list, one programme as of a day, the chain of a figure."""

import re

import pytest
from django.urls import reverse

from budgets.models import Act, BudgetLine

pytestmark = pytest.mark.django_db
SLUG = "kropyvnytskyi-e-governance"


def test_programmes_are_listed_with_their_years(officer_client):
    page = officer_client.get(reverse("programmes")).content.decode()
    for words in ("електронного урядування", "«е-місто»", "2021–2026", "2017–2020"):
        assert words in page


def test_a_programme_shows_its_figures_and_says_they_are_incomplete(officer_client):
    page = officer_client.get(
        reverse("programme", args=[SLUG]), {"as_of": "21.11.2019"}
    ).content.decode()
    assert "№ 2722" in page
    assert "неповні" in page
    before = officer_client.get(
        reverse("programme", args=[SLUG]), {"as_of": "01.02.2019"}
    ).content.decode()
    assert "неповні" not in before


def test_a_day_that_is_none_is_told(officer_client):
    page = officer_client.get(
        reverse("programme", args=[SLUG]), {"as_of": "торік"}
    ).content.decode()
    assert "«торік» не є датою" in page


def test_a_figure_tells_its_acts(officer_client, sample):
    line = BudgetLine.objects.filter(
        act__programme__slug=SLUG, act__number="2285", amount__gt=0
    ).first()
    query = {
        "measure": line.measure_id,
        "executor": line.executor_id,
        "year": line.year,
        "fund": line.fund,
        "source": line.source_id,
    }
    page = officer_client.get(reverse("programme_figure", args=[SLUG]), query).content.decode()
    assert "№ 2285" in page
    assert "невідомо" in page  # what № 2722 did to it


@pytest.mark.parametrize("query", [{}, {"measure": "²"}, {"measure": "9" * 50}, {"measure": "abc"}])
def test_a_figure_of_nothing_is_not_found(officer_client, query):
    assert officer_client.get(reverse("programme_figure", args=[SLUG]), query).status_code == 404


def test_a_stranger_finds_no_programme(stranger_client):
    for name in ("programme", "programme_figure", "session_package"):
        assert stranger_client.get(reverse(name, args=[SLUG])).status_code == 404
    assert not re.search(r"урядування", stranger_client.get(reverse("programmes")).content.decode())


@pytest.mark.parametrize(
    ("kind", "format_name"),
    [
        ("programme-measures", "xlsx"),
        ("programme-resources", "json"),
        ("programme-passport", "docx"),
    ],
)
def test_papers_of_a_programme_are_taken_away(officer_client, kind, format_name):
    address = reverse("programme_download", args=[SLUG, kind, format_name])
    answer = officer_client.get(address, {"as_of": "2019-02-01"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{format_name}"')
    assert len(answer.content) > 1000


def test_papers_of_an_act_are_taken_away(officer_client):
    act = Act.objects.get(programme__slug=SLUG, kind="amendment", lines_known=True)
    address = reverse("programme_download", args=[SLUG, "amendment-deltas", "json"])
    answer = officer_client.get(address, {"act": act.pk})
    assert b"-419960.00" in answer.content
    assert officer_client.get(address).status_code == 404
    assert officer_client.get(address, {"act": "\u00b2"}).status_code == 404


def test_a_paper_of_an_act_whose_lines_are_unknown_is_refused_with_words(officer_client):
    act = Act.objects.get(programme__slug=SLUG, lines_known=False)
    answer = officer_client.get(
        reverse("session_package", args=[SLUG]), {"act": act.pk}, follow=True
    )
    assert answer.redirect_chain
    assert b"notice-error" in answer.content
