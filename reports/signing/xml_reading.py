"""XML from outside: no document types, no entities, no network, a bounded size."""

from lxml import etree

DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
DSIG = "http://www.w3.org/2000/09/xmldsig#"


def parse(data: bytes, *, limit: int) -> etree._Element:
    """The root element.

    Raises ValueError for what is no XML, is larger than ``limit`` bytes, or has a document type (where entities are declared).
    """
    if len(data) > limit:
        raise ValueError("too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("no XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type")
    return root
