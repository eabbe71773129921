"""A campaign of three units: each hands its report in, one is returned with a remark, corrected and accepted; it closes."""

import re

from playwright.sync_api import Locator, Page, expect

UNITS = (
    "Відділ організаційного забезпечення депутатської діяльності",
    "Управління по зв’язках з громадськістю",
    "Управління звернень та діловодства Житомирської міської ради",
)


def campaign(page: Page) -> None:
    page.goto("/programmes/zhytomyr-efektyvna-vlada/execution/2022-9m/")


def unit(page: Page, name: str) -> None:
    """From the campaign to the report of a unit, as its row leads there."""
    campaign(page)
    page.get_by_role("rowheader", name=name).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def hand_in(page: Page, reason: str) -> None:
    page.get_by_label("Чому звіт подається попри застереження").fill(reason)
    page.get_by_role("button", name="Подати звіт").click()
    expect(page.get_by_text("Звіт подано. Відповідальний виконавець")).to_be_visible()


def write(row: Locator, text: str) -> None:
    """What was typed is saved when the field is left."""
    row.get_by_label("Що зроблено або чому ні").fill(text)
    row.get_by_label("Роботи виконано, %").focus()
    expect(row.get_by_role("status")).to_contain_text("збережено")


def test_three_units_report_one_is_returned_and_the_campaign_closes(
    page: Page, sign_in, assert_accessible
):
    sign_in(page)
    # The first page names what waits, with its deadline.
    waiting = page.get_by_role("region", name="Чекає на мене")
    expect(waiting.get_by_role("link")).to_have_count(3)
    waiting.get_by_role("link", name=re.compile(UNITS[0])).click()
    assert_accessible(page)

    # A report with warnings is not handed in without a reason; what was typed stays.
    page.get_by_role("button", name="Подати звіт").click()
    expect(page.get_by_role("alert")).to_contain_text("Застережень: ")
    # Both percents and their difference stand on the page.
    row = page.locator(
        "article", has=page.get_by_role("heading", name="2. Придбання послуг та товарів")
    )
    expect(row).to_contain_text("80,00")
    expect(page.locator(".row-state").get_by_text("зазначено 100,00 % роботи, а коштів сплачено 80,00 %.")).to_be_visible()  # fmt: skip
    hand_in(page, "Закупівлі коштували менше, ніж планували.")
    # One published report is silent about a row: that is an error, and no reason helps.
    unit(page, UNITS[1])
    page.get_by_label("Чому звіт подається попри застереження").fill("Так надруковано.")
    page.get_by_role("button", name="Подати звіт").click()
    expect(page.get_by_role("alert")).to_contain_text("Звіт не подано: Розробка дизайну")
    silent = page.locator("article", has=page.get_by_role("heading", name="Розробка дизайну"))
    write(silent, "Дизайн розробляли власними силами.")
    hand_in(page, "Період ще не скінчився для цих заходів.")
    unit(page, UNITS[2])
    hand_in(page, "Нагороджують упродовж року.")

    # The responsible unit returns one report with a remark on a row, and accepts the others.
    unit(page, UNITS[0])
    page.get_by_role("link", name="Повернути із зауваженнями").click()
    page.locator(
        "article", has=page.get_by_role("heading", name="2. Придбання послуг")
    ).get_by_label(re.compile("^Зауваження")).fill("Скільки коштувало б без закупівлі?")
    page.get_by_role("button", name="Повернути звіт").click()
    for name in UNITS[1:]:
        unit(page, name)
        page.get_by_role("button", name="Прийняти звіт").click()
        expect(page.get_by_text("Звіт прийнято")).to_be_visible()
    campaign(page)
    expect(page.get_by_role("button", name="Закрити кампанію")).to_have_count(0)

    # The unit finds the remark at its row, answers it, and hands the report in again.
    unit(page, UNITS[0])
    row = page.locator(
        "article", has=page.get_by_role("heading", name="2. Придбання послуг та товарів")
    )
    expect(row).to_contain_text("Скільки коштувало б без закупівлі?")
    write(row, "Без закупівлі — 116,0 тис. грн, разом — 92,8.")
    expect(row).not_to_contain_text("Скільки коштувало б")
    page.reload()
    expect(row.get_by_label("Що зроблено або чому ні")).to_have_value(re.compile("Без закупівлі"))
    hand_in(page, "Закупівлі коштували менше, ніж планували.")
    page.get_by_role("button", name="Прийняти звіт").click()

    # The consolidated report is the sum of the three; it closes, and no row is written any more.
    campaign(page)
    expect(page.locator("table.document, .document table").first).to_contain_text("868,6")
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("button", name="Закрити кампанію").click()
    expect(page.get_by_text("Кампанію закрито: звіти більше не змінюються")).to_be_visible()
    unit(page, UNITS[0])
    expect(page.get_by_role("button", name="Зберегти рядок")).to_have_count(0)
