"""The yearly book: chosen, watched while it is put together, taken away."""

import io
import re

import pypdf
from playwright.sync_api import Page, expect


def test_a_book_is_asked_for_watched_and_taken_away(page: Page, sign_in, assert_accessible):
    sign_in(page)
    page.get_by_role("link", name="Звіти", exact=True).click()
    page.get_by_role("link", name="Річна книга").click()
    expect(page.get_by_label("Рік")).to_have_value("2023")
    assert_accessible(page)
    page.get_by_label("Паспорт бюджетної програми").check()
    page.get_by_role("button", name="Скласти книгу").click()
    state = page.locator("#job")
    expect(state).to_contain_text(re.compile("чекає|виконується"))
    assert_accessible(page)
    # Nobody reloads the page.
    expect(state.get_by_role("link", name="Завантажити")).to_be_visible(timeout=60_000)
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Завантажити").click()
    assert download.value.suggested_filename.startswith("2023-zhytomyrska")
    reader = pypdf.PdfReader(io.BytesIO(download.value.path().read_bytes()))
    assert "Завдання і заходи" in reader.pages[1].extract_text()
    page.locator(".user-menu summary").click()
    page.locator(".user-menu").get_by_role("link", name="Мої завдання").click()
    expect(page.get_by_role("row", name=re.compile("Річна книга за 2023"))).to_contain_text(
        "готово"
    )
    assert_accessible(page)


def test_a_book_is_cancelled(page: Page, sign_in):
    sign_in(page)
    page.goto("/reports/book/")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Скласти книгу").click()
    page.get_by_role("button", name="Скасувати завдання").click()
    expect(page.locator("#job")).to_contain_text("скасовано")
