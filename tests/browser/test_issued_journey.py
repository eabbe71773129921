"""A report from issue to a stranger's check: two signatures, one uploaded and one by key, taken by the council, superseded."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reports.signing import pdf
from reports.signing.authority import TestAuthority

ROOT = Path(__file__).resolve().parents[2]
_AUTHORITY = """
import django; django.setup()
from reports.issuing import trusting
import sys
authority = trusting.sample_authority()
sys.stdout.buffer.write(authority.save("journey"))
"""


@pytest.fixture(scope="module")
def authority(site: str, site_environment: dict[str, str]) -> TestAuthority:
    """The test authority of the running site, whose keys people bring from elsewhere."""
    made = subprocess.run(
        [sys.executable, "-c", _AUTHORITY],
        cwd=ROOT,
        env=site_environment | {"DJANGO_SETTINGS_MODULE": "eprogram.settings"},
        check=True,
        capture_output=True,
    )
    return TestAuthority.load(made.stdout, "journey")


def issue(page: Page, version: int) -> None:
    page.goto("/reports/1/")
    page.get_by_role("link", name="Видати і передати на підпис").click()
    page.get_by_role("button", name="Видати").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"2023-0217530-zvit-v{version}", timeout=60_000
    )
    expect(page.locator("main")).to_contain_text("468 із 468 цифр рівні у PDF, XLSX і JSON")


def become(page: Page, sign_in, username: str = "") -> None:
    """Sign out, and in as somebody else where a name is given."""
    page.context.clear_cookies()
    if username:
        sign_in(page, username)


def sign_elsewhere_and_upload(page: Page, authority: TestAuthority, folder: Path) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name="2023-0217530-zvit-v1.pdf").click()
    download.value.save_as(folder / "zvit.pdf")
    key = authority.key("ПАШКО Ольга")
    signed = pdf.sign_pdf((folder / "zvit.pdf").read_bytes(), key, reason="Підписую")
    (folder / "signed.pdf").write_bytes(signed)
    page.get_by_label("Підписаний PDF").set_input_files(folder / "signed.pdf")
    page.get_by_role("button", name="Завантажити підпис").click()
    accepted(page, "Керуючий справами Ольга ПАШКО")
    return signed


def sign_by_key(page: Page, authority: TestAuthority, folder: Path) -> None:
    (folder / "key.p12").write_bytes(authority.issue("ОСАДЧУК Тетяна", password="kliuch"))
    page.get_by_role("link", name="Підписати").click()
    page.get_by_label("Файл ключа").set_input_files(folder / "key.p12")
    page.get_by_label("Пароль до ключа").fill("kliuch")
    page.get_by_role("button", name="Підписати ключем").click()
    accepted(page, "Головний бухгалтер Тетяна ОСАДЧУК")


def accepted(page: Page, who: str) -> None:
    expect(page.locator(".messages")).to_contain_text(f"Підпис прийнято: {who}", timeout=60_000)


def take_and_publish(page: Page, copy: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("zvit-v1-pidpys-2.pdf")).click()
    download.value.save_as(copy)
    page.reload()
    expect(page.locator("main")).to_contain_text("rada · 2023-0217530-zvit-v1-pidpys-2.pdf")
    page.get_by_role("button", name="Оприлюднити").click()
    expect(page.locator(".messages")).to_contain_text("Оприлюднено")


def check(page: Page, copy: Path, answer: str) -> None:
    page.goto("/v/")
    page.get_by_label("Файл документа").set_input_files(copy)
    page.get_by_role("button", name="Перевірити").click()
    expect(page.locator("main")).to_contain_text(answer, timeout=60_000)


def check_by_code(page: Page, code: str) -> None:
    page.goto("/v/")
    page.get_by_label("Код перевірки").fill(code.lower())
    page.get_by_role("button", name="Перевірити").click()
    expect(page.locator("main")).to_contain_text("він підписаний і чинний", timeout=60_000)
    expect(page.locator("main")).to_contain_text("тестовий підпис")
    page.get_by_role("link", name="сторінка і файли").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ЗВІТ про виконання паспорта")


def spoilt(copy: Path) -> Path:
    content = bytearray(copy.read_bytes())
    content[5000] ^= 1
    changed = copy.with_name("changed.pdf")
    changed.write_bytes(content)
    return changed


def test_a_report_is_issued_signed_taken_verified_and_superseded(
    page: Page, sign_in, authority, tmp_path, assert_accessible
):
    page.set_default_timeout(60_000)  # printing a report takes seconds, more on a busy machine
    sign_in(page)
    issue(page, 1)
    assert_accessible(page)
    code = page.get_by_role("link", name=re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-")).inner_text()

    become(page, sign_in, "pidpys")
    page.get_by_role("link", name="2023-0217530-zvit-v1").first.click()
    assert_accessible(page)
    signed = sign_elsewhere_and_upload(page, authority, tmp_path)
    sign_by_key(page, authority, tmp_path)

    become(page, sign_in, "rada")
    page.get_by_role("link", name="Видані", exact=True).click()
    assert_accessible(page)
    page.get_by_role("link", name=re.compile("ЗВІТ про виконання паспорта")).click()
    copy = tmp_path / "copy.pdf"
    take_and_publish(page, copy)
    assert copy.read_bytes().startswith(signed)

    become(page, sign_in)
    page.set_viewport_size({"width": 400, "height": 800})
    check(page, copy, "Справжній і чинний")
    assert_accessible(page)
    check_by_code(page, code)
    assert_accessible(page)
    check(page, spoilt(copy), "Змінено")

    page.set_viewport_size({"width": 1366, "height": 768})
    sign_in(page)
    issue(page, 2)
    for who in ("Керуючий справами", "Головний бухгалтер"):
        page.get_by_role("link", name="Підписати").click()
        page.get_by_role("button", name="Поставити тестовий підпис").click()
        accepted(page, who)
    become(page, sign_in)
    check(page, copy, "його замінено: чинний 2023-0217530-zvit-v2")
