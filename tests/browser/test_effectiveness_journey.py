"""From the ranking of programmes to the figure behind an index, on a site of its own whose actual values nobody changed."""

import re

from playwright.sync_api import Page, expect


def test_an_index_is_followed_to_its_indicator(page: Page, sign_in):
    sign_in(page)
    page.get_by_role("link", name="Звіти").click()
    page.get_by_role("link", name="Рейтинг ефективності").click()
    page.get_by_role("link", name="0217530").click()
    expect(page.get_by_role("heading", name="E = 60,22")).to_contain_text("Низька ефективність")
    licence = page.locator("tr", has=page.get_by_text("одиниці антивірусного забезпечення"))
    expect(licence).to_contain_text(re.compile(r"план ÷ факт\s*1.200,00\s*1.174,20\s*1,022"))
    licence.get_by_role("link").click()
    row = page.locator("tr:target")
    expect(row).to_contain_text(re.compile(r"1.200,00"))
    expect(row.locator("[id$=-total]")).to_have_text(re.compile(r"1.174,20"))
