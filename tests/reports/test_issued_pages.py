"""Pages of issued reports: issuing, signing, the room of the council, receipts, publication, verification by strangers."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.models import Event, Programme
from reports.catalogue import ProgrammePaper
from reports.issuing import summarising, trusting, wanted
from reports.models import IssuedReceipt, IssuedReport
from reports.services import issuing
from reports.services.issuing import Signer
from reports.signing import cms
from tests.reports import issued_samples
from tests.reports.issued_samples import current, issued, signed

pytestmark = pytest.mark.django_db
PDF = "2023-0217530-zvit-v1.pdf"


@pytest.fixture
def report(sample, officer) -> IssuedReport:
    return issued(sample, officer)


@pytest.fixture
def clerk_client(sign_in, clerk) -> Client:
    return sign_in(clerk)


@pytest.fixture
def signatory_client(sign_in, signatory) -> Client:
    return sign_in(signatory)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def file(content: bytes, name: str = "file") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


# Issuing


def test_a_report_is_issued_from_its_page(sample, officer_client):
    address = reverse("report_issue", args=[sample.pk, "passport-execution"])
    assert address in text(officer_client.get(reverse("report", args=[sample.pk])))
    page = text(officer_client.get(address))
    assert "Буде версія 1" in page
    assert "Керуючий справами Ольга ПАШКО" in page
    with issued_samples.unprinted():
        answer = officer_client.post(address, follow=True)
    report = IssuedReport.objects.get()
    assert answer.redirect_chain == [(reverse("issued_report", args=[report.pk]), 302)]
    assert "Звірено цифр: 468 із 468" in text(answer)
    assert "468 із 468 цифр рівні у PDF, XLSX і JSON" in text(answer)
    assert "замінить 2023-0217530-zvit-v1" in text(officer_client.get(address))


def test_errors_leave_no_button_and_warnings_ask_why(sample, officer_client):
    address = reverse("programme_issue", args=["zhytomyr-e-misto", "programme-measures"])
    assert 'name="reason"' in text(officer_client.get(address))
    for sent, message in (
        ({"signers": "Міський голова: Ім’я ПРІЗВИЩЕ"}, "Заповніть це поле"),
        ({"signers": "Міський голова", "reason": "так надруковано"}, "двокрапку"),
    ):
        answer = officer_client.post(address, sent)
        assert (answer.status_code, message in text(answer)) == (422, True)
    with issued_samples.unprinted():
        officer_client.post(
            address, {"signers": "Міський голова: Ім’я ПРІЗВИЩЕ", "reason": "так надруковано"}
        )
    report = IssuedReport.objects.get()
    assert (report.kind, report.warnings_reason) == ("programme-measures", "так надруковано")
    sample.execution_report.conclusion = ""
    sample.execution_report.save()
    page = text(officer_client.get(reverse("report_issue", args=[sample.pk, "passport-execution"])))
    assert "Видати не можна" in page
    assert "Розділ 10" in page
    assert ">Видати</button>" not in page


def test_a_draft_leads_back(sample, officer_client, elsewhere):
    address = reverse("programme_issue", args=["zhytomyr-e-misto", "unknown"])
    assert officer_client.get(address).status_code == 404
    foreign = reverse("report_issue", args=[elsewhere.passport.pk, "passport"])
    assert officer_client.get(foreign).status_code == 404


# Signing


def test_one_sign_by_upload_and_one_by_key_file(report, signatory_client):
    page = reverse("issued_sign", args=[report.pk])
    assert reverse("issued_sign", args=[report.pk]) in text(signatory_client.get(reverse("home")))
    shown = text(signatory_client.get(page))
    assert report.files.get(format="pdf").digest in shown
    assert "підпис 1 із 2" in shown
    authority = trusting.sample_authority()
    head = authority.key("ПАШКО Ольга")
    detached = file(cms.sign_detached(current(report), head), "zvit.p7s")
    answer = signatory_client.post(page, {"way": "upload", "signed": detached}, follow=True)
    assert "Підпис прийнято: Керуючий справами Ольга ПАШКО" in text(answer)
    stored = authority.issue("ОСАДЧУК Тетяна", password="таємниця-ключа")
    wrong = {"way": "key", "key": file(stored, "key.p12"), "password": "інший"}
    answer = signatory_client.post(page, wrong)
    assert (answer.status_code, "Пароль до файла ключа неправильний" in text(answer)) == (422, True)
    assert Event.objects.get(action="signatures.refused").subject_id == report.pk
    right = {"way": "key", "key": file(stored, "key.p12"), "password": "таємниця-ключа"}
    answer = signatory_client.post(page, right, follow=True)
    report.refresh_from_db()
    assert report.status == "signed"
    assert text(answer).count("тестовий підпис") == 2
    assert "таємниця-ключа" not in "".join(map(str, Event.objects.values_list("reason", flat=True)))
    assert signatory_client.get(page).status_code == 302


def test_what_is_refused_stays_on_the_page_in_words(report, signatory_client):
    page = reverse("issued_sign", args=[report.pk])
    for sent, message in (
        ({"way": "upload"}, "Заповніть це поле"),
        ({"way": "upload", "signed": file(b"x")}, "Це не файл підпису"),
        ({"way": "key", "key": file(b"x"), "password": "x"}, "Це не файл ключа PKCS#12"),
    ):
        answer = signatory_client.post(page, sent)
        assert (answer.status_code, message in text(answer)) == (422, True), sent


def test_the_sample_signs_with_one_press(report, signatory_client, settings):
    page = reverse("issued_sign", args=[report.pk])
    answer = signatory_client.post(page, {"way": "test"}, follow=True)
    assert "Підпис прийнято" in text(answer)
    settings.SAMPLE = False
    assert "Тестовий підпис" not in text(signatory_client.get(page))
    assert signatory_client.post(page, {"way": "test"}).status_code == 422


def test_a_report_is_returned_with_its_reason(report, signatory_client, officer_client):
    address = reverse("issued_return", args=[report.pk])
    assert signatory_client.post(address, {"reason": ""}).status_code == 422
    signatory_client.post(address, {"reason": "Помилка в рядку 3."})
    assert "Помилка в рядку 3." in text(officer_client.get(reverse("issued")))
    shown = text(officer_client.get(reverse("issued_report", args=[report.pk])))
    assert "Повернуто без підпису: pidpys" in shown
    assert signatory_client.post(address, {"reason": "ще раз"}).status_code == 422


# The room


def test_the_council_takes_the_last_signed_version_and_leaves_a_receipt(
    report, officer, clerk, clerk_client
):
    signed(report)
    later = issued(report.passport, officer)
    room = text(clerk_client.get(reverse("issued")))
    assert "2023-0217530-zvit-v1" in room
    assert "готується версія 2" in room
    name = f"{report.name}-pidpys-2.pdf"
    address = reverse("issued_file", args=[report.pk, name])
    assert clerk_client.get(address).status_code == 302  # only against a receipt
    answer = clerk_client.post(reverse("issued_take", args=[report.pk]), {"file": name})
    assert answer.url == address
    taken = clerk_client.get(address)
    assert body(taken) == current(report)
    assert taken["Content-Disposition"] == f'attachment; filename="{name}"'
    receipt = IssuedReceipt.objects.get()
    assert (receipt.person, receipt.report, receipt.what) == (clerk, report, name)
    assert Event.objects.latest("number").action == "delivery.take"
    unknown = clerk_client.post(reverse("issued_take", args=[report.pk]), {"file": "x"})
    assert unknown.status_code == 404
    signed(later)
    assert "Чинна підписана версія: 2023-0217530-zvit-v2" in text(
        clerk_client.get(reverse("issued_report", args=[report.pk]))
    )
    assert "zvit-v1" not in text(clerk_client.get(reverse("issued")))


def test_receipts_are_shown_to_who_issues_and_publishes(report, clerk_client, auditor_client):
    clerk_client.post(reverse("issued_take", args=[report.pk]), {"file": PDF})
    address = reverse("issued_report", args=[report.pk])
    assert "Хто отримав" in text(clerk_client.get(address))
    assert "Хто отримав" not in text(auditor_client.get(address))


def test_a_download_goes_on_where_it_broke_off(report, officer_client):
    address = reverse("issued_file", args=[report.pk, PDF])
    whole = officer_client.get(address)
    content = body(whole)
    assert whole["Accept-Ranges"] == "bytes"
    assert int(whole["Content-Length"]) == len(content)
    etag = whole["ETag"]
    assert etag == f'"{report.files.get(format="pdf").digest}"'

    def part(asked, **more):
        return officer_client.get(address, headers={"range": asked, **more})

    middle = part("bytes=10-19")
    assert (middle.status_code, body(middle)) == (206, content[10:20])
    assert middle["Content-Range"] == f"bytes 10-19/{len(content)}"
    assert body(part("bytes=100-")) == content[100:]
    assert body(part("bytes=-7")) == content[-7:]
    assert body(part("bytes=10-9999999")) == content[10:]
    assert part(f"bytes={len(content)}-").status_code == 416
    assert part("bytes=5-4").status_code == 416
    for whole_again in ("bytes=1-2,5-6", "lines=1-2", "bytes=-", "bytes=x-"):
        assert part(whole_again).status_code == 200
    assert part("bytes=1-2", **{"if-range": '"another"'}).status_code == 200
    assert part("bytes=1-2", **{"if-range": etag}).status_code == 206
    known = officer_client.get(address, headers={"if-none-match": etag})
    assert (known.status_code, known.content) == (304, b"")


def test_a_commission_gets_one_archive(report, sample, officer, clerk_client):
    signed(report)
    other = signed(issued(sample, officer, kind="passport"))
    answer = clerk_client.post(reverse("issued_package"), {"report": [report.pk, other.pk, "x"]})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
    assert f"{report.name}/{report.name}-pidpys-2.pdf" in names
    assert f"{other.name}/{other.name}-zmist.json" in names
    assert IssuedReceipt.objects.count() == 2
    assert clerk_client.post(reverse("issued_package")).url == reverse("issued")


def test_deputies_read_one_page(report, clerk_client):
    signed(report)
    shown = text(clerk_client.get(reverse("issued_summary", args=[report.pk])))
    assert "Виконано 63,86 %" in shown
    assert "638 550,00" in shown
    assert "−361 450,00" in shown
    assert shown.count("тестовий підпис") == 2


def test_one_press_publishes_for_everybody(report, clerk_client, client):
    address = reverse("issued_publish", args=[report.pk])
    refused = clerk_client.post(address, follow=True)
    assert "Оприлюднюють підписаний звіт" in text(refused)
    public = reverse("published_report", args=[report.code])
    assert client.get(public).status_code == 404
    signed(report)
    clerk_client.post(address)
    assert public in text(client.get(reverse("published")))
    shown = text(client.get(public))
    assert "638 550,00" in shown
    names = [f"{report.name}.{ending}" for ending in ("json", "xlsx", "csv")]
    for name in (*names, f"{report.name}-pidpys-2.pdf", "datapackage.json"):
        assert name in shown
        assert client.get(reverse("published_file", args=[report.code, name])).status_code == 200
    assert client.get(reverse("published_file", args=[report.code, "x"])).status_code == 404
    table = client.get(reverse("published_file", args=[report.code, names[2]])).content.decode()
    assert "lines,total,total,cash_total,638550.00" in table
    told = json.loads(
        client.get(reverse("published_file", args=[report.code, "datapackage.json"])).content
    )
    assert (told["identifier"], told["isTest"]) == (report.code, True)
    data = client.get(reverse("published_file", args=[report.code, names[0]]))
    assert body(data).decode() == report.payload


def test_words_in_open_data_are_no_formulas(sample, officer):
    sample.execution_report.line_explanations.update(text="=1+1 пояснення")
    report = issued(sample, officer)
    rows = list(summarising.csv_rows(report))
    assert {row[-1] for row in rows if row[0] == "line_explanations" and "1+1" in row[-1]} == {
        "'=1+1 пояснення"
    }
    assert ("lines", "total", "total", "deviation_total", "-361450.00") in rows


# Verification by anybody


def test_a_stranger_verifies_by_code_and_by_file(report, officer, client):
    signed(report)
    page = reverse("verify")
    assert client.get(page).status_code == 200
    answer = client.post(page, {"code": report.shown_code.lower()}, follow=True)
    assert answer.redirect_chain == [(reverse("verify_code", args=[report.code]), 302)]
    assert "Такий звіт є, він підписаний і чинний" in text(answer)
    assert "1234567899" not in text(answer)
    whole = current(report)
    assert "Справжній і чинний" in text(client.post(page, {"copy": file(whole)}))
    changed = text(client.post(page, {"copy": file(whole + b"\n")}))
    assert "Змінено: це не той файл" in changed
    assert "Невідомий" in text(client.post(page, {"copy": file(b"x")}))
    assert "Невідомий" in text(client.get(reverse("verify_code", args=["000000000000"])))
    later = signed(issued(report.passport, officer))
    assert f"чинний {later.name}" in text(client.post(page, {"copy": file(whole)}))
    for nothing in ({}, {"code": ""}):
        assert client.post(page, nothing).status_code == 422
    unsigned = issued(report.passport, officer)
    assert "ще не підписано всіма" in text(client.get(reverse("verify_code", args=[unsigned.code])))


def test_checks_of_strangers_are_counted(db, client, settings):
    settings.VERIFY_LIMIT = "2/m/ip"
    page = reverse("verify")
    statuses = [client.post(page, {"code": "000000000000"}).status_code for _time in range(3)]
    assert statuses[:2] == [302, 302]
    assert statuses[2] == 429
    assert client.get(reverse("verify_code", args=["000000000000"])).status_code == 429
    assert client.get(page).status_code == 200


def test_a_site_without_trust_calls_nothing_valid(report, client, settings):
    signed(report)
    settings.SAMPLE = False
    shown = text(client.get(reverse("verify_code", args=[report.code])))
    assert "Не перевірено: збережені підписи" in shown


def test_lists_take_as_many_queries_for_many_reports(report, sample, officer, officer_client):
    def queries(page):
        with CaptureQueriesContext(connection) as counted:
            officer_client.get(reverse(page))
        return len(counted)

    before = queries("issued"), queries("home")
    signed(report)
    for kind in ("passport", "effectiveness", "cash-by-economic-code"):
        extra = [Signer("Голова", "Ім’я ПРІЗВИЩЕ")] if kind.startswith("cash") else []
        issued(sample, officer, kind=kind, reason="x", signers=extra)
    with issued_samples.unprinted():
        for programme in Programme.objects.all():
            paper = wanted.of_programme("programme-passport", ProgrammePaper(programme))
            head = [Signer("Голова", "Ім’я ПРІЗВИЩЕ")]
            issuing.issue(wanted=paper, by=officer, reason="x", signers=head)
    # Signed ones are asked for with their signers, signatures, files and executors: once, however many there are.
    assert queries("issued") <= before[0] + 6
    assert queries("home") <= before[1] + 2
