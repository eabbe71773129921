"""Key files: what is read, and what is refused with which words."""

import datetime as dt

import pytest
from asn1crypto import core
from cryptography import x509

from reports.signing.authority import TestAuthority
from reports.signing.keys import KeyRefused, read_key
from tests.reports.signing.signing_day import AT

DAY = dt.timedelta(days=1)


def test_a_key_is_read_with_its_password_and_prints_no_secret(authority):
    key = read_key(authority.issue("Особа Перша", password="таємне слово"), "таємне слово", at=AT)
    assert key.signer.name == "Особа Перша"
    assert "private" not in repr(key)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "не файл ключа PKCS#12"),
        (b"\xfe\xed\xfe\xed jks", "не файл ключа PKCS#12"),
        (b"\x30" * 300_000, "не файл ключа PKCS#12"),
        (b"\x30\x82\x01\x00 torn", "пошкоджений"),
    ],
)
def test_what_is_no_key_is_refused(file, words):
    with pytest.raises(KeyRefused, match=words):
        read_key(file, "p", at=AT)


def test_a_wrong_password_is_told_from_a_torn_file(authority):
    file = authority.issue("Особа Перша", password="one")
    with pytest.raises(KeyRefused, match="Пароль до файла ключа неправильний"):
        read_key(file, "another", at=AT)


def test_a_national_key_is_told_from_a_wrong_password(authority):
    """Its seal is made by ГОСТ 34.311, which the library reports like a wrong password."""
    file = authority.issue("Особа Перша", password="p")
    sha256, gost = (
        core.ObjectIdentifier(number).dump()
        for number in ("2.16.840.1.101.3.4.2.1", "1.2.804.2.1.1.1.1.2.1")
    )
    assert sha256 in file
    with pytest.raises(KeyRefused, match="ДСТУ 4145"):
        read_key(file.replace(sha256, gost), "p", at=AT)


def test_a_key_that_ended_or_has_not_begun_is_refused(authority):
    ended = authority.issue("Особа Перша", password="p", valid_until=AT - DAY)
    with pytest.raises(KeyRefused, match=r"прострочений 29\.02\.2024"):
        read_key(ended, "p", at=AT)
    to_come = authority.issue("Особа Перша", password="p", valid_from=AT + DAY)
    with pytest.raises(KeyRefused, match=r"почне діяти лише 02\.03\.2024"):
        read_key(to_come, "p", at=AT)


def test_a_weak_key_is_refused(authority):
    with pytest.raises(KeyRefused, match="1024"):
        read_key(authority.issue("Особа Перша", password="p", rsa_bits=1024), "p", at=AT)


def test_an_authority_is_kept_encrypted_and_comes_back(authority):
    own = TestAuthority.create(at=AT - 30 * DAY)
    own.revoke("1F", at=AT)
    saved = own.save("таємне слово")
    assert saved.count(b"BEGIN ENCRYPTED PRIVATE KEY") == 2
    assert b"BEGIN PRIVATE KEY" not in saved
    back = TestAuthority.load(saved, "таємне слово")
    assert (back.root, back.issuing, back.revoked) == (own.root, own.issuing, {0x1F: AT})
    with pytest.raises(ValueError, match="password"):
        TestAuthority.load(saved, "another")


def test_every_subject_says_that_it_is_a_test(authority, head):
    certificate = x509.load_der_x509_certificate(head.certificate)
    for one in (authority.root, authority.issuing, certificate):
        assert "ТЕСТОВИЙ" in one.subject.rfc4514_string()
