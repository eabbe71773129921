"""An amendment from draft to decision: money moved between measures, papers taken away, the decision entered."""

import io
import re
import zipfile
from pathlib import Path

import docx
import openpyxl
import pypdf
from playwright.sync_api import Page, expect

FROM, TO = "2.1.1", "3.1.1"
WHY = "Дорожчає обслуговування обладнання"


def row(page: Page, number: str):
    return page.locator("tbody tr", has=page.get_by_role("cell", name=number, exact=True)).first


def cell(page: Page, number: str, year: int):
    return row(page, number).locator(f"input[data-column='{year}']")


def saved(page: Page, words: str) -> None:
    expect(page.locator("#grid-status")).to_contain_text(words)


def words_of(name: str, content: bytes) -> str:
    """All text of a paper, spaces made plain."""
    if name.endswith(".pdf"):
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    elif name.endswith(".docx"):
        paper = docx.Document(io.BytesIO(content))
        cells = [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
        text = "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])
    elif name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        text = "\n".join(
            str(value)
            for sheet in book
            for line in sheet.iter_rows(values_only=True)
            for value in line
            if value is not None
        )
    else:
        text = content.decode()
    return re.sub(r"[\u00a0\u202f]", " ", text)


def test_an_amendment_moves_money_and_becomes_a_decision(
    page: Page, sign_in, assert_accessible, tmp_path: Path
):
    sign_in(page, "it")
    open_programme(page)
    page.get_by_role("button", name="Внести зміни").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Чернетка змін")
    assert_accessible(page)
    transfer(page, "50,0", WHY)
    type_and_undo(page)
    take_the_package(page, tmp_path)
    page.get_by_role("button", name="Подати на погодження").click()
    expect(page.get_by_text("подано").first).to_be_visible()

    # The finance officer enters the decision; the programme then reads differently from that day on
    page.context.clear_cookies()
    sign_in(page)
    open_programme(page)
    page.locator(".notice-info").get_by_role("link").first.click()
    page.get_by_role("button", name="Погодити").click()
    enter_decision(page)
    assert_accessible(page)


def open_programme(page: Page) -> None:
    page.get_by_role("link", name="Програми", exact=True).first.click()
    page.get_by_role("link", name=re.compile("е-місто")).first.click()


def transfer(page: Page, amount: str, why: str) -> None:
    """From one measure to another in one step."""
    page.get_by_role("link", name="Перемістити кошти").click()
    page.get_by_label("З якого рядка").select_option(label=option(page, "З якого рядка", FROM))
    page.get_by_role("button", name="Далі").click()
    page.get_by_label("З якого року").select_option("2022")
    page.get_by_label(re.compile("Сума")).fill(amount)
    page.get_by_label("До якого рядка").select_option(label=option(page, "До якого рядка", TO))
    page.get_by_label("На який рік").select_option("2022")
    page.get_by_label(re.compile("Причина")).fill(why)
    page.get_by_role("button", name="Перемістити кошти").click()
    expect(page.locator(".messages")).to_contain_text(f"{amount} тис. грн")
    expect(row(page, FROM).locator("[data-figure$=':2022:change']")).to_have_text(f"−{amount}")
    expect(row(page, TO).locator("[data-figure$=':2022:change']")).to_have_text(f"+{amount}")
    expect(page.locator("[data-figure='programme:2022:change']")).to_have_text("")


def type_and_undo(page: Page) -> None:
    """A figure typed, refused, corrected, undone: totals follow."""
    figure = cell(page, TO, 2023)
    total = page.locator("[data-figure='programme:2023:change']")
    before = figure.input_value()
    figure.fill("12x")
    figure.press("Enter")
    expect(page.locator("#grid-summary")).to_contain_text("зайві знаки «x»")
    expect(figure).to_have_value("12x")
    figure.fill("1 000")
    figure.press("Enter")
    saved(page, "1\u00a0000,0")
    expect(total).to_have_text("+1\u00a0000,0")
    page.keyboard.press("Control+z")
    saved(page, "Скасовано")
    expect(figure).to_have_value(before)
    expect(total).to_have_text("")


def take_the_package(page: Page, folder: Path) -> None:
    """Every paper of the package opens, and the annex, the comparison and the note tell the move and its reason."""
    # Many papers are printed while the browser waits.
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("link", name="Пакет на сесію").click(timeout=60_000)
    download.value.save_as(folder / "package.zip")
    with zipfile.ZipFile(folder / "package.zip") as package:
        assert package.testzip() is None
        papers = {name: words_of(name, package.read(name)) for name in package.namelist()}
    assert {".pdf", ".docx", ".xlsx"} <= {Path(name).suffix for name in papers}
    assert all(len(text) > 100 for text in papers.values())
    told = [name for name, text in papers.items() if WHY in re.sub(r"\s+", " ", text)]
    assert {Path(name).suffix for name in told} >= {".pdf", ".docx"}, told
    for suffix in (".pdf", ".docx"):
        moved = [
            name
            for name, text in papers.items()
            if name.endswith(suffix) and {"-50,0", "+50,0"} <= set(text.replace("−", "-").split())
        ]
        assert moved, suffix


def enter_decision(page: Page) -> None:
    page.get_by_role("link", name="Внести рішення").click()
    page.get_by_label(re.compile("Номер")).fill("101")
    page.get_by_label(re.compile("^Дата")).fill("01.01.2020")
    page.get_by_role("button", name="Внести рішення").click()
    expect(page.get_by_text("раніше за рішення, яке воно змінює")).to_be_visible()
    expect(page.get_by_label(re.compile("Номер"))).to_have_value("101")
    page.get_by_label(re.compile("^Дата")).fill("01.06.2022")
    page.get_by_role("button", name="Внести рішення").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("№ 101 від 01.06.2022")


def option(page: Page, label: str, number: str) -> str:
    """The words of the option that begins with the number."""
    texts = page.get_by_label(label).locator("option").all_text_contents()
    return next(text for text in texts if text.startswith(f"{number}."))
