"""The bound book, read back: pages, contents, links, bookmarks, structure, and figures equal to the single documents."""

import gc
import io
import re
from dataclasses import replace
from typing import Any

import pypdf
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets.exceptions import RuleViolation
from budgets.models import Community, Passport, Programme
from budgets.services import passports
from reports.book import contents, job
from reports.book.values import Cover, Part
from reports.catalogue import KINDS, PROGRAMME_KINDS
from reports.models import Campaign
from reports.renderers import binding, book, pdf

# Even where only the bound file is read: such tests run before those that empty the database.
pytestmark = pytest.mark.django_db
YEAR = 2023


OF_PROGRAMME = [name for name, kind in PROGRAMME_KINDS.items() if not kind.of_act]
"""Documents of a programme without an act of its own."""

OFFERED = len(KINDS) + 2 * len(OF_PROGRAMME)
"""Documents of the sample's community: one passport and two target programmes."""


@pytest.fixture(scope="module")
def community(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return Passport.objects.get(programme__code="0217530", year=YEAR).programme.community


@pytest.fixture(scope="module")
def made(community, django_db_blocker):
    """Every document of the sample's year: the book, its parts, and what was said on the way."""
    said: list[tuple[int, int, str]] = []
    with django_db_blocker.unblock():
        groups = contents.offered(community, YEAR, None)
        content = job.make(community, YEAR, groups, lambda *told: said.append(told))
        parts = [
            Part(group.title, str(entry.kind_title), entry.build())
            for group in groups
            for entry in group.entries
        ]
    return content, parts, said


@pytest.fixture(scope="module")
def reader(made):
    return pypdf.PdfReader(io.BytesIO(made[0]))


@pytest.fixture(scope="module")
def texts(reader):
    return [page.extract_text() for page in reader.pages]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def listed(texts, made):
    """(title, page) of each entry, as the printed contents say."""
    first = next(n for n, text in enumerate(texts) if made[1][0].document.title in flat(text))
    lines = " ".join(texts[1:first]).split("\n")
    found = [re.fullmatch(r"(.+?)\s+(\d+)", line.strip()) for line in lines]
    return [(match[1], int(match[2])) for match in found if match and "сторінка" not in match[1]]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_each_entry_of_the_contents_names_the_page_that_holds_its_title(listed, texts, made):
    assert [title for title, _page in listed] == [part.title for part in made[1]]
    assert len(listed) == OFFERED
    for (_title, page), part in zip(listed, made[1], strict=True):
        assert squeezed(part.document.title) in squeezed(texts[page - 1])
        assert squeezed(part.document.title) not in squeezed(texts[page - 2]), "it begins there"


def test_the_first_page_is_the_title_page(texts):
    assert "Звіти про виконання програм за 2023 рік" in flat(texts[0])
    assert "Житомирська міська територіальна громада" in texts[0]
    assert "Складено " in texts[0]
    assert "сторінка" not in texts[0]


def test_pages_are_numbered_through_the_whole_book(texts):
    for number, text in enumerate(texts[1:], start=2):
        assert re.findall(r"сторінка (\d+)", text) == [str(number)]
        assert " з " not in text[text.index("сторінка") :]


def test_links_of_the_contents_lead_to_the_same_pages(reader, listed):
    led = []
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            assert "/A" not in link
            led.append(
                (reader.get_page_number(link["/Dest"][0].get_object()) + 1, link["/Contents"])
            )
    assert [page for page, _words in led[::2]] == [page for _title, page in listed]
    assert [page for page, _words in led[1::2]] == [page for _title, page in listed]
    assert all(words.endswith(f"сторінка {page}") for page, words in led)


def bookmarks(reader, items=None, level=0):
    for item in reader.outline if items is None else items:
        if isinstance(item, list):
            yield from bookmarks(reader, item, level + 1)
        else:
            yield level, item.title, reader.get_destination_page_number(item) + 1


def test_bookmarks_hold_programmes_documents_and_their_sections(reader, listed, made):
    found = list(bookmarks(reader))
    groups = list(dict.fromkeys(part.group for part in made[1]))
    assert [title for level, title, _page in found if level == 0] == ["Зміст", *groups]
    assert [(title, page) for level, title, page in found if level == 1] == listed
    assert "7. Мета бюджетної програми" in {title for level, title, _page in found if level == 2}


def without_footer(text: str, title: str) -> str:
    text = squeezed(re.sub(r"сторінка \d+( з \d+)?", "", text))
    return text.replace(squeezed(title), "")


def test_every_document_says_in_the_book_what_it_says_alone(texts, listed, made):
    starts = [page - 1 for _title, page in listed] + [len(texts)]
    figures = 0
    for number, part in enumerate(made[1]):
        alone = pypdf.PdfReader(io.BytesIO(pdf.render(part.document))).pages
        bound = texts[starts[number] : starts[number + 1]]
        assert len(bound) == len(alone)
        title = part.document.title
        for page, text in zip(alone, bound, strict=True):
            wanted = without_footer(page.extract_text(), title)
            assert without_footer(text, title) == wanted
            figures += len(re.findall(r"\d,\d\d", wanted))
    assert figures > 500


def elements(root: Any):
    waiting = [root]
    while waiting:
        element = waiting.pop().get_object()
        yield element
        kids = element.get("/K", [])
        waiting += (
            [kid for kid in kids if not isinstance(kid, int)] if isinstance(kids, list) else []
        )


def test_structure_of_the_documents_survives(reader, made):
    """Tags of each page lead to elements of this book, and the tables are the tables of the documents."""
    catalog = reader.root_object
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "uk"
    tree = catalog["/StructTreeRoot"]
    (whole,) = tree["/K"]
    parts = whole.get_object()["/K"]
    assert [part.get_object()["/S"] for part in parts] == ["/Part"] * (1 + len(made[1]))
    numbers = tree["/ParentTree"]["/Nums"]
    keys = [int(key) for key in numbers[::2]]
    assert keys == list(range(len(keys)))
    marked = 0
    for page in reader.pages:
        mapped = numbers[2 * page["/StructParents"] + 1].get_object()
        marked += len(mapped)
        for element in mapped:
            assert element.get_object().raw_get("/Pg").idnum == page.indirect_reference.idnum
    assert marked > 1000
    for part, bound in zip(parts[1:], made[1], strict=True):
        found = [element for element in elements(part) if element.get("/S") == "/Table"]
        assert len(found) >= len(list(bound.document.tables))
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            assert numbers[2 * link["/StructParent"] + 1].get_object()["/S"] == "/Link"


def test_fonts_stay_inside(reader):
    for page in reader.pages:
        fonts = page["/Resources"]["/Font"]
        assert fonts
        for font in fonts.values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert below["/FontDescriptor"].keys() & {"/FontFile2", "/FontFile3"}


def test_progress_counts_every_step(made):
    _content, parts, said = made
    assert [done for done, _total, _words in said] == list(range(2 * len(parts) + 1))
    assert {total for _done, total, _words in said} == {2 * len(parts) + 1}
    assert said[0][2].startswith("Читаємо дані: Паспорт бюджетної програми, 0217530")
    assert said[len(parts)][2].startswith(f"Друкуємо 1 з {OFFERED}: Паспорт бюджетної програми")


def test_the_same_documents_give_the_same_bytes_and_the_collector_is_left_as_it_was(made):
    _content, parts, _said = made
    cover = Cover("Громада", YEAR, contents.dt.date(2024, 1, 31))
    before = gc.get_threshold()
    small = [parts[2], parts[3]]
    first = book.render(cover, small, lambda _n: None)
    assert book.render(cover, small, lambda _n: None) == first
    assert gc.get_threshold() == before


def test_long_contents_run_over_pages_and_stay_right(made, monkeypatch):
    """Seventy programmes with long names: the contents take several pages, and every number is still right."""
    document = made[1][3].document
    parts = [
        Part(
            f"Програма {number} із назвою, що не вміщається в один рядок змісту книги: {'далі ' * 9}",
            "Паспорт програми",
            replace(document, title=f"Паспорт програми число {number} кінець", sections=()),
        )
        for number in range(70)
    ]
    cover = Cover("Громада", YEAR, contents.dt.date(2024, 1, 31))
    reader = pypdf.PdfReader(io.BytesIO(book.render(cover, parts, lambda _n: None)))
    texts = [flat(page.extract_text()) for page in reader.pages]
    fronts = len(texts) - 70
    assert fronts > 3
    numbers = re.findall(r"Паспорт програми (\d+)", " ".join(texts[1:fronts]))
    assert [int(number) for number in numbers] == [fronts + 1 + n for n in range(70)]
    for number in range(70):
        assert f"число {number} кінець" in texts[fronts + number]


# What can be in it


def keys(groups):
    return [entry.key for group in groups for entry in group.entries]


def test_what_is_offered_and_what_is_usual(sample, officer):
    community = sample.programme.community
    groups = contents.offered(community, YEAR, officer)
    programmes = Programme.objects.filter(community=community).order_by("title", "pk")
    assert keys(groups) == [
        *(f"{name}:{sample.pk}" for name in KINDS),
        *(f"{name}:{programme.pk}" for programme in programmes for name in OF_PROGRAMME),
    ]
    assert len(keys(groups)) == OFFERED
    usual = [entry.key for group in groups for entry in group.entries if entry.is_usual]
    assert usual == [
        f"passport-execution:{sample.pk}",
        *(f"programme-measures:{programme.pk}" for programme in programmes),
    ]


def test_execution_reports_of_the_year_are_offered_and_usual_once_closed(sample, officer):
    community, campaign = sample.programme.community, Campaign.objects.get(year=2022)
    key = f"programme-execution:{campaign.pk}"

    def found(year: int) -> dict[str, contents.Entry]:
        groups = contents.offered(community, year, officer)
        return {e.key: e for group in groups for e in group.entries if e.key.startswith(key[:20])}

    assert found(YEAR) == {}
    entry = found(2022)[key]
    assert str(entry.kind_title) == "Звіт про виконання програми за 9 місяців 2022 року"
    assert not entry.is_usual
    document = entry.build()
    assert (document.kind, document.draft_mark) == ("programme-execution", "ПРОЄКТ")
    assert f"{document.table('measures').row('total').figure('paid'):.2f}" == "868627.84"
    assert contents.may_see([key], officer)
    assert not contents.may_see([key], User.objects.create_user("nova"))
    Campaign.objects.filter(pk=campaign.pk).update(closed_at=timezone.now(), closed_by=officer)
    assert found(2022)[key].is_usual


def test_papers_of_a_programme_are_as_of_the_last_day_of_the_year(sample):
    last = contents.offered(sample.programme.community, YEAR, None)[-1].entries[0]
    assert last.paper.as_of == contents.dt.date(YEAR, 12, 31)


def test_what_is_not_approved_is_offered_as_a_draft_only(sample, officer):
    draft = passports.create(programme=sample.programme, year=2024, by=officer)
    group = contents.offered(sample.programme.community, 2024, officer)[0]
    assert group.is_waiting
    assert keys([group]) == [f"passport:{draft.passport_id}"]
    nothing_yet = contents.offered(Community.objects.get(name__startswith="Слав"), 2017, None)
    assert [(group.entries, group.is_waiting) for group in nothing_yet] == [((), True)]


def test_foreign_documents_are_not_offered_and_not_taken(sample, officer, elsewhere):
    community = sample.programme.community
    assert contents.offered(elsewhere.community, YEAR, officer) == []
    foreign = f"passport:{elsewhere.passport.pk}"
    with pytest.raises(RuleViolation, match="для вас немає: 1"):
        job.ask(community=community, year=YEAR, keys=[f"passport:{sample.pk}", foreign], by=officer)
    assert contents.may_see([f"passport:{sample.pk}"], officer)
    assert not contents.may_see([f"passport:{sample.pk}", foreign], officer)


def test_queries_do_not_grow_with_programmes(sample, officer):
    community = sample.programme.community

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            contents.offered(community, YEAR, officer)
        return len(queries)

    before = asked()
    for number in range(5):
        Programme.objects.create(
            community=community,
            slug=f"p{number}",
            title=f"П {number}",
            year_from=2022,
            year_to=2025,
        )
    assert asked() == before


def test_a_document_that_cannot_be_made_is_named(sample, officer, monkeypatch):
    def refuse(_passport):
        raise RuleViolation("Немає показників.")

    name = "passport-execution"
    monkeypatch.setitem(contents.KINDS, name, replace(contents.KINDS[name], build=refuse))
    groups = job.chosen(
        contents.offered(sample.programme.community, YEAR, officer), [f"{name}:{sample.pk}"]
    )
    with pytest.raises(RuleViolation) as refusal:
        job.make(sample.programme.community, YEAR, groups, lambda *_told: None)
    assert "«Звіт про виконання паспорта, 0217530" in str(refusal.value)
    assert "Немає показників." in str(refusal.value)


def test_the_structure_of_a_broken_order_would_be_noticed(made):
    """The check above can fail: pages joined without their tree have none."""
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(pdf.render(made[1][3].document)))
    assert "/StructTreeRoot" not in writer.root_object
    assert binding.pages_of(made[0]) > 30


# The command


@pytest.mark.parametrize("named", ["Житомирська міська територіальна громада", "0655200000"])
def test_the_command_makes_the_usual_book(sample, tmp_path, capsys, named, monkeypatch):
    seen = []
    monkeypatch.setattr(book, "render", lambda cover, parts, printed: seen.append(parts) or b"%PDF")
    call_command("book", community=named, year=YEAR, output=str(tmp_path / "b.pdf"))
    assert (tmp_path / "b.pdf").read_bytes() == b"%PDF"
    assert [part.title for part in seen[0]] == [
        "Звіт про виконання паспорта", "Завдання і заходи", "Завдання і заходи",
    ]  # fmt: skip
    assert "[0/7] Читаємо дані" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"community": "Ніде"}, "There is no community «Ніде». Known: Житомирська"),
        ({"year": 1999}, "There is nothing to report for 1999"),
        ({"output": "/no/such/folder/b.pdf"}, "Cannot write /no/such/folder/b.pdf"),
    ],
)
def test_the_command_refuses_in_one_line(sample, tmp_path, options, message, monkeypatch):
    monkeypatch.setattr(book, "render", lambda *_args: b"%PDF")
    given = {"community": "0655200000", "year": YEAR, "output": str(tmp_path / "b.pdf"), **options}
    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("book", **given)
