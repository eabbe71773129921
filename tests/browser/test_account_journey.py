"""A newcomer's first day: the link, a password, an application with codes, sessions, a passkey."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]
NEW = "Zovsim-novyi-parol"


def code_of(secret: str) -> str:
    """What the application shows; near the end of its half minute, the next one."""
    left = 30 - time.time() % 30
    if left < 5:
        time.sleep(left + 0.1)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def next_code_of(secret: str) -> str:
    """A code works once: the next half minute brings another."""
    time.sleep(30 - time.time() % 30 + 0.1)
    return code_of(secret)


@pytest.fixture
def localhost(site: str) -> str:
    """Browsers give passkeys to names, not to numbers."""
    return site.replace("127.0.0.1", "localhost")


@pytest.fixture
def invite(site_environment: dict[str, str]) -> Callable[[str], str]:
    def make(username: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", "invite", username],
            cwd=ROOT, env=os.environ | site_environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    return make


def set_password(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("#id_new_password1").fill(NEW)
    page.locator("#id_new_password2").fill(NEW)
    page.get_by_role("button", name="Встановити пароль").click()
    expect(page.get_by_text("Пароль встановлено")).to_be_visible()


def fill_password(page: Page, username: str, password: str = NEW) -> None:
    page.goto("/login/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Увійти").click()


def confirm(page: Page) -> None:
    page.get_by_label("Пароль").fill(NEW)
    page.get_by_role("button", name="Підтвердити").click()


def from_menu(page: Page, name: str) -> None:
    page.locator(".user-menu summary").click()
    page.locator(".user-menu-items").get_by_text(name).click()


def test_from_the_link_to_codes_and_sessions(page: Page, browser: Browser, site: str, invite, assert_accessible):  # fmt: skip
    link = invite("nova")
    page.goto(link)
    assert_accessible(page)
    set_password(page, link)
    page.goto(link)
    expect(page.get_by_role("heading", name="Посилання не діє")).to_be_visible()
    fill_password(page, "nova")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    from_menu(page, "Другий фактор")
    assert_accessible(page)
    page.get_by_role("link", name="Додати застосунок").click()
    confirm(page)
    assert_accessible(page)
    expect(page.locator("img.scanned-code")).to_be_visible()
    assert page.locator("img.scanned-code").evaluate("image => image.naturalWidth > 0")
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Код із застосунку").fill(code_of(secret))
    page.get_by_role("button", name="Увімкнути").click()
    expect(page.locator(".secret-codes li")).to_have_count(10)
    assert_accessible(page)

    from_menu(page, "Вийти")
    fill_password(page, "nova")
    expect(page.get_by_role("heading", name="Другий крок входу")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Код").fill(code_of(secret))
    page.get_by_role("button", name="Увійти", exact=True).click()
    expect(page.locator(".user-menu")).to_be_visible()

    elsewhere = browser.new_context(base_url=site, locale="uk-UA")
    other = elsewhere.new_page()
    fill_password(other, "nova")
    other.get_by_label("Код").fill(next_code_of(secret))
    other.get_by_role("button", name="Увійти", exact=True).click()
    expect(other.locator(".user-menu")).to_be_visible()

    from_menu(page, "Сеанси")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert_accessible(page)
    page.get_by_role("button", name="Завершити", exact=True).click()
    expect(page.get_by_text("Завершено сеансів: 1")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    other.reload()
    expect(other.get_by_role("heading", name="Вхід")).to_be_visible()
    elsewhere.close()


def test_a_passkey_signs_in_without_a_password(browser: Browser, localhost: str, invite, assert_accessible):  # fmt: skip
    context = browser.new_context(base_url=localhost, locale="uk-UA")
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    set_password(page, invite("kliuch"))
    fill_password(page, "kliuch")
    from_menu(page, "Другий фактор")
    page.get_by_role("link", name="Додати ключ").click()
    confirm(page)
    assert_accessible(page)
    page.get_by_label("Входити самим ключем, без пароля").check()
    page.get_by_role("button", name="Додати ключ").click()
    expect(page.locator(".secret-codes li")).to_have_count(10)

    from_menu(page, "Вийти")
    page.goto("/login/")
    page.get_by_role("button", name="Ключ доступу").click()
    expect(page.locator(".user-menu")).to_be_visible()

    from_menu(page, "Вийти")
    fill_password(page, "kliuch")
    page.get_by_role("button", name="Ключ доступу").click()
    expect(page.locator(".user-menu")).to_be_visible()
    from_menu(page, "Другий фактор")
    page.get_by_role("link", name="Показати ключі").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_text("без пароля")).to_be_visible()
    assert errors == []
    context.close()


def test_pages_obey_the_policy(page: Page, sign_in):
    """The browser would say in its console what the policy kept from running."""
    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if "Content Security" in m.text else None)
    sign_in(page)
    for address in ("/", "/passports/1/", "/reports/1/passport-execution/", "/cash/1/6/",
                    "/programmes/zhytomyr-e-misto/", "/account/second-factor/", "/password/"):  # fmt: skip
        page.goto(address)
    sign_in_again = page.context.new_page()
    sign_in_again.goto("/account/sessions/")
    assert refused == []
    page.goto("/reports/1/passport-execution/")
    columns = page.locator(".document__table thead th").first
    assert columns.evaluate("cell => cell.getBoundingClientRect().width") > 0
