"""The main job: payments in, one wrong and corrected, explained, both files taken away with the same figures."""

import io
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdf
from playwright.sync_api import Page, expect


def enter(page: Page, line: int, amount: str, code: str = "2240") -> None:
    cell = page.get_by_role("textbox", name=f"рядок {line}, КЕКВ {code}")
    cell.fill(amount)
    cell.press("Enter")


def row_of(page: Page, line: int):
    return page.locator("tr", has=page.get_by_role("cell", name=str(line), exact=True)).first


def test_payments_are_entered_corrected_explained_and_reported(page: Page, sign_in, tmp_path: Path):
    sign_in(page)
    page.get_by_role("link", name="Касові видатки", exact=True).first.click()
    page.get_by_role("link", name="0217530").first.click()
    page.get_by_role("link", name="Травень").click()

    enter(page, 3, "12 000,50")
    expect(page.locator("#grid-status")).to_contain_text("рядок 3")
    enter(page, 4, "5000")
    expect(page.locator("#grid-status")).to_contain_text("рядок 4")
    enter(page, 5, "60 000")
    expect(page.get_by_text("План перевищено на 10 000,00 грн у рядку 5").first).to_be_visible()
    enter(page, 5, "6 000,00")
    expect(page.locator("#grid-status")).to_contain_text("рядок 5")
    enter(page, 4, "5 500,25")  # what was paid after all: a reversal and a new payment
    expect(page.locator("#grid-status")).to_contain_text("рядок 4")
    expect(page.locator("#total [data-figure=paid]")).to_have_text(re.compile(r"142.250,75"))

    page.get_by_role("link", name="Звіти", exact=True).click()
    page.get_by_role("link", name="0217530").first.click()
    words = page.get_by_label(re.compile("^4. Технічна підтримка"))
    words.fill("Сплачено за фактично надані послуги.")
    page.get_by_role("button", name="Зберегти тексти").click()
    expect(page.locator(".messages")).to_contain_text("Тексти звіту збережено")
    expect(page.get_by_label(re.compile("^4. Технічна підтримка"))).to_have_value(
        "Сплачено за фактично надані послуги."
    )

    with page.expect_download() as download:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert download.value.suggested_filename == "2023-0217530-zvit.pdf"
    download.value.save_as(tmp_path / "report.pdf")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX", exact=True).click()
    assert download.value.suggested_filename == "2023-0217530-zvit.xlsx"
    download.value.save_as(tmp_path / "report.xlsx")

    pdf = pypdf.PdfReader(io.BytesIO((tmp_path / "report.pdf").read_bytes()))
    text = "".join(each.extract_text() for each in pdf.pages)
    values = {
        cell.value
        for sheet in openpyxl.load_workbook(tmp_path / "report.xlsx")
        for row in sheet.iter_rows()
        for cell in row
    }
    for printed, amount in (
        ("12\u00a0000,50", "12000.50"),
        ("5\u00a0500,25", "5500.25"),
        ("6\u00a0000,00", "6000"),
        ("662\u00a0050,75", "662050.75"),
        ("\u2212337\u00a0949,25", "-337949.25"),
    ):
        assert printed in text
        assert float(Decimal(amount)) in values
    assert "Сплачено за фактично надані послуги." in text


def test_an_indicator_saves_itself_and_its_average_follows(page: Page, sign_in):
    sign_in(page)
    page.goto("/indicators/1/")
    licences = page.get_by_label("20, факт, загальний фонд")
    licences.fill("125")
    licences.press("Tab")
    average = page.locator("tr", has=page.get_by_text("частка 10 ÷ 20")).locator("[id$=-total]")
    expect(average).to_have_text(re.compile(r"2.348,40"))
    expect(page.locator("tr", has=licences).get_by_role("status")).to_contain_text("збережено")
    licences.fill("сто")
    licences.press("Tab")
    expect(page.locator("tr", has=licences).get_by_role("status")).to_contain_text("не є числом")
    expect(licences).to_have_value("сто")
    page.reload()
    expect(page.get_by_label("20, факт, загальний фонд")).to_have_value("125,00")


def test_report_pages_are_accessible(page: Page, sign_in, assert_accessible):
    sign_in(page)
    for address in (
        "/",
        "/passports/1/",
        "/indicators/1/",
        "/reports/1/",
        "/reports/1/passport-execution/",
        "/reports/1/effectiveness/",
        "/reports/effectiveness/",
        "/reports/effectiveness/1/",
        "/reports/effectiveness/1/compare/",
        "/reference/effectiveness/",
        "/reference/effectiveness/new/",
        "/reference/",
    ):
        page.goto(address)
        assert_accessible(page)
