"""Target programmes in the browser's eyes: the list, one programme as of a day, the chain of a figure."""

import re

import pytest
from django.urls import reverse

from budgets.models import Act, BudgetLine
from reports.documents import paging
from reports.documents.base import Cell, Document, Role, Row, Section, Table

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


@pytest.mark.parametrize("layout", ["units", "years", "funds", "stages"])
def test_a_long_programme_is_shown_in_parts_that_make_the_whole(
    officer_client, monkeypatch, layout
):
    url = reverse("programme", args=["zhytomyr-e-misto"])

    def names(page: str) -> list[str]:
        return re.findall(r"measure=(\d+)&", page)

    def part(number: int) -> str:
        return officer_client.get(url, {"layout": layout, "page": number}).content.decode()

    whole = part(1)
    assert "Показано рядки" not in whole
    monkeypatch.setattr(paging, "ROWS", 10)
    first = part(1)
    pages = officer_client.get(url, {"layout": layout}).context["shown"].pages
    assert pages > 2
    assert "Показано рядки 1–" in first
    assert (
        reverse("programme_download", args=["zhytomyr-e-misto", "programme-measures", "xlsx"])
        in first
    )
    parts = [part(number) for number in range(1, pages + 1)]
    lines = [row for page in parts for row in names(page)]
    assert list(dict.fromkeys(lines)) == list(dict.fromkeys(names(whole)))
    assert names(part(pages + 7)) == names(parts[-1])


def test_a_part_begins_with_a_task_and_says_under_what_it_stands():
    def row(key, role=Role.LINE, parts=None, **words):
        return Row(key, role, {name: Cell(text) for name, text in words.items()}, parts)

    tasks = [
        [row(f"m{t}{n}", number=f"1.{t}" if not n else "") for n in range(250)] for t in range(3)
    ]
    rows = (
        row("heading", Role.GROUP, number="1"),
        *(line for task in tasks for line in task),
        row("programme", Role.TOTAL, ()),
    )
    document = Document(
        kind="k", edition="", title="", file_stem="", meta={},
        sections=(Section("1", "", (Table("measures", (), rows),)),),
    )  # fmt: skip
    first, second = paging.part(document, 1), paging.part(document, 2)
    assert (first.pages, first.first, first.last, first.rows) == (2, 1, 501, 751)
    keys = [one.key for one in second.document.table("measures").rows]
    assert keys[:2] == ["heading", "m20"]
    assert keys[-2:] == ["m2249", "programme"]


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
