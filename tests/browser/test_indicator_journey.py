"""A year of a programme's indicators: typed, seen over the years, with evidence, also on a phone."""

import re

from playwright.sync_api import FilePayload, Page, expect

SLUG = "zhytomyr-e-misto"


def test_a_year_is_typed_shown_and_evidenced(page: Page, sign_in, assert_accessible):
    sign_in(page)
    page.goto(f"/programmes/{SLUG}/")
    page.get_by_role("link", name="Показники", exact=True).last.click()
    expect(page.get_by_text("Фактичних значень ще немає")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="2022", exact=True).first.click()
    row = page.locator("tr", has=page.get_by_text("Кількість створених реєстрів"))
    row.get_by_label("факт").fill("3")
    row.get_by_label("пояснення").click()
    expect(row).to_contain_text("збережено")
    expect(row).to_contain_text("+2")
    expect(row).to_contain_text("потрібне пояснення")
    row.get_by_label("пояснення").fill("Два реєстри перенесено з 2021 року")
    row.get_by_label("факт").click()
    expect(row).not_to_contain_text("потрібне пояснення")
    assert_accessible(page)

    row.get_by_role("link", name=re.compile("додати")).click()
    expect(page.get_by_role("heading", name="Файлів ще немає")).to_be_visible()
    page.get_by_label("Файл").set_input_files(
        FilePayload(
            name="акт.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 act\nstartxref\n0\n%%EOF"
        )
    )
    page.get_by_role("button", name="Додати файл").click()
    expect(page.get_by_role("link", name="акт.pdf")).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="акт.pdf").click()
    assert download.value.path().read_bytes() == b"%PDF-1.7 act\nstartxref\n0\n%%EOF"

    page.get_by_role("link", name="Виконання показників").click()
    section = page.locator("section", has=page.get_by_role("heading", name="створених реєстрів"))
    expect(section.locator("svg rect.actual")).to_have_count(1)
    expect(section).to_contain_text("Два реєстри перенесено з 2021 року")
    expect(section.get_by_role("link", name="файлів: 1")).to_be_visible()
    assert_accessible(page)


def test_pages_of_indicators_fit_a_phone(page: Page, sign_in):
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page)
    years = f"/programmes/{SLUG}/indicators/actuals/"
    page.goto(years + "2022/")
    row = page.locator("tr[hx-post]").nth(1)
    for field in ("факт", "пояснення"):
        box = row.get_by_label(field).bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 360
    evidence = row.get_by_role("link", name=re.compile("додати")).get_attribute("href")
    for url in (years, years + "2022/", evidence):
        page.goto(str(url))
        assert page.evaluate("document.documentElement.scrollWidth") == 360, url
