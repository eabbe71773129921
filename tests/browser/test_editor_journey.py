"""The passport editor and the page of indicators under people's hands, with and without scripts."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

LINES = "/passports/1/revisions/2/edit/lines/"
INDICATORS = "/passports/1/revisions/2/edit/indicators/"
ACTUALS = "/indicators/1/"


@pytest.fixture(scope="module")
def draft(browser, site) -> None:
    """A draft of changes to the sample's passport, made as people make it."""
    context = browser.new_context(base_url=site, locale="uk-UA")
    page = context.new_page()
    _sign_in(page)
    page.request.post(
        "/passports/1/revise/",
        form={"csrfmiddlewaretoken": _token(context)},
        headers={"Referer": site},
    )
    context.close()


def _sign_in(page: Page) -> None:
    page.goto("/login/")
    page.locator("#id_username").fill("finansy")
    page.locator("#id_password").fill("eprogram-zrazok")
    page.get_by_role("button", name="Увійти").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def _token(context: BrowserContext) -> str:
    return next(each["value"] for each in context.cookies() if each["name"] == "csrftoken")


def cell(row: Locator, name: str) -> Locator:
    return row.locator(f'[name$="-{name}"]')


def line(page: Page, number: int) -> Locator:
    """The row of the line with this number; its further codes follow it."""
    return page.locator(f'tbody tr:not(.continuation):has(.position[value="{number}"])').first


def save(page: Page) -> None:
    page.get_by_role("button", name="Зберегти розділ").click()
    page.wait_for_url(re.compile(r"/revisions/2/$"))


def test_a_code_is_added_to_a_line_in_the_middle_by_keyboard(page, sign_in, draft):
    sign_in(page)
    page.goto(LINES)
    add = line(page, 3).get_by_role("button", name="КЕКВ")
    add.focus()
    page.keyboard.press("Enter")
    added = line(page, 3).locator("xpath=following-sibling::tr[1]")
    expect(cell(added, "economic_code")).to_be_focused()
    expect(cell(added, "position")).to_have_value("3")
    expect(cell(added, "title")).to_be_hidden()
    page.keyboard.type("2210")
    cell(added, "general").fill("1 000")
    save(page)
    page.goto(LINES)
    stored = line(page, 3).locator("xpath=following-sibling::tr[1]")
    codes = {
        cell(line(page, 3), "economic_code").input_value(),
        cell(stored, "economic_code").input_value(),
    }
    assert codes == {"2240", "2210"}
    expect(stored).to_have_class("continuation")

    # Its № follows the line, and so does the mark of removal.
    number = cell(line(page, 3), "position")
    number.fill("30")
    number.press("Tab")
    expect(cell(stored, "position")).to_have_value("30")
    box = cell(line(page, 3), "DELETE")
    box.check()
    expect(cell(stored, "DELETE")).to_be_checked()
    box.uncheck()
    expect(cell(stored, "DELETE")).not_to_be_checked()


def test_without_scripts_the_number_names_the_line(browser, site, draft):
    context = browser.new_context(base_url=site, locale="uk-UA", java_script_enabled=False)
    page = context.new_page()
    _sign_in(page)
    page.goto(LINES)
    spare = page.locator("tbody tr").last
    cell(spare, "position").fill("5")
    cell(spare, "economic_code").fill("3110")
    cell(spare, "general").fill("7")
    save(page)
    page.goto(LINES)
    stored = line(page, 5).locator("xpath=following-sibling::tr[1]")
    expect(cell(stored, "economic_code")).to_have_value("3110")
    context.close()


def test_leaving_with_unsaved_text_asks_first(page, sign_in, draft):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    sign_in(page)
    page.goto(LINES)
    page.get_by_role("link", name="Скасувати").click()
    page.wait_for_url(re.compile(r"/revisions/2/$"))
    assert asked == []
    page.goto(LINES)
    cell(line(page, 1), "title").fill("Інша назва")
    page.get_by_role("link", name="Скасувати").click()
    page.wait_for_url(re.compile(r"/revisions/2/$"))
    assert asked == ["beforeunload"]
    page.goto(LINES)
    title = cell(line(page, 1), "title")
    title.fill(f"{title.input_value()} (зі змінами)")
    save(page)
    assert asked == ["beforeunload"]


def test_a_formula_follows_the_row_it_names(page, sign_in, draft):
    sign_in(page)
    page.goto(INDICATORS)
    share = page.locator("tr", has=page.locator('[name$="-numerator"][value="10"]'))
    expect(share.locator(".cell-numerator .named")).to_contain_text("антивірусного")
    expect(line(page, 10).locator(".cell-line .named")).to_contain_text(re.compile("антивірусн"))
    number = cell(line(page, 10), "position")
    number.fill("100")
    number.press("Tab")
    expect(cell(share, "numerator")).to_have_value("100")
    cell(share, "numerator").fill("9")
    cell(share, "numerator").press("Tab")
    expect(share.locator(".cell-numerator .named")).to_contain_text("програмного забезпечення")


@pytest.mark.parametrize("address", [LINES, INDICATORS])
@pytest.mark.parametrize("width", [1366, 390])
def test_cells_are_wide_enough_to_read(page, sign_in, draft, address, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page)
    page.goto(address)
    least = {
        "economic_code": 80,
        "kind": 144,
        "local_programme": 144,
        "unit_of_measure": 80,
        "title": 200,
    }
    for name, pixels in least.items():
        found = page.locator(f'tbody [name$="-{name}"]:visible').first
        if found.count():
            assert found.bounding_box()["width"] >= pixels, name
    for name in ("line", "numerator", "denominator"):
        found = page.locator(f"tbody .cell-{name}").first
        if found.count():
            assert found.bounding_box()["width"] >= 192, name
    code = page.locator('tbody [name$="-economic_code"]').first
    if code.count():
        assert code.evaluate("input => input.scrollWidth <= input.clientWidth")
    body = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert body[0] <= body[1]


def test_the_editor_is_accessible(page, sign_in, draft, assert_accessible):
    sign_in(page)
    for address in (
        LINES,
        INDICATORS,
        "/passports/1/revisions/2/edit/rows-of-signatories/",
        ACTUALS,
    ):
        page.goto(address)
        assert_accessible(page)


# Actual values


def state(page: Page, cell_: Locator) -> Locator:
    return page.locator("tr", has=cell_).get_by_role("status")


def typed(cell_: Locator, text: str) -> None:
    cell_.fill(text)
    cell_.press("Tab")


def test_a_value_changed_by_another_is_replaced_knowingly(page, context, sign_in):
    sign_in(page)
    page.goto(ACTUALS)
    other = context.new_page()
    other.goto(ACTUALS)
    theirs = other.get_by_label("20, факт, загальний фонд")
    typed(theirs, "200")
    expect(state(other, theirs)).to_contain_text("збережено")
    mine = page.get_by_label("20, факт, загальний фонд")
    typed(mine, "150")
    expect(state(page, mine)).to_contain_text("Зараз: 200,00")
    expect(state(page, mine)).to_contain_text("Ви ввели: 150,00")
    expect(mine).to_have_value("150")
    state(page, mine).get_by_role("button", name="Замінити моїм").click()
    expect(state(page, mine)).to_contain_text("збережено")
    typed(mine, "160")
    expect(page.locator("tr", has=mine).locator("[id$=-total]")).to_have_text("160,00")
    page.reload()
    expect(page.get_by_label("20, факт, загальний фонд")).to_have_value("160,00")


def test_without_a_session_a_row_says_so_and_is_saved_after_signing_in(page, context, sign_in):
    sign_in(page)
    page.goto(ACTUALS)
    cookies = [each for each in context.cookies() if each["name"] != "sessionid"]
    context.clear_cookies()
    context.add_cookies(cookies)
    mine = page.get_by_label("20, факт, загальний фонд")
    typed(mine, "77")
    told = state(page, mine)
    expect(told).to_contain_text(
        "Не збережено: сеанс завершено. Увійдіть в іншій вкладці і збережіть ще раз."
    )
    expect(mine).to_have_value("77")
    expect(page.locator("#indicator-summary")).to_have_text("Не збережено показники: № 20")
    with context.expect_page() as opened:
        told.get_by_role("link", name="Увійти в новій вкладці").click()
    _sign_in(opened.value)
    told.get_by_role("button", name="Зберегти ще раз").click()
    expect(told).to_contain_text("збережено")
    expect(told).not_to_contain_text("Не збережено")
    expect(page.locator("#indicator-summary")).to_be_empty()
    page.reload()
    expect(page.get_by_label("20, факт, загальний фонд")).to_have_value("77,00")


def test_without_network_and_with_a_broken_server_a_row_says_so(page, context, sign_in):
    sign_in(page)
    page.goto(ACTUALS)
    mine = page.get_by_label("20, факт, загальний фонд")
    context.set_offline(True)
    typed(mine, "88")
    expect(state(page, mine)).to_contain_text("немає зв’язку із сервером")
    expect(mine).to_have_value("88")
    context.set_offline(False)
    page.route("**/indicators/1/*/", lambda route: route.fulfill(status=500, body="-"))
    state(page, mine).get_by_role("button", name="Зберегти ще раз").click()
    expect(state(page, mine)).to_contain_text("відповів помилкою 500")
    page.unroute("**/indicators/1/*/")
    state(page, mine).get_by_role("button", name="Зберегти ще раз").click()
    expect(state(page, mine)).to_contain_text("✓ збережено")
