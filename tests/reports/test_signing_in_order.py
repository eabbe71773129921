"""Who signs when: in the prescribed order, each as themselves or through a deputy, each the PDF of this report."""

import datetime as dt
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from budgets.choices import Role
from budgets.exceptions import RuleViolation
from budgets.models import Change, Event, Membership
from budgets.selectors import record as reading
from reports.issuing import package, trusting
from reports.models import IssuedReport, IssuedSignature, SampleAuthority
from reports.services import delivery, signatures
from reports.signing import asice, cms, pdf
from tests.reports.issued_samples import current, issued, signed, upload

pytestmark = pytest.mark.django_db
HEAD, ACCOUNTANT = "ПАШКО Ольга Іванівна", "ОСАДЧУК Тетяна Петрівна"


@pytest.fixture
def report(sample, officer) -> IssuedReport:
    return issued(sample, officer)


@pytest.fixture
def authority(sample):
    return trusting.sample_authority()


@pytest.fixture
def head(authority):
    return authority.key(HEAD, tax_number="1234567899")


@pytest.fixture
def accountant(authority):
    return authority.key(ACCOUNTANT)


def stands(report: IssuedReport) -> str:
    return IssuedReport.objects.get(pk=report.pk).status


def test_two_sign_in_turn_one_elsewhere_and_one_by_key(report, officer, head, accountant, tmp_path):
    elsewhere = pdf.sign_pdf(current(report), head, reason="Затверджую")
    (first,) = upload(report, elsewhere, officer)
    assert stands(report) == "signing"
    assert (first.signer.order, first.way, first.counts, first.verdict) == (
        1,
        "uploaded",
        True,
        "valid",
    )
    assert (first.person, first.tax_number, first.is_test) == (HEAD, "1234567899", True)
    (second,) = signatures.sign_with_key(report=report, key=accountant, by=officer)
    assert stands(report) == "signed"
    assert (second.signer.order, second.way) == (2, "key")
    assert second.name == "2023-0217530-zvit-v1-pidpys-2.pdf"
    # Every byte of the issued and of the once signed PDF is still there.
    assert current(report).startswith(elsewhere)
    # An independent program agrees.
    if shutil.which("pdfsig") is None:
        pytest.skip("poppler is not installed")
    path = tmp_path / "signed.pdf"
    path.write_bytes(current(report))
    told = subprocess.run(
        ["pdfsig", str(path)],  # noqa: S607
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert told.count("Signature Validation: Signature is Valid.") == 2
    assert told.count("Total document signed") == 1  # the last one; the first covers what it found


def test_a_signature_may_stand_beside_the_pdf_or_around_it(
    report, officer, head, accountant, tmp_path
):
    content = current(report)
    detached = cms.sign_detached(content, head)
    (first,) = upload(report, detached, officer, "zvit.pdf.p7s")
    assert (first.format, first.name) == ("CAdES", "2023-0217530-zvit-v1-pidpys-1.p7s")
    assert first.document == "2023-0217530-zvit-v1.pdf"
    files = {each.name: each.file.open().read() for each in report.files.all()}
    (second,) = upload(report, asice.pack(files, accountant), officer, "zvit.asice")
    assert (second.format, second.counts) == ("ASiC-E", True)
    assert stands(report) == "signed"
    (tmp_path / "zvit.pdf").write_bytes(content)
    (tmp_path / "zvit.p7s").write_bytes(detached)
    (tmp_path / "root.pem").write_text(json.loads(SampleAuthority.objects.get().kept)["root"])
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "zvit.p7s", "-content", "zvit.pdf",  # noqa: S607
         "-CAfile", "root.pem", "-purpose", "any", "-out", "/dev/null"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert "successful" in done.stderr.lower(), done.stderr


def test_a_wrong_order_is_refused(report, officer, accountant):
    with pytest.raises(
        RuleViolation, match="підписує пізніше: зараз черга «Керуючий справами Ольга ПАШКО»"
    ):
        upload(report, cms.sign_detached(current(report), accountant), officer)
    with pytest.raises(RuleViolation, match="підписує пізніше"):
        signatures.sign_with_key(report=report, key=accountant, by=officer)
    assert stands(report) == "issued"
    assert not report.signatures.exists()


def test_another_person_is_refused(report, officer, authority):
    stranger = authority.key("ЧУЖИЙ Ольга")
    with pytest.raises(RuleViolation, match="виданий на ім’я ЧУЖИЙ Ольга"):
        signatures.sign_with_key(report=report, key=stranger, by=officer)


def test_a_signature_of_another_report_is_refused(sample, report, officer, head):
    other = issued(sample, officer, kind="passport")
    for foreign in (
        pdf.sign_pdf(current(other), head, reason="x"),
        cms.sign_detached(current(other), head),
        cms.sign_attached(current(other), head),
        asice.pack({"a.pdf": current(other)}, head),
    ):
        with pytest.raises(RuleViolation, match="Підпис не прийнято"):
            upload(report, foreign, officer)
    assert not report.signatures.exists()


def test_the_second_signature_goes_on_from_the_first(report, officer, head, accountant):
    untouched = current(report)
    signatures.sign_with_key(report=report, key=head, by=officer)
    with pytest.raises(RuleViolation, match="не містить попередніх підписів"):
        upload(report, pdf.sign_pdf(untouched, accountant, reason="x"), officer)
    # Beside the PDF it may stand on what was issued or on what is signed so far.
    (second,) = upload(report, cms.sign_detached(current(report), accountant), officer)
    assert second.document == "2023-0217530-zvit-v1-pidpys-1.pdf"


def test_both_at_once_and_no_signature_twice(report, officer, head, accountant):
    once = pdf.sign_pdf(current(report), head, reason="x")
    upload(report, once, officer)
    with pytest.raises(RuleViolation, match="вже прийнято"):
        upload(report, once, officer)
    again = issued(report.passport, officer)
    twice = pdf.sign_pdf(pdf.sign_pdf(current(again), head, reason="x"), accountant, reason="x")
    assert [each.signer.order for each in upload(again, twice, officer)] == [1, 2]
    assert stands(again) == "signed"
    assert len({each.digest for each in again.signatures.all()}) == 1
    assert again.signatures.values("name").distinct().count() == 1


def test_only_the_pdf_is_signed(report, officer, head):
    data = report.files.get(format="json").file.open().read()
    with pytest.raises(
        RuleViolation, match=r"Підписано 2023-0217530-zvit-v1\.json, а підписують PDF"
    ):
        upload(report, cms.sign_detached(data, head), officer)


def test_a_changed_file_is_refused(report, officer, head):
    whole = current(report)
    changed = pdf.sign_pdf(whole, head, reason="x")
    flipped = (len(whole) // 2, len(whole) + 200)  # of what was issued, of what signing added
    spoilt = [changed[:at] + bytes([changed[at] ^ 1]) + changed[at + 1 :] for at in flipped]
    for each in (*spoilt, changed + b"\n% later", changed[:-20]):
        with pytest.raises(RuleViolation):
            upload(report, each, officer)
    with pytest.raises(RuleViolation, match="немає жодного підпису"):
        upload(report, current(report), officer)
    assert not report.signatures.exists()


def test_what_could_not_be_checked_is_kept_and_does_not_count(report, officer, head, settings):
    settings.SAMPLE = False  # nobody trusts the test authority then
    detached = cms.sign_detached(current(report), head)
    (kept,) = upload(report, detached, officer)
    assert (kept.verdict, kept.counts, stands(report)) == ("not_checked", False, "issued")
    assert "Довірчий список не налаштовано" in " ".join(kept.reasons)
    (again,) = upload(report, detached, officer)
    assert again.name != kept.name
    settings.UNCHECKED_SIGNATURES_COUNT = True
    (counted,) = upload(report, detached, officer)
    assert (counted.verdict, counted.counts, stands(report)) == ("not_checked", True, "signing")


def test_the_tax_number_of_the_account_decides_before_the_name(report, officer, authority, sample):
    person = User.objects.create_user("pashko", first_name="Ольга", last_name="Пашко")
    unit = sample.programme.key_unit
    Membership.objects.create(user=person, unit=unit, role=Role.SIGNATORY, valid_from="2023-01-01")
    SocialAccount.objects.create(user=person, provider="id_gov_ua", uid="1234567899")
    for wrong in (authority.key(HEAD, tax_number="3456789012"), authority.key(HEAD)):
        with pytest.raises(RuleViolation, match="виданий на ім’я"):
            signatures.sign_with_key(report=report, key=wrong, by=officer)
    key = authority.key("ІНАКША Ольга", tax_number="1234567899")  # married since
    signatures.sign_with_key(report=report, key=key, by=officer)
    assert stands(report) == "signing"


def test_a_deputy_signs_for_an_absent_colleague_between_the_dates(
    report, officer, authority, sample
):
    unit, today = sample.programme.key_unit, timezone.localdate()
    absent = User.objects.create_user("pashko", first_name="Ольга", last_name="Пашко")
    deputy = User.objects.create_user("melnyk", first_name="Іван", last_name="Мельник")
    Membership.objects.create(user=absent, unit=unit, role=Role.SIGNATORY, valid_from="2023-01-01")
    acting = Membership.objects.create(
        user=deputy, unit=unit, role=Role.SIGNATORY, acting_for=absent, valid_from="2023-01-01",
        valid_to=today - dt.timedelta(1),
    )  # fmt: skip
    key = authority.key("МЕЛЬНИК Іван")
    with pytest.raises(RuleViolation, match="або його заступника"):
        signatures.sign_with_key(report=report, key=key, by=deputy)
    acting.valid_to, acting.role = today, Role.AUDITOR  # stands in for another of their roles
    acting.save()
    with pytest.raises(RuleViolation, match="або його заступника"):
        signatures.sign_with_key(report=report, key=key, by=deputy)
    acting.role = Role.SIGNATORY
    acting.save()
    (signature,) = signatures.sign_with_key(report=report, key=key, by=deputy)
    assert (signature.signer.name, signature.person) == ("Ольга ПАШКО", "МЕЛЬНИК Іван")


def test_a_report_is_returned_with_a_reason_and_signed_as_the_next_version(report, officer, head):
    with pytest.raises(RuleViolation, match="Напишіть, чому"):
        signatures.return_report(report=report, reason=" ", by=officer)
    signatures.return_report(report=report, reason="сума в рядку 3", by=officer)
    with pytest.raises(RuleViolation, match="повернуто"):
        signatures.sign_with_key(report=report, key=head, by=officer)
    later = issued(report.passport, officer)
    assert (later.supersedes, later.version) == (report, 2)
    assert Event.objects.get(action="signatures.return_report").reason == "сума в рядку 3"


def test_what_is_superseded_is_not_signed(report, officer, head):
    issued(report.passport, officer)
    with pytest.raises(RuleViolation, match=r"Видано новішу версію: 2023-0217530-zvit-v2\."):
        signatures.sign_with_key(report=report, key=head, by=officer)


@pytest.fixture
def seal(authority, settings, tmp_path) -> Path:
    """The institution's seal as the settings name it."""
    path = tmp_path / "seal.p12"
    path.write_bytes(
        authority.issue("Виконавчий комітет", edrpou="04053625", password="до печатки")
    )
    settings.SEAL, settings.SEAL_PASSWORD = str(path), "до печатки"
    return path


def test_the_seal_signs_last_and_by_itself(sample, officer, head, accountant, seal):
    report = issued(sample, officer)
    assert [str(each) for each in report.signers.all()][2].startswith("Електронна печатка")
    signatures.sign_with_key(report=report, key=head, by=officer)
    assert stands(report) == "signing"
    with pytest.raises(RuleViolation, match="після підписів усіх"):
        signatures.sign_with_seal(report=report, by=officer)
    second, sealed = signatures.sign_with_key(report=report, key=accountant, by=officer)
    assert (second.way, sealed.way, sealed.edrpou) == ("key", "seal", "04053625")
    assert stands(report) == "signed"


def test_a_seal_that_cannot_be_used_keeps_the_signature_of_the_person(
    sample, head, accountant, seal, settings
):
    report = issued(sample, None)
    signatures.sign_with_key(report=report, key=head, by=None)
    settings.SEAL_PASSWORD = "інший"
    with pytest.raises(RuleViolation, match="Печаткою установи не можна скористатися"):
        signatures.sign_with_key(report=report, key=accountant, by=None)
    assert report.signatures.filter(counts=True).count() == 2
    settings.SEAL_PASSWORD = "до печатки"
    signatures.sign_with_seal(report=IssuedReport.objects.get(pk=report.pk), by=None)
    assert stands(report) == "signed"
    seal.unlink()
    with pytest.raises(RuleViolation, match="Файла печатки установи немає"):
        issued(sample, None)


def test_the_record_holds_after_issuing_signing_and_taking(report, officer):
    signed(report)
    delivery.take(report=report, what="x", by=officer)
    signatures.return_report(report=issued(report.passport, officer), reason="x", by=officer)
    assert reading.verify().faults == ()


def test_signing_is_an_event_without_the_tax_number(report, officer, head):
    signatures.sign_with_key(report=report, key=head, by=officer)
    event = Event.objects.latest("number")
    assert (event.action, event.person, event.subject_id) == ("signatures.sign", officer, report.pk)
    row = Change.objects.get(event=event, table_name="reports_issuedsignature")
    assert "1234567899" not in (row.after or "")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_issuedsignature SET verdict = 'not_checked'",
        "UPDATE reports_issuedsignature SET person = 'x'",
        "DELETE FROM reports_issuedsignature",
        "DELETE FROM reports_sampleauthority",
    ],
)
def test_a_kept_signature_never_changes(report, statement):
    signed(report, 1)
    with (
        pytest.raises(DatabaseError, match="frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_invalid_signature_cannot_even_be_stored(report):
    signed(report, 1)
    row = IssuedSignature.objects.get()
    row.pk, row.verdict, row.counts = None, "invalid", False
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_the_command_signs_for_all_in_order_and_only_in_the_sample(report, settings, tmp_path):
    told = io.StringIO()
    call_command("sign_with_test_authority", report.pk, stdout=told)
    assert [line.split(":")[0] for line in told.getvalue().splitlines()] == [
        "Керуючий справами Ольга ПАШКО",
        "Головний бухгалтер Тетяна ОСАДЧУК",
    ]
    assert stands(report) == "signed"
    with pytest.raises(CommandError, match="Підписувати нічого"):
        call_command("sign_with_test_authority", report.pk)
    with pytest.raises(CommandError, match="no issued report"):
        call_command("sign_with_test_authority", 0)
    listed = dict(package.contents(report))
    described = json.loads(listed["2023-0217530-zvit-v1-zmist.json"])
    assert [each["is_test"] for each in described["signatures"]] == [True, True]
    assert listed["2023-0217530-zvit-v1-pidpys-2.pdf"] == current(report)
    settings.SAMPLE = False
    with pytest.raises(CommandError, match="sample set-up only"):
        call_command("sign_with_test_authority", report.pk)
    with pytest.raises(RuleViolation, match="лише у зразку"):
        signatures.sign_as_sample(report=report, by=None)


def test_a_site_with_another_secret_trusts_the_old_test_signatures_and_makes_keys_of_its_own(
    report, settings
):
    trusting.sample_authority()
    settings.SECRET_KEY = "another-secret-of-a-restored-site-0123456789"
    trusting.sample_authority()
    assert SampleAuthority.objects.count() == 2
    assert len(trusting.current().roots) == 2
    trusting.sample_authority()
    assert SampleAuthority.objects.count() == 2
