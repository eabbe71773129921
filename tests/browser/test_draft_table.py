"""Typing into the draft table while answers are late, and where the focus goes."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_draft_journey import TO, cell, open_programme, saved


@pytest.fixture
def table(page: Page, sign_in) -> Page:
    sign_in(page, "it")
    open_programme(page)
    page.get_by_role("button", name="Внести зміни").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Чернетка змін")
    return page


def test_a_late_refusal_leaves_what_was_typed_since(table: Page):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    table.route("**/cells/**", hold)
    figure = cell(table, TO, 2023)
    figure.fill("abc")
    figure.press("Enter")
    figure.focus()
    figure.fill("5555")
    table.wait_for_timeout(200)
    held[0].continue_()
    expect(figure.locator("..")).to_have_attribute("data-state", "dirty")
    expect(figure).to_have_value("5555")
    table.unroute("**/cells/**")
    figure.press("Enter")
    saved(table, "5\u00a0555,0")
    expect(table.locator("#grid-summary")).to_be_empty()


def test_after_a_confirmed_cut_the_cell_has_the_focus_and_is_undone(table: Page):
    """What is paid is told by the server; here it answers for it."""
    figure = cell(table, TO, 2023)
    before = figure.input_value()
    name = figure.get_attribute("name").removeprefix("c-")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.post_data or "")
        if len(asked) > 1:
            route.continue_()
            return
        error = {"cell": name, "name": "Захід · 2023", "message": "уже сплачено 1,0"}
        answer = {
            "figures": {},
            "values": {},
            "errors": [error],
            "confirm": True,
            "notices": "",
            "version": 1,
        }
        route.fulfill(status=422, json=answer)

    table.route("**/cells/**", refuse)
    figure.fill("0,5")
    figure.press("Enter")
    table.locator("#confirmation").fill("повернення коштів")
    table.get_by_role("button", name="Підтвердити зменшення").click()
    saved(table, "0,5")
    assert "confirmed=yes" in asked[1]
    expect(figure).to_be_focused()
    figure.blur()
    table.keyboard.press("Control+z")  # nothing has the focus, and it works
    saved(table, "Скасовано")
    expect(figure).to_have_value(before)
