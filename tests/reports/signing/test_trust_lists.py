"""Whom we believe: a folder of certificates, and the state's list with its own signature checked.

``trust_list.xml`` was signed by another program, signxml 5.2: a granted issuer, a withdrawn one, a granted timestamp service, an issuer recognised
nationally and a national root, all of test authorities; the last three are named as the Ukrainian list does.
"""

import base64
import datetime as dt
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from reports.signing import trust_list, xml_signature
from reports.signing.authority import certify, new_key, subject
from reports.signing.trust import TrustRefused, load_folder
from reports.signing.xml_reading import DSIG
from tests.reports.signing.signing_day import AT

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def listed():
    return (HERE / "trust_list.xml").read_bytes()


@pytest.fixture(scope="module")
def list_signer():
    return (HERE / "trust_list_signer.pem").read_bytes()


def test_a_list_gives_granted_services_and_says_whose_it_is(listed, list_signer):
    found = trust_list.load_list(listed, signers=[list_signer], at=AT)
    assert (len(found.roots), len(found.timestamp_roots)) == (2, 1)
    assert found.source == "ТЕСТОВИЙ орган"
    assert found.next_update_at == dt.datetime(2024, 8, 1, tzinfo=dt.UTC)
    assert found.test_roots == frozenset()
    texts = etree.fromstring(listed).iter("{http://uri.etsi.org/02231/v2#}X509Certificate")
    first, withdrawn, timestamps, national, root = (base64.b64decode(one.text) for one in texts)
    assert found.roots == (first, national)
    assert found.timestamp_roots == (timestamps,)
    assert found.intermediates == (root,), "known, and not believed"
    assert withdrawn not in (*found.roots, *found.timestamp_roots, *found.intermediates)


@pytest.mark.parametrize(
    "change",
    [
        (b"withdrawn", b"granted"),
        (b"2024-08-01", b"2044-08-01"),
        ("ТЕСТОВИЙ орган".encode(), "Інший орган".encode()),
        (b"<TSLVersionIdentifier>5<", b"<TSLVersionIdentifier> 5<"),
    ],
)
def test_a_changed_list_is_refused(listed, list_signer, change):
    assert change[0] in listed
    with pytest.raises(TrustRefused, match="Підпис довірчого списку неправильний"):
        trust_list.load_list(listed.replace(*change), signers=[list_signer], at=AT)


def test_a_list_signed_by_somebody_else_is_refused(listed, authority):
    other = authority.root.public_bytes(Encoding.DER)
    with pytest.raises(TrustRefused, match="signed by somebody else"):
        trust_list.load_list(listed, signers=[other], at=AT)


def test_a_certificate_named_in_the_list_does_not_replace_its_signature(listed, list_signer):
    """The signer's certificate is there and believed; the value is another key's."""
    root = etree.fromstring(listed)
    value = root.find(f".//{{{DSIG}}}SignatureValue")
    value.text = base64.b64encode(bytes(range(64))).decode()
    with pytest.raises(TrustRefused, match="the signature is wrong"):
        trust_list.load_list(etree.tostring(root), signers=[list_signer], at=AT)


def test_a_signed_list_wrapped_into_another_is_refused(listed, list_signer):
    """The signature still covers the old list, which would lie somewhere below."""
    outer = etree.fromstring(listed)
    for signature in outer.findall(f"{{{DSIG}}}Signature"):
        outer.remove(signature)
    outer.append(etree.fromstring(listed))
    with pytest.raises(TrustRefused, match="not exactly one signature below the root"):
        trust_list.load_list(etree.tostring(outer), signers=[list_signer], at=AT)


PART = """<Signature xmlns="{dsig}"><SignedInfo><CanonicalizationMethod Algorithm="{form}"/>
<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/><Reference URI="#part"><Transforms><Transform Algorithm="{form}"/></Transforms>
<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{digest}</DigestValue></Reference></SignedInfo><SignatureValue/>
<KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo><Object Id="part">signed</Object></Signature>"""


def test_a_signature_over_a_part_of_itself_is_refused():
    """Everything about it is right, but that the list is not what it signs."""
    key, name = new_key(), subject("підписувач списку")
    certificate = certify(name, key, name, key, start=AT, end=AT).public_bytes(Encoding.DER)
    text = PART.format(
        dsig=DSIG, form=xml_signature.EXCLUSIVE, certificate=base64.b64encode(certificate).decode(), digest="{digest}"
    )  # fmt: skip
    root = etree.fromstring(f"<list>{text}</list>")
    part = root.find(f".//{{{DSIG}}}Object")
    digest = hashlib.sha256(xml_signature.canonical(part, xml_signature.EXCLUSIVE)).digest()
    root.find(f".//{{{DSIG}}}DigestValue").text = base64.b64encode(digest).decode()
    info = root.find(f".//{{{DSIG}}}SignedInfo")
    value = key.sign(
        xml_signature.canonical(info, xml_signature.EXCLUSIVE), ec.ECDSA(hashes.SHA256())
    )
    numbers = b"".join(one.to_bytes(32) for one in decode_dss_signature(value))
    root.find(f".//{{{DSIG}}}SignatureValue").text = base64.b64encode(numbers).decode()
    with pytest.raises(xml_signature.SignatureRefused, match="does not cover the whole document"):
        xml_signature.verify(root, [certificate])


@pytest.mark.parametrize(
    ("attributes", "words"),
    [({"URI": "#elsewhere"}, "somewhere else"), ({"URI": "https://czo.gov.ua/"}, "somewhere else")],
)
def test_a_reference_to_anything_but_the_document_is_refused(listed, attributes, words):
    root = etree.fromstring(listed)
    signature = root.find(f"{{{DSIG}}}Signature")
    reference = root.find(f".//{{{DSIG}}}Reference")
    assert xml_signature.check_reference(reference, root, signature) == "document"
    reference.attrib.update(attributes)
    with pytest.raises(xml_signature.SignatureRefused, match=words):
        xml_signature.check_reference(reference, root, signature)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (AT + dt.timedelta(days=300), "застарів"),
        (AT + dt.timedelta(days=9000), "Сертифікат підписувача"),
        (AT - dt.timedelta(days=300), "Сертифікат підписувача"),
    ],
)
def test_a_list_out_of_its_time_is_refused(listed, list_signer, at, words):
    with pytest.raises(TrustRefused, match=words):
        trust_list.load_list(listed, signers=[list_signer], at=at)


@pytest.mark.parametrize("xml", [b"", b"<a/>", b"<!DOCTYPE a><a/>"])
def test_what_is_no_list_is_refused(xml, list_signer):
    with pytest.raises(TrustRefused, match="не довірчий список"):
        trust_list.load_list(xml, signers=[list_signer], at=AT)


def test_a_folder_holds_roots_intermediates_and_lists(authority, tmp_path, check, head):
    (tmp_path / "both.pem").write_bytes(
        authority.root.public_bytes(Encoding.PEM) + authority.issuing.public_bytes(Encoding.PEM)
    )
    for number, one in enumerate(authority.revocation_lists(at=AT)):
        (tmp_path / f"{number}.crl").write_bytes(one)
    (tmp_path / "README").write_text("not a certificate and not looked at")
    found = load_folder(tmp_path, is_test=True)
    whole = authority.trust(at=AT)
    assert (found.roots, found.intermediates) == (whole.roots, whole.intermediates)
    assert found.test_roots == whole.test_roots
    assert len(found.revocations) == 2
    assert load_folder(tmp_path).test_roots == frozenset()


@pytest.mark.parametrize("name", ["a.pem", "a.cer", "a.crl", "a.ocsp"])
def test_a_folder_with_a_torn_file_is_refused_with_its_name(name, tmp_path):
    (tmp_path / name).write_bytes(b"\x30\x03torn")
    with pytest.raises(TrustRefused, match=name):
        load_folder(tmp_path)
