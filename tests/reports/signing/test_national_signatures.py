"""ДСТУ 4145: said to be not checked, or judged by a library that is asked in the right way.

No such library is installed for the tests: what it answers is made up after its description and what UAPKI 2.0.16 answered by hand (docs/adr/0014). So
these tests prove what is asked and how answers are read, not that the library is right.
"""

import base64
import ctypes
import json
from typing import Any

import pytest
from asn1crypto import algos

from reports.signing import cms, national
from reports.signing.findings import Verdict
from reports.signing.national import Uapki
from reports.signing.trust import Trust
from reports.signing.verification import verify
from tests.reports.signing.signing_day import AT, codes

DSTU = "1.2.804.2.1.1.1.1.3.6.1"  # ДСТУ 4145 with ДСТУ 7564-256
KUPYNA = "1.2.804.2.1.1.1.1.2.2.1"
DATA = b'{"a": 1}'
FILES = {"a.json": DATA}


def as_national(p7s):
    """The CMS with the numbers of national algorithms; the value under them is of no matter here."""
    parsed = cms.parse(p7s)
    (info,) = parsed["content"]["signer_infos"]
    info["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": DSTU})
    info["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": KUPYNA})
    return parsed.dump(force=True)


@pytest.fixture(scope="module")
def national_p7s(head):
    return as_national(cms.sign_attached(DATA, head, at=AT))


VALID: dict[str, Any] = {
    "status": "TOTAL-VALID",
    "statusSignature": "VALID",
    "statusMessageDigest": "VALID",
    "statusEssCert": "VALID",
    "certificateChain": [
        {"entity": "SIGNER", "statusSignature": "VALID", "trusted": False},
        {"entity": "ROOT", "statusSignature": "VALID", "trusted": True},
    ],
}


class FakeLibrary:
    """``process`` and ``json_free`` as UAPKI exports them, over an answer that a test gives."""

    def __init__(self, info, certificate, error=0):
        self.info, self.certificate, self.error, self.asked, self.kept = (
            info,
            certificate,
            error,
            [],
            {},
        )
        self.process = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(self.answer)
        self.json_free = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self.free)

    def answer(self, request):
        asked = json.loads(request)
        self.asked.append(asked)
        is_verify = asked["method"] == "VERIFY"
        said = {"errorCode": self.error if is_verify else 0, "method": asked["method"]}
        if is_verify:
            signature = asked["parameters"]["signature"]
            info = (
                self.info(base64.b64decode(signature["content"]))
                if callable(self.info)
                else self.info
            )
            said["result"] = {"signatureInfos": [info]}
        if asked["method"] == "GET_CERT":
            said["result"] = {"bytes": base64.b64encode(self.certificate).decode()}
        buffer = ctypes.create_string_buffer(json.dumps(said).encode())
        self.kept[ctypes.addressof(buffer)] = buffer
        return ctypes.addressof(buffer)

    def free(self, pointer):
        del self.kept[pointer]


@pytest.fixture
def judged(head, trust):
    """The finding and the library, which answers ``info`` (or what it makes of the content)."""

    def judged(
        upload,
        info=VALID,
        *,
        error=0,
        originals=FILES,
        at=AT,
        trust=trust,
        is_online=False,
        certificate=head.certificate,
    ):
        library = FakeLibrary(info, certificate, error)
        plug = Uapki(library, is_online=is_online)
        library.asked.clear()
        (finding,) = verify(
            upload, name="a.p7s", originals=originals, trust=trust, at=at, national=plug
        )
        assert library.kept == {}, "an answer was not given back"
        return finding, library

    return judged


def test_without_a_library_the_signature_is_not_checked_and_says_what_to_do(national_p7s, check, head):  # fmt: skip
    (finding,) = check(national_p7s, originals=FILES)
    assert (finding.verdict, codes(finding)) == (Verdict.NOT_CHECKED, {"national_algorithm"})
    assert "czo.gov.ua" in finding.reasons[0].text
    assert (finding.algorithm, finding.signer) == ("ДСТУ 4145", head.signer)
    assert finding.level == ""


def test_another_file_is_found_without_any_library(national_p7s, check):
    (finding,) = check(national_p7s, originals={"a.json": b'{"a": 2}'})
    assert finding.verdict == Verdict.INVALID
    assert codes(finding) == {"other_document", "national_algorithm"}


def test_the_library_is_asked_for_the_chain_with_our_roots(national_p7s, trust, judged):
    finding, library = judged(national_p7s)
    assert (finding.verdict, codes(finding)) == (Verdict.VALID, {"revocation_unknown"})
    assert finding.document == "a.json"
    methods = [one["method"] for one in library.asked]
    assert methods == ["INIT", "ADD_CERT", "VERIFY", "GET_CERT", "DEINIT"]
    started, _, asked, *_ = (one["parameters"] for one in library.asked)
    assert started["certCache"]["trustedCerts"] == [base64.b64encode(trust.roots[0]).decode()]
    assert started["offline"] is True
    assert asked["options"] == {"validationType": "CHAIN", "verifySignerInfoIndex": 0}
    assert base64.b64decode(asked["signature"]["content"]) == DATA
    assert base64.b64decode(asked["signature"]["bytes"]) == national_p7s


def test_online_the_library_is_asked_for_everything(national_p7s, judged):
    first, root = VALID["certificateChain"]
    good = {**first, "validateByOCSP": {"status": "GOOD"}}
    finding, library = judged(
        national_p7s, VALID | {"certificateChain": [good, root]}, is_online=True
    )
    assert (finding.verdict, finding.reasons) == (Verdict.VALID, ())
    asked = next(one for one in library.asked if one["method"] == "VERIFY")
    assert asked["parameters"]["options"]["validationType"] == "FULL"


def of(content):
    """A library for which only the second file has the right digest."""
    return VALID if content == b"second" else VALID | {"statusMessageDigest": "INVALID"}


def test_the_library_finds_which_file_is_signed(head, judged):
    """Only it knows the digest of a signature beside a file."""
    upload = as_national(cms.sign_detached(b"second", head, at=AT))
    files = {"1.txt": b"first", "2.txt": b"second", "3.txt": b"third"}
    finding, _ = judged(upload, of, originals=files)
    assert (finding.verdict, finding.document) == (Verdict.VALID, "2.txt")
    finding, _ = judged(upload, of, originals={"1.txt": b"first"})
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"other_document"})


def test_without_a_library_nobody_knows_which_file_is_signed(head, check):
    upload = as_national(cms.sign_detached(b"second", head, at=AT))
    (finding,) = check(upload, originals={"2.txt": b"second"})
    assert (finding.verdict, codes(finding)) == (Verdict.NOT_CHECKED, {"national_algorithm"})


def test_a_judgement_on_another_certificate_is_none(national_p7s, judged, accountant):
    """The library takes the first certificate of one issuer and number; the finding names the one in the file."""
    finding, _ = judged(national_p7s, certificate=accountant.certificate)
    assert (finding.verdict, codes(finding)) == (Verdict.NOT_CHECKED, {"national_failed"})
    assert "не той" in finding.reasons[0].text


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [
        ({"statusSignature": "INVALID"}, Verdict.INVALID, "broken_signature"),
        ({"statusSignature": "FAILED"}, Verdict.INVALID, "broken_signature"),
        ({"statusMessageDigest": "INVALID"}, Verdict.INVALID, "changed"),
        ({"statusEssCert": "INVALID"}, Verdict.INVALID, "broken_signature"),
        ({"certificateChain": []}, Verdict.INVALID, "untrusted"),
        ({"certificateChain": VALID["certificateChain"][:1]}, Verdict.INVALID, "untrusted"),
        ({"certificateChain": [{"statusSignature": "INVALID", "trusted": True}]}, Verdict.INVALID, "broken_chain"),
        ({"statusSignature": "INDETERMINATE"}, Verdict.NOT_CHECKED, "national_failed"),
        ({"statusSignature": "VALID WITHOUT KEYUSAGE"}, Verdict.NOT_CHECKED, "national_failed"),
        ({"statusMessageDigest": "UNDEFINED"}, Verdict.NOT_CHECKED, "national_failed"),
        ({"certificateChain": [{**one, "validateByCRL": {"status": "REVOKED"}} for one in VALID["certificateChain"]]},
         Verdict.INVALID, "revoked"),
    ],
)  # fmt: skip
def test_answers_are_told_apart(change, verdict, code, national_p7s, judged):
    finding, _ = judged(national_p7s, VALID | change)
    assert (finding.verdict, code in codes(finding)) == (verdict, True)


def test_a_library_that_fails_has_checked_nothing(national_p7s, judged):
    finding, library = judged(national_p7s, error=4097)
    assert (finding.verdict, codes(finding)) == (Verdict.NOT_CHECKED, {"national_failed"})
    assert "4097" in finding.reasons[0].text
    assert library.asked[-1]["method"] == "DEINIT"


def test_the_error_for_a_wrong_signature_is_told_from_others(national_p7s, judged):
    finding, _ = judged(national_p7s, error=3)
    assert (finding.verdict, codes(finding)) == (Verdict.INVALID, {"broken_signature"})


def test_the_library_does_not_make_another_file_right(national_p7s, judged):
    finding, _ = judged(national_p7s, originals={"a.json": b'{"a": 2}'})
    assert (finding.verdict, "other_document" in codes(finding)) == (Verdict.INVALID, True)


def test_the_period_is_judged_here(national_p7s, judged):
    finding, _ = judged(national_p7s, at=AT.replace(year=2034))
    assert (finding.verdict, "expired" in codes(finding)) == (Verdict.INVALID, True)


def test_without_a_trust_list_the_library_is_not_asked(national_p7s, judged):
    finding, library = judged(national_p7s, trust=Trust())
    assert (finding.verdict, codes(finding)) == (Verdict.NOT_CHECKED, {"no_trust_list"})
    assert library.asked == []


def test_a_library_that_is_not_there_is_none_and_logged(tmp_path, caplog):
    assert national.load("") is None
    assert caplog.text == ""
    assert national.load(str(tmp_path / "libuapki.so")) is None
    assert "is not there" in caplog.text
    (tmp_path / "libuapki.so").write_bytes(b"not a library")
    assert national.load(str(tmp_path / "libuapki.so")) is None
    assert "does not work" in caplog.text
