"""The enveloped signature of an XML document (XML-DSig), as trust lists carry it; a small part of the standard, and only that.

Exactly one signature, directly below the root, over the whole document; its certificate is one that the caller names. Anything else is refused,
so there is no second reading of what was signed.
"""

import copy
import hashlib
from base64 import b64decode
from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from reports.signing.xml_reading import DIGESTS, DSIG

ENVELOPED = f"{DSIG}enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
METHODS: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    f"{MORE}rsa-sha256": ("rsa", hashes.SHA256()),
    f"{MORE}rsa-sha384": ("rsa", hashes.SHA384()),
    f"{MORE}rsa-sha512": ("rsa", hashes.SHA512()),
    f"{MORE}ecdsa-sha256": ("ec", hashes.SHA256()),
    f"{MORE}ecdsa-sha384": ("ec", hashes.SHA384()),
    f"{MORE}ecdsa-sha512": ("ec", hashes.SHA512()),
}


class SignatureRefused(Exception):
    """The document is not signed as it should be; the message is for the log."""


def verify(root: etree._Element, signers: Iterable[bytes]) -> x509.Certificate:
    """The certificate, one of ``signers`` (DER), whose key signed the whole document.

    Raises SignatureRefused.
    """
    signatures = list(root.iter(part("Signature")))
    if len(signatures) != 1 or signatures[0].getparent() is not root:
        raise SignatureRefused("not exactly one signature below the root")
    (signature,) = signatures
    info = only(signature, "SignedInfo")
    certificate = pinned(signature, signers)
    check_value(signature, info, certificate)
    covered = [check_reference(one, root, signature) for one in info.iterfind(part("Reference"))]
    if covered.count("document") != 1:
        raise SignatureRefused("the signature does not cover the whole document")
    return certificate


def part(name: str) -> str:
    return f"{{{DSIG}}}{name}"


def only(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(part(name))
    if len(found) != 1:
        raise SignatureRefused(f"not exactly one {name}")
    return found[0]


def decoded(element: etree._Element) -> bytes:
    try:
        return b64decode("".join((element.text or "").split()), validate=True)
    except ValueError as error:
        raise SignatureRefused("no Base64") from error


def pinned(signature: etree._Element, signers: Iterable[bytes]) -> x509.Certificate:
    there = {decoded(one) for one in signature.iterfind(f".//{part('X509Certificate')}")}
    for signer in signers:
        if signer in there:
            return x509.load_der_x509_certificate(signer)
    raise SignatureRefused("signed by somebody else")


def canonical(element: etree._Element, method: str, prefixes: list[str] | None = None) -> bytes:
    if method not in {EXCLUSIVE, INCLUSIVE}:
        raise SignatureRefused(f"unknown canonical form {method}")
    is_exclusive = method == EXCLUSIVE
    return bytes(
        etree.tostring(
            element,
            method="c14n",
            exclusive=is_exclusive,
            with_comments=False,
            inclusive_ns_prefixes=(prefixes or None) if is_exclusive else None,
        )
    )


def prefixes_of(transform: etree._Element) -> list[str]:
    named = transform.find(f"{{{EXCLUSIVE}}}InclusiveNamespaces")
    return (named.get("PrefixList") or "").split() if named is not None else []


def check_value(
    signature: etree._Element, info: etree._Element, certificate: x509.Certificate
) -> None:
    form = only(info, "CanonicalizationMethod")
    data = canonical(info, form.get("Algorithm", ""), prefixes_of(form))
    value = decoded(only(signature, "SignatureValue"))
    kind, digest = METHODS.get(only(info, "SignatureMethod").get("Algorithm", ""), ("", hashes.SHA256()))  # fmt: skip
    key = certificate.public_key()
    try:
        if kind == "rsa" and isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
            key.verify(value, data, padding.PKCS1v15(), digest)
        elif kind == "ec" and isinstance(key, ec.EllipticCurvePublicKey):
            half = len(value) // 2
            numbers = (int.from_bytes(value[:half]), int.from_bytes(value[half:]))
            key.verify(encode_dss_signature(*numbers), data, ec.ECDSA(digest))
        else:
            raise SignatureRefused("an algorithm that is weak, unknown or not the key's")
    except InvalidSignature as error:
        raise SignatureRefused("the signature is wrong") from error


def check_reference(
    reference: etree._Element, root: etree._Element, signature: etree._Element
) -> str:
    """What the reference covers: the document without its signature, or a part of the signature (its properties)."""
    uri = reference.get("URI", "")
    transforms = reference.findall(f"{part('Transforms')}/{part('Transform')}")
    methods = [one.get("Algorithm", "") for one in transforms]
    forms = [one for one in transforms if one.get("Algorithm") != ENVELOPED]
    if len(forms) > 1 or methods.count(ENVELOPED) > 1:
        raise SignatureRefused("unexpected transforms")
    form, prefixes = (forms[0].get("Algorithm", ""), prefixes_of(forms[0])) if forms else (INCLUSIVE, [])  # fmt: skip
    if uri == "" or uri == f"#{root.get('Id')}":
        if ENVELOPED not in methods:
            raise SignatureRefused("a signature that covers itself")
        data, covers = canonical(without(root, signature), form, prefixes), "document"
    else:
        named = [one for one in signature.iter() if one.get("Id") == uri[1:]]
        if not uri.startswith("#") or len(named) != 1:
            raise SignatureRefused("a reference to somewhere else")
        data, covers = canonical(named[0], form, prefixes), "properties"
    algorithm = DIGESTS.get(only(reference, "DigestMethod").get("Algorithm", ""))
    if algorithm is None:
        raise SignatureRefused("a weak or unknown digest")
    if hashlib.new(algorithm, data).digest() != decoded(only(reference, "DigestValue")):
        raise SignatureRefused(f"the {covers} changed since signing")
    return covers


def without(root: etree._Element, signature: etree._Element) -> etree._Element:
    """A copy of the document without the signature; the text after it stays."""
    place = root.index(signature)
    bare = copy.deepcopy(root)
    there = bare[place]
    if there.tail:
        before = there.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + there.tail
        else:
            bare.text = (bare.text or "") + there.tail
    bare.remove(there)
    return bare
