"""Programs that know nothing of ours agree: poppler's pdfsig on PDFs, OpenSSL on CMS, both on what is wrong, too."""

import re
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from reports.signing import asice, cms, containers, pdf
from reports.signing.findings import Verdict
from tests.reports.signing.signing_day import AT


def pdfsig(tmp_path, data):
    """What pdfsig says of each signature; the chain is not its business here (``-nocert``)."""
    place = tmp_path / "signed.pdf"
    place.write_bytes(data)
    done = subprocess.run(
        ["pdfsig", "-nocert", place], capture_output=True, text=True, check=False  # noqa: S607
    )  # fmt: skip
    return done.stdout


def verdicts(said):
    return re.findall(r"Signature Validation: (.*)", said)


@pytest.fixture(scope="module")
def signed_twice(report_pdf, head, accountant, authority, trust):
    first = pdf.sign_pdf(report_pdf, head, reason="Затверджую", at=AT)
    service = authority.timestamp_service(at=AT)
    return pdf.sign_pdf(
        first, accountant, reason="Погоджую", at=AT, timestamp_service=service, revocation=trust
    )


def test_pdfsig_agrees_with_two_signatures(signed_twice, tmp_path):
    said = pdfsig(tmp_path, signed_twice)
    assert verdicts(said) == ["Signature is Valid."] * 2
    names = re.findall(r"Common Name: (.*)", said)
    assert names == ["ТЕСТОВИЙ Керівник Установи Перший", "ТЕСТОВИЙ Бухгалтер Установи Друга"]
    assert said.count("ETSI.CAdES.detached") == 2


def test_pdfsig_agrees_that_a_byte_changed(signed_twice, report_pdf, check, tmp_path):
    changed = bytearray(signed_twice)
    changed[report_pdf.index(b"stream") + 20] ^= 0x01
    assert verdicts(pdfsig(tmp_path, changed)) == ["Digest Mismatch."] * 2
    assert {one.verdict for one in check(bytes(changed))} == {Verdict.INVALID}


@pytest.fixture
def openssl(authority, tmp_path):
    """``openssl cms -verify`` with the test authority's root; the exit status and what it says."""
    (tmp_path / "root.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    (tmp_path / "issuing.pem").write_bytes(authority.issuing.public_bytes(Encoding.PEM))

    def run(signature, content=None, *more):
        (tmp_path / "signature.p7s").write_bytes(signature)
        beside = []
        if content is not None:
            (tmp_path / "content").write_bytes(content)
            beside = ["-content", tmp_path / "content"]
        command = [
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "signature.p7s", *beside,
            "-CAfile", tmp_path / "root.pem", "-certfile", tmp_path / "issuing.pem", "-purpose", "any",
            "-attime", str(int(AT.timestamp())), "-out", tmp_path / "out", *more,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        out = tmp_path / "out"
        return done.returncode, done.stderr, out.read_bytes() if out.exists() else b""

    return run


def test_openssl_agrees_with_a_signature_beside_a_file(openssl, originals, head):
    signed = cms.sign_detached(originals["zvit.json"], head, at=AT)
    status, said, _ = openssl(signed, originals["zvit.json"], "-cades")
    assert (status, "CAdES Verification successful" in said) == (0, True), said
    status, said, _ = openssl(signed, originals["zvit.json"] + b" ", "-cades")
    assert (status, "digest failure" in said.lower() or "verification failure" in said.lower()) == (4, True), said  # fmt: skip


def test_openssl_agrees_with_a_signature_around_a_file(openssl, originals, head):
    status, said, out = openssl(cms.sign_attached(originals["zvit.pdf"], head, at=AT))
    assert (status, out) == (0, originals["zvit.pdf"]), said


def test_openssl_agrees_with_two_signatures_in_one_file(openssl, originals, head, accountant, check):  # fmt: skip
    one, other = (
        cms.sign_detached(originals["zvit.json"], key, at=AT) for key in (head, accountant)
    )
    joined = cms.join(one, other)
    status, said, _ = openssl(joined, originals["zvit.json"])
    assert status == 0, said
    assert [finding.verdict for finding in check(joined)] == [Verdict.VALID, Verdict.VALID]


def test_openssl_agrees_with_the_signature_of_a_container(openssl, originals, head):
    files = containers.read(asice.pack(originals, head, at=AT))
    status, said, _ = openssl(
        files["META-INF/signature001.p7s"], files["META-INF/ASiCManifest001.xml"], "-cades"
    )
    assert status == 0, said


@pytest.fixture
def signers(authority, tmp_path):
    """Arguments by which OpenSSL signs for two persons."""
    arguments = []
    for number, name in enumerate(("Особа Перша", "Особа Друга")):
        private, certificate, _ = pkcs12.load_key_and_certificates(
            authority.issue(name, password="p"), b"p"
        )
        (tmp_path / f"{number}.pem").write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        arguments += ["-signer", tmp_path / f"{number}.pem"]
    return arguments


def signed_by_openssl(tmp_path, content, *arguments):
    (tmp_path / "content").write_bytes(content)
    command = ["openssl", "cms", "-sign", "-binary", "-md", "sha256", "-in", tmp_path / "content", "-outform", "DER",
               "-out", tmp_path / "signed.p7s", *arguments]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return (tmp_path / "signed.p7s").read_bytes()


def test_two_signers_of_openssl_are_read_here(signers, originals, check, tmp_path):
    """pyHanko alone refuses a file with two signers."""
    findings = check(signed_by_openssl(tmp_path, originals["zvit.json"], "-cades", *signers))
    assert sorted(one.signer.name for one in findings) == ["Особа Друга", "Особа Перша"]
    assert {(one.verdict, one.document) for one in findings} == {(Verdict.VALID, "zvit.json")}


def test_a_signature_that_names_no_certificate_is_valid_and_no_baseline(signers, originals, check, tmp_path):  # fmt: skip
    (finding, _) = check(signed_by_openssl(tmp_path, originals["zvit.json"], *signers))
    assert (finding.verdict, finding.level) == (Verdict.VALID, "")


@pytest.mark.parametrize("options", [["-noattr"], ["-keyid"], ["-nodetach"], ["-stream"]])
def test_other_ways_of_openssl_are_read_here(options, signers, originals, check, tmp_path):
    for name in ("zvit.json", "zvit.pdf"):
        findings = check(signed_by_openssl(tmp_path, originals[name], *options, *signers))
        assert {(one.verdict, one.document) for one in findings} == {(Verdict.VALID, name)}
