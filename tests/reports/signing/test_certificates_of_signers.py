"""Whose certificate it is and whether it holds: period, issuer, revocation, strength, purpose."""

import datetime as dt
from dataclasses import replace

import pytest
from asn1crypto import algos, core, keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from reports.signing import certificates, cms, pdf
from reports.signing.authority import TestAuthority, certify, new_key, subject
from reports.signing.findings import Verdict
from reports.signing.keys import Key
from reports.signing.trust import Trust
from reports.signing.waiting import finish
from tests.reports.signing.signing_day import AT, codes

DAY = dt.timedelta(days=1)
DATA = b'{"a": 1}'
FILES = {"a.json": DATA}


def key_of(private, certificate, *others):
    """A key as it stands, also one that the site would refuse to read."""
    pkcs8 = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Key(
        certificate=certificate.public_bytes(Encoding.DER),
        others=tuple(one.public_bytes(Encoding.DER) for one in others),
        private=keys.PrivateKeyInfo.load(pkcs8),
    )


def test_a_certificate_past_its_end_is_named(authority, check):
    key = authority.key("Особа Колишня", valid_until=AT - DAY)
    (finding,) = check(cms.sign_detached(DATA, key, at=AT - 2 * DAY), originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"expired"})
    assert "29.02.2024" in finding.reasons[0].text


def test_a_timestamp_proves_that_an_ended_certificate_had_not_ended_then(authority, check):
    key = authority.key("Особа Колишня", valid_until=AT - DAY)
    service = authority.timestamp_service(at=AT - 2 * DAY)
    signed = cms.sign_detached(DATA, key, at=AT - 2 * DAY, timestamp_service=service)
    (finding,) = check(signed, originals=FILES)
    assert (finding.verdict, finding.level) == (Verdict.VALID, "B-T")
    assert (finding.signed_at, finding.is_timestamped) == (AT - 2 * DAY, True)


def test_a_timestamp_of_somebody_unknown_proves_no_time(authority, check):
    key = authority.key("Особа Колишня", valid_until=AT - DAY)
    stranger = TestAuthority.create(at=AT - 30 * DAY).timestamp_service(at=AT - 2 * DAY)
    signed = cms.sign_detached(DATA, key, at=AT, timestamp_service=stranger)
    (finding,) = check(signed, originals=FILES)
    assert finding.verdict == Verdict.INVALID
    assert codes(finding) == {"expired", "timestamp_ignored"}
    assert not finding.is_timestamped


def test_a_timestamp_service_of_the_trust_list_stamps_and_issues_nothing(authority, check):
    """Lists name services by their own certificates, and an authority of timestamps is none of signers."""
    strange = TestAuthority.create(at=AT - 30 * DAY)
    service = strange.timestamp_service(at=AT - 2 * DAY)
    service_only = replace(authority.trust(at=AT), timestamp_roots=(service.tsa_cert.dump(),))
    key = authority.key("Особа Колишня", valid_until=AT - DAY)
    signed = cms.sign_detached(DATA, key, at=AT - 2 * DAY, timestamp_service=service)
    (finding,) = check(signed, originals=FILES, trust=service_only)
    assert (finding.verdict, finding.level) == (Verdict.VALID, "B-T")
    whole = strange.root.public_bytes(Encoding.DER)
    trust = replace(authority.trust(at=AT), timestamp_roots=(whole,))
    (finding,) = check(
        cms.sign_detached(DATA, strange.key("Особа Чужа"), at=AT), originals=FILES, trust=trust
    )
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"untrusted"})


def test_a_timestamp_taken_from_another_signature_proves_no_time(authority, head, check):
    service = authority.timestamp_service(at=AT - 2 * DAY)
    other = cms.parse(cms.sign_detached(b"other", head, at=AT, timestamp_service=service))
    own = cms.parse(cms.sign_detached(DATA, head, at=AT))
    own["content"]["signer_infos"][0]["unsigned_attrs"] = other["content"]["signer_infos"][0]["unsigned_attrs"]  # fmt: skip
    (finding,) = check(own.dump(force=True), originals=FILES)
    assert (finding.verdict, finding.level) == (Verdict.VALID, "B-B")
    assert codes(finding) == {"timestamp_ignored"}


def test_a_timestamp_with_a_wrong_signature_proves_no_time(authority, head, check):
    service = authority.timestamp_service(at=AT - 2 * DAY)
    own = cms.parse(cms.sign_detached(DATA, head, at=AT, timestamp_service=service))
    (attribute,) = own["content"]["signer_infos"][0]["unsigned_attrs"]
    stamp = attribute["values"][0]["content"]["signer_infos"][0]
    stamp["signature"] = stamp["signature"].native[::-1]
    (finding,) = check(own.dump(force=True), originals=FILES)
    assert (finding.verdict, finding.level) == (Verdict.VALID, "B-B")
    assert codes(finding) == {"timestamp_ignored"}


def test_a_timestamp_of_the_future_proves_no_time(authority, head, check):
    service = authority.timestamp_service(at=AT + DAY)
    signed = cms.sign_detached(DATA, head, at=AT, timestamp_service=service)
    (finding,) = check(signed, originals=FILES)
    assert (finding.level, codes(finding)) == ("B-B", {"timestamp_ignored"})


def test_a_certificate_before_its_beginning_is_named(authority, check):
    key = authority.key("Особа Майбутня", valid_from=AT + DAY, at=AT + DAY)
    (finding,) = check(cms.sign_detached(DATA, key, at=AT), originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"not_yet_valid"})


def test_a_certificate_of_an_unknown_issuer_is_named(check):
    stranger = TestAuthority.create(at=AT - 30 * DAY).key("Особа Чужа")
    (finding,) = check(cms.sign_detached(DATA, stranger, at=AT), originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"untrusted"})
    assert not finding.is_test, "a name says nothing: only a trusted root makes a test"


def test_who_has_a_certificate_issues_none(authority, check):
    file = authority.issue("Особа Перша", password="p")
    private, certificate, _ = pkcs12.load_key_and_certificates(file, b"p")
    own = new_key()
    issued = certify(subject("Особа Друга"), own, certificate.subject, private, start=AT - DAY, end=AT + DAY)  # fmt: skip
    signed = cms.sign_detached(DATA, key_of(own, issued, certificate, authority.issuing), at=AT)
    (finding,) = check(signed, originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"broken_chain"})


@pytest.fixture
def revoked():
    """An authority of its own, and a key that it revoked an hour before the day of signing."""
    authority = TestAuthority.create(at=AT - 30 * DAY)
    key = authority.key("Особа Скасована")
    authority.revoke(key.signer.serial, at=AT - dt.timedelta(hours=1))
    return authority, key


def test_a_revoked_certificate_is_named(revoked, check):
    authority, key = revoked
    signed = cms.sign_detached(DATA, key, at=AT)
    (finding,) = check(signed, originals=FILES, trust=authority.trust(at=AT))
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"revoked"})
    assert "01.03.2024 11:00" in finding.reasons[0].text


def test_a_timestamp_before_the_revocation_keeps_the_signature(revoked, check):
    authority, key = revoked
    service = authority.timestamp_service(at=AT - dt.timedelta(hours=2))
    signed = cms.sign_detached(DATA, key, at=AT, timestamp_service=service)
    (finding,) = check(signed, originals=FILES, trust=authority.trust(at=AT))
    assert (finding.verdict, finding.level) == (Verdict.VALID, "B-T")


def test_an_old_list_still_proves_a_revocation(revoked, check):
    authority, key = revoked
    late = AT + 90 * DAY
    trust = authority.trust(at=AT)  # good for 30 days
    (finding,) = check(cms.sign_detached(DATA, key, at=late), originals=FILES, trust=trust, at=late)
    assert (finding.verdict, "revoked" in codes(finding)) == (Verdict.INVALID, True)


def test_an_old_list_does_not_prove_that_a_certificate_is_good(authority, head, trust, check):
    late = AT + 90 * DAY
    signed = cms.sign_detached(DATA, head, at=late)
    (finding,) = check(signed, originals=FILES, trust=trust, at=late)
    assert (finding.verdict, codes(finding)) == (Verdict.VALID, {"revocation_unknown"})
    assert finding.reasons[0].is_remark


def test_unknown_revocation_is_said_and_is_no_lt(authority, report_pdf, head, check):
    service = authority.timestamp_service(at=AT)
    signed = pdf.sign_pdf(report_pdf, head, reason="", at=AT, timestamp_service=service)
    (finding,) = check(signed, trust=authority.trust())
    assert (finding.verdict, finding.level) == (Verdict.VALID, "B-T")
    assert codes(finding) == {"revocation_unknown"}


def test_a_list_signed_by_a_stranger_revokes_nobody(authority, head, check, caplog):
    """The same names, another key; what a stranger sends orders no tracebacks in the log."""
    false = TestAuthority.create(at=AT - 30 * DAY)
    false.revoke(head.signer.serial, at=AT - DAY)
    own = authority.trust()
    lied = Trust(
        roots=own.roots, intermediates=own.intermediates, test_roots=own.test_roots,
        revocations=false.revocation_lists(at=AT),
    )  # fmt: skip
    (finding,) = check(cms.sign_detached(DATA, head, at=AT), originals=FILES, trust=lied)
    assert (finding.verdict, codes(finding)) == (Verdict.VALID, {"revocation_unknown"})
    assert caplog.text == ""


@pytest.mark.parametrize("status", [ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED])
def test_an_answer_on_revocation_counts_like_a_list(status, authority, check):
    """OCSP of the issuing authority for the signer, a list of the root for the authority."""
    revoked, private = status == ocsp.OCSPCertStatus.REVOKED, new_key()
    place = x509.UniformResourceIdentifier("http://ocsp.invalid/")
    access = x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)]
    )
    certificate = certify(
        subject("Особа Перша"), private, authority.issuing.subject, authority.issuing_key,
        start=AT - DAY, end=AT + DAY, more=[access],
    )  # fmt: skip
    answer = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=certificate, issuer=authority.issuing, algorithm=hashes.SHA256(), cert_status=status,
            this_update=AT, next_update=AT + DAY, revocation_time=AT - DAY if revoked else None, revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, authority.issuing)
        .sign(authority.issuing_key, hashes.SHA256())
    )  # fmt: skip
    revocations = (authority.revocation_lists(at=AT)[0], answer.public_bytes(Encoding.DER))
    trust = replace(authority.trust(), revocations=revocations)
    key = key_of(private, certificate, authority.issuing)
    (finding,) = check(cms.sign_detached(DATA, key, at=AT), originals=FILES, trust=trust)
    if revoked:
        assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"revoked"})
    else:
        assert (finding.verdict, finding.reasons) == (Verdict.VALID, ())


def test_without_a_trust_list_nothing_is_valid_and_nothing_invalid(head, check):
    (finding,) = check(cms.sign_detached(DATA, head, at=AT), originals=FILES, trust=Trust())
    assert (finding.verdict, codes(finding)) == (Verdict.NOT_CHECKED, {"no_trust_list"})


def test_without_a_trust_list_what_is_wrong_stays_wrong(head, check):
    (finding,) = check(cms.sign_detached(b"other", head, at=AT), originals=FILES, trust=Trust())
    assert (finding.verdict, codes(finding)) == (
        Verdict.INVALID,
        {"other_document", "no_trust_list"},
    )


def test_rsa_is_checked_like_ecdsa(authority, check):
    key = authority.key("Особа Інша", rsa_bits=2048)
    (finding,) = check(cms.sign_detached(DATA, key, at=AT), originals=FILES)
    assert (finding.verdict, finding.algorithm) == (Verdict.VALID, "RSA 2048, SHA-256")


def test_a_short_rsa_key_is_weak(authority, check):
    file = authority.issue("Особа Слабка", password="p", rsa_bits=1024)
    private, certificate, others = pkcs12.load_key_and_certificates(file, b"p")
    key = key_of(private, certificate, *others)
    (finding,) = check(cms.sign_detached(DATA, key, at=AT), originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"weak_algorithm"})
    assert "1024" in finding.reasons[0].text


def test_sha1_is_weak(head, check):
    signing = head.for_pyhanko().async_sign_general_data(DATA, "sha1", use_cades=True)
    (finding,) = check(finish(signing).dump(), originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"weak_algorithm"})


def test_a_weak_digest_under_a_strong_signature_is_weak(head, check):
    """The digest of the file is SHA-1, that under the signature SHA-256."""
    signed = cms.parse(cms.sign_attached(DATA, head, at=AT))
    (info,) = signed["content"]["signer_infos"]
    info["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": "sha1"})
    assert info["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    (finding,) = check(signed.dump(force=True), originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"weak_algorithm"})


def test_a_certificate_for_timestamps_signs_no_report(authority, check):
    service = authority.timestamp_service()
    key = Key(certificate=service.tsa_cert.dump(), others=(), private=service.tsa_key)
    (finding,) = check(cms.sign_detached(DATA, key, at=AT), originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"wrong_usage"})


def test_a_signature_without_its_certificate_is_not_checked(head, check):
    signed = cms.parse(cms.sign_detached(DATA, head, at=AT))
    signed["content"]["certificates"] = []
    (finding,) = check(signed.dump(force=True), originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.NOT_CHECKED, {"no_certificate"})


# Identity


def test_a_seal_is_named_by_its_institution(authority):
    seal = authority.key("Печатка Установи", edrpou="04053625", organisation="Установа").signer
    assert (seal.name, seal.tax_number) == ("ТЕСТОВИЙ Печатка Установи", "")
    assert (seal.edrpou, seal.organisation) == ("04053625", "Установа")


def der(tag, *contents):
    content = b"".join(contents)
    return bytes([tag, len(content)]) + content


def test_codes_in_the_older_place_are_read():
    """Directory attributes of the subject, as Ukrainian certificates before ETSI's names have them."""
    old = {certificates.OLD_PERSON: b"3234567890", certificates.OLD_INSTITUTION: b"04053625"}
    attributes = der(
        0x30,
        *(
            der(0x30, core.ObjectIdentifier(oid).dump(), der(0x31, der(0x13, value)))
            for oid, value in old.items()
        ),
    )
    key, name = new_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Особа Давня")])
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.9"), attributes)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(AT)
        .not_valid_after(AT + DAY)
        .add_extension(extension, critical=False)
        .sign(key, hashes.SHA256())
    )
    signer = certificates.signer(certificates.read(certificate.public_bytes(Encoding.DER)))
    assert signer.name == "Особа Давня"
    assert (signer.tax_number, signer.edrpou) == ("3234567890", "04053625")
