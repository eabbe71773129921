"""The month grid under a finance officer's hands. The sample: line 2 pays 16 250,00 every month of 2023."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

JUNE = "/cash/1/6/"


@pytest.fixture
def june(page: Page, sign_in) -> Page:
    sign_in(page)
    page.goto(JUNE)
    return page


def cell(page: Page, line: int, code: str = "2240") -> Locator:
    return page.get_by_role("textbox", name=f"рядок {line}, КЕКВ {code}", exact=False)


def row(page: Page, line: int, code: str = "2240") -> Locator:
    return page.locator("tr[data-row]", has=cell(page, line, code))


def total(page: Page, name: str) -> Locator:
    return page.locator(f"#total [data-figure={name}]")


def plain(text: str) -> re.Pattern[str]:
    """The amount as people write it, however its thousands are spaced."""
    return re.compile("^" + re.escape(text).replace(r"\ ", r"\s") + "$")


def expect_state(page: Page, line: int, state: str, code: str = "2240") -> None:
    expect(row(page, line, code)).to_have_attribute("data-state", state)


def paste(page: Page, where: Locator, text: str) -> None:
    where.evaluate(
        """(input, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            input.focus();
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_typing_saves_and_totals_follow(june):
    cell(june, 3).fill("1 000")
    june.keyboard.press("Enter")
    expect(cell(june, 4)).to_be_focused()
    expect_state(june, 3, "saved")
    expect(cell(june, 3)).to_have_value(plain("1 000,00"))
    expect(row(june, 3).locator("[data-figure=left]")).to_have_text(plain("49 000,00"))
    expect(total(june, "month")).to_have_text(plain("310 800,00"))
    expect(june.locator("#grid-status")).to_contain_text("Збережено: рядок 3, КЕКВ 2240")
    june.reload()
    expect(cell(june, 3)).to_have_value(plain("1 000,00"))


def test_arrows_move_and_save_and_escape_restores(june):
    cell(june, 4).fill("7")
    june.keyboard.press("ArrowDown")
    expect(cell(june, 5)).to_be_focused()
    expect_state(june, 4, "saved")
    june.keyboard.press("ArrowUp")
    expect(cell(june, 4)).to_be_focused()
    june.keyboard.type("999")
    june.keyboard.press("Escape")
    expect(cell(june, 4)).to_have_value("7,00")
    assert june.url.endswith(cell_anchor(june, 4))


def cell_anchor(page: Page, line: int) -> str:
    return f"#{row(page, line).get_attribute('id')}"


def test_undo_goes_back_across_rows(june):
    cell(june, 5).fill("10")
    june.keyboard.press("Enter")
    cell(june, 6).fill("20")
    june.keyboard.press("Enter")
    expect_state(june, 6, "saved")
    june.keyboard.press("Control+z")
    expect(cell(june, 6)).to_have_value("")
    expect_state(june, 6, "saved")
    june.keyboard.press("Control+z")
    expect(cell(june, 5)).to_have_value("")
    expect_state(june, 5, "saved")  # a reload does not wait for what is on its way
    expect(june.locator("#grid-status")).to_contain_text("Скасовано: рядок 5")
    june.reload()
    expect(cell(june, 5)).to_have_value("")
    expect(cell(june, 6)).to_have_value("")


def test_untouched_cell_sends_nothing(june: Page):
    requests: list[str] = []
    june.on("request", lambda request: requests.append(request.method))
    cell(june, 2).click()
    june.keyboard.press("Enter")
    june.keyboard.press("Tab")
    expect(cell(june, 4)).to_be_focused()
    assert "POST" not in requests


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1o00", "зайві знаки"),
        ("12,345", "забагато знаків після коми"),
        ("99 000", "Зменшіть суму або оформіть зміни до паспорта"),
    ],
)
def test_refused_cell_keeps_what_was_typed(june, typed, message):
    cell(june, 1, "2282").fill(typed)
    june.keyboard.press("Enter")
    expect_state(june, 1, "refused", "2282")
    expect(cell(june, 1, "2282")).to_have_value(typed)
    expect(cell(june, 1, "2282")).to_have_attribute("aria-invalid", "true")
    expect(june.locator(".cell-message")).to_contain_text(message)
    expect(june.locator("#grid-summary")).to_contain_text("Не збережено")
    cell(june, 1, "2282").focus()
    june.keyboard.press("Escape")
    expect(cell(june, 1, "2282")).to_have_value("")
    expect(june.locator("#grid-summary")).to_be_empty()


def test_column_from_excel_is_pasted_as_one(page, sign_in):
    sign_in(page)
    page.goto("/cash/1/7/")
    paste(page, cell(page, 3), "1 100,50\r\n\r\n2200.75\r\n")
    expect_state(page, 5, "saved")
    expect(cell(page, 3)).to_have_value(plain("1 100,50"))
    expect(cell(page, 4)).to_have_value("")
    expect(cell(page, 5)).to_have_value(plain("2 200,75"))
    expect(page.locator("#grid-status")).to_contain_text("Порожні рядки пропущено: 1")
    cell(page, 3).focus()
    page.keyboard.press("Control+z")
    expect(cell(page, 5)).to_have_value("")


def test_bad_paste_writes_nothing_and_can_be_mended(page, sign_in):
    sign_in(page)
    page.goto("/cash/1/8/")
    paste(page, cell(page, 3), "100\n60 000\nсто")
    expect(page.locator("#grid-summary li")).to_have_count(2)
    expect_state(page, 3, "waiting")
    expect_state(page, 4, "refused")
    expect(cell(page, 5)).to_have_value("сто")
    cell(page, 4).fill("600")
    cell(page, 5).fill("100")
    page.get_by_role("button", name="Зберегти ще раз").click()
    expect_state(page, 3, "saved")
    expect_state(page, 5, "saved")
    page.reload()
    expect(cell(page, 4)).to_have_value("600,00")


def test_block_asks_which_column_and_too_long_a_column_is_refused(page, sign_in):
    sign_in(page)
    page.goto("/cash/1/9/")
    paste(page, cell(page, 3), "2240\t5,00\n2240\t6,00")
    page.get_by_role("button", name="5,00 · 6,00").click()
    expect_state(page, 4, "saved")
    expect(cell(page, 4)).to_have_value("6,00")
    paste(page, cell(page, 8, "2210"), "\n".join("1" * 9))
    expect(page.locator("#grid-summary")).to_contain_text("Нічого не вставлено")
    expect(cell(page, 8, "2210")).to_have_value("")


def test_two_people_in_one_cell_see_both_values(june: Page, context: BrowserContext):
    other = context.new_page()
    other.goto(JUNE)
    cell(june, 6).fill("111")
    june.keyboard.press("Enter")
    expect_state(june, 6, "saved")
    cell(other, 6).fill("222")
    other.keyboard.press("Enter")
    expect_state(other, 6, "refused")
    expect(other.locator("#grid-summary")).to_contain_text("тепер 111,00, ви ввели 222,00")
    expect(cell(other, 6)).to_have_value("222")
    cell(other, 6).press("Enter")
    expect_state(other, 6, "saved")
    expect(cell(other, 6)).to_have_value("222,00")


def test_lost_network_keeps_the_amount_and_saves_it_later(june: Page, context: BrowserContext):
    context.set_offline(True)
    cell(june, 5).fill("55")
    june.keyboard.press("Enter")
    expect_state(june, 5, "waiting")
    expect(june.locator("#grid-summary")).to_contain_text("Немає зв’язку із сервером")
    expect(cell(june, 5)).to_have_value("55")
    context.set_offline(False)  # the page notices by itself
    expect_state(june, 5, "saved")


def test_ended_session_keeps_the_amount_until_the_person_is_back(
    june: Page, context: BrowserContext, sign_in
):
    context.clear_cookies(name="sessionid")
    cell(june, 4).fill("44")
    june.keyboard.press("Enter")
    expect(june.locator("#grid-summary")).to_contain_text("сеанс завершено")
    expect(cell(june, 4)).to_have_value("44")
    sign_in(context.new_page())
    june.get_by_role("button", name="Зберегти ще раз").click()
    expect_state(june, 4, "saved")


def test_payments_open_in_place_and_fold_away(june):
    toggle = june.get_by_role("link", name="Платежі: рядок 10")
    toggle.click()
    payments = june.locator(".payments-row")
    expect(payments).to_contain_text("100 ліцензій")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.click()
    expect(payments).to_have_count(0)
    cell(june, 2).press("Alt+ArrowDown")
    expect(payments).to_contain_text("Виправити")


def test_payment_is_entered_corrected_and_reversed(june):
    june.get_by_role("link", name="Внести платіж").click()
    june.get_by_label("Напрям").select_option(index=6)
    june.get_by_label("КЕКВ").fill("2240")
    june.get_by_label("Дата").fill("12.05.2023")
    june.get_by_label("Сума, грн").fill("3 000,00")
    june.get_by_role("button", name="Внести платіж").click()
    expect(june.locator(".messages")).to_contain_text("від 12.05.2023, рядок 6, КЕКВ 2240")
    cell(june, 6).press("Alt+ArrowDown")
    june.get_by_role("link", name="Виправити").click()
    june.get_by_label("Сума, грн").fill("3 100")
    june.get_by_role("button", name="Зберегти виправлення").click()
    expect(cell(june, 6)).to_have_value(plain("3 100,00"))
    cell(june, 6).press("Alt+ArrowDown")
    expect(june.locator(".payments-row")).to_contain_text("виправлено")
    june.get_by_role("link", name="Сторнувати").click()
    june.get_by_role("button", name="Сторнувати платіж").click()
    expect(june.locator(".messages")).to_contain_text("Сторновано")
    expect(cell(june, 6)).to_have_value("")


def test_reader_has_no_inputs_but_opens_payments(page, sign_in):
    sign_in(page, "audyt")
    page.goto(JUNE)
    expect(page.locator(".grid input")).to_have_count(0)
    page.get_by_role("link", name="Платежі: рядок 10").click()
    expect(page.locator(".payments-row")).to_contain_text("117")
    expect(page.locator(".payments-row")).not_to_contain_text("Виправити")


def test_sample_user_fills_the_sign_in_form(page):
    page.goto("/login/")
    page.get_by_role("button", name="finansy").click()
    expect(page.locator("#id_username")).to_have_value("finansy")
    page.get_by_role("button", name="Увійти").click()
    expect(page.get_by_role("navigation", name="Розділи")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(page, sign_in, assert_accessible, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("/login/")
    assert_accessible(page)
    sign_in(page)
    for address in ("/cash/", "/cash/1/", "/cash/1/new/"):
        page.goto(address)
        assert_accessible(page)
    page.goto(JUNE)
    page.get_by_role("link", name="Платежі: рядок 10").click()
    page.locator(".payments-row").wait_for()
    cell(page, 1, "2282").fill("99 000")
    cell(page, 1, "2282").press("Enter")
    page.locator(".cell-message").wait_for()
    assert_accessible(page)


def test_phone_scrolls_only_inside_the_grid(page, sign_in):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page)
    for address in ("/cash/", JUNE, "/cash/1/", "/cash/1/new/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
