"""What is said of one signature: valid, invalid or not checked, by whom, when, and why.

The three verdicts are never mixed: INVALID means that something was checked and is wrong, NOT_CHECKED that nothing wrong was
found but something decisive could not be checked, VALID that everything decisive was checked and holds.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, in the words of the certificate.

    ``tax_number`` is the РНОКПП of a person, ``edrpou`` the code of an institution; each is empty where the certificate has none.
    ``serial`` is the certificate's number in hexadecimal digits, ``issuer`` the name of who issued it.
    """

    name: str
    tax_number: str = ""
    edrpou: str = ""
    organisation: str = ""
    serial: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong and what to do, in Ukrainian; a remark explains a verdict without making it worse."""

    code: str
    text: str
    is_remark: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One signature as it was checked.

    ``signed_at`` is the time of the timestamp where there is a good one (``is_timestamped``), otherwise what the signer's
    clock said, or nothing. ``level`` is the baseline level that was proved ("B-B", "B-T", "B-LT"), empty where not even the first
    was. ``is_test``: the chain ends at a test authority. ``document`` names the issued file that is signed, several names are
    joined by commas; it is empty when none is. ``certificate`` is the signer's, DER, empty where the signature brings none.
    """

    verdict: Verdict
    signer: Signer
    signed_at: dt.datetime | None
    is_timestamped: bool
    level: str
    format: str
    algorithm: str
    is_test: bool
    reasons: tuple[Reason, ...]
    certificate: bytes
    document: str = ""


class UnreadableUpload(Exception):
    """The file is no signature at all, or is too large to be read safely; the text says so in Ukrainian."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class SigningRefused(Exception):
    """The signature could not be made; the text says why, in Ukrainian."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
